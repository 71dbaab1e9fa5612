"""Typing a document's commands in a sandbox of its own, and what differs each time."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.cli.typed import FAILS, ROOT, commands, machine, matches

_TYPED = Path(__file__).with_name("typed.py")
_PROMPT, _LEFT = "/ # ", "read escape sequence"

#: What differs each time: ids, times, ports of callers, counts, and the width of a column with
#: these.
_VOLATILE = (
    (r"\b[0-9a-f]{64}\b", "ID"),
    (r"\b(?=[0-9]*[a-f])[0-9a-f]{12}\b|\b[0-9]{12}\b", "ID"),
    (r"(Less than a second|About a minute|\d+ (seconds?|minutes?))( ago)?", "TIME"),
    (r"time=[\d.]+ ms", "TIME"),
    (r"\b\d+\.\d+ ms", "TIME"),
    (r"(saw [\d.]+):\d+", r"\1:PORT"),
    (r"\b(203\.0\.113\.1):\d{5}\b", r"\1:PORT"),
    (r"packets \d+ bytes \d+", "COUNTED"),
    (r"\b\d+ packets? so far(, \+\d+ (by this one|meanwhile))?", "COUNTED"),
    (r"\b\d+ +#\d+\b", "COUNTED"),
    (r"\b(rule|handle) \d+\b", r"\1 N"),
    (r"(?m)^note: no images here: .*\n", ""),
    (r"[ \t]+", " "),
)


def steady(text: str) -> str:
    """`text` without what differs each time."""
    for pattern, word in _VOLATILE:
        text = re.sub(pattern, word, text)
    return text


def _line(command: str, expected: list[str]) -> str:
    """What a shell is given for a command; where it is attached to a terminal, somebody types."""
    if not any(each.startswith(_PROMPT) for each in expected):
        return command
    typed = [each.removeprefix(_PROMPT) for each in expected if each.startswith(_PROMPT)]
    keys = ["^P^Q" if each == _LEFT else each for each in typed]
    return shlex.join([sys.executable, str(_TYPED), command, *keys])


def hold(text: str, folder: Path) -> int:
    """Type every line of a document's blocks in a new sandbox; how many there were. What comes
    back has to be what is printed there."""
    tour = commands(text, "console|terminal")
    script = "".join(f"{{ {_line(*each)}\n}} </dev/null 2>&1; echo @@ $?\n" for each in tour)
    env = machine(folder) | {"SHELL": "/bin/sh"}
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
        attached = _line(command, expected) != command
        assert (int(code) != 0) == command.endswith(FAILS), shown
        wanted = steady("".join(f"{each}\n" for each in expected)).splitlines()
        got = steady(out.lstrip("\n") if attached else out)
        assert matches(wanted, got), shown
    assert len(parts) == 2 * len(tour) + 1, f"it ended early: {done.stderr}"
    return len(tour)
