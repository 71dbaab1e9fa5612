"""Steps about interfaces that put a container, or the host itself, directly on a LAN."""

from __future__ import annotations

from ...kernel import lan, link
from ...kernel.observe import Observed
from ...kernel.stack import Stack
from ..step import LINKS, NAMESPACES, Command, Step, Subject, ip
from .address import AddAddress, AddRoute
from .link import ChangeLink, DropLink, HostLink
from .parent import require_kind


class AddLanLink(Step):
    """A macvlan or ipvlan interface of `parent`, made inside a namespace. `parent_index` is the
    index that the parent gets where it is made in the same go; an `mtu` of 0 is the parent's.

    It is made under a name of its own and renamed there: the kernel looks for a clash of
    names in the host's namespace too, where `eth0` is taken.
    """

    made_as: str
    index: int
    driver: str
    mode: str
    flag: str
    parent: str
    parent_index: int
    mac: str
    mtu: int
    namespace: str
    name: str
    network: str
    phase = LINKS
    at_once = True  # until it is gone, its MAC address is taken on the parent

    @property
    def what(self) -> str:
        return f"put {self.name} of {self.namespace} on the LAN of {self.parent}"

    @property
    def why(self) -> str:
        identity = "a MAC address of its own" if self.driver == "macvlan" else "the host's MAC"
        if self.mode == "passthru":
            identity = "the whole of it to itself, its MAC address too"
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
        return (("netns", self.namespace), ("link", "", self.parent))

    def commands(self) -> tuple[Command, ...]:
        words = [f"link add link {self.parent} name {self.made_as} index {self.index}"]
        words += [f"address {self.mac}"] if self._mac_at_once else []
        words += [f"mtu {self.mtu}"] if self.mtu else []
        words += [f"netns {self.namespace}", kind_words(self.driver, self.mode, self.flag)]
        rename = ip(self.namespace, "link", "set", "dev", self.made_as, "name", self.name)
        made = (ip("", *" ".join(words).split()), rename)
        if not self.mac or self._mac_at_once:
            return made
        return (*made, ip(self.namespace, *f"link set dev {self.name} address {self.mac}".split()))

    @property
    def _mac_at_once(self) -> bool:
        """In mode passthru it starts with its parent's address whatever is asked for; changed
        later, its parent's changes with it, until it goes (drivers/net/macvlan.c)."""
        return bool(self.mac) and self.mode != "passthru"

    def undo_commands(self) -> tuple[Command, ...]:
        return (ip(self.namespace, "link", "delete", "dev", self.name),)

    def apply(self, stack: Stack) -> None:
        stack.enter("")
        lan.add(
            stack.channel(""),
            self.made_as,
            self.index,
            self.driver,
            self.mode,
            self.flag,
            lan.index_of(self.parent, self.parent_index),
            self,
            mac=self.mac if self._mac_at_once else "",
            mtu=self.mtu,
            netns_fd=stack.netns_fd(self.namespace),
        )
        channel = stack.channel(self.namespace)
        link.rename(channel, self.index, self.name, self)
        if self.mac and not self._mac_at_once:
            link.change(channel, self.name, self, mac=self.mac)

    def undo(self, stack: Stack) -> None:
        link.delete(stack.channel(self.namespace), self.name, self)

    def present(self, seen: Observed) -> bool:
        found = seen.link(self.namespace, self.name)
        if found is None or not self._right(found, seen):
            return False
        return found.mtu == self._mtu(seen) and (not self.mac or found.mac == self.mac)

    def removable(self, seen: Observed) -> bool:
        found = seen.link(self.namespace, self.name)
        return found is not None and found.kind == self.driver

    def _right(self, found: link.Link, seen: Observed) -> bool:
        """Is it of this kind, in this mode, on this parent?"""
        parent = seen.link("", self.parent)
        return (
            found.kind == self.driver
            and lan.mode_of(found) == (self.mode, self.flag)
            and parent is not None
            and found.peer == parent.index
        )

    def _mtu(self, seen: Observed) -> int:
        parent = seen.link("", self.parent)
        return self.mtu or (parent.mtu if parent else 0)

    def conflict(self, seen: Observed) -> str:
        if seen.link(self.namespace, self.name) is not None:
            return ""
        require_kind(seen, self.driver, self.network)
        parent = seen.link("", self.parent)
        if parent is not None and self.mtu > parent.mtu:
            return (
                f"network {self.network}: mtu {self.mtu}: the parent {self.parent} has "
                f"{parent.mtu}, and nothing larger fits through it: choose a smaller one, or "
                f"raise the parent's first (ip link set dev {self.parent} mtu {self.mtu})"
            )
        return ""

    def mend(self, seen: Observed) -> tuple[Step, ...]:
        found = seen.link(self.namespace, self.name)
        if found is None:
            return (self,)
        if not self._right(found, seen):
            return (Drop(self), self)
        return (
            ChangeLink(
                self.name,
                self.namespace,
                mac=self.mac or None,
                mtu=self._mtu(seen),
                old_mac=found.mac if self.mac else None,
                old_mtu=found.mtu,
            ),
        )


