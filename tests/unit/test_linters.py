"""ruff and mypy find nothing. Skipped where they are not installed."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from tests.unit.sources import ROOT

COMMANDS = {
    "ruff": ["ruff", "check", "--quiet", "--no-cache", "."],
    "mypy": ["mypy", "--strict", "--no-error-summary"],
}


@pytest.mark.parametrize("tool", COMMANDS)
def test_nothing_is_found_by(tool: str) -> None:
    if importlib.util.find_spec(tool) is None:
        pytest.skip(f"{tool} is not installed (extra: dev)")
    result = subprocess.run(
        [sys.executable, "-m", *COMMANDS[tool]], cwd=ROOT, capture_output=True, text=True
    )
    if result.returncode:
        pytest.fail(result.stdout + result.stderr, pytrace=False)
