"""The commands for reports and agencies: report, agencies."""

import logging
import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reformtrack.cli.app import command
from reformtrack.cli.columns import show_host_fields
from reformtrack.cli.given import KnownAtOption, OnOption, PlanArgument, day_option, file_option, known, texts_in
from reformtrack.cli.recording import ByOption, actor_of
from reformtrack.cli.screen import Column
from reformtrack.cli.sealing import signing_key
from reformtrack.cli.session import BadFile, Misuse, Session, complain
from reformtrack.documents import agencies_document, report_document
from reformtrack.documents.report_forms import Reports
from reformtrack.domain.period import Period
from reformtrack.domain.wording import day
from reformtrack.exchange.report_words import comparison_words, correction_words, drift_words, figure_words, headed
from reformtrack.exchange.words import forecast_words, several
from reformtrack.language import Language
from reformtrack.views.agencies import Agency, Registry
from reformtrack.views.drift import Drift
from reformtrack.views.report import Report

if TYPE_CHECKING:
    from reformtrack.exchange.report.document import Letterhead


@command("report")
def report(
    session: Session,
    plan: PlanArgument,
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="PERIOD",
            help="Such as 2023-q1, 2023-h1, 2023-q3, 2023-year, or a stage of the plan; default: all reports.",
        ),
    ] = None,
    issue: Annotated[bool, typer.Option("--issue", help="Issue the report: lock its current figures.")] = False,
    correct: Annotated[
        str | None,
        typer.Option("--correct", metavar="REASON", help="Issue a correction of the report, with its current figures."),
    ] = None,
    first: Annotated[date | None, day_option("--first", "First day of a custom period.")] = None,
    last: Annotated[date | None, day_option("--last", "The cut-off, the last day that counts.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="Its name, such as 'năm 2023'.")] = None,
    to: Annotated[
        list[Path] | None, typer.Option("--to", help="Write it to a .docx, .xlsx, .html or .pdf; may be repeated.")
    ] = None,
    sealed_with: Annotated[
        Path | None, file_option("--seal-with", "Seal the log with this key: the report carries its checkpoint.")
    ] = None,
    sections: Annotated[
        Path | None,
        file_option("--sections", "What it says in words: a JSON object of texts by the names of its parts."),
    ] = None,
    draft: Annotated[
        bool,
        typer.Option("--draft", help="Show or write it as it would be issued now, as a draft; nothing is recorded."),
    ] = False,
    letterhead: Annotated[
        Path | None,
        file_option(
            "--letterhead",
            "Its letterhead and signature, a TOML file: organ, parent, number, place, addressee, signer_title, signer, "
            "recipients.",
        ),
    ] = None,
    head: Annotated[
        list[str] | None,
        typer.Option("--head", metavar="KEY=TEXT", help="A value of the letterhead, as signer=…; may be repeated."),
    ] = None,
    last_year: Annotated[
        str | None,
        typer.Option(
            "--last-year",
            metavar="REPORT",
            help="The report of a year before, to stand beside it; default: of the same jurisdiction and period.",
        ),
    ] = None,
    basis: Annotated[bool, typer.Option("--basis", help="With an appendix on the basis of its figures.")] = False,
    template: Annotated[Path | None, file_option("--template", "A Word template of your own, for a .docx.")] = None,
    by: ByOption = None,
    on: OnOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """Issued reports: issue one, show it with what changed since, write it as a document."""
    if code is None:
        if issue or correct or draft or to:
            raise Misuse("--issue, --correct, --draft and --to need a period; accepted: the code of one after the plan")
        _list(session, plan, on, known_at)
        return
    if (issue, bool(correct), draft).count(True) > 1:
        raise Misuse("--issue, --correct and --draft exclude each other; accepted: one of them")
    if known_at and (issue or correct or draft):
        raise Misuse(
            "a report is issued with the current figures; accepted: --issue, --correct or --draft without --known-at"
        )
    if (first or last or title) and not (issue or draft):
        raise Misuse("--first, --last and --title say the period of a new report; accepted: with --issue or --draft")
    if not to and (letterhead or head or template or last_year or basis):
        raise Misuse("--letterhead, --head, --template, --last-year and --basis are of a document; accepted: with --to")
    for path in to or ():
        from reformtrack.exchange.report.forms import check_path

        check_path(path)  # an issued report stays
    given = _letterhead(letterhead, head or ()) if to else None
    key = signing_key(sealed_with) if sealed_with else None
    words = texts_in(sections) if sections else None
    with session.tracker() as tracker:
        if correct:
            found = tracker.reports.correct(
                f"{plan}@{code}", reason=correct, by=actor_of(by), on=on, sections=words, signing_key=key
            )
        elif issue:
            found = tracker.reports.issue(
                plan, _period(code, first, last, title), by=actor_of(by), on=on, sections=words, signing_key=key
            )
        elif draft:
            found = tracker.reports.draft(plan, _period(code, first, last, title), on=on, sections=words)
        else:
            found = tracker.reports.get(f"{plan}@{code}", on, known(tracker, known_at))
        beside = tracker.reports.beside(found, last_year) if to else None
    for path in to or ():
        from reformtrack.exchange.report.forms import write_report

        own = template if path.suffix.lower() == ".docx" else None
        write_report(found, path, lang=session.lang, letterhead=given, template=own, beside=beside, with_basis=basis)
    if to:
        _warn(to, given, session.say)
    drift = found.drift()
    session.answer(report_document(found, drift), lambda: _show(session, found, drift))


def _letterhead(path: Path | None, given: Sequence[str]) -> "Letterhead":
    from reformtrack.exchange.report.document import Letterhead

    pairs = [one.partition("=") for one in given]
    for name, sign, _ in pairs:
        if not sign:
            raise Misuse(
                "--head {text} has no value; accepted: a name, = and a text, as signer=Nguyễn Văn A", text=name
            )
    texts = {name.strip(): text for name, _, text in pairs}
    try:
        return Letterhead.read(path, texts)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadFile("{path}: {error}", path=str(path), error=str(error)) from None


# What it warns of is said here, in the reader's words.
logging.getLogger("reformtrack.exchange").addHandler(logging.NullHandler())


def _warn(paths: Sequence[Path], given: "Letterhead | None", say: Language) -> None:
    """On stderr, that a document has no signer, and that a PDF is set in another font than the form asks for."""
    from reformtrack.exchange.report.forms import unsigned_words

    endings = [path.suffix.lower() for path in paths]
    found = {unsigned_words(given, ending, say) for ending in endings}
    if ".pdf" in endings:
        from reformtrack.exchange.report.pdf import font_words

        found.add(font_words(say))
    for words in filter(None, sorted(found)):
        complain(words)


def _period(code: str, first: date | None, last: date | None, title: str | None) -> Period | str:
    if first is None and last is None and title is None:
        return code
    if first is None or last is None:
        raise Misuse("a custom period needs two days; accepted: --first 2023-01-01 --last 2023-12-21")
    return Period(code=code, title=title or code, first=first, last=last)


def _list(session: Session, plan: str, on: date | None, known_at: str | None) -> None:
    with session.tracker() as tracker:
        reports = tracker.reports.of(plan, on, known(tracker, known_at))
    document = Reports([report_document(found, found.drift()) for found in reports])
    session.answer(document, lambda: _show_list(session, reports))


def _show_list(session: Session, reports: tuple[Report, ...]) -> None:
    screen, say, lang = session.screen, session.say, session.lang
    if not reports:
        screen.line(say("No report is issued."))
        return
    columns = [
        Column(say("Report"), whole=True),
        Column(say("Period")),
        Column(say("Issued"), whole=True),
        Column(say("Rate"), right=True, whole=True),
        Column(say("Counting rule"), below=True),
        Column(say("Changed since"), right=True),
    ]
    rows = [
        (
            found.id,
            headed(found, say),
            day(found.issued_on, lang),
            found.text(lang),
            found.content.rule.label(lang),
            _extent(found.drift(), say),
        )
        for found in reports
    ]
    screen.table(columns, rows)


def _show(session: Session, report: Report, drift: Drift) -> None:
    screen, say, lang = session.screen, session.say, session.lang
    screen.line(f"{report.plan.state.title}: {headed(report, say)}", "bold")
    if report.is_draft:
        screen.line(say("DRAFT"), "bold yellow")
    screen.line(report.text(lang), "bold cyan")
    show_host_fields(session, report.plan.state.host_fields)
    basis = say(
        "rule: {rule}; cut-off {day}; plan version {version}; log position {position}",
        rule=report.content.rule.label(lang),
        day=day(report.period.last, lang),
        version=report.version.text(lang),
        position=report.content.position,
    )
    issued = "" if report.is_draft else say("issued {day} by {by}", day=day(report.issued_on, lang), by=report.by)
    screen.line("; ".join(filter(None, (basis, issued))), "dim")
    for correction in correction_words(report, say):
        screen.line(correction, "yellow")
    for one in report.compared():
        screen.line(comparison_words(one, say), "yellow" if one.agrees is False else "")
    if report.is_draft:
        return
    screen.line()
    if not drift:
        screen.line(say("Nothing has changed since."), "green")
        return
    screen.line(say("Changed since:"), "yellow")
    columns = [
        Column(say("Line")),
        Column(say("Sent"), right=True, whole=True),
        Column(say("Now"), right=True, whole=True),
    ]
    if drift.lines:
        screen.table(
            columns, [(line.title, figure_words(line.sent, say), figure_words(line.now, say)) for line in drift.lines]
        )
    for words in (*drift_words(drift, say), *(one.words(lang) for one in drift.activities)):
        screen.line(words)
    positions = several([str(record.position) for record in drift.records], say)
    words = say.plural(
        "because of the record at log position {positions}",
        "because of the records at log positions {positions}",
        len(drift.records),
        positions=positions,
    )
    screen.line(words, "dim")


def _extent(drift: Drift, say: Language) -> str:
    """The number of changes since the report."""
    if not drift:
        return "–"
    figures = say.plural("{count} figure", "{count} figures", drift.figures)
    return f"{figures}, " + say.plural("{count} activity", "{count} activities", len(drift.activities))


@command("agencies")
def agencies(
    session: Session,
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="Part of a name, with or without diacritics.")] = "",
    on: OnOption = None,
    known_at: KnownAtOption = None,
) -> None:
    """The agencies on a day: their names, and the successors of those that have ended."""
    with session.tracker() as tracker:
        registry, is_forecast = tracker.agencies(on, known(tracker, known_at)), tracker.is_forecast(on)
    found = registry.search(text) if text else registry.agencies
    document = agencies_document(registry, found, is_forecast=is_forecast)

    def show() -> None:
        if is_forecast:
            session.screen.line(forecast_words(registry.on, session.say), "yellow")
        _show_agencies(session, found, registry)

    session.answer(document, show)


def _show_agencies(session: Session, found: tuple[Agency, ...], registry: Registry) -> None:
    screen, say, lang = session.screen, session.say, session.lang
    if not found:
        screen.line(say("No agency is registered under this name."))
        return
    columns = [
        Column(say("Agency")),
        Column(say("Id"), below=True),
        Column(say("Ended on"), whole=True),
        Column(say("Taken over by")),
    ]
    rows = []
    for agency in found:
        ended = agency.state.ended_on
        heirs = "" if ended is None else ", ".join(heir.name for heir in registry.successors(agency.id))
        rows.append((agency.name, agency.id, "" if ended is None else day(ended, lang), heirs))
    screen.table(columns, rows)
