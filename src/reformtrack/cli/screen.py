"""Output for people: tables on a terminal, aligned plain lines in a pipe."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from typing import TYPE_CHECKING

import attrs

from reformtrack.cli.session import visible
from reformtrack.domain.protected import Say, redacted

if TYPE_CHECKING:  # loaded where something is shown: neither the help nor `--json` needs it
    from rich.console import Console
    from rich.text import Text

Callback = Callable[[int, int], None]
"""Called with the amount done and the total."""


@attrs.frozen
class Column:
    title: str
    right: bool = False
    """Whether its cells are right-aligned."""
    whole: bool = False
    """Whether its cells are never wrapped."""
    below: bool = False
    """Whether a terminal stacks it below the column before it, to save width."""


class Screen:
    """
    Shows lines and tables: in colour and boxes on a terminal, elsewhere each row in one line, whatever its length.

    Args:
        console: rich's; if it is not a terminal, only its file is used.
        say: translates the mark that replaces protected data.
    """

    def __init__(self, console: "Console", say: Say) -> None:
        self._console, self._say = console, say

    def line(self, text: str = "", style: str = "") -> None:
        """A line of text; wrapped only on a terminal."""
        text = redacted(text, self._say)
        if self._console.is_terminal:
            from rich.text import Text

            self._console.print(Text(visible(text), style=style))
        else:
            self._write(visible(text))

    def table(
        self, columns: Sequence[Column], rows: Sequence[Sequence[str]], styles: Callable[[int], str] = lambda _: ""
    ) -> None:
        """A table of rows with a cell for each column; `styles` gives the style of a row by its number."""
        rows = [[redacted(cell, self._say) for cell in row] for row in rows]
        if not self._console.is_terminal:
            for line in aligned(columns, [[column.title for column in columns], *rows]):
                self._write(line)
            return
        from rich import box
        from rich.table import Table

        # A terminal stacks some columns, so that a table fits; programs that read a pipe need them apart.
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for stacked in _stacks(columns):
            first = columns[stacked[0]]
            heading = _stacked([columns[place].title for place in stacked])
            table.add_column(heading, justify="right" if first.right else "left", no_wrap=first.whole, overflow="fold")
        for number, row in enumerate(rows):
            cells = [_stacked([visible(row[place]) for place in stacked]) for stacked in _stacks(columns)]
            table.add_row(*cells, style=styles(number))
        self._console.print(table)

    def _write(self, line: str) -> None:
        self._console.file.write(f"{line}\n")


def aligned(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """
    Rows as aligned lines, with columns two spaces apart.

    >>> list(aligned([Column("Mã"), Column("Số", right=True)], [["Mã", "Số"], ["1.04", "7"]]))
    ['Mã    Số', '1.04   7']
    """
    from rich.cells import cell_len

    flat = [[" ".join(visible(cell).split()) for cell in row] for row in rows]
    widths = [max(map(cell_len, cells)) for cells in zip_longest(*flat, fillvalue="")]
    for row in flat:
        cells = [
            " " * (width - cell_len(cell)) + cell if column.right else cell + " " * (width - cell_len(cell))
            for column, cell, width in zip(columns, row, widths, strict=True)
        ]
        yield "  ".join(cells).rstrip()


def _stacks(columns: Sequence[Column]) -> list[list[int]]:
    """The indexes of the columns that a terminal stacks into one."""
    stacks: list[list[int]] = []
    for place, column in enumerate(columns):
        if column.below and stacks:
            stacks[-1].append(place)
        else:
            stacks.append([place])
    return stacks


def _stacked(texts: Sequence[str]) -> "Text":
    from rich.text import Text

    first, *others = texts
    return Text("\n").join([Text(first), *(Text(text, style="dim") for text in others if text)])


@contextmanager
def bar(console: "Console", title: str) -> Iterator[Callback | None]:
    """A progress bar for a long task; none if the output is not a terminal."""
    if not console.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task(title)
        yield lambda done, total: shown.update(task, completed=done, total=total)
