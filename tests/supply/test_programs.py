"""The programs that tests start: named in one place, installed by one command, and never missing in silence."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import PACKAGES
from tests.supply.test_requirements import ROOT

pytestmark = pytest.mark.slow

TOLD = (
    f"Tests were skipped for want of programs: gcc (2). `make test-programs` installs them: {' '.join(PACKAGES['gcc'])}"
)
PYTEST = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider")


def run(path: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command in the checkout, with the programs of a folder."""
    env = {**os.environ, "PATH": str(path), "PYTEST_ADDOPTS": "", **environment}
    return subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, encoding="utf-8", check=False)


def command(folder: Path, name: str, text: str) -> None:
    """A program in a folder."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.mark.parametrize("workers", ["0", "2"])
def test_what_is_missing_is_named_in_the_last_lines_and_fails_where_every_test_must_run(
    tmp_path: Path, workers: str
) -> None:
    """Whether tests run in one process or in several."""
    words = (*PYTEST, "-n", workers, "tests/store/test_power.py")
    if workers == "0":
        skipped = run(tmp_path, *words)
        assert (0, TOLD) == (skipped.returncode, skipped.stdout.splitlines()[-2])
    failed = run(tmp_path, *words, PYTEST_ADDOPTS="--no-skips")
    assert (1, TOLD) == (failed.returncode, failed.stdout.splitlines()[-2])


def test_another_skip_is_named_with_its_reason(tmp_path: Path) -> None:
    """It fails where every test must run, too."""
    (tmp_path / "test_it.py").write_text("import pytest\n\n\ndef test_it():\n    pytest.skip('for a reason')\n")
    words = (*PYTEST, f"--rootdir={ROOT}", "--no-skips", "tests/domain/test_tally.py")
    assert 0 == run(tmp_path, *words).returncode
    done = run(tmp_path, *words, str(tmp_path / "test_it.py"))
    assert 1 == done.returncode
    assert re.fullmatch(r"skipped: .*::test_it: Skipped: for a reason", done.stdout.splitlines()[-2])


def test_each_program_is_looked_for_in_one_place() -> None:
    """No test looks for one by itself, and none starts one without saying that it needs it."""
    for path in {*(ROOT / "tests").rglob("test_*.py")} - {Path(__file__)}:
        text = path.read_text(encoding="utf-8")
        assert "shutil.which" not in text, path
        started = {name for name in PACKAGES if re.search(rf'[\[(]\s*"{name}",', text)}
        assert started <= set(re.findall(r'mark\.needs\("([\w-]+)"\)', text)), path


def test_one_command_installs_what_is_missing(tmp_path: Path) -> None:
    """After an index that is up to date, without a question; and nothing where nothing is missing."""
    log = tmp_path / "log"
    install = f'case "$*" in *install*) for name in {" ".join(PACKAGES)}; do'
    install += f' printf "#!/bin/sh\\n" > {tmp_path}/$name; /bin/chmod +x {tmp_path}/$name; done;; esac'
    command(tmp_path, "apt-get", f'echo "$DEBIAN_FRONTEND $*" >> {log}\n{install}')
    command(tmp_path, "sudo", 'exec "$@"')
    command(tmp_path, "env", 'exec /usr/bin/env "$@"')
    assert 0 == run(tmp_path, sys.executable, "-m", "tests.programs").returncode
    update, installed = log.read_text().splitlines()
    assert re.fullmatch(r"noninteractive .*\bupdate", update)
    assert re.fullmatch(r"noninteractive .*\binstall .*--yes .*", installed)
    assert {package for packages in PACKAGES.values() for package in packages} <= set(installed.split())
    log.unlink()
    assert 0 == run(tmp_path, sys.executable, "-m", "tests.programs").returncode
    assert not log.exists()


def test_a_machine_without_debians_packages_is_told_what_to_install(tmp_path: Path) -> None:
    """And that it failed."""
    done = run(tmp_path, sys.executable, "-m", "tests.programs")
    assert 1 == done.returncode
    assert "chromium" in done.stderr


def test_ci_installs_first_and_lets_no_test_be_skipped(tmp_path: Path) -> None:
    """And ends at the first step that fails."""
    log = tmp_path / "log"
    command(tmp_path, "make", f'echo "$* $PYTEST_ADDOPTS" >> {log}\ntest "$1" != "$FAILS"')
    for name in ("bash", "dirname"):
        (tmp_path / name).symlink_to(f"/usr/bin/{name}")
    assert 0 == run(tmp_path, str(ROOT / ".ci/run")).returncode
    done = [line.rstrip() for line in log.read_text().splitlines()]
    assert "test-programs" == done[0]
    assert {"check", "docs", "audit", "versions", "test --no-skips"} == set(done[1:])
    for step in ("test-programs", "check", "docs", "audit", "versions", "test"):
        assert 0 != run(tmp_path, str(ROOT / ".ci/run"), FAILS=step).returncode


@pytest.mark.parametrize(
    ("target", "profile", "selected"),
    [
        ("test", "", ""),
        ("test-long", "HYPOTHESIS_PROFILE=long ", ""),
        ("test-fast", "HYPOTHESIS_PROFILE=fast ", '-m "not slow"'),
    ],
)
def test_one_command_leaves_no_test_out_and_the_daily_one_the_slow(target: str, profile: str, selected: str) -> None:
    """What is marked as slow is in the others."""
    words = ["make", "--dry-run", target]
    [line] = [
        line
        for line in subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
        if "-m pytest" in line
    ]
    assert line.startswith(f"{profile}.venv/bin/python -m pytest --numprocesses")
    assert selected == line.partition("--dist worksteal")[2].strip()
