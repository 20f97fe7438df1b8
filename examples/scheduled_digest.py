"""
What a scheduled job runs every morning: to each lead agency what needs its attention, once.

    python examples/dak_nong_2023.py --store plan.db
    python examples/scheduled_digest.py plan.db dak-nong-2023 2023-11-23

How a message travels is the host's: `send` gets the address and the message. What was sent is recorded before the next one
is sent, so a job that is killed and run again repeats at most the one message that it was in the middle of. Run one at a time.
The activities of the worked example are illustrative, and each digest says so.
"""

import argparse
from collections.abc import Callable, Mapping
from datetime import date

from reformtrack import Tracker
from reformtrack.exchange.digest import Digest, digests

ADDRESSES = {"Sở Nội vụ": "so-noi-vu@example.org", "Sở Tài chính": "so-tai-chinh@example.org"}


def morning(
    tracker: Tracker, plan: str, on: date, send: Callable[[str, Digest], None], addresses: Mapping[str, str]
) -> tuple[list[str], dict[str, str]]:
    """Send what is due; the agencies that it was sent to, and those that it was not, with the reason. They get it next time."""
    sent, failed = [], {}
    for digest in digests(tracker, plan, on):
        if digest.to not in addresses:
            failed[digest.to] = "không có địa chỉ"
            continue
        try:
            send(addresses[digest.to], digest)
        except OSError as error:  # what smtplib and HTTP clients raise
            failed[digest.to] = str(error)
            continue
        tracker.record(digest.sent(on, addresses[digest.to]), by="gui-ban-tin")
        sent.append(digest.to)
    return sent, failed


def show(address: str, digest: Digest) -> None:
    """Stands for the host's mail."""
    print(f"→ {address}: {digest.subject}\n{digest.text}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Send each lead agency what needs its attention.")
    for name, kind in (("store", str), ("plan", str), ("day", date.fromisoformat)):
        parser.add_argument(name, type=kind)
    options = parser.parse_args()
    with Tracker(options.store) as tracker:
        sent, failed = morning(tracker, options.plan, options.day, show, ADDRESSES)
    print(f"đã gửi: {', '.join(sent) or 'không có gì mới'}")
    for agency, reason in failed.items():
        print(f"chưa gửi được cho {agency}: {reason}")


if __name__ == "__main__":
    main()
