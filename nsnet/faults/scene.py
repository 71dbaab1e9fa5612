"""What is there to be broken: containers with their cables, networks with their bridges, published
ports. Found in the kernel, whoever made it; nsnet's records only add names."""

from __future__ import annotations

from functools import cached_property
from ipaddress import IPv4Interface, IPv4Network, ip_address

from ..diagnose.places import OUTSIDE
from ..engine.state import State
from ..kernel import belongings
from ..kernel.stack import Stack
from ..kernel.survey import Survey
from ..kernel.survey.model import IfAddress, Interface, Route
from ..plan.steps.fault.address import ForgetNeighbour, Remember
from ..plan.steps.fault.base import FaultStep
from ..topology.layout import Segment
from ..value import Value, replace
from .errors import NotFound, Unfit
from .firewall import Firewall
from .published import Published, published

_MAIN = 254


class Wire(Value):
    """An interface of a container, the `far` end of its cable, and the bridge that this is a port
    of. `address` is its first IPv4 address."""

    device: Interface
    far: Interface | None = None
    bridge: Interface | None = None
    address: IfAddress | None = None

    @property
    def network(self) -> IPv4Network:
        """The IPv4 network that it is on. Raises `Unfit`."""
        if self.address is None or ":" in self.address.ip:
            raise Unfit(f"{self.device.name} has no IPv4 address")
        return IPv4Interface(self.address.cidr).network


class Box(Value):
    """A container: a namespace with cables. `topology` is the one that nsnet made it for."""

    label: str
    space: str
    wires: tuple[Wire, ...]
    topology: str = ""


class Net(Value):
    """A network: a bridge, and the wires that lead to it."""

    label: str
    bridge: Interface
    wires: tuple[Wire, ...]
    address: IfAddress | None = None
    topology: str = ""

    @property
    def network(self) -> IPv4Network:
        """Its IPv4 network. Raises `Unfit`."""
        found = self.address or next((w.address for w in self.wires if w.address), None)
        if found is None:
            raise Unfit(f"{self.label} has no IPv4 address")
        return IPv4Interface(found.cidr).network


