"""The commands that prove that nobody rewrote the log: keygen, seal, verify, prove, accept-backup, verifier."""

import os
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from reformtrack.cli.app import command
from reformtrack.cli.given import file_option
from reformtrack.cli.recording import ByOption, actor_of
from reformtrack.cli.session import NOT_RIGHT, BadFile, Misuse, Session, complain
from reformtrack.domain.errors import SealError
from reformtrack.domain.said import sentence
from reformtrack.domain.wording import number
from reformtrack.seal import Checkpoint, Seals, SigningKey, Verification, VerifierKey
from reformtrack.store.whole_file import write_whole
from reformtrack.tracker import Tracker

_ENDING = ".checkpoint"
_LONGEST = 65_536

KeyFile = Annotated[Path, file_option("--key", "The signing key, a file written by keygen.")]
Verifier = Annotated[
    str, typer.Option("--key", metavar="KEY", help="The verifier key, as NAME+ID+KEY, or a file that contains it.")
]


@command("keygen")
def keygen(
    session: Session,
    name: Annotated[str, typer.Argument(help="The name of the log and of its key, as dak-nong.gov.vn/reform.")],
    to: Annotated[Path, typer.Option("--to", help="The file for the signing key. Keep it away from the store.")],
) -> None:
    """Create a key that seals the log. Its public part, for verifying, is written to the same name with .pub."""
    key, public = SigningKey.generate(name), to.with_name(f"{to.name}.pub")
    _new_file(public, str(key.verifier), 0o644)
    try:
        _new_file(to, key.text(), 0o600)
    except BaseException:
        public.unlink()
        raise
    document = {"key": str(to), "verifier": str(key.verifier), "verifier_file": str(public)}
    session.answer(document, str(key.verifier))


@command("seal")
def seal(
    session: Session,
    key: KeyFile,
    to: Annotated[
        Path | None, typer.Option("--to", help="A folder elsewhere; the log must continue the last checkpoint in it.")
    ] = None,
) -> None:
    """Sign a checkpoint of the log. Keep it where the administrators of the store cannot change it."""
    signing = signing_key(key)
    with session.tracker() as tracker:
        made = Seals(tracker).seal(signing, after=_last(to, signing.verifier) if to else None)
    if to:
        write_whole(to / f"{made.size:012}{_ENDING}", str(made).encode())
    session.answer(_checkpoint_document(made), made.note.rstrip("\n"))


@command("verify")
def verify(
    session: Session,
    checkpoints: Annotated[list[Path], typer.Argument(help="The checkpoints to verify against.")],
    key: Verifier,
) -> None:
    """Verify the log against checkpoints: read every record, and name the first that was changed."""
    notes = [_checkpoint(path, verifier_key(key)) for path in checkpoints]
    with session.tracker() as tracker, session.progress("verify") as progress:
        found = [Seals(tracker).verify(note, progress) for note in notes]
    session.answer({"checkpoints": [_verification_document(one) for one in found]}, lambda: _show(session, found))
    if not all(one.holds for one in found):
        raise typer.Exit(NOT_RIGHT)


@command("prove")
def prove(
    session: Session,
    checkpoint: Annotated[Path, typer.Argument(help="A checkpoint that covers the record.")],
    key: Verifier,
    to: Annotated[Path, typer.Option("--to", help="The file to write the proof to.")],
    position: Annotated[
        int | None,
        typer.Option("--position", min=1, help="Prove that this record is in the log, and write it to .record."),
    ] = None,
    since: Annotated[
        Path | None, typer.Option("--since", help="Prove that since this older checkpoint records were only added.")
    ] = None,
) -> None:
    """Write a proof that others can check without the log, with the program that verifier writes."""
    if (position is None) == (since is None):
        raise Misuse("missing what to prove; accepted: --position 77, or --since with an older checkpoint")
    verifier = verifier_key(key)
    newer = _checkpoint(checkpoint, verifier)
    with session.tracker() as tracker:
        if position is not None:
            write_whole(to, str(Seals(tracker).prove(position, newer)).encode())
            write_whole(to.with_name(f"{to.name}.record"), _line(tracker, position))
        elif since is not None:
            proof = Seals(tracker).prove_consistency(_checkpoint(since, verifier), newer)
            write_whole(to, str(proof).encode())
    session.answer({"proof": str(to)}, str(to))


