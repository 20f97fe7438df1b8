"""
Texts of proofs that were changed.
"""

from base64 import b64encode
from random import Random

_SIGNS = "09AZaz+/= \n\t\r—\u0661\x00éindex"


def changed_text(draw: Random, text: str) -> str:
    """Another text: a sign, a number, a line or a part of it changed."""
    lines, place = text.split("\n"), draw.randrange(len(text))
    line = draw.randrange(len(lines))
    match draw.randrange(11):
        case 0 | 1:
            return text[:place] + draw.choice(_SIGNS) + text[place + 1 :]
        case 2:
            return text[:place] + draw.choice(_SIGNS) + text[place:]
        case 3:
            return text[:place] + text[place + 1 :]
        case 4:
            lines[line] = ""
        case 5:
            lines.insert(line, draw.choice(lines))
        case 6:
            other = draw.randrange(len(lines))
            lines[line], lines[other] = lines[other], lines[line]
        case 7:
            del lines[line]
        case 8:
            lines[line] = draw.choice(
                (f"{lines[line]} ", f" {lines[line]}", f"{lines[line]}\r", lines[line].swapcase())
            )
        case 9:
            lines[line] = b64encode(draw.randbytes(draw.choice((31, 32, 33, 68)))).decode()
        case _:
            lines[line] = _other_number(draw, lines[line])
    return "\n".join(lines)


def _other_number(draw: Random, line: str) -> str:
    """The number that a line is or ends with, another one or written in another way; the line without one."""
    words = line.split(" ")
    if not words[-1].isdecimal():
        return " ".join(words[:-1])
    number = int(words[-1])
    others = (
        f"0{number}",
        f"+{number}",
        f"-{number}",
        f"{number}.0",
        str(number + 1),
        str(number + 2**64),
        f"{number:_}0",
    )
    return " ".join([*words[:-1], draw.choice(others)])


def says_the_same(text: str, other: str) -> bool:
    """Whether only signatures were added: all before them is as it was, and the one that was there is there."""
    (body, _, signature), (other_body, _, signatures) = text.rpartition("\n\n"), other.rpartition("\n\n")
    return body == other_body and signature.strip("\n") in signatures.split("\n")
