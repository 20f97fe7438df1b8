"""What the command line answers of the worked example, for people and for programs."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from reformtrack import Deadline, Tracker
from reformtrack.views.rollup import RollupBy
from tests.cli.conftest import Run
from tests.support import Clock, adopted, scheduled

PLAN, CUT_OFF = "dak-nong-2023", ("--on", "2023-12-21")
SOURCE = "số lượng đã công bố; danh mục nhiệm vụ chỉ để minh họa"


def answer(run: Run, example: Path, *words: object) -> Any:
    ran = run(*words, "--store", example, "--json")
    assert (0, "") == (ran.code, ran.err)
    return json.loads(ran.out)


def test_a_plan_shows_its_rate_with_its_rule_and_where_its_figures_come_from(run: Run, example: Path) -> None:
    """53/55 says nothing without the rule, the day, the plan version, and that the activities are illustrative."""
    lines = run("plan", PLAN, *CUT_OFF, "--store", example).out.splitlines()

    assert "53/55 (96,4%)" == lines[1]
    assert f"nguon: {SOURCE}" == lines[2]
    assert lines[3].startswith("cách tính: toàn kế hoạch; tính đến ngày 21/12/2023;")
    assert lines[3].endswith("phiên bản kế hoạch: dak-nong-2023 v1")


def test_a_plan_as_json_has_its_three_rates(run: Run, example: Path) -> None:
    """Counts are numbers, a percentage is a text, so that no program rounds it."""
    plan = answer(run, example, "plan", PLAN, *CUT_OFF)

    rates = {rate["rule"]: (rate["completed"], rate["total"], rate["percent"]) for rate in plan["rates"]}
    assert {
        "whole_plan": (53, 55, "96.4"),
        "dated_only": (41, 43, "95.3"),
        "fallen_due": (53, 54, "98.1"),
    } == rates
    assert plan["progress"] in plan["rates"]
    assert (53, 55) == tuple(
        sum(domain["progress"][count] for domain in plan["domains"]) for count in ("completed", "total")
    )
    assert 55 == sum(plan["statuses"].values()) == sum(plan["timeliness"].values())
    assert ("2023-12-21", None, {"nguon": SOURCE}) == (plan["on"], plan["known_at"], plan["host_fields"])


def test_what_was_known_then_is_not_what_is_known_now(run: Run, example: Path) -> None:
    """Both clocks: an instant and a log position name the same."""
    midyear = ("plan", PLAN, "--on", "2023-06-30")
    now = answer(run, example, *midyear)
    then = answer(run, example, *midyear, "--known-at", "2023-06-30T23:59:59+07:00")
    position = answer(run, example, *midyear, "--known-at", then["position"])

    assert then["progress"]["completed"] < now["progress"]["completed"]
    assert then["progress"] == position["progress"]


def test_what_is_overdue_is_listed_with_how_long(run: Run, example: Path) -> None:
    """In a row that a pipe can use, and for a program with the records behind it."""
    lines = run("overdue", PLAN, *CUT_OFF, "--store", example).out.splitlines()
    (activity,) = answer(run, example, "overdue", PLAN, *CUT_OFF)["activities"]

    assert "1 nhiệm vụ quá hạn" == lines[1]
    assert f"nguon: {SOURCE}" in lines
    assert "5.04" == lines[-1].split("  ")[0]
    assert "quá hạn 21 ngày" in lines[-1]
    assert ("5.04", 21, "2023-11-30") == (activity["code"], activity["days_overdue"], activity["due"])
    assert activity["because"]


def test_what_is_due_is_listed_for_as_many_days_as_asked(run: Run, example: Path) -> None:
    """The due day, the 31st, is one of them."""
    codes = {
        days: [a["code"] for a in answer(run, example, "due", PLAN, "--on", "2023-03-25", "--days", days)["activities"]]
        for days in (5, 6)
    }
    shown = run("due", PLAN, "--on", "2023-12-31", "--days", 0, "--store", example).out

    assert {5: [], 6: ["1.08", "2.01", "3.05", "4.03", "5.07", "6.02"]} == codes
    assert "đến hạn hôm nay" in shown


def test_each_due_day_of_a_recurring_activity_is_listed(run: Run, tmp_path: Path) -> None:
    """What was missed and what is due soon, each with its own days; a program gets every open day."""
    store = tmp_path / "a.db"
    with Tracker(f"sqlite:///{store}", clock=Clock()) as tracker:
        deadline = Deadline.parse("20/3; 20/6; 25/6; 20/9", 2023)
        tracker.record(adopted(), scheduled("p/1", deadline=deadline), by="a")
    asked = ("p", "--on", "2023-06-21", "--store", store)
    late, due = (run(name, *asked).out.splitlines() for name in ("overdue", "due"))
    assert [["20/03/2023", "quá hạn 93 ngày"], ["20/06/2023", "quá hạn 1 ngày"]] == [
        re.split(" {2,}", line)[4:6] for line in late[-2:]
    ]
    assert ["25/06/2023", "còn 4 ngày"] == re.split(" {2,}", due[-1])[4:6]
    assert ("1 nhiệm vụ quá hạn", "1 nhiệm vụ đến hạn trong 7 ngày") == (late[1], due[1])
    told = answer(run, store, "due", "p", "--on", "2023-06-21")
    [activity] = told["activities"]
    assert (7, ["2023-06-25"]) == (told["days"], activity["due_within"])
    assert (["2023-03-20", "2023-06-20", "2023-06-25", "2023-09-20"], 93, "2023-03-20") == (
        activity["open_days"],
        activity["days_overdue"],
        activity["due"],
    )


def test_a_rollup_splits_so_that_the_parts_sum_to_the_whole(run: Run, example: Path) -> None:
    """By whatever is asked."""
    rollup = answer(run, example, "rollup", "--by", "plan,lead", *CUT_OFF)
    for key in get_args(RollupBy):
        assert run("rollup", "--by", key, *CUT_OFF, "--store", example).out
    shown = run("rollup", "--by", "domain", "--rule", "dated_only", *CUT_OFF, "--store", example).out

    assert (53, 55, "96.4") == tuple(rollup["total"][key] for key in ("completed", "total", "percent"))
    assert 55 == sum(line["total"] for line in rollup["lines"])
    assert {PLAN} == {line["key"]["plan"] for line in rollup["lines"]}
    assert "41/43 (95,3%)" == shown.splitlines()[0]


def test_english_is_spoken_when_asked_for(run: Run, example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the option, before the command or after it, or by the environment; the option counts more."""
    command = ("plan", PLAN, *CUT_OFF, "--store", example)
    english = run("--lang", "en", *command).out

    assert "53/55 (96.4%)" in english
    assert "rule: whole plan; as of 2023-12-21" in english
    assert english == run(*command, "--lang", "en").out
    monkeypatch.setenv("REFORMTRACK_LANG", "en")
    assert english == run(*command).out
    assert "53/55 (96,4%)" in run(*command, "--lang", "vi").out


