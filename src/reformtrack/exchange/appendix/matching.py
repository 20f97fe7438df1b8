"""Which activity of a plan each row of an appendix is. Where that is not clear, it is not guessed."""

import re
from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from itertools import chain

import attrs

from reformtrack.domain.gathered import grouped
from reformtrack.domain.wording import folded
from reformtrack.exchange.appendix.agencies import keys_of
from reformtrack.exchange.appendix.finding import AppendixRow
from reformtrack.exchange.appendix.lines import number_before, plain
from reformtrack.views.activity import Activity

_ALIKE = 0.6
"""The least share of words that two titles of one task have in common, where nothing else says that it is one."""
_MOST_PAIRS = 250_000
Key = tuple[str, str]
"""(code of the domain in the plan, title as a search compares it)."""


@attrs.frozen
class Matching:
    """The rows of a file beside the open activities of a plan."""

    known: Mapping[int, Activity]
    """By the place of a row: the activity that it is. A row that is in none of these mappings is a new activity."""
    unclear: Collection[int]
    """The places of rows that may be one of several activities."""
    doubtful: Mapping[int, Activity]
    """By the place of a row: the activity that it may be, of which it says too little else."""
    moved: Mapping[int, Activity]
    """By the place of a row with a code: another activity, whose title it has; the list may have been numbered anew."""
    gone: Sequence[Activity]
    """The activities that no row is, nor may be."""


def match(
    rows: Sequence[AppendixRow],
    keys: Sequence[Key | None],
    open_: Sequence[Activity],
    told: Mapping[str, str] | None = None,
    default: str = "",
) -> Matching:
    """
    Match rows to activities: by the file's own code, else by the title within the domain, or in another one, else by a title
    that is alike, or by the printed number.

    Of several with one title in one domain, a row is the one that says the same of lead, output and deadline; one row and one
    activity that are left are each other's; else it is not clear. A title under the number of an activity with quite another
    one, and one that is alike in another place, are doubtful.

    Args:
        rows: the rows of the file.
        keys: the key of each row; None when the plan has no such domain.
        open_: the activities that have not left the plan.
        told: by row, what a person says: `take` where it is the activity that it may be, `activity` where it is a new one.
        default: what is said of the others.
    """
    # Codes first, over the whole file: what they claim is no candidate for a title any more.
    by_code = {activity.code: activity for activity in open_}
    coded = {n: by_code[row.code] for n, row in enumerate(rows) if row.has_own_code and row.code in by_code}
    found = _Found(rows, keys, told or {}, default)
    for place, one in coded.items():
        found.put(place, one, not default or are_alike(rows[place].title, one.title))
    coded = {place: one for place, one in coded.items() if place in found.known}
    alike = grouped((key, number) for number, key in enumerate(keys) if number not in coded and number not in found.new)
    left: dict[Key | None, list[Activity]] = grouped((key_of(a), a) for a in found.free(open_))
    for key, numbers in alike.items():
        _match_alike(rows, numbers, left.get(key, []), found.known, found.unclear)
    found.elsewhere(open_)
    found.like(open_)
    found.numbers(open_)
    possible = {keys[number] for number in found.unclear}
    gone = [a for a in found.free(open_) if key_of(a) not in possible]
    return Matching(found.known, found.unclear, found.doubtful, _moved(rows, coded, open_), gone)


def key_of(activity: Activity) -> Key:
    """What an activity is known by where a file has no codes."""
    return activity.domain, title_key(activity.title)


def title_key(title: str) -> str:
    """A title to compare by, without marks, capitals, signs, and the number of its task."""
    return " ".join(re.sub(r"[^\w\s]", " ", folded(number_before(title)[1])).split())


def are_alike(one: str, other: str) -> bool:
    """Whether half of the words of the shorter of two titles are in both."""
    words, others = _words(one), _words(other)
    return 2 * len(words & others) >= min(len(words), len(others))


def pairs_alike(ones: Sequence[str], others: Sequence[str]) -> list[tuple[float, int, int]]:
    """
    The pairs of two lists of titles that are alike, by their places, the most alike first, each with the share of their words
    that is in both. Of long lists, titles of the same words.
    """
    words, more = ([_words(title) for title in titles] for titles in (ones, others))
    if len(ones) * len(others) > _MOST_PAIRS:
        first = {key: place for place, key in reversed([*enumerate(more)])}
        return [(1.0, place, first[key]) for place, key in enumerate(words) if key in first]
    found = ((_share(a, b), n, m) for n, a in enumerate(words) for m, b in enumerate(more))
    return sorted((pair for pair in found if pair[0] >= _ALIKE), key=lambda pair: (-pair[0], *pair[1:]))


def _words(title: str) -> frozenset[str]:
    return frozenset(title_key(title).split())


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    """How much of the words of two titles is in both, from 0 to 1."""
    return 2 * len(one & other) / max(1, len(one) + len(other))


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


