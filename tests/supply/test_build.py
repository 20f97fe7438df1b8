"""What is built: the same bytes wherever and whenever, nothing in it that is not the project's, and a list of what it needs."""

import getpass
import json
import os
import re
import socket
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.supply.test_requirements import ROOT, RUN, locked

pytestmark = pytest.mark.needs("git")

EPOCH = "1790000000"
SECRETS = {  # the webhook's secret in the docs says 012345…
    "a private key": rb"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a signing key": rb"PRIVATE\+KEY\+[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}",
    "a webhook's secret": rb"whsec_(?!MDEyMzQ1)[A-Za-z0-9+/]{32,}",
    "a token": rb"\b(?:ghp_|github_pat_|glpat-|xox[abp]-|AKIA|pypi-AgE)[A-Za-z0-9_-]{10,}",
}


def tracked() -> list[str]:
    """The files of the project, as git has them."""
    if not (ROOT / ".git").exists():
        pytest.skip("what the project's files are is known in a checkout only")
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.split("\0") if name and (ROOT / name).exists()]


def built(folder: Path, names: list[str], mtime: int, zone: str, mask: int) -> tuple[Path, Path]:
    """The wheel and the sdist of a copy in a folder, made at another time and under other habits."""
    for name in names:
        target = folder / "source" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
        target.chmod(0o666 & ~mask)
        os.utime(target, (mtime, mtime))
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist", folder / "source"],
        env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH, "TZ": zone, "PYTHONHASHSEED": str(mtime)},
        check=True,
        capture_output=True,
    )
    [wheel], [sdist] = (folder / "dist").glob("*.whl"), (folder / "dist").glob("*.tar.gz")
    return wheel, sdist


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, Path]]:
    """Two builds."""
    names = tracked()
    return [
        built(tmp_path_factory.mktemp("one"), names, 1_600_000_000, "Asia/Ho_Chi_Minh", 0o022),
        built(tmp_path_factory.mktemp("the-other"), names[::-1], 1_700_000_000, "America/New_York", 0o077),
    ]


def test_two_builds_are_the_same_bytes(twice: list[tuple[Path, Path]]) -> None:
    """Whatever the folder, the time, the zone, the umask and the order of the files on the disk."""
    (wheel, sdist), (other_wheel, other_sdist) = twice
    assert (wheel.name, wheel.read_bytes()) == (other_wheel.name, other_wheel.read_bytes())
    assert (sdist.name, sdist.read_bytes()) == (other_sdist.name, other_sdist.read_bytes())


def members(archive: Path) -> Iterator[tuple[str, bytes]]:
    """The files in a wheel or an sdist."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            yield from ((name, wheel.read(name)) for name in wheel.namelist())
        return
    with tarfile.open(archive) as sdist:
        for member in sdist:
            assert (0, 0, "", "") == (member.uid, member.gid, member.uname, member.gname)
            content = sdist.extractfile(member)
            assert content is not None, f"{member.name} is no file"
            yield member.name, content.read()


def test_what_is_built_has_the_files_of_the_project_and_no_other(twice: list[tuple[Path, Path]]) -> None:
    """The wheel has the package and what describes it, the sdist all that git has."""
    wheel, sdist = twice[0]
    package = {name.removeprefix("src/") for name in tracked() if name.startswith("src/reformtrack/")}
    described = {name for name, _ in members(wheel)} - package
    assert {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "LICENSE"} == {Path(name).name for name in described}
    assert {"reformtrack-0.1.0.dist-info"} == {name.partition("/")[0] for name in described}
    assert package <= {name for name, _ in members(wheel)}
    inside = {name.partition("/")[2] for name, _ in members(sdist)}
    assert {*tracked(), "PKG-INFO"} == inside


def test_what_is_built_says_nothing_of_the_machine_and_keeps_no_secret(twice: list[tuple[Path, Path]]) -> None:
    """No folder, no user, no host; no private key, no token."""
    machine = {str(ROOT), str(Path.home()), sys.prefix, str(twice[0][0].parent.parent), socket.gethostname()}
    if getpass.getuser() != "root":
        machine.add(getpass.getuser())
    forbidden = {f"the machine's {text}": re.escape(text).encode() for text in machine if len(text) > 4}
    found = [
        f"{archive.name}: {name}: {what}"
        for archive in twice[0]
        for name, content in members(archive)
        for what, pattern in {**SECRETS, **forbidden}.items()
        if re.search(pattern, content)
    ]
    assert [] == found


@pytest.mark.long
def test_the_list_of_parts_is_whole_and_of_its_standard(tmp_path: Path) -> None:
    """CycloneDX: each locked requirement once, with its version and its hashes; valid by the schema; the same each time."""
    lists = [tmp_path / "one.json", tmp_path / "two.json"]
    command = re.search(r"\$\(BIN\)/(cyclonedx-py .*?) -o ", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert command is not None
    for path, unchecked in zip(lists, ([], ["--no-validate"]), strict=True):
        words = [sys.executable, "-m", "cyclonedx_py", *command[1].split()[1:], *unchecked, "-o", str(path)]
        subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    text = lists[0].read_text(encoding="utf-8")
    # imported here, as jsonschema, on which it stands, takes seconds, in each worker
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    assert None is JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    assert text == lists[1].read_text(encoding="utf-8")
    found = json.loads(text)
    expected = [tuple(entry.split(" ;")[0].split("==")) for entry in locked(RUN)]
    assert sorted(expected) == sorted((one["name"], one["version"]) for one in found["components"])
    assert all(one["externalReferences"][0]["hashes"] for one in found["components"])
    assert ("reformtrack", "0.1.0") == (
        found["metadata"]["component"]["name"],
        found["metadata"]["component"]["version"],
    )
