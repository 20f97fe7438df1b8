"""
The text of a sheet that is one: .csv in UTF-8, or in UTF-16 as Excel saves "Unicode text".
"""

from pathlib import Path

from reformtrack.domain.errors import SheetFileError
from reformtrack.domain.said import said
from reformtrack.exchange.appendix.old_codes import old_code_of

_SAMPLE = 100_000
_MARKUP = ("<html", "<?xml", "<!doc", "<tabl")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def csv_text(content: bytes, path: Path) -> str:
    """
    The text of a file; its cells are parted in the process that has bounds.

    Raises:
        SheetFileError: it is no text in UTF-8 or UTF-16, or another kind of file.
    """
    text = _decoded(content, path)
    if "\x00" in text or text.lstrip()[:5].lower() in _MARKUP:
        raise SheetFileError(path, said("it is another kind of file with the name of a spreadsheet"))
    return text


def _decoded(content: bytes, path: Path) -> str:
    code = "utf-16" if content.startswith(_UTF_16) else _unmarked_utf_16(content) or "utf-8-sig"
    try:
        return content.decode(code)
    except UnicodeDecodeError:
        found = said("it is no text in UTF-8, and no workbook")
        guesses = (old_code_of(content.decode(guess, "replace").split("\n")) for guess in ("cp1252", "latin-1"))
        if old := next(filter(None, guesses), ""):
            found = said("its text is in the old Vietnamese code {code}, and not in Unicode", code=old)
        raise SheetFileError(path, found, said(".xlsx, .xls, .ods, or .csv saved as “CSV UTF-8”")) from None


def _unmarked_utf_16(content: bytes) -> str:
    """The byte order of a text in UTF-16 without its mark: half of it is zero bytes, at odd places or at even ones."""
    sample = content[:_SAMPLE]
    for first, code in ((1, "utf-16-le"), (0, "utf-16-be")):
        if sample[first::2].count(0) * 4 > len(sample) and sample[1 - first :: 2].count(0) * 50 < len(sample):
            return code
    return ""
