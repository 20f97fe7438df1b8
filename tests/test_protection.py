"""Personal data under a key per subject: revealed to who asks, redacted everywhere else, and gone when it is erased."""

import random
import sqlite3
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.sql import SQL, Identifier

from reformtrack import InvalidField, StoreError, Tracker
from reformtrack.domain.fields import forbidden_character
from reformtrack.domain.protected import TOKEN, redacted
from reformtrack.events import ProgressReported
from reformtrack.language import Language
from reformtrack.protection import Protection
from tests.support import adopted, day

MASTER = bytes(range(32))
NAME = "Nguyễn Thị Tuyệt Mật"
ERASED, PROTECTED = "[đã xoá]", "[được bảo vệ]"
TEXTS = st.text(st.characters(codec="utf-8"), max_size=200).filter(lambda text: not forbidden_character(text))


@pytest.fixture(scope="module")
def protection() -> Protection:
    return Protection(Tracker(), MASTER)


@given(st.from_regex("[a-z0-9]{1,9}(-[a-z0-9]{1,9})?", fullmatch=True), TEXTS, TEXTS, TEXTS)
def test_what_is_protected_comes_back_and_nothing_else_of_the_text_changes(
    protection: Protection, subject: str, before: str, text: str, after: str
) -> None:
    """Also beside brackets and half tokens; as a record keeps it, in NFC."""
    before, after = before.replace("⟦", "("), after.replace("⟦", "(")
    token = protection.protect(subject, text)
    kept = adopted(title=f"x{token}").title.removeprefix("x")

    assert f"{before}{protection.reveal(token)}{after}" == protection.reveal(f"{before}{kept}{after}")
    assert unicodedata.normalize("NFC", text) == protection.reveal(token)


@given(st.text(st.sampled_from("⟦⟧:=+/aA0-é\n"), max_size=60))
def test_what_only_looks_like_a_token_harms_nothing(protection: Protection, text: str) -> None:
    """Whoever may record may write any text: it is left as it is, or is the mark of what is gone."""
    parts = TOKEN.split(text)[::3]

    assert ERASED.join(parts) == protection.reveal(text)
    assert PROTECTED.join(parts) == redacted(text, Language("vi"))


def test_a_token_holds_for_its_subject_alone_and_every_change_of_it_is_seen(protection: Protection) -> None:
    token = protection.protect("nv-1", NAME)
    sealed = token.removeprefix("⟦nv-1:").removesuffix("⟧")
    protection.protect("nv-2", "x")

    assert ERASED == protection.reveal(f"⟦nv-2:{sealed}⟧")
    raw = b64decode(sealed)
    for place in range(len(raw)):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        assert ERASED == protection.reveal(f"⟦nv-1:{b64encode(changed).decode()}⟧")


def test_the_same_text_has_another_token_each_time(protection: Protection) -> None:
    """Else it could be seen who is named twice."""
    assert protection.protect("nv-1", NAME) != protection.protect("nv-1", NAME)


@pytest.mark.parametrize("subject", ["", "Nguyễn Văn A", "nv_1", "-", "a" * 81, "nv-1:x", "NV-1"])
def test_what_is_no_id_of_a_subject_is_refused(protection: Protection, subject: str) -> None:
    with pytest.raises(InvalidField, match="lower-case words") as refused:
        protection.protect(subject, "x")
    error = refused.value
    assert ("protect", "subject", repr(subject)[:79]) == (error.owner, error.field, error.found.rstrip("…"))
    assert protection.protect("a" * 80, "x").startswith(f"⟦{'a' * 80}:")


