"""docs/tutorials.md, typed line by line in a sandbox; what comes back is what is printed there."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.typed import FAILS, ROOT, commands, machine, matches

TUTORIALS = (ROOT / "docs" / "tutorials.md").read_text(encoding="utf-8")
_TYPED = Path(__file__).with_name("typed.py")
_PROMPT, _LEFT = "/ # ", "read escape sequence"

#: What differs each time: ids, times, the ports of callers, and the width of a column with these.
_VOLATILE = (
    (r"\b[0-9a-f]{64}\b", "ID"),
    (r"\b(?=[0-9]*[a-f])[0-9a-f]{12}\b|\b[0-9]{12}\b", "ID"),
    (r"(Less than a second|About a minute|\d+ (seconds?|minutes?))( ago)?", "TIME"),
    (r"time=[\d.]+ ms", "TIME"),
    (r"(saw [\d.]+):\d+", r"\1:PORT"),
    (r"packets \d+ bytes \d+", "COUNTED"),
    (r"(?m)^note: no images here: .*\n", ""),
    (r"[ \t]+", " "),
)


def steady(text: str) -> str:
    """`text` without what differs each time."""
    for pattern, word in _VOLATILE:
        text = re.sub(pattern, word, text)
    return text


def line(command: str, expected: list[str]) -> str:
    """What a shell is given for a command; where it is attached to a terminal, somebody types."""
    if not any(each.startswith(_PROMPT) for each in expected):
        return command
    typed = [each.removeprefix(_PROMPT) for each in expected if each.startswith(_PROMPT)]
    keys = ["^P^Q" if each == _LEFT else each for each in typed]
    return shlex.join([sys.executable, str(_TYPED), command, *keys])


@pytest.mark.skipif(not shutil.which("busybox"), reason="busybox is not installed: it plays alpine")
@pytest.mark.usefixtures("host")
def test_every_line(tmp_path: Path) -> None:
    tour = commands(TUTORIALS, "console|terminal")
    assert len(tour) > 100
    script = "".join(f"{{ {line(*each)}\n}} </dev/null 2>&1; echo @@ $?\n" for each in tour)
    env = machine(tmp_path) | {"SHELL": "/bin/sh"}
    sandbox = ["nsnet", "sandbox"]
    subprocess.run([*sandbox, "start", "lesson"], env=env, check=True, capture_output=True)
    try:
        done = subprocess.run(
            [*sandbox, "shell", "lesson"],
            input=script,
            capture_output=True,
            text=True,
            env=env,
            cwd=ROOT,
            check=False,
        )
    finally:
        subprocess.run([*sandbox, "stop", "lesson"], env=env, check=True, capture_output=True)
    parts = re.split(r"@@ (\d+)\n", done.stdout)
    for (command, expected), out, code in zip(tour, parts[::2], parts[1::2], strict=False):
        shown = f"$ {command}\n--- expected\n{chr(10).join(expected)}\n--- got\n{out}"
        attached = line(command, expected) != command
        assert (int(code) != 0) == command.endswith(FAILS), shown
        wanted = steady("".join(f"{each}\n" for each in expected)).splitlines()
        got = steady(out.lstrip("\n") if attached else out)
        assert matches(wanted, got), shown
    assert len(parts) == 2 * len(tour) + 1, f"it ended early: {done.stderr}"


def test_what_differs_each_time_is_left_out() -> None:
    assert steady(f"{'3f' * 32}  Up 3 seconds\n") == "ID Up TIME\n"
    assert steady("64 bytes: time=0.1 ms") != steady("64 octets: time=0.1 ms")
