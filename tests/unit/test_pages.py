"""What is written from the sources (scripts/generate) is complete, up to date and well-formed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from nsnet.cli.root import root
from scripts.pages import man, shells
from scripts.pages.__main__ import pages, stale
from tests.unit.sources import ROOT

PAGES = sorted((ROOT / man.FOLDER).glob("*.1"))


def commands(command: click.Command, words: str) -> Iterator[tuple[str, click.Command]]:
    """All commands by their words, found by click's own means."""
    yield words, command
    if isinstance(command, click.Group):
        ctx = click.Context(command)
        for name in command.list_commands(ctx):
            below = command.get_command(ctx, name)
            assert below is not None
            yield from commands(below, f"{words} {name}")


def unsafe(text: str) -> str:
    """Roff as it is read."""
    return re.sub(r"\\&|\\f[BR]", "", text).replace("\\-", "-").replace("\\(aq", "'")


def test_all_is_up_to_date() -> None:
    found = stale(pages())
    assert not found, f"run scripts/generate: {', '.join(found)}"


def test_tables_keep_their_lines_and_no_control_character_is_left() -> None:
    wanted = pages()
    for path in ("docs/reference/nsnet-network.md", "share/man/man1/nsnet-network.1"):
        assert re.search(r"(?m)^ {2}ipvlan\S+mode {8}l2 \(the default\)", wanted[path])
    found = {path for path, text in wanted.items() if re.search(r"[\x00-\x08\x0b-\x1f]", text)}
    assert not found


def test_a_page_that_is_changed_is_noticed() -> None:
    wanted = pages()
    before = set(stale(wanted))
    path = f"{man.FOLDER}/nsnet.1"
    assert path in stale(wanted | {path: "changed"})
    del wanted[path]
    assert {*stale(wanted)} == before | {path}


def test_every_command_is_in_a_man_page_with_its_options() -> None:
    text = unsafe("".join(page.read_text(encoding="utf-8") for page in PAGES))
    assert "\n\n" not in text, "something has no meaning told"
    sections = dict(re.findall(r"(?ms)^\.SS (.+?)\n(.*?)(?=^\.S[SH] |\Z)", text))
    for words, command in commands(root, "nsnet"):
        if isinstance(command, click.Group):
            assert f".TH {words.replace(' ', '-').upper()} 1 " in text
            continue
        told = sections[words]
        for each in command.params:
            if isinstance(each, click.Option) and not each.hidden and each.name != "help":
                assert re.search(rf"(?m)^\.B .*{re.escape(each.opts[-1])}\b", told), (words, each)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_man_page_is_set_without_warnings(page: Path) -> None:
    if not (groff := shutil.which("groff")):
        pytest.skip("groff is not installed")
    done = subprocess.run(
        [groff, "-K", "utf8", "-man", "-ww", "-T", "utf8", page],
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "SYNOPSIS" in re.sub(r"\x1b\[\d+m|.\x08", "", done.stdout)


@pytest.mark.parametrize("shell", shells.PLACES)
def test_a_completion_script_is_understood(shell: str) -> None:
    if not (program := shutil.which(shell)):
        pytest.skip(f"{shell} is not installed")
    script = ROOT / shells.PLACES[shell]
    done = subprocess.run([program, "-n", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_bash_asks_nsnet_for_the_words(tmp_path: Path) -> None:
    """Loaded as bash-completion loads it: by the name of the command."""
    program = tmp_path / "nsnet"
    program.write_text('#!/bin/sh\necho "plain,$_NSNET_COMPLETE:$(echo $COMP_WORDS):$COMP_CWORD"\n')
    program.chmod(0o755)
    bash = """. "$1"; COMP_WORDS=(nsnet up vot) COMP_CWORD=2
    $(complete -p nsnet | sed 's/.*-F \\([^ ]*\\) .*/\\1/') nsnet; echo "${COMPREPLY[@]}" """
    done = subprocess.run(
        ["bash", "-c", bash, "bash", ROOT / shells.PLACES["bash"]],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("bash_complete:nsnet up vot:2\n", "")
