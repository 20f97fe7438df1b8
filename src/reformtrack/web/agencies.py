"""
The pages of agencies: all of them, and one with its names, its heirs and its activities.
"""

from starlette.responses import Response

from reformtrack.web.answering import Question
from reformtrack.web.counts import Counts
from reformtrack.web.page import page
from reformtrack.web.paging import record_pages


def agencies(question: Question) -> Response:
    """All agencies on a day, including ended ones."""
    registry = question.tracker.agencies(question.asked.on, question.asked.known_at)
    words = question.request.query_params.get("q", "")
    return page(question, "agencies.html", registry=registry, agencies=registry.search(words), q=words)


def agency(counts: Counts, question: Question) -> Response:
    """An agency: its names, its successors and its work."""
    asked, tracker = question.asked, question.tracker
    registry = tracker.agencies(asked.on, asked.known_at)
    one = registry.agency("@" + question.request.path_params["name"])
    led = counts.work(asked, registry, one)
    history = tracker.log.history(one.id, asked.known_at)
    pages = record_pages(question, history)
    return page(
        question,
        "agency.html",
        lines=[line for line in led if line[1].is_clear],
        unclear=[line for line in led if not line[1].is_clear],
        agency=one,
        heirs=[heir for heir in registry.successors(one.id) if heir.id != one.id],
        records=pages.of(history),
        pages=pages,
        counting={record.version for record in one.timeline},
    )
