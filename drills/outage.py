"""
The database of a web application goes away for half a minute and comes back.

    python -m drills.outage [--seconds 30]
"""

import argparse
import statistics
import tempfile
from pathlib import Path

from tests.servers import postgres_server
from tests.web.test_faults import outage

SOON = 10.0
"""Within how many seconds a request is answered while the database is gone, where nothing else runs."""


def main() -> None:
    parser = argparse.ArgumentParser(description="The database of a web application goes away and comes back.")
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    with postgres_server() as server, tempfile.TemporaryDirectory() as between:
        answers, recovered = outage(f"{server.url}&schema=outage", Path(between), options.seconds)
    times = [seconds for _, seconds in answers]
    assert {status for status, _ in answers} == {503}
    assert max(times) < SOON
    assert recovered < SOON
    print(f"{len(answers)} requests in {options.seconds:.0f} s, all answered with 503 and Retry-After")
    print(
        f"in {statistics.median(times):.1f} s (median), {max(times):.1f} s at the longest; back {recovered:.1f} s after it"
    )


if __name__ == "__main__":
    main()
