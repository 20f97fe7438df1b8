"""
The programs that tests start, and the Debian packages that they are in: `make test-programs` installs what is missing.

    python -m tests.programs

A test says what it needs: `@pytest.mark.needs("soffice")`. Where a program is missing the test is skipped.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

PACKAGES: dict[str, tuple[str, ...]] = {
    "chromium": ("chromium",),
    "gcc": ("gcc", "libc6-dev"),
    "git": ("git",),
    "pdftoppm": ("poppler-utils",),
    "soffice": ("libreoffice-calc-nogui", "libreoffice-writer-nogui"),
    "sqlite3": ("sqlite3",),
    "systemd-analyze": ("systemd",),
}
"""The Debian packages of each program."""


def missing() -> list[str]:
    """The programs that are not installed."""
    return [name for name in PACKAGES if shutil.which(name) is None]


def told(skipped: Mapping[str, int]) -> str:
    """What to say when so many tests were skipped for want of each of these programs."""
    counts = ", ".join(f"{name} ({count})" for name, count in sorted(skipped.items()))
    packages = " ".join(package for name in sorted(skipped) for package in PACKAGES[name])
    return f"Tests were skipped for want of programs: {counts}. `make test-programs` installs them: {packages}"


def main() -> None:
    names = missing()
    packages = [package for name in names for package in PACKAGES[name]]
    if not names:
        print(f"installed: {', '.join(PACKAGES)}")
        return
    if shutil.which("apt-get") is None:
        sys.exit(f"not installed: {', '.join(names)}; this machine has no apt-get to install {' '.join(packages)}")
    as_root = [] if os.geteuid() == 0 else ["sudo"]
    quiet = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet=2"]
    subprocess.run([*quiet, "update"], check=True)
    subprocess.run([*quiet, "install", "--yes", "--no-install-recommends", *packages], check=True)
    if names := missing():
        sys.exit(f"still not installed: {', '.join(names)}")


if __name__ == "__main__":
    main()
