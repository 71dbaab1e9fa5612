"""What is said at a login, whatever state nsnet is in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.typed import ROOT, machine

GREETING = ROOT / "vagrant" / "greeting.py"
LABS = [
    {"number": 1, "title": "Two rooms", "solved": True, "under_work": False},
    {"number": 2, "title": "Cable", "solved": False, "under_work": False},
    {"number": 3, "title": "Switch", "solved": False, "under_work": False},
]
FINE = {"complete": True, "findings": [], "counts": {"broken": 0, "warning": 0, "note": 0}}


def greet(folder: Path, doctor: Any, labs: Any, **env: str) -> list[str]:
    """The lines, where `nsnet` answers so; None: it fails."""
    for name, answer in {"doctor": doctor, "lab": labs}.items():
        text = "error: no\n" if answer is None else json.dumps(answer)
        (folder / name).write_text(text, encoding="utf-8")
    program = folder / "nsnet"
    program.write_text(f'#!/bin/sh\nexec cat "{folder}/$1"\n')
    program.chmod(0o755)
    # Who is in the group sudo would get the machine's own answer.
    (folder / "sudo").write_text("#!/bin/sh\nexit 1\n")
    (folder / "sudo").chmod(0o755)
    return _run({"PATH": f"{folder}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", **env})


def _run(env: dict[str, str]) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-sP", GREETING], env=env, capture_output=True, text=True, check=True
    )
    assert not done.stderr
    return [line.strip() for line in done.stdout.splitlines()[1:]]


def test_in_order(tmp_path: Path) -> None:
    doctor, lab, _ = greet(tmp_path, FINE, LABS)
    assert doctor == "doctor  in order"
    assert lab == "lab     2 of 3, Cable: nsnet lab start"


def test_what_is_broken_is_named(tmp_path: Path) -> None:
    findings = [{"level": "ok", "what": "fine"}, {"level": "broken", "what": "no bridge"}]
    found = {**FINE, "findings": findings, "counts": {"broken": 1, "warning": 1, "note": 0}}
    doctor, what, *_ = greet(tmp_path, found, LABS)
    assert doctor == "doctor  1 broken: sudo nsnet doctor"
    assert what == "✗ no bridge"


def test_what_could_not_be_seen_is_told(tmp_path: Path) -> None:
    found = {**FINE, "complete": False, "counts": {"broken": 0, "warning": 0, "note": 2}}
    doctor = greet(tmp_path, found, LABS)[0]
    assert doctor == "doctor  nothing is broken; 2 to know (firewalls not looked at)"


def test_the_exercise_under_work_comes_first(tmp_path: Path) -> None:
    labs = [*LABS[:2], {**LABS[2], "under_work": True}]
    assert greet(tmp_path, FINE, labs)[1].startswith("lab     3 of 3, Switch, is under work")


def test_all_solved(tmp_path: Path) -> None:
    labs = [{**each, "solved": True} for each in LABS]
    assert greet(tmp_path, FINE, labs)[1] == "lab     all 3 are solved: nsnet lab list"


def test_nsnet_that_fails_hinders_no_login(tmp_path: Path) -> None:
    doctor, lab, _ = greet(tmp_path, None, None)
    assert doctor == "doctor  cannot say: try nsnet doctor"
    assert lab == "lab     cannot say: try nsnet lab list"


def test_korean(tmp_path: Path) -> None:
    lab = greet(tmp_path, FINE, LABS, LC_ALL="", LANG="ko_KR.UTF-8", PYTHONUTF8="1")[1]
    assert lab == "lab     3개 중 2번, Cable: nsnet lab start"


def test_a_terminal_without_these_letters(tmp_path: Path) -> None:
    env = {"LANG": "ko_KR.UTF-8", "LC_ALL": "", "PYTHONIOENCODING": "ascii"}
    assert "?" in greet(tmp_path, FINE, LABS, **env)[0]


@pytest.mark.usefixtures("host")
def test_with_nsnet_itself(tmp_path: Path) -> None:
    env = machine(tmp_path) | {"NSNET_DATA": str(tmp_path), "TERM": os.environ.get("TERM", "dumb")}
    doctor, lab, _ = _run(env)
    assert doctor.startswith(("doctor  nothing is broken", "doctor  in order"))
    assert "Two rooms: nsnet lab start" in lab
