"""Two sides cut apart: what one sends to the other is dropped on the host."""

from __future__ import annotations

from ....kernel.stack import Stack
from ...step import Command
from .base import FaultStep
from .rule import MARK, run

#: How the name of a table starts that cuts.
CUT = "nsnet-cut-"


class Cut(FaultStep):
    """A table of drops in each family that is needed; its comment is our mark. `rules` are
    (family, hook, rule); `sides` are called so."""

    number: int
    sides: tuple[str, str]
    rules: tuple[tuple[str, str, str], ...]

    reason = (
        "a partition: what one of them sends to the other is dropped on its way over the host, "
        "in the bridge between neighbours, else where it is forwarded"
    )

    @property
    def name(self) -> str:
        """The tables' name."""
        return f"{CUT}{self.number}"

    @property
    def what(self) -> str:
        return f"cut {' and '.join(self.sides)} apart"

    @property
    def see(self) -> str:
        return f"nft list table {self._families[0]} {self.name}"

    @property
    def _families(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(family for family, _, _ in self.rules))

    def _lines(self) -> tuple[str, ...]:
        tables = [
            f'add table {family} {self.name} {{ comment "{MARK} {self.number}"; }}'
            for family in self._families
        ]
        hooks = dict.fromkeys((family, hook) for family, hook, _ in self.rules)
        chains = [
            f"add chain {family} {self.name} {hook} "
            f"{{ type filter hook {hook} priority -50; policy accept; }}"
            for family, hook in hooks
        ]
        said = f'comment "{" and ".join(self.sides)} are cut apart"'
        rules = (
            f"add rule {family} {self.name} {hook} {rule} counter drop {said}"
            for family, hook, rule in self.rules
        )
        return (*tables, *chains, *rules)

    def commands(self) -> tuple[Command, ...]:
        return tuple(("nft", line) for line in self._lines())

    def undo_commands(self) -> tuple[Command, ...]:
        return tuple(("nft", f"delete table {each} {self.name}") for each in self._families)

    def apply(self, stack: Stack) -> None:
        run(stack, self.space, "\n".join(self._lines()))

    def undo(self, stack: Stack) -> None:
        for family in self._families:
            comment = stack.nft(self.space).comment(family, self.name)
            if comment and comment.startswith(MARK):
                run(stack, self.space, f"delete table {family} {self.name}")
