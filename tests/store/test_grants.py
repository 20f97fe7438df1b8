"""The application's role in PostgreSQL: it can do all its work, and the server refuses whatever would change the log."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from reformtrack import StoreError, Tracker
from reformtrack.cli import main
from reformtrack.events import ActivityStarted
from reformtrack.outbox import Outbox
from reformtrack.protection import Protection
from reformtrack.seal import Seals, SigningKey
from reformtrack.store.tree import kept
from reformtrack.testing.conformance import StoreConformance
from tests.store.test_instants import wronged
from tests.support import ADOPTED, Clock, adopted, scheduled
from tests.test_protection import bytes_of, wrapped_key

_roles = count(1)


@pytest.fixture
def role(server: str) -> Iterator[str]:
    """A role that may log in and nothing else; its name wants quotes."""
    name = f'app "{next(_roles)}"'
    with psycopg.connect(server, autocommit=True) as owner:
        owner.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(name)))
        yield name
        owner.execute(SQL("DROP OWNED BY {}").format(Identifier(name)))
        owner.execute(SQL("DROP ROLE {}").format(Identifier(name)))


def as_role(url: str, role: str) -> str:
    """The URL of the same store, for another role."""
    return url.replace("postgres:@", f"{quote(role)}:@")


def schema_of(url: str) -> str:
    return url.rpartition("=")[2]


@pytest.fixture
def limited(postgres: str, role: str) -> str:
    """The URL of an empty store, its tables made and the rights given by their owner, for the application."""
    with Tracker(postgres) as owner:
        owner.log.grant(role)
    return as_role(postgres, role)


class TestConformance(StoreConformance):
    """Under the role, the store keeps all its promises."""

    @pytest.fixture
    def url(self, limited: str) -> str:
        return limited


def test_views_outbox_and_checks_work_under_the_role(limited: str) -> None:
    """Also what is made anew, time after time."""
    with Tracker(limited) as tracker:
        tracker.record(adopted(), scheduled(), by="a")
        heard: list[str] = []
        outbox = Outbox(tracker, "https://example.vn/log")
        outbox.subscribe("inbox", lambda event: heard.append(event["id"]), after=0)
        for _ in range(3):
            assert 2 == tracker.views.rebuild()
        tracker.record(ActivityStarted("p/1.01", on=ADOPTED), by="a")
        assert 3 == tracker.views.catch_up() == tracker.rollup().position
        assert 3 == outbox.deliver("inbox").delivered
        assert ["1", "2", "3"] == heard
        assert () == tracker.log.check()


MASTER = bytes(range(32))
KEYS = "reformtrack_subject_keys"


def test_the_role_protects_and_erases_the_data_of_persons(postgres: str, limited: str, role: str, server: str) -> None:
    """Of a table that it does not own; without the right to empty that, it says that the file still has what was deleted."""
    with Tracker(limited) as tracker, psycopg.connect(server, autocommit=True) as owner:
        protection = Protection(tracker, MASTER)
        text, other = (
            protection.protect("nv-0417", "Nguyễn Văn A"),
            protection.protect("nv-0418", "Trần Văn B"),
        )
        keys = [wrapped_key(postgres, subject) for subject in ("nv-0417", "nv-0418")]
        assert protection.erase("nv-0417")
        assert keys[0] not in bytes_of(postgres, server)
        assert ("[đã xoá]", "Trần Văn B") == (protection.reveal(text), protection.reveal(other))

        revoke = SQL("REVOKE TRUNCATE ON {} FROM {}").format(Identifier(schema_of(postgres), KEYS), Identifier(role))
        owner.execute(revoke)
        with pytest.raises(StoreError, match="this role may not empty the table; accepted: erase again as its owner"):
            protection.erase("nv-0418")
        assert "[đã xoá]" == protection.reveal(other)
        assert keys[1] in bytes_of(postgres, server)
    with Tracker(postgres) as tracker:
        protection = Protection(tracker, MASTER)
        assert not protection.erase("nv-0418")
    assert keys[1] not in bytes_of(postgres, server)


def used(url: str, table: str) -> None:
    """Let a tracker use a table that stands beside the log."""
    with Tracker(url) as tracker:
        if table == KEYS:
            Protection(tracker, MASTER)
        elif "subscriptions" in table or "waiting" in table:
            Outbox(tracker, "https://example.vn/log").subscribe("inbox", print, after=0)
        elif "tree" in table:
            Seals(tracker).seal(SigningKey.generate("example.vn/log"))
        else:
            tracker.plans()


BESIDE = [KEYS, "reformtrack_views", "reformtrack_tree", "reformtrack_tree_size", "reformtrack_subscriptions"]


@pytest.mark.parametrize("table", [*BESIDE, "reformtrack_waiting"])
@pytest.mark.parametrize("kind", ["table", "view"])
def test_what_the_role_made_first_is_not_used_by_the_owner(
    postgres: str, limited: str, role: str, table: str, kind: str
) -> None:
    """Its triggers would run with the rights of the owner."""
    address, _, schema = limited.partition("&schema=")
    with Tracker(postgres) as owner, owner.transaction() as session:
        session.execute(f"DROP TABLE IF EXISTS {table}")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(SQL("SET search_path = {}").format(Identifier(schema)))
        made = "CREATE TABLE {} (a text)" if kind == "table" else "CREATE VIEW {} AS SELECT 1 AS a"
        connection.execute(SQL(made).format(Identifier(table)))
    with pytest.raises(StoreError, match=f"the table {table} belongs to another role, .*; accepted: "):
        used(postgres, table)
    if table != "reformtrack_views":  # which the role makes for itself
        with Tracker(postgres) as owner, pytest.raises(StoreError, match=f"{table} belongs to another role"):
            owner.log.grant(role)


@pytest.mark.parametrize("owner_first", [True, False])
def test_the_role_keeps_the_tree_within_its_appends(postgres: str, limited: str, role: str, owner_first: bool) -> None:
    """Whoever made the function for it; but nobody else runs a function that the role made."""
    if owner_first:
        with Tracker(postgres, tree_within_appends=True) as owner:
            owner.log.grant(role)
    with Tracker(limited, tree_within_appends=True) as tracker:
        tracker.record(adopted(), scheduled(), by="a")
        with tracker.transaction() as session:
            assert (2, 2) == kept(session)
        assert Seals(tracker).verify(Seals(tracker).seal(SigningKey.generate("example.vn/log"))).holds
    if owner_first:
        Tracker(postgres, tree_within_appends=True).close()
    else:
        with pytest.raises(StoreError, match="belongs to another role"):
            Tracker(postgres, tree_within_appends=True)


LOG, REQUESTS = "reformtrack_log", "reformtrack_requests"
FORBIDDEN = [
    *(
        statement.format(table)
        for table in (LOG, REQUESTS)
        for statement in (
            "DELETE FROM {}",
            "TRUNCATE {}",
            "DROP TABLE {}",
            "ALTER TABLE {} DISABLE TRIGGER ALL",
            "ALTER TABLE {} ADD COLUMN more text",
            "DROP TRIGGER append_only ON {}",
            "CREATE TRIGGER mine BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            "CREATE RULE mine AS ON INSERT TO {} DO INSTEAD NOTHING",
            "CREATE TABLE more () INHERITS ({})",
            "CREATE INDEX mine ON {} ((1 / 0))",
            "COMMENT ON TABLE {} IS 'mine'",
            "ALTER TABLE {} OWNER TO CURRENT_USER",
            "ALTER TABLE {} RENAME TO mine",
        )
    ),
    f"UPDATE {LOG} SET state = ''",
    f"UPDATE {REQUESTS} SET recorded_at = ''",
    f"MERGE INTO {LOG} USING (SELECT 1) AS one ON true WHEN MATCHED THEN DELETE",
    f"SELECT * FROM {LOG} FOR UPDATE",
    f"DO $$ BEGIN LOCK TABLE {LOG} IN ACCESS EXCLUSIVE MODE; END $$",
    f"INSERT INTO {LOG} (originator_id, originator_version, topic, state) SELECT originator_id, originator_version, topic, '' "
    f"FROM {LOG} ON CONFLICT (originator_id, originator_version) DO UPDATE SET state = excluded.state",
    f"INSERT INTO {LOG} OVERRIDING SYSTEM VALUE VALUES (-1, 'p', 9, 'PlanClosed.1', '')",
    f"CREATE TABLE mine (request_id text REFERENCES {REQUESTS} (request_id))",
    f"SELECT setval('{LOG}_position_seq', 1)",
    f"ALTER SEQUENCE {LOG}_position_seq RESTART WITH 1",
    "DROP FUNCTION reformtrack_append",
    "ALTER FUNCTION reformtrack_refuse() RENAME TO mine",
    "CREATE OR REPLACE FUNCTION reformtrack_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
    "SET session_replication_role = replica",
    "DROP OWNED BY postgres",
    "SET ROLE postgres",
]


def test_the_server_refuses_the_role_whatever_would_change_the_log(limited: str) -> None:
    """For want of rights, before any trigger."""
    address, _, schema = limited.partition("&schema=")
    with Tracker(limited) as tracker, psycopg.connect(address, autocommit=True) as connection:
        before = tracker.record(adopted(), scheduled(), by="a")
        connection.execute(SQL("SET search_path = {}").format(Identifier(schema)))
        allowed = []
        for statement in FORBIDDEN:
            try:
                connection.execute(SQL(statement))
            except psycopg.errors.InsufficientPrivilege:
                continue
            allowed.append(statement)
        assert [] == allowed
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(SQL("DROP SCHEMA {} CASCADE").format(Identifier(schema)))
        assert before == tuple(tracker.log.records())
        assert () == tracker.log.check()


def test_what_the_role_puts_beside_the_tables_is_not_run_by_the_owner(
    limited: str, postgres: str, tmp_path: Path
) -> None:
    """
    A function of the role's own, whose name and types fit a call better, would run with the rights of whoever calls it.

    The owner's search path names the schema, as it does where the tables are in `public`.
    """
    file = tmp_path / "log.jsonl"
    with Tracker() as other:
        other.record(adopted("q"), *(scheduled(f"q/{n}") for n in range(4)), by="a")
        other.log.export(file, after=3)
    address, _, schema = limited.partition("&schema=")
    body = "RETURNS {} LANGUAGE plpgsql AS $$ BEGIN RAISE 'trapped'; END $$"
    traps = {
        "reformtrack_append(text[], smallint[], text[], bytea[], text, text, text[], text[], smallint[])": "record",
        "array_upper(bigint[], integer)": "integer",
        "setval(text, smallint)": "bigint",
        "unnest(text[])": "SETOF text",
        "hashtext(text)": "integer",
        "pg_advisory_xact_lock(integer, integer)": "void",
    }
    with psycopg.connect(address, autocommit=True) as connection:
        for name, returned in traps.items():
            connection.execute(SQL(f"CREATE FUNCTION {schema}.{name} {body.format(returned)}"))
    with Tracker(f"{postgres}&options=-c%20search_path%3D{schema}") as owner:
        owner.record(adopted(), scheduled(), by="a")
        owner.record(ActivityStarted("p/1.01", on=ADOPTED), by="a")
        assert 3 == owner.rollup().position
        assert () == owner.log.check()
        owner.log.load(file, as_it_was=True)
        assert 5 == owner.log.position()


def test_the_owner_alone_imports_a_log(limited: str, postgres: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A file brings positions of its own, so it is no work of the application."""
    file = tmp_path_factory.mktemp("log") / "log.jsonl"
    with Tracker() as other:
        other.record(adopted(), by="a")
        other.log.export(file)
    with Tracker(limited) as tracker:
        with pytest.raises(StoreError, match="permission denied"):
            tracker.log.load(file)
        assert 0 == tracker.log.position()
    with Tracker(postgres) as owner:
        assert 1 == owner.log.load(file)


