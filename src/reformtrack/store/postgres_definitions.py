"""
Compares the definitions in a schema of PostgreSQL with reformtrack's.

The owner of the tables can falsify answers by a rule, a policy, a trigger, a partial index, or a function with another
body. None of these changes a row, so no checkpoint shows it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256

import psycopg

from reformtrack.domain.errors import StoreError
from reformtrack.domain.said import said, sentence
from reformtrack.store import postgres_schema, postgres_tree, view_tables
from reformtrack.store.log import LOG_TABLE, REQUESTS_TABLE
from reformtrack.store.session import Session

_LINES = f"""
WITH ours AS (SELECT pg_class.*, quote_ident(nspname) AS place
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = ? AND relkind NOT IN ('i', 'I') AND relname = ANY(?))
SELECT relname, line FROM ours, LATERAL (
    SELECT concat_ws(' ', 'kind', relkind, relpersistence, CASE WHEN relrowsecurity OR relforcerowsecurity THEN 'RLS' END)
    UNION ALL SELECT format('INHERITS (%%s) of %%s', inhparent::regclass, inhrelid::regclass) FROM pg_inherits
        WHERE ours.oid IN (inhparent, inhrelid)
    UNION ALL SELECT pg_get_ruledef(oid) FROM pg_rewrite WHERE ev_class = ours.oid
    UNION ALL SELECT format('CREATE POLICY %%I', polname) FROM pg_policy WHERE polrelid = ours.oid
    UNION ALL SELECT concat_ws(' ', replace(replace(pg_get_triggerdef(oid), ' ON ' || place || '.', ' ON '),
            ' FUNCTION ' || place || '.', ' FUNCTION '), nullif(tgenabled, 'O')) FROM pg_trigger
        WHERE tgrelid = ours.oid AND NOT ({postgres_schema.OF_FOREIGN_KEYS})
    UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid = ours.oid AND (contype <> 'n' OR NOT convalidated)
    UNION ALL SELECT concat_ws(' ', replace(pg_get_indexdef(indexrelid), ' ON ' || place || '.', ' ON '),
            CASE WHEN NOT (indisvalid AND indisready AND indislive AND indimmediate) THEN 'not valid' END)
        FROM pg_index WHERE indrelid = ours.oid
    UNION ALL SELECT concat_ws(' ', 'column', row_number() OVER (ORDER BY attnum), attname, format_type(atttypid, atttypmod),
            nullif(attcollation, 0)::regcollation, CASE WHEN attnotnull THEN 'NOT NULL' END,
            nullif(attidentity, ''), nullif(attgenerated, ''), pg_get_expr(adbin, adrelid))
        FROM pg_attribute LEFT JOIN pg_attrdef ON (adrelid, adnum) = (attrelid, attnum)
        WHERE attrelid = ours.oid AND attnum > 0 AND NOT attisdropped
    UNION ALL SELECT concat_ws(' ', 'sequence', seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle)
        FROM pg_depend JOIN pg_sequence ON seqrelid = objid
        WHERE (classid, refclassid, refobjid) = ('pg_class'::regclass, 'pg_class'::regclass, ours.oid)
    UNION ALL SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext WHERE stxrelid = ours.oid
    UNION ALL SELECT format('GRANT %%s ON SEQUENCE TO %%s', privilege_type,
            CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END)
        FROM pg_depend JOIN pg_class AS numbers ON numbers.oid = objid AND numbers.relkind = 'S', aclexplode(numbers.relacl)
        WHERE (classid, refclassid, refobjid) = ('pg_class'::regclass, 'pg_class'::regclass, ours.oid)
            AND grantee <> numbers.relowner AND privilege_type IN ('USAGE', 'UPDATE')
    UNION ALL SELECT format('GRANT %%s TO %%s', privilege_type,
            CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END)
        FROM (SELECT grantee, privilege_type, relname = 'reformtrack_log' FROM aclexplode(relacl)
            UNION SELECT grantee, privilege_type, attname = 'position' FROM pg_attribute, aclexplode(attacl)
                WHERE attrelid = ours.oid) AS given (grantee, privilege_type, is_position)
        WHERE relname = ANY(?) AND grantee <> relowner AND (privilege_type = 'INSERT' AND is_position
            OR privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'))
    ) AS found (line)
"""
_FUNCTION = """
SELECT prosrc || coalesce(array_to_string(proconfig, ';'), ''),
    concat_ws(' ', pg_get_function_arguments(pg_proc.oid), 'RETURNS', pg_get_function_result(pg_proc.oid)),
    lanname, prosecdef, proisstrict, provolatile, prokind, proparallel, proleakproof, provariadic, prosupport::oid
FROM pg_proc JOIN pg_language ON pg_language.oid = prolang WHERE pg_proc.oid = to_regprocedure(?)
"""
_AS_MADE = ("plpgsql", False, False, "v", "f", "u", False, 0, 0)
_TRIGGER = (
    "CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION "
    "reformtrack_refuse()"
)
_LOG = {
    LOG_TABLE: {
        "kind r p",
        "column 1 position bigint NOT NULL a",
        'column 2 originator_id text "C" NOT NULL',
        "column 3 originator_version bigint NOT NULL",
        'column 4 topic text "default" NOT NULL',
        "column 5 state bytea NOT NULL",
        "sequence bigint 1 1 1 9223372036854775807 1 f",
        'PRIMARY KEY ("position")',
        f'CREATE UNIQUE INDEX {LOG_TABLE}_pkey ON {LOG_TABLE} USING btree ("position")',
        "UNIQUE (originator_id, originator_version)",
        f"CREATE UNIQUE INDEX {LOG_TABLE}_originator_id_originator_version_key ON {LOG_TABLE} USING btree "
        "(originator_id, originator_version)",
        _TRIGGER.format(LOG_TABLE),
    },
    REQUESTS_TABLE: {
        "kind r p",
        "column 1 first_position bigint NOT NULL",
        "column 2 last_position bigint NOT NULL",
        'column 3 request_id text "C" NOT NULL',
        'column 4 recorded_at text "C" NOT NULL',
        "PRIMARY KEY (first_position)",
        f"CREATE UNIQUE INDEX {REQUESTS_TABLE}_pkey ON {REQUESTS_TABLE} USING btree (first_position)",
        "UNIQUE (request_id)",
        f"CREATE UNIQUE INDEX {REQUESTS_TABLE}_request_id_key ON {REQUESTS_TABLE} USING btree (request_id)",
        _TRIGGER.format(REQUESTS_TABLE),
    },
}
"""The server's description of the two tables of the log, line by line; the same from version 13 on."""
_DERIVED = {
    "reformtrack_gaps_{g}": "a802e902f8ceb78eb15f0238a5b6c476",
    "reformtrack_names_{g}": "d77392703004ff8fd6c91edcf988ad9a",
    "reformtrack_news_{g}": "432187a7338fb084c5fdb4187a35314a",
    "reformtrack_plans_{g}": "451228eb969374cc99fabf25ca0f11ca",
    "reformtrack_spans_{g}": "e63a6824bb1eb31903f5aed06610734b",
    "reformtrack_subject_keys": "023e34d78a36b725d02ac35dd017a6fe",
    "reformtrack_subscriptions": "d20c9c8a6614f148b72d0224076e8eda",
    "reformtrack_today_{g}": "c479d493b899eb956553ed7ed5140654",
    "reformtrack_tree": "892faec4aace1ceb24faeed50731f439",
    "reformtrack_tree_size": "7b499f110e873b950cd5742eac98562c",
    "reformtrack_views": "486c282ef21cd3785a447eabc00142a3",
    "reformtrack_waiting": "0291363be95d2f9bd1db9ee63b477641",
}
"""
How the SHA-256 of the lines begins of each table beside them that is read, with {g} for the generation of views that is: a test
writes what it has to be.
"""


def redefined(session: Session, schema: str) -> Iterator[str]:
    """The definitions of tables, indexes, triggers and functions that are not ours, in words."""
    generation = 0
    # Views of another role are not read: the audit of the views reports them.
    with suppress(StoreError, psycopg.errors.UndefinedTable):
        if tracking := view_tables.current(session):
            generation = tracking.generation
    lines = defaultdict[str, set[str]](set)
    derived = {name.format(g=generation): right for name, right in _DERIVED.items()}
    for name, line in session.select(_LINES, [schema, [*_LOG, *derived], [*_LOG]]):
        lines[name].add(line)
    for name, expected in _LOG.items():
        yield from (
            said("the table {table} lacks {line}", table=name, line=line) for line in sorted(expected - lines[name])
        )
        yield from (
            said("the table {table} has {line}, which is not reformtrack's", table=name, line=line)
            for line in sorted(lines[name] - expected)
        )
    for name in derived.keys() & lines.keys():
        if digest(lines[name], generation) != derived[name]:
            what = sentence("the table {table} is not as reformtrack makes it: {lines}")
            yield said(what, table=name, lines=", ".join(sorted(lines[name])))
    for functions, is_needed in ((postgres_schema.functions, True), (postgres_tree.functions, False)):
        for function, (right, arguments) in functions(schema).items():
            found = session.select(_FUNCTION, [function])
            if found != [(right, arguments, *_AS_MADE)] and (found or is_needed):
                yield said("the function {function} is not as reformtrack makes it", function=function)


def digest(lines: Iterable[str], generation: int) -> str:
    """The entry of a table in `_DERIVED`."""
    return sha256("\n".join(sorted(lines)).replace(f"_{generation}", "_{g}").encode()).hexdigest()[:32]
