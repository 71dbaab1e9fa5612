"""Faults of addresses and routes. What is lost by them is put back by `Remember`, exactly."""

from __future__ import annotations

import socket
import struct

from ....kernel import address, belongings
from ....kernel.belongings import Belongings
from ....kernel.link import index_of
from ....kernel.netlink import (
    CREATE,
    NEW,
    REPLACE,
    REQUEST,
    attr,
    attr_u32,
    attributes,
    mac_bytes,
)
from ....kernel.stack import Stack
from ...step import Command, ip
from .base import FaultStep

_RTM_NEWNEIGH, _RTM_DELNEIGH, _RTM_GETNEIGH = 28, 29, 30
#: NUD_PERMANENT of linux/neighbour.h.
_PERMANENT = 0x80
_NEIGHBOUR = struct.Struct("=BBHiHBB")
_ROUTE = struct.Struct("=BBBBBBBBI")


class Remember(FaultStep):
    """What an interface has, before something is done to it. Taken back, it has that again."""

    device: str
    index: int
    was: Belongings
    words: tuple[tuple[str, ...], ...] = ()

    reason = "with the interface or its address, the kernel drops the routes that lean on them"

    @property
    def what(self) -> str:
        return f"remember the addresses and routes of {self.device}"

    def commands(self) -> tuple[Command, ...]:
        return ()

    def undo_commands(self) -> tuple[Command, ...]:
        return tuple(ip(self.space, *words) for words in self.words)

    def apply(self, stack: Stack) -> None:
        """Nothing: it is remembered already."""

    def undo(self, stack: Stack) -> None:
        channel = stack.channel(self.space)
        if index_of(channel, self.device) == self.index:
            belongings.put_back(channel, self.index, self.was)


class TakeAddress(FaultStep):
    """An address removed."""

    device: str
    cidr: str

    reason = "without its address nobody finds it, and the routes that lean on it go too"

    @property
    def what(self) -> str:
        return f"take {self.cidr} from {self.device}"

    def commands(self) -> tuple[Command, ...]:
        return (ip(self.space, "address", "delete", self.cidr, "dev", self.device),)

    def undo_commands(self) -> tuple[Command, ...]:
        return ()

    def apply(self, stack: Stack) -> None:
        channel = stack.channel(self.space)
        address.delete_address(channel, index_of(channel, self.device), self.cidr, None)
        channel.settle()

    def undo(self, stack: Stack) -> None:
        """Nothing: `Remember` does it."""


class GiveAddress(FaultStep):
    """An address added that should not be there."""

    device: str
    cidr: str

    reason = "an address in the wrong place, or with the wrong prefix"

    @property
    def what(self) -> str:
        return f"give {self.device} the address {self.cidr}"

    def commands(self) -> tuple[Command, ...]:
        wide = ":" not in self.cidr and int(self.cidr.partition("/")[2]) <= 30
        broadcast = ("brd", "+") if wide else ()
        return (ip(self.space, "address", "add", self.cidr, *broadcast, "dev", self.device),)

    def undo_commands(self) -> tuple[Command, ...]:
        return (ip(self.space, "address", "delete", self.cidr, "dev", self.device),)

    def apply(self, stack: Stack) -> None:
        channel = stack.channel(self.space)
        address.add_address(channel, index_of(channel, self.device), self.cidr, None)
        channel.settle()

    def undo(self, stack: Stack) -> None:
        channel = stack.channel(self.space)
        index = index_of(channel, self.device)
        if index:
            address.delete_address(channel, index, self.cidr, None)
            channel.settle()


class ForgetNeighbour(FaultStep):
    """What a stack remembers of an address that is somebody else's now, and again when that is
    taken back: the kernel asks anew."""

    device: str
    address: str

    reason = "who has an address is asked once and then remembered (ARP)"

    @property
    def what(self) -> str:
        return f"forget who has {self.address} on {self.device}"

    def commands(self) -> tuple[Command, ...]:
        words = ("neighbour", "flush", "to", self.address, "dev", self.device)
        return (ip(self.space, *words),)

    def undo_commands(self) -> tuple[Command, ...]:
        return self.commands()

    def apply(self, stack: Stack) -> None:
        channel = stack.channel(self.space)
        index = index_of(channel, self.device)
        head = _NEIGHBOUR.pack(socket.AF_INET, 0, 0, index, 0, 0, 0)
        channel.add(_RTM_DELNEIGH, REQUEST, head + attr(1, socket.inet_aton(self.address)))
        channel.settle()

    def undo(self, stack: Stack) -> None:
        self.apply(stack)


