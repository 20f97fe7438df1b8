"""One event on record says the store's id, its time zone and the policy in force; every door goes by it."""

import sys
import tempfile
import threading
import zoneinfo
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reformtrack import (
    InvalidField,
    NotPermitted,
    Record,
    SeparationOfDuties,
    StoreError,
    Tracker,
    open_to_all,
    recording,
)
from reformtrack.cli import main
from reformtrack.configuration import policy_name
from reformtrack.domain.journal import HA_NOI_TIME, JournalState, evolve
from reformtrack.domain.kinds import PLAN
from reformtrack.errors import PolicyRequired, UnreadableRecord
from reformtrack.events import PlanAdopted, ProgressReported, StoreConfigured
from reformtrack.exchange.agency_workbook import agency_workbook, import_agency_workbook
from reformtrack.exchange.appendix.importing import NewPlan, import_appendix
from reformtrack.exchange.digest import digests
from reformtrack.policy import Permit, Refuse
from reformtrack.seal import Checkpoint, Seals, SigningKey
from reformtrack.store.application import Conflict
from reformtrack.web import Actor, create_app
from tests.policy.world import STEWARD, province
from tests.support import Clock, Given, adopted, day, scheduled, tamper
from tests.web.asking import ask

KEY = SigningKey.generate("example.vn/log")
NIGHT = datetime(2023, 7, 1, 21, 30, tzinfo=UTC)
"""Already 2 July in Hà Nội and in Riga, still 1 July in London and in Nuuk."""


def ours(actor: str, event: Any, situation: Any) -> Permit | Refuse:
    """A policy of the host."""
    return Refuse("accepted: somebody else") if actor == "ai-do" else Permit("ours")


def theirs(actor: str, event: Any, situation: Any) -> Permit | Refuse:
    """Another one."""
    return Permit("theirs")


def configured(tracker: Tracker) -> list[Record[Any]]:
    return list(tracker.log.history("~store"))


def noted(tracker: Tracker, by: str = "x") -> Record[Any]:
    """One more record."""
    [record] = tracker.record(ProgressReported("p/1.01", on=day("2-1"), note="x"), by=by)
    return record


def filled(url: str | None, **more: Any) -> Tracker:
    tracker = Tracker(url, clock=Clock(), **more)
    tracker.record(adopted(), scheduled(), by="x")
    return tracker


# The policy


def test_a_store_that_is_told_nothing_has_nothing_of_it_on_record(url: str) -> None:
    """No policy, and the days of Viet Nam."""
    with Tracker(url, clock=Clock(NIGHT)) as tracker:
        tracker.record(adopted(), by="x")
        assert ([], 1) == (configured(tracker), tracker.log.position())
        assert (HA_NOI_TIME, date(2023, 7, 2)) == (tracker.local_time, tracker.today())


def test_the_first_record_under_a_policy_puts_it_on_record(url: str) -> None:
    """Before it, as a request of its own, once; whoever opens the store with it again says nothing new."""
    with filled(url, policy=ours) as tracker:
        [said] = configured(tracker)
        assert [1, 2, 3] == [record.position for record in tracker.log.records()]
        event = said.event
        assert ("~store", 1, "reformtrack") == (said.stream, said.version, said.by)
        assert ("tests.test_configuration.ours", "Asia/Ho_Chi_Minh") == (event.policy, event.time_zone)
        assert 32 == len(event.store)
        assert said.request_id not in {record.request_id for record in tracker.log.history("p")}
        noted(tracker)
    with Tracker(url, clock=Clock(), policy=ours) as tracker:
        noted(tracker)
        assert [said] == configured(tracker)


def test_what_is_refused_first_puts_the_policy_on_record_too_and_what_is_illegal_nothing(url: str) -> None:
    """The refusal is a record of that policy."""
    with Tracker(url, clock=Clock(), policy=ours) as tracker:
        with pytest.raises(ValueError, match="is not scheduled"):
            noted(tracker)
        assert 0 == tracker.log.position()
        with pytest.raises(NotPermitted):
            noted(tracker, "ai-do")
        assert ["~store", "~refusals-2023-12"] == [record.stream for record in tracker.log.records()]


