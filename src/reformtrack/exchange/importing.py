"""
A plan from its appendix: adopted when it is new, amended by exactly what differs when it is on record.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

import attrs

from reformtrack.domain.activity import (
    ActivityReassigned,
    ActivityRescheduled,
    ActivityRevised,
    ActivityScheduled,
    ActivityWithdrawn,
)
from reformtrack.domain.deadline import Deadline, DeadlineKind
from reformtrack.domain.errors import InvalidField, NotFound
from reformtrack.domain.events import Event
from reformtrack.domain.plan import PlanAdopted, PlanAmended
from reformtrack.domain.timeline import Record
from reformtrack.domain.values import Document, Domain, plan_id
from reformtrack.domain.wording import Lang, folded
from reformtrack.exchange.appendix import AppendixRow, Problem, find_appendix
from reformtrack.exchange.sheets import read_sheets
from reformtrack.language import Language
from reformtrack.tracker import Tracker
from reformtrack.views.plan import Activity, Plan

Progress = Callable[[int, int], None]
E = TypeVar("E")


@attrs.frozen(kw_only=True)
class Import:
    """What a file would record, or has recorded."""

    events: tuple[Event, ...]
    """The events that the file comes to; none when it says what is on record."""
    problems: tuple[Problem, ...]
    """What a person has to look at. While one of them is an error, nothing is recorded."""
    records: tuple[Record[Event], ...] = ()
    """The records; none for a dry run, or while there are errors."""

    @property
    def is_accepted(self) -> bool:
        """Whether there is no error."""
        return not any(problem.is_error for problem in self.problems)


@attrs.frozen(kw_only=True)
class NewPlan:
    """What a plan has that its appendix does not say."""

    title: str
    year: int
    jurisdiction: str
    document: Document | None = None
    """The document that adopts it."""


def import_appendix(
    tracker: Tracker,
    path: str | PathLike[str],
    plan: str,
    *,
    by: str,
    on: date,
    new: NewPlan | None = None,
    document: Document | None = None,
    leave: Collection[str] = (),
    dry_run: bool = False,
    lang: Lang = "vi",
    progress: Progress | None = None,
) -> Import:
    """
    Record a plan's appendix, or what a changed one amends. All of it, or nothing.

    The same file again records nothing. Of a plan that is on record, exactly what differs is recorded: activities added,
    withdrawn, re-dated, reassigned, revised, each under the amending document. Where the file has no codes, an activity is
    known by its title within its domain.

    Args:
        path: a .xlsx, .xls, .ods or .csv file.
        plan: the plan's id.
        by: who imports it.
        on: the day on which the plan is adopted, or the amendment takes effect.
        new: what is needed to adopt a plan that is not on record.
        document: the amending document; needed when anything differs.
        leave: rows to leave out, as problems name them: `Phụ lục!12`.
        dry_run: only say what would be recorded.
        lang: the language of the problems.
        progress: is told how many of the file's activities are compared, of how many.

    Returns:
        The events, the problems, and the records.

    Raises:
        SheetFileError: it is no spreadsheet that can be read.
        InvalidField: the plan is not on record and `new` is not given, or it is amended without a document.
        IllegalHistory: a rule refuses an event; nothing is recorded.
    """
    path, id, say = Path(path), plan_id(plan), Language(lang)
    appendix = find_appendix(read_sheets(path), say)
    rows = [row for row in appendix.rows if row.row not in leave]
    problems = [problem for problem in appendix.problems if problem.row not in leave]
    titles = {domain.code: domain.title for domain in appendix.domains}
    found = _plan(tracker, id, on)
    comparison = _Comparison(id, on, titles, rows, document, say, progress)
    events = list(comparison.events(found, new))
    problems += comparison.problems
    result = Import(events=tuple(events), problems=tuple(problems))
    if dry_run or not events or not result.is_accepted:
        return result
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:24]
    request = f"import-{id}-{found.position if found else 0}-{digest}"
    return attrs.evolve(result, records=tracker.record(*events, by=by, request_id=request))


def _plan(tracker: Tracker, id: str, on: date) -> Plan | None:
    try:
        return tracker.plan(id, on=max(on, tracker.today()))
    except NotFound:
        return None


def _given(new: NewPlan | None) -> NewPlan:
    if new is None:
        raise InvalidField(
            "import_appendix", "new", None, "title, year and jurisdiction of a plan that is not on record"
        )
    return new


class _Comparison:
    """The rows of a file beside a plan."""

    def __init__(
        self,
        plan: str,
        on: date,
        titles: Mapping[str, str],
        rows: Sequence[AppendixRow],
        document: Document | None,
        say: Language,
        progress: Progress | None,
    ) -> None:
        self.problems: list[Problem] = []
        self._plan, self._on, self._titles, self._rows = plan, on, titles, rows
        self._document, self._say = document, say
        self._progress = progress or (lambda done, total: None)
        self._year = 0

    def events(self, plan: Plan | None, new: NewPlan | None) -> Iterator[Event]:
        """What the rows come to: a plan's adoption, or what differs from it."""
        if plan is not None:
            yield from self._amendment(plan)
        elif self._rows:
            yield from self._adoption(_given(new))

    def _adoption(self, new: NewPlan) -> Iterator[Event]:
        """The plan, and all its activities."""
        self._year = new.year
        domains = tuple(self._new_domains())
        if not domains:
            return
        yield PlanAdopted(
            self._plan,
            on=self._on,
            title=new.title,
            year=new.year,
            jurisdiction=new.jurisdiction,
            domains=domains,
            document=new.document,
        )
        for number, row in enumerate(self._rows, 1):
            yield from self._scheduled(row, row.code, row.domain, None)
            self._progress(number, len(self._rows))

    def _new_domains(self) -> Iterator[Domain]:
        for code, title in self._titles.items():
            row = next((row for row in self._rows if row.domain == code), self._rows[0])
            yield from self._made(row, partial(Domain, code, title))

    def _amendment(self, plan: Plan) -> Iterator[Event]:
        """What differs from the plan as it stands."""
        self._year = plan.state.year
        domains = self._domains(plan)
        open_ = {activity.code: activity for activity in plan.activities if not activity.status.has_left}
        used = {activity.code for activity in plan.activities}
        events: list[Event] = []
        seen: set[str] = set()
        for number, row in enumerate(self._rows, 1):
            self._progress(number, len(self._rows))
            domain = domains.get(row.domain)
            if domain is None:
                continue
            known = self._known(row, domain, open_, seen)
            if known is None:
                code = self._free(row, domain, used)
                events += self._scheduled(row, code, domain, self._document)
            else:
                seen.add(known.code)
                events += self._changes(known, row, domain)
        events += (self._withdrawn(activity) for code, activity in open_.items() if code not in seen)
        if not events:
            return
        if self._document is None:
            accepted = f"the document that amends the plan: {len(events)} things differ"
            raise InvalidField("import_appendix", "document", None, accepted)
        yield PlanAmended(self._plan, on=self._on, document=self._document)
        yield from events

    def _domains(self, plan: Plan) -> dict[str, str]:
        """By the code of a domain in the file: its code in the plan. One that the plan does not have is an error."""
        known = {folded(domain.title): domain.code for domain in plan.state.domains}
        found = {}
        for code, title in self._titles.items():
            if (there := known.get(folded(title))) is not None:
                found[code] = there
            elif row := next((row for row in self._rows if row.domain == code), None):
                sheet, _, number = row.row.rpartition("!")
                what = self._say("the plan has no domain {title}", title=f"“{title}”")
                to_do = self._say("write the domain as the plan has it")
                self.problems.append(Problem(sheet, number, what, to_do))
        return found

    def _known(
        self, row: AppendixRow, domain: str, open_: Mapping[str, Activity], seen: Collection[str]
    ) -> Activity | None:
        """The activity of the plan that a row is: by its own code, else by its title in its domain, else nobody."""
        if row.has_own_code:
            return open_.get(row.code)
        alike = [
            activity
            for code, activity in open_.items()
            if code not in seen and activity.domain == domain and folded(activity.title) == folded(row.title)
        ]
        return alike[0] if alike else None

    def _free(self, row: AppendixRow, domain: str, used: set[str]) -> str:
        """A code for an activity that is new: the row's, or the next one in its domain that was never used."""
        code, number = row.code, 0
        while code in used:
            number += 1
            code = f"{domain}.{number:02}"
        used.add(code)
        return code

    def _deadline(self, row: AppendixRow) -> Deadline:
        deadline = Deadline.parse(row.deadline, self._year)
        if deadline.kind is DeadlineKind.UNSPECIFIED:
            sheet, _, number = row.row.rpartition("!")
            what = self._say("the deadline {text} is kept, but no day was read from it", text=f"“{row.deadline}”")
            to_do = self._say("write it as 31/8/2023, Quý III or Thường xuyên, if it has a day")
            self.problems.append(Problem(sheet, number, what, to_do, is_error=False))
        return deadline

    def _scheduled(
        self, row: AppendixRow, code: str, domain: str, document: Document | None
    ) -> Iterator[ActivityScheduled]:
        if not (row.title and row.lead and row.deadline):
            return  # a problem names what is missing
        yield from self._made(
            row,
            lambda: ActivityScheduled(
                f"{self._plan}/{code}",
                on=self._on,
                domain=domain,
                title=row.title,
                lead=row.lead,
                deadline=self._deadline(row),
                output=row.output,
                supporting=row.supporting,
                budget=row.budget,
                document=document,
            ),
        )

    def _changes(self, activity: Activity, row: AppendixRow, domain: str) -> Iterator[Event]:
        """What a row says otherwise of an activity."""
        terms, id = activity.state.terms, activity.id
        given = {"title": row.title, "output": row.output, "domain": domain, "budget": row.budget}
        revised: dict[str, Any] = {
            name: value for name, value in given.items() if value not in ("", None) and value != getattr(terms, name)
        }
        shared: dict[str, Any] = {"on": self._on, "document": self._document}
        if revised:
            yield from self._made(row, lambda: ActivityRevised(id, **shared, **revised))
        if row.deadline and _plain(row.deadline) != _plain(terms.deadline.text):
            deadline = self._deadline(row)
            yield from self._made(row, lambda: ActivityRescheduled(id, **shared, deadline=deadline))
        if row.lead and (row.lead != terms.lead or (row.supporting and row.supporting != terms.supporting)):
            people: dict[str, Any] = {"lead": row.lead, "supporting": row.supporting or terms.supporting}
            yield from self._made(row, lambda: ActivityReassigned(id, **shared, **people))

    def _made(self, row: AppendixRow, make: Callable[[], E]) -> Iterator[E]:
        """An event; none, and a problem, when the file has something that no field can hold."""
        try:
            yield make()
        except InvalidField as error:
            sheet, _, number = row.row.rpartition("!")
            to_do = self._say("accepted: {accepted}", accepted=error.accepted)
            self.problems.append(Problem(sheet, number, f"{error.field}: {error.found}", to_do))

    def _withdrawn(self, activity: Activity) -> ActivityWithdrawn:
        reason = self._say("not in the amended appendix")
        return ActivityWithdrawn(activity.id, on=self._on, reason=reason, document=self._document)


def _plain(text: str) -> str:
    return " ".join(text.split())