class TellNeighbour(FaultStep):
    """A hardware address entered by hand for a neighbour who has another one."""

    device: str
    address: str
    mac: str

    reason = "what was entered by hand is never asked about again (Docker leaves it to ARP)"

    @property
    def what(self) -> str:
        return f"tell {self.device} that {self.address} has {self.mac}"

    def commands(self) -> tuple[Command, ...]:
        words = (self.address, "lladdr", self.mac, "dev", self.device, "nud", "permanent")
        return (ip(self.space, "neighbour", "replace", *words),)

    def undo_commands(self) -> tuple[Command, ...]:
        return (ip(self.space, "neighbour", "delete", self.address, "dev", self.device),)

    def apply(self, stack: Stack) -> None:
        channel = stack.channel(self.space)
        head = _NEIGHBOUR.pack(
            socket.AF_INET, 0, 0, index_of(channel, self.device), _PERMANENT, 0, 0
        )
        body = attr(1, socket.inet_aton(self.address)) + attr(2, mac_bytes(self.mac))
        channel.add(_RTM_NEWNEIGH, REQUEST | CREATE | REPLACE, head + body)
        channel.settle()

    def undo(self, stack: Stack) -> None:
        """Nothing, if somebody has mended it."""
        channel = stack.channel(self.space)
        index = index_of(channel, self.device)
        wanted = (socket.inet_aton(self.address), mac_bytes(self.mac))
        asked = _NEIGHBOUR.pack(socket.AF_INET, 0, 0, 0, 0, 0, 0)
        for data in list(channel.dump(_RTM_GETNEIGH, asked)):
            found = dict(attributes(data, _NEIGHBOUR.size))
            there = _NEIGHBOUR.unpack_from(data)[3]
            if there == index and (found.get(1), found.get(2)) == wanted:
                ForgetNeighbour(self.space, self.device, self.address).apply(stack)


class TakeRoute(FaultStep):
    """A route removed."""

    device: str
    destination: str
    via: str = ""
    metric: int = 0

    reason = "the kernel does not know where to send it: 'Network is unreachable'"

    @property
    def what(self) -> str:
        return f"remove the {self.destination} route"

    def commands(self) -> tuple[Command, ...]:
        return (_route(self, "delete"),)

    def undo_commands(self) -> tuple[Command, ...]:
        return ()

    def apply(self, stack: Stack) -> None:
        channel = stack.channel(self.space)
        channel.add(address.RTM_DELROUTE, REQUEST, _message(stack, self))
        channel.settle()

    def undo(self, stack: Stack) -> None:
        """Nothing: `Remember` does it."""


class GiveRoute(FaultStep):
    """A route that should not be there."""

    device: str
    destination: str
    via: str = ""
    metric: int = 0

    reason = "whatever has no better route goes this way, and this way is wrong"

    @property
    def what(self) -> str:
        return f"set the {self.destination} route to {self.via or self.device}"

    def commands(self) -> tuple[Command, ...]:
        return (_route(self, "add"),)

    def undo_commands(self) -> tuple[Command, ...]:
        return (_route(self, "delete"),)

    def apply(self, stack: Stack) -> None:
        channel = stack.channel(self.space)
        channel.add(address.RTM_NEWROUTE, NEW, _message(stack, self))
        channel.settle()

    def undo(self, stack: Stack) -> None:
        channel = stack.channel(self.space)
        if index_of(channel, self.device):
            channel.add(address.RTM_DELROUTE, REQUEST, _message(stack, self))
            channel.settle()


def _route(step: TakeRoute | GiveRoute, verb: str) -> Command:
    via = ("via", step.via) if step.via else ()
    metric = ("metric", str(step.metric)) if step.metric else ()
    return ip(step.space, "route", verb, step.destination, *via, "dev", step.device, *metric)


def _message(stack: Stack, step: TakeRoute | GiveRoute) -> bytes:
    """The route as the kernel takes it (rtnetlink(7)). IPv4 alone."""
    text, _, bits = step.destination.partition("/")
    default = step.destination == "default"
    body = _ROUTE.pack(
        socket.AF_INET,
        0 if default else int(bits or 32),
        0,
        0,
        254,
        3,
        0 if step.via else 253,
        1,
        0,
    )
    body += b"" if default else attr(1, socket.inet_aton(text))
    body += attr(5, socket.inet_aton(step.via)) if step.via else b""
    body += attr_u32(6, step.metric) if step.metric else b""
    return body + attr_u32(4, index_of(stack.channel(step.space), step.device))
