"""The command lines that are read without click mean the same as with it."""

from __future__ import annotations

import importlib
import subprocess
import sys
from typing import Any

import click
import pytest

from nsnet.cli.quick import COMMANDS, command, read
from nsnet.cli.root import root

PLAIN = {
    "network_create": (
        "x",
        "--internal x",
        "x --internal --ipv6 --attachable",
        "--subnet 10.1.0.0/24 x --subnet=fd01::/64",
        "-d bridge --driver macvlan x",
        "-o a=b --opt c=d --opt=e x --label=f=g",
        "--gateway= x",
    )
}
#: Nobody but click reads these: help, mistakes, and what stands for something else.
OTHERS = {
    "network_create": (
        "",
        "--help",
        "x --help",
        "x y",
        "-dbridge x",
        "--subnet",
        "x --subnet",
        "--subnet -o x",
        "--nonsense x",
        "--internal=1 x",
        "-- x",
        "--sandbox x",
        "--dry-run x",
        "-v x",
    )
}


def through_click(words: tuple[str, ...], line: list[str]) -> dict[str, Any]:
    """What click makes of a line."""
    found: click.Command = root
    with click.Context(root) as ctx:
        for word in words:
            assert isinstance(found, click.Group)
            found = found.get_command(ctx, word) or found
        return dict(found.make_context(words[-1], list(line), parent=ctx).params)


@pytest.mark.parametrize(
    ("name", "line"), [(name, line) for name, lines in PLAIN.items() for line in lines]
)
def test_a_plain_line_means_the_same(name: str, line: str) -> None:
    quick: Any = importlib.import_module(f"nsnet.cli.quick.{name}")
    words = next(words for words, module in COMMANDS.items() if module == name)
    given = read(quick, line.split())
    assert given is not None
    nothing = {**through_click(words, ["x"] * len(quick.ARGUMENTS))}
    assert nothing | given == through_click(words, line.split())


@pytest.mark.parametrize(
    ("name", "line"), [(name, line) for name, lines in OTHERS.items() for line in lines]
)
def test_all_other_lines_are_left_to_click(name: str, line: str) -> None:
    quick: Any = importlib.import_module(f"nsnet.cli.quick.{name}")
    assert read(quick, line.split()) is None


def test_defaults_are_those_of_the_options() -> None:
    """What is not given is left out: the work has to have click's defaults."""
    from nsnet.topology.flags.network import Flags

    words = through_click(("network", "create"), ["x"])
    own = {"name", "dry_run", "script", "explain"}
    assert not any(words[each] for each in own - {"name"})
    assert Flags(**{key: value for key, value in words.items() if key not in own}) == Flags()


@pytest.mark.parametrize("name", ["NSNET_SANDBOX", "_NSNET_COMPLETE"])
def test_the_environment_may_ask_for_something_else(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command(["network", "create", "x"]) is not None
    monkeypatch.setenv(name, "1")
    assert command(["network", "create", "x"]) is None


def test_the_costly_modules_stay_out() -> None:
    """That is the whole point: each takes milliseconds to import."""
    program = (
        "import sys, nsnet.cli.main, nsnet.cli.quick\n"
        "assert nsnet.cli.quick.command(['network', 'create', 'x'])\n"
        "import nsnet.operations.networks, nsnet.cli.stopping\n"
        "print(*{'click', 'inspect', 'dataclasses'} & set(sys.modules))"
    )
    done = subprocess.run((sys.executable, "-c", program), capture_output=True, text=True)
    assert (done.stdout.split(), done.stderr) == ([], "")