def by_http(tracker: Tracker, folder: Path) -> None:
    app = create_app(tracker, authorize=lambda request: Actor("x"))
    made = ProgressReported("p/1.01", on=day("2-1"), note="x")
    body = {"events": [{"type": "ProgressReported", **msgspec.to_builtins(made)}]}
    answer = ask(app, "/api/v1/records", {"idempotency-key": "k"}, "POST", json=body)
    assert (403, "PolicyRequired") == (answer.status_code, answer.json()["type"].rpartition("/")[2])
    raise PolicyRequired("x", "x", "tests.test_configuration.ours", date(2023, 12, 31))


def by_workbook(tracker: Tracker, folder: Path) -> None:
    (folder / "a.xlsx").write_bytes(agency_workbook(tracker.plan("p"), "Sở Tư pháp"))
    book = openpyxl.load_workbook(folder / "a.xlsx")
    for row in book.worksheets[0].iter_rows(min_row=6):
        if row[0].value == "p/1.01":
            row[7].value, row[8].value = "đã hoàn thành", date(2023, 6, 20)
    book.save(folder / "a.xlsx")
    import_agency_workbook(tracker, folder / "a.xlsx", lead="Sở Tư pháp", by="x")


def by_appendix(tracker: Tracker, folder: Path) -> None:
    rows = ["STT,Nhiệm vụ,Cơ quan chủ trì,Thời gian hoàn thành", "I,Thể chế,,", "1,Rà soát,Sở Tư pháp,Quý II"]
    (folder / "a.csv").write_text("\n".join(rows), encoding="utf-8")
    new = NewPlan(title="Kế hoạch", year=2023, jurisdiction="Tỉnh")
    found = import_appendix(tracker, folder / "a.csv", "q", by="x", on=day("2-1"), new=new)
    assert found.is_accepted, found.problems


def by_log_file(tracker: Tracker, folder: Path) -> None:
    tracker.log.export(folder / "log.jsonl")
    tracker.log.load(folder / "log.jsonl")


def by_backup(tracker: Tracker, folder: Path) -> None:
    lost = Seals(tracker).seal(KEY)
    other = Checkpoint.made(lost.size + 1, lost.root, lost.time, KEY)
    Seals(tracker).accept_backup(other, KEY, reason="x", by=STEWARD)


def by_digest(tracker: Tracker, folder: Path) -> None:
    [digest, *_] = digests(tracker, "p")
    tracker.record(digest.sent(tracker.today()), by="x")


DOORS: list[Callable[[Tracker, Path], Any]] = [
    lambda tracker, folder: noted(tracker),
    lambda tracker, folder: tracker.reports.issue("p", "2023-h1", by="x"),
    lambda tracker, folder: tracker.configure(time_zone="Europe/Riga", by=STEWARD),
    lambda tracker, folder: tracker.record(
        *tracker.roll_over("p", "q", on=day("12-1")).events, adopted("r"), by="x", request_id="r"
    ),
    by_http,
    by_workbook,
    by_appendix,
    by_log_file,
    by_backup,
    by_digest,
]


@pytest.mark.slow
@pytest.mark.parametrize("door", range(len(DOORS)))
def test_nothing_is_recorded_without_naming_a_policy_where_one_is_in_force(
    sqlite: str, tmp_path: Path, door: int
) -> None:
    """By whatever door; the error says which one, since when, and what would be an answer."""
    filled(sqlite, policy=ours).close()
    with Tracker(sqlite, clock=Clock()) as tracker:
        with pytest.raises(PolicyRequired) as caught:
            DOORS[door](tracker, tmp_path)
        assert ("tests.test_configuration.ours", date(2023, 12, 31)) == (caught.value.policy, caught.value.since)
        assert "in force since 2023-12-31" in str(caught.value)
        assert "open_to_all" in str(caught.value)
        assert 3 == tracker.log.position(), "neither that, nor a refusal: there is no policy to refuse by"


