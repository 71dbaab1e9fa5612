"""The commands that build a lab, as values to look at."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from ..value import Value


class Command(Value):
    """One command that a person would type to do what was done.

    `text` is the line for a shell, `why` its reason, `title` the part of the work that it
    belongs to, `what` the change it makes (a verb and its object), `see` the command that
    shows the object. `sign` is ``+`` for new, ``~`` for put right, ``-`` for taken away.

    >>> Command("ip netns add web", "a network stack", "Namespaces", "create namespace web")
    <Command ip netns add web>
    """

    text: str
    why: str
    title: str
    what: str
    sign: str = "+"
    see: str = ""

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<Command {self.text}>"


class Commands(tuple[Command, ...]):
    """Commands in the order in which they ran, or would run; as text, readable.

    >>> print(Commands([Command("ip link set eth0 up", "switches it on", "Addresses", "")]))
    Addresses
    <BLANKLINE>
      # switches it on
      ip link set eth0 up
    """

    __slots__ = ()

    def __str__(self) -> str:
        return "\n".join(self._lines()).strip("\n") or "(no commands)"

    def __repr__(self) -> str:
        return f"<{len(self)} command{'' if len(self) == 1 else 's'}>"

    def _lines(self) -> Iterator[str]:
        for title, commands in groupby(self, key=lambda command: command.title):
            yield f"\n{title}"
            for why, each in groupby(commands, key=lambda command: command.why):
                yield f"\n  # {why}"
                yield from (f"  {line}" for one in each for line in one.text.splitlines())
