"""The shortest use of reformtrack: a plan, an activity, its completion, and the figure."""

from datetime import date

from reformtrack import Deadline, Document, Domain, Tracker
from reformtrack.events import ActivityCompleted, ActivityScheduled, PlanAdopted

start = date(2023, 1, 2)
report = Document(number="45/BC-STP", date=date(2023, 6, 19), issuer="Sở Tư pháp")

with Tracker() as tracker:  # in memory; Tracker("plans.db") keeps a file
    tracker.record(
        PlanAdopted("p", on=start, title="Kế hoạch", year=2023, jurisdiction="Tỉnh", domains=(Domain("1", "Thể chế"),)),
        *(
            ActivityScheduled(f"p/1.{n}", on=start, domain="1", title=f"Việc {n}", lead="Sở Tư pháp", deadline=deadline)
            for n, deadline in enumerate([Deadline.parse("Quý II", 2023), Deadline.parse("30/9/2023", 2023)], 1)
        ),
        ActivityCompleted("p/1.1", on=date(2023, 6, 20), evidence=(report,)),
        by="so-tu-phap",
    )
    plan = tracker.plan("p", on=date(2023, 10, 1))
    print(plan.progress(), "–", plan.progress().basis())
    print("quá hạn:", [(activity.code, activity.days_overdue) for activity in plan.overdue()])
    print("vì:", [str(record.event.on) for record in plan.activity("1.1").because])
