"""
Writes an issued report to a file, in the form given by its extension.
"""

from os import PathLike
from pathlib import Path

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.said import said
from reformtrack.domain.wording import Lang
from reformtrack.exchange.report.document import Letterhead, report_document
from reformtrack.store.whole_file import check_replaceable, whole
from reformtrack.views.report import Report

__all__ = ["FORMS", "rendered", "write_report"]

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


@checks_arguments
def write_report(
    report: Report,
    path: str | PathLike[str],
    *,
    lang: Lang = "vi",
    letterhead: Letterhead | None = None,
    template: str | PathLike[str] | None = None,
) -> Path:
    """
    Write an issued report to a file: .docx, .xlsx (the annex), .html or .pdf.

    The file has the figures that were issued, whatever is recorded later: written again, it has the same bytes.

    Args:
        report: the report, as `Tracker.reports.get` gives it.
        path: the file; its extension gives the form. An existing file is replaced once the new one is complete.
        lang: the language.
        letterhead: the letterhead and signature; default: the plan's jurisdiction as issuing organ.
        template: a Word template of your own, for .docx; see `reformtrack.exchange.report.template`.

    Raises:
        InvalidField: an unknown extension, or a template that cannot be filled.
        UnreadableRecord: a record of the plan cannot be read.
        OSError: the file cannot be written.
    """
    path = Path(path)
    content = _content(report, path.suffix.lower(), lang, letterhead, template)
    with whole(path) as (unfinished,):
        unfinished.write_bytes(content)
    return path


def _content(
    report: Report, form: str, lang: Lang, letterhead: Letterhead | None, template: str | PathLike[str] | None
) -> bytes:
    if template is None:
        return rendered(report, form, lang, letterhead)
    if form != ".docx":
        raise InvalidField("write_report", "template", template, said("a template for a file that ends in .docx"))
    from reformtrack.exchange.report.template import from_template

    return from_template(report, template, lang, letterhead)


@checks_arguments
def rendered(report: Report, form: str, lang: Lang = "vi", letterhead: Letterhead | None = None) -> bytes:
    """
    An issued report in a form, as bytes.

    Raises:
        InvalidField: no such form.
    """
    _check_form(form)
    if form == ".xlsx":
        from reformtrack.exchange.report.annex import xlsx

        return xlsx(report, lang)
    document = report_document(report, lang, letterhead)
    if form == ".docx":
        from reformtrack.exchange.report.word import docx

        return docx(document)
    if form == ".html":
        from reformtrack.exchange.report.page import html

        return html(document)
    from reformtrack.exchange.report.pdf import pdf

    return pdf(document)
