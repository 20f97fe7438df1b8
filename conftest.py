"""
The Python code and the console blocks in README.md and docs/ run as tests: each document one namespace, in a folder of its own.

Hypothesis profiles, by HYPOTHESIS_PROFILE: `default` for `make test` and CI, `fast` and `mutants` (few), `long` and `nightly`.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from sybil import Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

from tests.docs.consoles import run

settings.register_profile(
    "default",
    max_examples=50,
    deadline=None,
    derandomize=False,  # in CI too, where hypothesis would do so: what is made up each time finds more
    suppress_health_check=[
        HealthCheck.too_slow
    ],  # in the first draw Hypothesis reads all of our modules, once a checkout
    print_blob=True,
)
settings.register_profile("fast", settings.get_profile("default"), max_examples=10)
settings.register_profile(
    "mutants",
    settings.get_profile("default"),
    max_examples=25,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # that a test fails is enough
)
settings.register_profile("long", settings.get_profile("default"), max_examples=300)
settings.register_profile("nightly", settings.get_profile("default"), max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def _enter(namespace: dict[str, Any]) -> None:
    namespace["_back"] = Path.cwd()
    namespace["_folder"] = tempfile.TemporaryDirectory()
    for shared in ("examples", "tests"):
        (Path(namespace["_folder"].name) / shared).symlink_to(Path.cwd() / shared)
    os.chdir(namespace["_folder"].name)


def _leave(namespace: dict[str, Any]) -> None:
    os.chdir(namespace["_back"])
    namespace["_folder"].cleanup()


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), CodeBlockParser("console", run)],
    patterns=["README.md", "docs/*.md", "docs/**/*.md"],
    setup=_enter,
    teardown=_leave,
).pytest()
