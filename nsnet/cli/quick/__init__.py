"""The commands that are typed over and over, read without click.

To import click and to describe every command's options to it takes 20 ms of processor time: as
long as all that `network create` does to the kernel. So the plainest command lines are read
here: options that a command's module in this package lists, each spelled out in full, and the
right number of arguments. Whatever else a line holds (``--help``, a mistake, a global option,
a sandbox) is click's business, as before; click's declaration stays the only full one, and
`tests/unit/test_quick.py` holds what is listed here to it.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, Protocol

    from ..settings import Settings

    class Quick(Protocol):
        """What each module of this package says of its command: its arguments, its options by
        every name of theirs, and the command itself."""

        ARGUMENTS: Sequence[str]
        FLAGS: Mapping[str, str]
        ONCE: Mapping[str, str]
        SEVERAL: Mapping[str, str]
        run: Callable[..., int | None]


#: Command → its module here.
COMMANDS: dict[tuple[str, ...], str] = {("network", "create"): "network_create"}

#: These ask for something else than the plain command (a sandbox, completions for the shell).
_ELSEWHERE = ("NSNET_SANDBOX", "_NSNET_COMPLETE")


def command(words: Sequence[str]) -> Callable[[Settings], int | None] | None:
    """What does the work of a command line; None where click has to read it."""
    name = COMMANDS.get(tuple(words[:2]))
    if name is None or any(os.environ.get(each) for each in _ELSEWHERE):
        return None
    quick = _module(name)
    given = read(quick, words[2:])
    return None if given is None else lambda settings: quick.run(settings, **given)


def _module(name: str) -> Quick:
    """A module of this package. (`importlib`, as Python's library has it, takes 0.3 ms.)"""
    found: Quick = __import__(f"{__name__}.{name}", fromlist=(name,))
    return found


def read(quick: Quick, words: Sequence[str]) -> dict[str, Any] | None:
    """The arguments and options given, by the names that click gives them, defaults left out.
    None where a word is none of those listed."""
    found: dict[str, Any] = {}
    arguments = []
    rest = iter(words)
    for word in rest:
        if not word.startswith("-"):
            arguments.append(word)
            continue
        name, equals, value = word.partition("=")
        if name in quick.FLAGS and not equals:
            found[quick.FLAGS[name]] = True
            continue
        if equals and not name.startswith("--"):
            return None
        if not equals:
            value = next(rest, "-")
            if value.startswith("-"):
                return None
        if name in quick.ONCE:
            found[quick.ONCE[name]] = value
        elif name in quick.SEVERAL:
            several = quick.SEVERAL[name]
            found[several] = (*found.get(several, ()), value)
        else:
            return None
    if len(arguments) != len(quick.ARGUMENTS) or not all(arguments):
        return None
    return found | dict(zip(quick.ARGUMENTS, arguments, strict=True))
