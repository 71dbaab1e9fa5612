"""nsnet as a user types it: a process of its own, in whatever host the test stands in."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "nsnet")


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it."""

    code: int
    out: str
    err: str

    @property
    def faults(self) -> list[str]:
        """The lines on stderr."""
        return self.err.splitlines()


def environment(**more: str) -> dict[str, str]:
    """The test's own, without what would change nsnet's mind."""
    ignored = ("NSNET_SANDBOX", "NO_COLOR", "SUDO_USER")
    kept = {key: value for key, value in os.environ.items() if key not in ignored}
    return {**kept, "PYTHONPATH": str(ROOT), "COLUMNS": "80", **more}


def nsnet(*words: str, stdin: str = "", cwd: Path = ROOT, **env: str) -> Done:
    """Run ``nsnet WORDS``, its output going to a pipe."""
    done = subprocess.run(
        [*COMMAND, *words],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment(**env),
        check=False,
        timeout=120,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def on_terminal(line: str, typed: str = "", **env: str) -> Done:
    """Run a shell line on a terminal of its own (util-linux's script)."""
    done = subprocess.run(
        ["script", "-qec", line, "/dev/null"],
        input=typed,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(TERM="dumb", **env),
        check=False,
        timeout=60,
    )
    return Done(done.returncode, done.stdout.replace("\r", ""), done.stderr)


def up(*words: str) -> Done:
    """``nsnet up``, which has to work."""
    done = nsnet("up", *words)
    assert done.code == 0, done.err
    return done


def down() -> None:
    """``nsnet down --all``, which has to work."""
    done = nsnet("down", "--all")
    assert done.code == 0, done.err
