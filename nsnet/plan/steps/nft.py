"""Steps about nftables: tables, chains with their rules, maps and their elements.

All steps of a plan that are here go into the kernel as one transaction: there is no moment
in which half of a firewall is in force.
"""

from __future__ import annotations

from ...kernel.observe import Observed
from ...kernel.stack import Stack
from ..step import FIREWALL, Command, Step, Subject

TABLE = "nsnet"
#: The families in which we have a table; that of bridges only where a network wants silence
#: between its containers.
FAMILIES = ("ip", "ip6", "bridge")
#: The chain for the user's own rules: made once, never flushed (Docker: DOCKER-USER).
USER_CHAIN = "nsnet-user"
#: How our table's comment starts; a table of the same name without it is somebody else's.
MARK = "made by nsnet"


def nft(*lines: str) -> tuple[Command, ...]:
    """One `nft` command for each line."""
    return tuple(("nft", line) for line in lines)


class NftStep(Step):
    """The part that all steps on nftables share: their text is their command."""

    phase = FIREWALL

    @property
    def family(self) -> str:
        """Of which table it is a step, ``ip`` or another of `FAMILIES`: a field of most kinds."""
        raise NotImplementedError

    def lines(self) -> tuple[str, ...]:
        """The nft commands that do it."""
        raise NotImplementedError

    def undo_lines(self) -> tuple[str, ...]:
        """The nft commands that take it back."""
        raise NotImplementedError

    def commands(self) -> tuple[Command, ...]:
        return nft(*self.lines())

    def undo_commands(self) -> tuple[Command, ...]:
        return nft(*self.undo_lines())

    def apply(self, stack: Stack) -> None:
        stack.transact("", "\n".join(self.lines()), self)

    def undo(self, stack: Stack) -> None:
        stack.transact("", "\n".join(self.undo_lines()), self)

    def conflict(self, seen: Observed) -> str:
        comment = seen.table_comment(self.family, TABLE)
        if comment is None or comment.startswith(MARK):
            return ""
        return (
            f"table {self.family} {TABLE}: nsnet did not make it, and does not touch it: "
            f"rename or delete it (see: nft list table {self.family} {TABLE})"
        )


class AddTable(NftStep):
    """Our table of one family. Its comment carries the mark, and what the host's forwarding
    was before, so that it can be restored from the kernel alone."""

    family: str
    comment: str

    @property
    def what(self) -> str:
        return f"create nftables table {self.family} {TABLE}"

    @property
    def why(self) -> str:
        return (
            "a table of its own holds every rule of nsnet: nobody else's rules are touched, and "
            "removing it removes them all (Docker: its chains in the tables nat and filter)"
        )

    @property
    def see(self) -> str:
        return f"nft list table {self.family} {TABLE}"

    @property
    def makes(self) -> tuple[Subject, ...]:
        return (("table", self.family),)

    @property
    def identity(self) -> object:
        return self.makes

    def lines(self) -> tuple[str, ...]:
        return (f'add table {self.family} {TABLE} {{ comment "{self.comment}"; }}',)

    def undo_lines(self) -> tuple[str, ...]:
        return (f"delete table {self.family} {TABLE}",)

    def present(self, seen: Observed) -> bool:
        return seen.table_comment(self.family, TABLE) is not None


class AddChain(NftStep):
    """A chain with all of its rules. `hook` is the text that hooks a base chain into the
    path of packets; `order` sorts chains behind those they jump to."""

    family: str
    name: str
    rules: tuple[str, ...]
    reason: str
    hook: str = ""

    @property
    def what(self) -> str:
        return f"create chain {self.name}"

    @property
    def why(self) -> str:
        return self.reason

    @property
    def see(self) -> str:
        return f"nft list chain {self.family} {TABLE} {self.name}"

    @property
    def identity(self) -> object:
        return ("chain", self.family, self.name)

    @property
    def inside(self) -> tuple[Subject, ...]:
        return (("table", self.family),)

    def lines(self) -> tuple[str, ...]:
        head = f"add chain {self.family} {TABLE} {self.name}"
        return (head + (f" {{ {self.hook} }}" if self.hook else ""), *self.rule_lines())

    def rule_lines(self) -> tuple[str, ...]:
        """The rules alone."""
        head = f"add rule {self.family} {TABLE} {self.name}"
        return tuple(f"{head} {rule}" for rule in self.rules)

    def undo_lines(self) -> tuple[str, ...]:
        target = f"{self.family} {TABLE} {self.name}"
        return (f"flush chain {target}", f"delete chain {target}")

    def present(self, seen: Observed) -> bool:
        key = f"chain {self.name}"
        table = seen.table(self.family, TABLE)
        if table is None or key not in table:
            return False
        return self.name == USER_CHAIN or table[key] == seen.reference(self.family)[key]

    def removable(self, seen: Observed) -> bool:
        return f"chain {self.name}" in (seen.table(self.family, TABLE) or {})

    def mend(self, seen: Observed) -> tuple[Step, ...]:
        table = seen.table(self.family, TABLE)
        if table is None or f"chain {self.name}" not in table:
            return (self,)
        return (RefillChain(self),)


class EmptyTable(NftStep):
    """Remove all that is in a table but the user's own chain."""

    family: str
    chains: tuple[str, ...]
    maps: tuple[str, ...]

    @property
    def what(self) -> str:
        return f"empty table {self.family} {TABLE}"

    @property
    def why(self) -> str:
        return f"your own rules in chain {USER_CHAIN} stay; everything else of nsnet goes"

    @property
    def see(self) -> str:
        return f"nft list table {self.family} {TABLE}"

    def lines(self) -> tuple[str, ...]:
        """Contents first: chains and maps refer to each other."""
        here = f"{self.family} {TABLE}"
        empty = [f"flush chain {here} {name}" for name in self.chains]
        empty += [f"flush map {here} {name}" for name in self.maps]
        gone = [f"delete map {here} {name}" for name in self.maps]
        return (*empty, *gone, *(f"delete chain {here} {name}" for name in self.chains))

    def undo_lines(self) -> tuple[str, ...]:
        return ()

    def present(self, seen: Observed) -> bool:
        return set(seen.table(self.family, TABLE) or ()) <= {f"chain {USER_CHAIN}"}


class RefillChain(NftStep):
    """Put the rules of an existing chain right."""

    chain: AddChain

    @property
    def family(self) -> str:
        """The chain's family."""
        return self.chain.family

    @property
    def what(self) -> str:
        return f"put the rules of chain {self.chain.name} right"

    @property
    def why(self) -> str:
        return "its rules are not what they were: somebody changed them, or the topology did"

    @property
    def see(self) -> str:
        return self.chain.see

    def lines(self) -> tuple[str, ...]:
        if self.chain.hook:  # made anew, or its policy and priority would stay as they are
            return (*self.chain.undo_lines(), *self.chain.lines())
        target = f"{self.chain.family} {TABLE} {self.chain.name}"
        return (f"flush chain {target}", *self.chain.rule_lines())

    def undo_lines(self) -> tuple[str, ...]:
        return ()

    def present(self, seen: Observed) -> bool:
        return False


def reference_text(steps: list[NftStep], family: str) -> str:
    """The commands that build everything that `steps` want of one family."""
    return "\n".join(line for step in steps if step.family == family for line in step.lines())
