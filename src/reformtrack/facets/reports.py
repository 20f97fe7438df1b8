"""Reports: issued with the figures known then, corrected, and compared with what is known now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import InvalidField, NotFound
from reformtrack.domain.kinds import INDICATOR, REPORT
from reformtrack.domain.period import Period, check_period
from reformtrack.domain.period import period as period_of
from reformtrack.domain.progress import CountingRule
from reformtrack.domain.report import Content, ReportCorrected, ReportIssued, Section
from reformtrack.domain.said import said
from reformtrack.domain.texts import name_key
from reformtrack.domain.timeline import KnownAt, Record
from reformtrack.domain.values import Document, PlanId, StreamId, plan_id, plan_of, report_id
from reformtrack.open_store import Facet
from reformtrack.seal import Seals, SigningKey
from reformtrack.store.patience import each_one_call
from reformtrack.store.streams import StreamRange, plan_ranges, range_of, stream_range
from reformtrack.views.beside import Beside, a_year_before, beside
from reformtrack.views.drift import Drift
from reformtrack.views.report import IssuedReport, Report, content_of, fold_issued, fold_reports


@each_one_call
@checks_arguments
class Reports(Facet):
    """
    The issued reports of a tracker: `tracker.reports`. A report keeps the figures that were sent, whatever is recorded
    later.
    """

    def issue(
        self,
        plan: str,
        period: Period | str,
        *,
        by: str,
        on: date | None = None,
        rule: CountingRule | None = None,
        document: Document | None = None,
        note: str = "",
        sections: Mapping[str, str] | None = None,
        signing_key: SigningKey | None = None,
        request_id: str | None = None,
    ) -> Report:
        """
        Issue the report of a period: its figures, as known now for the cut-off of the period, are locked.

        Args:
            plan: the plan's id.
            period: a period, or the code of one that `reformtrack.domain.period` knows, "2023-year", or of its stage.
            by: who issues it.
            on: the day on which it is sent; today unless given. Not before the cut-off.
            rule: what counts; the plan's own rule unless given.
            document: the document that it is sent as.
            sections: what it says in words, in order, by the names of its parts: {"Kiến nghị, đề xuất": "…"}.
            signing_key: seals the log: the report then carries the checkpoint that its figures rest on.
            request_id: as in `Tracker.record`; given again for the same report by the same actor, that report comes back.

        Raises:
            InvalidField: the period is unknown, has not ended, or has another title or other days than the
                known one or the stage of its code.
            NotFound: the plan was not adopted by the cut-off.
            ReportAlreadyIssued: a report of this period was issued.
            UnreadableRecord: a record of the plan cannot be read.
        """
        id = plan_id(plan)
        period = self._period(id, period)
        subject, recording = report_id(f"{id}@{period.code}"), self._tracker._recording
        if not recording.has_recorded(ReportIssued, subject, by, request_id):
            day = on or self._tracker.today()
            if day < period.last:
                accepted = said("a period that has ended by {day}: this one ends on {last}", day=day, last=period.last)
                raise InvalidField("Reports.issue", "period", period.code, accepted)
            content = attrs.evolve(self._content(id, period, rule), sections=_sections(sections))
            event = ReportIssued(
                subject,
                on=day,
                period=period,
                content=content,
                document=document,
                note=note,
                checkpoint=self._checkpoint(signing_key),
            )
            recording.record_own(event, by, request_id)
        return self.get(subject)

    def draft(
        self,
        plan: str,
        period: Period | str,
        *,
        by: str = "",
        on: date | None = None,
        rule: CountingRule | None = None,
        document: Document | None = None,
        sections: Mapping[str, str] | None = None,
    ) -> Report:
        """
        What `issue` would issue now, to be looked at and changed. Nothing is recorded; its documents say that it is a draft.

        The arguments are those of `issue`. Before the cut-off, what is known by now is counted for it.

        Raises:
            InvalidField: the period is unknown, or has another title or other days than the one of its code.
            NotFound: the plan was not adopted by the cut-off.
            UnreadableRecord: a record of the plan cannot be read.
        """
        id = plan_id(plan)
        period = self._period(id, period)
        content = attrs.evolve(self._content(id, period, rule), sections=_sections(sections))
        day = max(on or self._tracker.today(), period.last)
        event = ReportIssued(
            report_id(f"{id}@{period.code}"), on=day, period=period, content=content, document=document
        )
        record = Record(0, event.subject, 1, event, self._tracker._now(), by, "")
        streams, unreadable = self._store.streams(plan_ranges(id))
        indicators = self._tracker._readable(range_of(INDICATOR, id), content.position)
        reports: dict[StreamId, tuple[Record[ReportIssued]]] = {event.subject: (record,)}
        [found] = fold_reports(id, reports, streams, indicators, day, content.position, unreadable)
        return attrs.evolve(found, is_draft=True)

    def before(self, report: Report) -> Report | None:
        """
        The report of the period before, of the same plan, as it was issued by the day of a report; None if no earlier one was.

        Raises:
            UnreadableRecord: a record of the plan cannot be read.
        """
        day, position = report.sent.event.on, report.content.position
        issued = self.issued(report.plan.id, day, position)
        earlier = [one for one in issued if one.period.last < report.period.last]
        return self.get(earlier[-1].id, day, position) if earlier else None

    def beside(self, report: Report, last_year: str | None = None) -> Beside:
        """
        What a report is compared with: the one of the period before, by causes; and that of a year before.

        Both as they were issued by the day of the report, as known when its content was locked: the same for good.

        Args:
            report: an issued report, or a draft.
            last_year: the id of the report of a year before, as "dak-nong-2022@2022-h1"; default: of a plan of the same
                jurisdiction for the year before, that of the same period. None if there is none, or several.

        Raises:
            NotFound: the report named was not issued.
            UnreadableRecord: a record of one of these plans cannot be read.
        """
        day, position = report.sent.event.on, report.content.position
        before = self.before(report)
        if last_year is not None:
            return beside(report, before, self.get(last_year, day, position))
        state, code = report.plan.state, a_year_before(report.period.code)
        plans = [
            row.plan
            for row in self._tracker._many.plans(day, position)
            if name_key(row.jurisdiction) == name_key(state.jurisdiction) and row.year == state.year - 1
        ]
        others = [one for plan in plans for one in self.issued(plan, day, position) if one.period.code == code]
        return beside(report, before, others[0] if len(others) == 1 else None)

    def correct(
        self,
        report: str,
        *,
        reason: str,
        by: str,
        on: date | None = None,
        document: Document | None = None,
        sections: Mapping[str, str] | None = None,
        signing_key: SigningKey | None = None,
        request_id: str | None = None,
    ) -> Report:
        """
        Issue a correction of a report, with its figures as known now. The figures sent before stay on record.

        The arguments are those of `issue`; its sections stay unless others are given.

        Raises:
            NotFound: the report was not issued.
            UnreadableRecord: a record of the plan cannot be read.
        """
        found, recording = self.get(report), self._tracker._recording
        if not recording.has_recorded(ReportCorrected, found.id, by, request_id):
            now = self._content(plan_of(found.id), found.period, found.content.rule)
            kept = found.content.sections if sections is None else _sections(sections)
            content = attrs.evolve(now, sections=kept)
            event = ReportCorrected(
                found.id,
                on=on or self._tracker.today(),
                content=content,
                reason=reason,
                document=document,
                checkpoint=self._checkpoint(signing_key),
            )
            recording.record_own(event, by, request_id)
        return self.get(report)

    def get(self, report: str, on: date | None = None, known_at: KnownAt = None) -> Report:
        """
        An issued report on a day, as known at an instant.

        Args:
            report: its id, the plan and the code of the period: "dak-nong-2023@2023-year".
            on: the day; default: today: corrections sent later are not in it.
            known_at: an aware instant or a log position; default: all that is on record.

        Raises:
            NotFound: it was not issued by that day, as known then.
            UnreadableRecord: a stored event of it cannot be read.
            InvalidInstant: `known_at` is naive, or has not come yet.
        """
        id = report_id(report)
        for found in self._reports(plan_of(id), stream_range(id), on, known_at):
            return found
        raise NotFound("report", id, on or self._tracker.today(), known_at)

    def of(self, plan: str, on: date | None = None, known_at: KnownAt = None) -> tuple[Report, ...]:
        """
        The issued reports of a plan on a day, as known at an instant, in order of their cut-off; empty for an unknown
        plan.

        Raises:
            UnreadableRecord: a stored event of one of them, or of an indicator of the plan, cannot be read.
            InvalidInstant: `known_at` is naive, or has not come yet.
        """
        id = plan_id(plan)
        return self._reports(id, range_of(REPORT, id), on, known_at)

    def issued(self, plan: str, on: date | None = None, known_at: KnownAt = None) -> tuple[IssuedReport, ...]:
        """
        The contents of the issued reports of a plan, in order of their cut-off: as `of`, without the plan behind each.

        Raises:
            UnreadableRecord: a stored event of one of them cannot be read.
            InvalidInstant: `known_at` is naive, or has not come yet.
        """
        on, position = self._tracker._asked(on, known_at)
        return fold_issued(self._tracker._readable(range_of(REPORT, plan_id(plan)), position), on, position)

    def restated(self, plan: str) -> tuple[tuple[Report, Drift], ...]:
        """The issued reports of a plan with a figure that has changed since, each with the differences and their causes."""
        drifts = ((report, report.drift()) for report in self.of(plan))
        return tuple((report, drift) for report, drift in drifts if drift)

    def _reports(self, plan: PlanId, reports: StreamRange, on: date | None, known_at: KnownAt) -> tuple[Report, ...]:
        on, position = self._tracker._asked(on, known_at)
        issued, indicators = (
            self._tracker._readable(found, position) for found in (reports, range_of(INDICATOR, plan))
        )
        streams, unreadable = self._store.streams(plan_ranges(plan))
        return fold_reports(plan, issued, streams, indicators, on, position, unreadable, known_at)

    def _period(self, plan: PlanId, given: Period | str) -> Period:
        """A period by its code: one that is known, or a stage of the plan: no other period may be called as either."""
        stages = self._tracker._plan(plan, None, None).state.stages
        if not isinstance(given, Period):
            return next((stage for stage in stages if stage.code == given), None) or period_of(given)
        check_period(given, stages, "Reports", "period")
        return given

    def _content(self, plan: PlanId, period: Period, rule: CountingRule | None) -> Content:
        position = self._store.head()
        found = self._tracker._plan(plan, period.last, position)
        return content_of(found, period, rule or found.state.counting_rule, position)

    def _checkpoint(self, key: SigningKey | None) -> str:
        """The checkpoint of all that a report rests on, made after its content; empty without a key."""
        return "" if key is None else Seals(self._tracker).seal(key).note


def _sections(given: Mapping[str, str] | None) -> tuple[Section, ...]:
    return tuple(Section(name=name, text=text) for name, text in (given or {}).items())
