"""Agencies as cells name them: several in one cell, one over several lines, one in several spellings."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import zip_longest

import attrs

from reformtrack.domain.texts import name_key, one_line, remembered
from reformtrack.domain.wording import folded
from reformtrack.exchange.appendix.lines import plain

_ALONE = re.compile(
    r"(?:sở|bộ|ban|ubnd|[uủ][ỷy] ban(?: nhân dân| mttq| mặt trận)?|hđnd|hội đồng|văn phòng|vp|công an|cục|chi cục|tổng cục|vụ|"
    r"trung tâm|thanh tra|đài|trường(?! hợp)|đại học|học viện|hội(?! (?:nghị|thảo|thi)\b)|hiệp hội|liên hiệp|liên đoàn|"
    r"tỉnh đoàn|đoàn|báo(?! cáo)|kho bạc|bảo hiểm|"
    r"thuế|hải quan|t[oò][aà] án|viện|phòng|tỉnh [uủ][ỷy]|thành [uủ][ỷy]|huyện [uủ][ỷy]|đảng [uủ][ỷy]|mặt trận|bộ chỉ huy|"
    r"bộ tư lệnh|ngân hàng|tổng công ty|công ty|tập đoàn|bệnh viện|tổ(?! chức)|quỹ|"
    r"(?:các|những)(?! (?:khu|công trình|dự án|chương trình)\b)|toàn bộ|tất cả|"
    r"ministry|department|office|agency|bureau|commission|committee|council|board|authority|inspectorate|institute|"
    r"centre|center|university|bank|all)\b.*\S",
    re.DOTALL,
)
"""What an agency begins with, followed by more."""
_WHOLE = ("tinh uy", "thanh uy", "thanh tra tinh", "cong an tinh", "hdnd", "ubnd", "quoc hoi", "chinh phu", "tinh doan")
_ABBREVIATED = re.compile(r"(?!TB[DCA]$|[IVX]+$)[A-ZĐ]{3,8}(?: [A-ZĐ&-]{2,8})?")
_JOINS = re.compile(r"(?:và|của|,|&|and|of|the|-|–|cho|về|thuộc)$", re.IGNORECASE)
_MARK = re.compile(r"^\s*(?:[-–—+•*·]\s*|[0-9]{1,2}[.)]\s+|[a-zđ]\)\s*)(?=\S)")
_SEPARATOR = re.compile(r"\s*(?:,|;|/(?!\d)|\bvà\b|\band\b|&|\s[-–]\s)\s*", re.IGNORECASE)
_OF_ALL = re.compile(
    r"(?:các |những )?(?:sở|ban|ngành|đoàn thể|địa phương|huyện|thị xã|thành phố|xã|phường|thị trấn|đặc khu|quận|đơn vị|"
    r"cơ quan|tổ chức|cá nhân|doanh nghiệp|hội|cấp|bộ|tỉnh|mặt trận|phòng|trường|viện)(?: \w+)*(?: trên địa bàn\b.*)?",
    re.IGNORECASE,
)
"""A part of "các sở, ban, ngành, địa phương", which names no agency and parts none."""
_KIND = re.compile(
    r"(?:sở|ban|ngành|phòng|đoàn thể|hội|địa phương|đơn vị|cơ quan|tổ chức|bộ|viện|trường|xã|huyện|phường)\b",
    re.IGNORECASE,
)
_COLLECTIVE = re.compile(
    rf"(?:các|những|toàn bộ|tất cả)\b[^;]*|{_KIND.pattern}(?:\s*,\s*{_KIND.pattern})*", re.IGNORECASE | re.DOTALL
)
"""What "các sở, ban, ngành" is made of, and its beginning."""
_COMPOUND = re.compile(
    r"văn hóa, thể thao|văn hoá, thể thao|khoa học, công nghệ|lao động, thương binh|nông nghiệp, môi trường|"
    r"báo và phát thanh|phát thanh, truyền hình|giáo dục, đào tạo|tài nguyên, môi trường|công nghiệp, thương mại|"
    r"thuộc, trực thuộc|thuộc và trực thuộc|"
    r"dân tộc, tôn giáo|giao thông, vận tải|kế hoạch, đầu tư|thông tin, truyền thông|kinh tế, hạ tầng|văn hóa, xã hội",
    re.IGNORECASE,
)
"""Names that have a comma of their own."""
_DEPUTIES, _COUNCIL, _COMMITTEE = (
    "(?:đbqh|đại biểu quốc hội)",
    "(?:hđnd|hội đồng nhân dân)",
    "(?:ubnd|[uủ][ỷy] ban nhân dân)",
)
_OFFICE = rf"(?:văn phòng|vp)[. ]+(?:(?:đoàn )?{_DEPUTIES}(?: và|,| &) )?{_COUNCIL}"
_OWN_AND = re.compile(
    rf"(?:{_DEPUTIES} và {_COUNCIL}|{_OFFICE} ?(?:\bvà\b|&|-|–) ?{_COMMITTEE})[^,;/]*$", re.IGNORECASE
)
"""One office of two bodies, which has “và” in its name."""
_SHORT_COMPOUND = re.compile(r"\b(?:NN&PTNT|VH&TTDL|HĐND&UBND|TN(?:HS)?&TKQ|TN&TKQGQ|LĐ&TBXH)$")
"""Names of offices in short that have a sign of their own."""
_LONGEST = 2_000
"""The most signs of a cell that is taken apart."""
_END = re.compile(r"(?:\([0-9*]{1,2}\)|\[[0-9*]{1,2}\]|(?<=\s)và)$")
"""What ends a cell and no name: the mark of a footnote, "và" before the next line."""
_LOST_MARK = re.compile(
    r"(?<=\s)(?!(?:thôn|tổ|đội|số|phường|ấp|khu|khối|bản|cụm|trạm|khóa|quận)[1-9])([a-zà-ỹ]+)[1-9]$"
)
"""The number of a footnote that is not raised any more, behind a word that is not numbered itself."""
_PARTS = "thôn|bản|ấp|buôn|bon|tổ dân phố|khu phố|khối"
_PERSON = re.compile(rf"(?:ông|bà|đồng chí|đ/c|công chức|{_PARTS}) ", re.IGNORECASE)
"""What people and parts of a commune are called with."""
_HAMLET = re.compile(rf"(?:{_PARTS}|tổ) ?[0-9]{{1,2}}", re.IGNORECASE)
_AND_SO_ON = re.compile(r"\bv\. ?v\b|…|\.\.\.|:")
"""Signs that a text names more than it says, or a list after a word for it."""
_OF_A_PLACE = re.compile(r"\b(?:tỉnh|thành phố|huyện|xã|phường)$", re.IGNORECASE)
_OWN_COMMA = re.compile(rf"{_OFFICE}, {_COMMITTEE}[^,;/]*$", re.IGNORECASE)
_OF_OFFICE = re.compile(
    r"(?:văn phòng|vp|ban(?: [^\n]+)?|ủy ban|bộ chỉ huy.*|bộ tư lệnh.*)\n"
    r"(?:UBND|HĐND|ủy ban|hội đồng|tỉnh ủy|thành ủy|huyện ủy|đảng ủy|"
    r"bộ đội|quản lý|chỉ đạo).*",
    re.IGNORECASE | re.DOTALL,
)
"""One office over two lines."""
_SEVERAL = re.compile(
    r"\s[+|•·]\s|\s(?:hoặc|(?:phối hợp|kết hợp|cùng)(?: với)?|với|Sở|Bộ(?! đội| môn| phận))\s+(?P<rest>.+)", re.DOTALL
)
"""Signs and words between agencies that are no list of their own; and a second one without any."""
_BELOW = re.compile(
    r"(?:phong|trung tam|van phong|thanh tra|chi cuc|to|ban quan ly)\b(?!.*\b(?:ubnd|uy ban|hdnd|hoi dong|so|bo|uy|tinh)\b)"
)
_ABOVE = re.compile(r"(?:ubnd|uy ban|hdnd|hoi dong|so|bo|tinh uy|thanh uy|huyen uy)\b")

_TO = (
    "là|làm|(?:giữ|đóng|với) vai trò|được (?:giao|phân công)|(?:có|chịu) trách nhiệm|nhiệm vụ|trực tiếp|tự|sẽ|"
    "cùng|(?<!hội )(?<!cộng )đồng|cơ quan|đơn vị|đầu mối"
)
_DO = rf"(?:(?<!\w)(?:(?-i:{_TO}|{_TO.upper().replace('ĐỒNG', '(?<!LÂM )ĐỒNG')})|cơ quan|đơn vị)(?:,| và)? )*"
"""What stands before a role, as in "là cơ quan chủ trì", "đồng chủ trì"; "Đồng" is of the name of a place."""
_ROLE = rf"{_DO}(?<!\w)(?P<role>chủ trì|phối hợp|ct|ph|lead|support(?:ing)?)(?!\w)(?: thực hiện| chính)?"
_HAS_ROLE = re.compile(_ROLE, re.IGNORECASE)
_BEFORE = re.compile(rf"{_ROLE}(?: là)? ?: ?(?P<names>.*)", re.IGNORECASE)
_FIRST = re.compile(rf"{_DO}(?P<role>chủ trì|phối hợp)(?: chính)?(?: là| với| cùng)? (?P<names>.+)", re.IGNORECASE)
_BEHIND = re.compile(rf"(?P<names>.+?) ?\({_ROLE}\)\.?", re.IGNORECASE)
_AFTER = re.compile(rf"(?:giao )?(?P<names>.+?)[ ,:–-]* {_ROLE}\.?", re.IGNORECASE)
_ROLE_LEFT = re.compile(
    r"(?i:\bchủ trì\b)|\((?:là |làm )?(?:đầu mối|thường trực)\b|(?<!Tổ )\bphối hợp$|"
    r"(?<!ội )(?<!ộng )\b(?:đồng|cùng|là|làm|giao|đầu mối|chịu trách nhiệm)$"
)
"""What is no part of a name, and of the words of a role."""
_WHOEVER = re.compile(
    rf"(?:{_KIND.pattern}(?:,|/| và)? )+(?:được giao|(?:(?:được giao|tự) )?chủ trì\b.*)", re.IGNORECASE | re.DOTALL
)
"""Who has the role, whoever it is, as "cơ quan chủ trì soạn thảo"."""
_LEADS_WITH = re.compile(
    r"(chủ trì|chủ trì\b[^;\n]*?)(?:(?<=chủ trì)|[,;.])\s*(?:và )?phối hợp(?: với)?:?\s+(?!thực hiện)(?=\S)",
    re.IGNORECASE,
)
_DOES = re.compile(r"\b(?:tham mưu|xây dựng|thực hiện|triển khai|tổ chức thực|báo cáo|trình|rà soát)\b", re.IGNORECASE)
"""What follows the names of agencies in a sentence, and is no name."""
_NEXT_ROLE = re.compile(
    rf"\)\s*(?:,|và\b)\s*(?=\S)|[.,]\s*(?={_ROLE} ?:)|(?<=chủ trì)(?:,| và)\s+(?!phối hợp)(?=[^;\n]+ phối hợp\.?(?:[;\n]|$))",
    re.IGNORECASE,
)


def by_role(text: str, column: str) -> dict[str, str]:
    """
    What of a cell is the lead and what supports, where it says so; the rest is what its column is.

    >>> by_role("Chủ trì: Sở A; phối hợp: Sở B", "lead"), by_role("Sở A (chủ trì), Sở B", "lead"), by_role("Sở A (PC)", "lead")
    ({'lead': 'Sở A', 'supporting': 'Sở B'}, {'lead': 'Sở A;Sở B'}, {'lead': 'Sở A (PC)'})
    >>> by_role("Sở A chủ trì, phối hợp với Sở B", "lead")
    {'lead': 'Sở A', 'supporting': 'Sở B'}
    """
    if len(text) > _LONGEST:
        return {column: text}
    found: dict[str, str] = {}
    if with_ := _LEADS_WITH.search(text):
        before, after = text[: with_.start()], text[with_.end() :]
        if _names_a_lead(before) and not _DOES.search(after):
            text = f"{before}{with_[1]}; phối hợp: {after}"
    role, is_said = column, False
    parts = _NEXT_ROLE.sub(lambda sign: ");" if sign[0][0] == ")" else ";", text) if _HAS_ROLE.search(text) else ""
    for sign, part in re.findall(r"([;\n]?)([^;\n]+)", parts):
        names, field = part.strip(), role
        bare = _MARK.sub("", names)
        bare = bare[1:-1] if re.fullmatch(r"\([^()]*\)", bare) else bare
        begun = bare[:1].lower() + bare[1:]
        tried = (_BEFORE.fullmatch(begun), _BEHIND.fullmatch(bare), _FIRST.fullmatch(begun), _AFTER.fullmatch(bare))
        match = next((m for m in tried if m and (m.re in (_BEFORE, _BEHIND) or _is_who(m, bare))), None)
        if match:
            field = "lead" if match["role"].casefold() in ("chủ trì", "ct", "lead") else "supporting"
            role, names, is_said = field if match.re is _BEFORE else role, match["names"].strip(), True
        elif (
            field in found
            and (only := _HAS_ROLE.fullmatch(bare))
            and (only["role"].casefold() == "chủ trì") == (field == "lead")
        ):
            names, is_said = "", True
        if names:
            found[field] = f"{found[field]}{sign}{names}" if field in found else names
    return found if is_said else {column: text}


def _is_who(match: re.Match[str], text: str) -> bool:
    """
    Whether what stands beside a role is an agency, and not whoever has the role, as "các sở được giao chủ trì".

    Behind it, an abbreviation may be of what is done, as in "cơ quan chủ trì CCHC".
    """
    names = match["names"]
    if match.re is _FIRST and _ABBREVIATED.fullmatch(names):
        return False
    return is_alone(names) and not (_COLLECTIVE.fullmatch(names) and re.search(r"\b(?:giao|phân công)\b", text))


def _names_a_lead(before: str) -> bool:
    """Whether what stands before "chủ trì" is the name of an agency, or nothing."""
    bare = before.strip(" \n-–;.,:")
    return not bare or (
        is_alone(bare) and not re.search(r"\b(?:đồng|cùng|là|là cơ quan|giao|tự|làm)$", bare, re.IGNORECASE)
    )


@attrs.frozen
class Names:
    """The agencies that a cell names."""

    names: tuple[str, ...]
    is_sure: bool = True
    """Whether it is clear where one name ends and the next begins."""


def is_alone(text: str) -> bool:
    """
    Whether a text is the whole name of an agency, as far as its words tell.

    >>> [is_alone(text) for text in ("Sở Nội vụ", "Văn phòng", "UBND tỉnh", "Công nghệ", "STP", "TBD")]
    [True, False, True, False, True, False]
    """
    bare = text.strip(" .,;:")
    is_named = _ALONE.fullmatch(bare.casefold()) or _ABBREVIATED.fullmatch(text.strip()) or _HAMLET.fullmatch(bare)
    return is_named is not None or folded(bare) in _WHOLE


@remembered
def names_in(text: str) -> Names:
    """
    The agencies of a cell: a list by ";", by lines, by dashes, by commas and "và"; or one name over several lines.

    >>> names_in("Sở Nội vụ,\\nSở Tư pháp").names, names_in("Văn phòng\\nUBND tỉnh").names
    (('Sở Nội vụ', 'Sở Tư pháp'), ('Văn phòng UBND tỉnh',))
    >>> names_in("Các sở, ban, ngành").names, names_in("Sở Nội vụ, Tư pháp").is_sure
    (('Các sở, ban, ngành',), False)
    """
    if len(text) > _LONGEST:
        return Names((one_line(text),), is_sure=False)
    found: list[str] = []
    is_sure = True
    for part in text.split(";"):
        items, sure = _items(part)
        is_sure &= sure
        for item in items:
            names = _parted(item)
            is_sure &= names.is_sure and not any(_has_several(name) or _has_role(name) for name in names.names)
            is_sure &= not _AND_SO_ON.search(item.rstrip(" :"))
            found += names.names
    return Names(tuple(dict.fromkeys(found)), is_sure)


def _items(text: str) -> tuple[list[str], bool]:
    """The lines of a text, those joined that are one name."""
    lines = [line for line in text.split("\n") if line.strip()]
    marked = any(_MARK.match(line) for line in lines)
    items: list[str] = []
    is_sure = True
    for line in lines:
        bare = one_line(_MARK.sub("", line))
        if not bare:
            continue
        if not items or _MARK.match(line):
            items.append(bare)
            continue
        before = items[-1]
        is_one = _OF_OFFICE.fullmatch(f"{before}\n{bare}") is not None
        is_new = not marked and not _JOINS.search(before) and is_alone(before) and is_alone(bare) and not is_one
        if before.endswith(",") and (is_alone(bare) or _KIND.match(bare)):
            is_new = not (_goes_on(before[:-1], bare) or _is_of_all(before[:-1], bare))
        elif not is_new and not marked and not is_one:
            is_sure &= not _may_be_new(before, bare)
        elif is_new and _BELOW.match(folded(before)) and _ABOVE.match(folded(bare)):
            is_sure = False  # "Trung tâm X⏎Sở Y": two agencies, or the centre of the department
        if is_new:
            items.append(bare)
        else:
            items[-1] = f"{before} {bare}"
    return items, is_sure


def _may_be_new(before: str, line: str) -> bool:
    """Whether a line may be an agency of its own, and not the rest of the name above."""
    if _JOINS.search(before) or line[:1].islower():
        return False
    is_alike = before.split()[0].casefold() == line.split()[0].casefold()
    is_short = " " not in before and " " not in line and before[:1].isupper() and len(before) > 2
    return is_alike or is_short or is_alone(f"{line} x") or _PERSON.match(line) is not None


def _is_of_all(before: str, piece: str) -> bool:
    """Whether a piece is more of "các sở, ban, ngành", and no agency of its own."""
    first = re.split(r"[,;]", piece)[0]
    if _COLLECTIVE.fullmatch(before) is None:
        return False
    names_nobody = first[:1].islower() and not any(word[:1].isupper() for word in first.split())
    return (_KIND.match if names_nobody else _KIND.fullmatch)(first) is not None


def _goes_on(before: str, piece: str) -> bool:
    """Whether a piece in small letters, as "phường", goes on with a name that has "các" in it."""
    return piece[:1].islower() and _OF_ALL.fullmatch(piece) is not None and _can_go_on(before)


def _parted(item: str) -> Names:
    """The agencies of a text of one line."""
    item = item.strip(" ,.")
    if re.search(r"\([^()]*[,;/&][^()]*\)", item):
        return Names((item,), is_sure=False)  # parts of an agency, or others
    pieces = [piece for piece in _SEPARATOR.split(item) if piece]
    if len(pieces) < 2:
        return Names((item,) if item else ())
    parts: list[tuple[int, int]] = []
    place = 0
    is_sure = True
    for piece in pieces:  # each with its place in the text, so that what is joined again keeps its own signs
        if not is_sure:
            return Names((item,), is_sure=False)
        begin = item.index(piece, place)
        sign, place = item[place:begin].strip(), begin + len(piece)
        first, end = parts[-1] if parts else (begin, begin)
        before, whole = item[first:end], item[first:place]
        is_sure &= not (parts and _OWN_COMMA.search(whole))
        if parts and _is_rest(before, sign, piece):
            is_sure &= _SHORT_COMPOUND.search(whole) is not None or _OWN_AND.search(whole) is not None
            parts[-1] = (first, place)
            continue
        is_of_all = bool(parts) and sign == "," and _is_of_all(before, piece)
        if not parts or (is_alone(piece) and not is_of_all and not _OWN_AND.search(whole)):
            parts.append((begin, place))
            continue
        is_sure &= not (sign == "và" and _OF_A_PLACE.search(before))
        if not (_COMPOUND.search(whole) or _OWN_AND.search(whole) or is_of_all or _goes_on(before, piece)):
            # "Sở Giáo dục và Đào tạo" is one; "Sở Nội vụ, Tư pháp" may be two.
            is_sure &= sign not in ("", ",", ";", "/") or (not is_alone(before) and sign not in (",", ";", "/"))
        parts[-1] = (first, place)
    names = tuple(item[begin:end] for begin, end in parts)
    if len(names) > 1 and not all(map(is_alone, names)):
        return Names((item,), is_sure=False)
    return Names(names if is_sure else (item,), is_sure)


def _is_rest(before: str, sign: str, piece: str) -> bool:
    """Whether an abbreviation may be the rest of a name, as in "Sở NN&PTNT", and no agency of its own."""
    if not _ABBREVIATED.fullmatch(piece) or " " in piece or _ABBREVIATED.fullmatch(before):
        return False
    if re.search(r"\b[A-ZĐ]{2,}$", before):
        return sign in ("&", "-", "–", "và")
    return sign in ("&", "-", "–") and piece not in ("UBND", "HĐND")


def _has_several(name: str) -> bool:
    """Whether one name looks like several, with a sign, a word or nothing between them."""
    found = _SEVERAL.search(name)
    if found is None:
        return False
    if found[0].split()[0] in ("Sở", "Bộ"):
        return name.casefold().startswith(("sở", "bộ"))
    return found["rest"] is None or is_alone(found["rest"])


def _has_role(name: str) -> bool:
    """Whether a name has words of a role, which only "các cơ quan chủ trì", "cơ quan chủ trì đề án" are called by."""
    return _ROLE_LEFT.search(name) is not None and not (_COLLECTIVE.fullmatch(name) or _WHOEVER.fullmatch(name))


def _can_go_on(before: str) -> bool:
    """Whether "huyện", "ngành" may follow what stands before."""
    names_all = re.search(r"\b(?:các|những|toàn bộ|tất cả)\b", before, re.IGNORECASE)
    return names_all is not None or _OF_ALL.fullmatch(before) is not None


def key_of_name(text: str) -> str:
    """What the spellings of one agency have in common; signs at its ends, and marks of footnotes, do not count."""
    return name_key(_without_end(text.strip(" .,;:-")))


def _without_end(text: str) -> str:
    """A text without the signs and the marks of footnotes at its end."""
    while True:
        bare = _LOST_MARK.sub(r"\1", _END.sub("", text.rstrip(" .,;:*¹²³⁴⁵⁶⁷⁸⁹⁰\t\n\r\u00a0")))
        if bare == text:
            return text
        text = bare


def keys_of(names: Iterable[str]) -> list[str]:
    """What the spellings of each of some agencies have in common."""
    return list(map(key_of_name, names))


def spellings(names: Iterable[str], known: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """
    By `key_of_name`, one spelling for each agency: that of the register or the plan, else the one that the file has most often;
    and by name, another that differs from it by a mark or a letter.

    >>> list(spellings(["Sở Y tế.", "Sở Y Tế", "Sở Y Tế"], [])[0].values()), spellings(["Sở Nội vụ", "Sở Nội vu"], [])[1]
    (['Sở Y Tế'], {'Sở Nội vu': 'Sở Nội vụ'})
    """
    chosen: dict[str, str] = {}
    for name in known:
        chosen.setdefault(key_of_name(name), name)
    registered = set(chosen)
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for name in names:
        counted[key_of_name(name)][name] += 1
    for key, found in counted.items():
        if key not in chosen:
            best = max(found.values())
            chosen[key] = _without_end(next(name for name, count in found.items() if count == best))
    return chosen, dict(_near(counted, registered, chosen))


def _near(
    counted: Mapping[str, Counter[str]], registered: set[str], chosen: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Names that only marks or one letter tell apart; of two that are registered, each is meant."""
    by_form: dict[str, list[str]] = defaultdict(list)
    for key in [*registered, *counted]:
        plain = folded(chosen[key])
        forms = {plain} | ({plain[:n] + plain[n + 1 :] for n in range(len(plain))} if 8 <= len(plain) <= 80 else set())
        for form in forms:
            if key not in by_form[form]:
                by_form[form].append(key)
    told = set()
    for form, keys in by_form.items():
        for key in keys[1:]:
            is_new = key not in registered and key not in told
            if is_new and _is_slip(folded(chosen[keys[0]]), folded(chosen[key]), form):
                told.add(key)
                yield chosen[key], chosen[keys[0]]


