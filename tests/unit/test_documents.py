"""The documents name what there is: options, settings, wanted differences, files."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from nsnet.cli.root import root
from nsnet.topology import config
from tests.docker.wanted import WANTED
from tests.unit.sources import ROOT

DOCKER = (ROOT / "docs" / "docker.md").read_text(encoding="utf-8")
#: What every command has.
_COMMON = {"help", "sandbox", "verbose", "quiet"}


def options(*words: str) -> list[click.Option]:
    """The options of a command."""
    found: click.Command = root
    ctx = click.Context(root)
    for word in words:
        assert isinstance(found, click.Group)
        command = found.get_command(ctx, word)
        assert command is not None
        found = command
    return [o for o in found.params if isinstance(o, click.Option) and o.name not in _COMMON]


@pytest.mark.parametrize(
    "words",
    [
        ("run",),
        ("events",),
        *(("network", name) for name in ("create", "connect", "disconnect", "ls", "rm", "prune")),
    ],
)
def test_every_option_is_in_dockers_table(words: tuple[str, ...]) -> None:
    named = set(re.findall(r"(?<![\w-])--?[A-Za-z][\w-]*", DOCKER))
    missing = [each.opts[-1] for each in options(*words) if not named & set(each.opts)]
    assert not missing


def test_every_setting_is_told(tmp_path: Path) -> None:
    """Those of the example, which can be read, and those that are refused."""
    example = re.findall(r"```toml\n(.*?)```", DOCKER, re.DOTALL)
    assert len(example) == 1
    file = tmp_path / "config.toml"
    file.write_text(example[0])
    assert config.load(str(file)).bip == "192.168.1.1/24"
    told = set(re.findall(r"(?m)^([a-z0-9-]+) = ", example[0]))
    assert told == set(config._READERS)
    assert all(f"`{key}`" in DOCKER for key in config._ABSENT)


def test_wanted_differences_have_their_numbers() -> None:
    numbers = {int(each) for each in re.findall(r"(?m)^(\d+)\. \*\*", DOCKER)}
    assert numbers == set(range(1, len(numbers) + 1))
    assert {each.number for each in WANTED} <= numbers


def test_every_file_that_is_named_is_there() -> None:
    for page in (*(ROOT / "docs").glob("*.md"), ROOT / "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_place_that_is_named_is_there() -> None:
    for page in (ROOT / "docs").glob("*.md"):
        for file, place in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", page.read_text(encoding="utf-8")):
            text = (page.parent / file if file else page).read_text(encoding="utf-8")
            titles = [t.lower().replace(" ", "-") for t in re.findall(r"(?m)^#+ (.+)$", text)]
            assert place in [re.sub(r"[^\w-]", "", t) for t in titles], f"{page.name}: {place}"