@command("accept-backup")
def accept_backup(
    session: Session,
    lost: Annotated[Path, typer.Argument(help="The checkpoint that no longer holds.")],
    key: KeyFile,
    reason: Annotated[str, typer.Option("--reason", help="What happened.")],
    by: ByOption = None,
) -> None:
    """Accept an older backup in place of the log. This is recorded and signed; verify and seal then work again."""
    signing = signing_key(key)
    with session.tracker() as tracker:
        made = Seals(tracker).accept_backup(
            _checkpoint(lost, signing.verifier), signing, reason=reason, by=actor_of(by)
        )
    session.answer(_checkpoint_document(made), made.note.rstrip("\n"))


@command("verifier")
def verifier(
    session: Session, file: Annotated[Path, typer.Argument(help="The file to write, as verify_log.py.")]
) -> None:
    """Write the program that verifies without reformtrack. One file; it needs Python and nothing else."""
    write_whole(file, files("reformtrack.seal").joinpath("verify_log.py").read_bytes())
    session.answer({"verifier": str(file)}, str(file))


def signing_key(path: Path) -> SigningKey:
    """
    The key in a file.

    Raises:
        BadFile: it contains none.
    """
    try:
        return SigningKey.parse(_text(path))
    except SealError as error:
        raise BadFile("{path}: {error}", path=path, error=error.words) from None


def verifier_key(given: str) -> VerifierKey:
    """
    The verifier key, given directly or by a file.

    Raises:
        BadFile: the file contains none.
        SealError: it is malformed.
    """
    if given.count("+") >= 2:
        return VerifierKey.parse(given)
    try:
        return VerifierKey.parse(_text(Path(given)))
    except SealError as error:
        raise BadFile("{path}: {error}", path=given, error=error.words) from None


def _checkpoint(path: Path, key: VerifierKey) -> Checkpoint:
    try:
        return Checkpoint.parse(_text(path), key)
    except SealError as error:
        raise SealError("{path}: {error}", path=path, error=error.words) from None


def _last(folder: Path, key: VerifierKey) -> Checkpoint | None:
    """The checkpoint with the most records in a folder."""
    found = [_checkpoint(path, key) for path in folder.glob(f"*{_ENDING}")]
    return max(found, key=lambda one: (one.size, one.time), default=None)


def _text(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(_LONGEST + 1)
    try:
        if len(content) <= _LONGEST:
            return content.decode()
    except UnicodeDecodeError:
        pass  # the same answer as for what is too long
    words = sentence("{path} is not a text of at most {most} bytes; accepted: a file as it was written")
    raise BadFile(words, path=path, most=_LONGEST)


def _new_file(path: Path, text: str, mode: int) -> None:
    """A new file; an existing one is refused, because an overwritten key is lost."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with open(file, "w", encoding="utf-8") as new:
            new.write(f"{text}\n")
    except BaseException:  # such as a full disk: a truncated key file would block the next attempt
        path.unlink()
        raise


def _line(tracker: Tracker, position: int) -> bytes:
    """The record at a position, as a line of a log file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "log.jsonl"
        tracker.log.export(file, position - 1, position)
        return file.read_bytes().split(b"\n")[1] + b"\n"


def _checkpoint_document(made: Checkpoint) -> dict[str, object]:
    return {"origin": made.origin, "size": made.size, "root": made.root.hex(), "time": made.time, "note": made.note}


def _verification_document(found: Verification) -> dict[str, object]:
    return {
        "checkpoint": _checkpoint_document(found.checkpoint),
        **{name: getattr(found, name) for name in ("holds", "size", "index", "after", "position", "what")},
        "beside": [*map(str, found.beside)],
        "accepted": found.accepted and _checkpoint_document(found.accepted),
    }


def _show(session: Session, found: list[Verification]) -> None:
    screen, say, lang = session.screen, session.say, session.lang
    for one in found:
        size = number(one.checkpoint.size, lang)
        if one.accepted and one.holds:
            words = say(
                "The log of {size} records was lost; the backup in its place was accepted, and is unchanged.", size=size
            )
            screen.line(words, "yellow")
        elif one.holds:
            screen.line(say("The first {size} records match the checkpoint.", size=size), "green")
        elif not one.what:
            screen.line(say("The records are unchanged, but tables were changed."), "red")
        else:
            screen.line(say("The log does not match the checkpoint of {size} records.", size=size), "red")
            complain(session.told(one.what))
        for what in one.beside:
            complain(session.told(what))
