"""The plugin of pytest: 100 tests with a lab each in one run of four workers, and what is left."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .figures import Figure, Skipped
from .place import ROOT, settle
from .program import timed

_TESTS = 100
_WORKERS = 4

_TEST = """
import os
import time
import pytest

@pytest.fixture
def pair(lab, network, record_property):
    began = time.perf_counter()
    web, db = lab.container("web", network), lab.container("db", network)
    lab.up()
    record_property("up", time.perf_counter() - began)
    return web, db

@pytest.mark.parametrize("turn", range(int(os.environ["TESTS"])))
def test_it(pair, turn, record_property):
    web, db = pair
    assert web.ping(db)
    record_property("files", len(os.listdir("/proc/self/fd")))
    record_property("worker", os.getpid())
"""

_CONFTEST = """
import json
import os

def pytest_runtest_logreport(report):
    if "PYTEST_XDIST_WORKER" not in os.environ:
        told = {"when": report.when, "duration": report.duration, **dict(report.user_properties)}
        with open("told", "a") as file:
            file.write(json.dumps(told) + "\\n")
"""


def run(rounds: int) -> Iterator[Figure | Skipped]:
    """`rounds` is the number of tests."""
    if not find_spec("xdist"):
        yield Skipped("plugin", "pytest and pytest-xdist are not installed (extra: test)")
        return
    settle()
    before, rows = _picture(), _run(rounds or _TESTS)
    settle()
    after = _picture()
    whole = [1e3 * row["duration"] for row in rows if row["when"] == "setup"]
    up = [1e3 * row["up"] for row in rows if row["when"] == "setup"]
    yield Figure("a lab: fixtures", [a - b for a, b in zip(whole, up, strict=True)])
    yield Figure("a lab: up, 2 containers", up)
    yield Figure("set-up of a test, whole", whole, at_most=100)
    ends = [1e3 * row["duration"] for row in rows if row["when"] == "teardown"]
    yield Figure("a lab: its end", ends)
    for what, count in before.items():
        yield Figure(f"{what} left", [float(after[what] - count)], unit="", at_most=0)
    yield Figure("open files more", _growth(rows), unit="", at_most=0)


def _run(tests: int) -> list[dict[str, Any]]:
    """What the reports of the tests say. Raises `Failed`."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "test_it.py").write_text(_TEST)
        (Path(folder) / "conftest.py").write_text(_CONFTEST)
        names = {"PYTHONPATH": str(ROOT), "TESTS": str(tests)}
        words = [f"{key}={value}" for key, value in names.items()]
        pytest = ("-m", "pytest", "-p", "nsnet.pytest", "-p", "no:cacheprovider")
        timed("env", "-C", folder, *words, sys.executable, *pytest, f"-n{_WORKERS}")
        return [json.loads(line) for line in (Path(folder) / "told").read_text().splitlines()]


def _picture() -> dict[str, int]:
    """Processes, and the network namespaces that they or names hold."""
    pids = [each for each in os.listdir("/proc") if each.isdigit()]
    names = os.listdir("/run/netns") if os.path.isdir("/run/netns") else []
    held = {f"/proc/{pid}/ns/net" for pid in pids}
    return {
        "processes": len(pids),
        "namespaces": len({_inode(path) for path in held} - {0}) + len(names),
    }


def _inode(path: str) -> int:
    try:
        return os.stat(path).st_ino
    except OSError:
        return 0


def _growth(rows: list[dict[str, Any]]) -> list[float]:
    """How many more files each worker has open in its last test than in its first."""
    seen: dict[int, list[int]] = {}
    for row in rows:
        if row["when"] == "call":
            seen.setdefault(row["worker"], []).append(row["files"])
    return [float(files[-1] - files[0]) for files in seen.values()]
