"""The API answers what the tracker answers, on both clocks, and refuses what it does not know."""

from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from serve_dak_nong import worked_example

from reformtrack import CountingRule, IllegalHistory, NotFound, Tracker
from reformtrack.domain.values import Document
from reformtrack.events import ActivityStarted, PlanAmended, PlanClosed, PlanReopened, RecordRetracted
from reformtrack.testing import proposals
from reformtrack.testing.history import DAYS
from reformtrack.web import Actor, create_app
from tests.support import ADOPTED, Clock, adopted, day, scheduled, tamper, tracker_of
from tests.web.asking import ask

API = "/api/v1"
DOCUMENT = Document(title="Quyết định sửa đổi")


@given(proposals(), DAYS, st.integers(0, 30))
def test_a_plan_is_what_the_tracker_says(events: list[Any], on: date, back: int) -> None:
    """Over any history, on any day, as known at any position: each rule, domain, lead and activity."""
    with tracker_of(events) as tracker:
        app, known_at = create_app(tracker), max(1, tracker.log.position() - back)
        clocks = f"?on={on}&known_at={known_at}"
        plan = tracker.plan("p", on=on, known_at=known_at)
        said = ask(app, f"{API}/plans/p{clocks}").json()
        for rule, shown in zip(CountingRule, said["rates"], strict=True):
            found = plan.progress(rule)
            expected = (rule.value, found.completed, found.total, found.overdue)
            assert expected == tuple(shown[name] for name in ("rule", "completed", "total", "overdue"))
        for by, key in (("domain", "domains"), ("lead", "leads")):
            parts = {part["key"]: part["progress"]["completed"] for part in said[key]}
            assert {name: part.completed for name, part in plan.progress_by(by).items()} == parts  # type: ignore[arg-type]  # a literal
        listed = ask(app, f"{API}/plans/p/activities{clocks}").json()["activities"]
        assert [(a.id, a.status.value, a.lead) for a in plan.activities] == [
            (one["id"], one["status"], one["lead"]) for one in listed
        ]
        for activity in plan.activities:
            one = ask(app, f"{API}/plans/p/activities/{activity.code}{clocks}").json()
            assert [record.position for record in activity.because] == [r["position"] for r in one["because"]]
            known = [record for record in tracker.log.history(activity.id) if record.is_known(known_at)]
            assert (len(known), f'"{activity.id};{len(known)}"') == (one["version"], one["version_tag"])


@given(st.lists(st.sampled_from(["amend", "close", "reopen", "retract"]), max_size=8), DAYS, st.integers(0, 12))
def test_a_list_of_plans_is_of_the_time_that_is_asked_for(steps: list[str], on: date, back: int) -> None:
    """The version of each, and whether it was open, on any day as known at any position; those without activities too."""
    with tracker_of([]) as tracker:
        for number, step in enumerate(steps):
            facts: dict[str, Any] = {
                "amend": PlanAmended("p", on=ADOPTED + timedelta(days=20 * number), note="x", document=DOCUMENT),
                "close": PlanClosed("p", on=ADOPTED + timedelta(days=20 * number)),
                "reopen": PlanReopened("p", on=ADOPTED + timedelta(days=20 * number), reason="x"),
                "retract": RecordRetracted("p", version=len(tracker.log.history("p")), reason="x"),
            }
            with suppress(IllegalHistory):
                tracker.record(facts[step], by="x")
        with suppress(IllegalHistory):
            tracker.record(adopted("q", on=ADOPTED + timedelta(days=100)), by="x")
        app, expected = create_app(tracker), []
        clocks: dict[str, Any] = {"on": on, "known_at": max(0, tracker.log.position() - back)}
        for plan in ("p", "q"):
            with suppress(NotFound):
                found = tracker.plan(plan, **clocks)
                expected.append((plan, found.version, found.state.is_open))
        said = ask(app, f"{API}/plans?on={on}&known_at={clocks['known_at']}").json()["plans"]
        assert expected == [(one["id"], one["plan_version"], one["is_open"]) for one in said]
        today = ask(app, f"{API}/plans?on={tracker.today()}").json()
        assert today == ask(app, f"{API}/plans").json(), "today is today, however it is asked for"


@given(proposals(), st.integers(1, 3), st.sampled_from(["", "&lead=Sở Tư pháp", "&status=not_started", "&domain=2"]))
def test_the_pages_of_a_plan_are_the_plan(events: list[Any], limit: int, filter_: str) -> None:
    """Each activity that is asked for once, in order of code, whatever the size of a page."""
    with tracker_of(events) as tracker:
        app = create_app(tracker)
        whole = ask(app, f"{API}/plans/p/activities?{filter_.removeprefix('&')}").json()
        page, found = ask(app, f"{API}/plans/p/activities?limit={limit}{filter_}").json(), list[Any]()
        while page["next"] is not None:
            assert limit == len(page["activities"])
            found += page["activities"]
            assert len(found) < len(whole["activities"]), "a page that comes next has something"
            page = ask(app, f"{API}/plans/p/activities?limit={limit}{filter_}&after={page['next']}").json()
        assert ([*found, *page["activities"]], None) == (whole["activities"], whole["next"])


