"""
Tamperings with stores of random histories, each undone after it was judged.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from random import Random
from typing import NamedTuple

import psycopg

from drills import alone, histories, raw
from drills.judging import (
    Found,
    Place,
    Sealed,
    by_verify,
    first_wrong,
    judged,
    offline,
    offline_log,
)
from drills.raw import LOG, NAMES, REQUESTS, SPANS, TODAY, VIEWS, Content, Raw, Row, typed
from drills.tamperings import OF_ROWS, Impossible, value_of_another_type
from drills.tamperings_beside import OF_DEFINITIONS, OF_REQUESTS, OF_THE_TREE, OF_VIEWS, redefined, tree_emptied
from reformtrack import Tracker
from reformtrack.domain.errors import ReformtrackError, SealError
from reformtrack.seal import Seals, verify_log
from reformtrack.store.checking import Damage
from reformtrack.store.view_tables import of_cell
from tests.support import adopted

_OF_ONE_STORE = 100
_OF_DEFINITIONS = 0.1
REFUSED = (Impossible, sqlite3.Error, psycopg.Error, UnicodeEncodeError, OverflowError)
"""What is raised where there are too few rows, or the database does not take what they are to be."""


class Store(NamedTuple):
    """A store, what was in its tables before anything was done to them, and its checkpoints, the smallest first."""

    url: str
    tracker: Tracker
    raw: Raw
    right: Content
    checkpoints: list[Sealed]
    known: frozenset[Damage]
    """What check says of it as it is: that the constraints of the log were taken away, where they were."""
    alone: frozenset[str]
    """What the file that stands alone says of that."""

    def wrong(self, rows: Sequence[Row]) -> list[Place | None]:
        """The first place of each checkpoint that is not as it was."""
        return [first_wrong(self.right[LOG], rows, checkpoint.ours.size) for checkpoint in self.checkpoints]


class Done(NamedTuple):
    """What was done to a store."""

    what: str
    content: Content
    is_tree_right: bool = True
    is_tree_renewed: bool = False
    """Whether the tree was then made anew, of the rows that were there."""


def run(fresh: Iterator[str], draw: Random, tamperings: int) -> Found:
    """So many tamperings."""
    for start in range(0, tamperings, _OF_ONE_STORE):
        yield from _with_a_store(next(fresh), draw, min(_OF_ONE_STORE, tamperings - start))


def _with_a_store(url: str, draw: Random, tamperings: int) -> Found:
    kind = histories.Kind.drawn(draw)
    with kind.opened(url) as tracker:
        histories.begin(tracker)
        tracker.views.catch_up()
        is_loose = draw.random() < 0.5
        with raw.opened(url, is_loose) as tables:
            checkpoints = list(histories.grown(tracker, tables, draw))
            if draw.random() < 0.5:
                tracker.views.catch_up()
            known, file = frozenset(tracker.log.check()), histories.file_of(url)
            said = frozenset(verify_log.beside(file) if file else ())
            store = Store(url, tracker, tables, tables.read(), checkpoints, known, said)
            yield "stores", 1
            if bool(known) != is_loose or {damage.position for damage in known} - {0}:
                yield f"check says {known} of a store that is{'' if is_loose else ' not'} loose"
            yield from _judged(store, Done("nothing", store.right), draw)
            for turn in range(tamperings):
                if draw.random() < _OF_DEFINITIONS:
                    yield "tamperings", 1
                    yield from _definitions_judged(store, draw)
                    continue
                done = _tampered(store, draw)
                yield "tamperings", 1
                yield "with the kept tree", not done.is_tree_right
                for found in _judged(store, done, draw, is_process=turn == 0):
                    yield f"{url.partition(':')[0]}, {done.what}: {found}" if isinstance(found, str) else found
                tables.write(store.right)


def _tampered(store: Store, draw: Random) -> Done:
    """One tampering that the database takes."""
    while True:
        try:
            done = _drawn(store.right, draw)
            store.raw.write(done.content)
        except REFUSED:
            continue
        if done.is_tree_renewed:
            with suppress(SealError):  # of a row before the first position; the tree is made anew all the same
                Seals(store.tracker).seal(histories.KEY)
        return done


def _drawn(right: Content, draw: Random) -> Done:
    """One to three tamperings with rows, or one with requests or views; often with the kept tree too."""
    content, kind = right, draw.random()
    if kind < 0.7:
        some = draw.choices(OF_ROWS, k=draw.choice((1, 1, 1, 2, 3)))
        names = [one.__name__ for one in some]
        for tampering in sorted(some, key=lambda one: one is value_of_another_type):
            content = {**content, LOG: sorted(tampering(draw, content[LOG]), key=lambda row: row[0])}
    else:
        beside = draw.choice(OF_REQUESTS if kind < 0.8 else OF_VIEWS)
        names, content = [beside.__name__], beside(draw, content)
    if draw.random() < 0.7:
        return Done(" and ".join(names), content)
    of_tree = draw.choice(OF_THE_TREE)
    is_renewed = of_tree is tree_emptied and draw.random() < 0.7
    return Done(" and ".join([*names, of_tree.__name__]), of_tree(draw, content), False, is_renewed)


def _judged(store: Store, done: Done, draw: Random, is_process: bool = False) -> Found:
    """All that is asked, and one answer after the other held against what is so; an error is no answer."""
    found = store.raw.read()
    wrong = store.wrong(found[LOG])
    yield "changed rows of a checkpoint", any(wrong)
    parts = [
        _by_verify(store, wrong, done.is_tree_right),
        _by_file(store, found, wrong, done.is_tree_right),
        _by_copy(store, found, wrong),
        _by_check(store, found, done),
        _by_seal(store, wrong),
    ]
    if is_process:
        is_beside = bool(store.alone)
        parts.append(
            alone.verifiers(store.url, found, store.right, store.checkpoints, wrong, done.is_tree_right, is_beside)
        )
    parts += [_after_more(store, draw)] if done.is_tree_right and draw.random() < 0.1 else []
    for part in parts:
        try:
            yield from part
        except Exception as error:  # whatever it is
            yield f"{type(error).__name__}: {error}"


def _definitions_judged(store: Store, draw: Random) -> Found:
    """Indexes, triggers, functions: no row is another, and check, verify and the file that stands alone say what is."""
    way = draw.choice(OF_DEFINITIONS if store.raw.is_sqlite else (redefined,))
    with suppress(Impossible), way(draw, store.raw, store.right) as what:
        yield "definitions changed", 1
        found = {one.what for one in store.tracker.log.check()} - {one.what for one in store.known}
        verified = Seals(store.tracker).verify(store.checkpoints[0].ours)
        if verified.what or verified.holds or not found & set(verified.beside):
            yield f"{what}: check finds {found}, verify {verified}"
        file = histories.file_of(store.url)
        if file and (LOG in what or REQUESTS in what) and store.alone == frozenset(verify_log.beside(file)):
            yield f"{what}: the file that stands alone finds {store.alone}, as before"


def _by_verify(store: Store, wrong: Sequence[Place | None], is_known: bool) -> Found:
    for checkpoint, place in zip(store.checkpoints, wrong, strict=True):
        yield from judged("verify", by_verify(store.tracker, checkpoint.ours), place, is_known)


def _by_file(store: Store, found: Content, wrong: Sequence[Place | None], is_known: bool) -> Found:
    """The stand-alone verifier reads the file, or is given what is in the tables."""
    file = histories.file_of(store.url)
    if file is None:
        answers = offline(offline_log(found), store.checkpoints)
    else:
        with verify_log.opened(file) as log:
            answers = offline(log, store.checkpoints)
    for answer, place in zip(answers, wrong, strict=True):
        yield from judged("offline", answer, place, is_known)


def _by_seal(store: Store, wrong: Sequence[Place | None]) -> Found:
    """No log is signed that does not go on from a checkpoint, whatever was done to the kept tree; last, as it adds to that."""
    for checkpoint, place in zip(store.checkpoints, wrong, strict=True):
        if place is not None:
            yield "seals asked for", 1
            try:
                made = Seals(store.tracker).seal(histories.KEY, after=checkpoint.ours)
                yield f"a log is sealed, {made}, and {place} of the checkpoint is wrong"
            except SealError:
                yield "seals refused", 1


def _by_copy(store: Store, found: Content, wrong: Sequence[Place | None]) -> Found:
    """The stand-alone verifier has a copy that is right, and so always names the place; what is kept does not matter."""
    rows, _ = offline_log(found)
    copy = (verify_log.leaf_hash(index, row) for index, row in enumerate(offline_log(store.right)[0]))
    for answer, place in zip(offline((rows, copy), store.checkpoints), wrong, strict=True):
        yield from judged("offline with a copy", answer, place, True)


def _is_of(table: str, what: str) -> bool:
    """Whether damage is of a table; of a name it may be said by the rows that bear it."""
    return what.startswith((table, SPANS, TODAY) if table == NAMES else table)


def _matters(right: Content, found: Content) -> bool:
    """Whether a name is forged, or one that an activity bears is not as it was: no figure has the others."""
    were, are = (Counter(map(typed, content[NAMES])) for content in (right, found))
    forged = Counter(row[1:] for row in are.elements()) - Counter(row[1:] for row in were.elements())
    borne = {(int, id) for row in right[SPANS] for id in (*of_cell(row[6])[:2], *row[9:11])}
    return bool(forged) or not {row[0] for row in were - are}.isdisjoint(borne)


def _by_check(store: Store, found: Content, done: Done) -> Found:
    """`check` finds what was done to rows, those after the last checkpoint too, to requests and views; and nothing else."""
    rows, before = found[LOG], store.right[LOG]
    place = first_wrong(before, rows, len(before))
    tables = [table for table in found if list(map(typed, found[table])) != list(map(typed, store.right[table]))]
    views = [table for table in tables if table in VIEWS and (table != NAMES or _matters(store.right, found))]
    is_changed = bool(views) or LOG in tables or REQUESTS in tables
    damage = [one for one in store.tracker.log.check() if one not in store.known]
    yield "check asked", 1
    yield "views changed", bool(views)
    if views and LOG not in tables and REQUESTS not in tables:
        missed = [table for table in views if not any(_is_of(table, one.what) for one in damage)]
        yield ("views named", 1) if not missed else f"check finds {damage}, but not {missed}"
    if not is_changed and damage and (done.is_tree_right or done.is_tree_renewed):
        yield f"check finds {damage}, and nothing is wrong"
    if is_changed and done.is_tree_right:
        positions = {one.position for one in damage}
        yield ("check found", 1) if damage else f"check finds nothing, but {place} or a request is wrong"
        if place and (place.position or 0) not in positions:
            yield f"check finds {damage}, but {place} is wrong"


def _after_more(store: Store, draw: Random) -> Found:
    """What was done is found as well after the log has gone on honestly."""
    if store.raw.read()[LOG]:
        store.raw.skip(1)
    try:
        store.tracker.record(adopted(f"q{draw.randrange(10**9)}"), by="so-tu-phap")
    except ReformtrackError:  # what was done keeps it from being judged
        return
    found = store.raw.read()
    wrong = store.wrong(found[LOG])
    yield from _by_verify(store, wrong, is_known=True)
    yield from _by_file(store, found, wrong, is_known=True)
