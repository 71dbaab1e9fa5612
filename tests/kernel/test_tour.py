"""examples/tour.py, the proof of the Python API: a short script of an ordinary user."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_TOUR = ROOT / "examples" / "tour.py"

#: What the tour does to be there at all; as root, nobody may not be let to the interpreter.
_READY = "import subprocess as s, sys, nsnet.api.remote; s.check_call([sys.executable, '-c', ''])"
_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--")


def ordinary(env: dict[str, str]) -> tuple[str, ...]:
    """What makes a command one of an ordinary user: nothing, for those who are one."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        return ()
    tried = [*_NOBODY, sys.executable, "-c", _READY]
    done = subprocess.run(tried, env=env, capture_output=True, check=False)
    return () if done.returncode else _NOBODY


@pytest.fixture(scope="module")
def tour() -> subprocess.CompletedProcess[str]:
    paths = ":".join([str(ROOT), *sys.path])
    env = {"PYTHONPATH": paths, "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [*ordinary(env), sys.executable, str(_TOUR)],
        env=env,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_is_short() -> None:
    text = _TOUR.read_text(encoding="utf-8")
    lines = text.splitlines()
    assert len(lines) <= 20
    assert ";" not in text
    assert max(map(len, lines)) <= 100


def test_what_it_tells(tour: subprocess.CompletedProcess[str]) -> None:
    assert tour.returncode == 0, tour.stderr
    walk, trace, broken, mended, page = (
        tour.stdout.index(each)
        for each in (
            "client → http://web/, as the state of the kernel predicts it",
            "outside → http://host:8080/, as it went",
            "✗ address translation  NAT.NO_DNAT: port not published",
            "✓ large packets",
            "web 172.18.0.2:80 saw 203.0.113.1:",
        )
    )
    assert walk < trace < broken < mended < page
    assert "→ answered: an answer in " in tour.stdout[trace:broken]
    assert "→ 172.18.0.2:80 [S]" in tour.stdout[trace:broken]
