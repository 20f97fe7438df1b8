"""One request costs what it answers: however long a text that it asks for, and however many figures."""

import threading
import unicodedata
from typing import Any

import pytest

from reformtrack import Tracker
from reformtrack.domain import texts
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.said import said
from reformtrack.web import api, country, create_app, kept
from tests.support import Clock, adopted, scheduled
from tests.web.asking import ask

LEADS = 100
LONG = "é" * 8_000


def tracker() -> Tracker:
    made = Tracker(clock=Clock())
    made.record(adopted(), *(scheduled(f"p/{n}", lead=f"Sở {n}") for n in range(LEADS)), by="x")
    return made


@pytest.mark.parametrize(
    "path",
    [
        "/plans?q=",
        "/agencies?q=",
        "/agencies?lead=",
        "/activities?lead=",
        "/activities?list=overdue&lead=",
        "/plans/p/activities?lead=",
        "/plans/p/activities?supporting=",
        "/plans/p/calendar.ics?lead=",
        "/api/v1/plans/p/activities?lead=",
        "/api/v1/activities?lead=",
    ],
)
def test_a_long_text_is_read_a_few_times(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not once for each activity or agency that it is compared with."""
    sizes = list[int]()

    class Counting:
        def __getattr__(self, name: str) -> Any:
            return getattr(unicodedata, name)

        def normalize(self, form: Any, text: str) -> str:
            sizes.append(len(text))
            return unicodedata.normalize(form, text)

    monkeypatch.setattr(texts, "unicodedata", Counting())
    with tracker() as made:
        assert 200 == ask(create_app(made), path + LONG).status_code
    assert 0 < sum(size >= len(LONG) for size in sizes) < LEADS


@pytest.mark.parametrize("path", ["/", "/plans", "/agencies", "/api/v1/rollup"])
def test_what_several_ask_at_the_same_time_is_computed_once(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And each of them is told."""
    counted, rollup, all_wait = list[str](), Tracker.rollup, threading.Barrier(4)

    def slow(self: Tracker, *args: Any, **kwargs: Any) -> Any:
        counted.append(path)
        threading.Event().wait(0.3)
        return rollup(self, *args, **kwargs)

    with tracker() as made:
        app, found = create_app(made), list[str]()

        def one() -> None:
            all_wait.wait()
            found.append(ask(app, path).text)

        monkeypatch.setattr(Tracker, "rollup", slow)
        monkeypatch.setattr(kept, "_WAIT", 60.0)  # a busy machine may take longer than the others would wait
        askers = [threading.Thread(target=one) for _ in range(4)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
    assert 4 == len(found)
    assert 1 == len(set(found))
    assert [path] == counted


def test_nobody_waits_long_for_an_equal_question(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes longer is asked again, or refused as busy: a thread of the server is soon free."""
    release, begun = threading.Event(), threading.Event()

    def stuck(self: Tracker, *args: Any, **kwargs: Any) -> Any:
        begun.set()
        assert release.wait(60)
        raise InvalidField("Tracker.trend", "last", None, said("a day up to today"))

    with tracker() as made:
        app, found = create_app(made), list[int]()
        monkeypatch.setattr(Tracker, "trend", stuck)
        first, other = (threading.Thread(target=lambda: found.append(ask(app, "/trend").status_code)) for _ in range(2))
        first.start()
        assert begun.wait(60)
        other.start()
        other.join(60)
        assert [503] == found
        release.set()
        first.join()
    assert [503, 400] == found


@pytest.mark.parametrize("path", ["/rollup?by=lead", "/trend?by=lead&from=2023-12-25&every=day"])
def test_an_answer_with_too_many_figures_is_refused(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before they are counted for each day."""
    days = 7 if "trend" in path else 1
    with tracker() as made:
        for most, status in ((LEADS * days, 200), (LEADS * days - 1, 400)):
            monkeypatch.setattr(api, "MOST_LINES", most)
            found = ask(create_app(made), f"/api/v1{path}")
            assert status == found.status_code
    assert f"at most {most}" in found.json()["accepted"]


def test_a_trend_of_many_plans_is_counted_only_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page links to it all the same."""
    with tracker() as made:
        for most, at_once in ((1, True), (0, False)):
            monkeypatch.setattr(country, "MOST_AT_ONCE", most)
            found = ask(create_app(made), "/").text
            assert at_once == ('hx-get="/trend"' in found)
            assert 'href="/trend"' in found
