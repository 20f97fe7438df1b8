"""The version of a plan and what changed its denominator since: together they name one denominator, in every face."""

import contextlib
import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import CountingRule, Document, IllegalHistory, Tracker
from reformtrack.answers import PlanVersion, ProgressStatus
from reformtrack.events import (
    ActivityCarriedOver,
    ActivityCompleted,
    ActivityRescheduled,
    ActivityWithdrawn,
    PlanAmended,
    RecordRetracted,
)
from reformtrack.exchange.report.forms import write_report
from reformtrack.testing import proposals
from reformtrack.testing.history import DAYS
from reformtrack.views.plan import Plan
from reformtrack.web import create_app
from tests.cli.conftest import Run, run
from tests.support import REGULAR, Clock, adopted, day, scheduled, tracker_of
from tests.web.asking import ask

__all__ = ["run"]

DECISION = Document(number="9/QĐ-UBND")
VI, EN = "1, 2 thay đổi chưa có văn bản, 1 thay đổi theo văn bản riêng", "1, 2 changes without a document"


def changed(tracker: Tracker) -> None:
    """A plan of five activities, of which one left and one lost its date without a document, and one left by a decision."""
    tracker.record(adopted(), *(scheduled(f"p/{n}") for n in range(1, 6)), by="a")
    tracker.record(
        ActivityWithdrawn("p/1", on=day("3-1"), reason="x"),
        ActivityRescheduled("p/2", on=day("3-2"), deadline=REGULAR),
        ActivityCarriedOver("p/3", on=day("3-3"), into="q", document=DECISION),
        ActivityCompleted("p/4", on=day("3-4")),
        by="a",
    )


