"""An erased subject's data is not in the store, its journal, exports or views, and every checkpoint still verifies."""

import gzip
import json
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from functools import partial
from io import BytesIO
from itertools import product
from pathlib import Path
from zipfile import ZipFile

import pyarrow.parquet as pq
import pypdf
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from reformtrack import Document, Tracker
from reformtrack.domain.protected import TOKEN
from reformtrack.events import ActivityCompleted, ProgressReported
from reformtrack.exchange.agency_workbook import agency_workbook
from reformtrack.exchange.calendar import icalendar
from reformtrack.exchange.digest import digests
from reformtrack.exchange.report.annex import appendix_xlsx, xlsx
from reformtrack.exchange.report.outline import report_document
from reformtrack.exchange.report.page import html
from reformtrack.exchange.report.pdf import pdf
from reformtrack.exchange.report.word import docx
from reformtrack.protection import Protection
from reformtrack.seal import Seals, SigningKey, verify_log
from reformtrack.web import create_app
from tests.support import Clock, adopted, day, scheduled
from tests.test_protection import bytes_of
from tests.web.asking import ask

MASTER = bytes(range(32))
KEY = SigningKey.generate("example.vn/log")
GONE, STAYS = "Nguyễn Thị Đã Đi", "Trần Văn Ở Lại"
_WRAPPED = re.compile(rb"[A-Za-z0-9+/]{80,}")


def record(tracker: Tracker) -> None:
    """The data of two people in each kind of text that is shown, in views, and in evidence."""
    protection = Protection(tracker, MASTER)
    gone, stays = (
        partial(protection.protect, "nv-1", GONE),
        partial(protection.protect, "nv-2", STAYS),
    )
    tracker.record(
        adopted(title=f"Kế hoạch: {gone()}, {stays()}", jurisdiction=gone(), host_fields={"a": gone()}),
        scheduled(title=f"Việc của {gone()} và {stays()}", output=gone(), supporting=(gone(),)),
        scheduled("p/1.02", title=f"Việc của {gone()}"),
        ProgressReported("p/1.01", on=day("2-1"), note=f"{gone()} {stays()}", obstacles=gone()),
        ActivityCompleted("p/1.02", on=day("3-1"), evidence=(Document(title=f"{gone()}", number=stays()),)),
        by="so-noi-vu",
    )
    tracker.reports.issue("p", "2023-q1", by="so-noi-vu")


def unpacked(content: bytes) -> bytes:
    """What a file holds, its compressed parts too."""
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as archive:
            return b"".join(archive.read(name) for name in archive.namelist())
    if content.startswith(b"%PDF"):
        return "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages).encode()
    return content


def exports(tracker: Tracker, folder: Path) -> Iterator[tuple[str, bytes]]:
    """All that leaves a store, by its name."""
    for name in ("log.jsonl", "log.jsonl.gz"):
        tracker.log.export(folder / name)
        content = (folder / name).read_bytes()
        yield name, gzip.decompress(content) if name.endswith(".gz") else content
    tracker.views.export_parquet(folder)
    for path in folder.glob("*.parquet"):
        yield (
            path.name,
            path.read_bytes() + json.dumps(pq.read_table(path).to_pylist(), default=str, ensure_ascii=False).encode(),
        )
    plan = tracker.plan("p")
    yield "appendix", unpacked(appendix_xlsx(plan))
    yield "agency", unpacked(agency_workbook(plan, "Sở Tư pháp"))
    yield "calendar", icalendar(plan)
    yield "digests", repr(digests(tracker, "p")).encode()
    site = create_app(tracker)
    for address in (
        "",
        "plans",
        "plans/p",
        "plans/p/activities/1.01",
        "plans/p/activities/1.02",
        "plans/p/reports/2023-q1",
    ):
        yield f"page {address}", ask(site, f"/{address}").content
    for address in ("plans/p", "plans/p/activities/1.01", "rollup"):
        yield f"api {address}", ask(site, f"/api/v1/{address}").content


def documents(tracker: Tracker) -> Iterator[tuple[str, bytes]]:
    """An issued report in each form."""
    report = tracker.reports.get("p@2023-q1")
    document = report_document(report)
    for name, content in (
        ("html", html(document)),
        ("word", docx(document)),
        ("pdf", pdf(document)),
        ("annex", xlsx(report)),
    ):
        yield name, unpacked(content)