def test_rights_given_again_leave_the_views_to_the_role(postgres: str, limited: str, role: str) -> None:
    """Also when the owner kept views or delivered in the meantime; how far a subscription is stays."""

    def deliver(tracker: Tracker) -> int:
        outbox = Outbox(tracker, "https://example.vn/log")
        outbox.subscribe("inbox", lambda event: None, after=0)
        return outbox.deliver("inbox").delivered

    with Tracker(postgres) as owner:
        owner.record(adopted(), scheduled(), by="a")
        owner.views.rebuild()
        assert 2 == deliver(owner)
        assert owner.log.grant(role)
    with Tracker(limited) as tracker:
        tracker.record(ActivityStarted("p/1.01", on=ADOPTED), by="a")
        assert 3 == tracker.rollup().position == tracker.views.rebuild()
        assert 1 == deliver(tracker)


def test_a_role_that_can_change_the_log_anyway_is_refused(postgres: str, role: str, server: str) -> None:
    """The owner, a member of the owner, and one with rights from a role of the server; nothing is given."""
    with Tracker(postgres) as owner, psycopg.connect(server, autocommit=True) as connection:
        for other in ("postgres", "pg_write_all_data", "pg_execute_server_program", "pg_write_server_files"):
            connection.execute(SQL("GRANT {} TO {}").format(Identifier(other), Identifier(role)))
            with pytest.raises(StoreError, match="can change the log"):
                owner.log.grant(role)
            connection.execute(SQL("REVOKE {} FROM {}").format(Identifier(other), Identifier(role)))
        with pytest.raises(StoreError, match="can change the log"):
            owner.log.grant("postgres")
        with pytest.raises(StoreError, match='role "nobody" does not exist'):
            owner.log.grant("nobody")
        owner.record(adopted(), by="a")
    with pytest.raises(StoreError, match="permission denied"):
        Tracker(as_role(postgres, role))


