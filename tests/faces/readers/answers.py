"""What the API and `--json` answer: two forms of the same, read by one reader."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

from tests.faces.questions import Facts, most_recorded, percent
from tests.faces.readers.pages import of_plan, within
from tests.faces.readers.texts import rate
from tests.faces.worlds import Asked


def document_counts(found: Any) -> tuple[int, int, str, int]:
    part = found["percent"]
    return found["completed"], found["total"], "–" if part is None else rate(part), found["overdue"]


def document_left_out(found: Any) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((found["left_out"] if "left_out" in found else found["excluded"]).items()))


def _rates_of(found: Any) -> Facts:
    rates = found["rates"].values() if isinstance(found["rates"], dict) else found["rates"]
    return tuple((one["rule"], *document_counts(one)[:3], document_left_out(one)) for one in rates)


def _parts_of(parts: Any) -> Facts:
    return tuple((one["title"], *document_counts(one.get("progress", one))) for one in parts)


def _version_of(found: Any) -> Facts:
    number = found["plan_version"] if "plan_version" in found else found["version"]
    return number, found["undocumented_changes"], found["changes_by_own_documents"]


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


def api_tiles(asked: Asked) -> Facts:
    found = api_plan(asked)
    return found["overdue"], found["due_within_7_days"], found["without_evidence"]


def api_overdue(asked: Asked) -> Facts:
    return tuple((one["code"], one["days_overdue"]) for one in api_activities(asked) if one["days_overdue"])


def api_warnings(asked: Asked) -> Facts:
    found = asked.api(f"{of_plan(asked)}/warnings")["warnings"]
    return tuple((one["kind"], one["subject"], one["due"] or "", one["days"]) for one in found)


def api_missed(asked: Asked) -> Facts:
    found = ((kind, subject.rpartition("/")[2], due, days) for kind, subject, due, days in api_warnings(asked))
    return tuple(rest for kind, *rest_ in found for rest in [tuple(rest_)] if kind == "overdue")


def _soon_of(asked: Asked, activities: Sequence[Any]) -> Facts:
    soon = ((one["code"], tuple(day for day in one["open_days"] if within(asked, day))) for one in activities)
    return tuple((code, days) for code, days in soon if days)


def api_due_soon(asked: Asked) -> Facts:
    return _soon_of(asked, api_activities(asked))


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
    gone = {one["event"]["version"] for one in records if one.get("type", one.get("name")) == "RecordRetracted"}
    return tuple((one["version"], one["event"].get("on") or "–", one["version"] in gone) for one in records)


def api_indicators(asked: Asked) -> Facts:
    found = asked.api(f"{of_plan(asked)}/indicators")["indicators"]
    return tuple((one["title"], one["reported_text"], one["text"], one["percent"] or "–") for one in found)


def api_checks(asked: Asked) -> Facts:
    found = asked.api(f"{of_plan(asked)}/indicators")["indicators"]
    return tuple(
        (one["title"], tuple((check["holds"], check["text"].partition(": ")[2]) for check in one["checks"]))
        for one in found
    )


def api_reports(asked: Asked) -> Facts:
    found = asked.api(f"{of_plan(asked)}/reports")["reports"]
    return tuple(
        (one["id"], one["issued_on"], one["text"], sum(f["differs"] for f in one["figures"]), len(one["activities"]))
        for one in found
    )


def api_drift(asked: Asked) -> Facts:
    found = []
    for listed in asked.api(f"{of_plan(asked)}/reports")["reports"]:
        one = asked.api(f"{of_plan(asked)}/reports/{listed['id'].rpartition('@')[2]}")
        assert listed == one
        lines = tuple((f["title"], f["sent"] or "–", f["now"] or "–") for f in one["figures"] if f["differs"])
        found.append((one["id"], lines, tuple(change["words"] for change in one["activities"])))
    return tuple(found)


def lines_of(found: Any) -> Facts:
    """The lines of a roll-up."""
    by = found.get("by", ())
    keys = ([*one["key"].values()] if "key" in one else [one[name] for name in by] for one in found["lines"])
    return tuple((*key, *document_counts(one)) for key, one in zip(keys, found["lines"], strict=True))


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


def json_status_counts(asked: Asked) -> Facts:
    return tuple(json_plan(asked)["statuses"].items())


def json_timeliness_counts(asked: Asked) -> Facts:
    return tuple(json_plan(asked)["timeliness"].items())


def json_tiles(asked: Asked) -> Facts:
    without = json_plan(asked)["without_evidence"]
    return len(json_list(asked, "overdue")), len(json_list(asked, "due")), len(without)


def json_overdue(asked: Asked) -> Facts:
    return tuple((one["code"], one["days_overdue"]) for one in json_list(asked, "overdue"))


def json_due_soon(asked: Asked) -> Facts:
    return _soon_of(asked, json_list(asked, "due"))


@cache
def json_history(asked: Asked) -> Facts:
    return history_of(asked.json("history", most_recorded(asked).id)["records"])


@cache
def _json_reports(asked: Asked) -> list[Any]:
    found: list[Any] = asked.json_then("report", asked.plan_id)["reports"]
    return found


def json_reports(asked: Asked) -> Facts:
    return tuple(
        (
            one["report"],
            one["issued_on"],
            _json_text(one["content"]["figures"][0]),
            len(one["drift"]),
            len(one["drift_activities"]),
        )
        for one in _json_reports(asked)
    )


def _json_text(total: Any) -> str:

    part = percent(Fraction(total["completed"], total["total"]) if total["total"] else None)
    return f"{total['completed']}/{total['total']} ({part}{'' if part == '–' else '%'})"


def _json_lines(one: Any, shown: Callable[[Any], str]) -> Facts:
    titles = {figure["key"]: figure["title"] for figure in one["content"]["figures"]}
    titles |= {line["key"]: (line["sent"] or line["now"])["title"] for line in one["drift"]}
    return tuple((titles[line["key"]], shown(line["sent"]), shown(line["now"])) for line in one["drift"])


def json_drift(asked: Asked) -> Facts:
    return tuple(
        (
            one["report"],
            _json_lines(one, lambda f: f"{f['completed']}/{f['total']}" if f else "–"),
            tuple(change["words"] for change in one["drift_activities"]),
            tuple(one["drift_records"]),
        )
        for one in _json_reports(asked)
    )


def json_drift_overdue(asked: Asked) -> Facts:
    return tuple(
        (one["report"], _json_lines(one, lambda f: str(f["overdue"]) if f else "–")) for one in _json_reports(asked)
    )


@cache
def json_rollup_of(asked: Asked, by: str) -> Any:
    return asked.json_then("rollup", "--by", by)


def json_rollup(by: str) -> Callable[[Asked], Facts]:
    return lambda asked: lines_of(json_rollup_of(asked, by))


def json_total(asked: Asked) -> Facts:
    return document_counts(json_rollup_of(asked, "jurisdiction")["total"])[:3]


def json_silent(asked: Asked) -> Facts:
    return tuple(one["plan"] for one in json_rollup_of(asked, "jurisdiction")["silent"])


def json_agencies(asked: Asked) -> Facts:
    return tuple(one["name"] for one in asked.json("agencies")["agencies"])
