"""The glossary says what the catalogue says."""

import re
from collections import defaultdict
from pathlib import Path

from babel.messages.pofile import read_po

from reformtrack import CountingRule
from reformtrack.answers import Counted, ProgressStatus, Timeliness

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").partition("\n## ")[0]
ROWS = re.findall(r"^\| (?!English|---)(.+?) \| (.+?) \| .+ \|$", PAGE, re.MULTILINE)


def catalogue() -> dict[str, set[str]]:
    """By a text in English, without regard to capitals: what is said for it in Vietnamese."""
    said = defaultdict[str, set[str]](set)
    with (ROOT / "src/reformtrack/language/vi.po").open("rb") as source:
        for message in read_po(source):
            if isinstance(message.id, str) and isinstance(message.string, str):
                said[message.id.casefold()].add(message.string.casefold())
    for kind in (CountingRule, Counted, ProgressStatus, Timeliness):
        for member in kind:
            said[member.label("en").casefold()].add(member.label("vi").casefold())
    return said


def test_terms_are_sorted_and_stand_once() -> None:
    """By their English."""
    terms = [english.casefold() for english, _ in ROWS]
    assert sorted(set(terms)) == terms
    assert len(terms) > 100


def test_a_term_that_the_catalogue_has_is_the_same_in_vietnamese() -> None:
    """What stands in brackets aside. And most terms are in the catalogue."""
    said, found = catalogue(), 0
    for english, vietnamese in ROWS:
        if known := said.get(english.casefold()):
            found += 1
            assert re.sub(r" \(.+\)$", "", vietnamese).casefold() in known, english
    assert found > 70


def test_every_status_rule_and_timeliness_is_a_term() -> None:
    """As their labels are in English."""
    labels = {one.label("en") for kind in (CountingRule, ProgressStatus) for one in kind}
    labels |= {one.label("en") for one in Timeliness if one is not Timeliness.NOT_JUDGED and one is not Timeliness.LATE}
    assert set() == labels - {english for english, _ in ROWS}
