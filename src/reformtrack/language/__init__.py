"""
All texts that people read, in Vietnamese and English, from one catalogue.

The English text in the code is the key; `vi.po` beside this file has the Vietnamese, compiled by `make catalogue`.
Nothing depends on the locale of the machine.
"""

from decimal import Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pkgutil import get_data  # importlib.resources takes ten times as long to import
from typing import Literal

import attrs

Lang = Literal["vi", "en"]
"""The supported languages: Vietnamese, the default, and English."""

_SWAPPED = str.maketrans(",.", ".,")


@attrs.frozen
class Language:
    """
    Translates texts of the catalogue into one language.

    >>> say = Language("vi")
    >>> say("{count} activities are overdue", count=2)
    '2 nhiệm vụ quá hạn'
    >>> Language("en").plural("{count} activity", "{count} activities", 1)
    '1 activity'
    """

    lang: Lang

    def __call__(self, message: str, /, **values: object) -> str:
        """A text, with its placeholders filled."""
        text = _translations(self.lang).gettext(message)
        return text.format(**values) if values else text

    def pgettext(self, context: str, message: str, /, **values: object) -> str:
        """A text whose translation depends on its context."""
        return _translations(self.lang).pgettext(context, message).format(**values)

    def plural(self, one: str, many: str, count: int, **values: object) -> str:
        """A text that depends on a number, which fills `{count}` with thousands marked."""
        counted = number(count, self.lang)
        return _translations(self.lang).ngettext(one, many, count).format(count=counted, **values)


def number(value: int | Decimal, lang: Lang = "vi") -> str:
    """
    A number with its thousands marked.

    >>> number(2107), number(Decimal("1234.5")), number(2107, "en")
    ('2.107', '1.234,5', '2,107')
    """
    text = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    return text.translate(_SWAPPED) if lang == "vi" else text


@cache
def _translations(lang: Lang) -> NullTranslations:
    compiled = None if lang == "en" else get_data(__name__, f"{lang}.mo")
    return GNUTranslations(BytesIO(compiled)) if compiled else NullTranslations()
