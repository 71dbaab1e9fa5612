"""Faults of whole chains, maps and tables."""

from __future__ import annotations

from ....kernel import netns
from ....kernel.stack import Stack
from ...step import Command
from .base import FaultStep
from .rule import MARK, RuleStep, run

#: How the name of a table starts that a fault makes.
PREFIX = "fault-"


class Policy(RuleStep):
    """A base chain whose last word is another one. `hook` is what hooks it in."""

    hook: str
    policy: str
    old: str

    reason = "what no rule has decided is decided by the policy of the chain"

    @property
    def what(self) -> str:
        return f"set the policy of chain {self.chain} to {self.policy}"

    def commands(self) -> tuple[Command, ...]:
        return (self.command(self._set(self.policy)),)

    def undo_commands(self) -> tuple[Command, ...]:
        return (self.command(self._set(self.old)),)

    def _set(self, policy: str) -> str:
        return f"add chain {self.target} {{ {self.hook} policy {policy}; }}"

    def apply(self, stack: Stack) -> None:
        self.run(stack, self._set(self.policy))

    def undo(self, stack: Stack) -> None:
        found = stack.nft(self.space).handled(f"chain {self.target}")
        if any(f"policy {self.policy};" in row for row in found):
            self.run(stack, self._set(self.old))


class OwnTable(FaultStep):
    """A table of another firewall, with one chain. Its comment is our mark."""

    number: int
    family: str
    hook: str
    rules: tuple[str, ...]
    policy: str = "accept"

    reason = "an accept is final only in its own table: any other one may still drop the packet"

    @property
    def name(self) -> str:
        """The table's name."""
        return f"{PREFIX}{self.number}"

    @property
    def what(self) -> str:
        return f"add the firewall {self.family} {self.name}"

    def _lines(self) -> tuple[str, ...]:
        here = f"{self.family} {self.name}"
        return (
            f'add table {here} {{ comment "{MARK} {self.number}"; }}',
            f"add chain {here} everybody {{ {self.hook} policy {self.policy}; }}",
            *(f"add rule {here} everybody {rule}" for rule in self.rules),
        )

    def commands(self) -> tuple[Command, ...]:
        return tuple(self.within("nft", line) for line in self._lines())

    def undo_commands(self) -> tuple[Command, ...]:
        return (self.within("nft", f"delete table {self.family} {self.name}"),)

    def apply(self, stack: Stack) -> None:
        run(stack, self.space, "\n".join(self._lines()))

    def undo(self, stack: Stack) -> None:
        comment = stack.nft(self.space).comment(self.family, self.name)
        if comment and comment.startswith(MARK):
            run(stack, self.space, f"delete table {self.family} {self.name}")


class ChangeElement(FaultStep):
    """An element of a map with another value, or (`new` empty) none. `comment` is its own.
    `owner` is the namespace that it leads to, and `inode` that one's: with it, the element goes."""

    family: str
    table: str
    map: str
    key: str
    old: str
    new: str
    comment: str = ""
    owner: str = ""
    inode: int = 0

    reason = "a published port is an element of this map (Docker: a DNAT rule)"

    @property
    def what(self) -> str:
        if not self.new:
            return f"remove {self.key} from map {self.map}"
        return f"lead {self.key} in map {self.map} to {self.new}"

    @property
    def _target(self) -> str:
        return f"{self.family} {self.table} {self.map}"

    def _lines(self, wanted: str, there: bool) -> tuple[str, ...]:
        comment = f' comment "{self.comment}"' if self.comment else ""
        gone = (f"delete element {self._target} {{ {self.key} }}",) if there else ()
        put = (
            (f"add element {self._target} {{ {self.key}{comment} : {wanted} }}",) if wanted else ()
        )
        return (*gone, *put)

    def commands(self) -> tuple[Command, ...]:
        return tuple(self.within("nft", line) for line in self._lines(self.new, True))

    def undo_commands(self) -> tuple[Command, ...]:
        lines = self._lines(self.old, bool(self.new))
        return tuple(self.within("nft", line) for line in lines)

    def apply(self, stack: Stack) -> None:
        run(stack, self.space, "\n".join(self._lines(self.new, True)))

    def undo(self, stack: Stack) -> None:
        nft = stack.nft(self.space)
        gone = self.owner and netns.inode(self.owner) != self.inode
        if gone or not nft.handled(f"map {self._target}"):
            return
        there = not nft.check(f"delete element {self._target} {{ {self.key} }}")
        run(stack, self.space, "\n".join(self._lines(self.old, there)))
