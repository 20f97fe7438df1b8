"""The values that events carry: ids, documents, the domains of a plan."""

import datetime as dt
import re
import unicodedata
from functools import lru_cache
from typing import Annotated, NamedTuple, NewType
from urllib.parse import urlsplit

import attrs
from msgspec import Meta

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import InvalidField, unfit
from reformtrack.domain.fields import ONE_LINE, FieldCheck, OptionalName, Title, frozen
from reformtrack.domain.said import said
from reformtrack.domain.texts import normalised
from reformtrack.domain.wording import Lang, day
from reformtrack.language import Language

StreamId = NewType("StreamId", str)
"""The id of any aggregate, which is the id of its event stream."""

PlanId = NewType("PlanId", StreamId)
"""The id of a plan: lower-case words joined by hyphens, `dak-nong-2023`."""

ActivityId = NewType("ActivityId", StreamId)
"""The id of an activity: the plan's id, a slash and the code in the plan, `dak-nong-2023/1.04`."""

IndicatorId = NewType("IndicatorId", StreamId)
"""The id of an indicator: the plan's id, a hash and a name of the plan's form, `dak-nong-2023#complaints`."""

ReportId = NewType("ReportId", StreamId)
"""The id of a report: the plan's id, an at sign and the code of the period, `dak-nong-2023@2023-year`."""

DispatchId = NewType("DispatchId", StreamId)
"""The id of a dispatch to one receiver of a plan: the plan's id, an exclamation mark and a name, `p-2023!so-noi-vu`."""

AgencyId = NewType("AgencyId", StreamId)
"""The id of an agency: an at sign and a name of the plan's form, `@so-noi-vu`. It stays when the agency is renamed."""

JournalId = NewType("JournalId", StreamId)
"""The id of a journal of the store itself: a tilde and a name, `~refusals-2023-06`. It belongs to no plan."""

DomainCode = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]*$"), ONE_LINE]
"""The code of a domain within its plan: ASCII letters, digits, `.`, `_`, `-`; independent of the order of display."""

SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
CODE = r"[0-9A-Za-z]+(?:[._-][0-9A-Za-z]+)*"
MAX_ID_LENGTH = 200


class Form(NamedTuple):
    """The form of the ids of one kind of streams."""

    name: str
    """The name of the type of these ids."""
    sign: str
    """The sign after the plan's id, or at the beginning for ids without a plan; empty for a plan."""
    of_plan: bool
    """Whether a plan's id stands before the sign: whether the stream belongs to a plan."""
    pattern: re.Pattern[str]
    accepted: str
    """The form in words, with an example."""


FORMS = {
    name: Form(name, sign, of_plan, re.compile(f"{SLUG if of_plan else ''}{sign}{rest}"), accepted)
    for name, sign, of_plan, rest, accepted in (
        ("PlanId", "", True, "", said("lower-case words and digits joined by hyphens, as dak-nong-2023")),
        ("ActivityId", "/", True, CODE, said("a plan id, a slash and a code, as dak-nong-2023/1.04")),
        ("IndicatorId", "#", True, SLUG, said("a plan id, a hash and a name, as dak-nong-2023#complaints")),
        ("ReportId", "@", True, SLUG, said("a plan id, an at sign and a period, as dak-nong-2023@2023-year")),
        ("DispatchId", "!", True, SLUG, said("a plan id, an exclamation mark and a name, as p-2023!so-noi-vu")),
        ("AgencyId", "@", False, SLUG, said("an at sign and a name, as @so-noi-vu")),
        ("JournalId", "~", False, SLUG, said("a tilde and a name, as ~refusals-2023-06")),
    )
}
"""The form of each id type, by the name of the type."""

_BY_SIGN = {(form.sign, form.of_plan): form for form in FORMS.values()}
_SIGN = re.compile(f"[{''.join({form.sign for form in FORMS.values()})}]")
_ANY = re.compile("|".join(form.pattern.pattern for form in FORMS.values()))
FORMS["StreamId"] = Form("StreamId", "", False, _ANY, said("the id of a stream of any kind"))

_URL = re.compile(r"https?://\S+")
_HOST = re.compile(r"[0-9a-z_-]+(?:\.[0-9a-z_-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*")
_MARKS = "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323"
"""The marks of Vietnamese letters: grave, acute, circumflex, tilde, breve, hook above, horn, dot below."""
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
_SHA256 = re.compile("[0-9a-f]{64}")


def plan_id(text: str) -> PlanId:
    """A plan's id; InvalidField where `text` has another form."""
    return PlanId(_id(text, FORMS["PlanId"]))


def activity_id(text: str) -> ActivityId:
    """An activity's id; InvalidField where `text` has another form."""
    return ActivityId(_id(text, FORMS["ActivityId"]))


def indicator_id(text: str) -> IndicatorId:
    """An indicator's id; InvalidField where `text` has another form."""
    return IndicatorId(_id(text, FORMS["IndicatorId"]))


def report_id(text: str) -> ReportId:
    """A report's id; InvalidField where `text` has another form."""
    return ReportId(_id(text, FORMS["ReportId"]))


def dispatch_id(text: str) -> DispatchId:
    """A dispatch's id; InvalidField where `text` has another form."""
    return DispatchId(_id(text, FORMS["DispatchId"]))


def agency_id(text: str) -> AgencyId:
    """An agency's id; InvalidField where `text` has another form."""
    return AgencyId(_id(text, FORMS["AgencyId"]))


def journal_id(text: str) -> JournalId:
    """A journal's id; InvalidField where `text` has another form."""
    return JournalId(_id(text, FORMS["JournalId"]))