def test_a_right_on_the_sequence_of_positions_is_taken_away(postgres: str, role: str, server: str) -> None:
    """A group's is refused: it would let records be put between others."""
    sequence, group = Identifier(schema_of(postgres), "reformtrack_log_position_seq"), Identifier(f"group of {role}")
    with Tracker(postgres) as owner, psycopg.connect(server, autocommit=True) as connection:
        for to in (SQL("PUBLIC"), Identifier(role)):
            connection.execute(SQL("GRANT ALL ON SEQUENCE {} TO {}").format(sequence, to))
        owner.log.grant(role)
        found = connection.execute(
            "SELECT has_sequence_privilege(%s, %s, 'USAGE, UPDATE')", (role, sequence.as_string())
        )
        assert (False,) == found.fetchone()
        connection.execute(SQL("CREATE ROLE {}").format(group))
        connection.execute(SQL("GRANT UPDATE ON SEQUENCE {} TO {}").format(sequence, group))
        connection.execute(SQL("GRANT {} TO {}").format(group, Identifier(role)))
        try:
            with pytest.raises(StoreError, match="can change the log"):
                owner.log.grant(role)
        finally:
            connection.execute(SQL("DROP OWNED BY {}").format(group))
            connection.execute(SQL("DROP ROLE {}").format(group))


