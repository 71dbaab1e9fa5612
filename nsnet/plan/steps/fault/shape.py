"""A slow, late or lossy cable: a queue at an interface's way out."""

from __future__ import annotations

from ....kernel import qdisc
from ....kernel.link import index_of
from ....kernel.netlink import Channel
from ....kernel.stack import Stack
from ...step import Command
from .base import FaultStep


class Shape(FaultStep):
    """What the two kinds share. `device` is the interface whose packets wait."""

    device: str

    @property
    def _words(self) -> tuple[str, ...]:
        raise NotImplementedError

    def _put(self, channel: Channel, index: int) -> None:
        raise NotImplementedError

    @property
    def _tc(self) -> Command:
        return ("tc", "-n", self.space) if self.space else ("tc",)

    @property
    def _root(self) -> Command:
        return ("dev", self.device, "root", "handle", qdisc.HANDLE)

    @property
    def see(self) -> str:
        return " ".join((*self._tc, "-s", "qdisc", "show", "dev", self.device))

    def commands(self) -> tuple[Command, ...]:
        return ((*self._tc, "qdisc", "add", *self._root, *self._words),)

    def undo_commands(self) -> tuple[Command, ...]:
        return ((*self._tc, "qdisc", "del", "dev", self.device, "root"),)

    def apply(self, stack: Stack) -> None:
        channel = stack.channel(self.space)
        self._put(channel, index_of(channel, self.device))

    def undo(self, stack: Stack) -> None:
        channel = stack.channel(self.space)
        if index := index_of(channel, self.device):
            qdisc.remove(channel, index)


class Slow(Shape):
    """So many bytes in a second; `burst` bytes pass at once, `limit` bytes wait at most."""

    rate: int
    burst: int
    limit: int

    reason = "a token bucket: a packet passes when tokens for its bytes have come in (tc-tbf(8))"

    @property
    def what(self) -> str:
        return f"let {self.rate * 8} bits per second out of {self.device}"

    @property
    def _words(self) -> tuple[str, ...]:
        sizes = ("burst", f"{self.burst}b", "limit", f"{self.limit}b")
        return ("tbf", "rate", f"{self.rate * 8}bit", *sizes)

    def _put(self, channel: Channel, index: int) -> None:
        qdisc.add_tbf(channel, index, self.rate, self.burst, self.limit)


class Late(Shape):
    """Every packet held back for `delay` ± `jitter` microseconds, `loss` percent of them lost."""

    delay: int
    jitter: int = 0
    loss: float = 0.0

    reason = "what a long way does: packets come late, or not at all (tc-netem(8))"

    @property
    def what(self) -> str:
        return f"delay what leaves by {self.device}"

    @property
    def _words(self) -> tuple[str, ...]:
        jitter = (f"{self.jitter}us",) if self.jitter else ()
        delay = ("delay", f"{self.delay}us", *jitter) if self.delay else ()
        return ("netem", *delay, *(("loss", f"{self.loss:g}%") if self.loss else ()))

    def _put(self, channel: Channel, index: int) -> None:
        qdisc.add_netem(channel, index, self.delay, self.jitter, self.loss / 100)
