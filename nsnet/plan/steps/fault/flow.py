"""Faults of connection tracking: a flow that goes on to where it was sent yesterday."""

from __future__ import annotations

from ....kernel import flows
from ....kernel.flows import End, Flow
from ....kernel.stack import Stack
from ...step import Command
from .base import FaultStep

_SECONDS = 600


class StaleFlow(FaultStep):
    """An entry for a UDP flow from `source`:`sport` to `to`:`port`, led to `target`, which nobody
    has any more."""

    source: str
    sport: int
    to: str
    port: int
    target: str
    target_port: int

    reason = "the kernel asks nat rules about the first packet of a flow only, and remembers"

    @property
    def what(self) -> str:
        return f"remember a flow from {self.source}:{self.sport} that goes to {self.target}"

    @property
    def _words(self) -> str:
        return f"-p udp -s {self.source} -d {self.to} --sport {self.sport} --dport {self.port}"

    def commands(self) -> tuple[Command, ...]:
        nat = f"--dst-nat {self.target}:{self.target_port}"
        words = f"conntrack -I {self._words} -t {_SECONDS} -u CONFIRMED,DST_NAT {nat}"
        return (self.within(*words.split()),)

    def undo_commands(self) -> tuple[Command, ...]:
        return (self.within(*f"conntrack -D {self._words}".split()),)

    def apply(self, stack: Stack) -> None:
        stack.enter(self.space)
        reply = End(self.target, self.source, self.target_port, self.sport)
        flows.remember(Flow("udp", self._original, reply, answered=True), _SECONDS)

    def undo(self, stack: Stack) -> None:
        stack.enter(self.space)
        flows.forget(self._original)

    @property
    def _original(self) -> End:
        return End(self.source, self.to, self.sport, self.port)
