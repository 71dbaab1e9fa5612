"""Faults of interfaces: switched off, unplugged, flags of a port, a wrong MTU."""

from __future__ import annotations

from ....kernel import link
from ....kernel.bridgeport import set_flags
from ....kernel.link import index_of
from ....kernel.stack import Stack
from ...step import Command, ip
from .base import FaultStep


class Switch(FaultStep):
    """An interface switched off, or on. What it loses by that is for `Remember`."""

    device: str
    up: bool = False

    reason = "an interface that is down takes nothing and sends nothing"

    @property
    def what(self) -> str:
        return f"switch {self.device} {'on' if self.up else 'off'}"

    def commands(self) -> tuple[Command, ...]:
        return (ip(self.space, "link", "set", "dev", self.device, "up" if self.up else "down"),)

    def undo_commands(self) -> tuple[Command, ...]:
        return () if self.up else (ip(self.space, "link", "set", "dev", self.device, "up"),)

    def apply(self, stack: Stack) -> None:
        _set_up(stack, self.space, self.device, self.up)

    def undo(self, stack: Stack) -> None:
        if not self.up:
            _set_up(stack, self.space, self.device, True)


def _set_up(stack: Stack, space: str, device: str, up: bool) -> None:
    channel = stack.channel(space)
    link.set_up(channel, device, None, up)
    channel.settle()


class Unplug(FaultStep):
    """A port taken off its bridge. The kernel forgets its flags with that."""

    device: str
    bridge: str
    flags: tuple[tuple[str, int], ...] = ()

    reason = "a cable whose end is plugged into nothing leads nowhere (Docker: an endpoint's veth)"

    @property
    def what(self) -> str:
        return f"unplug {self.device} from {self.bridge}"

    def commands(self) -> tuple[Command, ...]:
        return (ip(self.space, "link", "set", "dev", self.device, "nomaster"),)

    def undo_commands(self) -> tuple[Command, ...]:
        plug = ip(self.space, "link", "set", "dev", self.device, "master", self.bridge)
        words = [x for name, on in self.flags for x in (name, "on" if on else "off")]
        port = self.within("bridge", "link", "set", "dev", self.device, *words)
        return (plug, port) if words else (plug,)

    def apply(self, stack: Stack) -> None:
        channel = stack.channel(self.space)
        link.change(channel, self.device, None, master=0)
        channel.settle()

    def undo(self, stack: Stack) -> None:
        channel = stack.channel(self.space)
        there = {each.name: each for each in link.links(channel)}
        port, bridge = there.get(self.device), there.get(self.bridge)
        if port is None or bridge is None or port.master:
            return
        link.change(channel, self.device, None, master=bridge.index)
        set_flags(channel, port.index, dict(self.flags))
        channel.settle()


class PortFlag(FaultStep):
    """A flag of a bridge port: ``hairpin``, ``isolated``, …"""

    device: str
    flag: str
    on: bool

    @property
    def what(self) -> str:
        return f"set {self.flag} {'on' if self.on else 'off'} on the bridge port {self.device}"

    @property
    def why(self) -> str:
        if self.flag == "hairpin":
            return "without it, a bridge does not send a frame back where it came from"
        return "ports that are isolated do not reach each other (Docker: icc=false)"

    def commands(self) -> tuple[Command, ...]:
        return (self._command(self.on),)

    def undo_commands(self) -> tuple[Command, ...]:
        return (self._command(not self.on),)

    def _command(self, on: bool) -> Command:
        state = "on" if on else "off"
        return self.within("bridge", "link", "set", "dev", self.device, self.flag, state)

    def apply(self, stack: Stack) -> None:
        self._set(stack, self.on)

    def undo(self, stack: Stack) -> None:
        self._set(stack, not self.on)

    def _set(self, stack: Stack, on: bool) -> None:
        channel = stack.channel(self.space)
        there = {each.name: each for each in link.links(channel)}
        if self.device in there and there[self.device].master:
            set_flags(channel, there[self.device].index, {self.flag: int(on)})
            channel.settle()


class Mtu(FaultStep):
    """A smaller MTU on one interface of the way."""

    device: str
    mtu: int
    old: int

    reason = "a frame that is larger than the next interface takes is dropped without a word"

    @property
    def what(self) -> str:
        return f"set the MTU of {self.device} to {self.mtu}"

    def commands(self) -> tuple[Command, ...]:
        return (ip(self.space, "link", "set", "dev", self.device, "mtu", str(self.mtu)),)

    def undo_commands(self) -> tuple[Command, ...]:
        return (ip(self.space, "link", "set", "dev", self.device, "mtu", str(self.old)),)

    def apply(self, stack: Stack) -> None:
        self._set(stack, self.mtu)

    def undo(self, stack: Stack) -> None:
        self._set(stack, self.old)

    def _set(self, stack: Stack, mtu: int) -> None:
        channel = stack.channel(self.space)
        if index_of(channel, self.device):
            link.change(channel, self.device, None, mtu=mtu)
            channel.settle()
