"""
The values that events carry: ids, documents, the domains of a plan.
"""

import datetime as dt
import re
import unicodedata
from typing import Annotated, NewType
from urllib.parse import urlsplit

import attrs
from msgspec import Meta

from reformtrack.domain.errors import InvalidField
from reformtrack.domain.fields import ONE_LINE, FieldCheck, OptionalName, Title, checked
from reformtrack.domain.texts import normalised

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
"""The id of what is sent to one receiver of a plan: the plan's id, an exclamation mark and a name, `p-2023!so-noi-vu`."""

AgencyId = NewType("AgencyId", StreamId)
"""The id of an agency: an at sign and a name of the plan's form, `@so-noi-vu`. It stays when the agency is renamed."""

JournalId = NewType("JournalId", StreamId)
"""The id of a journal of the store itself: a tilde and a name, `~refusals-2023-06`. It belongs to no plan."""

DomainCode = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]*$"), ONE_LINE]
"""The code of a domain within its plan: ASCII letters, digits, `.`, `_`, `-`; independent of the order of display."""

SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_CODE = r"[0-9A-Za-z]+(?:[._-][0-9A-Za-z]+)*"
FORMS = {
    "PlanId": (re.compile(SLUG), "lower-case words and digits joined by hyphens, as dak-nong-2023"),
    "ActivityId": (re.compile(f"{SLUG}/{_CODE}"), "a plan id, a slash and a code, as dak-nong-2023/1.04"),
    "ReportId": (re.compile(f"{SLUG}@{SLUG}"), "a plan id, an at sign and a period, as dak-nong-2023@2023-year"),
    "DispatchId": (re.compile(f"{SLUG}!{SLUG}"), "a plan id, an exclamation mark and a name, as p-2023!so-noi-vu"),
    "AgencyId": (re.compile(f"@{SLUG}"), "an at sign and a name, as @so-noi-vu"),
    "JournalId": (re.compile(f"~{SLUG}"), "a tilde and a name, as ~refusals-2023-06"),
    "IndicatorId": (re.compile(f"{SLUG}#{SLUG}"), "a plan id, a hash and a name, as dak-nong-2023#complaints"),
}
"""By the name of a type of ids: their form, and how it is said."""
FORMS["StreamId"] = (re.compile("|".join(form.pattern for form, _ in FORMS.values())), "the id of a stream of any kind")

_SIGNS = {"/": "ActivityId", "#": "IndicatorId", "!": "DispatchId", "@": "ReportId"}
_STARTS = {"@": "AgencyId", "~": "JournalId"}
_PLAN_ENDS = re.compile("[/#@!~]")
_URL = re.compile(r"https?://\S+")
_HOST = re.compile(r"[0-9a-z_-]+(?:\.[0-9a-z_-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*")
_MARKS = "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323"
"""The marks of Vietnamese letters: grave, acute, circumflex, tilde, breve, hook above, horn, dot below."""
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
_SHA256 = re.compile("[0-9a-f]{64}")
MAX_ID_LENGTH = 200


def plan_id(text: str) -> PlanId:
    """
    The plan id that `text` is.

    Raises:
        InvalidField: `text` is not a plan id.

    >>> plan_id("dak-nong-2023")
    'dak-nong-2023'
    """
    return PlanId(_id(text, "PlanId"))


def activity_id(text: str) -> ActivityId:
    """
    The activity id that `text` is.

    Raises:
        InvalidField: `text` is not an activity id.

    >>> activity_id("dak-nong-2023/1.04")
    'dak-nong-2023/1.04'
    """
    return ActivityId(_id(text, "ActivityId"))


def indicator_id(text: str) -> IndicatorId:
    """
    The indicator id that `text` is.

    Raises:
        InvalidField: `text` is not an indicator id.

    >>> indicator_id("dak-nong-2023#complaints")
    'dak-nong-2023#complaints'
    """
    return IndicatorId(_id(text, "IndicatorId"))


def report_id(text: str) -> ReportId:
    """
    The report id that `text` is.

    Raises:
        InvalidField: `text` is not a report id.

    >>> report_id("dak-nong-2023@2023-year")
    'dak-nong-2023@2023-year'
    """
    return ReportId(_id(text, "ReportId"))


def dispatch_id(text: str) -> DispatchId:
    """
    The dispatch id that `text` is.

    Raises:
        InvalidField: `text` is not a dispatch id.

    >>> dispatch_id("dak-nong-2023!so-noi-vu")
    'dak-nong-2023!so-noi-vu'
    """
    return DispatchId(_id(text, "DispatchId"))


