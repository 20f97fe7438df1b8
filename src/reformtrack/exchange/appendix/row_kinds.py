"""What each row of a table of activities is, by its number, its texts, how it looks, and the row below it."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import attrs

from reformtrack.domain.wording import folded, roman
from reformtrack.exchange.appendix.account import Account
from reformtrack.exchange.appendix.building import Building, is_open
from reformtrack.exchange.appendix.finishing import is_of_taken_out
from reformtrack.exchange.appendix.rows import (
    ISSUER,
    LEVELS,
    PAGE,
    TITLES,
    TOTALS,
    Item,
    Line,
    Section,
    has_lettered_titles,
    has_plain_titles,
    is_about_the_table,
    is_child,
)

_ORDER = {"roman": [roman(number) for number in range(1, 40)], "letter": [*"ABCDEFGHIJKLMNOPQRSTUVWXYZ"]}
"""The numbers of domains, by their form, as they follow each other."""


@attrs.frozen(kw_only=True)
class Looks:
    """How the rows of a table look, by which its titles are told from its tasks."""

    is_numbered: bool = False
    """Whether most tasks have a number."""
    has_bold_titles: bool = False
    """Whether bold letters set a row apart."""
    has_plain_titles: bool = False
    """Whether each list stands below a title without a number."""
    has_lettered_titles: bool = False
    """Whether a) and b) are titles."""
    title_levels: frozenset[tuple[str, int]] = frozenset()
    """The levels of numbers that titles of others have; also of one row above others, which nothing shows to be a task."""
    domains: Sequence[Line] = ()
    """The rows with numbers of domains."""

    @classmethod
    def of(cls, lines: Sequence[Line], seen: Sequence[Line]) -> "Looks":
        """Those of all rows of a table, and of those that are not left out."""
        whole = [line for line in lines if line.get.get("lead") and line.get.get("deadline")]
        levels = Counter((line.mark.form, line.mark.depth) for line in whole)
        parents = [
            line
            for line, after in pairwise(seen)
            if line.mark.form == "number" and is_child(after.mark, line.mark, dotted=True)
        ]
        return cls(
            is_numbered=2 * sum(line.mark.form == "number" for line in whole) >= len(whole),
            has_bold_titles=2 * sum(line.is_bold for line in whole) < max(1, len(whole)),
            has_plain_titles=has_plain_titles(seen),
            has_lettered_titles=has_lettered_titles(seen),
            domains=[line for line in seen if line.mark.form in _ORDER],
            title_levels=frozenset(
                level
                for line in parents
                if levels[level := (line.mark.form, line.mark.depth)] == 1 or len(line.own) <= 2
            ),
        )


class RowKinds:
    """
    Says what each row of a table of activities is, from the top.

    Args:
        account: which texts are deadlines.
        built: what stands above the row.
    """

    def __init__(self, account: Account, built: Building) -> None:
        self._account, self._built = account, built
        self.looks = Looks()
        """Those of the table."""
        self.is_over = False
        """Whether the rows are below the end of their table."""
        self.signed = 0
        """Where the signature begins, which nobody needs to be told of."""
        self.unseen: set[tuple[str, int]] = set()
        """The rows that are hidden or struck out, or part no task, as the number of a page."""

    def kind(self, line: Line, after: Line | None, is_below: bool) -> str:
        """
        What a row is; `unclear` where only a person can tell.

        Args:
            after: the row below it.
            is_below: whether no row with more than one text is below it.
        """
        mark, has_core, is_whole = line.mark, line.has("lead", "deadline"), line.is_whole
        is_signed = line.number >= self.signed
        self.is_over |= is_signed
        if self.is_over and (is_below or mark.form not in TITLES):
            is_task = is_whole and mark.form in ("number", "lower", "other")
            return "unclear" if is_task else "over" if is_signed or is_about_the_table(line) else "below"
        if is_about_the_table(line) and not has_core:
            if not is_below and mark.form not in ("none", "other", "dash"):
                return "unclear"
            self.is_over |= is_below
            is_point = line.own[min(line.own)].startswith("* ")
            return (
                "total"
                if (is_below and not is_point) or folded(line.own[min(line.own)]).startswith(TOTALS)
                else "remark"
            )
        text = folded(line.own[min(line.own)])
        is_page = len(line.own) == 1 and PAGE.fullmatch(text)
        if mark.form == "none" and not is_below and (head := self._page_head(line, text)):
            return head
        if is_page and (text.strip("- ")[:1].isalpha() or line.has("output", "lead", "supporting", "note")):
            return "remark"
        if not line.head or (line.is_merged("title") and not line.has("title")):
            return self._without_title(line, is_below)
        is_section = self._is_section(line, after)
        if is_whole:
            return self._whole(line, after, is_section)
        rest = line.has("output", "supporting", "budget", "note") or bool(line.custom)
        if mark.form in TITLES:
            if is_below and not has_core and (after is None or not is_section):
                is_bare = len(line.own) < 2 and after is None and not is_section
                return "below" if mark.form == "letter" or is_bare else "domain"
            return "domain" if is_section or not (has_core or rest) else "activity"
        goes_on = mark.form == "none" and self._goes_on(line)
        if is_below and not has_core and (mark.form == "none" or not is_section):
            return "join" if mark.form == "none" and line.head[:1].islower() and self._is_next(line) else "below"
        if has_core:
            has_children = after is not None and is_child(after.mark, mark, dotted=True)
            is_group = mark.form == "number" and has_children and not (line.has("lead") and line.has("deadline"))
            return "join" if goes_on else "group" if is_group else "activity"
        if goes_on:
            return "join"
        if is_section:
            return "unclear" if self._may_be_domain(line, after) else "group"
        if mark.form in ("number", "lower", "other") or (rest and mark.form != "none"):
            return "activity"
        return "unclear"

    def _page_head(self, line: Line, text: str) -> str:
        """What a row is that may be the head of a page: a note where it stood above the table too; empty for another row."""
        is_of_page = len(line.own) == 1 and line.head.isupper() and ISSUER.fullmatch(text) is not None
        if not is_of_page or "lead" not in line.headings.columns:  # it may be who leads what stands below
            return ""
        return (
            "remark" if text in map(folded, line.table.above) or text.startswith(("phu luc", "cong hoa")) else "unclear"
        )

    def _whole(self, line: Line, after: Line | None, is_section: bool) -> str:
        """What a row with a title, a lead and a deadline is."""
        mark = line.mark
        if "domain" in line.headings.columns:
            return "activity"
        if mark.form == "none" and self.looks.is_numbered and (line.is_emphatic or line.head[:1].islower()):
            return "unclear"  # a title with two texts of other rows, the rest of a task that a page cut, or a task
        is_level = (mark.form, mark.depth) in self.looks.title_levels
        is_level |= not self._account.reads(line.get.get("deadline", ""))
        if is_level and after is not None and is_child(after.mark, mark, dotted=True):
            return "unclear"
        return "domain" if mark.form in TITLES and is_section else "activity"

    def _without_title(self, line: Line, is_below: bool) -> str:
        if set(line.own) == {line.headings.columns.get("code")}:
            return "unclear" if line.mark.form == "other" else "total"
        if line.mark.form in TITLES and len(line.own) == 2 and not line.has("lead", "deadline", "output"):
            return "domain"  # its title stands in a column before that of tasks
        if line.mark.form in ("number", "roman", "letter", "other", "lower") and not line.is_merged("title"):
            return "activity"
        if line.is_merged("title") or self._is_next(line):
            return "join"
        return "below" if is_below else "unclear"

    def _is_section(self, line: Line, after: Line | None) -> bool:
        """Whether what stands below a row, or how it looks, makes it the title of other rows."""
        mark = line.mark
        if mark.form in TITLES:
            if not line.has("lead", "deadline") and len(line.own) <= 2:
                return True
            return after is not None and (after.mark.form not in (mark.form, "none") or is_child(after.mark, mark))
        if mark.form == "lower" and self.looks.has_lettered_titles:
            return True
        # A sentence before a list may be anything; titles without numbers stand before each list.
        may_have_list = mark.form != "none" or self.looks.has_plain_titles
        has_list = may_have_list and after is not None and is_child(after.mark, mark)
        if has_list and not (line.has("lead") and line.has("deadline")):
            return True
        is_bare = set(line.own) <= {line.headings.columns.get("code"), line.headings.columns.get("title")}
        if mark.form == "number" and is_bare and after is not None and not self.looks.is_numbered:
            return after.mark.form == "none" and after.has("lead", "deadline")
        is_set_apart = line.is_emphatic or (line.is_bold and self.looks.has_bold_titles)
        return is_set_apart and not line.has("lead", "deadline", "output")

    def _goes_on(self, line: Line) -> bool:
        """Whether a row without a number is the rest of the row above: its text begins small, or the one above is open."""
        last = self._built.last
        if isinstance(last, Section) and line.head.isupper() and last.title.isupper():
            return is_open(last.title) or line.head.startswith(("VÀ ", "CỦA ", "VỚI ", "TRONG ", "CHO "))
        if last is None or line.is_emphatic:
            return False
        before = last.get.get("title", "") if isinstance(last, Item) else last.title
        return line.head[:1].islower() or is_open(before)

    def _may_be_domain(self, line: Line, after: Line | None) -> bool:
        """Whether a title looks as that of the domain does in which tasks stand, and its number, or none, does not tell."""
        over, last = self._built.domain_section(), self._built.last
        is_alike = over is not None and over.mark.form in LEVELS and over.title.isupper() and line.head.isupper()
        if over is None or not (is_alike and isinstance(last, Item) and last.path[-1:] == (over,)):
            return False
        order = _ORDER.get(over.mark.form, [])
        nexts = (other.mark.printed for other in self.looks.domains if other.number > line.number)
        goes_on = over.mark.printed in order and next(nexts, "") in order[order.index(over.mark.printed) + 1 :][:1]
        has_own = line.mark.form == "number" and after is not None and is_child(after.mark, line.mark, dotted=True)
        is_over = after is not None and after.mark.form in LEVELS  # no task stands directly below it
        return not (goes_on or has_own or is_over or is_of_taken_out(line.head))

    def _is_next(self, line: Line) -> bool:
        """Whether a row stands directly below the last row of a task, but for rows that are not seen."""
        between = range(self._built.number + 1, line.number)
        is_begun = line.number in line.sheet.begins or not isinstance(self._built.last, Item)
        return not is_begun and all((line.sheet.name, n) in self.unseen for n in between)
