"""Reads workbooks in this process, where many are read and none is hostile."""

from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike

import pytest

from reformtrack.domain.said import said
from reformtrack.exchange import bounded
from reformtrack.exchange.appendix import sheet_reader
from reformtrack.exchange.appendix.sheets import Sheet, content_of, sheets_in


@contextmanager
def in_this_process() -> Iterator[None]:
    """The script that reads a workbook is asked here: a process of its own for each takes a tenth of a second."""
    apart = bounded.work

    def work(worker: str, content: bytes, accepted: str) -> bytes:
        if worker != sheet_reader.__file__:
            return apart(worker, content, accepted)
        try:
            return sheet_reader.answer(content)
        except Exception as error:  # as the process does
            raise bounded.Unusable(said("it cannot be read: {error}", error=str(error)), accepted) from None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounded, "work", work)
        yield


def read_sheets(path: str | PathLike[str]) -> tuple[Sheet, ...]:
    """The sheets of a file that can be seen."""
    return tuple(sheet for sheet in sheets_in(content_of(path), path) if not sheet.is_hidden)