def kind_words(driver: str, mode: str, flag: str) -> str:
    """The end of the `ip` command that makes an interface of these drivers."""
    return f"type {driver} mode {mode}" + (f" {flag}" if flag not in ("", "bridge") else "")


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


class AddShim(HostLink):
    """The host's own macvlan or ipvlan interface of `parent`, up. (`parent_index` as in
    `AddLanLink`.)"""

    name: str
    group: int
    index: int
    driver: str
    mode: str
    flag: str
    parent: str
    parent_index: int
    mac: str
    mtu: int
    network: str

    @property
    def what(self) -> str:
        return f"put the host itself on {self.network} with {self.name}"

    @property
    def why(self) -> str:
        return (
            f"what {self.parent} sends goes out onto the wire, never to the {self.driver} "
            f"interfaces that sit on it: only as one of them, {self.name}, does the host reach "
            "the containers (the option nsnet.host_shim)"
        )

    @property
    def inside(self) -> tuple[Subject, ...]:
        return (("link", "", self.parent),)

    def commands(self) -> tuple[Command, ...]:
        words = [f"link add link {self.parent} name {self.name} index {self.index}"]
        words += [f"address {self.mac}"] if self.mac else []
        words += [f"mtu {self.mtu}"] if self.mtu else []
        words += [f"group {self.group} up", kind_words(self.driver, self.mode, self.flag)]
        return (ip("", *" ".join(words).split()),)

    def apply(self, stack: Stack) -> None:
        stack.enter("")
        lan.add(
            stack.channel(""),
            self.name,
            self.index,
            self.driver,
            self.mode,
            self.flag,
            lan.index_of(self.parent, self.parent_index),
            self,
            mac=self.mac,
            mtu=self.mtu,
            group=self.group,
            up=True,
        )

    def present(self, seen: Observed) -> bool:
        found, parent = seen.link("", self.name), seen.link("", self.parent)
        if found is None or parent is None or found.kind != self.driver:
            return False
        wanted = (self.group, self.index, True, parent.index, self.mtu or parent.mtu)
        return (
            (found.group, found.index, found.up, found.peer, found.mtu) == wanted
            and lan.mode_of(found) == (self.mode, self.flag)
            and (not self.mac or found.mac == self.mac)
        )

    def conflict(self, seen: Observed) -> str:
        if seen.link("", self.name) is None:
            require_kind(seen, self.driver, self.network)
        return super().conflict(seen)

    def mend(self, seen: Observed) -> tuple[Step, ...]:
        return (self,) if seen.link("", self.name) is None else (DropLink(self.name), self)


class ShimAddress(AddAddress):
    """The host's address among the containers of a LAN network."""

    @property
    def why(self) -> str:
        return (
            "the containers see the host under this address; without a subnet (/32, /128), so "
            "that no other route of the host changes"
        )


class ShimRoute(AddRoute):
    """The host's way to one container of a LAN network."""

    @property
    def why(self) -> str:
        return (
            f"to this one container the host sends by {self.device}; to all other machines of "
            "that LAN it goes on as before"
        )