def test_the_store_can_be_named_in_three_ways(run: Run, example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a path or a URL, before the command or after it, or in the environment."""
    wanted = run("plan", PLAN, *CUT_OFF, "--store", example)

    assert wanted == run("--store", f"sqlite:///{example}", "plan", PLAN, *CUT_OFF)
    monkeypatch.setenv("REFORMTRACK_STORE", str(example))
    assert wanted == run("plan", PLAN, *CUT_OFF)


def test_a_narrow_terminal_breaks_vietnamese_between_words(
    run: Run, example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixty columns hold the whole table; no line is longer and no syllable is cut."""
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("FORCE_COLOR", "1")
    out = run("plan", PLAN, *CUT_OFF, "--store", example).out
    lines = re.sub(r"\x1b\[[0-9;]*m", "", out).splitlines()
    words = " ".join(lines).split()

    assert 60 >= max(map(len, lines))
    assert {"Cải", "cách", "hành", "chính", "quyền", "điện", "12/12", "100,0%"} <= set(words)
    assert "─" * 20 in " ".join(lines)


@pytest.mark.parametrize(
    "words",
    [("plan", PLAN), ("overdue", PLAN), ("due", PLAN), ("rollup",), ("history", f"{PLAN}/1.04"), ("check",)],
    ids=lambda words: words[0],
)
def test_a_pipe_gets_plain_lines(run: Run, example: Path, words: tuple[str, ...]) -> None:
    """No colours, no boxes, nothing on stderr; with --json one document and nothing else."""
    ran = run(*words, "--store", example)

    assert (0, "") == (ran.code, ran.err)
    assert not set("\x1b─│┌━") & set(ran.out)
    assert answer(run, example, *words)


@pytest.mark.parametrize(
    "words", [("plan", PLAN), ("overdue", PLAN), ("due", PLAN), ("agencies",), ("rollup",)], ids=lambda words: words[0]
)
def test_a_day_to_come_is_said_to_be_a_forecast(run: Run, example: Path, words: tuple[str, ...]) -> None:
    """By each command that takes a day, to people and to programs; today is none."""
    for on, is_forecast in (("9990-01-01", True), ("2023-12-21", False)):
        assert is_forecast is answer(run, example, *words, "--on", on)["is_forecast"]
        said = run(*words, "--on", on, "--store", example).out
        assert is_forecast is ("Dự báo đến 01/01/9990, nếu từ nay đến đó không ghi thêm gì" in said)
