"""
The two clocks: what was true on a day, and what was known of it then.

A completion of 28 June is learnt of on 10 July; another one, recorded in time, turns out to be wrong in August. The question
"how far was the plan on 30 June?" has three answers, each right for the day on which it is asked, and none overwrites another.
"""

from datetime import UTC, date, datetime

from reformtrack import Deadline, Domain, Tracker
from reformtrack.events import ActivityCompleted, ActivityScheduled, PlanAdopted, RecordRetracted


class Clock:
    """A clock that is set by hand, so that the example runs in 2023."""

    now = datetime(2023, 1, 2, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def main() -> None:
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        start, second_quarter = date(2023, 1, 2), Deadline.parse("Quý II", 2023)
        tracker.record(
            PlanAdopted(
                "p", on=start, title="Kế hoạch", year=2023, jurisdiction="Tỉnh", domains=(Domain("1", "Thể chế"),)
            ),
            *(
                ActivityScheduled(
                    f"p/{code}", on=start, domain="1", title=f"Việc {code}", lead="Sở Tư pháp", deadline=second_quarter
                )
                for code in ("1.1", "1.2", "1.3")
            ),
            by="so-noi-vu",
        )
        clock.now = datetime(2023, 6, 20, 8, tzinfo=UTC)
        [wrong] = tracker.record(ActivityCompleted("p/1.1", on=date(2023, 6, 20)), by="so-tu-phap")
        clock.now = datetime(2023, 7, 10, 8, tzinfo=UTC)
        tracker.record(ActivityCompleted("p/1.2", on=date(2023, 6, 28)), by="so-tu-phap")
        clock.now = datetime(2023, 8, 15, 8, tzinfo=UTC)
        tracker.record(RecordRetracted("p/1.1", version=wrong.version, reason="Nhập nhầm nhiệm vụ"), by="so-tu-phap")

        midyear = date(2023, 6, 30)
        for known in (datetime(2023, 6, 30, 10, tzinfo=UTC), datetime(2023, 7, 31, 10, tzinfo=UTC), None):
            progress = tracker.plan("p", on=midyear, known_at=known).progress()
            print(
                f"30/06/2023, theo dữ liệu cập nhật đến ngày {known:%d/%m/%Y}: {progress}"
                if known
                else f"30/06/2023, theo dữ liệu cập nhật đến nay: {progress}"
            )
        for record in tracker.log.history("p/1.1"):
            print(f"{record.recorded_at:%d/%m/%Y}  {record.by}  {type(record.event).__name__}")


if __name__ == "__main__":
    main()