def test_a_text_that_is_too_long_or_cannot_be_stored_is_refused_and_not_quoted(protection: Protection) -> None:
    """An error is logged by somebody."""
    longest = "x" * ((20_000 - len("⟦nv-1:⟧")) // 4 * 3 - 28)
    note = ProgressReported("p/1.01", on=day("2-1"), note=protection.protect("nv-1", longest)).note
    assert longest == protection.reveal(note)
    for text in (f"{NAME}{longest}", f"{NAME}\u202e", f"{NAME}\0", f"{NAME}\ud800"):
        with pytest.raises(InvalidField) as raised:
            protection.protect("nv-1", text)
        assert NAME not in str(raised.value) + repr(raised.value)


def test_with_another_master_key_it_is_said_and_nothing_is_lost(url: str) -> None:
    """A wrong key must not look like erased data."""
    with Tracker(url) as tracker:
        protection = Protection(tracker, MASTER)
        token = protection.protect("nv-1", NAME)
    with Tracker(url) as tracker:
        with pytest.raises(StoreError, match="accepted: the master_key that it was made with"):
            Protection(tracker, bytes(32))
        protection = Protection(tracker, b64encode(MASTER).decode())
        assert NAME == protection.reveal(token)


def test_threads_that_protect_a_new_subject_at_once_have_one_key(url: str) -> None:
    with Tracker(url) as tracker, ThreadPoolExecutor(8) as pool:
        protection = Protection(tracker, MASTER)
        tokens = list(pool.map(lambda n: protection.protect("nv-1", f"{NAME} {n}"), range(32)))
        assert [f"{NAME} {n}" for n in range(32)] == [protection.reveal(token) for token in tokens]


def bytes_of(url: str, server: str) -> bytes:
    """All that a store holds: a SQLite file with what lies beside it; each file of a PostgreSQL server but its own log."""
    if url.startswith("sqlite"):
        return b"".join(path.read_bytes() for path in Path(url.removeprefix("sqlite:///")).parent.iterdir())
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        [(folder,)] = connection.execute("SHOW data_directory").fetchall()
    found = []
    for path in Path(folder).joinpath("base").rglob("*"):
        with suppress(FileNotFoundError, IsADirectoryError):  # the server removes what it dropped before
            found.append(path.read_bytes())
    return b"".join(found)


def wrapped_key(url: str, subject: str) -> bytes:
    statement = "SELECT wrapped FROM reformtrack_subject_keys WHERE subject = "
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
            [(found,)] = file.execute(statement + "?", [subject])
    else:
        address, _, schema = url.partition("&schema=")
        with psycopg.connect(address) as connection:
            connection.execute(f"SET search_path = {schema}")
            [(found,)] = connection.execute(statement + "%s", [subject])
    return str(found).encode()


def test_the_key_of_an_erased_subject_is_in_no_file_of_the_store(url: str, server: str) -> None:
    """Of two hundred, half go; the others stay. The name itself never was in a file."""
    with Tracker(url) as tracker:
        protection = Protection(tracker, MASTER)
        tokens = {f"nv-{number}": protection.protect(f"nv-{number}", NAME) for number in range(200)}
        tracker.record(adopted(title=f"Kế hoạch của {tokens['nv-0']}"), by="a")
        tracker.plans()
        keys = {subject: wrapped_key(url, subject) for subject in tokens}
        gone = [f"nv-{number}" for number in range(0, 200, 2)]
        for subject in gone:
            assert protection.erase(subject)
            assert not protection.erase(subject)
        held = bytes_of(url, server)

        assert set(gone) == {subject for subject, key in keys.items() if key not in held}
        assert NAME.encode() not in held
        assert [ERASED if subject in gone else NAME for subject in tokens] == list(
            map(protection.reveal, tokens.values())
        )


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 5])
def test_an_erased_key_is_in_no_gap_between_others(sqlite: str, seed: int) -> None:
    """SQLite splits and merges pages, and what was moved stays behind, where deleting does not reach: two of 1,200 did."""
    draw = random.Random(seed)
    keys: dict[str, bytes] = {}
    live: list[str] = []
    with Tracker(sqlite) as tracker:
        protection = Protection(tracker, MASTER)
        for number in range(1_200):
            if draw.random() < 0.62 or not live:
                subject = f"nv-{'x' * draw.randint(1, 60)}-{number}"
                protection.protect(subject, NAME)
                live.append(subject)
                keys[subject] = wrapped_key(sqlite, subject)
            else:
                protection.erase(live.pop(draw.randrange(len(live))))
        held = bytes_of(sqlite, "")
    assert sorted(live) == sorted(subject for subject, key in keys.items() if key in held)