def test_a_role_that_may_give_itself_others_is_refused(postgres: str, role: str, server: str) -> None:
    """CREATEROLE gave any role but a superuser's before PostgreSQL 16; since, those that it made."""
    with Tracker(postgres) as owner, psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL("ALTER ROLE {} CREATEROLE").format(Identifier(role)))
        if connection.info.server_version >= 160000:
            owner.log.grant(role)
        else:
            with pytest.raises(StoreError, match="can change the log"):
                owner.log.grant(role)


def test_without_the_tables_the_role_is_told_so(postgres: str, role: str) -> None:
    """It makes none of its own: they would be its own to change."""
    with pytest.raises(StoreError, match="permission denied"):
        Tracker(as_role(postgres, role))


def test_the_command_shows_what_it_ran(postgres: str, role: str, capsys: pytest.CaptureFixture[str]) -> None:
    """SQL that a person can read again."""
    quoted = role.replace('"', '""')
    assert 0 == main(["grant", role, "--store", postgres])
    lines = capsys.readouterr().out.splitlines()
    assert f'GRANT SELECT ON TABLE "{schema_of(postgres)}"."reformtrack_log", ' in lines[4]
    assert all(line.endswith(f'"{quoted}";') for line in lines if line.startswith("GRANT"))


def test_sqlite_has_no_roles(sqlite: str) -> None:
    """What protects a file is said."""
    with Tracker(sqlite) as tracker, pytest.raises(StoreError, match="the permissions of the file"):
        tracker.log.grant("app")


def test_a_wrong_clock_is_corrected_under_the_role(limited: str, postgres: str) -> None:
    """With the rights that it has; the owner's check finds nothing."""
    clock = Clock()
    with Tracker(limited, clock=clock) as tracker:
        first, last = wronged(tracker, clock)
        record = tracker.log.correct_instants(first, last, reason="Đồng hồ sai", by="x")
        assert clock.now == record.recorded_at == tracker.record(scheduled("p/9"), by="a")[0].recorded_at
    with Tracker(postgres) as owner:
        assert () == owner.log.check()


