"""
A notebook on the worked example, cell by cell: what changed about midyear after midyear, and who tells late.

    pip install 'reformtrack[analytics]'
    python examples/notebook_polars.py          # or open it in an editor that knows cells

The counts of the plan are published; its list of activities, and every day in it, are illustrative.
"""

# %% The year of the worked example, recorded day by day
from datetime import date, datetime

import polars as pl
from dak_nong_events import PLAN, Clock, record_year

from reformtrack import Tracker

pl.Config.set_tbl_formatting("ASCII_MARKDOWN").set_tbl_hide_dataframe_shape(True).set_tbl_rows(12)
pl.Config.set_tbl_hide_column_data_types(True).set_fmt_str_lengths(40).set_tbl_width_chars(120)
clock = Clock()
tracker = Tracker(clock=clock)
record_year(tracker, clock)
plan = tracker.plan(PLAN, on=date(2023, 12, 21))
print(f"{plan.progress()}; {plan.notice}\n")

# %% The plan on a day, as a frame: a row for each activity
print(plan.to_frame().group_by("domain", maintain_order=True).agg(pl.col("status").value_counts(sort=True)), "\n")

# %% What a spreadsheet cannot answer: which activities stand otherwise at midyear than was known at midyear
midyear, that_evening = date(2023, 6, 30), datetime(2023, 6, 30, 18, tzinfo=tracker.local_time)
then = tracker.plan(PLAN, on=midyear, known_at=that_evening).to_frame()
now = tracker.plan(PLAN, on=midyear).to_frame()
changed = (
    then.join(now, on="code", suffix="_now")
    .filter(pl.col("status") != pl.col("status_now"))
    .select("code", "lead", "status", "status_now")
)
print("Ngày 30/06, dữ liệu khi đó và dữ liệu đến nay khác nhau:", changed, "\n", sep="\n")

# %% Who tells late: days from the day of a completion to the day of its record, of the records that still count
told = (
    plan.history_frame()
    .filter(pl.col("name").is_in(["ActivityCompleted", "OccurrenceCompleted"]) & ~pl.col("retracted"))
    .with_columns(
        days=(pl.col("recorded_at").dt.convert_time_zone("Asia/Ho_Chi_Minh").dt.date() - pl.col("on")).dt.total_days()
    )
    .group_by("by")
    .agg(records=pl.len(), median_days=pl.col("days").median(), longest=pl.col("days").max())
    .sort("median_days", "by", descending=[True, False])
)
print("Số ngày từ khi hoàn thành đến khi được ghi:", told, sep="\n")
tracker.close()