def test_no_log_is_imported_where_a_policy_came_into_force_since(url: str, tmp_path: Path) -> None:
    """The tracker was opened before; the error names the way in."""
    with Tracker(clock=Clock()) as other:
        other.record(adopted("q"), by="x")
        other.log.export(tmp_path / "log.jsonl")
    with Tracker(url, clock=Clock()) as early:
        filled(url, policy=ours).close()
        with pytest.raises(PolicyRequired, match="--open-to-all"):
            early.log.load(tmp_path / "log.jsonl")
        with (
            Tracker(url, clock=Clock(), policy=ours) as bound,
            pytest.raises(NotPermitted, match=r"accepted: Tracker\(…, policy=open_to_all\), or --open-to-all"),
        ):
            bound.log.load(tmp_path / "log.jsonl")


def test_what_stands_there_is_read_checked_and_exported_without_a_policy(url: str, tmp_path: Path) -> None:
    """A policy is about recording."""
    with filled(url, policy=ours) as tracker:
        repeated = tracker.record(adopted("q"), by="x", request_id="q")
    with Tracker(url, clock=Clock()) as tracker:
        assert "0/1" in str(tracker.plan("p").progress())
        assert () == tracker.log.check()
        assert 4 == tracker.log.export(tmp_path / "log.jsonl")
        assert Seals(tracker).verify(Seals(tracker).seal(KEY)).holds
        assert 4 == tracker.views.catch_up() == tracker.views.rebuild()
        assert repeated == tracker.record(adopted("q"), by="x", request_id="q"), "that was recorded"
        assert tracker.configure(by="x") == configured(tracker)[-1], "which says nothing new"
        assert 200 == ask(create_app(tracker), "/plans/p").status_code


def test_that_everybody_may_record_is_an_answer_and_goes_on_record(url: str) -> None:
    """Each time one policy takes the place of another; and none is still no answer."""
    filled(url, policy=ours).close()
    with Tracker(url, clock=Clock(), policy=open_to_all) as tracker:
        assert "" == noted(tracker).rule
    with Tracker(url, clock=Clock()) as tracker, pytest.raises(PolicyRequired):
        noted(tracker)
    with Tracker(url, clock=Clock(), policy=ours) as tracker:
        assert "ours" == noted(tracker).rule
        said = [record.event for record in configured(tracker)]
    assert ["ours", "open_to_all", "ours"] == [event.policy.rpartition(".")[2] for event in said]
    assert 1 == len({event.store for event in said}), "the id of a store is made once"


def test_a_store_that_was_only_ever_open_to_all_asks_for_no_policy(url: str) -> None:
    """It says that nothing more than that was wanted."""
    filled(url, policy=open_to_all).close()
    with Tracker(url, clock=Clock()) as tracker:
        noted(tracker)
        assert ["open_to_all"] == [record.event.policy for record in configured(tracker)]