_FUNCTIONS = (
    ("text", "format(text, name)"), ("text", "format(text, text)"), ("integer", "hashtext(text)"),
    ("integer", "hashtext(varchar)"),
    ("text", 'concat_ws(text, text, "char", "char", text)'), ("text", "array_to_string(text[], varchar)"),
    ("bigint", "sum(smallint)"), ("bigint", "octet_length(varchar)"), ("boolean", "starts_with(name, text)"),
)  # fmt: skip
_OPERATORS = (
    ("=", "oid", "regclass"),
    ("=", "oid", "regprocedure"),
    ("=", "name", "varchar"),
    ("<=", "bigint", "numeric"),
)
"""What fits the arguments of statements as well as the server's own, or better."""


def fitting() -> Iterator[str]:
    """Statements that make these, each of which says so where it is called."""
    body = "LANGUAGE plpgsql AS $$ BEGIN RAISE 'code of the role'; END $$"
    for returned, function in _FUNCTIONS:
        yield f"CREATE FUNCTION {function} RETURNS {returned} {body}"
    for number, (sign, left, right) in enumerate(_OPERATORS):
        yield f"CREATE FUNCTION operator{number}({left}, {right}) RETURNS boolean {body}"
        yield f"CREATE OPERATOR {sign} (LEFTARG = {left}, RIGHTARG = {right}, FUNCTION = operator{number})"


def test_functions_that_the_role_made_are_never_called_by_the_owner(postgres: str, limited: str, role: str) -> None:
    """No connection looks for a function or an operator in the schema, in which the role may make some."""
    address, _, schema = limited.partition("&schema=")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(SQL("SET search_path = {}").format(Identifier(schema)))
        for statement in fitting():
            connection.execute(statement)
        with pytest.raises(psycopg.errors.RaiseException, match="code of the role"):
            connection.execute("SELECT FROM pg_class WHERE oid = to_regclass('pg_class')")
    key = SigningKey.generate("example.vn/log")
    with Tracker(postgres) as owner:
        owner.record(adopted(), scheduled(), by="a")
        with owner._store.recorder.exclusive():
            pass
        checkpoint = Seals(owner).seal(key)
        assert Seals(owner).verify(checkpoint).holds
        Protection(owner, MASTER).erase("nv-0418")
        Outbox(owner, "https://example.vn/log").subscribe("inbox", print, after=0)
        owner.rollup(by=("jurisdiction",))
        owner.views.rebuild()
        assert () == owner.log.check()
        owner.log.grant(role)
    with Tracker(limited) as tracker:
        tracker.record(scheduled("p/2"), by="a")
        assert 2 == tracker.rollup().total.total


def test_an_owner_of_the_tables_who_cannot_grant_all_of_it_is_told_so(server: str, postgres: str, role: str) -> None:
    """To PostgreSQL a right on a schema that is not one's own to give is a warning."""
    schema, tables_of = schema_of(postgres), f'own "{next(_roles)}"'
    with psycopg.connect(server, autocommit=True) as superuser:
        superuser.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(tables_of)))
        superuser.execute(SQL("CREATE SCHEMA IF NOT EXISTS {}").format(Identifier(schema)))
        superuser.execute(
            SQL("GRANT CREATE, USAGE ON SCHEMA {} TO {}").format(Identifier(schema), Identifier(tables_of))
        )
        superuser.execute(SQL("GRANT CREATE ON DATABASE postgres TO {}").format(Identifier(tables_of)))
        try:
            with (
                Tracker(as_role(postgres, tables_of)) as owner,
                pytest.raises(StoreError, match="by the owner of the schema"),
            ):
                owner.log.grant(role)
        finally:
            superuser.execute(SQL("DROP OWNED BY {}").format(Identifier(tables_of)))
            superuser.execute(SQL("DROP ROLE {}").format(Identifier(tables_of)))


@pytest.mark.parametrize("is_open", [True, False])
def test_a_view_that_the_role_put_in_the_place_of_a_table_is_never_read(
    postgres: str, role: str, is_open: bool
) -> None:
    """Also by a tracker that asked before, when the table was there: each transaction asks."""
    owner = Tracker(postgres)
    owner.record(adopted(), by="a")
    assert () == owner.log.check()
    if is_open:
        owner.log.grant(role)
    else:
        with Tracker(postgres) as another:
            another.log.grant(role)
    address, _, schema = as_role(postgres, role).partition("&schema=")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(SQL("SET search_path = {}").format(Identifier(schema)))
        connection.execute(
            "CREATE FUNCTION code() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RAISE 'code of the role'; END $$"
        )
        connection.execute(
            "CREATE VIEW reformtrack_views AS SELECT 1 AS generation, 7 AS version, 0::bigint AS position, "
            "''::text COLLATE \"C\" AS latest_day, 1 AS is_current WHERE code() = 1"
        )
        connection.execute("GRANT ALL ON reformtrack_views TO PUBLIC")
    for ask in (owner.views.catch_up, owner.rollup, owner.plans, owner.views.rebuild):
        with pytest.raises(StoreError, match="the table reformtrack_views belongs to another role"):
            ask()
    assert "code of the role" not in str(owner.log.check())
    owner.close()


