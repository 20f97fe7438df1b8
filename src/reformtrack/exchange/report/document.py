"""The letterhead and signature of a report: given, read from a file, and filled in as Nghị định 30/2020/NĐ-CP has it."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.said import said
from reformtrack.domain.wording import Lang, folded
from reformtrack.language import Language

__all__ = ["Letterhead"]

_VIET_NAM = ("Cộng hòa xã hội chủ nghĩa Việt Nam", "Độc lập - Tự do - Hạnh phúc")
_COUNCILS = {"uy ban nhan dan": "UBND", "hoi dong nhan dan": "HĐND"}
"""The organs that decide as a body, by how their names begin, and their symbols: who signs for one does so in its name."""

_UNITS = ("tỉnh", "thành phố", "thị xã", "thị trấn", "huyện", "quận", "xã", "phường", "đặc khu")


@checks_arguments
@attrs.frozen(kw_only=True)
class Letterhead:
    """The letterhead and signature of a report, laid out by Nghị định 30/2020/NĐ-CP."""

    organ: str = ""
    """The issuing organ; default: the people's committee of the plan's jurisdiction, if that is a unit of Viet Nam."""
    parent: str = ""
    """The organ above it; empty for none."""
    nation: str = ""
    """The name of the state; default: that of Viet Nam in Vietnamese, none in English, if no motto is given either."""
    motto: str = ""
    """Its motto, below."""
    number: str = ""
    """Number and symbol, as "156/BC-UBND"; default: of the report's document, else dots to fill in."""
    place: str = ""
    """The place of issue; default: the name of the plan's jurisdiction, if that is a unit of Viet Nam."""
    addressee: str = ""
    """To whom it is addressed, as "Bộ Nội vụ"; empty for nobody. In Vietnamese the first recipient is then "Như trên"."""
    capacity: str = ""
    """In whose name it is signed, as "TM. Ủy ban nhân dân"; default: as the organ and the office of the signer ask."""
    signer_title: str = ""
    """The office of the signer, as "Chủ tịch", "Phó Giám đốc"."""
    signer: str = ""
    """The name of the signer; one who writes a report without it is warned."""
    recipients: Sequence[str] = ()
    """The recipients; in Vietnamese the line of the file copy is added when none of them is one."""

    @classmethod
    def read(cls, path: str | PathLike[str] | None = None, given: Mapping[str, str] | None = None) -> "Letterhead":
        """
        A letterhead from a TOML file with the names above, and from texts that go before those of the file.

        Args:
            path: the file.
            given: texts by name; recipients are parted by semicolons.

        Raises:
            InvalidField: no such name, or a value of another type.
            ValueError: the file is no TOML.
            OSError: it cannot be read.

        >>> Letterhead.read(given={"organ": "Sở Nội vụ", "recipients": "Bộ Nội vụ; Lưu: VT"}).recipients
        ('Bộ Nội vụ', 'Lưu: VT')
        """
        found: dict[str, Any] = {} if path is None else tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
        found |= given or {}
        names = [field.name for field in attrs.fields(cls)]
        for name in found:
            if name not in names:
                raise InvalidField("Letterhead", "name", name, said("one of {names}", names=tuple(names)))
        if isinstance(several := found.get("recipients"), str):
            found["recipients"] = tuple(filter(None, (one.strip() for one in several.split(";"))))
        return cls(**found)

    def completed(self, jurisdiction: str, number: str, lang: Lang) -> "Letterhead":
        """This letterhead with what was not given, for a plan of a jurisdiction."""
        say, (unit, name) = Language(lang), unit_of(jurisdiction)
        council = say("People's committee of {unit} {name}", unit=unit, name=name)
        official = lang == "vi" and bool(unit)
        filled = attrs.evolve(self, organ=self.organ or (council if official else jurisdiction))
        nation, motto = self.nation, self.motto
        if lang == "vi" and not (nation or motto):
            nation, motto = _VIET_NAM
        dots = say("……")
        if lang == "vi" and filled.council:
            dots = dots[: -len("……")] + _COUNCILS[folded(filled.council)]
        return attrs.evolve(
            filled,
            number=number or self.number or dots,
            nation=nation,
            motto=motto,
            place=self.place or (name if official else ""),
        )

    @property
    def council(self) -> str:
        """The first words of an organ that decides as a body, "Ủy ban nhân dân"; empty for others."""
        words = self.organ.split()[:4]
        return " ".join(words) if folded(" ".join(words)) in _COUNCILS else ""

    @property
    def organ_lines(self) -> str:
        """The organ, with the unit of a council below it."""
        return f"{self.council}\n{self.organ[len(self.council) :].strip()}".strip() if self.council else self.organ

    def signature(self, lang: Lang) -> Iterator[str]:
        """
        In whose name and as what it is signed, by lines.

        >>> list(Letterhead(organ="Ủy ban nhân dân tỉnh", signer_title="Phó Chủ tịch").signature("vi"))
        ['TM. Ủy ban nhân dân', 'KT. Chủ tịch', 'Phó Chủ tịch']
        >>> list(Letterhead(organ="Sở Nội vụ", signer_title="Phó Giám đốc").signature("vi"))
        ['KT. Giám đốc', 'Phó Giám đốc']
        """
        say, title, capacity = Language(lang), self.signer_title, self.capacity
        deputy = lang == "vi" and folded(title).startswith("pho ")
        chair = lang == "vi" and "chu tich" in folded(title)
        if self.council and chair and not capacity.upper().startswith("TM"):
            yield say("In the name of {council}", council=self.council)
        if capacity:
            yield capacity
        if deputy and not capacity.upper().startswith(("KT", "TL", "TUQ")):
            office = title.split(maxsplit=1)[1]
            for more in ("thường trực", "phụ trách"):
                office = office.removesuffix(more).removesuffix(more.capitalize()).strip()
            yield say("For the {office}", office=office[:1].upper() + office[1:])
        if title:
            yield title

    def recipient_lines(self, lang: Lang) -> Iterator[str]:
        """The recipients, one per line; the last, the file copy, ends with a full stop."""
        say, names = Language(lang), [one.rstrip(" ;.") for one in self.recipients]
        if lang == "vi" and not any(folded(name).startswith("luu") for name in names):
            names.append(say("To file: clerks, home affairs") if self.council else say("To file: clerks"))
        if lang == "vi" and self.addressee and say("As above") not in names:
            names.insert(0, say("As above"))
        for place, name in enumerate(names, 1):
            yield f"- {name}{';' if place < len(names) else '.'}"


