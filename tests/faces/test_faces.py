"""Every question once, through every face: the same figures, in the same order, with the same ranks."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime

import pytest
from dak_nong_events import PLAN, at

from tests.faces.questions import MANY, QUESTIONS
from tests.faces.table import DOCUMENTS, FACES, TABLE, Shown, shown
from tests.faces.worlds import FOREIGN, Asked, World, asked, country

MOMENTS: dict[str, tuple[str, date, datetime | None]] = {
    "28/12, now": (PLAN, date(2023, 12, 28), None),
    "30/6, now": (PLAN, date(2023, 6, 30), None),
    "30/6, as known then": (PLAN, date(2023, 6, 30), at(date(2023, 6, 30), 900)),
    "24/6, as known on 20/7": (PLAN, date(2023, 6, 24), at(date(2023, 7, 20), 900)),
    "another plan, 10/7": (FOREIGN, date(2023, 7, 10), None),
    "another plan, 20/6, before the last records": (FOREIGN, date(2023, 6, 20), at(date(2023, 12, 21), 0)),
    "another plan, 31/12": (FOREIGN, date(2023, 12, 31), None),
}
"""Which plan, on which day, as known when."""

IN_DOCUMENTS = ("28/12, now", "30/6, as known then", "another plan, 10/7")
"""The moments of which reports are issued and read: each takes seconds."""


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
                None if known_at is None else world.tracker.position(known_at),
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
    pytest.param(question, face, how, moment, id=f"{question} – {face} – {moment}")
    for moment in MOMENTS
    for question, face, how in shown(FACES, tuple(TABLE))
    if (face not in DOCUMENTS or moment in IN_DOCUMENTS) and (question not in MANY or MOMENTS[moment][0] == PLAN)
]


@pytest.mark.parametrize(("question", "face", "how", "moment"), CASES)
def test_every_face_says_the_same(question: str, face: str, how: Shown, moment: str, moments: dict[str, Asked]) -> None:
    """The worked example, and a plan that has all that it does not."""
    found = moments[moment]
    assert how.expected(found, question) == how.shown(found)


def test_the_published_figure_is_asked(moments: dict[str, Asked]) -> None:
    """The questions are about something: 53/55, and lists that are not empty."""
    answers = {name: {q: QUESTIONS[q](found, "vi") for q in QUESTIONS} for name, found in moments.items()}
    assert answers["28/12, now"]["headline"] == (53, 55, "96.4")
    for question in QUESTIONS:
        assert any(of[question] for of in answers.values()), question