def stream_id(text: str) -> StreamId:
    """The id of a stream, of the kind that its sign says; InvalidField where `text` has another form."""
    return _id(text, form_of(str(text)))


@lru_cache(maxsize=4_096)
def form_of(stream: str) -> Form:
    """
    The form of an id, by its first sign.

    >>> form_of("dak-nong-2023@2023-year").name, form_of("@so-noi-vu").name, form_of("dak-nong-2023").name
    ('ReportId', 'AgencyId', 'PlanId')
    """
    found = _SIGN.search(stream)
    return _BY_SIGN.get((found[0], found.start() > 0) if found else ("", True), FORMS["PlanId"])


@lru_cache(maxsize=4_096)
def plan_of(stream: str) -> PlanId:
    """
    The plan that a stream belongs to; empty for an agency or a journal, which belong to none.

    >>> plan_of("dak-nong-2023/1.04"), plan_of("@so-noi-vu")
    ('dak-nong-2023', '')
    """
    return PlanId(StreamId(_SIGN.split(stream, maxsplit=1)[0]))


def code_of(stream: str) -> str:
    """
    The part of an id after the plan's: an activity's code, the name of an indicator, an agency or a journal; empty for a plan.

    >>> code_of("dak-nong-2023/1.04")
    '1.04'
    """
    return stream[len(plan_of(stream)) + 1 :]


def _id(text: object, form: Form) -> StreamId:
    if not isinstance(text, str) or len(text) > MAX_ID_LENGTH or not form.pattern.fullmatch(text):
        raise InvalidField(
            form.name.removesuffix("Id").lower(),
            "id",
            text,
            said("{accepted}; at most {most} characters", accepted=form.accepted, most=MAX_ID_LENGTH),
        )
    return StreamId(text)


_check_url = FieldCheck("Document", "url", Annotated[str, Meta(max_length=2_000)])


def _clear_address(given: str) -> str:
    """
    An address without tricks: every character is visible, and the host is clear.

    Checked on construction, not on reading: recorded addresses stay as they are.
    """
    url: str = _check_url(given)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    hidden = "\\" in url or any(unicodedata.category(sign) in _UNSEEN for sign in url)
    if url and (hidden or "@" in parts.netloc or port == 0 or not _HOST.fullmatch(_without_marks(host))):
        found = f"…@{host}" if "@" in parts.netloc else url
        accepted = said(
            "an http or https address: a host in ASCII or Vietnamese letters, no user, no password, nothing invisible"
        )
        raise InvalidField("Document", "url", found, accepted)
    return url


def _without_marks(host: str) -> str:
    decomposed = normalised(host, "NFD")
    return "".join(sign for sign in decomposed if sign not in _MARKS).replace("đ", "d")


@frozen(kw_only=True)
@checks_arguments
class Document:
    """
    A numbered document, or a piece of evidence.

    Its identity is (type, number, issuer, date), because numbers repeat: "76/NQ-CP" is a resolution of 2013 and another
    of 2021. `sha256` is the digest of the file, so that a later substitute can be detected.
    """

    type: OptionalName = ""
    """Kind of document, as "Quyết định"."""
    number: OptionalName = ""
    """Number and symbol, as "156/QĐ-UBND"."""
    issuer: OptionalName = ""
    """The agency that issued it."""
    date: dt.date | None = None
    """The day of issue."""
    title: Annotated[str, Meta(max_length=2_000)] = ""
    """What it is about."""
    url: Annotated[str, Meta(max_length=2_000)] = attrs.field(default="", converter=_clear_address)
    """Its address: http or https, the host in ASCII or Vietnamese letters, without user or password."""
    sha256: Annotated[str, Meta(max_length=64)] = ""
    """The SHA-256 digest of its file: 64 lower-case hexadecimal digits."""

    def __attrs_post_init__(self) -> None:
        _check_document(self)

    def __str__(self) -> str:
        return self.text()

    def text(self, lang: Lang = "vi") -> str:
        """
        The document as it is cited: type, number, day, title, and its issuer and address where it has them.

        Without a number the day comes last, after what it is the day of.

        >>> from datetime import date
        >>> Document(type="Quyết định", number="12/QĐ-UBND", title="Kế hoạch", date=date(2023, 1, 5)).text()
        'Quyết định 12/QĐ-UBND ngày 05/01/2023 Kế hoạch'
        >>> Document(title="Báo cáo rà soát", date=date(2023, 7, 5)).text()
        'Báo cáo rà soát ngày 05/07/2023'
        """
        issued = Language(lang).pgettext("day of issue", "{day}", day=day(self.date, lang)) if self.date else ""
        dated = (issued, self.title) if self.number else (self.title, issued)
        said = " ".join(filter(None, (self.type, self.number, *dated)))
        return ", ".join(filter(None, (said, self.issuer, self.url))) or self.sha256


def _check_document(document: Document) -> None:
    if not (document.number or document.title or document.url or document.sha256):
        raise unfit(document, "number", said("a number, a title, a url or a sha256: one at least"))
    # Not patterns of the annotations: those would be matched for every empty text that is read back.
    if document.url and not _URL.fullmatch(document.url):
        raise unfit(document, "url", said("an http or https address without spaces"))
    if document.sha256 and not _SHA256.fullmatch(document.sha256):
        raise unfit(document, "sha256", said("64 lower-case hexadecimal digits"))


@frozen
class Domain:
    """A domain (lĩnh vực) of a plan. The order of display is its place in `PlanAdopted.domains`; the code stays."""

    code: DomainCode
    """The code, unique within the plan."""
    title: Title
    """The title as printed in the plan."""
