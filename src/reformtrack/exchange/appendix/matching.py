"""Which activity of a plan each row of an appendix is. Where that is not clear, it is not guessed."""

import re
from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence

import attrs

from reformtrack.domain.gathered import grouped
from reformtrack.domain.wording import folded
from reformtrack.exchange.appendix.agencies import keys_of
from reformtrack.exchange.appendix.finding import AppendixRow
from reformtrack.exchange.appendix.lines import plain
from reformtrack.views.activity import Activity

_ALIKE = 0.6
"""The least share of words that two titles of one task have in common, where nothing else says that it is one."""
_MOST_PAIRS = 1_000_000
Key = tuple[str, str]
"""(code of the domain in the plan, title as a search compares it)."""


@attrs.frozen
class Matching:
    """The rows of a file beside the open activities of a plan."""

    known: Mapping[int, Activity]
    """By the place of a row: the activity that it is. A row that is in none of these mappings is a new activity."""
    unclear: Collection[int]
    """The places of rows that may be one of several activities."""
    gone: Sequence[Activity]
    """The activities that no row is, nor may be."""


def match(rows: Sequence[AppendixRow], keys: Sequence[Key | None], open_: Sequence[Activity]) -> Matching:
    """
    Match rows to activities: by the file's own code, else by the title within the domain, else by the printed number.

    A new title under the number of an activity that no other row is, is a revision, if anything else of it stayed.

    Of several with one title in one domain, a row is the one that says the same of lead, output and deadline; one row and one
    activity that are left are each other's; else it is not clear.

    Args:
        rows: the rows of the file.
        keys: the key of each row; None when the plan has no such domain.
        open_: the activities that have not left the plan.
    """
    # Codes first, over the whole file: what they claim is no candidate for a title any more.
    by_code = {activity.code: activity for activity in open_}
    known = {n: by_code[row.code] for n, row in enumerate(rows) if row.has_own_code and row.code in by_code}
    claimed = {activity.code for activity in known.values()}
    alike = grouped((key, number) for number, key in enumerate(keys) if number not in known)
    left: dict[Key | None, list[Activity]] = grouped((key_of(a), a) for a in open_ if a.code not in claimed)
    unclear: set[int] = set()
    for key, numbers in alike.items():
        _match_alike(rows, numbers, left.get(key, []), known, unclear)
    _match_numbers(rows, keys, known, unclear, open_)
    possible = {keys[number] for number in unclear}
    matched = {activity.code for activity in known.values()}
    gone = [a for a in open_ if a.code not in matched and key_of(a) not in possible]
    return Matching(known, unclear, gone)


def key_of(activity: Activity) -> Key:
    """What an activity is known by where a file has no codes."""
    return activity.domain, title_key(activity.title)


def title_key(title: str) -> str:
    """A title to compare by, without marks, capitals and signs."""
    return " ".join(re.sub(r"[^\w\s]", " ", folded(title)).split())


def are_alike(one: str, other: str) -> bool:
    """Whether half of the words of the shorter of two titles are in both."""
    words, others = set(title_key(one).split()), set(title_key(other).split())
    return 2 * len(words & others) >= min(len(words), len(others))


def pairs_alike(ones: Sequence[str], others: Sequence[str]) -> list[tuple[float, int, int]]:
    """
    The pairs of two lists of titles that are alike, by their places, the most alike first, each with the share of their words
    that is in both. Of long lists, titles of the same words.
    """
    words, more = ([frozenset(title_key(title).split()) for title in titles] for titles in (ones, others))
    if len(ones) * len(others) > _MOST_PAIRS:
        first = {key: place for place, key in reversed([*enumerate(more)])}
        return [(1.0, place, first[key]) for place, key in enumerate(words) if key in first]
    found = (
        (2 * len(a & b) / max(1, len(a) + len(b)), n, m) for n, a in enumerate(words) for m, b in enumerate(more)
    )
    return sorted((pair for pair in found if pair[0] >= _ALIKE), key=lambda pair: (-pair[0], *pair[1:]))


def _match_alike(
    rows: Sequence[AppendixRow],
    numbers: Sequence[int],
    activities: Sequence[Activity],
    known: dict[int, Activity],
    unclear: set[int],
) -> None:
    """Match the rows and the activities of one key, of which there mostly is one each."""
    by_text: dict[Hashable, list[Activity]] = defaultdict(list)
    for activity in reversed(activities):
        terms = activity.state.terms
        by_text[_says(terms.leads, terms.output, terms.deadline.text)].append(activity)
    for number in numbers if len(numbers) + len(activities) > 2 else ():
        row = rows[number]
        if same := by_text[_says(row.leads, row.output, row.deadline)]:
            known[number] = same.pop()
    left = [activity for same in by_text.values() for activity in same]
    open_rows = [number for number in numbers if number not in known]
    if len(open_rows) == len(left) == 1:
        known[open_rows[0]] = left[0]
    elif left:
        unclear.update(open_rows)


def _says(leads: Sequence[str], output: str, deadline: str) -> Hashable:
    """What tells activities of one title apart."""
    return tuple(keys_of(leads)), plain(output), plain(deadline)


def _match_numbers(
    rows: Sequence[AppendixRow],
    keys: Sequence[Key | None],
    known: dict[int, Activity],
    unclear: Collection[int],
    open_: Sequence[Activity],
) -> None:
    """Match rows and activities that are left, and have one number in one domain and group."""
    matched = {activity.code for activity in known.values()}
    others = (one for one in open_ if one.code not in matched and one.number)
    left = grouped(((one.domain, one.number.strip(" .()"), tuple(map(folded, one.group))), one) for one in others)
    for place, (row, key) in enumerate(zip(rows, keys, strict=True)):
        if place in known or place in unclear or key is None:
            continue
        found = left.get((key[0], row.printed_number.strip(" .()"), tuple(map(folded, row.group))), [])
        if len(found) == 1 and _has_in_common(row, found[0]):
            known[place] = found.pop()


def _has_in_common(row: AppendixRow, activity: Activity) -> bool:
    """Whether a row says anything of an activity that has another title."""
    terms = activity.state.terms
    return (
        are_alike(row.title, activity.title)
        or keys_of(row.leads) == keys_of(terms.leads)
        or plain(row.deadline) == plain(terms.deadline.text)
        or (bool(row.output) and plain(row.output) == plain(terms.output))
    )