def is_council(organ: str) -> bool:
    """
    Whether an organ decides as a body.

    >>> is_council("UBND huyện Cư Jút"), is_council("Ủy ban nhân dân các huyện, thành phố"), is_council("Sở Nội vụ")
    (True, True, False)
    """
    return folded(organ).startswith((*_COUNCILS, *map(folded, _COUNCILS.values())))


def unit_of(jurisdiction: str) -> tuple[str, str]:
    """
    The kind and the name of an administrative unit, as written within a sentence; no kind for anything else.

    >>> unit_of("Tỉnh Đắk Nông"), unit_of("Bộ Nội vụ"), unit_of("Thành phố Hồ Chí Minh")
    (('tỉnh', 'Đắk Nông'), ('', 'Bộ Nội vụ'), ('Thành phố', 'Hồ Chí Minh'))
    """
    for unit in _UNITS:
        if jurisdiction.casefold().startswith(f"{unit} "):
            name = jurisdiction[len(unit) :].strip()
            return ("Thành phố" if name.casefold() == "hồ chí minh" else unit), name
    return "", jurisdiction


def within(jurisdiction: str) -> str:
    """A jurisdiction within a sentence: "tỉnh Đắk Nông"."""
    return " ".join(filter(None, unit_of(jurisdiction)))