class _Found:
    """Which activity each row is so far."""

    def __init__(
        self, rows: Sequence[AppendixRow], keys: Sequence[Key | None], told: Mapping[str, str], default: str
    ) -> None:
        self._rows, self._keys, self._told, self._default = rows, keys, told, default
        self.known: dict[int, Activity] = {}
        self.doubtful: dict[int, Activity] = {}
        self.unclear: set[int] = set()
        self.new: set[int] = set()

    def free(self, open_: Sequence[Activity]) -> list[Activity]:
        """The activities that no row is, nor may be."""
        taken = {activity.code for activity in chain(self.known.values(), self.doubtful.values())}
        return [activity for activity in open_ if activity.code not in taken]

    def put(self, place: int, activity: Activity, is_sure: bool) -> None:
        """A row and the activity that it is; where that is not sure, as a person says."""
        answer = self._told.get(self._rows[place].row, self._default)
        if is_sure or answer == "take":
            self.known[place] = activity
        elif answer == "activity":
            self.new.add(place)
        else:
            self.doubtful[place] = activity

    def like(self, open_: Sequence[Activity]) -> None:
        """Match rows and activities of one domain whose titles are alike, the most alike first."""
        rows, others = self._left(), grouped((one.domain, one) for one in self.free(open_))
        for domain, places in grouped((key[0], place) for place, key in rows.items()).items():
            left = others.get(domain, [])
            pairs = pairs_alike([self._rows[place].title for place in places], [one.title for one in left])
            numbered = [
                (
                    -share,
                    not left[m].number or _number_of(self._rows[places[n]]) != _number_of(left[m]),
                    places[n],
                    left[m],
                )
                for share, n, m in pairs
            ]
            used: set[int | str] = set()
            for _, is_elsewhere, place, one in sorted(numbered, key=lambda pair: pair[:3]):
                if not used & {place, one.code}:
                    used |= {place, one.code}
                    words, others_words = _words(self._rows[place].title), _words(one.title)
                    self.put(place, one, not is_elsewhere or words <= others_words or others_words <= words)

    def numbers(self, open_: Sequence[Activity]) -> None:
        """Match rows and activities that are left, and have one number in one domain and group."""
        left = grouped(((one.domain, *_number_of(one)), one) for one in self.free(open_) if one.number)
        for place, key in self._left().items():
            found = left.get((key[0], *_number_of(self._rows[place])), [])
            if len(found) == 1 and _has_in_common(self._rows[place], found[0]):
                self.put(place, one := found.pop(), are_alike(self._rows[place].title, one.title))

    def elsewhere(self, open_: Sequence[Activity]) -> None:
        """Match rows and activities that are left, and have one title in different domains."""
        titled = grouped((title_key(one.title), one) for one in self.free(open_))
        rows = grouped((key[1], place) for place, key in self._left().items())
        at_home = grouped((key[0], self._rows[place]) for place, key in self._left().items())
        for title, places in rows.items():
            if title and len(places) == len(found := titled.get(title, [])) == 1:
                # One at home that is alike may be the task with another title, and this one a new task.
                likely = (row for row in at_home.get(found[0].domain, ()) if are_alike(row.title, found[0].title))
                self.put(places[0], found[0], next(likely, None) is None)

    def _left(self) -> dict[int, Key]:
        """The rows that may be activities of which nothing is found yet, by place with their keys."""
        settled = {*self.known, *self.doubtful, *self.unclear, *self.new}
        return {place: key for place, key in enumerate(self._keys) if key is not None and place not in settled}


def _number_of(one: AppendixRow | Activity) -> tuple[str, tuple[str, ...]]:
    """The number that is printed before a task, and the titles above it."""
    number = one.number if isinstance(one, Activity) else one.printed_number
    return number.strip(" .()"), tuple(map(folded, one.group))


def _moved(
    rows: Sequence[AppendixRow], coded: Mapping[int, Activity], open_: Sequence[Activity]
) -> dict[int, Activity]:
    """Of rows with codes, another activity whose title is more like theirs, and which the file has not under its own code."""
    places = [place for place, one in coded.items() if title_key(rows[place].title) != title_key(one.title)]
    kept = {one.code for place, one in coded.items() if place not in places}
    here = {coded[place].code: _words(rows[place].title) for place in places}
    others = [one for one in open_ if one.code not in kept]
    found: dict[int, Activity] = {}
    for share, n, m in pairs_alike([rows[place].title for place in places], [one.title for one in others]):
        own, other = coded[places[n]], others[m]
        under = here.get(other.code, frozenset())
        if share > max(_share(_words(rows[places[n]].title), _words(own.title)), _share(under, _words(other.title))):
            found.setdefault(places[n], other)
    return found


def _has_in_common(row: AppendixRow, activity: Activity) -> bool:
    """Whether a row says anything of an activity that has another title."""
    terms = activity.state.terms
    return (
        are_alike(row.title, activity.title)
        or keys_of(row.leads) == keys_of(terms.leads)
        or plain(row.deadline) == plain(terms.deadline.text)
        or (bool(row.output) and plain(row.output) == plain(terms.output))
    )