@pytest.mark.parametrize(
    ("event", "counted"),
    [
        (scheduled("p/9", on=day("3-1")), (1, 0)),
        (scheduled("p/9", on=day("3-1"), document=DECISION), (0, 1)),
        (scheduled("p/9"), (0, 0)),
        (ActivityWithdrawn("p/1", on=day("3-1"), reason="x"), (1, 0)),
        (ActivityWithdrawn("p/1", on=day("3-1"), reason="x", document=DECISION), (0, 1)),
        (ActivityCarriedOver("p/1", on=day("3-1"), into="q"), (1, 0)),
        (ActivityRescheduled("p/1", on=day("3-1"), deadline=REGULAR), (1, 0)),
        (ActivityRescheduled("p/1", on=day("3-1"), deadline=scheduled().deadline), (0, 0)),
        (ActivityCompleted("p/1", on=day("3-1")), (0, 0)),
        (PlanAmended("p", on=day("3-1"), document=DECISION), (0, 0)),
    ],
)
def test_a_change_of_the_denominator_without_a_document_is_counted(event: Any, counted: tuple[int, int]) -> None:
    """What comes, leaves, gets or loses its date after the plan's last document; until the next one, or a retraction."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled("p/1"), by="a")
        [record] = tracker.record(event, by="a")
        version = tracker.plan("p").plan_version
        assert counted == (version.undocumented, version.apart)
        assert (0, 0) == (tracker.plan("p", on=day("2-28")).plan_version.undocumented, 0)
        tracker.record(PlanAmended("p", on=day("3-1"), document=DECISION), by="a")
        again = tracker.plan("p").plan_version
        assert PlanVersion("p", 1 + version.number) == again  # type: ignore[arg-type]  # a plain text is a plan id here
        tracker.record(RecordRetracted("p", version=tracker.log.history("p")[-1].version, reason="x"), by="a")
        assert version == tracker.plan("p").plan_version
        tracker.record(RecordRetracted(record.stream, version=record.version, reason="x"), by="a")
        assert "1" == tracker.plan("p").plan_version.text()


@given(proposals(), DAYS, DAYS, st.lists(DAYS, max_size=3))
def test_two_days_of_one_version_have_one_denominator(
    events: list[Any], one: date, other: date, amended: list[date]
) -> None:
    """As known at one instant: that of the whole plan, under rules A and B."""
    more = [PlanAmended("p", on=on, document=DECISION) for on in amended]
    extra = [scheduled("p/9.01", on=one)]
    with tracker_of([*events, *more, *extra]) as tracker:
        plans = [tracker.plan("p", on=on) for on in (one, other)]
        if plans[0].plan_version == plans[1].plan_version:
            assert denominator(plans[0]) == denominator(plans[1])
            for rule in (CountingRule.WHOLE_PLAN, CountingRule.DATED_ONLY):
                assert plans[0].progress(rule).total == plans[1].progress(rule).total
        assert plans[0].plan_version.number == plans[0].version


def denominator(plan: Plan) -> set[tuple[str, bool]]:
    gone = (ProgressStatus.WITHDRAWN, ProgressStatus.CARRIED_OVER)
    return {(one.code, one.deadline.is_dated) for one in plan.activities if one.status not in gone}


@pytest.mark.slow
def test_every_face_says_it(run: Run, tmp_path: Path) -> None:
    """Page, API, terminal, JSON, every form of the report, notebook and representation; in both languages."""
    store = tmp_path / "v.db"
    with Tracker(f"sqlite:///{store}") as tracker:
        changed(tracker)
        report, plan = tracker.reports.issue("p", "2023-h1", by="a"), tracker.plan("p")
        app = create_app(tracker)
        said = [
            plan.progress().basis(),
            plan.progress()._repr_html_(),
            ask(app, "/plans/p").text,
            ask(app, "/plans/p/reports/2023-h1").text,
        ]
        assert EN in repr(plan)
        assert EN in plan.progress().basis("en")
        assert EN in ask(app, "/plans/p?lang=en").text
        for address in ("/api/v1/plans/p", "/api/v1/plans/p/reports/2023-h1"):
            answer = ask(app, address).json()
            assert (1, 2, 1) == (
                answer["plan_version"],
                answer["undocumented_changes"],
                answer["changes_by_own_documents"],
            )
        for form in ("docx", "xlsx", "html"):
            write_report(report, tmp_path / f"r.{form}")
            said.append(written(tmp_path / f"r.{form}"))
    commands = (["plan", "p"], ["overdue", "p"], ["report", "p", "2023-h1"])
    said += [" ".join(run(*command, "--store", store).out.split()) for command in commands]
    for number, text in enumerate(said):
        assert VI in text, number
    document = json.loads(run("plan", "p", "--store", store, "--json").out)
    assert (1, 2, 1) == tuple(
        document[name] for name in ("plan_version", "undocumented_changes", "changes_by_own_documents")
    )
    shown = json.loads(run("report", "p", "2023-h1", "--store", store, "--json").out)
    assert (1, 2, 1) == tuple(
        shown[name] for name in ("plan_version", "undocumented_changes", "changes_by_own_documents")
    )


def written(path: Path) -> str:
    """The text of a file: of a zipped one, all of its parts."""
    if path.suffix == ".html":
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as parts:
        return "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


def test_what_an_issued_report_holds_is_as_it_was() -> None:
    """Its content has the number of documents; the changes are those of the log that it rests on, whatever comes later."""
    with Tracker(clock=Clock()) as tracker:
        changed(tracker)
        report = tracker.reports.issue("p", "2023-h1", by="a")
        tracker.record(ActivityWithdrawn("p/5", on=day("4-1"), reason="x"), by="a")
        again = tracker.reports.get("p@2023-h1")
        assert report.version == again.version
        assert (1, 1, 2, 1) == (again.content.plan_version, *_numbers(again.version))
        assert (1, 3, 1) == _numbers(tracker.plan("p").plan_version)


def _numbers(version: PlanVersion) -> tuple[int, int, int]:
    return version.number, version.undocumented, version.apart


def test_a_plan_in_a_list_has_its_changes_beside_its_version() -> None:
    """As its own page: in the list of the tracker and in that of the API, today and on a past day."""
    with Tracker(clock=Clock()) as tracker:
        changed(tracker)
        app = create_app(tracker)
        for query, on, expected in (("", None, (1, 2, 1)), ("?on=2023-03-02", day("3-2"), (1, 2, 0))):
            [row] = tracker.plans(on)
            assert expected == (row.version, row.undocumented, row.apart)
            [line] = ask(app, f"/api/v1/plans{query}").json()["plans"]
            whole = ask(app, f"/api/v1/plans/p{query}").json()
            assert expected == tuple(
                line[name] for name in ("plan_version", "undocumented_changes", "changes_by_own_documents")
            )
            assert expected == tuple(
                whole[name] for name in ("plan_version", "undocumented_changes", "changes_by_own_documents")
            )


AMENDMENTS = st.lists(DAYS.map(lambda on: PlanAmended("p", on=on, document=DECISION)), max_size=2)
TAKEN_BACK = st.lists(st.integers(1, 4).map(lambda n: RecordRetracted("p", version=n, reason="x")), max_size=2)


@given(proposals(), AMENDMENTS, proposals(), TAKEN_BACK)
def test_the_views_have_the_version_that_the_plan_has(
    events: list[Any], amendments: list[Any], more: list[Any], taken_back: list[Any]
) -> None:
    """Kept up to date record by record, and made anew."""
    with tracker_of(events) as tracker:
        tracker.plans()
        for event in (*amendments, *more, *taken_back):
            with contextlib.suppress(IllegalHistory):
                tracker.record(event, by="b")
        kept = tracker.plans()
        version = tracker.plan("p").plan_version
        tracker.views.rebuild()
        assert kept == tracker.plans()
        assert () == tracker.log.check()
    assert [(version.number, version.undocumented, version.apart)] == [
        (row.version, row.undocumented, row.apart) for row in kept
    ]
