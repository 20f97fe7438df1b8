"""Values that people read by their labels."""

import enum
from typing import Self

from reformtrack.domain.arguments import checks_arguments
from reformtrack.language import Lang, Language


@checks_arguments
class Labelled(enum.Enum):
    """
    An enumeration with labels: the English label, by default the words of the value, is the key of the catalogue.

    >>> class Answer(Labelled):
    ...     YES = "yes"
    ...     NOT_YET = "not_yet", "in the plan"
    >>> Answer.YES.label(), Answer.NOT_YET.value, Answer.NOT_YET.label("en"), Answer.NOT_YET.label()
    ('có', 'not_yet', 'in the plan', 'trong kế hoạch')
    """

    _value_: str
    english: str

    def __new__(cls, value: str, english: str = "") -> Self:
        member = object.__new__(cls)
        member._value_ = value
        member.english = english or value.replace("_", " ")
        return member

    __hash__ = object.__hash__  # each member is there once; that of `enum` runs in Python, at each look into a mapping

    def label(self, lang: Lang = "vi") -> str:
        """The label."""
        return Language(lang)(self.english)
