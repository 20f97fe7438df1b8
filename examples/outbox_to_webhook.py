"""
A process that sends each record of a store to a webhook, signed, until it is interrupted; with --once, what is there now.

    HOOK_SECRET=whsec_… python examples/outbox_to_webhook.py dak-nong.db https://portal.example.vn/hook [--once]

It may be killed and started again at any moment: nothing is skipped. Several may run; one at a time delivers.
"""

import argparse
import os
import signal
import threading
from types import FrameType

from reformtrack import Tracker
from reformtrack.outbox import Outbox
from reformtrack.outbox.webhook import Webhook


def main() -> None:
    parser = argparse.ArgumentParser(description="Send the records of a store to a webhook.")
    parser.add_argument("store")
    parser.add_argument("url")
    parser.add_argument("--source", default="https://cchc.example.vn/log", help="a URI that names the log")
    parser.add_argument("--once", action="store_true", help="end when everything that is there was delivered")
    options = parser.parse_args()
    stop = threading.Event()

    def told(number: int, frame: FrameType | None) -> None:
        stop.set()  # after the delivery that is under way

    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, told)
    webhook = Webhook(options.url, os.environ["HOOK_SECRET"].split())
    with Tracker(options.store) as tracker:
        outbox = Outbox(tracker, options.source)
        outbox.subscribe("webhook", webhook, after=0)
        if options.once:
            done = outbox.deliver("webhook", stop)
            print(f"{done.delivered} bản ghi đã gửi, {done.waiting} còn chờ")
            if done.reason:
                print(f"chưa gửi tiếp được: {done.reason}")
        else:
            outbox.run(stop)
        for one in outbox.undelivered("webhook"):
            again = "không gửi lại" if one.next_try is None else f"gửi lại lúc {one.next_try:%H:%M %d/%m/%Y} UTC"
            print(f"số thứ tự {one.position} ({one.stream}): {one.error or 'chờ bản ghi trước'}; {again}")
    webhook.close()


if __name__ == "__main__":
    main()
