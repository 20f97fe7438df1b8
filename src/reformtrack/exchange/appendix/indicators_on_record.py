"""
The indicators of a file beside those of a plan on record: what defines new ones, and what stands against it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from difflib import SequenceMatcher
from itertools import count
from typing import TypeVar

from reformtrack.domain.errors import InvalidField
from reformtrack.domain.indicator import IndicatorDefined, IndicatorEvent, IndicatorKind, ReadingTaken
from reformtrack.domain.values import Document, PlanId, indicator_id
from reformtrack.domain.wording import day, folded
from reformtrack.exchange.appendix.finding import IndicatorRow, Problem, problem_in
from reformtrack.exchange.appendix.finishing import field_label
from reformtrack.exchange.words import unheld
from reformtrack.language import Language
from reformtrack.views.indicators import Indicator

E = TypeVar("E")
_NEARLY = 0.9
"""How much of two names is the same where one may be a slip of the other."""
_COLUMNS = {"unit": "unit", "target": "target", "as_of": "baseline", "value": "baseline", "reported_text": "baseline"}


class DefinedIndicators:
    """
    Makes the events of rows, and remembers the problems.

    Args:
        plan: the plan's id.
        known: the indicators that it has, on whatever day.
        on: the day of the events.
        source: of the earlier figures.
    """

    def __init__(
        self, plan: PlanId, known: Sequence[Indicator], on: date, source: Document | None, say: Language
    ) -> None:
        self.problems: list[Problem] = []
        self._plan, self._on, self._source, self._say = plan, on, source, say
        self._known = {(folded(one.definition.group), folded(one.definition.title)): one for one in known}
        self._names = {one.name for one in known}

    def events(self, rows: Sequence[IndicatorRow]) -> Iterator[IndicatorEvent]:
        """What the rows have that is not on record."""
        keys = {(folded(row.group), folded(row.title)) for row in rows}
        gone = {key: one for key, one in self._known.items() if key not in keys}
        for row in rows:
            known = self._known.get((folded(row.group), folded(row.title)))
            if known is None:
                self._tell_near(row, list(gone.values()))
                subject = indicator_id(f"{self._plan}#{self._name(row)}")
                yield from self._definition(row, subject)
                yield from self._reading(row, subject, None)
            else:
                self._compare(row, known)
                yield from self._reading(row, known.id, known)
        for one in gone.values():
            what = self._say("the indicator {title} is not in the file", title=f"“{one.definition.title[:120]}”")
            self.problems.append(Problem("", "", what, self._say("it stays as it is"), is_error=False))

    def _definition(self, row: IndicatorRow, subject: str) -> Iterator[IndicatorDefined]:
        yield from self._made(
            row,
            lambda: IndicatorDefined(
                indicator_id(subject),
                on=self._on,
                title=row.title,
                unit=row.unit,
                kind=row.kind,
                target=row.target,
                group=row.group,
                host_fields=row.host_fields,
            ),
        )

    def _name(self, row: IndicatorRow) -> str:
        """A name for a new indicator, that none has: of its code, else of its title."""
        plain = re.sub(r"[^a-z0-9]+", "-", folded(row.code or row.title)).strip("-")[:60].strip("-") or "chi-tieu"
        name = next(tried for n in count(1) if (tried := plain if n == 1 else f"{plain}-{n}") not in self._names)
        self._names.add(name)
        return name

    def _compare(self, row: IndicatorRow, known: Indicator) -> None:
        """Say what a row has otherwise than the definition on record; an import changes none."""
        on_record = known.definition
        # A reading of the table shows the kind of those to come; one that is on record already was chosen.
        pairs: list[tuple[str, object, object]] = [
            ("unit", on_record.unit, row.unit),
            ("target", on_record.target, row.target),
        ]
        if row.baseline is not None:
            pairs.append(("kind", on_record.kind, row.kind))
        for field, before, after in pairs:
            if before == after or (
                isinstance(before, str) and isinstance(after, str) and folded(before) == folded(after)
            ):
                continue
            what = self._say(
                "the indicator is on record with {field} {before}, and the file has {after}",
                field=field_label(field, self._say) if field != "kind" else self._say("kind"),
                before=f"“{self._shown(before)}”",
                after=f"“{self._shown(after)}”",
            )
            to_do = self._say("leave the row out, or retract the definition and define it anew")
            self.problems.append(problem_in(row, field, what, to_do))
        changed = {name for name in {*on_record.host_fields, *row.host_fields}
                   if folded(on_record.host_fields.get(name, "")) != folded(row.host_fields.get(name, ""))}  # fmt: skip
        if changed:
            what = self._say(
                "the file has other texts of the indicator than are on record: {names}",
                names=", ".join(sorted(changed)),
            )
            self.problems.append(problem_in(row, "title", what, self._say("those on record stay"), is_error=False))

    def _shown(self, value: object) -> str:
        return (
            value.label(self._say.lang)
            if isinstance(value, IndicatorKind)
            else "–"
            if value in (None, "")
            else str(value)
        )

    def _reading(self, row: IndicatorRow, subject: str, known: Indicator | None) -> Iterator[ReadingTaken]:
        """The earlier figure of a row, unless it is on record."""
        figure = row.baseline
        if figure is None:
            return
        if figure.as_of > self._on:
            what = self._say(
                "the figure is of {day}, which is after the day of the import", day=day(figure.as_of, self._say.lang)
            )
            self.problems.append(problem_in(row, "baseline", what, self._say("import it on that day or later")))
            return
        given = (figure.value, figure.part, figure.whole, figure.bound)
        same_day = [one for one in known.readings if one.as_of == figure.as_of] if known is not None else []
        if any((one.value, one.part, one.whole, one.bound) == given for one in same_day):
            return
        if same_day:
            what = self._say(
                "a figure of {day} is on record: {text}",
                day=day(figure.as_of, self._say.lang),
                text=same_day[-1].reported_text,
            )
            self.problems.append(
                problem_in(row, "baseline", what, self._say("leave the row out, or put the record right first"))
            )
            return
        yield from self._made(
            row,
            lambda: ReadingTaken(
                subject,
                on=self._on,
                as_of=figure.as_of,
                reported_text=figure.text,
                value=figure.value,
                part=figure.part,
                whole=figure.whole,
                bound=figure.bound,
                period=figure.period,
                source=self._source,
                note=figure.heading,
            ),
        )

    def _tell_near(self, row: IndicatorRow, others: Sequence[Indicator]) -> None:
        """Say that a new indicator may be one on record with another name, which the file does not have."""
        for other in others:
            one, two = folded(row.title), folded(other.definition.title)
            if SequenceMatcher(None, one, two).ratio() >= _NEARLY and re.findall(r"\d+", one) == re.findall(
                r"\d+", two
            ):
                what = self._say(
                    "the name is nearly that of {title} on record", title=f"“{other.definition.title[:120]}”"
                )
                to_do = self._say("write it as it is on record, if it is the same; else it is a new one")
                self.problems.append(problem_in(row, "title", what, to_do, is_error=False))

    def _made(self, row: IndicatorRow, make: Callable[[], E]) -> Iterator[E]:
        """An event; none, and a problem, when the file has something that no field can hold."""
        try:
            yield make()
        except InvalidField as error:
            self.problems.append(problem_in(row, _COLUMNS.get(error.field, "title"), *unheld(error, self._say)))