def test_a_tracker_that_was_open_before_is_bound_by_the_policy_too(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that is in the middle of a record when another tracker puts a policy on record."""
    with filled(url) as early, Tracker(url, clock=Clock(), policy=ours) as other:
        judge, judged = early._recording.judge, list[Any]()

        def slowly(*given: Any) -> Any:
            found = judge(*given)
            if not judged:
                judged.append(noted(other))
            return found

        monkeypatch.setattr(early._recording, "judge", slowly)
        with pytest.raises(PolicyRequired):
            noted(early)
        assert [1, 2, 3, 4] == [record.position for record in early.log.records()]


POLICIES: dict[str, Any] = {"": None, "open_to_all": open_to_all, "ours": ours, "theirs": theirs}


def assert_each_was_judged_by_the_policy_in_force(log: list[Record[Any]], rules: dict[str, str]) -> None:
    """`rules`: by the request of each record that was made, the policy that its tracker was opened with."""
    in_force, asks = "", False
    for record in log:
        if isinstance(record.event, StoreConfigured):
            in_force = record.event.policy.rpartition(".")[2]
            asks = asks or in_force not in ("", "open_to_all")
            continue
        named = rules[record.request_id]
        assert named == in_force or (not named and not asks and in_force in ("", "open_to_all"))
        assert record.rule == ("" if named in ("", "open_to_all") else named)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=25))
def test_each_record_was_judged_by_the_policy_that_stands_before_it(steps: list[tuple[int, bool]]) -> None:
    """Whoever records in turn, with whichever policy, in trackers that stay open or are opened anew."""
    with tempfile.TemporaryDirectory() as folder:
        url, rules, refused = f"sqlite:///{folder}/a.db", dict[str, str](), 0
        names = ["", "open_to_all", "ours", "theirs", "", "ours"]
        trackers = [Tracker(url, clock=Clock(), policy=POLICIES[name]) for name in names]
        for number, (which, anew) in enumerate(steps):
            if anew:
                trackers[which].close()
                trackers[which] = Tracker(url, clock=Clock(), policy=POLICIES[names[which]])
            rules[f"r-{number}"] = names[which]
            try:
                trackers[which].record(adopted(f"p-{number}"), by="x", request_id=f"r-{number}")
            except PolicyRequired:
                assert "" == names[which]
                refused += 1
        log = list(trackers[0].log.records())
        assert len(steps) == refused + sum(not isinstance(record.event, StoreConfigured) for record in log)
        assert_each_was_judged_by_the_policy_in_force(log, rules)
        for tracker in trackers:
            tracker.close()


def test_so_it_is_when_many_record_at_once(url: str) -> None:
    """Two policies, a tracker without one, and one that is shared by threads; none of them loses what it may record."""
    Tracker(url, clock=Clock()).close()
    trackers = {name: Tracker(url, policy=POLICIES[name]) for name in ("", "open_to_all", "ours", "theirs")}
    rules, lost = dict[str, str](), list[BaseException]()

    def work(name: str, thread: int) -> None:
        for number in range(12):
            id = f"{name or 'none'}-{thread}-{number}".replace("_", "-")
            rules[id] = name
            try:
                trackers[name].record(adopted(id), by="x", request_id=id)
            except PolicyRequired:
                assert not name
            except BaseException as error:
                lost.append(error)

    threads = [threading.Thread(target=work, args=(name, n)) for name in trackers for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log = list(trackers[""].log.records())
    assert [] == lost
    assert 72 <= sum(isinstance(record.event, PlanAdopted) for record in log)
    assert_each_was_judged_by_the_policy_in_force(log, rules)
    assert 1 == len({record.event.store for record in log if isinstance(record.event, StoreConfigured)})
    for tracker in trackers.values():
        tracker.close()


def test_what_was_put_on_record_and_not_committed_is_put_there_again(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that keeps others out while it is judged loses both, the policy and its record, when the second fails."""
    monkeypatch.setattr(recording, "QUICK_ATTEMPTS", 0)
    with Tracker(url, clock=Clock(), policy=ours) as tracker:
        append, calls = tracker._store.append, list[int]()

        def failing(*given: Any, **more: Any) -> Any:
            calls.append(1)
            if len(calls) == 2:
                raise Conflict("tried")
            return append(*given, **more)

        monkeypatch.setattr(tracker._store, "append", failing)
        tracker.record(adopted(), scheduled(), by="x")
        assert ["~store", "p", "p/1.01"] == [record.stream for record in tracker.log.records()]


def test_a_record_costs_no_question_more_than_before(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What holds for the store is a condition of the append, not a question."""
    with filled(url, policy=ours) as tracker:
        recorder, asked = tracker._store.recorder, list[str]()

        def counted(name: str) -> None:
            real = getattr(recorder, name)

            def call(*given: Any) -> Any:
                asked.append(name)
                return real(*given)

            monkeypatch.setattr(recorder, name, call)

        for name in ("select_streams", "select_newest", "select_log", "select_request", "append"):
            counted(name)
        noted(tracker)
        assert ["select_streams", "append"] == asked


def test_a_store_whose_record_of_it_cannot_be_read_takes_no_record(url: str) -> None:
    """Nobody knows by which policy; it is opened, read and checked all the same."""
    filled(url, policy=ours).close()
    tamper(url, "UPDATE reformtrack_log SET topic = 'X.1' WHERE originator_id = '~store'")
    with Tracker(url, clock=Clock(), policy=ours) as tracker:
        with pytest.raises(UnreadableRecord):
            noted(tracker)
        assert tracker.log.check()
        assert "0/1" in str(tracker.plan("p").progress())


@pytest.mark.parametrize(
    ("policy", "name"),
    [
        (open_to_all, "open_to_all"),
        (SeparationOfDuties(stewards=("x",)), "SeparationOfDuties"),
        (ours, "tests.test_configuration.ours"),
        (partial(ours), "tests.test_configuration.ours"),
        (lambda *asked: Permit(), "tests.test_configuration.<lambda>"),
        (eval("lambda *asked: None", {}), "<lambda>"),
        (Given(PLAN, ()).when, "tests.support.Given.when"),
        (Given(PLAN, ()), "tests.support.Given"),
    ],
)
def test_a_policy_has_a_name(policy: Any, name: str) -> None:
    """A function's, a method's or a class's; with its module, unless it is one of reformtrack."""
    assert name == policy_name(policy)


# The time zone


class Nowhere(tzinfo):
    """A time zone without a name."""

    def utcoffset(self, at: datetime | None) -> timedelta:
        return timedelta(hours=1)

    def dst(self, at: datetime | None) -> None:
        return None

    def tzname(self, at: datetime | None) -> None:
        return None


def nameless() -> ZoneInfo:
    """One that was read from somewhere."""
    with resources.files("tzdata").joinpath("zoneinfo/Europe/Riga").open("rb") as file:
        return ZoneInfo.from_file(file)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Europe/Riga", "Europe/Riga"),
        (ZoneInfo("Europe/Riga"), "Europe/Riga"),
        ("UTC", "UTC"),
        (UTC, "UTC"),
        (ZoneInfo("UTC"), "UTC"),
        ("UTC+00:00", "UTC"),
        ("UTC-03:30", "UTC-03:30"),
        (timezone(timedelta(hours=7)), "UTC+07:00"),
        (timezone(timedelta(hours=7), "ICT"), "UTC+07:00"),
        (timezone(-timedelta(hours=11, minutes=30)), "UTC-11:30"),
        (HA_NOI_TIME, "Asia/Ho_Chi_Minh"),
        (ZoneInfo("Asia/Ho_Chi_Minh"), "Asia/Ho_Chi_Minh"),
        ("Asia/Ho_Chi_Minh", "Asia/Ho_Chi_Minh"),
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
    ],
)
def test_a_time_zone_that_is_asked_for_goes_on_record(sqlite: str, given: Any, name: str) -> None:
    """By a name under which every machine finds the same; days are those of it from then on, for all who open the store."""
    with Tracker(sqlite, clock=Clock(NIGHT), local_time=given) as tracker:
        today = tracker.today()
        assert [] == configured(tracker), "nothing was recorded yet"
        tracker.record(adopted(), by="x")
        assert [name] == [record.event.time_zone for record in configured(tracker)]
    for again in (None, given, name):
        with Tracker(sqlite, clock=Clock(NIGHT), local_time=again) as tracker:
            assert (today, name) == (tracker.today(), configured(tracker)[0].event.time_zone)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "Europe/Rigga",
        "Europe",
        "europe/riga",
        "localtime",
        "posixrules",
        "/etc/localtime",
        "../Europe/Riga",
        "UTC+7",
        "UTC+24:00",
        "+07:00",
        "Riga\n",
        "UTC\n",
        "\ud800",
        "Europe/Riga\0",
        "A" * 10_000,
        7,
        b"UTC",
        Nowhere(),
        nameless(),
        timezone(timedelta(seconds=1, microseconds=1)),
    ],
)
def test_what_is_no_time_zone_is_refused(tmp_path: Path, given: Any) -> None:
    """With what was asked and what is accepted; no file is made."""
    accepted = "local_time cannot be .*accepted: (the name of a time zone, as Europe/Riga|tzinfo or a text or None)"
    with pytest.raises(InvalidField, match=accepted):
        Tracker(tmp_path / "a.db", local_time=given)
    assert [] == list(tmp_path.iterdir())
    with Tracker() as tracker, pytest.raises(InvalidField, match=r"(local_time|time_zone) cannot be"):
        tracker.configure(time_zone=given, by="x")