@given(proposals(), DAYS, st.sampled_from(CountingRule))
def test_a_roll_up_is_what_the_tracker_says(events: list[Any], on: date, rule: CountingRule) -> None:
    """Under each rule, with what it leaves out."""
    with tracker_of(events) as tracker:
        expected = tracker.rollup(by=["plan", "lead"], on=on, rule=rule)
        said = ask(create_app(tracker), f"{API}/rollup?by=lead,plan&on={on}&rule={rule.value}").json()
        assert rule.value == said["rule"]
        assert {
            key: (line.completed, line.total, {reason.value: number for reason, number in line.excluded.items()})
            for key, line in expected.lines.items()
        } == {
            (line["key"]["plan"], line["key"]["lead"]): (line["completed"], line["total"], line["excluded"])
            for line in said["lines"]
        }


@given(proposals(), st.integers(1, 7))
def test_the_pages_of_the_log_are_the_log(events: list[Any], limit: int) -> None:
    """Each record once, in order, whatever the size of a page; of one stream as well."""
    with tracker_of(events) as tracker:
        app = create_app(tracker)
        for stream in (None, "p", "p/1.01"):
            only = f"&stream={stream}" if stream else ""
            found: list[int] = []
            after: int | None = 0
            while after is not None:
                page = ask(app, f"{API}/records?after={after}&limit={limit}{only}").json()
                assert len(page["records"]) <= limit
                found += [record["position"] for record in page["records"]]
                after = page["next"]
            expected = tracker.log.history(stream) if stream else tracker.log.records()
            assert [record.position for record in expected] == found


def test_the_worked_example_through_the_api() -> None:
    """Its report, its drift, its figures, what asks for attention, its agencies, and all plans together."""
    with worked_example() as tracker:
        app = create_app(tracker)
        plan = ask(app, f"{API}/plans/dak-nong-2023?on=2023-12-21").json()
        assert (53, 55, "96.4") == tuple(plan["progress"][name] for name in ("completed", "total", "percent"))
        assert "minh họa" in plan["notice"]
        report = ask(app, f"{API}/plans/dak-nong-2023/reports/2023-nam").json()
        assert ("53/55 (96.4%)", 2) == (report["text"], sum(line["differs"] for line in report["figures"]))
        assert 1 == len(ask(app, f"{API}/plans/dak-nong-2023/reports").json()["reports"])
        figures = ask(app, f"{API}/plans/dak-nong-2023/indicators").json()["indicators"]
        assert 20 == len(figures)
        assert all(check["holds"] for figure in figures for check in figure["checks"])
        warned = ask(app, f"{API}/plans/dak-nong-2023/warnings").json()["warnings"]
        assert len(tracker.warnings("dak-nong-2023")) == len(warned)
        assert 5 == len(ask(app, f"{API}/agencies").json()["agencies"])
        rollup = ask(app, f"{API}/rollup?by=plan,jurisdiction&on=2023-06-30").json()["lines"]
        assert [({"jurisdiction": "Tỉnh Đắk Nông", "plan": "dak-nong-2023"}, 7)] == [
            (line["key"], line["completed"]) for line in rollup
        ]
        assert ["dak-nong-2023"] == [one["id"] for one in ask(app, f"{API}/plans").json()["plans"]]
        assert [] == ask(app, f"{API}/plans?on=2022-12-01").json()["plans"]
        late = ask(app, f"{API}/plans/dak-nong-2023/activities?timeliness=overdue&on=2023-12-21").json()
        assert ["5.04"] == [one["code"] for one in late["activities"]]