def views(url: str, tracker: Tracker) -> bytes:
    """The rows of every table beside the log: those of the views, and of the keys."""
    tracker.plans()
    with tracker.transaction() as session:
        listed = "SELECT name FROM sqlite_master WHERE type = 'table'"
        if not url.startswith("sqlite"):
            listed = f"SELECT tablename FROM pg_tables WHERE schemaname = '{url.rpartition('=')[2]}'"
        tables = [name for (name,) in session.select(listed) if name.startswith("reformtrack")]
        assert {"reformtrack_log", "reformtrack_subject_keys", "reformtrack_views"} <= set(tables)
        rows = [[list(row) for row in session.select(f"SELECT * FROM {table}")] for table in tables]
    return json.dumps(rows, default=lambda blob: bytes(blob).decode(errors="replace"), ensure_ascii=False).encode()


def found_by_a_thief(held: Mapping[str, bytes]) -> set[str]:
    """Whose data somebody reads who has all of this, and the master key: in the clear, or by a key and a token."""
    everything = b"\n".join(held.values())
    names = {name for name in (GONE, STAYS) if name.encode() in everything}
    tokens = {(found[1], found[2]) for found in TOKEN.finditer(everything.decode(errors="replace"))}
    for run in set(_WRAPPED.findall(everything)):
        for start, subject in product(range(len(run) - 79), ("nv-1", "nv-2")):
            key = opened(MASTER, run[start : start + 80], f"reformtrack-subject-key/1 {subject}")
            for whose, sealed in tokens if key else ():
                text = opened(key, sealed.encode(), f"reformtrack-protected/1 {whose}")
                names |= {text.decode()} if text else set()
    return names


def opened(key: bytes, sealed: bytes, place: str) -> bytes:
    """What was sealed; empty when this is not its key, or it is none."""
    try:
        raw = b64decode(sealed, validate=True)
        return AESGCM(key).decrypt(raw[:12], raw[12:], place.encode())
    except (InvalidTag, ValueError):
        return b""


def test_an_erased_subject_is_nowhere_and_every_checkpoint_verifies(
    url: str, server: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """
    Not in the file, its write-ahead log, tables, log files, Parquet files, documents, pages; whoever was not erased still is.

    Looked for as a thief would who has all of it and the master key: the name, and each key that opens a token.
    """
    folder = tmp_path_factory.mktemp("exports")
    with Tracker(url, clock=Clock()) as tracker:
        protection = Protection(tracker, MASTER)
        checkpoints = [Seals(tracker).seal(KEY)]
        record(tracker)
        checkpoints.append(Seals(tracker).seal(KEY))

        def all_that_is_held() -> dict[str, bytes]:
            return {"store": bytes_of(url, server), "views": views(url, tracker), **dict(exports(tracker, folder))}

        before = all_that_is_held()
        assert {GONE, STAYS} == found_by_a_thief(before), "what is looked for is there before"
        leaf = Seals(tracker).leaf(1)
        assert protection.erase("nv-1")

        after = {**all_that_is_held(), **dict(documents(tracker))}
        assert {STAYS} == found_by_a_thief(after)
        assert {STAYS} == found_by_a_thief({**before, "store": after["store"], "views": after["views"]}), (
            "nor in old exports"
        )
        assert before["log.jsonl"] == after["log.jsonl"]
        tracker.record(ProgressReported("p/1.01", on=day("4-1"), note="x"), by="so-noi-vu")
        checkpoints.append(Seals(tracker).seal(KEY))
        for checkpoint in checkpoints:
            assert Seals(tracker).verify(checkpoint).holds
        assert Seals(tracker).prove(1, checkpoints[1]).proves(leaf)
        assert Seals(tracker).prove_consistency(checkpoints[1], checkpoints[-1]).proves(checkpoints[1])
        assert () == tracker.log.check()
        tracker.log.export(folder / "log.jsonl")
    notes = [folder / f"{number}.txt" for number, _ in enumerate(checkpoints)]
    for path, checkpoint in zip(notes, checkpoints, strict=True):
        path.write_text(checkpoint.note, encoding="utf-8")
    assert 0 == verify_log.main(["log", str(folder / "log.jsonl"), "--key", str(KEY.verifier), *map(str, notes)])
