"""What the API and `--json` answer: one form, read by one reader."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from tests.faces.questions import Facts, most_recorded
from tests.faces.readers.pages import of_plan, within
from tests.faces.readers.texts import rate
from tests.faces.worlds import Asked


def document_counts(found: Any) -> tuple[int, int, str, int]:
    part = found["percent"]
    return found["completed"], found["total"], "–" if part is None else rate(part), found["overdue"]


def document_left_out(found: Any) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(found["excluded"].items()))


def rates_of(found: Any) -> Facts:
    return tuple((one["rule"], *document_counts(one)[:3], document_left_out(one)) for one in found["rates"])


def parts_of(parts: Any) -> Facts:
    return tuple((one["title"], *document_counts(one["progress"])) for one in parts)


def version_of(found: Any) -> Facts:
    return found["plan_version"], found["undocumented_changes"], found["changes_by_own_documents"]


def tiles_of(found: Any) -> Facts:
    return found["overdue"], found["due_within_7_days"], len(found["without_evidence"])


def api_plan(asked: Asked) -> Any:
    return asked.api(of_plan(asked))


def api_activities(asked: Asked, **query: str) -> list[Any]:
    """All of them, page by page."""
    found: list[Any] = []
    after: dict[str, str] = {}
    while True:
        answer = asked.api(f"{of_plan(asked)}/activities", **query, **after, limit="40")
        found += answer["activities"]
        if answer["next"] is None:
            return found
        after = {"after": answer["next"]}


def api_field(name: str, **query: str) -> Callable[[Asked], Facts]:
    def read(asked: Asked) -> Facts:
        return tuple((one["code"], one[name]) for one in api_activities(asked, **query))

    return read


def overdue_of(activities: Sequence[Any]) -> Facts:
    return tuple((one["code"], one["days_overdue"]) for one in activities if one["days_overdue"])


def api_warnings(asked: Asked) -> Facts:
    found = asked.api(f"{of_plan(asked)}/warnings")["warnings"]
    return tuple((one["kind"], one["subject"], one["due"] or "", one["days"]) for one in found)


def api_missed(asked: Asked) -> Facts:
    found = ((kind, subject.rpartition("/")[2], due, days) for kind, subject, due, days in api_warnings(asked))
    return tuple(rest for kind, *rest_ in found for rest in [tuple(rest_)] if kind == "overdue")


def soon_of(asked: Asked, activities: Sequence[Any]) -> Facts:
    soon = ((one["code"], tuple(day for day in one["open_days"] if within(asked, day))) for one in activities)
    return tuple((code, days) for code, days in soon if days)


def api_open_days(asked: Asked) -> Facts:
    return tuple((one["code"], tuple(one["open_days"])) for one in api_activities(asked) if one["open_days"])


def api_left(asked: Asked) -> Facts:
    gone = [*api_activities(asked, status="withdrawn"), *api_activities(asked, status="carried_over")]
    return tuple((one["code"], one["status"]) for one in gone)


def api_undated(asked: Asked) -> Facts:
    return tuple(one["code"] for one in api_activities(asked, timeliness="no_deadline"))


def api_terms(asked: Asked) -> Facts:
    return tuple((one["code"], one["lead"], one["deadline"]) for one in api_activities(asked))


def api_history(asked: Asked) -> Facts:
    stream = most_recorded(asked).id
    found, after = [], "0"
    while True:
        answer = asked.api("/records", stream=stream, limit="1000", after=after)
        found += answer["records"]
        if answer["next"] is None:
            break
        after = str(answer["next"])
    return history_of(found)


def history_of(records: Sequence[Any]) -> Facts:
    gone = {one["event"]["version"] for one in records if one["type"] == "RecordRetracted"}
    return tuple((one["version"], one["event"].get("on") or "–", one["version"] in gone) for one in records)


def api_indicators(asked: Asked) -> Facts:
    found = asked.api(f"{of_plan(asked)}/indicators")["indicators"]
    return tuple(
        (one["title"], one["reported_text"], one["text"], f"{one['percent']}%" if one["percent"] else "–")
        for one in found
    )


def api_checks(asked: Asked) -> Facts:
    found = asked.api(f"{of_plan(asked)}/indicators")["indicators"]
    return tuple(
        (one["title"], tuple((check["holds"], check["text"].partition(": ")[2]) for check in one["checks"]))
        for one in found
    )


@cache
def api_reports(asked: Asked) -> list[Any]:
    found: list[Any] = asked.api(f"{of_plan(asked)}/reports")["reports"]
    for one in found:
        assert one == asked.api(f"{of_plan(asked)}/reports/{one['period']}")
    return found


@cache
def json_reports(asked: Asked) -> list[Any]:
    found: list[Any] = asked.json_then("report", asked.plan_id)["reports"]
    return found


def reports_of(reports: Sequence[Any]) -> Facts:
    return tuple(
        (one["id"], one["issued_on"], one["text"], sum(f["differs"] for f in one["figures"]), len(one["activities"]))
        for one in reports
    )


def drift_of(reports: Sequence[Any]) -> Facts:
    return tuple(
        (one["id"], _lines(one, _ratio), tuple(change["words"] for change in one["activities"]), tuple(one["because"]))
        for one in reports
    )


def drift_overdue_of(reports: Sequence[Any]) -> Facts:
    return tuple((one["id"], _lines(one, lambda figure: str(figure["overdue"]))) for one in reports)


def _ratio(figure: Any) -> str:
    return f"{figure['completed']}/{figure['total']}"


def _lines(report: Any, shown: Callable[[Any], str]) -> Facts:
    differ = [line for line in report["figures"] if line["differs"]]
    return tuple(
        (line["title"], *(shown(line[side]) if line[side] else "–" for side in ("sent", "now"))) for line in differ
    )


def lines_of(found: Any) -> Facts:
    """The lines of a roll-up."""
    return tuple((*one["key"].values(), *document_counts(one)) for one in found["lines"])


def total_of(found: Any) -> Facts:
    return document_counts(found["total"])[:3]


def silent_of(found: Any) -> Facts:
    return tuple(one["plan"] for one in found["silent"])


def api_rollup(by: str) -> Callable[[Asked], Facts]:
    return lambda asked: lines_of(asked.api("/rollup", by=by))


def api_plans(asked: Asked) -> Facts:
    return tuple((one["id"], one["jurisdiction"], one["title"]) for one in asked.api("/plans")["plans"])


def api_agencies(asked: Asked) -> Facts:
    return tuple(one["name"] for one in asked.api("/agencies")["agencies"])


@cache
def json_plan(asked: Asked) -> Any:
    return asked.json("plan", asked.plan_id)


@cache
def json_list(asked: Asked, name: str) -> list[Any]:
    found: list[Any] = asked.json(name, asked.plan_id)["activities"]
    return found


@cache
def json_history(asked: Asked) -> Facts:
    return history_of(asked.json("history", most_recorded(asked).id)["records"])


@cache
def json_rollup_of(asked: Asked, by: str) -> Any:
    return asked.json_then("rollup", "--by", by)


def json_rollup(by: str) -> Callable[[Asked], Facts]:
    return lambda asked: lines_of(json_rollup_of(asked, by))


def json_agencies(asked: Asked) -> Facts:
    return tuple(one["name"] for one in asked.json("agencies")["agencies"])


def places_of(document: Any) -> Facts:
    return tuple((one["plan"], one["code"]) for one in document["activities"])


def weeks_of(document: Any) -> Facts:
    return tuple((point["on"], *document_counts(point["total"])) for point in document["points"])
