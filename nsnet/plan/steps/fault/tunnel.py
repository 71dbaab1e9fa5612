"""Faults of VXLANs: the far end forgotten, another number, another port."""

from __future__ import annotations

from ....kernel import link
from ....kernel.bridgeport import set_flags
from ....kernel.link import index_of
from ....kernel.netlink import CREATE, REQUEST
from ....kernel.stack import Stack
from ....kernel.vxlan import changed
from ...step import Command, ip
from .base import FaultStep

_NEW, _DELETE = 28, 29  # RTM_NEWNEIGH, RTM_DELNEIGH
_APPEND = 0x800


class ForgetRemote(FaultStep):
    """An entry of a VXLAN's forwarding database removed; `message` is the kernel's own form."""

    device: str
    index: int
    mac: str
    remote: str
    message: str

    reason = "a VXLAN wraps frames up and sends them to an address: without one it drops them"

    @property
    def what(self) -> str:
        return f"forget that {self.mac} is behind {self.remote} of {self.device}"

    def commands(self) -> tuple[Command, ...]:
        return (self._command("delete"),)

    def undo_commands(self) -> tuple[Command, ...]:
        return (self._command("append"),)

    def _command(self, verb: str) -> Command:
        words = f"bridge fdb {verb} {self.mac} dev {self.device} dst {self.remote}"
        return self.within(*words.split())

    def apply(self, stack: Stack) -> None:
        self._send(stack, _DELETE, REQUEST)

    def undo(self, stack: Stack) -> None:
        if index_of(stack.channel(self.space), self.device) == self.index:
            self._send(stack, _NEW, REQUEST | CREATE | _APPEND)

    def _send(self, stack: Stack, kind: int, flags: int) -> None:
        channel = stack.channel(self.space)
        channel.add(kind, flags, bytes.fromhex(self.message))
        channel.settle()


class Remake(FaultStep):
    """A VXLAN made anew with other options: the kernel does not change its number or port. `data`
    and `other` are its options as the kernel has them, before and after, in hexadecimal digits,
    `words` and `other_words` the same for people; `entries` what its forwarding database has been
    told, as (MAC, far end, message)."""

    device: str
    index: int
    mac: str
    mtu: int
    group: int
    alias: str
    bridge: str
    data: str
    other: str
    words: str
    other_words: str
    flags: tuple[tuple[str, int], ...] = ()
    entries: tuple[tuple[str, str, str], ...] = ()

    reason = "both ends of a VXLAN need the same number and port: what has others is not for them"

    @property
    def what(self) -> str:
        return f"make {self.device} anew with {self.other_words}"

    def commands(self) -> tuple[Command, ...]:
        return self._typed(self.other_words)

    def undo_commands(self) -> tuple[Command, ...]:
        return self._typed(self.words)

    def _typed(self, words: str) -> tuple[Command, ...]:
        made = f"link add name {self.device} index {self.index} address {self.mac} mtu {self.mtu}"
        made += f" group {self.group} type vxlan {words}"
        told = (
            self.within(*f"bridge fdb append {mac} dev {self.device} dst {to}".split())
            for mac, to, _ in self.entries
        )
        return (
            ip(self.space, "link", "delete", self.device),
            ip(self.space, *made.split()),
            ip(self.space, "link", "set", "dev", self.device, "master", self.bridge, "up"),
            *told,
        )

    def apply(self, stack: Stack) -> None:
        self._make(stack, self.other)

    def undo(self, stack: Stack) -> None:
        there = {each.name: each for each in link.links(stack.channel(self.space))}
        found = there.get(self.device)
        mended = found is not None and (found.index != self.index or self._as_before(found))
        if not mended and self.bridge in there:
            self._make(stack, self.data)

    def _as_before(self, found: link.Link) -> bool:
        return changed(found.data).hex() == self.data

    def _make(self, stack: Stack, data: str) -> None:
        channel = stack.channel(self.space)
        there = {each.name: each for each in link.links(channel)}
        if self.device in there:
            link.delete(channel, self.device, None)
            channel.settle()
        link.add_link(
            channel,
            self.device,
            self.index,
            "vxlan",
            None,
            data=bytes.fromhex(data),
            mac=self.mac,
            mtu=self.mtu,
            group=self.group,
            up=True,
        )
        if self.alias:
            link.set_alias(channel, self.index, self.alias, None)
        if self.bridge in there:
            link.change(channel, self.device, None, master=there[self.bridge].index)
            set_flags(channel, self.index, dict(self.flags))
        for _, _, message in self.entries:
            channel.add(_NEW, REQUEST | CREATE | _APPEND, bytes.fromhex(message))
        channel.settle()
