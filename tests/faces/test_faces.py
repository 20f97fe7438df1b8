"""Every question once, through every face: the same figures, in the same order, with the same ranks."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import lxml.html
import pytest
from dak_nong_events import PLAN, at
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from tests.faces.questions import MANY, QUESTIONS
from tests.faces.table import DOCUMENTS, FACES, TABLE, Shown, shown
from tests.faces.worlds import FOREIGN, Asked, World, asked, countries, country, made
from tests.support import AT_LENGTH

MOMENTS: dict[str, tuple[str, date, datetime | None]] = {
    "28/12, now": (PLAN, date(2023, 12, 28), None),
    "30/6, now": (PLAN, date(2023, 6, 30), None),
    "30/6, as known then": (PLAN, date(2023, 6, 30), at(date(2023, 6, 30), 900)),
    "24/6, as known on 20/7": (PLAN, date(2023, 6, 24), at(date(2023, 7, 20), 900)),
    "another plan, 10/7": (FOREIGN, date(2023, 7, 10), None),
    "another plan, 24/6, before the last records": (FOREIGN, date(2023, 6, 24), at(date(2023, 12, 21), 0)),
    "another plan, 31/12": (FOREIGN, date(2023, 12, 31), None),
}
"""Which plan, on which day, as known when."""

DAILY = ("28/12, now", "30/6, as known then", "another plan, 10/7")
"""The moments that `make test-fast` asks about."""

IN_DOCUMENTS = ("30/6, as known then", "another plan, 10/7", *(["28/12, now"] if AT_LENGTH else []))
"""The moments of which reports are issued and read: each takes seconds."""

DAYS = [date(2023, 1, 2) + timedelta(days=n) for n in range(370)]
UNSHRUNK = [Phase.explicit, Phase.reuse, Phase.generate]
"""Each example takes most of a second: to make one smaller would take minutes."""
FEW = settings(max_examples=max(1, settings().max_examples // 6), phases=UNSHRUNK)
FEWER = settings(max_examples=max(1, settings().max_examples // 25), phases=UNSHRUNK)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with country(tmp_path_factory.mktemp("country")) as made:
        yield made


@pytest.fixture(scope="module")
def moments(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Asked]]:
    with ExitStack() as open:
        yield {
            name: asked(
                world,
                plan,
                on,
                None if known_at is None else world.tracker.log.position(known_at),
                tmp_path_factory.mktemp("moment"),
                open,
            )
            for name, (plan, on, known_at) in MOMENTS.items()
        }


def test_each_face_shows_each_question_or_says_why_not() -> None:
    """The table is whole."""
    assert QUESTIONS.keys() == TABLE.keys()
    for question, row in TABLE.items():
        assert set(FACES) == row.keys(), question
        assert any(isinstance(how, Shown) for how in row.values()), question


CASES = [
    pytest.param(
        question,
        face,
        how,
        moment,
        id=f"{question} – {face} – {moment}",
        marks=[pytest.mark.slow] if face in DOCUMENTS or moment not in DAILY else [],
    )
    for moment in MOMENTS
    for question, face, how in shown(FACES, tuple(TABLE))
    if (face not in DOCUMENTS or moment in IN_DOCUMENTS) and (question not in MANY or MOMENTS[moment][0] == PLAN)
]


@pytest.mark.parametrize(("question", "face", "how", "moment"), CASES)
def test_every_face_says_the_same(question: str, face: str, how: Shown, moment: str, moments: dict[str, Asked]) -> None:
    """The worked example, and a plan that has all that it does not."""
    found = moments[moment]
    assert how.expected(found, question) == how.shown(found)


@pytest.mark.parametrize("moment", [name for name, (plan, *_) in MOMENTS.items() if plan == FOREIGN])
def test_behind_each_cell_of_the_heat_map_are_the_activities_that_it_counts(
    moment: str, moments: dict[str, Asked]
) -> None:
    """Those that have left the plan are not among them, as they are not due."""
    found = moments[moment]
    cells = found.page(f"/plans/{FOREIGN}").xpath("//table[@class='heat']//td/a")
    assert cells
    for cell in cells:
        due = int(cell.text_content().rpartition("/")[2])
        behind = lxml.html.fromstring(found.world.get(cell.get("href"), {}))
        assert due == len(behind.xpath("//table/tbody/tr")), cell.get("href")


@pytest.mark.long
@pytest.mark.slow
@FEW
@given(countries(plans=3), st.sampled_from(DAYS), st.integers(0, 20))
def test_every_face_says_the_same_of_random_plans(events: list[Any], on: date, forgotten: int) -> None:
    """On a random day, as known now or before some of the last records; documents of some of them."""
    with TemporaryDirectory() as folder, ExitStack() as open:
        world = made(Path(folder), events)
        open.callback(world.tracker.close)
        head = world.tracker.log.position()
        first = min(record.position for record in world.tracker.log.records() if record.stream.startswith("p/"))
        known_at = max(head - forgotten, first)
        found = asked(world, "p", on, known_at if known_at != head else None, Path(folder), open)
        assume(found.plan.activities)
        for question, face, how in shown([face for face in FACES if face not in DOCUMENTS], tuple(TABLE)):
            assert how.expected(found, question) == how.shown(found), f"{question}: {face}"


@pytest.mark.slow
@FEWER
@given(countries(), st.sampled_from(DAYS))
def test_every_document_says_the_same_of_random_plans(events: list[Any], on: date) -> None:
    """Its figures are those of the day of its cut-off, as known when it was issued."""
    with TemporaryDirectory() as folder, ExitStack() as open:
        world = made(Path(folder), events)
        open.callback(world.tracker.close)
        found = asked(world, "p", on, None, Path(folder), open)
        assume(found.plan.activities)
        for question, face, how in shown(DOCUMENTS if AT_LENGTH else ("html", "xlsx", "pdf"), tuple(TABLE)):
            assert how.expected(found, question) == how.shown(found), f"{question}: {face}"


def test_the_published_figure_is_asked(moments: dict[str, Asked]) -> None:
    """The questions are about something: 53/55, and lists that are not empty."""
    answers = {name: {q: QUESTIONS[q](found, "vi") for q in QUESTIONS} for name, found in moments.items()}
    assert answers["28/12, now"]["headline"] == (53, 55, "96.4")
    for question in QUESTIONS:
        assert any(of[question] for of in answers.values()), question
