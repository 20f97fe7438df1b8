"""What a question goes through: an index that does not have all rows, and definitions that are not reformtrack's, are named."""

import shutil
import sqlite3
import struct
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from reformtrack import Tracker
from reformtrack.events import ActivityCompleted, ProgressReported
from reformtrack.outbox import Outbox
from reformtrack.protection import Protection
from reformtrack.seal import Checkpoint, Seals, SigningKey, verify_log
from reformtrack.store import log, postgres_definitions
from tests.support import adopted, day, scheduled

KEY = SigningKey.generate("example.vn/log")
LOG, REQUESTS = "reformtrack_log", "reformtrack_requests"


def filled(url: str) -> Checkpoint:
    """A store of a plan with one activity of two completed, by two requests; its views made, its log sealed."""
    with Tracker(url) as tracker:
        tracker.record(adopted(), scheduled(), scheduled("p/1.02"), by="a", request_id="first")
        tracker.record(ActivityCompleted("p/1.01", on=day("6-1")), by="a", request_id="second")
        tracker.plans()
        return Seals(tracker).seal(KEY)


@pytest.fixture
def sealed(sqlite: str) -> tuple[Path, Checkpoint]:
    return Path(sqlite.removeprefix("sqlite:///")), filled(sqlite)


def hidden(path: Path, table: str, columns: str, condition: str, *, traceless: bool) -> None:
    """Put an index of some rows in the place of the one that the table's constraint made."""
    ours, other = f"sqlite_autoindex_{table}_1", "reformtrack_other"
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(f"CREATE UNIQUE INDEX {other} ON {table} ({columns}) WHERE {condition}")
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("PRAGMA writable_schema = ON")
        roots = dict(file.execute("SELECT name, rootpage FROM sqlite_master WHERE name IN (?, ?)", [ours, other]))
        for name, root in ((ours, roots[other]), (other, roots[ours])):
            file.execute("UPDATE sqlite_master SET rootpage = ? WHERE name = ?", [root, name])
        if traceless:
            file.execute("DELETE FROM sqlite_master WHERE name = ?", [other])
        [(version,)] = file.execute("PRAGMA schema_version").fetchall()
        file.execute(f"PRAGMA schema_version = {version + 1}")


