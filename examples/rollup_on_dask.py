"""
The national roll-up from Parquet files on a Dask cluster: the same figures as `Tracker.rollup`, by jurisdiction and domain.

    pip install 'dask[dataframe,distributed]'
    python examples/rollup_on_dask.py export 2023-12-31            # the folder that `export_parquet` wrote; workers of its own
    python examples/rollup_on_dask.py export 2023-12-31 tcp://…    # a cluster's scheduler
"""

import sys
from datetime import date
from pathlib import Path
from typing import Any

import dask.dataframe as dd
from dask.distributed import Client

COLUMNS = ["jurisdiction", "domain", "status", "due", "late"]
KEYS = ["jurisdiction", "domain"]


def activities(folder: Path) -> Any:
    """The activities as a Dask frame: a partition for each row group."""
    return dd.read_parquet(folder / "activities.parquet", columns=COLUMNS, split_row_groups=True)


def rollup(frame: Any, on: date) -> Any:
    """A pandas frame of (completed, total, overdue) by jurisdiction and domain, under the whole plan's rule."""
    counts = frame[KEYS].assign(
        completed=frame["status"] == "completed",
        total=~frame["status"].isin(["withdrawn", "carried_over"]),
        overdue=frame["late"] | (dd.to_datetime(frame["due"]) < str(on)),
    )
    return counts.groupby(KEYS).sum().astype(int).compute().sort_index()


def main() -> None:
    folder, on = Path(sys.argv[1]), date.fromisoformat(sys.argv[2])
    with Client(*sys.argv[3:]):  # type: ignore[no-untyped-call]  # of Dask
        print(rollup(activities(folder), on).to_string())


if __name__ == "__main__":
    main()