def _is_slip(one: str, other: str, form: str) -> bool:
    """Whether two names differ by a letter within a word, and not by a number or by a word of one letter, as Sở A and Sở B."""
    if one.replace(" ", "") == other.replace(" ", ""):
        return True
    if re.findall(r"\d+", one) != re.findall(r"\d+", other) or len(form) < 7:
        return False
    first, second = one.split(), other.split()
    differing = [(len(a), len(b)) for a, b in zip_longest(first, second, fillvalue="") if a != b]
    # A name's last word tells districts apart that have nearly one name: only a letter too many there is a slip.
    return len(differing) == 1 and min(differing[0]) >= 4 and differing[0][0] != differing[0][1]


class NamesOfFile:
    """The agencies of a file: which a cell names, and in which spelling each is recorded."""

    def __init__(self, answers: Mapping[str, str], known: Collection[str]) -> None:
        self._answers = {plain(text).casefold(): answer for text, answer in answers.items()}
        self._exact = frozenset(known)
        self._known = {key_of_name(name): name for name in known}
        self._found: dict[str, tuple[str, ...]] = {}
        self._all: list[str] = []
        self._chosen: Mapping[str, str] = {}
        self.unsure: list[str] = []
        self.unseen: list[str] = []
        """Texts with characters that do not show."""
        self.changed: dict[str, str] = {}
        """By a spelling that is not recorded, the one that is."""
        self.near: dict[str, str] = {}

    def read(self, text: str) -> None:
        """Take the names of a cell."""
        if text and text not in self._found:
            self._found[text] = self._split(text)
            if one_line(text) != plain(text):
                self.unseen.append(text)
        self._all += self._found.get(text, ())

    def _split(self, text: str) -> tuple[str, ...]:
        if (answer := self._answers.get(plain(text).casefold())) is not None:
            return tuple(filter(None, map(one_line, answer.split(";"))))
        names: list[str] = []
        for part in text.split(";"):
            if key_of_name(one_line(part)) in self._known:  # the register tells one name from a list
                names.append(one_line(part))
                continue
            found = names_in(part)
            if not found.is_sure and text not in self.unsure:
                self.unsure.append(text)
            names += found.names
        return tuple(dict.fromkeys(names))

    def settle(self) -> None:
        """Choose the spelling of each."""
        told = {name for answer in self._answers.values() for name in map(one_line, answer.split(";"))}
        self._chosen, near = spellings(self._all, [*self._known.values(), *told])
        for name in dict.fromkeys(self._all):
            if (other := self._spelt(name)) != name:
                self.changed[name] = other
        self.near = {
            name: other for name, other in near.items() if name in self._all and name.casefold() not in self._answers
        }

    def _spelt(self, name: str) -> str:
        if (answer := self._answers.get(name.casefold())) is not None:
            return one_line(answer.split(";")[0])
        return name if name in self._exact else self._chosen.get(key_of_name(name), name)

    def of(self, text: str) -> tuple[str, ...]:
        """The names of a cell, as they are recorded."""
        return tuple(dict.fromkeys(self._spelt(name) for name in self._found.get(text, ())))
