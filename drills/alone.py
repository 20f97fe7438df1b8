"""
The stand-alone verifier as a process, by itself in an empty folder, with nothing but Python.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from drills import histories
from drills.judging import Answer, Found, Place, Sealed, is_plain, judged, named, write_log
from drills.raw import LOG, Content
from reformtrack.seal import verify_log


def verifiers(
    url: str,
    found: Content,
    right: Content,
    checkpoints: Sequence[Sealed],
    wrong: Sequence[Place | None],
    is_known: bool,
    is_beside: bool,
) -> Found:
    """A log file beside a copy that is right, and a store in SQLite, each held against all checkpoints."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "verify_log.py").write_bytes(Path(verify_log.__file__).read_bytes())
        (folder / "key").write_text(str(histories.KEY.verifier))
        notes = [folder / f"checkpoint{number}" for number in range(len(checkpoints))]
        for note, checkpoint in zip(notes, checkpoints, strict=True):
            note.write_text(checkpoint.ours.note)
        file = histories.file_of(url)
        if file is not None:
            yield from _verifier(folder, [file, *notes], wrong, is_known, is_beside)
        if is_plain(found[LOG]):
            for name, content in (("log.jsonl", found), ("copy.jsonl", right)):
                write_log(folder / name, content[LOG])
            yield from _verifier(folder, ["log.jsonl", *notes, "--copy", "copy.jsonl"], wrong, True)


def _verifier(
    folder: Path, given: Sequence[object], wrong: Sequence[Place | None], is_known: bool, is_beside: bool = False
) -> Found:
    words = [sys.executable, "-I", "verify_log.py", "log", "--key", "key", *map(str, given)]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, env={}, check=False)
    if done.returncode != (any(wrong) or is_beside) or done.stderr:
        yield f"the process ends with {done.returncode}: {done.stdout}{done.stderr}, but {wrong} is wrong"
    for text, place in zip(done.stdout.splitlines(), wrong, strict=False):
        yield from judged("process", Answer(text.startswith("holds"), named(text)), place, is_known)