@pytest.mark.parametrize(
    "right",
    [
        "GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO {role}",
        "GRANT TRIGGER ON {schema}.reformtrack_tree TO PUBLIC",
        "GRANT REFERENCES (id) ON {schema}.reformtrack_tree_size TO {role}",
    ],
)
def test_rights_that_the_role_had_on_tables_beside_the_log_are_taken_away(postgres: str, role: str, right: str) -> None:
    """By its triggers on them the role's code would run with the owner's rights."""
    schema = Identifier(schema_of(postgres))
    with Tracker(postgres) as owner:
        Seals(owner).seal(SigningKey.generate("example.vn/log"))
        with psycopg.connect(postgres.partition("&schema=")[0], autocommit=True) as connection:
            connection.execute(SQL(right).format(schema=schema, role=Identifier(role)))
            owner.log.grant(role)
            may = connection.execute(
                "SELECT bool_or(has_table_privilege(%s, oid, 'TRIGGER, REFERENCES') "
                "OR has_any_column_privilege(%s, oid, 'REFERENCES')) "
                "FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r'",
                [role, role, schema_of(postgres)],
            ).fetchone()
    assert may == (False,)


@pytest.mark.parametrize(
    "right",
    ["INSERT (position)", "REFERENCES (position)", "INSERT", "UPDATE (state)"],
    ids=["insert", "references", "all", "state"],
)
@pytest.mark.parametrize("inherits", [True, False])
def test_a_right_on_the_log_by_way_of_a_group_is_too_much(postgres: str, role: str, right: str, inherits: bool) -> None:
    """Whether the role has it at once, or after SET ROLE."""
    group, table = Identifier(f"group of {role}"), Identifier(schema_of(postgres), "reformtrack_log")
    with Tracker(postgres) as owner, psycopg.connect(postgres.partition("&schema=")[0], autocommit=True) as connection:
        connection.execute(SQL("CREATE ROLE {}").format(group))
        try:
            connection.execute(SQL(f"GRANT {right} ON {{}} TO {{}}").format(table, group))
            connection.execute(
                SQL("ALTER ROLE {} {}").format(Identifier(role), SQL("INHERIT" if inherits else "NOINHERIT"))
            )
            connection.execute(SQL("GRANT {} TO {}").format(group, Identifier(role)))
            with pytest.raises(StoreError, match="can change the log"):
                owner.log.grant(role)
        finally:
            connection.execute(SQL("DROP OWNED BY {}").format(group))
            connection.execute(SQL("DROP ROLE {}").format(group))


