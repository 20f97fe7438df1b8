"""Writes an issued report to a file, in the form given by its extension."""

import logging
from os import PathLike
from pathlib import Path

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.said import said
from reformtrack.domain.wording import Lang
from reformtrack.exchange.report.blocks import ReportDocument
from reformtrack.exchange.report.document import Letterhead
from reformtrack.exchange.report.outline import report_document
from reformtrack.language import Language
from reformtrack.store.whole_file import check_replaceable, write_whole
from reformtrack.views.beside import Beside
from reformtrack.views.report import Report

__all__ = ["FORMS", "rendered", "write_report"]

_logger = logging.getLogger(__name__)

FORMS = (".docx", ".xlsx", ".html", ".pdf")
"""The forms that a report can be written in."""


@checks_arguments
def check_path(path: str | PathLike[str]) -> None:
    """
    Refuse a path that no report can be written to, before issuing the report.

    Raises:
        InvalidField: an unknown extension.
        OSError: the folder does not exist, or the path is a folder, a link or a device.
    """
    _check_form(Path(path).suffix.lower())
    check_replaceable(Path(path))


def _check_form(form: str) -> None:
    if form not in FORMS:
        raise InvalidField("write_report", "path", form, said("a file that ends in {forms}", forms=tuple(FORMS)))


def unsigned_words(letterhead: Letterhead | None, form: str, say: Language) -> str:
    """That a document names no signer; empty where it does, and for the annex, which nobody signs."""
    if form == ".xlsx" or (letterhead and letterhead.signer):
        return ""
    return say("The name of the signer is missing: give signer with the letterhead")


@checks_arguments
def write_report(
    report: Report,
    path: str | PathLike[str],
    *,
    lang: Lang = "vi",
    letterhead: Letterhead | None = None,
    template: str | PathLike[str] | None = None,
    beside: Beside | None = None,
    with_basis: bool = False,
) -> Path:
    """
    Write an issued report to a file: .docx, .xlsx (the annex), .html or .pdf.

    The file has the figures that were issued, whatever is recorded later: written again, it has the same bytes. A document
    without the name of its signer is written with a warning, to the logger of this module.

    Args:
        report: the report, as `Tracker.reports.get` gives it.
        path: the file; its extension gives the form. An existing file is replaced once the new one is complete.
        lang: the language.
        letterhead: the letterhead and signature; default: the plan's jurisdiction as issuing organ.
        template: a Word template of your own, for .docx; see `reformtrack.exchange.report.template`.
        beside: what it is compared with, as `Tracker.reports.beside` gives it; not in the annex.
        with_basis: with an appendix on the basis of its figures; the annex always has it.

    Raises:
        InvalidField: an unknown extension, or a template that cannot be filled.
        UnreadableRecord: a record of the plan cannot be read.
        OSError: the file cannot be written.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if template is None:
        content = rendered(report, ending, lang, letterhead, beside=beside, with_basis=with_basis)
    elif ending == ".docx":
        from reformtrack.exchange.report.template import from_template

        content = from_template(report, template, lang, letterhead, beside=beside)
    else:
        raise InvalidField("write_report", "template", template, said("a template for a file that ends in .docx"))
    if words := unsigned_words(letterhead, ending, Language("en")):
        _logger.warning(words)
    write_whole(path, content)
    return path


_latest: list[tuple[tuple[object, ...], ReportDocument]] = []


def _document(
    report: Report, lang: Lang, letterhead: Letterhead | None, beside: Beside | None, with_basis: bool
) -> ReportDocument:
    """A report is mostly wanted in several forms: the last document is kept, with the charts that were drawn for it."""
    asked = (report, lang, letterhead, beside, with_basis)
    for before, document in _latest:
        if all(one is other for one, other in zip(before, asked, strict=True)):
            return document
    document = report_document(report, lang, letterhead, beside=beside, with_basis=with_basis)
    _latest[:] = [(asked, document)]
    return document


@checks_arguments
def rendered(
    report: Report,
    form: str,
    lang: Lang = "vi",
    letterhead: Letterhead | None = None,
    *,
    beside: Beside | None = None,
    with_basis: bool = False,
) -> bytes:
    """
    A report in a form, as bytes; the arguments are those of `write_report`.

    Raises:
        InvalidField: no such form.
    """
    _check_form(form)
    if form == ".xlsx":
        from reformtrack.exchange.report.annex import xlsx

        return xlsx(report, lang)
    document = _document(report, lang, letterhead, beside, with_basis)
    if form == ".docx":
        from reformtrack.exchange.report.word import docx

        return docx(document)
    if form == ".html":
        from reformtrack.exchange.report.page import html

        return html(document)
    from reformtrack.exchange.report.pdf import pdf

    return pdf(document)
