"""Recording from the command line: a store, a plan, an event, a file of events."""

import io
import json
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest

from reformtrack import Document, Tracker
from reformtrack.domain.indicator import IndicatorKind
from reformtrack.events import ActivityScheduled, IndicatorDefined, ProgressReported, ReadingTaken
from tests.cli.conftest import Run
from tests.support import Clock, adopted, day, scheduled

SCHEDULED = ("ActivityScheduled", "p/1", "on=2023-01-02", "domain=1", "title=Rà soát", "lead=Sở Tư pháp")


@pytest.fixture
def store(run: Run, tmp_path: Path) -> Path:
    """A store with an adopted plan and no activities."""
    path = tmp_path / "plans.db"
    title, place, domain = "Kế hoạch CCHC", "Xã A", "1=Cải cách thể chế"
    adopt = ("--plan", "p", "--title", title, "--year", 2023, "--jurisdiction", place, "--domain", domain)
    ran = run("init", *adopt, "--document", "156/QĐ-UBND", "--on", "2023-01-02", "--by", "vp", "--store", path)
    assert (0, "") == (ran.code, ran.err)
    return path


def test_init_makes_a_store_and_adopts_a_plan(run: Run, store: Path) -> None:
    """As the options say; made again without a plan, it changes nothing."""
    plan = json.loads(run("plan", "p", "--store", store, "--json").out)

    assert ("Kế hoạch CCHC", 2023, "Xã A") == (plan["title"], plan["year"], plan["jurisdiction"])
    assert "156/QĐ-UBND" == plan["document"]["number"]
    assert {"position": 2, "records": []} == json.loads(run("init", "--store", store, "--json").out)


def test_a_deadline_is_typed_as_printed_and_shown_as_read(run: Run, store: Path) -> None:
    """In the year of the plan, so that a misreading is seen at once."""
    ran = run("record", *SCHEDULED, "deadline=Quý II", "--by", "vp", "--store", store)

    assert "thời hạn được hiểu là 30/06/2023\n" == ran.out.rpartition("; ")[2]
    ran = run("record", *SCHEDULED[:1], "p/2", *SCHEDULED[2:], "deadline=sớm", "--by", "vp", "--store", store)
    assert ran.out.endswith("thời hạn được hiểu là không có ngày\n")


def test_a_list_is_typed_as_json_and_kept_in_one_form_of_unicode(run: Run, store: Path) -> None:
    """A typed document goes through every check that one built in Python does."""
    typed = 'evidence=[{"number": "1/BC", "date": "2023-06-19", "title": "Ba\u0301o ca\u0301o"}]'
    run("record", *SCHEDULED, "deadline=Quý II", "--by", "vp", "--store", store)
    run("record", "ActivityCompleted", "p/1", "on=2023-06-20", typed, "--by", "vp", "--store", store)

    with Tracker(f"sqlite:///{store}") as tracker:
        event = tracker.log.history("p/1")[-1].event
    assert (Document(number="1/BC", date=date(2023, 6, 19), title="Báo cáo"),) == getattr(event, "evidence", None)


def test_every_type_of_field_can_be_typed(run: Run, store: Path) -> None:
    """Numbers, days, lists, objects, and text that looks like a number."""
    fields = ("deadline=Quý II", "budget=1000000", 'supporting=["Sở A"]', 'host_fields={"a": "b"}', "output=12")
    ran = run("record", *SCHEDULED, *fields, "--by", "vp", "--store", store)

    assert (0, "") == (ran.code, ran.err)
    with Tracker(f"sqlite:///{store}") as tracker:
        event = tracker.log.history("p/1")[0].event
    assert isinstance(event, ActivityScheduled)
    assert (1000000, ("Sở A",), {"a": "b"}, "12") == (event.budget, event.supporting, event.host_fields, event.output)


def test_a_file_is_recorded_as_a_whole(run: Run, store: Path, tmp_path: Path) -> None:
    """In the form that the log is exported in; one request, one instant."""
    file = tmp_path / "events.jsonl"
    deadline = {"text": "Quý II", "kind": "quarter", "days": ["2023-06-30"]}
    scheduled = {"subject": "p/1", "on": "2023-01-02", "domain": "1", "title": "x", "lead": "y", "deadline": deadline}
    events = [
        {"name": "ActivityScheduled", "event": scheduled},
        {"name": "ActivityCompleted", "event": {"subject": "p/1", "on": "2023-06-20"}},
    ]
    file.write_text("\n\n".join(map(json.dumps, events)), encoding="utf-8")
    ran = run("record", "--file", file, "--by", "vp", "--request-id", "r", "--store", store, "--json")
    records = json.loads(ran.out)["records"]

    assert [3, 4] == [record["position"] for record in records]
    history = json.loads(run("history", "p/1", "--store", store, "--json").out)["records"]
    assert [("r", record["type"]) for record in records] == [(one["request_id"], one["type"]) for one in history]
    again = run("record", "--file", file, "--by", "vp", "--request-id", "r", "--store", store, "--json")
    assert ran == again


