"""
Texts that people type or paste: deadlines, addresses, ids, days, instants, headers, and texts with tokens in them.
"""

from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import cache, partial
from urllib.parse import parse_qsl

import typer
from starlette.requests import Request

from drills.fuzz.target import Finding, Target, check_error, check_texts
from reformtrack import Deadline, Document, InvalidField, StoreError, Tracker
from reformtrack.cli import given
from reformtrack.domain.errors import InvalidInstant, NotFound
from reformtrack.domain.protected import redacted, subjects_in
from reformtrack.domain.values import stream_id
from reformtrack.language import Language
from reformtrack.protection import Protection
from reformtrack.store.application import settings_of
from reformtrack.store.log import URL_KEY
from reformtrack.store.postgres_factory import connection_parameters
from reformtrack.web.asked import asked
from reformtrack.web.problems import Problem
from reformtrack.web.writing import _expected, _key
from tests.support import adopted

_NOW = datetime(2023, 12, 31, tzinfo=UTC)


@cache
def _tracker() -> Tracker:
    tracker = Tracker(clock=lambda: _NOW)
    tracker.record(adopted("p"), by="a")
    Protection(tracker, bytes(32)).protect("nv-1", "x")
    return tracker


def _typed(data: bytes) -> str:
    """What a command line hands on: bytes that are no UTF-8 as surrogates."""
    return data.decode("utf-8", "surrogateescape")


def deadline(data: bytes) -> None:
    """A deadline, its year in the first byte; reading never raises, and keeps the text."""
    text = _typed(data[1:])
    found = Deadline.parse(text, (1, 2023, 2024, 9999)[data[0] % 4] if data else 2023)
    assert text == found.text
    assert sorted(set(found.days)) == list(found.days)


def store_url(data: bytes) -> None:
    """The address of a store; an error has no password."""
    url = _typed(data)
    before, at, after = url.rpartition("@")
    try:
        if URL_KEY in settings_of(url):
            connection_parameters(url)
    except StoreError as error:
        check_error(error)
        if at and "SECRET" in before and "SECRET" not in after and "SECRET" in str(error):
            raise Finding(f"{error} has the password") from error


def evidence_url(data: bytes) -> None:
    """The address of a piece of evidence."""
    text = _typed(data)
    try:
        found = Document(url=text)
    except InvalidField as error:
        check_error(error)
        return
    check_texts(found)
    if found.url and not found.url.startswith(("http://", "https://")):
        raise Finding(f"{found.url!r} was accepted")


def id_(data: bytes) -> None:
    """The id of a stream."""
    try:
        stream_id(_typed(data))
    except InvalidField as error:
        check_error(error)


def token(data: bytes) -> None:
    """A text with tokens in it, each of which may be somebody's invention."""
    text = data.decode("utf-8", "surrogatepass") if _is_text(data) else data.decode("utf-8", "replace")
    Protection(_tracker(), bytes(32)).reveal(text)
    redacted(text, Language("vi"))
    subjects_in(text)


def _is_text(data: bytes) -> bool:
    with suppress(UnicodeDecodeError):
        return bool(data.decode("utf-8", "surrogatepass"))
    return False


def option(data: bytes) -> None:
    """The value of an option of the command line, read as each kind; what it says can be asked of a store."""
    text = _typed(data)
    for read in (given.language, given.day, partial(given.known, _tracker())):
        try:
            read(text)
        except (typer.BadParameter, InvalidField, InvalidInstant) as error:
            check_error(error)
    given.spoken(text.split())
    with suppress(InvalidField, NotFound, InvalidInstant):
        known = given.known(_tracker(), text)
        _tracker().plan("p", on=date(2023, 6, 30), known_at=known)


def query(data: bytes) -> None:
    """The query of a page."""
    with suppress(ValueError):
        pairs = dict(parse_qsl(data.decode("latin-1"), max_num_fields=20))
        try:
            found = asked(_tracker(), pairs)
            found.query(lead="x")
            _tracker().plan("p", on=found.on, known_at=found.known_at)
        except (InvalidField, InvalidInstant, NotFound) as error:
            check_error(error)


def headers(data: bytes) -> None:
    """The headers If-Match and Idempotency-Key, a line each."""
    lines = data.split(b"\n")[:20]
    raw = [(b"if-match" if number % 2 else b"idempotency-key", line) for number, line in enumerate(lines)]
    request = Request({"type": "http", "headers": raw})
    for read in (_expected, lambda request: _key(request, "a")):
        try:
            read(request)
        except (InvalidField, Problem) as error:
            check_error(error)


def _lines(*texts: str) -> Callable[[], list[bytes]]:
    return lambda: [text.encode() for text in texts]


_DEADLINES = (
    *("31/8/2023", "Trước ngày 31/8", "12/2023", "Quý I, III", "6 tháng đầu năm", "Trong năm 2024", "20/3; 20/6; 20/9"),
    *("Hằng quý", "định kỳ 6 tháng, năm", "Thường xuyên", "Theo hướng dẫn", "15 các tháng 3, 6 và 9", "30 June 2023"),
    *(
        "first half of the year 2023",
        "by the end of Q3/2023",
        "2023-06-30",
        "các quý II và IV năm 2024",
        "nửa cuối năm",
    ),
)
_URLS = (
    *("sqlite://", "sqlite:///plans.db", "sqlite:////srv/plans.db", "sqlite:///:memory:", "sqlite://host/x?y#z"),
    *("postgresql://u:SECRET@h1,h2:5432/d?schema=s&sslmode=require", "postgres://[::1]:5432/d?connect_timeout=5"),
    *(
        "postgresql:///d?host=/run",
        "postgresql://u:SECRET%40x@h/d",
        "postgresql://u:SEC/RET@h/d",
        "mysql://u:SECRET@h/d",
    ),
)
_TOKENS = (
    f"Ký: ⟦nv-1:{b64encode(bytes(40)).decode()}⟧, ⟦nv-2:AAAA⟧",
    "⟦nv-1:⟧⟦nv-1:=⟧⟦nv-1:A⟧⟦nv-1:AAAA=⟧",
    Protection(_tracker(), bytes(32)).protect("nv-1", "Nguyễn Văn A"),
)
_OPTIONS = (
    "2023-06-30",
    "20230630",
    "2023-W26-5",
    "120",
    "2023-06-30T17:00+07:00",
    "2023-06-30T10:00:00Z",
    "vi",
    "--lang en",
)
_QUERIES = ("on=2023-06-30&known_at=1&lang=en", "known_at=2023-06-30T10:00:00Z", "known_at=2023-06-30", "on=x&lang=fr")

TARGETS = {
    "deadline": Target(deadline, _lines(*(f"{n % 4}{text}" for n, text in enumerate(_DEADLINES)))),
    "store_url": Target(store_url, _lines(*_URLS)),
    "evidence_url": Target(
        evidence_url, _lines("https://example.org/156.pdf", "http://[::1]/a?b#c", "javascript:alert(1)")
    ),
    "stream_id": Target(
        id_, _lines("p-2023", "p-2023/1.04", "p#x", "p@2023-year", "p!so-noi-vu", "@so-noi-vu", "~refusals-1")
    ),
    "token": Target(token, _lines(*_TOKENS)),
    "option": Target(option, _lines(*_OPTIONS)),
    "query": Target(query, _lines(*_QUERIES)),
    "headers": Target(headers, _lines('key-1\n"p-2023/1.04;3", "p-2023;1"', 'k\n"p;1"\nk\n"p;1"', "")),
}
