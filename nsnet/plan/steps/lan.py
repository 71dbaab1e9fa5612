"""Steps about interfaces that put a container directly on the host's LAN."""

from __future__ import annotations

from dataclasses import dataclass

from ...kernel import link
from ...kernel.observe import Observed
from ...kernel.stack import Stack
from ..step import LINKS, NAMESPACES, Command, Step, Subject, ip


@dataclass(frozen=True, slots=True)
class AddLanLink(Step):
    """A macvlan or ipvlan interface of `parent`, made inside a namespace.

    It is made under a name of its own and renamed there: the kernel looks for a clash of
    names in the host's namespace too, where `eth0` is taken.
    """

    made_as: str
    index: int
    driver: str
    mode: str
    parent: str
    mac: str
    mtu: int
    namespace: str
    name: str
    network: str
    phase = LINKS

    @property
    def what(self) -> str:
        return f"put {self.name} of {self.namespace} on the LAN of {self.parent}"

    @property
    def why(self) -> str:
        identity = "a MAC address of its own" if self.driver == "macvlan" else "the host's MAC"
        return (
            f"a {self.driver} interface shares {self.parent}'s wire: with {identity}, "
            f"{self.namespace} is a machine on the LAN, without bridge or NAT (Docker: the "
            f"{self.driver} driver)"
        )

    @property
    def see(self) -> str:
        return f"ip -n {self.namespace} -d link show dev {self.name}"

    @property
    def makes(self) -> tuple[Subject, ...]:
        return (("link", self.namespace, self.name),)

    @property
    def identity(self) -> object:
        return self.makes

    @property
    def inside(self) -> tuple[Subject, ...]:
        return (("netns", self.namespace),)

    def commands(self) -> tuple[Command, ...]:
        address = f"address {self.mac} " if self.mac else ""
        words = (
            f"link add link {self.parent} name {self.made_as} index {self.index} {address}"
            f"mtu {self.mtu} netns {self.namespace} type {self.driver} mode {self.mode}"
        )
        rename = ip(self.namespace, "link", "set", "dev", self.made_as, "name", self.name)
        return (ip("", *words.split()), rename)

    def undo_commands(self) -> tuple[Command, ...]:
        return (ip(self.namespace, "link", "delete", "dev", self.name),)

    def apply(self, stack: Stack) -> None:
        host = stack.channel("")
        parent = next((x.index for x in link.links(host) if x.name == self.parent), 0)
        link.add_lan_link(
            host,
            self.made_as,
            self.index,
            self.driver,
            self.mode,
            parent,
            self.mac,
            self.mtu,
            stack.netns_fd(self.namespace),
            self,
        )
        link.rename(stack.channel(self.namespace), self.index, self.name, self)

    def undo(self, stack: Stack) -> None:
        link.delete(stack.channel(self.namespace), self.name, self)

    def present(self, seen: Observed) -> bool:
        found = seen.link(self.namespace, self.name)
        return (
            found is not None
            and (found.kind, found.mtu) == (self.driver, self.mtu)
            and (not self.mac or found.mac == self.mac)
        )

    def conflict(self, seen: Observed) -> str:
        parent = seen.link("", self.parent)
        if parent is None:
            return (
                f"network {self.network}: the parent interface {self.parent} does not exist: "
                "name one of the host's in driver_opts.parent (see: ip link)"
            )
        if self.mode not in link.LAN_MODES[self.driver]:
            known = ", ".join(link.LAN_MODES[self.driver])
            return f"network {self.network}: {self.driver}_mode {self.mode!r}: one of {known}"
        return ""

    def mend(self, seen: Observed) -> tuple[Step, ...]:
        if seen.link(self.namespace, self.name) is None:
            return (self,)
        return (Drop(self), self)


@dataclass(frozen=True, slots=True)
class Drop(Step):
    """Remove an interface that is not as it was made, so that it can be made again."""

    link: AddLanLink
    phase = NAMESPACES  # before anything new is made
    forgiving = True

    @property
    def token(self) -> Step:
        return self.link

    @property
    def what(self) -> str:
        return f"remove {self.link.name} of {self.link.namespace}"

    @property
    def why(self) -> str:
        return "it was changed since it was made"

    def commands(self) -> tuple[Command, ...]:
        return self.link.undo_commands()

    def undo_commands(self) -> tuple[Command, ...]:
        return ()

    def apply(self, stack: Stack) -> None:
        self.link.undo(stack)

    def undo(self, stack: Stack) -> None:
        """Nothing: it was of no use."""

    def present(self, seen: Observed) -> bool:
        return False
