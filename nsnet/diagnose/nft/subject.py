"""A packet as the rules of a hook see it."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from ...kernel.survey.model import Interface
from ...value import Mutable, Value, field, replace
from ..walk import Packet


class Flow(Mutable, frozen=False):
    """What one network stack remembers of a connection (conntrack).

    `original` is the request as it came, `answer` is what the reply to it will look like when it
    comes back here. `status` has the words ``dnat`` and ``snat``. `settled` are the
    sides of the header (``destination``, ``source``) about which is decided: NAT is asked once.
    """

    original: Packet
    answer: Packet
    status: set[str] = field(default_factory=set)
    settled: set[str] = field(default_factory=set)
    mark: int = 0


def turned(packet: Packet) -> Packet:
    """The header of a reply to `packet`."""
    return replace(
        packet, src=packet.dst, dst=packet.src, sport=packet.dport, dport=packet.sport, flags=""
    )


class Sight(Value):
    """What a fib expression is answered with: functions of the network stack.

    `kind` tells of an address ``local``, ``unicast``, ``broadcast`` …; `way` by which interface
    a packet to an address would leave ("" if none).
    """

    kind: Callable[[str, str], str]
    way: Callable[[str], str]


class Subject(Mutable, frozen=False):
    """A packet in a hook. `family` is ``ip``, ``ip6``, ``arp`` (in the bridge family);
    `direction` is ``original`` or ``reply``, `state` conntrack's word for it. `kind` is whom
    its frame is for (``host``, ``broadcast``, ``multicast``, ``other``), `pick` chooses where the
    kernel would (``numgen``)."""

    packet: Packet
    family: str
    iif: Interface | None = None
    oif: Interface | None = None
    flow: Flow | None = None
    direction: str = "original"
    state: str = "new"
    mark: int = 0
    kind: str = "host"
    bridges: tuple[str, str] = ("", "")
    sight: Sight | None = None
    pick: Callable[[tuple[Any, ...]], Any] = operator.itemgetter(0)
