"""The law of the draft: each cell of the source with text stands in exactly one place of it."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from reformtrack.exchange.appendix.finding import Draft
from reformtrack.exchange.appendix.headings import own_texts
from reformtrack.exchange.appendix.sheet_reader.cells import cell_name
from reformtrack.exchange.appendix.sheets import Sheet, content_of, sheets_in


def unaccounted(path: Path, draft: Draft) -> dict[tuple[str, str], int]:
    """The cells of a file that stand nowhere in its draft, or more than once, each with how often."""
    return unaccounted_in(sheets_in(content_of(path), path), draft)


def unaccounted_in(sheets: Sequence[Sheet], draft: Draft) -> dict[tuple[str, str], int]:
    """The same of sheets."""
    told = Counter((row.sheet, cell.cell) for row in draft.rows for cell in row.cells)
    source = {
        (sheet.name, cell_name(number, place))
        for sheet in sheets
        for number in range(len(sheet.rows))
        for place in own_texts(sheet, number)
    }
    return {cell: told[cell] for cell in {*told} | source if told[cell] != 1 or cell not in source}
