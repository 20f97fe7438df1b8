"""A transaction of the database, for tables beside the log."""

from collections.abc import Sequence
from typing import Any, Protocol


class Session(Protocol):
    """A transaction of a database, in its dialect; a question mark stands for a parameter."""

    text: str
    """The type of a text that is ordered by its code points."""
    blob: str
    """The type of bytes."""
    clustered: str
    """What makes a table that is kept in the order of its key; empty where none is."""

    def make(self, table: str, columns: str, secret: str = "") -> None:
        """
        Create a table if missing.

        Args:
            table: its name.
            columns: its columns and constraints, in SQL.
            secret: the column whose values must not be copied elsewhere in the database.

        Raises:
            StoreError: it exists, and belongs to a role that is not trusted.
        """

    def select(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """The rows that a statement gives."""

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """A statement that gives no rows; its error may come with a later one."""

    def many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Execute a statement once for each row of parameters."""
