"""A container of a lab."""

from __future__ import annotations

from ..kernel.errors import NotFound
from ..topology import model
from ..topology.layout import Binding, Endpoint, Layout
from .machine import Machine
from .place import Host, Place


class Container(Place):
    """A container, made by `Lab.container`. What was chosen for it is known after `Lab.up`.

    >>> with Lab() as lab:
    ...     web = lab.container("web", ports=["8080:80"])
    ...     lab.up()
    ...     web, web.address, str(web.ports[0])
    (<Container web: 172.17.0.2>, '172.17.0.2', '0.0.0.0:8080->80/tcp')
    """

    def __init__(self, machine: Machine, wish: model.Container) -> None:
        super().__init__(machine, wish.name, wish.name)
        #: What was asked for.
        self.wish = wish

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Its plugs in networks, one for each interface: device, addresses, MAC."""
        layout = self._layout()
        return tuple(layout.endpoints_of(self._owner(layout).name))

    @property
    def address(self) -> str:
        """Its address on the network of its default route; "" where it has none."""
        layout = self._layout()
        if self._owner(layout).mode == "host":
            return Host(self._machine).address
        found = sorted(self.endpoints, key=lambda endpoint: not endpoint.route)
        return (found[0].ipv4 or found[0].ipv6) if found else ""

    def address_for(self, other: Place) -> str:
        """Its address on a network that `other` is on, too; else its `address`.

        >>> with Lab() as lab:
        ...     front, back = lab.network("front"), lab.network("back")
        ...     web, db = lab.container("web", [front, back]), lab.container("db", front)
        ...     lab.up()
        ...     web.address, web.address_for(db)
        ('172.19.0.2', '172.18.0.2')
        """
        if self._owner(self._layout()).mode == "host":
            return Host(self._machine).address_for(other)
        near = {each.network for each in other.endpoints} if isinstance(other, Container) else ()
        common = [each for each in self.endpoints if each.network in near]
        return (common[0].ipv4 or common[0].ipv6) if common else self.address

    @property
    def gateways(self) -> list[str]:
        """The bridges' addresses on its networks, that of its default route first."""
        layout = self._layout()
        found = sorted(self.endpoints, key=lambda endpoint: not endpoint.route)
        segments = [layout.segment(endpoint.network) for endpoint in found]
        return [segment.v4.gateway for segment in segments if segment and segment.v4]

    @property
    def ports(self) -> tuple[Port, ...]:
        """Its published ports, with the host's ports that were chosen."""
        layout = self._layout()
        return tuple(Port(each) for each in layout.bindings if each.container == self.name)

    def _check_up(self) -> None:
        self._layout()

    def _layout(self) -> Layout:
        layout = self._machine.layout
        if layout is None or layout.topology.container(self.name) is None:
            raise NotFound(f"container {self.name} is not up", "call lab.up() first")
        return layout

    def _owner(self, layout: Layout) -> model.Container:
        """Whose network stack it uses: its own, unless it shares one."""
        owner = layout.topology.container(self.name) or self.wish
        while owner.mode == "container":
            owner = layout.topology.container(owner.share) or owner
        return owner

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        try:
            return f"<Container {self.name}: {self.address or self.wish.mode}>"
        except NotFound:
            return f"<Container {self.name}: not up>"


class Port:
    """A published port: as text in Docker's spelling, and all of it as `binding`."""

    def __init__(self, binding: Binding) -> None:
        self.binding = binding

    @property
    def number(self) -> int:
        """The port on the host."""
        return self.binding.host_port

    def __str__(self) -> str:
        return f"{self.binding.where}->{self.binding.port}/{self.binding.protocol}"

    def __repr__(self) -> str:
        return f"<Port {self}>"
