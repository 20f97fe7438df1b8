"""The pages of agencies: all of them and whoever else leads, and one with its names, its heirs and its activities."""

from starlette.responses import Response

from reformtrack.domain.arguments import one_of
from reformtrack.domain.protected import concealed, redacted, unasked
from reformtrack.domain.texts import LedAs
from reformtrack.domain.wording import folded, lead_title, sort_key
from reformtrack.views.across import notices_of
from reformtrack.views.agencies import Found
from reformtrack.views.states import OPEN, STATES, states_of
from reformtrack.web.answering import Question
from reformtrack.web.asked import agency_id
from reformtrack.web.counts import Counts
from reformtrack.web.page import page
from reformtrack.web.paging import Pages, records_shown


def agencies(counts: Counts, question: Question) -> Response:
    """All agencies on a day, including ended ones; and the leads of all plans as printed, or one of them by plan."""
    asked, query = question.asked, question.request.query_params
    registry = question.agencies()
    q = query.get("q", "")
    if "lead" in query:
        lead, say = concealed(query["lead"]), asked.say
        of_lead = counts.rollup(asked, "plan", leads=LedAs(lead)).lines
        pages = Pages(question, len(of_lead))
        lines = [(key[0], of_lead[key]) for key in pages.of(sorted(of_lead))]
        states = counts.states(asked, [plan for plan, _ in lines])
        titles, notices = {plan: state.title for plan, state in states.items()}, notices_of(states.values())
        places = {plan: state.jurisdiction for plan, state in states.items()}
        return page(
            question,
            "lead.html",
            lead=lead,
            title=unasked(lead_title(lead, say.lang), say),
            lines=lines,
            titles=titles,
            places=places,
            notices=notices,
            pages=pages,
        )
    leads = [(key[0], tally) for key, tally in counts.rollup(asked, "lead").lines.items() if tally.total]
    words, sort = folded(q), one_of("query", "sort", query["sort"], ["overdue"]) if query.get("sort") else ""
    found = sorted((one for one in leads if words in folded(redacted(one[0], str))), key=lambda one: sort_key(one[0]))
    if sort:
        found.sort(key=lambda one: -one[1].overdue)
    pages = Pages(question, len(found))
    lines_ = [(name, tally, registry.resolve(name)) for name, tally in pages.of(found)]
    shown = [(name, tally, one.agency if isinstance(one, Found) else None) for name, tally, one in lines_]
    return page(question, "agencies.html", agencies=registry.search(q), q=q, sort=sort, leads=shown, pages=pages)


def agency(counts: Counts, question: Question) -> Response:
    """An agency: its names, its successors and its work."""
    asked, tracker = question.asked, question.tracker
    registry = question.agencies()
    one = registry.agency(agency_id(question.request.path_params["name"]))
    led = counts.work(asked, registry, one)
    return page(
        question,
        "agency.html",
        lines=[line for line in led if line[1].is_clear],
        unclear=[line for line in led if not line[1].is_clear],
        agency=one,
        notices=notices_of(plan for plan, _, _ in led),
        exists_since=one.state.registered_on,
        heads=(STATES, OPEN),
        whole=states_of(
            [one for _, work, _ in led if work.is_clear for one in work.activities if not one.status.has_left]
        ),
        heirs=[heir for heir in registry.successors(one.id) if heir.id != one.id],
        counting={record.version for record in one.timeline},
        **records_shown(question, tracker.log.history(one.id, asked.known_at)),
    )