def test_another_time_zone_than_that_on_record_is_refused(url: str) -> None:
    """Whoever opens the store: it says both, and how another one goes on record."""
    filled(url, local_time="Europe/Riga").close()
    with pytest.raises(StoreError, match=r"is America/Nuuk, .* Europe/Riga; accepted: .*configure --time-zone"):
        Tracker(url, local_time="America/Nuuk")
    with Tracker(url, local_time=ZoneInfo("Europe/Riga")) as tracker:
        assert "Europe/Riga" == str(tracker.local_time)


def test_of_two_that_ask_for_different_time_zones_the_first_to_record_has_it(url: str) -> None:
    """The other one is told when it records."""
    with (
        Tracker(url, clock=Clock(), local_time="Europe/Riga") as one,
        Tracker(url, clock=Clock(), local_time="America/Nuuk") as other,
    ):
        one.record(adopted(), by="x")
        with pytest.raises(StoreError, match="time zone Europe/Riga"):
            other.record(adopted("q"), by="x")
        assert ["~store", "p"] == [record.stream for record in one.log.records()]


def test_a_steward_puts_another_time_zone_on_record_and_all_who_are_open_go_by_it(url: str) -> None:
    """At their next record, and at the next look of a page; nobody else does, and the id stays."""
    with province(url, Clock(NIGHT)) as tracker, Tracker(url, clock=Clock(NIGHT)) as reader:
        app, [before] = create_app(reader), configured(tracker)
        with pytest.raises(NotPermitted, match=r"StoreConfigured\(~store\)"):
            tracker.configure(time_zone="America/Nuuk", by="nam")
        assert date(2023, 7, 2) == tracker.today() == reader.today()
        tag = ask(app, "/plans/p").headers["etag"]
        said = tracker.configure(time_zone="America/Nuuk", by=STEWARD)
        assert date(2023, 7, 1) == tracker.today()
        assert (200, date(2023, 7, 1)) == (
            ask(app, "/plans/p", {"if-none-match": tag}).status_code,
            reader.today(),
        )
        assert [before, said] == configured(reader)
        assert (STEWARD, before.event.store, "SeparationOfDuties") == (said.by, said.event.store, said.event.policy)
        assert "steward keeps the register" == said.rule
        assert said == tracker.configure(time_zone="America/Nuuk", by=STEWARD), "which says nothing new"
        assert [before, said] == configured(reader)


