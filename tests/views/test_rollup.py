"""The order of what many plans answer: one for names, one for rates, with ranks that equals share."""

from hypothesis import given
from hypothesis import strategies as st

from reformtrack import CountingRule, Tracker
from reformtrack.answers import Counted, Tally
from reformtrack.domain.wording import sort_key
from reformtrack.events import ActivityCompleted
from reformtrack.views.rollup import best_first, most_overdue, ranks, worst_first
from tests.support import adopted, day, scheduled

COUNTS = st.fixed_dictionaries(
    {}, optional={counted: st.integers(0, 4) for counted in (Counted.COMPLETED, Counted.OPEN, Counted.OVERDUE)}
)
LINES = st.dictionaries(
    st.tuples(st.sampled_from(["Ấp 10", "Ấp 2", "Ban", "Đài", "Sở", "Ủy ban", "Văn phòng"])),
    COUNTS.map(lambda counts: Tally(rule=CountingRule.WHOLE_PLAN, counts=counts)),
)


@given(LINES)
def test_best_and_worst_are_by_rate_then_size_then_name(lines: dict[tuple[str, ...], Tally]) -> None:
    """Each the other way round by rate, and of equals the larger first in both; 100 % and nothing are not the worst."""
    best, worst, late = (made(lines.items()) for made in (best_first, worst_first, most_overdue))
    assert sorted(lines.items(), key=str) == sorted(best, key=str)
    assert [(key, line) for key, line in best if line.rate not in (None, 1)] == sorted(
        worst, key=lambda item: (-(item[1].rate or 0), -item[1].total, sort_key(item[0][0]))
    )
    assert worst == sorted(worst, key=lambda item: (item[1].rate or 0, -item[1].total, sort_key(item[0][0])))
    assert all(line.overdue for _, line in late)
    assert late == sorted(late, key=lambda item: (-item[1].overdue, sort_key(item[0][0])))


@given(st.lists(st.integers(0, 3)).map(sorted))
def test_equals_share_a_rank(values: list[int]) -> None:
    """And the next rank counts all before it: 1, 1, 3."""
    assert [1 + sum(other < value for other in values) for value in values] == ranks(values)


NAMES = ["Ấp 10", "Ấp 2", "Ban Dân tộc", "Đài Phát thanh", "Sở Nội vụ", "Ủy ban nhân dân", "Văn phòng"]
IN_ORDER = ["Ấp 2", "Ấp 10", "Ban Dân tộc", "Đài Phát thanh", "Sở Nội vụ", "Ủy ban nhân dân", "Văn phòng"]


def test_names_have_one_order() -> None:
    """Ấp before Ban, Đài after Ban, Ủy before Văn; numbers by value; in a plan's parts, its reports and roll-ups."""
    assert IN_ORDER == sorted(NAMES, key=sort_key)
    with Tracker() as tracker:
        tracker.record(
            adopted(),
            *(scheduled(f"p/{n}", lead=name) for n, name in enumerate(NAMES)),
            *(adopted(f"p-{n}", jurisdiction=name) for n, name in enumerate(NAMES)),
            *(scheduled(f"p-{n}/1") for n in range(len(NAMES))),
            ActivityCompleted("p/0", on=day("6-1")),
            by="x",
        )
        assert IN_ORDER == list(tracker.plan("p").progress_by("lead"))
        content = tracker.reports.issue("p", "2023-year", by="x").content
        leads = [figure.title for figure in content.figures if figure.key.startswith("lead:")]
        assert IN_ORDER == leads
        rollup = tracker.rollup([f"p-{n}" for n in range(len(NAMES))], by=["jurisdiction"])
        assert [(name,) for name in IN_ORDER] == [key for key, _ in rollup.in_order()]
