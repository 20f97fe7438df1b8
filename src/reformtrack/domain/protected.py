"""
Tokens: personal data in a text, encrypted, as `⟦subject:BASE64⟧`; and how a text is shown without it.

A token is plain text to all else: it is stored, folded, exported and compared as it is. Only `Protection.reveal` looks inside.
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
"""Says an English text of the catalogue in the language of the reader."""


def subject_id(text: str) -> str:
    """
    The id of a person that `text` is. It stands readable in every token and outlives the key: a number, never a name.

    Raises:
        InvalidField: `text` is no such id.

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
    Whose data a text holds: the subjects of its tokens, each once, in order.

    >>> subjects_in("Ký: ⟦nv-1:AAAA⟧, ⟦nv-2:AAAA⟧, ⟦nv-1:BBBB⟧")
    ('nv-1', 'nv-2')
    """
    return tuple(dict.fromkeys(found[1] for found in TOKEN.finditer(text)))


def redacted(text: str, say: Say) -> str:
    """
    A text as it may be shown to anybody: a mark stands in the place of each token.

    >>> redacted("Ký: ⟦nv-1:AAAA⟧", lambda message: message)
    'Ký: [protected]'
    """
    return TOKEN.sub(say("[protected]"), text) if "⟦" in text else text
