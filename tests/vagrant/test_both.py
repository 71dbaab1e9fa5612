"""vagrant/both.sh: the same line for Docker and for nsnet."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cli.typed import ROOT


@pytest.mark.parametrize(
    ("docker", "nsnet", "code"), [(0, 0, 0), (1, 1, 1), (1, 0, 1), (0, 125, 125)]
)
def test_the_same_to_both(tmp_path: Path, docker: int, nsnet: int, code: int) -> None:
    for name, status in {"docker": docker, "nsnet": nsnet}.items():
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\nprintf "<%s>" "$@"\nexit {status}\n')
        program.chmod(0o755)
    done = subprocess.run(
        ["sh", ROOT / "vagrant/both.sh", "run", "a b", ""],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == code
    assert done.stdout.index("<run><a b><>") < done.stdout.index("<--sandbox=both><run><a b><>")
    assert ("exit status: docker" in done.stdout) == (docker != nsnet)


@pytest.mark.parametrize("runs", [True, False])
def test_down_where_nothing_was_made(tmp_path: Path, runs: bool) -> None:
    """No sandbox to end is no error; one that runs is ended."""
    answer = f'[ "$2" = stop ] && echo ended || echo "{"both     7" if runs else "SANDBOX  PID"}"'
    for name, does in {"docker": "true", "nsnet": answer}.items():
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{does}\n")
        program.chmod(0o755)
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    down = ["sh", str(ROOT / "vagrant/both.sh"), "down"]
    done = subprocess.run(down, env=path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "ended\n" if runs else "")
