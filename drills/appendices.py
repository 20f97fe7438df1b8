"""
Random sheets of plans, read to drafts: whether any silently becomes another plan than it was made from, or loses a cell.

    python -m drills.appendices 100000 [first seed]
"""

import sys
from collections import Counter

from reformtrack.exchange.appendix.reading import find_appendix
from reformtrack.language import Language
from tests.exchange.accounting import unaccounted_in
from tests.exchange.made_sheets import YEAR, made, said_by, says


def main(count: int, first: int = 0) -> int:
    """Print what was found; the exit code is 1 where a sheet silently became another plan."""
    found: Counter[str] = Counter()
    for seed in range(first, first + count):
        case = made(seed)
        draft = find_appendix(case.sheets, Language("en"), year=YEAR)
        meant = case.tasks is not None and list(map(says, case.tasks)) == said_by(draft)
        found["asked" if draft.questions else "right" if meant else "SILENTLY ANOTHER PLAN"] += 1
        found["CELLS LOST"] += bool(unaccounted_in(case.sheets, draft))
        if not draft.questions and not meant:
            print(f"seed {seed}: {', '.join(case.how)}")
    print(*(f"{name}: {number}" for name, number in found.items()), sep="\n")
    return 1 if found["SILENTLY ANOTHER PLAN"] or found["CELLS LOST"] else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
