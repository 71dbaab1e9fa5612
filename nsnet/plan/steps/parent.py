"""Steps about the parent interfaces of macvlan and ipvlan networks: the host's own ones are only
looked at; VLANs and dummy interfaces are made."""

from __future__ import annotations

from ...kernel import lan, link
from ...kernel.errors import PreconditionError
from ...kernel.observe import Observed
from ...kernel.stack import Stack
from ...topology.naming import is_our_group
from ..step import LINKS, Command, Step, Subject, ip
from .link import DropLink, HostLink

_INSTEAD = {
    "macvlan": "take another driver",
    "ipvlan": "take driver macvlan",
    "vlan": "take a parent without a VLAN number",
    "dummy": "name one of the host's interfaces as the parent",
}


def require_kind(seen: Observed, kind: str, network: str) -> None:
    """Raises `PreconditionError` where the kernel cannot make interfaces of `kind`."""
    if seen.has_kind(kind):
        return
    purpose = {
        "vlan": "802.1q interfaces for its parent",
        "dummy": "dummy interfaces, and one is needed where no parent is given",
    }
    raise PreconditionError(
        f"network {network}: operation not supported: this kernel has no "
        + purpose.get(kind, f"{kind} interfaces"),
        f"load its module (modprobe {lan.MODULES[kind]}), or {_INSTEAD[kind]}",
    )


class UseParent(Step):
    """Nothing to be done: the parent is an interface that the host has. Only its fitness is
    looked at."""

    network: str
    driver: str
    device: str
    phase = LINKS

    @property
    def what(self) -> str:
        return f"use {self.device} as the parent of {self.network}"

    @property
    def why(self) -> str:
        return f"the containers of {self.network} share the wire of {self.device}"

    @property
    def see(self) -> str:
        return f"ip -d link show dev {self.device}"

    def commands(self) -> tuple[Command, ...]:
        return ()

    def undo_commands(self) -> tuple[Command, ...]:
        return ()

    def apply(self, stack: Stack) -> None:
        """Nothing: see `conflict`."""

    def undo(self, stack: Stack) -> None:
        """Nothing: it is the host's."""

    def present(self, seen: Observed) -> bool:
        return seen.link("", self.device) is not None

    def removable(self, seen: Observed) -> bool:
        return False

    def conflict(self, seen: Observed) -> str:
        return unfit(seen, self.network, self.driver, self.device)


def unfit(seen: Observed, network: str, driver: str, device: str) -> str:
    """Why the host's interface `device` cannot be a parent; "" if it can."""
    found = seen.link("", device)
    what = f"network {network}: the parent interface {device}"
    if found is None:
        return (
            f"{what} does not exist: name one that the host has, or a VLAN of one, like eth0.10 "
            "(see: ip link)"
        )
    master = next((x for x in seen.links().values() if x.index == found.master), None)
    if master is not None:
        return (
            f"{what} is a port of {master.kind or 'interface'} {master.name}, which takes all its "
            f"packets: name {master.name} as the parent, or take {device} out (ip link set dev "
            f"{device} nomaster)"
        )
    if driver == "macvlan" and lan.is_wireless(found):
        return (
            f"{what} is wireless, and an access point lets only one MAC address of each station "
            "through: take driver ipvlan, whose containers share it"
        )
    other = {"macvlan": "ipvlan", "ipvlan": "macvlan"}[driver]
    for each in seen.links().values():
        if each.kind == other and each.netnsid is None and each.peer == found.index:
            return (
                f"{what} carries {other} interfaces ({each.name}), and the kernel allows one kind "
                "on a parent: take that kind, or another parent"
            )
    return ""


class _OwnParent(HostLink):
    """The part that the parents which nsnet makes share."""

    name: str
    group: int
    index: int
    network: str
    driver: str


class AddVlan(_OwnParent):
    """The VLAN `number` of the host's interface `base`, up. One that the host has already is
    used as it is, and stays."""

    base: str
    number: int

    @property
    def what(self) -> str:
        return f"make {self.name}, VLAN {self.number} of {self.base}"

    @property
    def why(self) -> str:
        return (
            f"packets of network {self.network} leave {self.base} with the tag {self.number} "
            "(IEEE 802.1Q): on the same cable, but a LAN of their own (Docker: 802.1q trunk mode)"
        )

    @property
    def inside(self) -> tuple[Subject, ...]:
        return (("link", "", self.base),)

    def commands(self) -> tuple[Command, ...]:
        words = (
            f"link add link {self.base} name {self.name} index {self.index} group {self.group} "
            f"up type vlan id {self.number}"
        )
        return (ip("", *words.split()),)

    def apply(self, stack: Stack) -> None:
        stack.enter("")
        base = lan.index_of(self.base, 0)
        channel = stack.channel("")
        lan.add_vlan(channel, self.name, self.index, self.number, base, self.group, self)

    def present(self, seen: Observed) -> bool:
        found, base = seen.link("", self.name), seen.link("", self.base)
        if found is None:
            return False
        if not is_our_group(found.group):
            return True
        return (
            found.kind == "vlan"
            and (found.index, found.group, found.up) == (self.index, self.group, True)
            and lan.vlan_id(found) == self.number
            and base is not None
            and found.peer == base.index
        )

    def conflict(self, seen: Observed) -> str:
        if seen.link("", self.name) is not None:
            return unfit(seen, self.network, self.driver, self.name)
        base = seen.link("", self.base)
        what = f"network {self.network}: parent {self.name}"
        if base is None:
            return (
                f"{what}: the host has no interface {self.base} that it could be a VLAN of: name "
                "another one (see: ip link)"
            )
        if not base.up:
            return (
                f"{what}: {self.base} is down, and a VLAN of it cannot be up: switch it on first "
                f"(ip link set dev {self.base} up)"
            )
        require_kind(seen, "vlan", self.network)
        return ""

    def mend(self, seen: Observed) -> tuple[Step, ...]:
        return (self,) if seen.link("", self.name) is None else (DropLink(self.name), self)


class AddDummy(_OwnParent):
    """A dummy interface, up: a parent that leads nowhere. An `mtu` of 0 leaves it at 1500."""

    mac: str
    mtu: int

    @property
    def what(self) -> str:
        return f"make the dummy interface {self.name}"

    @property
    def why(self) -> str:
        return (
            f"network {self.network} has no parent of the host's: a dummy interface drops what it "
            "is given, so the containers on it reach each other and nobody else (Docker: dm-…)"
        )

    def commands(self) -> tuple[Command, ...]:
        words = f"link add name {self.name} index {self.index} address {self.mac}"
        words += f" mtu {self.mtu}" * bool(self.mtu) + f" group {self.group} up type dummy"
        return (ip("", *words.split()),)

    def apply(self, stack: Stack) -> None:
        link.add_link(
            stack.channel(""),
            self.name,
            self.index,
            "dummy",
            self,
            mac=self.mac,
            mtu=self.mtu,
            group=self.group,
            up=True,
        )

    def present(self, seen: Observed) -> bool:
        found = seen.link("", self.name)
        if found is None:
            return False
        wanted = ("dummy", self.mac, self.index, self.group, True)
        here = (found.kind, found.mac, found.index, found.group, found.up)
        return here == wanted and self.mtu in (0, found.mtu)

    def conflict(self, seen: Observed) -> str:
        if seen.link("", self.name) is None:
            require_kind(seen, "dummy", self.network)
        return super(_OwnParent, self).conflict(seen)

    def mend(self, seen: Observed) -> tuple[Step, ...]:
        return (self,) if seen.link("", self.name) is None else (DropLink(self.name), self)
