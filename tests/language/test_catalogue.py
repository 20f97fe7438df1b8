"""The catalogue has every text that the code says, in Vietnamese, with the same places, and no other."""

import re
import string
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import cast

import pytest
import typer
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import reformtrack
from reformtrack.answers import Counted, ProgressStatus
from reformtrack.cli import app
from reformtrack.cli.help import holders
from reformtrack.domain.errors import OneSentence
from reformtrack.domain.labelled import Labelled
from reformtrack.exchange.words import event_words, field_words
from reformtrack.language import Language

SOURCE = Path(reformtrack.__file__).parent
CATALOGUE = SOURCE / "language"
LABELLED = [kind for kind in Labelled.__subclasses__() if kind.__module__.startswith("reformtrack")]
ENUMS = [kind for kind in (*Enum.__subclasses__(), *LABELLED) if kind.__module__.startswith("reformtrack")]


def said() -> set[str]:
    """Each text that the code says: the first argument of `say` or of the methods of a `Language`."""
    command = typer.main.get_command(app)
    kinds = [("**.py", "python"), ("**.html", "jinja2")]
    sentences = {cls.__name__: None for cls in subclasses(OneSentence)}
    said = {"say": None, "_say": None, "said": None, "sentence": None, **sentences}
    keywords = {**said, "plural": (1, 2), "pgettext": ((1, "c"), 2)}
    found = extract_from_dir(str(SOURCE), kinds, keywords=keywords)
    help_ = {str(holder.help) for holder in holders(command)} | {str(command.epilog)}
    english = Language("en")
    named = {*event_words(english).values(), *field_words(english).values()}  # most are made from names
    labels = {member.english for kind in LABELLED for member in kind}
    texts = {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found}
    return help_ | named | labels | texts


def subclasses(cls: type[OneSentence]) -> Iterator[type[OneSentence]]:
    """All below a class; those that say one sentence take it as `said` does."""
    for below in cls.__subclasses__():
        yield below
        yield from subclasses(below)


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@cache
def entries() -> Sequence[tuple[str, str]]:
    with (CATALOGUE / "vi.po").open("rb") as file:
        return [(first(message.id), first(message.string)) for message in read_po(file, locale="vi") if message.id]


def first(text: object) -> str:
    """A text, or the first form of one that depends on a number."""
    return text if isinstance(text, str) else cast(Sequence[str], text)[0]


def test_every_text_is_said_in_vietnamese_and_none_is_stale() -> None:
    """Also those of the docstrings' examples."""
    catalogue = dict(entries())
    examples = {"{count} activities are overdue", "{count} activity"}
    assert said() - examples == catalogue.keys() - examples


def test_no_text_stands_twice_in_the_catalogue() -> None:
    """Where two features say the same English for different things, the later one would win for both."""
    texts = (CATALOGUE / "vi.po").read_text(encoding="utf-8")
    keys = re.findall(r'(?:^|\n\n)((?:msgctxt "[^\n]*"\n)?msgid "[^\n]*"(?:\n"[^\n]*")*)', texts)
    assert len(keys) > 1_000
    assert [] == [key for key, count in Counter(keys).items() if count > 1]


def test_a_translation_has_the_places_of_its_text() -> None:
    """Else a figure would be lost."""
    for english, vietnamese in entries():
        assert vietnamese, english
        assert places(english) == places(vietnamese), english


def test_what_runs_is_the_catalogue_compiled() -> None:
    """`make catalogue` does it."""
    compiled = BytesIO()
    with (CATALOGUE / "vi.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale="vi", abort_invalid=True))
    compiled.seek(0)
    with (CATALOGUE / "vi.mo").open("rb") as runs:
        expected, found = (vars(GNUTranslations(file))["_catalog"] for file in (compiled, runs))
    del expected[""], found[""]  # the heads, in which days of making stand
    assert expected == found


@pytest.mark.parametrize("kind", ENUMS, ids=lambda kind: kind.__name__)
def test_a_value_has_a_label_or_is_a_sign(kind: type[Enum]) -> None:
    """So that nobody is shown `awaiting_confirmation`."""
    names = {member.label() for member in kind} if issubclass(kind, Labelled) else {str(one.value) for one in kind}
    assert issubclass(kind, Labelled) or not any(map(str.isalpha, "".join(names)))
    assert len(names) == len(kind)


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
    "của cùng kỳ",
    "đính chính báo cáo",
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
    "kho dữ liệu",
    "điểm kiểm soát",
    "trạng thái",
    "đơn vị hành chính",
    "không có thông tin",
    "hoàn thành, chưa có",
)
"""Words for which there is another: a concept has one term, in the catalogue and in the labels."""


def test_a_concept_has_one_term() -> None:
    """In the catalogue, and in the labels."""
    labels = [member.label() for kind in LABELLED for member in kind]
    texts = [*labels, *(vietnamese for _, vietnamese in entries())]
    assert [] == [(word, text) for text in texts for word in NOT_SAID if word in text.casefold()]
    assert ProgressStatus.CARRIED_OVER.label() == Counted.CARRIED_OVER.label() == dict(entries())["carried over"]
