"""
Tampering behind reformtrack's back, honest growth, and mutated proofs: what `verify`, `check` and the stand-alone verifier say.

    python -m drills.tamper --tamperings 10000 --honest 10000 --proofs 1000000 sqlite postgres

What tampering changed is found by comparing the rows before and after, never by asking what is tested. Whatever changed one of
a checkpoint's rows has to be found against it, at the first such row; what did not, as records that came after it, must not.
The numbers are for all databases together.
"""

import argparse
import logging
import sys
import time
from collections import Counter
from contextlib import ExitStack
from random import Random

from drills import honest, mutated_proofs, tampered
from drills.histories import urls
from drills.judging import Found


def main() -> None:
    parser = argparse.ArgumentParser(description="Tamper with stores and proofs, and see whether it is found.")
    parser.add_argument("databases", nargs="+", choices=["sqlite", "postgres"])
    parser.add_argument("--tamperings", type=int, default=10_000)
    parser.add_argument("--honest", type=int, default=10_000, help="histories")
    parser.add_argument("--proofs", type=int, default=1_000_000, help="mutations of proofs")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.getLogger("reformtrack").setLevel(logging.ERROR)  # it warns of each record that cannot be read
    wrong = 0
    with ExitStack() as stack:
        stores = {database: stack.enter_context(urls(database)) for database in options.databases}
        for database, fresh in stores.items():
            others = stores[options.databases[options.databases.index(database) - 1]]
            done = tampered.run(fresh, Random(f"{database} {options.seed}"), options.tamperings // len(stores))
            wrong += _shown(f"{database}, tampered", done)
            done = honest.run(fresh, others, Random(f"honest {database} {options.seed}"), options.honest // len(stores))
            wrong += _shown(f"{database}, honest", done)
    wrong += _shown("proofs", mutated_proofs.run(Random(options.seed), options.proofs))
    sys.exit(bool(wrong))


def _shown(what: str, found: Found) -> int:
    """Print what was counted, and what is wrong; how much of it."""
    started, counts, wrong = time.monotonic(), Counter[str](), list[str]()
    for one in found:
        if isinstance(one, str):
            wrong.append(one)
        else:
            counts[one[0]] += one[1]
    figures = ", ".join(f"{name} {number:,}" for name, number in counts.items())
    seconds = f"{time.monotonic() - started:,.0f} s"
    print(f"{what}: {figures}, wrong {len(wrong):,}; {seconds}", *wrong[:20], sep="\n  ", flush=True)
    return len(wrong)


if __name__ == "__main__":
    main()
