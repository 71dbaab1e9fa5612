"""A network of a lab."""

from __future__ import annotations

from ..kernel.errors import NotFound
from ..topology import model
from ..topology.layout import Segment
from .machine import Machine


class Network:
    """A network, made by `Lab.network`. What was chosen for it is known after `Lab.up`.

    >>> with Lab() as lab:
    ...     front = lab.network("front", subnet="172.28.0.0/16")
    ...     lab.up()
    ...     front, front.subnet, front.gateway, front.bridge
    (<Network front: 172.28.0.0/16>, '172.28.0.0/16', '172.28.0.1', 'br-front')
    """

    def __init__(self, machine: Machine, wish: model.Network) -> None:
        self._machine = machine
        #: What was asked for.
        self.wish = wish

    @property
    def name(self) -> str:
        """Its full name."""
        return self.wish.name

    @property
    def segment(self) -> Segment:
        """All that was chosen for it. Raises `NotFound` while it is not up."""
        layout = self._machine.layout
        segment = layout.segment(self.name) if layout else None
        if segment is None:
            raise NotFound(f"network {self.name} is not up", "call lab.up() first")
        return segment

    @property
    def subnet(self) -> str:
        """The IPv4 subnet (CIDR text); the IPv6 one where there is no other."""
        span = self.segment.v4 or self.segment.v6
        return span.subnet if span else ""

    @property
    def gateway(self) -> str:
        """The address of the bridge, which is the containers' way out."""
        span = self.segment.v4 or self.segment.v6
        return span.gateway if span else ""

    @property
    def bridge(self) -> str:
        """The interface on the host that it is made of."""
        return self.segment.device

    def _check_up(self) -> None:
        _ = self.segment

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        layout = self._machine.layout
        up = layout.segment(self.name) if layout else None
        return f"<Network {self.name}: {self.subnet if up else 'not up'}>"
