"""The tour of the README, typed line by line; what comes back is what is printed there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def tour() -> list[tuple[str, list[str]]]:
    """The commands of the console blocks with the lines expected after each."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def matches(expected: list[str], output: str) -> bool:
    """`…` alone on a line is any number of lines, within a line any text."""
    pattern = ""
    for line in expected:
        if line.strip() == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += r"[^\n]*".join(re.escape(part.rstrip()) for part in line.split("…"))
            pattern += r"[ \t]*\n"
    return re.fullmatch(pattern, output) is not None


def machine(folder: Path) -> dict[str, str]:
    """A PATH on which `nsnet` is this checkout and `sudo` does nothing more than run."""
    for name, text in {
        "nsnet": f'exec "{sys.executable}" -m nsnet "$@"',
        "sudo": 'exec "$@"',
    }.items():
        program = folder / name
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)
    path = f"{folder}:/usr/sbin:/usr/bin:/sbin:/bin"
    return {"PATH": path, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", "HOME": str(folder)}


@pytest.mark.usefixtures("host")
def test_the_tour(tmp_path: Path) -> None:
    env = machine(tmp_path)
    commands = tour()
    assert len(commands) > 10
    for command, expected in commands:
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
