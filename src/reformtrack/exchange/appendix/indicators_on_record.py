"""The indicators of a file beside those of a plan on record: what defines new ones, and what stands against it."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from functools import partial
from itertools import count
from typing import TypeVar

from reformtrack.domain.errors import InvalidField
from reformtrack.domain.indicator import IndicatorDefined, IndicatorEvent, IndicatorKind, ReadingTaken
from reformtrack.domain.values import Document, PlanId, indicator_id
from reformtrack.domain.wording import day, folded
from reformtrack.exchange.appendix.finding import IndicatorRow, Told
from reformtrack.exchange.appendix.lines import quoted
from reformtrack.exchange.appendix.vocabulary import field_label
from reformtrack.exchange.error_words import unheld
from reformtrack.language import Language
from reformtrack.views.indicators import Indicator

E = TypeVar("E")
_NEARLY = 0.9
"""How much of two names is the same where one may be a slip of the other."""
_COLUMNS = {"unit": "unit", "target": "target", "as_of": "baseline", "value": "baseline", "reported_text": "baseline"}


class DefinedIndicators(Told):
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
        super().__init__(say)
        self._plan, self._on, self._source = plan, on, source
        self._known = {(folded(one.definition.group), folded(one.definition.title)): one for one in known}
        self._names = {one.name for one in known}

    def events(self, rows: Sequence[IndicatorRow]) -> Iterator[IndicatorEvent]:
        """What the rows have that is not on record."""
        keys = [(folded(row.group), folded(row.title)) for row in rows]
        gone = [one for key, one in self._known.items() if key not in keys]
        for key, row in zip(keys, rows, strict=True):
            known = self._known.get(key)
            if known is None:
                self._tell_near(row, gone)
                subject = indicator_id(f"{self._plan}#{self._name(row)}")
                given = {
                    name: getattr(row, name) for name in ("title", "unit", "kind", "target", "group", "host_fields")
                }
                yield from self._made(row, partial(IndicatorDefined, subject, on=self._on, **given))
            else:
                subject = known.id
                self._compare(row, known)
            yield from self._reading(row, subject, known.readings if known else ())
        for one in gone:
            what = self.say("the indicator {title} is not in the file", title=quoted(one.definition.title, 120))
            self.tell(("", ""), what, self.say("it stays as it is"))

    def _name(self, row: IndicatorRow) -> str:
        """A name for a new indicator, that none has: of its code, else of its title."""
        plain = re.sub(r"[^a-z0-9]+", "-", folded(row.code or row.title)).strip("-")[:60].strip("-") or "chi-tieu"
        name = next(tried for n in count(1) if (tried := plain if n == 1 else f"{plain}-{n}") not in self._names)
        self._names.add(name)
        return name

    def _compare(self, row: IndicatorRow, known: Indicator) -> None:
        """Say what a row has otherwise than the definition on record; an import changes none."""
        say, on_record = self.say, known.definition
        labels = {"unit": field_label("unit", say), "target": field_label("target", say)}
        # A reading of the table shows the kind of those to come; one that is on record already was chosen.
        labels |= {"kind": say("kind")} if row.baseline is not None else {}
        for field, label in labels.items():
            before, after = getattr(on_record, field), getattr(row, field)
            if before != after and not (field == "unit" and folded(before) == folded(after)):
                what = say(
                    "the indicator is on record with {field} {before}, and the file has {after}",
                    field=label,
                    before=f"“{self._shown(before)}”",
                    after=f"“{self._shown(after)}”",
                )
                self.ask(row.at(field), what, say("leave the row out, or retract the definition and define it anew"))
        mine, theirs = row.host_fields, on_record.host_fields
        names = [
            name for name in sorted({*mine, *theirs}) if folded(mine.get(name, "")) != folded(theirs.get(name, ""))
        ]
        if names:
            what = say("the file has other texts of the indicator than are on record: {names}", names=", ".join(names))
            self.tell(row.at("title"), what, say("those on record stay"))

    def _shown(self, value: IndicatorKind | Decimal | str | None) -> str:
        if isinstance(value, IndicatorKind):
            return value.label(self.say.lang)
        return "–" if value in (None, "") else str(value)

    def _reading(self, row: IndicatorRow, subject: str, on_record: Sequence[ReadingTaken]) -> Iterator[ReadingTaken]:
        """The earlier figure of a row, unless it is on record."""
        say, figure = self.say, row.baseline
        if figure is None:
            return
        shown = day(figure.as_of, say.lang)
        if figure.as_of > self._on:
            what = say("the figure is of {day}, which is after the day of the import", day=shown)
            self.ask(row.at("baseline"), what, say("import it on that day or later"))
            return
        says = {name: getattr(figure, name) for name in ("value", "part", "whole", "bound")}
        same_day = [one for one in on_record if one.as_of == figure.as_of]
        if any(says == {name: getattr(one, name) for name in says} for one in same_day):
            return
        if same_day:
            what = say("a figure of {day} is on record: {text}", day=shown, text=same_day[-1].reported_text)
            self.ask(row.at("baseline"), what, say("leave the row out, or put the record right first"))
            return
        made = partial(
            ReadingTaken,
            subject,
            on=self._on,
            as_of=figure.as_of,
            reported_text=figure.text,
            period=figure.period,
            source=self._source,
            note=figure.heading,
            **says,
        )
        yield from self._made(row, made)

    def _tell_near(self, row: IndicatorRow, others: Iterable[Indicator]) -> None:
        """Say that a new indicator may be one on record with another name, which the file does not have."""
        say, one = self.say, folded(row.title)
        for other in others:
            two = folded(other.definition.title)
            has_same_numbers = re.findall(r"\d+", one) == re.findall(r"\d+", two)
            if has_same_numbers and SequenceMatcher(None, one, two).ratio() >= _NEARLY:
                what = say("the name is nearly that of {title} on record", title=quoted(other.definition.title, 120))
                to_do = say("write it as it is on record, if it is the same; else it is a new one")
                self.tell(row.at("title"), what, to_do)

    def _made(self, row: IndicatorRow, make: Callable[[], E]) -> Iterator[E]:
        """An event; none, and a problem, when the file has something that no field can hold."""
        try:
            yield make()
        except InvalidField as error:
            self.ask(row.at(_COLUMNS.get(error.field, "title")), *unheld(error, self.say))