def said_by_all(path: Path, checkpoint: Checkpoint, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What check, verify and the stand-alone file say, none of which may be silent."""
    with Tracker(f"sqlite:///{path}") as tracker:
        check, verify = tracker.log.check(), Seals(tracker).verify(checkpoint)
    assert (False, "", None) == (verify.holds, verify.what, verify.index), "the records are those of the checkpoint"
    assert set(verify.beside) <= {damage.what for damage in check}
    note = path.with_name("checkpoint")
    note.write_text(checkpoint.note)
    assert 1 == verify_log.main(["log", str(path), str(note), "--key", str(KEY.verifier)])
    alone = capsys.readouterr().out
    assert alone.startswith("holds: ")
    return [*(damage.what for damage in check), *verify.beside, alone.partition("does not hold: ")[2]]


@pytest.mark.parametrize("traceless", [True, False])
def test_a_record_that_the_index_of_streams_hides_is_named(
    sealed: tuple[Path, Checkpoint], traceless: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """`plan` does not see it, and every row of the log is as it was sealed."""
    path, checkpoint = sealed
    hidden(path, LOG, "originator_id, originator_version", "position <> 4", traceless=traceless)
    with Tracker(f"sqlite:///{path}") as tracker:
        assert "0/2 (0,0%)" == str(tracker.plan("p").progress()), "it works"
    said = said_by_all(path, checkpoint, capsys)
    what = "the index of originator_id, originator_version in reformtrack_log does not have the row: ('p/1.01', 2)"
    assert 2 == said.count(what), "check and verify"
    assert "sqlite_autoindex_reformtrack_log_1 lacks a row that the table has: (4, 'p/1.01', 2)" in said[-1]
    assert traceless == ("the index reformtrack_other on reformtrack_log is not reformtrack's" not in said)


def test_a_request_that_its_index_hides_is_named(
    sealed: tuple[Path, Checkpoint], capsys: pytest.CaptureFixture[str]
) -> None:
    """Sent again, it would be recorded again."""
    path, checkpoint = sealed
    hidden(path, REQUESTS, "request_id", "request_id <> 'second'", traceless=True)
    said = said_by_all(path, checkpoint, capsys)
    assert 2 == said.count("the index of request_id in reformtrack_requests does not have the row: ('second',)")
    assert "sqlite_autoindex_reformtrack_requests_1 lacks a row that the table has: (4, 'second')" in said[-1]


def test_an_index_that_sends_to_other_rows_is_named(sqlite: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It has as many entries as there are rows, in the right order."""
    with Tracker(sqlite) as tracker:
        tracker.record(adopted(), scheduled(), by="a", request_id="first")
        tracker.record(*(ProgressReported("p/1.01", on=day("2-1"), note=f"{n}") for n in range(2)), by="a")
        checkpoint = Seals(tracker).seal(KEY)
    path = Path(sqlite.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(path)) as file:
        [(root,), (size,)] = file.execute(
            f"SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_{LOG}_1' UNION ALL "
            "SELECT page_size FROM pragma_page_size"
        ).fetchall()
    content = bytearray(path.read_bytes())
    page = slice((root - 1) * size, root * size)
    one, two = b"\x04\x19\x01\x01p/1.01\x02\x03", b"\x04\x19\x01\x01p/1.01\x03\x04"  # stream, version, position
    assert 1 == content[page].count(one) == content[page].count(two)
    content[page] = content[page].replace(one, one[:-1] + b"\x04").replace(two, two[:-1] + b"\x03")
    path.write_bytes(content)
    said = said_by_all(path, checkpoint, capsys)
    for version in (2, 3):
        assert any(f"does not have the row: ('p/1.01', {version})" in text for text in said)
        assert any(f"has a row that is not there: ('p/1.01', {version})" in text for text in said)


def page_of(content: bytearray, number: int) -> tuple[int, int, list[int]]:
    """Of an inner page of a file: where it begins, where its last child is named, and where each of its cells is."""
    [size] = struct.unpack_from(">H", content, 16)
    start = (number - 1) * size
    assert content[start] in (2, 5), "an inner page, of an index or of a table"
    [cells] = struct.unpack_from(">H", content, start + 3)
    return start, start + 8, [start + cell for cell in struct.unpack_from(f">{cells}H", content, start + 12)]


def root_page(path: Path, name: str) -> int:
    """The number of the first page of a table or an index; all that is recorded is in the file then."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        [(found,)] = file.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [name]).fetchall()
    return int(found)


@pytest.fixture(scope="module")
def once_long(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Checkpoint]:
    """A store of so many records that tables and indexes have inner pages; all that is recorded is in the file."""
    path = tmp_path_factory.mktemp("long") / "plans.db"
    with Tracker(f"sqlite:///{path}") as tracker:
        tracker.record(adopted(), *(scheduled(f"p/{n:03}") for n in range(500)), by="a", request_id="first")
        for n in range(200):
            tracker.record(ActivityCompleted(f"p/{n:03}", on=day("6-1")), by="a", request_id=f"{n}" * 60)
        checkpoint = Seals(tracker).seal(KEY)
    root_page(path, LOG)
    return path, checkpoint


@pytest.fixture
def long(tmp_path: Path, once_long: tuple[Path, Checkpoint]) -> tuple[Path, Checkpoint]:
    """A copy of it."""
    path, checkpoint = once_long
    return Path(shutil.copy(path, tmp_path)), checkpoint


@pytest.mark.parametrize("table", [LOG, REQUESTS])
def test_an_index_with_all_entries_in_the_wrong_order_is_named(
    long: tuple[Path, Checkpoint], table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two children of its first page are exchanged: who searches in it goes to the wrong one."""
    path, checkpoint = long
    root = root_page(path, f"sqlite_autoindex_{table}_1")
    content = bytearray(path.read_bytes())
    _, last, cells = page_of(content, root)
    content[cells[0] : cells[0] + 4], content[last : last + 4] = (
        content[last : last + 4],
        content[cells[0] : cells[0] + 4],
    )
    path.write_bytes(content)
    said = said_by_all(path, checkpoint, capsys)
    assert f"missing from index sqlite_autoindex_{table}_1" in said[-1]
    assert 2 <= sum(f"missing from index sqlite_autoindex_{table}_1" in text for text in said[:-1])


@pytest.mark.parametrize("table", [LOG, REQUESTS])
def test_an_index_in_another_order_is_named(
    long: tuple[Path, Checkpoint], table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same entries, the last first, in the place of the one that the table's constraint made."""
    path, checkpoint = long
    columns = {LOG: "originator_id DESC, originator_version", REQUESTS: "request_id DESC"}[table]
    hidden(path, table, columns, "true", traceless=True)
    assert f"missing from index sqlite_autoindex_{table}_1" in said_by_all(path, checkpoint, capsys)[-1]


@pytest.mark.parametrize("table", [LOG, REQUESTS])
def test_a_table_that_is_searched_in_the_wrong_place_is_named(
    long: tuple[Path, Checkpoint], table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where its first page says that a part ends earlier than it does, no search finds the rest; who reads all reads it."""
    path, checkpoint = long
    root = root_page(path, table)
    content = bytearray(path.read_bytes())
    _, _, cells = page_of(content, root)
    bounds = [cell + 4 for cell in cells]
    lower = next(bound for bound in bounds if content[bound] & 0x80 and content[bound + 1] > 3)
    content[lower + 1] -= 3
    path.write_bytes(content)
    assert "out of order" in said_by_all(path, checkpoint, capsys)[-1]


DEFINITIONS = {
    "the trigger reformtrack_log_no_update is missing": "DROP TRIGGER reformtrack_log_no_update",
    "the trigger mine on reformtrack_log is not reformtrack's": (
        f"CREATE TRIGGER mine AFTER INSERT ON {LOG} BEGIN SELECT 1; END"
    ),
    "the trigger mine on REFORMTRACK_LOG is not reformtrack's": (
        f"CREATE TRIGGER mine AFTER INSERT ON {LOG.upper()} BEGIN SELECT 1; END"
    ),
    "the index mine on reformtrack_requests is not reformtrack's": f"CREATE INDEX mine ON {REQUESTS} (recorded_at)",
    "the trigger reformtrack_requests_no_delete is not as reformtrack makes it": (
        "DROP TRIGGER reformtrack_requests_no_delete",
        f"CREATE TRIGGER reformtrack_requests_no_delete BEFORE DELETE ON {REQUESTS} BEGIN SELECT 1; END",
    ),
    "the table reformtrack_log is not as reformtrack makes it": f"ALTER TABLE {LOG} ADD COLUMN more",
}
_HIDDEN = "PRAGMA writable_schema = ON", "UPDATE sqlite_master SET tbl_name = {} WHERE name = 'mine'"
"""SQLite goes by what a definition says, not by the column that says what it is of."""
HIDDEN = [
    (table, made.format(table), _HIDDEN[0], _HIDDEN[1].format(tbl_name))
    for table in (LOG, REQUESTS)
    for made in ("CREATE TRIGGER mine AFTER INSERT ON {} BEGIN SELECT 1; END", "CREATE INDEX mine ON {} (1)")
    for tbl_name in ("tbl_name || char(0) || 'x'", "CAST(tbl_name AS BLOB)")
]
SPACES = ("\u00a0", "\u2003")
"""To SQLite letters of a name, where a reader sees a space."""
BESIDE = {
    "the index reformtrack_names_1_digest is missing": "DROP INDEX reformtrack_names_1_digest",
    "the trigger mine on reformtrack_plans_1 is not reformtrack's": (
        "CREATE TRIGGER mine AFTER INSERT ON reformtrack_plans_1 BEGIN SELECT 1; END"
    ),
    "the view reformtrack_gaps_1 on reformtrack_gaps_1 is not reformtrack's": (
        "DROP TABLE reformtrack_gaps_1",
        "CREATE VIEW reformtrack_gaps_1 AS SELECT '' AS plan, 1 AS pos_from, 2 AS pos_to",
    ),
    "the index mine on reformtrack_tree is not reformtrack's": "CREATE INDEX mine ON reformtrack_tree (hashes)",
}


@pytest.mark.parametrize("what", [*DEFINITIONS, *BESIDE])
def test_what_is_not_as_reformtrack_makes_it_is_named(
    sealed: tuple[Path, Checkpoint], what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of the log also by the file that stands alone."""
    path, checkpoint = sealed
    statements = {**DEFINITIONS, **BESIDE}[what]
    with closing(sqlite3.connect(path)) as file, file:
        for statement in [statements] if isinstance(statements, str) else statements:
            file.execute(statement)
    if what in BESIDE:
        with Tracker(f"sqlite:///{path}") as tracker:
            assert what in Seals(tracker).verify(checkpoint).beside
            assert what in {damage.what for damage in tracker.log.check()}
        return
    said = said_by_all(path, checkpoint, capsys)
    assert 2 == said.count(what)
    assert what.split()[2] in said[-1]


@pytest.mark.parametrize(("table", "made", "on", "hidden"), HIDDEN)
def test_a_trigger_or_an_index_that_its_own_definition_hides_is_named(
    sealed: tuple[Path, Checkpoint], table: str, made: str, on: str, hidden: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever stands beside it about what it is of."""
    path, checkpoint = sealed
    with closing(sqlite3.connect(path)) as file, file:
        for statement in (made, on, hidden):
            file.execute(statement)
    said = said_by_all(path, checkpoint, capsys)
    assert 2 == said.count(f"the table {table} has triggers or indexes that are not reformtrack's")
    assert table in said[-1]


def test_a_trigger_that_runs_in_an_append_is_named_by_the_file_that_stands_alone(
    sealed: tuple[Path, Checkpoint], capsys: pytest.CaptureFixture[str]
) -> None:
    """Of the kept tree also: it could change the log."""
    path, checkpoint = sealed
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("CREATE TRIGGER mine AFTER UPDATE ON reformtrack_tree_size BEGIN SELECT 1; END")
    assert "reformtrack_tree_size has triggers" in said_by_all(path, checkpoint, capsys)[-1]


@pytest.mark.parametrize("space", SPACES)
def test_a_definition_with_other_spaces_is_another(
    sealed: tuple[Path, Checkpoint], space: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With them the position is a column like any other, in which a number may stand twice."""
    path, checkpoint = sealed
    with closing(sqlite3.connect(path)) as file, file:
        rows = file.execute(f"SELECT * FROM {LOG} ORDER BY position").fetchall()
        made = [sql for (sql,) in file.execute(f"SELECT sql FROM sqlite_master WHERE tbl_name = '{LOG}' AND sql <> ''")]
        file.execute(f"DROP TABLE {LOG}")
        for sql in made:
            file.execute(sql.replace("PRIMARY KEY AUTOINCREMENT", f"PRIMARY{space}KEY{space}AUTOINCREMENT"))
        file.executemany(f"INSERT INTO {LOG} VALUES (?, ?, ?, ?, ?)", [*rows, (4, "p/1.01", 3, *rows[-1][3:])])
    with Tracker(f"sqlite:///{path}") as tracker:
        said = [damage.what for damage in tracker.log.check()]
        assert not Seals(tracker).verify(checkpoint).holds
    assert f"the table {LOG} is not as reformtrack makes it" in said
    assert "its position has more than one row" in said
    note = path.with_name("checkpoint")
    note.write_text(checkpoint.note)
    assert 1 == verify_log.main(["log", str(path), str(note), "--key", str(KEY.verifier)])
    assert f"does not hold: {LOG} is not as reformtrack makes it" in capsys.readouterr().out


def test_what_a_host_keeps_beside_it_is_its_own(sealed: tuple[Path, Checkpoint]) -> None:
    """Tables, indexes and triggers of its own; and views that are made anew, or are left over."""
    path, checkpoint = sealed
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("CREATE TABLE mine (a UNIQUE)")
        file.execute("CREATE INDEX mine_a ON mine (a)")
        for mine in ("mine", "reformtrack_portal_notes", "reformtracker"):
            file.execute(f"CREATE TABLE IF NOT EXISTS {mine} (a)")
            file.execute(f"CREATE TRIGGER {mine}_t AFTER INSERT ON {mine} BEGIN DELETE FROM {mine}; END")
    with Tracker(f"sqlite:///{path}") as tracker:
        Protection(tracker, bytes(32))
        for _ in range(2):
            assert Seals(tracker).verify(checkpoint).holds
            assert () == tracker.log.check()
            tracker.views.rebuild()
    assert [] == [*verify_log.beside(path)]


def test_an_error_of_who_shows_the_progress_is_theirs(sealed: tuple[Path, Checkpoint]) -> None:
    """And nothing that the log has."""

    def fails(done: int, total: int) -> None:
        raise ValueError(f"{done} of {total}")

    with Tracker(f"sqlite:///{sealed[0]}") as tracker, pytest.raises(ValueError, match="4 of 4"):
        tracker.log.check(progress=fails)


def test_a_host_may_refer_to_a_record(postgres: str, owner: Callable[[str], None]) -> None:
    """By a foreign key, whose triggers are the server's own."""
    checkpoint = filled(postgres)
    owner(f"CREATE TABLE mine (position bigint REFERENCES {LOG})")
    with Tracker(postgres) as tracker:
        assert () == tracker.log.check()
        assert Seals(tracker).verify(checkpoint).holds


@pytest.fixture
def owner(postgres: str) -> Iterator[Callable[[str], None]]:
    """Runs a statement as the owner of the tables, in their schema."""
    with psycopg.connect(postgres.partition("&schema=")[0], autocommit=True) as connection:

        def run(statement: str) -> None:
            connection.execute(SQL("SET search_path = {}").format(Identifier(postgres.rpartition("=")[2])))
            connection.execute(SQL(statement))

        yield run


_REFUSED = "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {} FOR EACH STATEMENT"
_HAS_ANOTHER_TRIGGER = f"the table {LOG} has CREATE TRIGGER append_only BEFORE DELETE OR UPDATE "
_C_OF_ANOTHER_SCHEMA = 'CREATE COLLATION "C" FROM pg_catalog.ucs_basic'
_APPEND = (
    'the function "{}"."reformtrack_append"(text[], bigint[], text[], bytea[], text, text, text[], text[], bigint[])'
)
_ANEW = (
    "DO $do$ DECLARE made text := pg_get_functiondef('reformtrack_append'::regproc); BEGIN "
    "DROP FUNCTION reformtrack_append; EXECUTE replace(made, '{}', '{}'); END $do$"
)
POSTGRES = [
    (f"the table {LOG} has CREATE TRIGGER append_only BEFORE", f"ALTER TABLE {LOG} DISABLE TRIGGER append_only"),
    (f"the table {REQUESTS} lacks CREATE TRIGGER append_only BEFORE", f"DROP TRIGGER append_only ON {REQUESTS}"),
    (
        f"{_HAS_ANOTHER_TRIGGER}OR TRUNCATE ON {LOG} FOR EACH STATEMENT WHEN (false)",
        f"DROP TRIGGER append_only ON {LOG}",
        f"{_REFUSED.format(LOG)} WHEN (false) EXECUTE FUNCTION reformtrack_refuse()",
    ),
    (
        f"{_HAS_ANOTHER_TRIGGER}OF topic OR TRUNCATE",
        f"DROP TRIGGER append_only ON {LOG}",
        f"{_REFUSED.format(LOG).replace('UPDATE', 'UPDATE OF topic')} EXECUTE FUNCTION reformtrack_refuse()",
    ),
    (
        f"{_HAS_ANOTHER_TRIGGER}OR TRUNCATE ON {LOG} FOR EACH STATEMENT EXECUTE FUNCTION pg_temp",
        "CREATE FUNCTION pg_temp.reformtrack_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
        f"DROP TRIGGER append_only ON {LOG}",
        f"{_REFUSED.format(LOG)} EXECUTE FUNCTION pg_temp.reformtrack_refuse()",
    ),
    (f"the table {LOG} has CREATE INDEX mine ON {LOG} USING btree (topic)", f"CREATE INDEX mine ON {LOG} (topic)"),
    (
        f"the table {REQUESTS} has CREATE UNIQUE INDEX mine",
        f"CREATE UNIQUE INDEX mine ON {REQUESTS} (request_id) WHERE request_id <> 'second'",
    ),
    (
        f"the table {LOG} lacks UNIQUE (originator_id, originator_version)",
        f"ALTER TABLE {LOG} DROP CONSTRAINT {LOG}_originator_id_originator_version_key",
        f"CREATE INDEX mine ON {LOG} (originator_id, originator_version)",
    ),
    (
        f"the table {REQUESTS} lacks UNIQUE (request_id)",
        f"ALTER TABLE {REQUESTS} DROP CONSTRAINT {REQUESTS}_request_id_key",
        f"CREATE UNIQUE INDEX {REQUESTS}_request_id_key ON {REQUESTS} (request_id)",
    ),
    (f"the table {LOG} has CHECK ((topic <> 'a'::text))", f"ALTER TABLE {LOG} ADD CHECK (topic <> 'a')"),
    (
        f"the table {REQUESTS} has FOREIGN KEY (first_position) REFERENCES {{}}.mine(id) NOT VALID",
        "CREATE TABLE mine (id bigint PRIMARY KEY)",
        f"ALTER TABLE {REQUESTS} ADD FOREIGN KEY (first_position) REFERENCES mine NOT VALID",
    ),
    (
        f"the table {LOG} has CREATE RULE mine AS",
        f"CREATE RULE mine AS ON INSERT TO {LOG} DO INSTEAD NOTHING",
    ),
    (f"the table {REQUESTS} has kind r p RLS", f"ALTER TABLE {REQUESTS} ENABLE ROW LEVEL SECURITY"),
    (f"the table {REQUESTS} has kind r p RLS", f"ALTER TABLE {REQUESTS} FORCE ROW LEVEL SECURITY"),
    (f"the table {LOG} has CREATE POLICY mine", f"CREATE POLICY mine ON {LOG} USING (false)"),
    (f"the table {LOG} has kind r u", f"ALTER TABLE {LOG} SET UNLOGGED"),
    (f"the table {LOG} has INHERITS ({{}}.{LOG}) of {{}}.mine", f"CREATE TABLE mine () INHERITS ({LOG})"),
    (
        f"the table {LOG} has column 2 originator_id text ucs_basic NOT NULL",
        f"ALTER TABLE {LOG} ALTER originator_id TYPE text COLLATE ucs_basic",
    ),
    (
        f'the table {LOG} has column 2 originator_id text {{}}."C" NOT NULL',
        _C_OF_ANOTHER_SCHEMA,
        f'ALTER TABLE {LOG} ALTER originator_id TYPE text COLLATE {{}}."C"',
    ),
    (
        f'the table {REQUESTS} has column 4 recorded_at text {{}}."C" NOT NULL',
        _C_OF_ANOTHER_SCHEMA,
        f'ALTER TABLE {REQUESTS} ALTER recorded_at TYPE text COLLATE {{}}."C"',
    ),
    (f"the table {LOG} has column 4 topic text ", f"ALTER TABLE {LOG} ALTER topic SET DEFAULT 'a'"),
    (f"the table {LOG} has column 4 topic text ", f"ALTER TABLE {LOG} ALTER topic DROP NOT NULL"),
    (f"the table {LOG} has column 6 more", f"ALTER TABLE {LOG} ADD more text"),
    (
        f"the table {LOG} has sequence bigint 1 1 1 1000 1 t",
        f"ALTER TABLE {LOG} ALTER position SET CYCLE SET MAXVALUE 1000",
    ),
    (
        f"the table {LOG} has sequence bigint 1 1 1 9223372036854775807 9 f",
        f"ALTER TABLE {LOG} ALTER position SET CACHE 9",
    ),
    (f"the table {LOG} has GRANT UPDATE TO PUBLIC", f"GRANT UPDATE, DELETE ON {LOG} TO PUBLIC"),
    (f"the table {LOG} has GRANT UPDATE TO PUBLIC", f"GRANT UPDATE (state) ON {LOG} TO PUBLIC"),
    (f"the table {LOG} has GRANT INSERT TO PUBLIC", f"GRANT INSERT ON {LOG} TO PUBLIC"),
    (f"the table {LOG} has GRANT INSERT TO PUBLIC", f"GRANT INSERT (position) ON {LOG} TO PUBLIC"),
    (f"the table {REQUESTS} has GRANT TRUNCATE TO pg_monitor", f"GRANT TRUNCATE ON {REQUESTS} TO pg_monitor"),
    (
        "the table reformtrack_plans_1 is not as",
        "CREATE TRIGGER mine BEFORE INSERT ON reformtrack_plans_1 FOR EACH STATEMENT EXECUTE FUNCTION reformtrack_refuse()",
    ),
    (
        "the table reformtrack_names_1 is not as",
        _C_OF_ANOTHER_SCHEMA,
        'ALTER TABLE reformtrack_names_1 ALTER name TYPE text COLLATE {}."C"',
    ),
    ("the table reformtrack_names_1 is not as", "DROP INDEX reformtrack_names_1_digest"),
    ("the table reformtrack_views is not as", "ALTER TABLE reformtrack_views ADD CHECK (position < 1000)"),
    ("the table reformtrack_tree is not as", "CREATE RULE mine AS ON UPDATE TO reformtrack_tree DO INSTEAD NOTHING"),
    (
        'the function "{}"."reformtrack_refuse"() is not as reformtrack makes it',
        "CREATE OR REPLACE FUNCTION reformtrack_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
    ),
    (
        'the function "{}"."reformtrack_grow_1"() is not as reformtrack makes it',
        "ALTER FUNCTION reformtrack_grow_1() SECURITY DEFINER",
    ),
    (
        _APPEND,
        "ALTER FUNCTION reformtrack_append SET search_path = public",
    ),
    (
        _APPEND,
        "ALTER FUNCTION reformtrack_append STRICT",
    ),
    (_APPEND, _ANEW.format("lows text[], highs text[]", "highs text[], lows text[]")),
    (
        _APPEND,
        "CREATE DOMAIN many AS bigint[] CHECK (length(VALUE::text) > 0)",
        _ANEW.format("OUT stored bigint[]", "OUT stored many"),
    ),
    (
        f"the table {LOG} has CREATE TRIGGER mine AFTER INSERT",
        f"CREATE TRIGGER mine AFTER INSERT ON {LOG} FOR EACH STATEMENT EXECUTE FUNCTION reformtrack_refuse()",
        "UPDATE pg_trigger SET tgisinternal = true WHERE tgname = 'mine'",
    ),
    (f"the table {LOG} has CREATE STATISTICS", f"CREATE STATISTICS mine ON originator_id, topic FROM {LOG}"),
    (
        f"the table {LOG} has GRANT UPDATE ON SEQUENCE TO PUBLIC, which is not reformtrack's",
        f"GRANT ALL ON SEQUENCE {LOG}_position_seq TO PUBLIC",
    ),
]


@pytest.mark.parametrize("case", range(len(POSTGRES)))
def test_what_is_not_as_reformtrack_makes_it_in_postgresql_is_named(
    postgres: str, owner: Callable[[str], None], case: int
) -> None:
    """None of it changes a row."""
    what, *statements = (text.replace("{}", postgres.rpartition("=")[2]) for text in POSTGRES[case])
    Tracker(postgres, tree_within_appends=True).close()
    checkpoint = filled(postgres)
    with Tracker(postgres) as tracker:
        assert Seals(tracker).verify(checkpoint).holds
        assert () == tracker.log.check()
    for statement in statements:
        owner(statement)
    with Tracker(postgres) as tracker:
        found = Seals(tracker).verify(checkpoint)
        assert (False, "") == (found.holds, found.what)
        assert any(text.startswith(what) for text in found.beside), found.beside
        assert any(damage.what.startswith(what) for damage in tracker.log.check())


def test_each_table_that_is_read_is_held_against_a_definition(postgres: str) -> None:
    """None that stands beside the log is left out, whichever generation of the views is read."""
    with Tracker(postgres) as tracker:
        tracker.record(adopted(), by="a")
        Protection(tracker, bytes(32)).protect("nv-0417", "Nguyễn Văn A")
        Seals(tracker).seal(KEY)
        Outbox(tracker, "https://example.vn/log").subscribe("inbox", print, after=0)
        for generation in (1, 2, 3):
            tracker.views.rebuild()
            with tracker._store.recorder.moment() as session:
                found = session.select(
                    "SELECT tablename FROM pg_tables WHERE schemaname = ?", [postgres.rpartition("=")[2]]
                )
            named = {name.format(g=generation) for name in (*postgres_definitions._LOG, *postgres_definitions._DERIVED)}
            assert named == {name for (name,) in found if not name.endswith(f"_{generation - 1}")}
            assert () == tracker.log.check()


def test_the_index_is_read_and_not_the_table(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is compared was read in two ways, page by page; else it would say nothing."""
    monkeypatch.setattr(log, "PAGE", 2)
    filled(url)
    with Tracker(url) as tracker:
        recorder = tracker._store.recorder
        assert () == tracker.log.check()
        for index in recorder.indexes:
            rows, entries = list(recorder.rows(index)), list(recorder.entries(index))
            assert sorted(rows) == sorted(entries)
            places = [index.columns.index(name) for name in index.order]
            assert entries == sorted(entries, key=lambda row: [row[place] for place in places])
        monkeypatch.setattr(recorder, "select_entries", lambda index, after, limit: [])
        found = tracker._store.beside()
        assert [*(1, 2, 3, 4), *(1, 4)] * (len(recorder.indexes) // 2) == [
            damage.position
            for index in recorder.indexes
            for damage in found
            if f"of {', '.join(index.order)} " in damage.what
        ]
    assert all("does not have the row" in damage.what for damage in found)


@pytest.mark.slow
def test_a_row_that_is_hidden_among_many_is_named(sqlite: str) -> None:
    """Over several pages; and nothing else is."""
    with Tracker(sqlite) as tracker:
        tracker.record(adopted(), scheduled(), by="a")
        for _ in range(12):
            tracker.record(*[ProgressReported("p/1.01", on=day("2-1"), note="x")] * 1_000, by="a")
    hidden(
        Path(sqlite.removeprefix("sqlite:///")),
        LOG,
        "originator_id, originator_version",
        "position NOT IN (5001, 11000)",
        traceless=True,
    )
    with Tracker(sqlite) as tracker:
        assert [5001, 11000] == [damage.position for damage in tracker._store.beside() if damage.position]
