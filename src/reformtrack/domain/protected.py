"""
Tokens: personal data in a text, encrypted, as `⟦subject:BASE64⟧`; and how a text is shown without it.

Everything else treats a token as plain text. Only `Protection.reveal` looks inside.
"""

import re
from collections.abc import Callable
from hashlib import blake2b

MAX_SUBJECT = 80
MAX_TOKEN = 20_000
"""The longest token, in characters: what the longest field of an event, a note, takes."""

TOKEN = re.compile(rf"⟦([a-z0-9-]{{1,{MAX_SUBJECT}}}):([A-Za-z0-9+/=]{{1,{MAX_TOKEN}}})⟧")
_CONCEALED = re.compile("~[0-9a-f]{16}")

Say = Callable[[str], str]
"""Translates an English text of the catalogue into the reader's language."""


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


def concealed(text: str) -> str:
    """
    A text by which a page may ask for what has it: each token is replaced by a digest of it, which says nothing of it.

    >>> concealed("⟦nv-1:AAAA⟧"), concealed("Sở Nội vụ")
    ('~c0cd40de98a96636', 'Sở Nội vụ')
    """
    if "⟦" not in text:
        return text
    return TOKEN.sub(lambda found: "~" + blake2b(found[0].encode(), digest_size=8).hexdigest(), text)


def unasked(text: str, say: Say) -> str:
    """
    What a page asks by, as it may be shown.

    >>> unasked(concealed("Ký: ⟦nv-1:AAAA⟧"), lambda message: message)
    'Ký: [protected]'
    """
    return _CONCEALED.sub(say("[protected]"), text)
