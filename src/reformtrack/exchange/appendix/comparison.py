"""The rows of an appendix beside a plan: what adopts it, or exactly what differs from the one on record."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import count

import attrs

from reformtrack.domain.activity import (
    ActivityReassigned,
    ActivityRescheduled,
    ActivityRevised,
    ActivityScheduled,
    ActivityWithdrawn,
)
from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.kinds import Event
from reformtrack.domain.plan import PlanAdopted, days_of, days_to_read_in
from reformtrack.domain.said import said
from reformtrack.domain.status import ProgressStatus
from reformtrack.domain.values import Document, Domain, plan_id
from reformtrack.domain.wording import folded
from reformtrack.exchange.appendix.changes import Changes, tell_stays
from reformtrack.exchange.appendix.finding import AppendixRow, Draft, Progress, Told
from reformtrack.exchange.appendix.lines import quoted, section_key
from reformtrack.exchange.appendix.matching import Key, Matching, are_alike, key_of, match, title_key
from reformtrack.exchange.appendix.unread import Unread
from reformtrack.language import Language
from reformtrack.views.activity import Activity
from reformtrack.views.plan import Plan

_YEARS = re.compile(r"\b20[0-9]{2} ?[-–] ?20[0-9]{2}\b")
MOST_DOMAINS = 100
"""The most domains that a plan may have."""


@checks_arguments
@attrs.frozen(kw_only=True)
class NewPlan:
    """
    What a plan has that its appendix does not say.

    Raises:
        InvalidField: its title names a span of years and not the one year, and its days are not given.

    >>> NewPlan(title="Kế hoạch", year=2026, jurisdiction="Tỉnh X", last_day=date(2030, 12, 31)).days
    (datetime.date(2026, 1, 1), datetime.date(2030, 12, 31))
    """

    title: str
    year: int
    jurisdiction: str
    document: Document | None = None
    """The document that adopts it."""
    first_day: date | None = None
    """Its first day, where it is not for its calendar year."""
    last_day: date | None = None

    def __attrs_post_init__(self) -> None:
        named = _YEARS.search(self.title)
        has_days = self.first_day is not None or self.last_day is not None
        # "Kế hoạch năm 2026 thực hiện Chương trình giai đoạn 2021-2030" is of 2026.
        if named and not has_days and str(self.year) not in _YEARS.sub("", self.title):
            accepted = said("the first and the last day of a plan whose title names {years}", years=named[0])
            raise InvalidField("NewPlan", "first_day", None, accepted)

    @property
    def days(self) -> tuple[date, date] | None:
        """Its first and last day, to read deadlines in; None of a plan that is for its calendar year."""
        return days_to_read_in(*days_of(self.year, self.first_day, self.last_day))


@attrs.frozen
class Change:
    """What a file says otherwise of a plan on record, old beside new."""

    row: str
    """As `Phụ lục!12`; empty for an activity that the file does not have."""
    activity: str
    """Its code."""
    field: str
    """As `title`, `lead`, `deadline`; `activity` for one that comes in or is withdrawn."""
    before: str
    after: str


@attrs.frozen
class Count:
    """A figure of the plan, as it is and as it would be."""

    name: str
    before: int
    after: int


def changes_of(events: Sequence[Event], before: Plan | None, rows: Mapping[str, str]) -> Iterator[Change]:
    """
    Events of a file, each field of them beside what is on record.

    Args:
        before: the plan as it is; None for one that is not on record.
        rows: by code, the row of the file.
    """
    known = {str(activity.id): activity for activity in before.activities} if before is not None else {}
    for event in events:
        code, activity = str(event.subject).partition("/")[2], known.get(str(event.subject))
        row = rows.get(code, "")
        if isinstance(event, ActivityScheduled):
            yield Change(row, code, "activity", "", event.title)
        elif isinstance(event, ActivityWithdrawn) and activity is not None:
            yield Change("", code, "activity", activity.title, "")
        elif activity is not None and isinstance(event, ActivityRescheduled | ActivityReassigned | ActivityRevised):
            for field in attrs.fields_dict(type(event)):
                new, old = getattr(event, field), getattr(activity.state.terms, field, None)
                if field not in ("subject", "on", "document", "reason", "note") and new is not None and new != old:
                    yield Change(row, code, field, _shown(old), _shown(new))


def _shown(value: object) -> str:
    """A value of a field as a text."""
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {text}" for name, text in value.items())
    return "; ".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)


def counts_of(events: Sequence[Event], before: Plan | None, say: Language) -> tuple[Count, ...]:
    """How many activities a plan has, and how many of them with a day, before some events and after."""
    open_ = {str(a.id): a.deadline.is_dated for a in before.activities if not a.status.has_left} if before else {}
    after = dict(open_)
    for event in events:
        if isinstance(event, ActivityWithdrawn):
            after.pop(str(event.subject), None)
        elif isinstance(event, ActivityScheduled | ActivityRescheduled):
            after[str(event.subject)] = event.deadline.is_dated
    total = Count(say("Activities"), len(open_), len(after))
    return total, Count(say("Activities with a day"), sum(open_.values()), sum(after.values()))


_CHANGES = "sửa đổi|bổ sung|điều chỉnh|thay thế"
_CHANGED = re.compile(rf"\W*(?:{_CHANGES}|amended|added)\b", re.IGNORECASE)

_CHANGES_ALONE = re.compile(
    rf"(?:{_CHANGES}).{{0,40}}\b(?:một số|nhiệm vụ tại)\b|"
    r"(?:nội dung|nhiệm vụ) (?:được )?(?:sửa đổi|điều chỉnh)",
    re.IGNORECASE,
)
"""A title above a table that has only what changes in a plan."""
_OF_CHANGES = re.compile(rf"{_CHANGES}|thay đổi|gia hạn|\b(?:amend|chang|add)ed\b|amendment", re.IGNORECASE)
"""A title above a table that may have only what changes."""


def _first_of(activities: Sequence[Activity]) -> str:
    """Their codes, of many the first."""
    codes = [activity.code for activity in activities[:10]]
    return ", ".join([*codes, "…"] if len(activities) > len(codes) else codes)


class Comparison(Told):
    """
    What the rows of a file amount to. Rows that are left out leave their activities as they are.

    Args:
        draft: what was found in the file.
        progress: is told how many rows are compared, of how many.
    """

    def __init__(self, draft: Draft, progress: Progress | None, say: Language) -> None:
        super().__init__(say)
        self._titles = {domain.code: domain.title for domain in draft.domains}
        self._rows = (*draft.activities, *draft.set_aside)
        self._left, self._unread = {row.row for row in draft.set_aside}, Unread(draft, self)
        self._progress = progress or (lambda done, total: None)
        self._answers = draft.answers
        self._titles_above = [cell.text for row in draft.rows if row.became == "heading" for cell in row.cells]
        self._first = {row.domain: row for row in reversed(draft.activities)}
        self.rows: dict[str, str] = {}
        """By code of an activity, the row of the file that is it."""

    def _taken(self) -> Iterator[tuple[int, AppendixRow]]:
        """The rows that are not left out, each with its place."""
        for place, row in enumerate(self._rows):
            self._progress(place + 1, len(self._rows))
            if row.row not in self._left:
                yield place, row

    def adoption(self, id: str, on: date, new: NewPlan) -> Iterator[Event]:
        """The plan, and all its activities."""
        changes = Changes(id, on, None, {}, self.say)
        rows = [row for _, row in self._taken()]
        domains: list[Domain] = []
        for code, title in self._titles.items() if rows else ():
            domains += changes.made(self._first.get(code, rows[0]), partial(Domain, code, title))
        if len(domains) > MOST_DOMAINS:
            what = self.say("the file has {count} domains", count=len(domains))
            to_do = self.say("at most {count} domains are accepted", count=MOST_DOMAINS)
            self.ask(rows[0].at("domain"), what, to_do)
        elif domains:
            given = attrs.asdict(new, recurse=False)
            yield PlanAdopted(plan_id(id), on=on, domains=tuple(domains), **given)
            for row in rows:
                self.rows[row.code] = row.row
                yield from changes.scheduled(row, row.code, row.domain)
        self.problems += changes.problems

    def amendment(self, now: Plan, on: date, document: Document | None) -> Iterator[Event]:
        """
        What differs from a plan on record, as it is on the day of the amendment; the plan's own event is not among it.

        Raises:
            InvalidField: the plan is not adopted on that day.
        """
        before = now.as_of(on)
        if before.version == 0:
            accepted = said("{day}, the day of adoption, or later", day=now.state.adopted_on)
            raise InvalidField("import_appendix", "on", on, accepted)
        has_groups = any(row.group for row in self._rows)
        changes = Changes(now.id, on, document, now.records, self.say, has_groups)
        keys = self._keys(now)
        replaces = "replace" in self._answers.sheets.values()
        open_ = [activity for activity in before.activities if not activity.status.has_left]
        matching = match(self._rows, keys, open_, self._answers.rows, "activity" if replaces else "")
        gone = list(self._gone(matching, keys))
        # Where most of the plan would go, it is no question of single tasks.
        others = [
            one
            for place, one in matching.known.items()
            if not are_alike((row := self._rows[place]).title, one.title) and self._answers.rows.get(row.row) != "take"
        ]
        lost = [*gone, *matching.doubtful.values(), *others]
        is_comparable = None not in keys and not matching.moved and not replaces
        most = is_comparable and len(lost) > len(matching.known) - len(others)
        blocking = _blocking(before, now)
        codes = _Codes(now, self._rows)
        left = {
            activity.code: self._rows[place]
            for place, activity in matching.known.items()
            if self._rows[place].row in self._left and keys[place] == key_of(activity)
        }
        for place, row in self._taken():
            key, activity = keys[place], matching.known.get(place)
            if key is None:
                continue
            if activity is not None and activity.code in left and key != key_of(activity):
                what = self.say("the code {code} stands in row {row} too", code=row.code, row=left[activity.code].row)
                self.ask(row.at("code"), what, self.say("give each activity a code of its own"))
            elif moved := matching.moved.get(place):
                what = self.say(
                    "the title {title} stands in the plan under the code {code}, and here beside {other}",
                    title=quoted(row.title),
                    code=moved.code,
                    other=row.code,
                )
                to_do = self.say("give each task the code that it has in the plan, or leave the codes out")
                self.ask(row.at("code"), what, to_do)
            elif activity is not None:
                self._tell_code(row, activity.code)
                self._tell_title(row, activity, key[0])
                self.rows[activity.code] = row.row
                yield from changes.changed(activity, row, key[0])
            elif doubtful := matching.doubtful.get(place):
                if not most:
                    self._ask_doubtful(row, doubtful)
            elif place in matching.unclear:
                what = self.say("several activities of the plan have this title, and none says the same otherwise")
                to_do = self.say("give the activities the codes that they have in the plan, or leave the row out")
                self.ask(row.at("title"), what, to_do)
            elif other := (row.has_own_code and blocking.get(row.code)) or blocking.get(key):
                self.ask(row.at("title"), _why_blocked(other, self.say), self.say("leave the row out"))
            else:
                code = codes.for_new(row, key[0])
                self._tell_code(row, code)
                self.rows[code] = row.row
                yield from changes.scheduled(row, code, key[0])
        for activity in gone:
            yield from changes.withdrawn(activity)
        changing = next(
            (row for _, row in self._taken() if any(map(_CHANGED.match, (row.note, *row.custom.values())))), None
        )
        if gone and any(map((_OF_CHANGES if most else _CHANGES_ALONE).search, self._titles_above)):
            what = self.say(
                "the title says that only what changes is in the file, which lacks activities of the plan: {codes}",
                codes=_first_of(lost if most else gone),
            )
            to_do = self.say(
                "import a file with all activities that stay; if it has them, delete the words from its title"
            )
            self.ask(self._rows[0].at("title"), what, to_do)
        elif most:
            self._ask_most(len(open_), lost, changing is not None)
        elif gone and changing is not None:
            to_do = self.say("they are withdrawn: a file has all activities that stay")
            self.tell(changing.at("note"), self._lacks(gone), to_do)
        self.problems += changes.problems

    def _ask_doubtful(self, row: AppendixRow, activity: Activity) -> None:
        title = quoted(activity.title, 120)
        what = self.say(
            "the row may be {code} with another title, or another task: {title}", code=activity.code, title=title
        )
        to_do = self.say("say whether it is that task of the plan (import it), or a new one (activity)")
        self.ask(row.at("title"), what, to_do, f"rows:{row.row}", ("take", "activity"))

    def _ask_most(self, count: int, lost: Sequence[Activity], is_of_changes: bool) -> None:
        what = self.say(
            "the file lacks {lost} of the {count} activities of the plan: {codes}",
            lost=len(lost),
            count=count,
            codes=_first_of(lost),
        )
        to_do = self.say(
            "check whether it is the appendix of this plan with all activities that stay; if so, replace them"
        )
        sheet = self._rows[0].sheet
        self.ask((sheet, ""), self._lacks(lost) if is_of_changes else what, to_do, f"sheets:{sheet}", ("replace",))

    def _lacks(self, gone: Sequence[Activity]) -> str:
        return self.say("the file says what changes, and lacks activities of the plan: {codes}", codes=_first_of(gone))

    def _keys(self, plan: Plan) -> list[Key | None]:
        """What each row is known by where it has no code. A domain that the plan does not have is an error."""
        known = {folded(section_key(domain.title)): domain.code for domain in plan.state.domains}
        codes = {code: known.get(folded(section_key(title))) for code, title in self._titles.items()}
        for code, row in self._first.items():
            if codes[code] is None:
                what = self.say("the plan has no domain {title}", title=quoted(self._titles[code]))
                to_do = self.say(
                    "an amendment adds no domain to a plan: put the tasks under one that it was adopted with: {titles}",
                    titles="; ".join(domain.title for domain in plan.state.domains[:10]),
                )
                self.ask(row.at("domain"), what, to_do)
        found = ((codes[row.domain], title_key(row.title)) for row in self._rows)
        return [None if code is None else (code, title) for code, title in found]

    def _gone(self, matching: Matching, keys: Sequence[Key | None]) -> Iterator[Activity]:
        """The activities that the file does not have. One that a row which is left out may be stays, and is said."""
        doubtful = {
            key[0] if (key := keys[place]) else None
            for place, row in enumerate(self._rows)
            if row.row in self._left and not row.has_own_code and place not in matching.known
        }
        gone: list[Activity] = []
        left = [one for place, one in matching.doubtful.items() if self._rows[place].row in self._left]
        for activity in (*left, *matching.gone):
            if activity in left or activity.domain in doubtful or None in doubtful:
                tell_stays(self, activity, self.say("it may be the row that is left out"))
            else:
                gone.append(activity)
        return self._unread.without(gone)

    def _tell_code(self, row: AppendixRow, code: str) -> None:
        if row.has_own_code and row.code != code:
            what = self.say("the code {code} of the file is {known} in the plan", code=row.code, known=code)
            self.tell(row.at("code"), what, self.say("a code that was used is not given again"))

    def _tell_title(self, row: AppendixRow, activity: Activity, domain: str) -> None:
        if domain != activity.domain and not row.has_own_code:
            what = self.say("{code} stands under another domain than before", code=activity.code)
            self.tell(row.at("title"), what, self.say("nothing, if it is the same task; else give it another title"))
        if title_key(row.title) != title_key(activity.title):
            title = quoted(activity.title, 120)
            what = self.say("{code} has another title: before it was {title}", code=activity.code, title=title)
            to_do = self.say("nothing, if it is the same task; else give it a number of its own")
            self.tell(row.at("title"), what, to_do)


def _why_blocked(other: Activity, say: Language) -> str:
    """Why no row may bring an activity into the plan again."""
    if other.status is ProgressStatus.CARRIED_OVER:
        plan = other.state.carried_into
        return say("the activity is {code}, which was carried over into {plan}", code=other.code, plan=plan)
    return say("the activity is {code}, which comes into the plan on a later day", code=other.code)


def _blocking(before: Plan, now: Plan) -> dict[str | Key, Activity]:
    """By code and by key, what no row may bring into the plan again: carried over, or there from a later day on."""
    there = {activity.code: activity for activity in before.activities}
    found = [there.get(activity.code, activity) for activity in now.activities]
    blocking = [a for a in found if a.code not in there or a.status is ProgressStatus.CARRIED_OVER]
    return {name: activity for activity in blocking for name in (activity.code, key_of(activity))}


class _Codes:
    """The codes that activities which are new may have: never one that another activity has, had, or has in the file."""

    def __init__(self, plan: Plan, rows: Sequence[AppendixRow]) -> None:
        self._used = {activity.code for activity in plan.activities}
        self._own = {row.code for row in rows if row.has_own_code}
        self._numbers: dict[str, Iterator[int]] = {}

    def for_new(self, row: AppendixRow, domain: str) -> str:
        """The row's code, where it is free, else the next one in its domain."""
        code = row.code
        if code in self._used or (self._is_taken(code) and not row.has_own_code):
            numbers = self._numbers.setdefault(domain, count(1))
            code = next(code for n in numbers if not self._is_taken(code := f"{domain}.{n:02}"))
        self._used.add(code)
        return code

    def _is_taken(self, code: str) -> bool:
        return code in self._used or code in self._own
