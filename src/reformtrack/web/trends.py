"""The page of a trend: of all plans, of those of a jurisdiction, or of the work of an agency."""

from starlette.responses import Response

from reformtrack.domain.protected import concealed, unasked
from reformtrack.domain.texts import name_key
from reformtrack.domain.wording import day
from reformtrack.web.answering import Question
from reformtrack.web.asked import agency_id
from reformtrack.web.counts import Counts
from reformtrack.web.drawing import drawing_of
from reformtrack.web.page import page


def trend(counts: Counts, question: Question) -> Response:
    """What was completed week by week, as known now and as it was known then."""
    query, asked = question.request.query_params, question.asked
    of, parts, since = query.get("jurisdiction") or None, None, None
    plans: tuple[str, ...] | None = None
    if "agency" in query:
        registry = question.agencies()
        agency = registry.agency(agency_id(query["agency"]))
        since = agency.state.registered_on
        of, led = agency.name, [line for line in counts.work(asked, registry, agency) if line[1].is_clear]
        parts = frozenset((plan.id, name_key(plan.lead_of(one))) for plan, work, _ in led for one in work.activities)
        plans = tuple(sorted({plan for plan, _ in parts}))
    elif of is not None:
        plans = tuple(plan.id for plan in counts.plans_of(asked, of))
    last = asked.on or question.tracker.today()
    now, then = counts.trends(asked, plans, parts)
    lines = {
        "there": [point.total.total for point in now.points],
        "then": [point.total.completed for point in then.points],
        "completed": [point.total.completed for point in now.points],
    }
    drawing = drawing_of([point.on for point in now.points], lines, last)
    values = {point.on: f"{day(point.on, asked.lang)}: {point.total.text(asked.lang)}" for point in now.points}
    points = list(zip(now.points, then.points, strict=True))
    return page(
        question,
        "trend.html",
        of=of and unasked(concealed(of), asked.say),
        agency=query.get("agency", ""),
        place=concealed(query.get("jurisdiction", "")),
        drawing=drawing,
        values=values,
        points=points,
        exists_since=since,
    )
