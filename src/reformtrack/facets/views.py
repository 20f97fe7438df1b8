"""The materialised views: catching up, rebuilding, export to files."""

from collections.abc import Callable
from os import PathLike
from pathlib import Path

from reformtrack.analytics.export import ParquetExport, export_parquet
from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.values import PlanId, plan_id
from reformtrack.open_store import Facet
from reformtrack.store.patience import each_one_call
from reformtrack.telemetry import lagging


@each_one_call
@checks_arguments
class Views(Facet):
    """The materialised views of a tracker, `tracker.views`, which `rollup` and `plans` read."""

    def catch_up(self) -> int:
        """
        Bring the views up to date with the log. `rollup` does this too; a scheduled call keeps `rollup` fast.

        Each batch of records is applied in one transaction with its position, so a process may be killed at any moment,
        and several may run at once. The Merkle tree that `Seals` needs is updated too.

        Returns:
            The log position that the views have reached.
        """
        self._tracker._tree.catch_up()
        return self._tracker._projection.catch_up()

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> int:
        """
        Rebuild the views from the log; the old ones stay in use until the new ones are complete.

        Only one rebuild may run: if a second begins, the first fails. For the first views of a long log this is faster
        than `catch_up`.

        Args:
            progress: called from time to time with the number of records done and their total.

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

    def refold(self, plan: str) -> None:
        """
        Make what the views keep of a plan anew, from its records: after an unreadable record of it can be read again.

        Raises:
            InvalidField: `plan` is no plan id.
            StoreError: the store failed.
        """
        self._tracker._projection.refold(plan_id(plan))

    def live(self) -> tuple[PlanId, ...]:
        """
        The plans that are answered from their records, because an activity of theirs has more than 2,000 spans: hundreds of
        corrections of one activity, which no plan has that people keep.
        """
        return self._tracker._projection.live()

    def export_parquet(
        self, folder: str | PathLike[str], progress: Callable[[int, int], None] | None = None
    ) -> ParquetExport:
        """
        Write tables to files of a folder, for DuckDB, pandas, Dask and the like. Needs the extra `analytics`.

        `activities.parquet` and `plans.parquet` show the state after the latest recorded fact, `spans.parquet` that on any day
        as known at any position; `log.parquet` has all records up to the same position. Data that is encrypted in the store is
        readable in the files.

        Args:
            folder: created if missing; files of these names are replaced once the new ones are complete.
            progress: is told, from time to time, the log position reached and the last one.

        Returns:
            The position, the numbers of rows, and the plans left out because one of their records cannot be read.

        Raises:
            MissingExtra: pyarrow is not installed.
            StoreError: the store failed.
            OSError: a file cannot be written.
        """
        return export_parquet(self._store, self._tracker._projection, Path(folder), progress)