@pytest.mark.parametrize(
    ("path", "status", "name"),
    [
        ("/plans/p?know_at=2023-06-30", 400, "InvalidField"),
        ("/plans/p?on=2023-06-30&on=2023-07-01", 400, "InvalidField"),
        ("/plans/p?lang=en", 400, "InvalidField"),
        ("/plans/p?on=31/06/2023", 400, "InvalidField"),
        ("/plans/p?on=", 400, "InvalidField"),
        ("/plans/p?known_at=", 400, "InvalidField"),
        ("/plans/p?known_at=0001-01-01T00:00:00%2B14:00", 400, "InvalidField"),
        ("/plans/p?known_at=9999", 400, "InvalidInstant"),
        ("/plans/nothing", 404, "NotFound"),
        ("/plans/p/activities?status=done", 400, "InvalidField"),
        ("/plans/p/activities?limit=0", 400, "InvalidField"),
        ("/plans/p/activities?after=7.77", 404, "NotFound"),
        ("/plans/p/activities/7.77", 404, "NotFound"),
        ("/records?limit=0", 400, "InvalidField"),
        ("/records?limit=1001", 400, "InvalidField"),
        ("/records?after=-1", 400, "InvalidField"),
        ("/records?stream=a%20b", 400, "InvalidField"),
        ("/rollup?by=plan,plan", 400, "InvalidField"),
        ("/rollup?by=colour", 400, "InvalidField"),
        ("/rollup?rule=generous", 400, "InvalidField"),
        ("/nothing", 404, "NotFound"),
        ("/events?after=9999", 400, "InvalidField"),
        ("/events?before=1", 400, "InvalidField"),
    ],
)
def test_what_cannot_be_answered_is_a_problem_document(path: str, status: int, name: str) -> None:
    """A mistyped parameter is never taken for today's question."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        answer = ask(create_app(tracker), API + path)
        assert (status, "application/problem+json") == (answer.status_code, answer.headers["content-type"])
        problem = answer.json()
        assert (status, name) == (problem["status"], problem["type"].rpartition("/")[2])
        assert problem["detail"]
        assert "no-store" == answer.headers["cache-control"]


@pytest.mark.parametrize("clock", ["on=0001-01-01", "on=9999-12-31", "known_at=0001-01-01", "known_at=0"])
def test_the_ends_of_the_calendar_can_be_asked_for(clock: str) -> None:
    """Every question has an answer there, or says that there is nothing."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        app = create_app(tracker)
        for path in ("/plans", "/agencies", "/rollup", "/records", "/trend", "/activities"):
            assert 200 == ask(app, f"{API}{path}?{clock}").status_code
        there = 200 if clock == "on=9999-12-31" else 404
        for path in ("", "/activities", "/activities/1.01", "/indicators", "/reports", "/warnings"):
            assert there == ask(app, f"{API}/plans/p{path}?{clock}").status_code


def test_the_log_can_be_read_on_after_a_record_that_cannot_be(tmp_path: Path) -> None:
    """The problem says where it is; the page after it goes on."""
    url = f"sqlite:///{tmp_path}/plans.db"
    with Tracker(url, clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), scheduled("p/1.02"), by="x")
        tamper(url, "UPDATE reformtrack_log SET topic = 'X.1' WHERE position = 2")
        app = create_app(tracker)
        answer = ask(app, f"{API}/records")
        assert (500, {"position": 2, "stream": "p/1.01", "version": 1}) == (
            answer.status_code,
            {name: answer.json()[name] for name in ("position", "stream", "version")},
        )
        after = ask(app, f"{API}/records?after={answer.json()['position']}").json()
        assert [3] == [record["position"] for record in after["records"]]


def test_a_poll_costs_nothing_until_something_is_recorded() -> None:
    """304, and no body."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        app = create_app(tracker)
        tag = ask(app, f"{API}/plans/p").headers["etag"]
        again = ask(app, f"{API}/plans/p", {"if-none-match": tag})
        assert (304, b"") == (again.status_code, again.content)
        tracker.record(ActivityStarted("p/1.01", on=day("2-1")), by="x")
        assert 200 == ask(app, f"{API}/plans/p", {"if-none-match": tag}).status_code


def test_who_may_not_read_is_told_so_everywhere() -> None:
    """But whether the application lives may be asked."""
    with Tracker(clock=Clock()) as tracker:
        app = create_app(tracker, authorize=lambda request: None)
        for path in ("/plans", "/plans/p", "/records", "/rollup", "/events", "/agencies"):
            assert 401 == ask(app, API + path).status_code
        assert 401 == ask(app, "/").status_code
        assert 401 == ask(app, f"{API}/records", method="POST", json={"events": []}).status_code
        assert 200 == ask(app, "/healthz").status_code

        async def known(request: Any) -> Actor:
            return Actor("so-noi-vu")

        assert 200 == ask(create_app(tracker, authorize=known), f"{API}/plans").status_code


@pytest.mark.long
@pytest.mark.slow
def test_the_api_keeps_to_its_own_description() -> None:
    """Calls that are made up from it: no 5xx, no status that it does not name, every answer as its schema says."""
    from tests.web.api_calls import calls  # here, as schemathesis takes a second, in each worker

    number = 12 * settings().max_examples
    done, wrong = calls(number)
    assert [] == wrong
    assert done.total() >= number
    assert {200, 201, 400, 404, 409} <= {status for _, _, status in done}