def test_the_first_time_zone_of_an_old_store_is_asked_of_the_policy_too(url: str) -> None:
    """It has records of before, and days of Viet Nam."""
    filled(url).close()
    with Tracker(url, clock=Clock(), policy=SeparationOfDuties(stewards=(STEWARD,))) as tracker:
        with pytest.raises(NotPermitted):
            tracker.configure(time_zone="America/Nuuk", by="nam")
        assert ["Asia/Ho_Chi_Minh"] == [record.event.time_zone for record in configured(tracker)]
        assert "America/Nuuk" == tracker.configure(time_zone="America/Nuuk", by=STEWARD).event.time_zone


def test_of_many_who_make_a_store_at_once_each_is_told_the_same(url: str) -> None:
    """One puts it on record."""
    Tracker(url).close()
    found = list[Any]()

    def make() -> None:
        with Tracker(url) as tracker:
            found.append(tracker.configure(by="x"))

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 6 == len(found)
    assert 1 == len({record.event.store for record in found})


def test_a_tracker_goes_on_with_the_time_zone_that_it_put_on_record(url: str) -> None:
    """Though it was opened with another one, and though it was open when another tracker put it there."""
    with filled(url, local_time="Europe/Riga") as tracker, Tracker(url, clock=Clock()) as other:
        tracker.configure(time_zone="America/Nuuk", by="x")
        noted(tracker)
        noted(other)
        assert "America/Nuuk" == str(tracker.local_time) == str(other.local_time)


