"""Faults of kernel settings."""

from __future__ import annotations

from ....kernel import sysctl
from ....kernel.stack import Stack
from ...step import Command
from .base import FaultStep

_REASONS = {
    "ip_forward": "without it the host is no router: what is not for itself ends here",
    "route_localnet": "the kernel sends nothing from 127.0.0.1 over a wire without it",
    "bridge-nf-call-iptables": "with it off, frames that a bridge passes on meet no rules of IP",
    "rp_filter": "what comes in by another interface than the answer would leave by is lost",
}


class Setting(FaultStep):
    """A setting changed. `before` are others that the kernel changes along with it."""

    key: str
    value: str
    old: str
    before: tuple[tuple[str, str], ...] = ()

    @property
    def what(self) -> str:
        return f"set {self.key}={self.value}"

    @property
    def why(self) -> str:
        return _REASONS.get(self.key.rpartition(".")[2], "a setting that does not fit")

    def commands(self) -> tuple[Command, ...]:
        return (self._command(self.key, self.value),)

    def undo_commands(self) -> tuple[Command, ...]:
        return (self._command(self.key, self.old),)

    def _command(self, key: str, value: str) -> Command:
        return self.within("sysctl", "-qw", f"{key}={value}")

    def apply(self, stack: Stack) -> None:
        stack.sysctl(self.space, self.key, self.value)

    def undo(self, stack: Stack) -> None:
        stack.enter(self.space)
        if sysctl.read(self.key) != self.value:
            return  # somebody else has changed it since, or its interface has gone
        for key, value in ((self.key, self.old), *self.before):
            if sysctl.read(key) not in (None, value):
                sysctl.write(key, value)
