"""
The national roll-up from Parquet files on a Dask cluster: the same figures as `Tracker.rollup`, by jurisdiction and domain.

    pip install 'dask[dataframe,distributed]'
    python examples/rollup_on_dask.py export 2023-12-31            # the folder that `export_parquet` wrote; workers of its own
    python examples/rollup_on_dask.py export 2023-12-31 tcp://…    # a cluster's scheduler
"""

import argparse
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
    parser = argparse.ArgumentParser(description="The national roll-up on a Dask cluster.")
    parser.add_argument("folder", type=Path, help="what export_parquet wrote")
    parser.add_argument("day", type=date.fromisoformat)
    parser.add_argument("scheduler", nargs="*", help="its address; a cluster of this machine unless given")
    options = parser.parse_args()
    with Client(*options.scheduler[:1]):  # type: ignore[no-untyped-call]  # of Dask
        print(rollup(activities(options.folder), options.day).to_string())


if __name__ == "__main__":
    main()