def test_where_no_time_zones_are_known_the_error_says_what_is_missing(
    sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows without tzdata; a store of Viet Nam, of UTC, or of a fixed offset needs none."""
    filled(sqlite, local_time="Europe/Riga").close()
    for name in ("tzdata", "tzdata.zoneinfo", "tzdata.zoneinfo.Europe"):
        monkeypatch.setitem(sys.modules, name, None)
    ZoneInfo.clear_cache()
    zoneinfo.reset_tzpath(to=[])
    try:
        with Tracker(sqlite, clock=Clock()) as tracker:
            with pytest.raises(StoreError, match=r"time zone Europe/Riga, .* pip install tzdata"):
                tracker.today()
            assert (3, ()) == (tracker.log.position(), tracker.log.check())
        with pytest.raises(InvalidField, match="pip install tzdata"):
            Tracker(local_time="Europe/Riga")
        for zone in (None, "UTC", "UTC+01:00"):
            Tracker(local_time=zone).today()
    finally:
        zoneinfo.reset_tzpath()
        ZoneInfo.clear_cache()


# The store


def test_a_path_is_a_sqlite_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative or absolute, whatever is in its name."""
    monkeypatch.chdir(tmp_path)
    for path in (tmp_path / "kế hoạch 100%.db", Path("b?c#d.db"), Path(":memory:"), Path("sqlite:")):
        with Tracker(path, clock=Clock()) as tracker:
            tracker.record(adopted(), by="x")
        assert path.is_file()
        with Tracker(path) as tracker:
            assert 1 == tracker.log.position()


def test_a_copy_has_the_id_and_so_has_a_store_that_is_made_of_its_log(sqlite: str, tmp_path: Path) -> None:
    """It names the log. What comes with an imported log holds from then on."""
    with filled(sqlite, policy=ours, local_time="Europe/Riga") as tracker:
        [said] = configured(tracker)
        tracker.log.export(tmp_path / "log.jsonl")
        head = tracker.log.head()
    with Tracker(tmp_path / "b.db", clock=Clock()) as other:
        assert 3 == other.log.load(tmp_path / "log.jsonl")
        assert (head, "Europe/Riga") == (other.log.head(), str(other.local_time))
        assert [said] == configured(other)
        with pytest.raises(PolicyRequired):
            noted(other)
        with pytest.raises(PolicyRequired):
            other.log.load(tmp_path / "log.jsonl")
    with Tracker(tmp_path / "b.db", policy=open_to_all) as other:
        assert 0 == other.log.load(tmp_path / "log.jsonl")
        assert 3 == other.log.position(), "an import is of what was recorded elsewhere, and adds nothing of its own"


def test_the_tag_of_the_head_names_what_is_on_record(url: str) -> None:
    """It changes with each record, and is the same for all who have the store open."""
    with filled(url) as tracker, Tracker(url) as other:
        heads = [tracker.log.head()]
        for _ in range(3):
            noted(tracker)
            heads.append(tracker.log.head())
            assert heads[-1] == tracker.log.head() == other.log.head()
        assert 4 == len({head.tag for head in heads})
        assert [2, 3, 4, 5] == [head.position for head in heads]


def test_long_records_that_end_differently_have_different_tags(tmp_path: Path) -> None:
    """Of which only the beginning is looked at."""
    heads = []
    for name in ("a", "b"):
        with Tracker(tmp_path / f"{name}.db", clock=Clock()) as tracker:
            tracker.record(adopted(), scheduled(), by="x", request_id="the-same")
            tracker.record(ProgressReported("p/1.01", on=day("2-1"), note="x" * 5_000 + name), by="x")
            heads.append(tracker.log.head())
    assert heads[0].tag != heads[1].tag


def test_two_logs_that_have_one_request_at_one_position_and_one_instant_have_different_tags(tmp_path: Path) -> None:
    """What was lost with a backup and the request after it, sent again."""
    heads = []
    for name in ("a", "b"):
        with Tracker(tmp_path / f"{name}.db", clock=Clock()) as tracker:
            tracker.record(adopted(name), by="x")
            tracker.record(adopted("p"), by="x", request_id="the-same")
            heads.append(tracker.log.head())
    assert heads[0].tag != heads[1].tag


def test_the_command_line_makes_a_store_that_says_what_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once; with its time zone, and with the policy that it is made under."""
    store = str(tmp_path / "a.db")
    for code, words in (
        (0, ["init", "--time-zone", "Europe/Riga"]),
        (0, ["init"]),
        (5, ["init", "--time-zone", "America/Nuuk"]),
        (2, ["configure", "--time-zone", "America/Nuuk"]),
        (2, ["configure", "--time-zone", "Nuuk", "--by", "x"]),
        (0, ["configure", "--time-zone", "America/Nuuk", "--by", "x"]),
        (0, ["--stewards", STEWARD, "init"]),
        (3, ["--stewards", STEWARD, "configure", "--time-zone", "UTC", "--by", "x"]),
        (3, ["configure", "--time-zone", "UTC", "--by", STEWARD]),
        (0, ["--stewards", STEWARD, "configure", "--time-zone", "UTC", "--by", STEWARD]),
        (2, ["--stewards", STEWARD, "--open-to-all", "history", "~store"]),
    ):
        assert code == main(["--store", store, *words]), words
    capsys.readouterr()
    with Tracker(tmp_path / "a.db") as tracker:
        said = configured(tracker)
        assert ["reformtrack", "x", "reformtrack", STEWARD] == [record.by for record in said]
        assert ["Europe/Riga", "America/Nuuk", "America/Nuuk", "UTC"] == [record.event.time_zone for record in said]
        assert ["", "", "SeparationOfDuties", "SeparationOfDuties"] == [record.event.policy for record in said]
        assert 1 == len({record.event.store for record in said})
    assert 0 == main(["--store", store, "history", "~store"])
    assert "thiết lập cơ sở dữ liệu" in capsys.readouterr().out
    assert not (tmp_path / "b.db").exists()
    assert 2 == main(["--store", str(tmp_path / "b.db"), "init", "--time-zone", "Nuuk"])
    assert not (tmp_path / "b.db").exists()


def test_the_command_line_records_and_imports_without_a_policy_only_when_it_is_told_to(tmp_path: Path) -> None:
    """What was said with `--open-to-all` is on record with it."""
    store = tmp_path / "a.db"
    with filled(f"sqlite:///{store}", policy=ours) as tracker:
        tracker.log.export(tmp_path / "log.jsonl")
    words = ["record", "ProgressReported", "p/1.01", "on=2023-02-01", "note=x", "--by", "x"]
    assert 3 == main(["--store", str(store), *words])
    assert 3 == main(["--store", str(store), "import-log", str(tmp_path / "log.jsonl")])
    assert 0 == main(["--store", str(store), "--open-to-all", "import-log", str(tmp_path / "log.jsonl")])
    assert 0 == main(["--store", str(store), "--open-to-all", *words])
    with Tracker(store) as tracker:
        assert ["~store", "p/1.01"] == [record.stream for record in tracker.log.records(3)]


def test_the_command_line_shows_instants_in_the_time_zone_of_the_store(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the history, and of plans that are silent."""
    with Tracker(tmp_path / "a.db", clock=Clock(NIGHT), local_time="America/Nuuk") as tracker:
        tracker.record(adopted(), scheduled(), by="x")
    assert 0 == main(["--store", str(tmp_path / "a.db"), "history", "p"])
    assert "01/07/2023 19:30" in capsys.readouterr().out
    assert 0 == main(["--store", str(tmp_path / "a.db"), "rollup"])
    assert "01/07/2023 19:30" in capsys.readouterr().out


def test_a_file_made_before_is_opened_as_ever(tmp_path: Path) -> None:
    """It has no such record, and gets none by being opened, read, or recorded in."""
    filled(f"sqlite:///{tmp_path}/a.db").close()
    with Tracker(tmp_path / "a.db", clock=Clock()) as tracker:
        noted(tracker)
        assert ([], 3) == (configured(tracker), tracker.log.position())


def test_a_policy_that_is_named_again_stays_in_force_since_its_first_day() -> None:
    """Another begins on its own day; the time zone is that of the last record."""
    state = JournalState()
    for on, zone, policy, since in (
        (date(2023, 1, 2), "UTC", "", date(2023, 1, 2)),
        (date(2023, 2, 1), "UTC", "one", date(2023, 2, 1)),
        (date(2023, 3, 1), "Asia/Ho_Chi_Minh", "one", date(2023, 2, 1)),
        (date(2023, 4, 1), "UTC", "other", date(2023, 4, 1)),
    ):
        state = evolve(state, StoreConfigured("~store", on=on, store="0" * 32, time_zone=zone, policy=policy))
        assert (zone, policy) == (state.time_zone, state.policy)
        assert (since if policy else None) == state.policy_since
