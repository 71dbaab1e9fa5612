"""Faults of VXLANs: the far end forgotten."""

from __future__ import annotations

from ....kernel.belongings import flush, index_of
from ....kernel.netlink import CREATE, REQUEST
from ....kernel.stack import Stack
from ...step import Command
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
        flush(channel)