@pytest.mark.parametrize("to_all", [True, False])
def test_default_privileges_give_no_trigger_on_what_the_owner_makes_later(
    postgres: str, role: str, to_all: bool
) -> None:
    """Views that the owner makes after the grant, too."""
    schema = Identifier(schema_of(postgres))
    with Tracker(postgres) as owner, psycopg.connect(postgres.partition("&schema=")[0], autocommit=True) as connection:
        to = SQL("PUBLIC") if to_all else Identifier(role)
        connection.execute(SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA {} GRANT ALL ON TABLES TO {}").format(schema, to))
        owner.log.grant(role)
        owner.record(adopted(), by="a")
        owner.rollup()
        found = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r' "
            "AND has_table_privilege(%s, oid, 'TRIGGER, REFERENCES')",
            [schema_of(postgres), role],
        ).fetchall()
        connection.execute(SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA {} REVOKE ALL ON TABLES FROM {}").format(schema, to))
    assert found == []


def test_a_table_of_the_views_with_a_trigger_is_not_written(postgres: str) -> None:
    """Whoever made it."""
    with Tracker(postgres) as owner, psycopg.connect(postgres.partition("&schema=")[0], autocommit=True) as connection:
        owner.record(adopted(), by="a")
        owner.rollup()
        connection.execute(SQL("SET search_path = {}").format(Identifier(schema_of(postgres))))
        connection.execute(
            "CREATE FUNCTION code() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'code of the role'; END $$"
        )
        connection.execute("CREATE TRIGGER t BEFORE UPDATE ON reformtrack_views FOR EACH ROW EXECUTE FUNCTION code()")
        owner.record(scheduled("p/2"), by="a")
        with pytest.raises(StoreError, match="the table reformtrack_views has a trigger or a rule"):
            owner.rollup()
        connection.execute("DROP TRIGGER t ON reformtrack_views")
        connection.execute("CREATE RULE r AS ON UPDATE TO reformtrack_views DO INSTEAD NOTHING")
        with pytest.raises(StoreError, match="the table reformtrack_views has a trigger or a rule"):
            owner.rollup()
        connection.execute("DROP RULE r ON reformtrack_views")  # the server's own mark of the table stays for a while
        assert "0/1 (0,0%)" == str(owner.rollup().total)


@pytest.mark.parametrize("kind", ["view", "policy", "trigger", "index", "index of a moment"])
def test_what_the_role_puts_in_the_place_of_a_table_within_a_transaction_is_not_run(
    server: str, postgres: str, role: str, kind: str
) -> None:
    """Between the question who made the tables and the reading or writing of one."""
    schema, tables_of = schema_of(postgres), f'own "{next(_roles)}"'
    quoted_schema, quoted_role = Identifier(schema), Identifier(tables_of)
    statements = {
        "view": ["CREATE VIEW reformtrack_views AS SELECT 1 AS generation WHERE code()"],
        "policy": [
            "CREATE TABLE reformtrack_views AS SELECT 1 AS generation",
            "ALTER TABLE reformtrack_views ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY p ON reformtrack_views USING (code())",
        ],
        "trigger": [
            "CREATE TABLE reformtrack_views AS SELECT 1 AS generation",
            "CREATE FUNCTION run() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'code of the role'; END $$",
            "CREATE TRIGGER t BEFORE UPDATE ON reformtrack_views FOR EACH ROW EXECUTE FUNCTION run()",
        ],
        "index": [  # what an index is on is computed when a query is planned
            "CREATE TABLE reformtrack_views AS SELECT 1 AS generation",
            "CREATE FUNCTION at(integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN "
            f"IF current_user = '{tables_of}' THEN RAISE 'code of the role'; END IF; RETURN 1; END $$",
            "CREATE INDEX ON reformtrack_views ((generation + at(1)))",
        ],
    }
    with psycopg.connect(server, autocommit=True) as superuser:
        superuser.execute(SQL("CREATE ROLE {} LOGIN").format(quoted_role))
        superuser.execute(SQL("CREATE SCHEMA {} AUTHORIZATION {}").format(quoted_schema, quoted_role))
        superuser.execute(SQL("GRANT CREATE ON DATABASE postgres TO {}").format(quoted_role))
        superuser.execute(SQL("GRANT USAGE, CREATE ON SCHEMA {} TO {}").format(quoted_schema, Identifier(role)))
        superuser.execute(SQL("SET search_path = {}").format(quoted_schema))
        try:
            used(as_role(postgres, tables_of), "reformtrack_views")
            used(as_role(postgres, tables_of), "reformtrack_tree")
            moment = kind.endswith("moment")
            with (
                Tracker(as_role(postgres, tables_of)) as owner,
                owner._store.recorder.moment() if moment else owner.transaction() as session,
            ):
                session.select("SELECT * FROM reformtrack_tree_size")
                superuser.execute("DROP TABLE reformtrack_views")
                superuser.execute(SQL("SET ROLE {}").format(Identifier(role)))
                superuser.execute(
                    "CREATE FUNCTION code() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'code of the role'; END $$"
                )
                for statement in (*statements[kind.split()[0]], "GRANT ALL ON reformtrack_views TO PUBLIC"):
                    superuser.execute(statement.encode())
                with pytest.raises((StoreError, psycopg.Error)) as refused:
                    if kind == "trigger":
                        session.execute("UPDATE reformtrack_views SET generation = 2")
                    session.select("SELECT generation FROM reformtrack_views")
                assert "code of the role" not in str(refused.value)
        finally:
            superuser.execute("RESET ROLE")
            for other in (role, tables_of):
                superuser.execute(SQL("DROP OWNED BY {}").format(Identifier(other)))
            superuser.execute(SQL("DROP ROLE {}").format(quoted_role))
