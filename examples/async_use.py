"""
reformtrack from an event loop: each call in a thread, and the loop is never held up. The list of activities is illustrative.
A follower has a thread of its own, so that it takes none from the questions.
"""

import asyncio
import threading
import time
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from dak_nong_events import CUT_OFF, PLAN, Clock, record_year

from reformtrack import Event, Record, Tracker
from reformtrack.events import ActivityCompleted


async def follow(tracker: Tracker, after: int) -> AsyncGenerator[Record[Event], None]:
    """Each record after a position, and then each new one; when it is closed, its thread ends within a second or so."""
    stop, loop = threading.Event(), asyncio.get_running_loop()
    records, thread = tracker.log.follow(after, stop), ThreadPoolExecutor(1)
    try:
        while (record := await loop.run_in_executor(thread, next, records, None)) is not None:
            yield record
    finally:
        stop.set()
        thread.shutdown(wait=False)


async def heartbeat(gaps: list[float]) -> None:
    """How long the loop takes to come back, again and again: long when something holds it up."""
    while True:
        start = time.perf_counter()
        await asyncio.sleep(0.001)
        gaps.append(time.perf_counter() - start)


def progress(tracker: Tracker) -> str:
    """A question as a whole: what comes back to the loop is small, and nothing is left to do there."""
    plan = tracker.plan(PLAN, CUT_OFF)
    return f"{plan.progress()}; {plan.notice}"


async def main() -> None:
    clock, gaps = Clock(), list[float]()
    with Tracker(clock=clock) as tracker:
        await asyncio.to_thread(record_year, tracker, clock)
        news = follow(tracker, tracker.log.position())
        told, _beats = asyncio.create_task(anext(news)), asyncio.create_task(heartbeat(gaps))
        answers = await asyncio.gather(*(asyncio.to_thread(progress, tracker) for _ in range(200)))
        done = ActivityCompleted(f"{PLAN}/4.06", on=date(2023, 12, 20))
        await asyncio.to_thread(lambda: tracker.record(done, by="so-noi-vu", request_id="bieu-mau-17"))
        print(f"{len(answers)} câu trả lời: {answers[0]}\ntin mới: {(await told).stream}")
        await news.aclose()
        print(f"vòng lặp phải chờ lâu nhất {1000 * max(gaps):.0f} ms")


if __name__ == "__main__":
    asyncio.run(main())
