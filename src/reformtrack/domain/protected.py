"""
Tokens: personal data in a text, encrypted, as `⟦subject:BASE64⟧`; and how a text is shown without it.

Everything else treats a token as plain text. Only `Protection.reveal` looks inside.
"""

import re
from collections.abc import Callable

from reformtrack.domain.errors import InvalidField
from reformtrack.domain.said import said
from reformtrack.domain.values import SLUG

MAX_SUBJECT = 80
MAX_TOKEN = 20_000
"""The longest token, in characters: what the longest field of an event, a note, takes."""

TOKEN = re.compile(rf"⟦([a-z0-9-]{{1,{MAX_SUBJECT}}}):([A-Za-z0-9+/=]{{1,{MAX_TOKEN}}})⟧")
_SUBJECT = re.compile(SLUG)

Say = Callable[[str], str]
"""Translates an English text of the catalogue into the reader's language."""


def subject_id(text: str) -> str:
    """
    The id of a person, from a text. It is readable in every token and outlives the key: use a number, never a name.

    Raises:
        InvalidField: `text` is not such an id.

    >>> subject_id("nv-0417")
    'nv-0417'
    """
    if not isinstance(text, str) or len(text) > MAX_SUBJECT or not _SUBJECT.fullmatch(text):
        raise InvalidField(
            "protect",
            "subject",
            text,
            said(
                "lower-case words and digits joined by hyphens; at most {most} characters",
                most=MAX_SUBJECT,
            ),
        )
    return text


def subjects_in(text: str) -> tuple[str, ...]:
    """
    The subjects of the tokens in a text, each once, in order.

    >>> subjects_in("Ký: ⟦nv-1:AAAA⟧, ⟦nv-2:AAAA⟧, ⟦nv-1:BBBB⟧")
    ('nv-1', 'nv-2')
    """
    return tuple(dict.fromkeys(found[1] for found in TOKEN.finditer(text)))


def redacted(text: str, say: Say) -> str:
    """
    A text that may be shown to anybody: each token is replaced by a mark.

    >>> redacted("Ký: ⟦nv-1:AAAA⟧", lambda message: message)
    'Ký: [protected]'
    """
    return TOKEN.sub(say("[protected]"), text) if "⟦" in text else text
