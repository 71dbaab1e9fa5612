"""Faults of whole interfaces: one too many, one in the wrong namespace."""

from __future__ import annotations

from ....kernel import link, netns
from ....kernel.stack import Stack
from ...step import Command, ip
from .base import FaultStep

#: Interfaces that a fault brings into a namespace are counted from here: nobody else is there.
_INDEX = 60_000


class SecondBridge(FaultStep):
    """One more bridge, switched on. What stands on it goes with it."""

    device: str
    number: int

    reason = "where two networks overlap, the longer prefix wins (Docker: Pool overlaps)"

    @property
    def what(self) -> str:
        return f"add the bridge {self.device}"

    @property
    def _mac(self) -> str:
        """Its own, so that its ports do not give it theirs."""
        return f"02:fa:00:00:00:{self.number & 0xFF:02x}"

    def commands(self) -> tuple[Command, ...]:
        index = ("index", str(_INDEX + self.number))
        words = ("name", self.device, *index, "address", self._mac, "type", "bridge")
        return (ip(self.space, "link", "add", *words), ip(self.space, *self._up))

    @property
    def _up(self) -> tuple[str, ...]:
        return ("link", "set", "dev", self.device, "up")

    def undo_commands(self) -> tuple[Command, ...]:
        return (ip(self.space, "link", "delete", "dev", self.device),)

    def apply(self, stack: Stack) -> None:
        channel = stack.channel(self.space)
        index = _INDEX + self.number
        link.add_link(channel, self.device, index, "bridge", None, mac=self._mac, up=True)
        channel.settle()

    def undo(self, stack: Stack) -> None:
        channel = stack.channel(self.space)
        there = (each.name for each in link.links(channel) if each.mac == self._mac)
        if self.device in there:
            link.delete(channel, self.device, None)
            channel.settle()


class LeaveInHost(FaultStep):
    """A container's end of a cable in the host, under the name `stray`. `number` is the fault's,
    `index` and `mac` are the interface's own, `inode` that of its namespace: without this, the
    cable is of no use."""

    device: str
    number: int
    index: int
    stray: str
    mac: str
    up: bool
    inode: int

    outlives = True
    reason = "each namespace has interfaces of its own: one that was not moved in is not there"

    @property
    def what(self) -> str:
        return f"move {self.device} of {self.space} into the host, as {self.stray}"

    def commands(self) -> tuple[Command, ...]:
        """The shell is a process of the host, and so names its namespace."""
        down = ip(self.space, "link", "set", "dev", self.device, "down")
        words = ip(self.space, "link", "set", "dev", self.device, "name", self.stray, "netns")
        index = f"index {_INDEX + self.number}"
        return (down, ("sh", "-c", f"{' '.join(words)} $$ {index}"))

    def undo_commands(self) -> tuple[Command, ...]:
        index = ("index", str(self.index))
        words = ("link", "set", "dev", self.stray, "name", self.device, "netns", self.space, *index)
        up = ip(self.space, "link", "set", "dev", self.device, "up")
        return (ip("", *words), *((up,) if self.up else ()))

    def apply(self, stack: Stack) -> None:
        channel = stack.channel(self.space)
        home = stack.netns_fd("")
        link.move(channel, self.index, home, self.stray, _INDEX + self.number)
        channel.settle()

    def undo(self, stack: Stack) -> None:
        host = stack.channel("")
        found = [x for x in link.links(host) if (x.name, x.mac) == (self.stray, self.mac)]
        if not found:
            return
        if netns.names().get(self.space) != self.inode:
            link.delete(host, self.stray, None)
            host.settle()
            return
        link.move(host, found[0].index, stack.netns_fd(self.space), self.device, self.index)
        host.settle()
        if self.up:
            channel = stack.channel(self.space)
            link.set_up(channel, self.device, None)
            channel.settle()
