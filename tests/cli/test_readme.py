"""The tour of the README, typed line by line; what comes back is what is printed there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.cli.typed import ROOT, commands, machine, matches

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("host")
def test_the_tour(tmp_path: Path) -> None:
    env = machine(tmp_path)
    tour = commands(README)
    assert len(tour) > 10
    for command, expected in tour:
        done = subprocess.run(
            ["sh", "-c", command], capture_output=True, text=True, env=env, cwd=ROOT, check=False
        )
        wanted = "\n".join(expected)
        assert matches(expected, done.stdout), (
            f"$ {command}\n--- expected\n{wanted}\n--- got\n{done.stdout}{done.stderr}"
        )


def test_every_file_the_readme_names_is_there() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_a_wrong_expectation_is_noticed() -> None:
    assert matches(["a …", "…", "z"], "a 1\nb\nc\nz\n")
    assert not matches(["a …", "z"], "a 1\nb\nz\n")
