"""The catalogue has every text that the code says, in Vietnamese, with the same places, and no other."""

import re
import string
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import typer
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import reformtrack
from reformtrack import CountingRule
from reformtrack.answers import Counted, ProgressStatus, Timeliness
from reformtrack.cli import app
from reformtrack.cli.help import holders
from reformtrack.domain.errors import OneSentence

SOURCE = Path(reformtrack.__file__).parent


def said() -> set[str]:
    """Each text that the code says: the first argument of `say` or of the methods of a `Language`."""
    command = typer.main.get_command(app)
    kinds = [("**.py", "python"), ("**.html", "jinja2")]
    sentences = {cls.__name__: None for cls in subclasses(OneSentence)}
    keywords = {"say": None, "_say": None, "said": None, "sentence": None, "plural": (1, 2), **sentences}
    found = extract_from_dir(str(SOURCE), kinds, keywords=keywords)
    help_ = {str(holder.help) for holder in holders(command)} | {str(command.epilog)}
    return help_ | {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found}


def subclasses(cls: type[OneSentence]) -> Iterator[type[OneSentence]]:
    """All below a class; those that say one sentence take it as `said` does."""
    for below in cls.__subclasses__():
        yield below
        yield from subclasses(below)


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def entries() -> Iterator[tuple[str, str]]:
    with (SOURCE / "language" / "vi.po").open("rb") as file:
        for message in read_po(file, locale="vi"):
            if message.id:
                yield first(message.id), first(message.string)


def first(text: object) -> str:
    """A text, or the first form of one that depends on a number."""
    return text if isinstance(text, str) else cast(Sequence[str], text)[0]


def test_every_text_is_said_in_vietnamese_and_none_is_stale() -> None:
    """Also those of the docstrings' examples."""
    catalogue = dict(entries())
    examples = {"{count} activities are overdue", "{count} activity"}
    assert said() - examples == catalogue.keys() - examples


def test_a_translation_has_the_places_of_its_text() -> None:
    """Else a figure would be lost."""
    for english, vietnamese in entries():
        assert vietnamese, english
        assert places(english) == places(vietnamese), english


def test_no_text_is_said_within_an_f_string() -> None:
    """There the extraction of some versions of Python would not find it."""
    places = [
        f"{path.name}:{number}"
        for path in SOURCE.rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"\{say[.(]", line)
    ]
    assert [] == places


NOT_SAID = (
    "ghi nhận",
    "đang thực hiện, ",
    "rút khỏi",
    "chuyển sang năm sau",
    "không hạn",
    "tính việc",
    "quy tắc:",
    "theo những gì",
    "nay biết khác",
    "cùng kỳ",
    "im lặng",
    "trường riêng",
    "vị trí nhật ký",
    "điểm kiểm chứng",
    "cách tính chính thức",
    "báo cáo đã gửi",
    "phát hành",
    "trang đầu",
    "địa bàn",
    "minh chứng",
)
"""Words for which there is another: a concept has one term, in the catalogue and in the labels."""


def test_a_concept_has_one_term() -> None:
    """In the catalogue, and in the labels of statuses, counts and rules."""
    kinds: tuple[type[ProgressStatus | Timeliness | Counted | CountingRule], ...] = (
        ProgressStatus,
        Timeliness,
        Counted,
        CountingRule,
    )
    labels = [member.label() for kind in kinds for member in kind]
    texts = [*labels, *(vietnamese for _, vietnamese in entries())]
    assert [] == [(word, text) for text in texts for word in NOT_SAID if word in text.casefold()]
    assert ProgressStatus.CARRIED_OVER.label() == Counted.CARRIED_OVER.label() == dict(entries())["carried over"]