def test_events_can_come_from_another_program(run: Run, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash is its output, with or without a byte order mark."""
    line = "\ufeff" + json.dumps({"name": "PlanClosed", "event": {"subject": "p", "on": "2023-12-31"}})
    monkeypatch.setattr(sys, "stdin", io.StringIO(line))
    monkeypatch.setenv("REFORMTRACK_BY", "vp")

    assert "đã ghi: kết thúc kế hoạch, p" in run("record", "--file", "-", "--store", store).out


def test_a_bad_line_leaves_nothing_recorded(run: Run, store: Path, tmp_path: Path) -> None:
    """It is named by its number, and the field by its name."""
    file = tmp_path / "events.jsonl"
    good = '{"name": "PlanClosed", "event": {"subject": "p", "on": "2023-12-31"}}\n'
    expected = {
        '{"name": "PlanReopened", "event": {"subject": "p", "on": 5, "reason": "x"}}': "“plan reopened”.on cannot be 5",
        '{"name": "PlanReopened", "event": {"subject": "p", "on": "2023-12-31"}}': "“plan reopened”.reason is missing",
        '{"name": "PlanReopened"}': "missing required field `event`",
        '{"name": "Nothing", "event": {}}': "no event 'Nothing' can be recorded",
        "nothing": "JSON is malformed",
    }
    for line, message in expected.items():
        file.write_text(good + line, encoding="utf-8")
        ran = run("record", "--file", file, "--by", "vp", "--lang", "en", "--store", store)
        assert (6, "") == (ran.code, ran.out)
        assert f"{file}, line 2: " in ran.err
        assert message in ran.err
    file.write_bytes(good.encode() + b"\xff")
    assert "không phải văn bản mã UTF-8" in run("record", "--file", file, "--by", "vp", "--store", store).err
    assert 2 == json.loads(run("init", "--store", store, "--json").out)["position"]


def test_a_day_that_does_not_exist_is_refused_where_it_is_typed(run: Run, store: Path, tmp_path: Path) -> None:
    """On the line and in a file; in the plan it would have been kept as a text without a day, and never be overdue."""
    ran = run("record", *SCHEDULED, "deadline=31/2/2023", "--by", "vp", "--store", store, "--lang", "en")
    assert (2, "") == (ran.code, ran.out)
    assert "deadline cannot be '31/2/2023'; accepted: a day that exists, as 30/6/2023" in ran.err
    file = tmp_path / "events.jsonl"
    scheduled = {"subject": "p/1", "on": "2023-01-02", "domain": "1", "title": "x", "lead": "y"}
    for deadline, code in (("31/2", 6), ("Quý II", 0)):
        file.write_text(json.dumps({"name": "ActivityScheduled", "event": {**scheduled, "deadline": deadline}}))
        assert code == run("record", "--file", file, "--by", "vp", "--store", store).code
    with Tracker(f"sqlite:///{store}") as tracker:
        assert (date(2023, 6, 30),) == tracker.plan("p").activity("1").deadline.days


def test_what_is_printed_is_also_read(run: Run, tmp_path: Path) -> None:
    """Days, numbers and percentages, as the language of the run writes them; and as programs do."""
    store = tmp_path / "plans.db"
    with Tracker(f"sqlite:///{store}", clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled("p/1"), by="a")
        defined = IndicatorDefined("p#hs", on=day("1-2"), title="Hồ sơ", kind=IndicatorKind.AMOUNT, unit="hồ sơ")
        ratio = attrs.evolve(defined, subject="p#tl", kind=IndicatorKind.RATIO)
        tracker.record(defined, ratio, by="a")
    again = ("--by", "a", "--store", store)
    for words in (
        ("ProgressReported", "p/1", "on=30/06/2023", "percent=96,4"),
        ("ProgressReported", "p/1", "on=2023-07-01", "percent=96,5%"),
        ("ProgressReported", "p/1", "on=2023-07-02", "percent=96.6", "--lang", "en"),
        ("ReadingTaken", "p#hs", "on=1/7/2023", "as_of=30/6/2023", "value=1.234,5"),
        ("ReadingTaken", "p#hs", "on=2/7/2023", "as_of=2/7/2023", "value=1,234.5", "--lang", "en"),
        ("ReadingTaken", "p#tl", "on=1/7/2023", "as_of=30/6/2023", "part=1.000", "whole=2.500"),
    ):
        assert (0, "") == (run("record", *words, *again).code, "")
    with Tracker(f"sqlite:///{store}") as tracker:
        events: list[Any] = [record.event for record in tracker.log.records()]
    reported = [event for event in events if isinstance(event, ProgressReported)]
    assert [("96.4", 30), ("96.5", 1), ("96.6", 2)] == [(str(event.percent), event.on.day) for event in reported]
    taken = [event for event in events if isinstance(event, ReadingTaken)]
    assert [Decimal("1234.5"), Decimal("1234.5"), None] == [event.value for event in taken]
    assert [(30, None, None), (2, None, None), (30, 1000, 2500)] == [(e.as_of.day, e.part, e.whole) for e in taken]


def test_a_number_that_may_be_read_in_two_ways_is_refused(run: Run, tmp_path: Path) -> None:
    """1.250 is printed for 1250, and is 1.25 to a program: nothing is guessed."""
    store = tmp_path / "plans.db"
    with Tracker(f"sqlite:///{store}", clock=Clock()) as tracker:
        tracker.record(adopted(), by="a")
        tracker.record(
            IndicatorDefined("p#hs", on=day("1-2"), title="Hồ sơ", kind=IndicatorKind.AMOUNT, unit="hồ sơ"), by="a"
        )
    ran = run(
        "record", "ReadingTaken", "p#hs", "on=1/7/2023", "as_of=1/7/2023", "value=1.250", "--by", "a", "--store", store
    )
    assert (2, "") == (ran.code, ran.out)
    assert "“1.250”; chấp nhận: 1,250 hoặc 1250" in ran.err


def test_an_event_that_is_not_known_is_answered_with_the_names_that_are_typed(run: Run, example: Path) -> None:
    """Beside their words, which alone could not be typed."""
    ran = run("record", "Completed", "p/1", "--by", "a", "--store", example)
    assert "“báo cáo hoàn thành” (ActivityCompleted)" in ran.err
