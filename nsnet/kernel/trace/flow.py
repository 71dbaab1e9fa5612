"""The one flow that is watched."""

from __future__ import annotations

from ...value import Value

ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58

#: IP protocol numbers by the words that walks and probes use.
NUMBERS = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "icmpv6": ICMPV6}


class Flow(Value):
    """What tells our packets from all others: the IP `version`, the `protocol` by its number, and
    the client's `port`, which of a ping is the identifier. `tunnels` are the UDP ports of the
    VXLANs that may carry it; `address` is where it is sent to: bridges with rules may drop the
    questions for it (ARP, NDP)."""

    version: int
    protocol: int
    port: int
    tunnels: tuple[int, ...] = ()
    address: str = ""

    @property
    def echo(self) -> bool:
        """Is it a ping?"""
        return self.protocol in (ICMP, ICMPV6)

    @property
    def errors(self) -> int:
        """The protocol that tells of its errors."""
        return ICMP if self.version == 4 else ICMPV6

    @property
    def own_at(self) -> tuple[int, ...]:
        """Where `port` stands in the transport header, in bytes: either of two places."""
        return (4,) if self.echo else (0, 2)

    @property
    def quoted_at(self) -> tuple[int, ...]:
        """Where it stands in an ICMP error, which quotes the packet that it is about: its IP
        header (without options) follows 8 bytes of ICMP."""
        return tuple(8 + (20 if self.version == 4 else 40) + at for at in self.own_at)
