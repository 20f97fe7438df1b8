"""
A report in a Word template of the user's own: a .docx with places in double braces, as docxtpl has them.
"""

from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from reformtrack.domain.errors import InvalidField
from reformtrack.domain.protected import redacted
from reformtrack.domain.wording import Lang, day, number
from reformtrack.exchange.document import Letterhead, dateline, rate, report_document
from reformtrack.exchange.qr import QR_MILLIMETRES, seal
from reformtrack.exchange.word import dated_alike
from reformtrack.exchange.words import printed_deadline
from reformtrack.extras import extra
from reformtrack.language import Language
from reformtrack.views.plan import Activity
from reformtrack.views.report import Report

with extra("exchange"):
    from docx.shared import Mm
    from docxtpl import DocxTemplate, InlineImage
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import SandboxedEnvironment


def from_template(
    report: Report, template: str | PathLike[str], lang: Lang = "vi", letterhead: Letterhead | None = None
) -> bytes:
    """
    An issued report in a Word template, as the bytes of a .docx file.

    The places that a template may have: `kind`, `subject`, `notice`, `organ`, `parent`, `number`, `place`, `dateline`,
    `capacity`, `signer_title`, `signer`, `recipients`; `completed`, `total`, `overdue`, `rate`, `rule`, `cut_off`, `period`,
    `version`, `position`; `checkpoint` and `checkpoint_code`, its picture, empty where the log was not sealed; and the lists
    `domains`, `leads` (each with `title`, `completed`, `total`, `overdue`, `rate`),
    `activities` and `not_completed` (each with `code`, `title`, `lead`, `deadline`, `status`, `completed_on`). Texts are texts:
    nothing in them is taken for a place or for markup.

    Args:
        template: the .docx file.

    Raises:
        InvalidField: it is no .docx file, or has a place that is not known.
        UnreadableRecord: a record of the plan cannot be read.
        OSError: it cannot be read.
    """
    path = Path(template)
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    saved = BytesIO()
    try:
        word = DocxTemplate(BytesIO(path.read_bytes()))
        places = _places(report, lang, letterhead) | _seal(report, word, lang)
        word.render(places, environment, autoescape=True)
        word.save(saved)
    except (TemplateError, BadZipFile, KeyError, ValueError) as error:
        raise InvalidField("from_template", "template", f"{path}: {error}", "a .docx whose places are known") from error
    return dated_alike(saved.getvalue())


def _places(report: Report, lang: Lang, letterhead: Letterhead | None) -> dict[str, Any]:
    document = report_document(report, lang, letterhead)
    head, say = document.letterhead, Language(lang)
    return {
        "kind": document.kind,
        "subject": document.subject,
        "notice": document.notice,
        "organ": head.organ,
        "parent": head.parent,
        "number": head.number,
        "place": head.place,
        "dateline": dateline(document, say),
        "capacity": head.capacity,
        "signer_title": head.signer_title,
        "signer": head.signer,
        "recipients": list(head.recipients),
        **_figure(report.figure(), lang),
        "rule": report.content.rule.label(lang),
        "cut_off": day(report.period.last, lang),
        "period": report.period.title,
        "version": report.content.plan_version,
        "position": number(report.content.position, lang),
        "domains": [_figure(figure, lang) for figure in report.content.figures if figure.key.startswith("domain:")],
        "leads": [_figure(figure, lang) for figure in report.content.figures if figure.key.startswith("lead:")],
        "activities": [_activity(activity, lang) for activity in report.plan.activities],
        "not_completed": [_activity(activity, lang) for activity in report.plan.activities if activity.status.is_open],
    }


def _seal(report: Report, word: DocxTemplate, lang: Lang) -> dict[str, Any]:
    if not report.checkpoint:
        return {"checkpoint": "", "checkpoint_code": ""}
    made = seal(report.checkpoint, Language(lang))
    picture = InlineImage(word, BytesIO(made.png), width=Mm(QR_MILLIMETRES))
    return {"checkpoint": report.checkpoint, "checkpoint_code": picture}


def _figure(figure: Any, lang: Lang) -> dict[str, str]:
    counts = {name: number(getattr(figure, name), lang) for name in ("completed", "total", "overdue")}
    return {"title": redacted(figure.title, Language(lang)), **counts, "rate": rate(figure, lang)}


def _activity(activity: Activity, lang: Lang) -> dict[str, str]:
    completed = activity.state.completed_on
    return {
        "code": activity.code,
        "title": redacted(activity.title, Language(lang)),
        "lead": redacted(activity.lead, Language(lang)),
        "deadline": redacted(printed_deadline(activity, lang), Language(lang)),
        "status": activity.status.label(lang),
        "completed_on": day(completed, lang) if completed and not activity.status.is_open else "",
    }
