"""
What people read, in Vietnamese and in English, from one catalogue.

The English text stands in the code and is the key; `vi.po` beside this file has the Vietnamese. Numbers and days are written
as `reformtrack.domain.wording` says; nothing depends on the locale of the machine.
"""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

import attrs

from reformtrack.domain.wording import Lang, number
from reformtrack.extras import extra

with extra("exchange"):
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po


@attrs.frozen
class Language:
    """
    Says texts of the catalogue in one language.

    >>> say = Language("vi")
    >>> say("{count} activities are overdue", count=2)
    '2 nhiệm vụ quá hạn'
    >>> Language("en").plural("{count} activity", "{count} activities", 1)
    '1 activity'
    """

    lang: Lang

    def __call__(self, message: str, /, **values: object) -> str:
        """A text, its places in braces filled with values."""
        text = _translations(self.lang).gettext(message)
        return text.format(**values) if values else text

    def plural(self, one: str, many: str, count: int, **values: object) -> str:
        """A text that depends on a number, which fills the place `{count}`, its thousands marked."""
        counted = number(count, self.lang)
        return _translations(self.lang).ngettext(one, many, count).format(count=counted, **values)


@cache
def _translations(lang: Lang) -> NullTranslations:
    if lang == "en":
        return NullTranslations()
    compiled = BytesIO()
    with (files(__name__) / f"{lang}.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=lang, abort_invalid=True))
    compiled.seek(0)
    return GNUTranslations(compiled)