class Scene:
    """One moment of a host."""

    def __init__(self, stack: Stack, state: State, folder: str) -> None:
        self.stack, self.state, self.folder = stack, state, folder
        self.survey = Survey(stack)
        self._firewalls: dict[str, Firewall] = {}

    @cached_property
    def boxes(self) -> list[Box]:
        """Every container that stands on a bridge, then other namespaces with a cable."""
        found = [self._box(key) for key in self.survey.spaces() if key and ":" not in key]
        wired = [box for box in found if box.wires and box.label != OUTSIDE]
        return sorted(wired, key=lambda box: (not any(w.bridge for w in box.wires), box.label))

    @cached_property
    def nets(self) -> list[Net]:
        """Every bridge with a wire to a container."""
        labels = {s.device: s.name for s in self._segments()}
        found: dict[tuple[str, int], list[Wire]] = {}
        for box in self.boxes:
            for wire in box.wires:
                if wire.bridge:
                    found.setdefault((wire.bridge.space, wire.bridge.index), []).append(wire)
        nets = []
        for wires in found.values():
            bridge = wires[0].bridge
            assert bridge is not None
            label = bridge.name if bridge.space else labels.get(bridge.name, bridge.name)
            owner = self._owner_of(bridge.name) if not bridge.space else ""
            nets.append(Net(label, bridge, tuple(wires), self._first(bridge), owner))
        return sorted(nets, key=lambda net: net.label)

    @cached_property
    def ports(self) -> list[Published]:
        """Every published port of the hosts of the networks."""
        spaces = dict.fromkeys(["", *(net.bridge.space for net in self.nets)])
        return [each for space in spaces for each in published(self.firewall(space))]

    def firewall(self, space: str) -> Firewall:
        """What nftables has in a namespace."""
        if space not in self._firewalls:
            nft = self.stack.nft(space)
            self._firewalls[space] = Firewall(space, nft, self.survey.ruleset(space))
        return self._firewalls[space]

    def box(self, text: str) -> Box:
        """The container or namespace called `text`. Raises `NotFound`."""
        for box in self.boxes:
            if text in (box.label, box.space):
                return box
        for box in self.boxes:  # one stack, several names: who shares it may come first
            if text in self.survey.spaces()[box.space].names:
                return replace(box, label=text)
        served = self._serving(text)
        if len(served) == 1:
            return served[0]
        if text in self.survey.spaces():
            raise Unfit(f"{text} has no cable", f"ip -n {text} link")
        raise self._unknown("container", text, [box.label for box in self.boxes])

    def net(self, text: str) -> Net:
        """The network called so, by its name or its bridge. Raises `NotFound`."""
        for net in self.nets:
            if text in (net.label, net.bridge.name):
                return net
        raise self._unknown("network", text, [net.label for net in self.nets])

    def port(self, text: str) -> Published:
        """The published port, as ``8080`` or ``53/udp``. Raises `NotFound`."""
        for port in self.ports:
            if text in (port.label, str(port.number), f"{port.number}/{port.protocol}"):
                return port
        raise self._unknown("published port", text, [port.label for port in self.ports])

    def owner(self, address: str, near: Net | None = None) -> tuple[Box, Wire]:
        """The container that has an address. Raises `Unfit`."""
        for box in self.boxes:
            for wire in box.wires:
                if any(a.ip == address for a in self.addresses(wire.device)):
                    return box, wire
        raise Unfit(f"no container has the address {address}")

    def addresses(self, one: Interface) -> list[IfAddress]:
        """The addresses of an interface that people gave it."""
        own = self.survey.addresses(one.space)
        return [a for a in own if a.device == one.name and a.scope != "link"]

    def routes(self, one: Interface) -> list[Route]:
        """The routes of the main table over an interface."""
        own = self.survey.routes(one.space)
        return [r for r in own if r.device == one.name and r.table == _MAIN and r.family == 2]

    def default(self, space: str) -> Route | None:
        """The IPv4 default route."""
        own = self.survey.routes(space)
        found = [
            r for r in own if r.destination == "default" and r.family == 2 and r.table == _MAIN
        ]
        return min(found, key=lambda route: route.metric, default=None)

    def remember(self, one: Interface) -> Remember:
        """What an interface has, to be put back."""
        was = belongings.read(self.stack.channel(one.space), one.index)
        given = (("address", "add", a.cidr, "dev", one.name) for a in self.addresses(one))
        routes = (
            ("route", "add", r.destination, *(("via", r.via) if r.via else ()), "dev", one.name)
            for r in self.routes(one)
            if r.via or r.scope != "link"
        )
        return Remember(one.space, one.name, one.index, was, (*given, *routes))

    def unused(self, network: IPv4Network) -> str:
        """An address of a network that nobody has. Raises `Unfit`."""
        taken = {a.ip for key in self.survey.spaces() for a in self.survey.addresses(key)}
        last = int(network.broadcast_address)
        for number in range(last - 1, max(int(network.network_address), last - 1000), -1):
            text = str(ip_address(number))
            if text not in taken:
                return text
        raise Unfit(f"every address of {network} is taken")

    def topology_of(self, space: str) -> str:
        """The topology of a container, "" for what nsnet did not make."""
        for name, record in self.state.records.items():
            if record.layout.topology.container(space):
                return name
        return ""

    def forget(self, net: Net, *addresses: str) -> list[FaultStep]:
        """The steps by which everybody on a network forgets who has these addresses."""
        stacks = [net.bridge, *(wire.device for wire in net.wires)]
        return [ForgetNeighbour(x.space, x.name, each) for each in addresses for x in stacks]

    def net_of(self, wire: Wire) -> Net:
        """The network that a wire leads to. Raises `Unfit`."""
        for net in self.nets:
            if wire.bridge == net.bridge:
                return net
        raise Unfit(f"{wire.device.name} leads to no bridge")

    def _box(self, key: str) -> Box:
        wires = []
        for one in self.survey.interfaces(key).values():
            if one.kind != "veth":
                continue
            far = self.survey.other_end(one)
            bridge = self.survey.interface_at(far.space, far.master) if far and far.master else None
            wires.append(Wire(one, far, bridge, self._first(one)))
        default = self.default(key)
        if default:
            wires.sort(key=lambda wire: wire.device.name != default.device)
        return Box(key, key, tuple(wires), self.topology_of(key))

    def _first(self, one: Interface) -> IfAddress | None:
        return next((a for a in self.addresses(one) if ":" not in a.ip), None)

    def _segments(self) -> list[Segment]:
        return [s for r in self.state.records.values() for s in r.layout.segments]

    def _owner_of(self, bridge: str) -> str:
        for name, record in self.state.records.items():
            if any(s.device == bridge for s in record.layout.segments):
                return name
        return ""

    def _serving(self, service: str) -> list[Box]:
        """The containers of a service of a compose file."""
        every = (c for r in self.state.records.values() for c in r.layout.topology.containers)
        names = {each.name for each in every if each.service == service}
        return [box for box in self.boxes if box.label in names]

    def _unknown(self, what: str, text: str, known: list[str]) -> NotFound:
        there = f"there are {', '.join(known[:12])}" if known else "there is none at all"
        return NotFound(f"there is no {what} {text}", there)
