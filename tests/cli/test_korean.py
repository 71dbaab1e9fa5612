"""docs/ko/tutorial.md, typed line by line; and its lab shell, typed into one."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.cli.typed import ROOT, commands, machine, matches

TUTORIAL = (ROOT / "docs" / "ko" / "tutorial.md").read_text(encoding="utf-8")
_PROMPT = "(two-rooms) # "


def typed(command: str, env: dict[str, str], words: str = "") -> subprocess.CompletedProcess[str]:
    """What comes of a line of the tutorial, with `words` typed into it."""
    return subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, env=env, cwd=ROOT, input=words
    )


@pytest.mark.usefixtures("host")
def test_every_line(tmp_path: Path) -> None:
    env = machine(tmp_path)
    tour = commands(TUTORIAL)
    assert len(tour) > 20
    try:
        for command, expected in tour:
            if command.startswith("nsnet lab stop"):
                in_the_lab(env)
            done = typed(command, env)
            assert matches(expected, done.stdout), (
                f"$ {command}\n--- expected\n{chr(10).join(expected)}\n"
                f"--- got\n{done.stdout}{done.stderr}"
            )
    finally:
        typed("nsnet lab stop; nsnet down --all", env)


def in_the_lab(env: dict[str, str]) -> None:
    """Type what stands behind the prompts; what is printed between them comes in that order."""
    block = re.search(r"```text\n\$ (nsnet lab shell)\n(.*?)```", TUTORIAL, re.DOTALL)
    assert block is not None
    lines = block[2].splitlines()
    keys = [line.removeprefix(_PROMPT) for line in lines if line.startswith(_PROMPT)]
    shown = [line for line in lines if not line.startswith(_PROMPT)]
    done = typed(f"LANG=ko_KR.UTF-8 LC_ALL= {block[1]}", env, "\n".join(keys) + "\n")
    assert matches(["…", *shown, "…"], done.stdout), done.stdout + done.stderr
