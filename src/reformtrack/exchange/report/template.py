"""
A report in a Word template of the user's own: a .docx with places in double braces, as docxtpl has them.
"""

import json
from base64 import b64encode
from os import PathLike
from pathlib import Path

from reformtrack.domain.errors import TemplateFileError
from reformtrack.domain.protected import redacted
from reformtrack.domain.report import Figure
from reformtrack.domain.said import said
from reformtrack.domain.wording import Lang, day, lead_words, number, percent
from reformtrack.exchange import bounded
from reformtrack.exchange.bounded import Unusable
from reformtrack.exchange.report.document import Letterhead, cover, dateline
from reformtrack.exchange.report.qr import QR_MILLIMETRES, seal
from reformtrack.exchange.report.word import dated_alike
from reformtrack.exchange.words import correction_words, printed_deadline
from reformtrack.extras import extra
from reformtrack.language import Language
from reformtrack.views.activity import Activity
from reformtrack.views.report import Report

with extra("exchange"):
    from reformtrack.exchange.report import template_filler

Places = dict[str, str | list[str] | list[dict[str, str]]]
"""What a template may name: texts, lists of texts, and lists of dicts of texts. Nothing that does anything."""

_ACCEPTED = said("a .docx whose places are known, without macros and without links to other files")


def from_template(
    report: Report, template: str | PathLike[str], lang: Lang = "vi", letterhead: Letterhead | None = None
) -> bytes:
    """
    An issued report in a Word template, as the bytes of a .docx file.

    The places that a template may have: `kind`, `subject`, `correction` (a line for each of the report's, empty for none),
    `notice`, `organ`, `parent`, `number`, `place`, `dateline`, `capacity`, `signer_title`, `signer`, `recipients`;
    `completed`, `total`, `overdue`, `rate`, `rule`, `cut_off`, `period`, `version`, `position`; `checkpoint` and
    `checkpoint_code`, its picture, empty where the log was not sealed; and the lists `domains`, `leads` (each with `title`,
    `completed`, `total`, `overdue`, `rate`), `activities` and `not_completed` (each with `code`, `title`, `lead`,
    `deadline`, `status`, `completed_on`, `reported_on`), `sections` (each with `name`, `text`).
    Texts are texts: nothing in them is taken for a place or for markup.

    A template can print these, go through the lists, ask `{% if %}`, and use a few filters, as `{{ organ | upper }}`. It calls
    nothing. It is filled in a process of its own, in at most 30 seconds and 1 GiB of memory.

    Args:
        template: the .docx file.

    Raises:
        TemplateFileError: it is no .docx file, is too large, has macros, links to other files or a place that is not known, or
            cannot be filled within these bounds. It is an `InvalidField`.
        UnreadableRecord: a record of the plan cannot be read.
        OSError: it cannot be read.
    """
    path = Path(template)
    head = {
        "places": _places(report, lang, letterhead),
        "picture": b64encode(_code(report, lang)).decode(),
        "millimetres": QR_MILLIMETRES,
    }
    try:
        content = bounded.content_of(path, _ACCEPTED)
        with bounded.opened(content, _ACCEPTED) as archive:
            bounded.check_parts(archive, _ACCEPTED)
        filled = bounded.work(template_filler.__file__, json.dumps(head).encode() + b"\n" + content, _ACCEPTED)
    except Unusable as error:
        raise TemplateFileError(path, error.found, error.accepted) from error.__cause__
    return dated_alike(filled)


def _places(report: Report, lang: Lang, letterhead: Letterhead | None) -> Places:
    document = cover(report, lang, letterhead)
    head, say = document.letterhead, Language(lang)
    return {
        "kind": document.kind,
        "subject": document.subject,
        "correction": "\n".join(redacted(words, say) for words in correction_words(report, say)),
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
        "period": report.period.label(lang),
        "version": report.version.text(lang),
        "position": str(report.content.position),
        "domains": [_figure(figure, lang) for figure in report.content.figures if figure.key.startswith("domain:")],
        "leads": [_figure(figure, lang) for figure in report.content.figures if figure.key.startswith("lead:")],
        "activities": [_activity(activity, lang) for activity in report.plan.activities],
        "not_completed": [_activity(activity, lang) for activity in report.plan.activities if activity.status.is_open],
        "sections": [
            {"name": redacted(one.name, say), "text": redacted(one.text, say)} for one in report.content.sections
        ],
        "checkpoint": report.checkpoint,
    }


def _code(report: Report, lang: Lang) -> bytes:
    """The checkpoint as a picture; empty where the log was not sealed."""
    return seal(report.checkpoint, Language(lang)).png if report.checkpoint else b""


def _figure(figure: Figure, lang: Lang) -> dict[str, str]:
    counts = {name: number(getattr(figure, name), lang) for name in ("completed", "total", "overdue")}
    return {"title": redacted(figure.title, Language(lang)), **counts, "rate": percent(figure.rate, lang)}


def _activity(activity: Activity, lang: Lang) -> dict[str, str]:
    days = {"completed_on": activity.completed_on, "reported_on": activity.reported_on}
    return {
        "code": activity.code,
        "title": redacted(activity.title, Language(lang)),
        "lead": redacted(lead_words(activity.leads, lang), Language(lang)),
        "deadline": redacted(printed_deadline(activity, lang), Language(lang)),
        "status": activity.status.label(lang),
        **{name: day(on, lang) if on else "" for name, on in days.items()},
    }
