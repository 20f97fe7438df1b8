"""A checkpoint in a document: its signed note to read and to copy, and as a QR code that a telephone reads."""

from io import BytesIO

import attrs

from reformtrack.extras import extra
from reformtrack.language import Language

with extra("exchange"):
    import segno

QR_MILLIMETRES = 45
"""How wide a QR code is printed: its modules are then half a millimetre wide or more, which a telephone can tell apart."""

_COLOURS = {"dark": "#1f2933", "light": "#ffffff"}


@attrs.frozen
class Seal:
    """A checkpoint, as a part of a document."""

    note: str
    """The signed note, every sign of it."""
    text: str
    """What the picture is, in words, for those who do not see it."""
    svg: bytes
    png: bytes


def seal(note: str, say: Language) -> Seal:
    """The checkpoint of a signed note; the QR code holds the whole note, so whoever scans it has all there is to verify."""
    code, svg, png = segno.make(note, error="m", micro=False), BytesIO(), BytesIO()
    code.save(svg, kind="svg", xmldecl=False, nl=False, omitsize=True, **_COLOURS)
    code.save(png, kind="png", scale=6, **_COLOURS)
    return Seal(note, say("The checkpoint as a QR code"), svg.getvalue(), png.getvalue())
