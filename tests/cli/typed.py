"""Documents whose commands are typed: what comes back is what is printed there.

As a program, a user at a terminal: ``python typed.py 'nsnet attach box' 'ip route' '^P^Q'`` runs
the first, and types each of the others when a prompt is there.
"""

from __future__ import annotations

import os
import pty
import re
import select
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: ``# fails`` behind a command says that it has to.
FAILS = "# fails"
_PROMPT = re.compile(r"[^\n]*# $")
_LONG = 30  # seconds; a generous time-out


def commands(text: str, kind: str = "console") -> list[tuple[str, list[str]]]:
    """The commands of the blocks of a kind, with the lines expected after each."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(rf"```(?:{kind})\n(.*?)```", text, re.DOTALL):
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
    records = folder / "run"
    records.mkdir(0o700)
    own = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(records)}
    return {"PATH": path, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", **own}


def at_terminal(command: str, lines: list[str]) -> str:
    """What a user sees who types `lines` into `command`, ``^X`` for Ctrl-X. The first prompt comes
    when Enter is pressed."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp("sh", ["sh", "-c", command])
    seen = ""
    limit = time.monotonic() + _LONG
    while not _PROMPT.search(seen) and time.monotonic() < limit:
        os.write(terminal, b"\n")
        seen += _until(terminal, _PROMPT, 0.5)
    for line in lines:
        keys = re.sub(r"\^([A-Z])", lambda key: chr(ord(key[1]) - 64), line)
        os.write(terminal, (keys if keys != line else f"{line}\n").encode())
        if keys == line:
            seen += _until(terminal, re.compile(f"\n{_PROMPT.pattern}"), _LONG)
    seen += _until(terminal, None, _LONG)
    os.waitpid(pid, 0)
    return seen


def _until(terminal: int, text: re.Pattern[str] | None, seconds: float) -> str:
    """What it prints until `text` or its end is there, or the time is over."""
    found = ""
    limit = time.monotonic() + seconds
    while (left := limit - time.monotonic()) > 0 and not (text and text.search(found)):
        if select.select([terminal], [], [], left)[0]:
            try:
                read = os.read(terminal, 4096).decode(errors="replace")
            except OSError:  # the other end is closed
                break
            if not read:
                break
            found = re.sub(r"\x1b\[[0-9;]*[A-Za-z]|\r", "", found + read)
    return found


if __name__ == "__main__":
    sys.stdout.write(at_terminal(sys.argv[1], sys.argv[2:]))