def test_an_erasure_that_a_reader_holds_up_says_so(url: str, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key is gone from the table; that a copy is in a file is said, and erasing again removes it."""
    monkeypatch.setattr("reformtrack.store.sqlite._CHECKPOINT_WAIT", 0.2)
    monkeypatch.setattr("reformtrack.store.postgres.REWRITE_WAIT", 0.2)
    with Tracker(url) as tracker:
        protection = Protection(tracker, MASTER)
        token, other = protection.protect("nv-1", NAME), protection.protect("nv-2", NAME)
        key = wrapped_key(url, "nv-1")
        with transaction_of(url, server) as reader:
            reader("SELECT * FROM reformtrack_subject_keys")
            with pytest.raises(
                StoreError,
                match=r"may still be in the files of the store: (a reader|another transaction).*accepted: erase again",
            ):
                protection.erase("nv-1")
            assert key in bytes_of(url, server)
        assert [ERASED, NAME] == [protection.reveal(token), protection.reveal(other)]
        assert not protection.erase("nv-1")
        assert key not in bytes_of(url, server)
        assert [ERASED, NAME] == [protection.reveal(token), protection.reveal(other)]


@contextmanager
def transaction_of(url: str, server: str) -> Iterator[Callable[[str], list[Any]]]:
    """A transaction that sees the store as it was when it first read; it stays open."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as file:
            file.execute("BEGIN")
            yield lambda statement: file.execute(statement).fetchall()
            file.execute("ROLLBACK")
        return
    with psycopg.connect(server) as connection:
        connection.execute(SQL("SET search_path = {}").format(Identifier(url.rpartition("=")[2])))
        connection.commit()
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield lambda statement: connection.execute(SQL(statement)).fetchall()
        connection.rollback()


def test_no_transaction_that_began_before_keeps_an_erased_key(postgres: str, server: str) -> None:
    """It would keep the rows that were deleted, as a standby, a slot, and an autovacuum at work on another table do."""
    with Tracker(postgres) as tracker, transaction_of(postgres, server) as reader:
        protection = Protection(tracker, MASTER)
        tokens = {f"nv-{number}": protection.protect(f"nv-{number}", NAME) for number in range(20)}
        keys = {subject: wrapped_key(postgres, subject) for subject in tokens}
        reader("SELECT count(*) FROM reformtrack_log")
        gone = list(tokens)[::2]
        for subject in gone:
            assert protection.erase(subject)
        held = bytes_of(postgres, server)
        assert set(gone) == {subject for subject, key in keys.items() if key not in held}
        assert [(10,)] == reader("SELECT count(*) FROM reformtrack_subject_keys"), "whoever stays is seen by all"
    with Tracker(postgres) as tracker:
        protection = Protection(tracker, MASTER)
        assert [ERASED if subject in gone else NAME for subject in tokens] == list(
            map(protection.reveal, tokens.values())
        )


def test_the_statistics_of_the_server_hold_no_key(postgres: str, server: str) -> None:
    """ANALYZE samples the values of each column, by itself when a server is busy; whoever erases does not reach them."""
    analyze = SQL("ANALYZE {}").format(Identifier(postgres.rpartition("=")[2], "reformtrack_subject_keys"))
    with Tracker(postgres) as tracker, psycopg.connect(server, autocommit=True) as connection:
        protection = Protection(tracker, MASTER)
        for number in range(60):
            protection.protect(f"nv-{number}", NAME)
        keys = [wrapped_key(postgres, f"nv-{number}") for number in range(60)]
        connection.execute(analyze)
        for number in range(60):
            assert protection.erase(f"nv-{number}")
        connection.execute(analyze)
        held = bytes_of(postgres, server)
        assert [] == [key for key in keys if key in held]


@pytest.mark.parametrize(
    "made",
    [
        "CREATE INDEX mine ON reformtrack_subject_keys ((subject || wrapped))",
        "CREATE STATISTICS mine ON (subject || wrapped) FROM reformtrack_subject_keys",
    ],
)
def test_an_erasure_says_so_where_an_expression_of_the_keys_has_statistics(
    postgres: str, server: str, made: str
) -> None:
    """And what to drop; without it the erasure is done."""
    with Tracker(postgres) as tracker, psycopg.connect(server, autocommit=True) as connection:
        protection = Protection(tracker, MASTER)
        protection.protect("nv-1", "A")
        connection.execute(SQL("SET search_path = {}").format(Identifier(postgres.rpartition("=")[2])))
        connection.execute(made.encode())
        with pytest.raises(StoreError, match=r"its statistics.*DROP (INDEX|STATISTICS) \S*mine, then") as refused:
            protection.erase("nv-1")
        connection.execute(str(refused.value).partition("accepted: ")[2].partition(",")[0].encode())
        protection.protect("nv-2", "B")
        assert protection.erase("nv-2")


def test_an_erasure_says_so_where_statistics_were_taken_all_the_same(postgres: str, server: str) -> None:
    """Somebody turned them on for the table."""
    table = Identifier(postgres.rpartition("=")[2], "reformtrack_subject_keys")
    with Tracker(postgres) as tracker, psycopg.connect(server, autocommit=True) as connection:
        protection = Protection(tracker, MASTER)
        for number in range(9):
            protection.protect(f"nv-{number}", NAME)
        connection.execute(SQL("ALTER TABLE {} ALTER wrapped SET STATISTICS 100").format(table))
        connection.execute(SQL("ANALYZE {}").format(table))
        key = wrapped_key(postgres, "nv-1")
        with pytest.raises(StoreError, match=r"its statistics.*VACUUM FULL pg_statistic"):
            protection.erase("nv-1")
        cleaning = 'ALTER TABLE {} ALTER wrapped TYPE text COLLATE "C", ALTER wrapped SET STATISTICS 0'
        connection.execute(SQL(cleaning).format(table))
        connection.execute("VACUUM FULL pg_statistic")
        assert not protection.erase("nv-1")
        assert key not in bytes_of(postgres, server)


def test_erasing_changes_no_record_and_no_export(url: str, tmp_path: Path) -> None:
    """What was sealed before is as it was: each proof about it holds."""
    with Tracker(url) as tracker:
        protection = Protection(tracker, MASTER)
        tracker.record(adopted(title=f"Kế hoạch của {protection.protect('nv-1', NAME)}"), by="a")
        tracker.log.export(tmp_path / "before.jsonl")
        protection.erase("nv-1")
        tracker.log.export(tmp_path / "after.jsonl")

        assert (tmp_path / "before.jsonl").read_bytes() == (tmp_path / "after.jsonl").read_bytes()
        assert NAME.encode() not in (tmp_path / "after.jsonl").read_bytes()
        assert () == tracker.log.check()
