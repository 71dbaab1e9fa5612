"""scripts/nsnet, without the network: a stand-in for Python prints how it was called."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STAND_IN = """#!/bin/sh
printf '<%s>' "$@"
exit 3
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in a directory with a space, its environment complete."""
    root = tmp_path / "a checkout"
    shutil.copytree(ROOT / "scripts", root / "scripts")
    shutil.copy(ROOT / "pyproject.toml", root)
    python = root / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(STAND_IN)
    python.chmod(0o755)
    _stamp(root, "run")
    # Should set-up be called, then this one, which installs nothing.
    (root / "scripts/setup").write_text('echo "set up for $1" >&2; exit 4\n')
    return root


def _stamp(root: Path, profile: str) -> None:
    stamp = root / f".venv/.nsnet-{profile}"
    stamp.touch()
    shutil.copystat(root / "pyproject.toml", stamp)


def _run(*argv: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
    return subprocess.run(argv, cwd=cwd, env=clean, capture_output=True, text=True)


def _called_with(root: Path, *arguments: str) -> str:
    start = ["-sP", f"{root}/nsnet/__main__.py", *arguments]
    return "".join(f"<{argument}>" for argument in start)


def test_arguments_and_exit_status_pass_through(checkout: Path) -> None:
    result = _run("./scripts/nsnet", "run", "a b", "", "*", cwd=checkout)
    assert result.stdout == _called_with(checkout, "run", "a b", "", "*")
    assert (result.returncode, result.stderr) == (3, "")


@pytest.mark.parametrize("command", ["nsnet", "link", "absolute"])
def test_any_directory_and_any_name(checkout: Path, tmp_path: Path, command: str) -> None:
    link = tmp_path / "bin/nsnet"
    link.parent.mkdir()
    link.symlink_to("../a checkout/scripts/nsnet")
    argv: dict[str, tuple[str | Path, ...]] = {
        "nsnet": ("sh", "nsnet"),
        "link": (link,),
        "absolute": (checkout / "scripts/nsnet",),
    }
    result = _run(*argv[command], cwd=checkout / "scripts")
    assert result.stdout == _called_with(checkout)


@pytest.mark.parametrize("seconds", [-1, 1])
def test_another_pyproject_means_another_setup(checkout: Path, seconds: int) -> None:
    project = checkout / "pyproject.toml"
    then = project.stat().st_mtime + seconds
    os.utime(project, (then, then))
    result = _run("./scripts/nsnet", cwd=checkout)
    assert (result.returncode, result.stdout, result.stderr) == (4, "", "set up for run\n")


def test_a_vanished_python_means_another_setup(checkout: Path) -> None:
    (checkout / ".venv/bin/python").unlink()
    assert _run("./scripts/nsnet", cwd=checkout).returncode == 4


def test_the_ready_check_starts_no_program(checkout: Path) -> None:
    traced = _run("sh", "-x", "scripts/nsnet", cwd=checkout).stderr
    words = {line.lstrip("+ ").split(" ")[0] for line in traced.splitlines()}
    programs = {word for word in words if "=" not in word and shutil.which(word)}
    # The first four are built into sh; the last is the program that it becomes.
    assert programs <= {"[", "pwd", "export", "cd", "."}, programs


REPORT = '<testsuites><testsuite tests="{}" failures="{}" errors="{}" skipped="{}"/></testsuites>'


@pytest.mark.parametrize(
    ("runs", "line", "status"),
    [
        ([(0, (5, 0, 0, 1)), (0, (3, 0, 0, 0))], "7 passed, 0 failed, 1 skipped", 0),
        ([(1, (5, 1, 1, 1)), (0, (3, 0, 0, 0))], "5 passed, 2 failed, 1 skipped", 1),
        ([(0, (2, 0, 0, 0)), (5, (0, 0, 0, 0))], "2 passed, 0 failed, 0 skipped", 0),
        ([(0, (1, 0, 0, 1))], "0 passed, 0 failed, 1 skipped", 1),
        ([(0, (2, 0, 0, 0)), (137, None)], "2 passed, 1 failed, 0 skipped", 1),
        ([(2, (2, 0, 0, 0))], "2 passed, 1 failed, 0 skipped", 1),
    ],
)
def test_the_closing_line_sums_all_runs(
    tmp_path: Path, runs: list[tuple[int, tuple[int, ...] | None]], line: str, status: int
) -> None:
    arguments = []
    for number, (code, counts) in enumerate(runs):
        report = tmp_path / f"{number}.xml"
        if counts:
            report.write_text(REPORT.format(*counts))
        arguments.append(f"{code}={report}")
    result = _run(sys.executable, ROOT / "scripts/totals.py", *arguments, cwd=tmp_path)
    assert (result.stdout, result.returncode) == (line + "\n", status)
