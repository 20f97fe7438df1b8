"""
The materialised views: brought up to date, made anew, written to files.
"""

from collections.abc import Callable
from os import PathLike
from pathlib import Path

from reformtrack.analytics.export import ParquetExport, export_parquet
from reformtrack.domain.arguments import checks_arguments
from reformtrack.open_store import Facet
from reformtrack.store.patience import each_one_call
from reformtrack.telemetry import lagging


@each_one_call
@checks_arguments
class Views(Facet):
    """The materialised views of a tracker, from which `rollup` and `plans` answer: `tracker.views`."""

    def catch_up(self) -> int:
        """
        Bring the views up to date with the log. `rollup` does it by itself; a scheduled call keeps it quick.

        Each batch of records is applied in one transaction with its position, so a process may be killed at any moment, and
        several may do it at once. The tree that `Seals` needs is kept up to date with them.

        Returns:
            The log position that the views have reached.
        """
        self._tracker._tree.catch_up()
        return self._tracker._projection.catch_up()

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> int:
        """
        Make the views anew from the log, beside the old ones, which are read until the new are whole.

        One at a time: of two at once, the one that began first fails. The first views of a long log are made faster by this
        than by `catch_up`.

        Args:
            progress: is told, from time to time, how many records are done, of how many.

        Returns:
            The log position that the views have reached.
        """
        return self._tracker._projection.rebuild(progress)

    def lag(self) -> int:
        """
        How far the views are behind the log, in positions: 0 when they are up to date.

        For monitoring: `rollup` and `plans` bring the views up to date before they answer.
        """
        reached = self._tracker._projection.position()  # before the end of the log, else it could be less than nothing
        behind = self._store.head() - reached
        lagging(behind)
        return behind

    def export_parquet(
        self, folder: str | PathLike[str], progress: Callable[[int, int], None] | None = None
    ) -> ParquetExport:
        """
        Write tables to files of a folder, for DuckDB, pandas, Dask and the like. Needs the extra `analytics`.

        `activities.parquet` and `plans.parquet` are as they stand after the latest fact on record; `log.parquet` has all
        records up to the same position. What is encrypted in the store is readable in the files.

        Args:
            folder: made when it is not there; files of these names in it are replaced when the new ones are whole.
            progress: is told, from time to time, the log position reached and the last one.

        Returns:
            The position, how much was written, and the plans that are left out because a record of them cannot be read.

        Raises:
            MissingExtra: pyarrow is not installed.
            StoreError: the store failed.
            OSError: a file cannot be written.
        """
        return export_parquet(self._store, self._tracker._projection, Path(folder), progress)
