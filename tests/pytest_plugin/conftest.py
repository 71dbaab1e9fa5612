"""Runs of pytest with the plugin, each a program of its own, as on a user's machine.

The plugin is named by ``-p``, for nsnet need not be installed. Whatever a run leaves behind
(processes, links, namespaces, files) fails the test that has run it: fixture `host`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTEST = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rs")
NAMED = ("-p", "nsnet.pytest")


class Run:
    """What came of a run: ``{"passed": 3}``, and what it has written."""

    def __init__(self, status: int, text: str) -> None:
        self.status, self.text = status, text
        summary = text.rstrip().rpartition("\n")[2]
        self.outcomes = {word: int(n) for n, word in re.findall(r"(\d+) ([a-z]+)\b", summary)}


Runner = Callable[..., Run]


def environment(other_plugins: bool = False) -> dict[str, str]:
    """Ours, without what a pytest run tells those that it starts."""
    alone = {} if other_plugins else {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    return {**kept, **alone, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def write(folder: Path, text: str, name: str = "test_it.py") -> None:
    """A test file."""
    (folder / name).write_text(dedent(text), encoding="utf-8")


@pytest.fixture
def run(host: None, tmp_path: Path) -> Runner:
    """``run(text, *options)`` runs the tests in `text`."""
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\n")

    def running(text: str, *options: str, before: tuple[str, ...] = (), named: bool = True) -> Run:
        write(tmp_path, text)
        done = subprocess.run(
            [*before, *PYTEST, *(NAMED if named else ()), *options],
            cwd=tmp_path,
            env=environment(other_plugins=not named),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        return Run(done.returncode, done.stdout)

    return running
