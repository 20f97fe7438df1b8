"""A report in a Word template of the user's own: a .docx with places in double braces, as docxtpl has them."""

import json
from base64 import b64encode
from os import PathLike
from pathlib import Path

import attrs

from reformtrack.domain.errors import TemplateFileError
from reformtrack.domain.protected import redacted
from reformtrack.domain.report import Figure
from reformtrack.domain.said import said
from reformtrack.domain.wording import Lang, day, lead_words, number, percent
from reformtrack.exchange import bounded
from reformtrack.exchange.bounded import Unusable
from reformtrack.exchange.report.body import bridged_words, due_next, named, next_words, overall_words
from reformtrack.exchange.report.document import Letterhead
from reformtrack.exchange.report.outline import cover
from reformtrack.exchange.report.qr import QR_MILLIMETRES, seal
from reformtrack.exchange.report.word import dated_alike
from reformtrack.exchange.report_words import replacing_words
from reformtrack.exchange.words import outcome_words, printed_deadline
from reformtrack.extras import extra
from reformtrack.language import Language
from reformtrack.views.activity import Activity
from reformtrack.views.beside import Beside
from reformtrack.views.report import Report

with extra("exchange"):
    from reformtrack.exchange.report import template_filler

Places = dict[str, str | list[str] | list[dict[str, str]]]
"""The data of a template: texts, lists of texts, and lists of dicts of texts. Nothing callable."""

_OF_COVER = ("kind", "subject", "replaces", "draft", "notice", "dateline", "cited")
_ACCEPTED = said("a .docx whose places are known, without macros and without links to other files")


def from_template(
    report: Report,
    template: str | PathLike[str],
    lang: Lang = "vi",
    letterhead: Letterhead | None = None,
    *,
    beside: Beside | None = None,
) -> bytes:
    """
    A report in a Word template, as the bytes of a .docx file.

    The places that a template may have: `kind`, `subject`, `draft` (empty for an issued report), `replaces` (the report
    that it replaces, for the title block) and `correction` (the same as a sentence, with the reason), both empty for one that
    replaces none, `notice`, `organ`, `organ_lines` (with the unit of a council apart), `parent`, `nation`,
    `motto`, `number`, `addressee`, `place`, `dateline`, `cited` (the report, as its appendices name it), `capacity`,
    `signer_title`,
    `signature` (its lines, the office last), `signer`,
    `recipients`, `recipient_lines` (each as printed, the file copy last); the sentences `overall` (on the headline),
    `compared` (on the report before, empty for none) and `next` (on what falls due next); `completed`, `total`, `overdue`,
    `rate`, `rule`, `cut_off`, `period`, `version`, `position`; `checkpoint` and `checkpoint_code`, its picture, empty where the
    log was not sealed; and the lists `domains`, `leads` (each with `title`, `completed`, `total`, `overdue`, `rate`),
    `sections` (each with `name`, `text`), `activities`, and of these `not_completed`, `late` (completed late),
    `overdue_activities` and `due_next` (each with `code`, `number`, `title`, `domain`, `output`, `lead`, `supporting`,
    `deadline`, `status`, `outcome`, `completed_on`, `reported_on`, `evidence`).
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
        "places": _places(report, lang, letterhead, beside or Beside()),
        "picture": b64encode(seal(report.checkpoint, Language(lang)).png if report.checkpoint else b"").decode(),
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


def _places(report: Report, lang: Lang, letterhead: Letterhead | None, beside: Beside) -> Places:
    around, say = cover(report, lang, letterhead), Language(lang)
    head, activities, sections = around.head, report.plan.activities, report.content.sections
    return {
        **{name: getattr(around, name) for name in _OF_COVER},
        "correction": redacted(replacing_words(report, say), say),
        **{field.name: getattr(head, field.name) for field in attrs.fields(Letterhead)},
        "organ_lines": head.organ_lines.split("\n"),
        "signature": list(head.signature(lang)),
        "recipients": list(head.recipients),
        "recipient_lines": list(head.recipient_lines(lang)),
        "overall": overall_words(report, say),
        "compared": bridged_words(beside, say),
        "next": next_words(report, say),
        **_figure(report.figure(), lang),
        "rule": report.content.rule.label(lang),
        "cut_off": day(report.period.last, lang),
        "period": report.period.label(lang),
        "version": report.version.text(lang),
        "position": str(report.content.position),
        "domains": [_figure(figure, lang) for figure in report.content.figures if figure.key.startswith("domain:")],
        "leads": [_figure(figure, lang) for figure in report.content.figures if figure.key.startswith("lead:")],
        "activities": [_activity(report, one, say) for one in activities],
        "not_completed": [_activity(report, one, say) for one in activities if one.status.is_open],
        "late": [_activity(report, one, say) for one in activities if one.met_late],
        "overdue_activities": [_activity(report, one, say) for one in activities if one.is_overdue],
        "due_next": [_activity(report, one, say) for one, _ in due_next(report)],
        "sections": [{"name": redacted(one.name, say), "text": redacted(one.text, say)} for one in sections],
        "checkpoint": report.checkpoint,
    }


def _figure(figure: Figure, lang: Lang) -> dict[str, str]:
    counts = {name: number(getattr(figure, name), lang) for name in ("completed", "total", "overdue")}
    return {"title": redacted(figure.title, Language(lang)), **counts, "rate": percent(figure.rate, lang)}


def _activity(report: Report, activity: Activity, say: Language) -> dict[str, str]:
    lang, terms = say.lang, activity.state.terms
    days = {"completed_on": activity.completed_on, "reported_on": activity.reported_on}
    texts = {
        "title": activity.title,
        "number": named(activity, report.plan),
        "domain": report.plan.domain_title(activity.domain),
        "output": terms.output,
        "lead": lead_words(activity.leads, lang),
        "supporting": "; ".join(terms.supporting),
        "evidence": "; ".join(document.text(lang) for document in activity.state.evidence),
        "deadline": printed_deadline(activity, lang),
    }
    return {
        "code": activity.code,
        **{name: redacted(text, say) for name, text in texts.items()},
        "status": activity.status.label(lang),
        "outcome": outcome_words(activity, say),
        **{name: day(on, lang) if on else "" for name, on in days.items()},
    }