def agency_id(text: str) -> AgencyId:
    """
    The agency id that `text` is.

    Raises:
        InvalidField: `text` is not an agency id.

    >>> agency_id("@so-noi-vu")
    '@so-noi-vu'
    """
    return AgencyId(_id(text, "AgencyId"))


def journal_id(text: str) -> JournalId:
    """
    The journal id that `text` is.

    Raises:
        InvalidField: `text` is not a journal id.

    >>> journal_id("~refusals-2023-06")
    '~refusals-2023-06'
    """
    return JournalId(_id(text, "JournalId"))


def stream_id(text: str) -> StreamId:
    """
    The id of a plan, an activity, an indicator, a report, a dispatch, an agency or a journal that `text` is.

    Raises:
        InvalidField: `text` is none of these.

    >>> stream_id("dak-nong-2023#complaints")
    'dak-nong-2023#complaints'
    """
    given = str(text)
    kinds = (kind for sign, kind in _SIGNS.items() if sign in given)
    return _id(text, _STARTS.get(given[:1]) or next(kinds, "PlanId"))


def plan_of(stream: str) -> PlanId:
    """
    The plan that a stream belongs to; empty for an agency or a journal, which belong to none.

    >>> plan_of("dak-nong-2023/1.04"), plan_of("@so-noi-vu")
    ('dak-nong-2023', '')
    """
    return PlanId(StreamId(_PLAN_ENDS.split(stream, maxsplit=1)[0]))


def code_of(stream: str) -> str:
    """
    The part of an id after the plan's: an activity's code, the name of an indicator, an agency or a journal; empty for a plan.

    >>> code_of("dak-nong-2023/1.04")
    '1.04'
    """
    return stream[len(plan_of(stream)) + 1 :]


def _id(text: object, kind: str) -> StreamId:
    form, accepted = FORMS[kind]
    if not isinstance(text, str) or len(text) > MAX_ID_LENGTH or not form.fullmatch(text):
        raise InvalidField(kind, "text", text, f"{accepted}; at most {MAX_ID_LENGTH} characters")
    return StreamId(text)


_check_url = FieldCheck("Document", "url", Annotated[str, Meta(max_length=2_000)])


def _clear_address(given: object) -> str:
    """
    An address that leads where it says: whoever reads it sees each of its signs, and which host it is.

    Asked when a document is built, not when one is read back: what was recorded before stays as it is.
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
        accepted = (
            "an http or https address: a host in ASCII or Vietnamese letters, no user, no password, nothing invisible"
        )
        raise InvalidField("Document", "url", found, accepted)
    return url


def _without_marks(host: str) -> str:
    decomposed = normalised(host, "NFD")
    return "".join(sign for sign in decomposed if sign not in _MARKS).replace("đ", "d")


@attrs.frozen(kw_only=True, field_transformer=checked)
class Document:
    """
    A numbered document, or a piece of evidence.

    Its identity is (type, number, issuer, date): a number alone repeats, "76/NQ-CP" is a resolution of 2013 and another of
    2021. `sha256` is the digest of the file, so that evidence can be told from a later substitute.
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
    """Where it can be read: an http or https address, its host in ASCII or Vietnamese letters, no user or password in it."""
    sha256: Annotated[str, Meta(max_length=64)] = ""
    """The SHA-256 digest of its file: 64 lower-case hexadecimal digits."""

    def __attrs_post_init__(self) -> None:
        _check_document(self)

    def __str__(self) -> str:
        """The document as it is cited: type, number, day, title."""
        day = f"ngày {self.date:%d/%m/%Y}" if self.date else ""
        return " ".join(part for part in (self.type, self.number, day, self.title) if part) or self.url or self.sha256


def _check_document(document: Document) -> None:
    if not (document.number or document.title or document.url or document.sha256):
        raise InvalidField("Document", "number", "", "a number, a title, a url or a sha256: one at least")
    # Not patterns of the annotations: those would be matched for every empty text that is read back.
    if document.url and not _URL.fullmatch(document.url):
        raise InvalidField("Document", "url", document.url, "an http or https address without spaces")
    if document.sha256 and not _SHA256.fullmatch(document.sha256):
        raise InvalidField("Document", "sha256", document.sha256, "64 lower-case hexadecimal digits")


@attrs.frozen(field_transformer=checked)
class Domain:
    """A domain (lĩnh vực) of a plan. The order of display is its place in `PlanAdopted.domains`; the code stays."""

    code: DomainCode
    """The code, unique within the plan."""
    title: Title
    """The title as printed in the plan."""
