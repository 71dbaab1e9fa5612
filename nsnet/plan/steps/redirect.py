"""Steps about the way from 127.0.0.11:53 of a container to the resolver's socket in it."""

from __future__ import annotations

from ...kernel.observe import Observed
from ...kernel.stack import Stack
from ..step import FIREWALL, Command, Step, Subject

#: A table of its own: the container's user may have other rules in there.
TABLE = "nsnet-dns"
_CHAIN = "output"


class RedirectNames(Step):
    """Two rules in a container's own namespace. The answers need none: the kernel remembers
    the flow and turns them back.

    The port alone is changed. nft's ``redirect`` would make it 127.0.0.1:PORT.
    """

    namespace: str
    address: str
    port: int
    phase = FIREWALL

    @property
    def what(self) -> str:
        return f"lead {self.address}:53 to the resolver in {self.namespace}"

    @property
    def why(self) -> str:
        return (
            f"its resolv.conf names {self.address}; the resolver listens there at port "
            f"{self.port}, so that port 53 is free for the container's own programs (Docker: the "
            "chain DOCKER_OUTPUT inside the container)"
        )

    @property
    def see(self) -> str:
        return f"ip netns exec {self.namespace} nft list table ip {TABLE}"

    @property
    def identity(self) -> object:
        return ("redirect", self.namespace)

    @property
    def inside(self) -> tuple[Subject, ...]:
        return (("netns", self.namespace),)

    def lines(self) -> tuple[str, ...]:
        """The nft commands that do it."""
        rule = f"add rule ip {TABLE} {_CHAIN} ip daddr {self.address}"
        return (
            f"add table ip {TABLE}",
            f"add chain ip {TABLE} {_CHAIN} {{ type nat hook output priority -100; }}",
            f"{rule} udp dport 53 dnat to :{self.port}",
            f"{rule} tcp dport 53 dnat to :{self.port}",
        )

    def commands(self) -> tuple[Command, ...]:
        return tuple(_inside(self.namespace, line) for line in self.lines())

    def undo_commands(self) -> tuple[Command, ...]:
        return (_inside(self.namespace, _GONE),)

    def apply(self, stack: Stack) -> None:
        stack.transact(self.namespace, "\n".join(self.lines()), self)

    def undo(self, stack: Stack) -> None:
        stack.transact(self.namespace, _GONE, self)

    def present(self, seen: Observed) -> bool:
        found = seen.rules(self.namespace, TABLE, _CHAIN)
        return bool(found) and found == seen.rules_of("\n".join(self.lines()), TABLE, _CHAIN)

    def removable(self, seen: Observed) -> bool:
        return bool(seen.rules(self.namespace, TABLE, _CHAIN))

    def mend(self, seen: Observed) -> tuple[Step, ...]:
        return (DropRedirect(self.namespace), self) if self.removable(seen) else (self,)


_GONE = f"delete table ip {TABLE}"


class DropRedirect(Step):
    """Remove a redirection that somebody has changed."""

    namespace: str
    phase = FIREWALL

    @property
    def what(self) -> str:
        return f"remove the changed table {TABLE} in {self.namespace}"

    @property
    def why(self) -> str:
        return "its rules are not what they were: they are made anew"

    def commands(self) -> tuple[Command, ...]:
        return (_inside(self.namespace, _GONE),)

    def undo_commands(self) -> tuple[Command, ...]:
        return ()

    def apply(self, stack: Stack) -> None:
        stack.transact(self.namespace, _GONE, self)

    def undo(self, stack: Stack) -> None:
        """Nothing: what it was before is not known."""

    def present(self, seen: Observed) -> bool:
        return not seen.rules(self.namespace, TABLE, _CHAIN)


def _inside(namespace: str, line: str) -> Command:
    return ("ip", "netns", "exec", namespace, "nft", line)
