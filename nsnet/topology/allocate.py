"""From a topology to its layout: every open choice is made here, the same way each time.

What was chosen before is kept: with the previous layout at hand, a container keeps its
address, names and indexes as long as it wants nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

from .ipam import (
    DEFAULT_BRIDGE,
    Net,
    Subnet,
    choose_subnet,
    mac_from_ip,
    mac_from_text,
    parse_net,
    unique_local,
)
from .layout import Binding, Endpoint, Layout, Segment, Span
from .model import (
    DEFAULT_NETWORK,
    Attachment,
    Container,
    Network,
    Pool,
    Port,
    Topology,
    TopologyError,
)
from .naming import bridge_device, device_problem, group, veth_device

_BRIDGE = "com.docker.network.bridge."
_MTU = "com.docker.network.driver.mtu"
_PREFIX = "com.docker.network.container_iface_prefix"
_TUNNEL = 50  # bytes that VXLAN adds to a packet (RFC 7348)
_FIRST_INDEX = 1000
_FIRST_INNER_INDEX = 10  # below lie the tunnel devices that some kernels put into every namespace
_FIRST_RANDOM_PORT = 32768


@dataclass(slots=True)
class Taken:
    """What is in use on a host already: by other topologies, and by whatever else is there.

    `nets` are subnets of host routes and addresses, `devices` host interface names that are
    not nsnet's, `port_free` tells whether the host itself listens on a port.
    """

    others: Sequence[Layout] = ()
    nets: Sequence[Net] = ()
    indexes: Iterable[int] = ()
    mtu: int = 1500
    port_free: Callable[[str, str, int], bool] = lambda protocol, ip, port: True


def allocate(topology: Topology, taken: Taken, previous: Layout | None = None) -> Layout:
    """The layout of `topology` on a host where `taken` is in use.

    Raises `TopologyError` with every problem found.
    """
    return _Allocation(topology, taken, previous).run()


@dataclass(slots=True)
class _Allocation:
    topology: Topology
    taken: Taken
    previous: Layout | None
    problems: list[str] = field(default_factory=list)
    segments: dict[str, Segment] = field(default_factory=dict)
    subnets: dict[tuple[str, int], Subnet] = field(default_factory=dict)
    indexes: set[int] = field(default_factory=set)
    devices: set[str] = field(default_factory=set)
    static: dict[tuple[str, str, int], str] = field(default_factory=dict)
    next_index: int = _FIRST_INDEX

    def run(self) -> Layout:
        """Networks first, then fixed addresses, then the rest in order, then ports."""
        self._note_taken()
        slot = self._slot()
        for network in self.topology.networks:
            self._try(self._segment, network, slot)
        self._stop_on_problems()
        self._open_subnets()
        self._claim_static()
        self._stop_on_problems()
        endpoints: list[Endpoint] = []
        for container in self.topology.containers:
            self._try(self._endpoints, container, endpoints)
        self._stop_on_problems()
        bindings = self._bindings(endpoints)
        self._stop_on_problems()
        segments = tuple(self.segments[n.name] for n in self.topology.networks)
        return Layout(self.topology, slot, segments, tuple(endpoints), tuple(bindings))

    def _try(self, action: Callable[..., None], *args: object) -> None:
        try:
            action(*args)
        except TopologyError as error:
            self.problems += error.problems

    def _stop_on_problems(self) -> None:
        if self.problems:
            raise TopologyError(*self.problems)

    def _note_taken(self) -> None:
        ours = {c.name for c in self.topology.containers}
        for other in self.taken.others:
            self.indexes |= {s.index for s in other.segments}
            for endpoint in other.endpoints:
                self.indexes.add(endpoint.host_index)
                self.devices.add(endpoint.host_device)
            for container in other.topology.containers:
                if container.name in ours:
                    self.problems.append(
                        f"container {container.name}: topology {other.name} has one of that name: "
                        "give it another container_name, or another project name (-p)"
                    )
        self._stop_on_problems()

    def _slot(self) -> int:
        if self.previous:
            return self.previous.slot
        used = {other.slot for other in self.taken.others}
        return next(slot for slot in range(1, 1 << 16) if slot not in used)

    def _index(self) -> int:
        while self.next_index in self.indexes or self.next_index in self.taken.indexes:
            self.next_index += 1
        self.indexes.add(self.next_index)
        return self.next_index

    # --- networks

    def _segment(self, network: Network, slot: int) -> None:
        existing = self._existing(network)
        if existing:
            self.segments[network.name] = existing
            return
        if network.external and network.name != DEFAULT_NETWORK:
            raise TopologyError(
                f"network {network.name}: declared as external, but there is none: "
                f"create it first (nsnet network create {network.name})"
            )
        shared = network.name == DEFAULT_NETWORK
        device = self._device(network, shared)
        v4, v6 = self._spans(network, shared)
        self.segments[network.name] = Segment(
            name=network.name,
            driver=network.driver,
            device=device,
            mac=mac_from_ip(v4.gateway) if v4 else mac_from_text(network.name),
            mtu=self._mtu(network),
            group=group(0 if shared else slot),
            index=self._index(),
            owner="" if shared else self.topology.name,
            v4=v4,
            v6=v6,
            internal=network.internal,
            icc=_truth(network, _BRIDGE + "enable_icc"),
            masquerade=_truth(network, _BRIDGE + "enable_ip_masquerade"),
            host_ip=network.option(_BRIDGE + "host_binding_ipv4"),
            options=network.options,
        )

    def _existing(self, network: Network) -> Segment | None:
        previous = self.previous.segment(network.name) if self.previous else None
        if previous and self.previous and _same(network, self.previous.topology):
            self.indexes.add(previous.index)
            return previous
        for other in self.taken.others:
            segment = other.segment(network.name)
            if segment and (network.external or segment.owner in ("", self.topology.name)):
                return segment
            if segment:
                raise TopologyError(
                    f"network {network.name}: topology {other.name} has one of that name: "
                    "choose another name, or declare it as external"
                )
        return None

    def _device(self, network: Network, shared: bool) -> str:
        """The bridge, or the host's interface that the network is on."""
        lan = network.driver in ("macvlan", "ipvlan")
        device = network.option("parent") if lan else network.option(_BRIDGE + "name")
        if lan and not device:
            raise TopologyError(
                f"network {network.name}: driver {network.driver} needs the host's interface to "
                "put containers on: driver_opts: {parent: eth0}"
            )
        device = device or bridge_device(network.name, shared)
        problem = device_problem(device)
        if problem:
            kind = "parent" if lan else "bridge name"
            raise TopologyError(f"network {network.name}: {kind} {device!r}: {problem}")
        if not lan:
            self._check_device(network, device)
        return device

    def _check_device(self, network: Network, device: str) -> None:
        layouts = self.taken.others
        used = [s for other in layouts for s in other.segments] + list(self.segments.values())
        for segment in used:
            if segment.device == device:
                raise TopologyError(
                    f"network {network.name}: bridge name {device}: network {segment.name} "
                    "uses it: choose another"
                )

    def _mtu(self, network: Network) -> int:
        text = network.option(_MTU)
        if not text:
            return self.taken.mtu - (_TUNNEL if network.driver == "overlay" else 0)
        if not text.isdigit() or not 68 <= int(text) <= 65535:
            raise TopologyError(f"network {network.name}: mtu {text!r}: not between 68 and 65535")
        return int(text)

    def _spans(self, network: Network, shared: bool) -> tuple[Span | None, Span | None]:
        pools = {parse_net(p.subnet).version: p for p in network.pools if p.subnet}
        v4 = pools.get(4)
        if v4 is None:
            used = [*self.taken.nets, *self._nets()]
            chosen = choose_subnet(used, DEFAULT_BRIDGE if shared else "")
            extra = next((p for p in network.pools if not p.subnet), Pool())
            v4 = Pool(str(chosen), extra.gateway, extra.ip_range, extra.aux_addresses)
        else:
            self._check_overlap(network, v4)
        v6 = pools.get(6)
        if v6 is None and network.enable_ipv6:
            v6 = Pool(str(unique_local(network.name)))
        elif v6 is not None:
            self._check_overlap(network, v6)
        return _span(v4), _span(v6) if v6 else None

    def _nets(self) -> list[Net]:
        layouts = self.taken.others
        all_segments = [s for other in layouts for s in other.segments]
        spans = [
            span
            for s in [*all_segments, *self.segments.values()]
            for span in (s.v4, s.v6)
            if span
        ]
        return [parse_net(span.subnet) for span in spans]

    def _check_overlap(self, network: Network, pool: Pool) -> None:
        net = parse_net(pool.subnet or "")
        for used in self._nets():
            if used.version == net.version and net.overlaps(used):  # type: ignore[arg-type]
                raise TopologyError(
                    f"network {network.name}: subnet {net} overlaps {used} of another network: "
                    "choose another"
                )

    # --- addresses

    def _pool(self, name: str, version: int) -> Pool:
        network = next(n for n in self.topology.networks if n.name == name)
        span = self.segments[name].v4 if version == 4 else self.segments[name].v6
        given = next(
            (p for p in network.pools if p.subnet and parse_net(p.subnet).version == version),
            next((p for p in network.pools if not p.subnet and version == 4), Pool()),
        )
        assert span is not None
        return Pool(span.subnet, span.gateway, given.ip_range, given.aux_addresses)

    def _open_subnets(self) -> None:
        for name, segment in self.segments.items():
            for version, span in ((4, segment.v4), (6, segment.v6)):
                if span is None:
                    continue
                used = [
                    e.ipv4 if version == 4 else e.ipv6
                    for other in self.taken.others
                    for e in other.endpoints
                    if e.network == name
                ]
                pool = self._pool(name, version)
                self.subnets[name, version] = Subnet(pool, [each for each in used if each])

    def _claim_static(self) -> None:
        """Addresses asked for by name first, then those held from before: what is chosen
        freely must not take them away."""
        for container in self.topology.containers:
            for wish in container.attachments:
                for version, address in ((4, wish.ipv4), (6, wish.ipv6)):
                    if address:
                        self._try(self._claim, container.name, wish.network, version, address)
        for old in self.previous.endpoints if self.previous else ():
            for version, address in ((4, old.ipv4), (6, old.ipv6)):
                key = (old.container, old.network, version)
                if address and key not in self.static and self._wants(old):
                    try:
                        self._claim(old.container, old.network, version, address)
                    except TopologyError:
                        continue

    def _wants(self, old: Endpoint) -> bool:
        container = self.topology.container(old.container)
        return container is not None and any(
            a.network == old.network for a in container.attachments
        )

    def _claim(self, container: str, network: str, version: int, address: str) -> None:
        subnet = self.subnets.get((network, version))
        if subnet is None:
            raise TopologyError(f"{container}: network {network} has no IPv{version} subnet")
        text = str(ip_address(address))
        self.static[container, network, version] = subnet.claim(text, container)

    def _address(self, container: str, network: str, version: int) -> str:
        held = self.static.get((container, network, version))
        subnet = self.subnets.get((network, version))
        if held or subnet is None:
            return held or ""
        return subnet.next(container)

    # --- endpoints

    def _endpoints(self, container: Container, endpoints: list[Endpoint]) -> None:
        if container.mode != "bridge":
            return
        way_out = self._way_out(container)
        counts: dict[str, int] = {}
        for number, wish in enumerate(container.attachments):
            segment = self.segments.get(wish.network)
            if segment is None:
                raise TopologyError(f"{container.name}: network {wish.network} is not declared")
            prefix = dict(segment.options).get(_PREFIX) or "eth"
            device = f"{prefix}{counts.setdefault(prefix, 0)}"
            counts[prefix] += 1
            problem = device_problem(device)
            if problem:
                raise TopologyError(f"{container.name}: interface {device!r}: {problem}")
            plug = self._plug(container, number, wish, segment, device)
            endpoints.append(
                Endpoint(
                    *plug,
                    route=wish.network == way_out,
                    hairpin=wish.network == way_out and bool(container.ports),
                )
            )

    def _plug(
        self, container: Container, number: int, wish: Attachment, segment: Segment, device: str
    ) -> tuple[str, str, str, str, str, str, int, int, str, str]:
        name, network = container.name, segment.name
        ipv4 = self._address(name, network, 4)
        ipv6 = self._address(name, network, 6)
        old = self._old(name, network)
        host_device = old.host_device if old else veth_device(name, number, self.devices)
        self.devices.add(host_device)
        index = old.host_index if old and old.host_index not in self.indexes else self._index()
        self.indexes.add(index)
        mac = wish.mac or (mac_from_ip(ipv4) if ipv4 else mac_from_text(name + network))
        host_mac = mac_from_ip(ipv4, "06:42") if ipv4 else mac_from_text(name + network, "06:42")
        inner = _FIRST_INNER_INDEX + number if segment.bridged else index
        return name, network, device, host_device, mac, host_mac, inner, index, ipv4, ipv6

    def _old(self, container: str, network: str) -> Endpoint | None:
        for old in self.previous.endpoints if self.previous else ():
            if (old.container, old.network) == (container, network):
                return old
        return None

    def _way_out(self, container: Container) -> str:
        """The network of the default route: a higher gw_priority, else the smallest name;
        an internal one only where there is no other (Docker's rule)."""
        wishes = [a for a in container.attachments if a.network in self.segments]
        open_ones = [a for a in wishes if not self.segments[a.network].internal]
        best = sorted(open_ones or wishes, key=lambda a: (-a.gw_priority, a.network))
        return best[0].network if best else ""

    # --- ports

    def _bindings(self, endpoints: list[Endpoint]) -> list[Binding]:
        others = [b for other in self.taken.others for b in other.bindings]
        found: list[Binding] = []
        exits = {e.container: e for e in endpoints if e.route}
        for container in self.topology.containers:
            endpoint = exits.get(container.name)
            net = self.segments[endpoint.network] if endpoint else None
            if endpoint is None or net is None or net.internal or not net.bridged:
                continue
            for port in container.ports:
                self._try(self._bind, endpoint, port, others, found)
        return found

    def _bind(
        self, endpoint: Endpoint, port: Port, others: list[Binding], found: list[Binding]
    ) -> None:
        host_ip = port.host_ip or self.segments[endpoint.network].host_ip or "0.0.0.0"
        clash: Binding | None = None
        for number in self._candidates(endpoint, port):
            binding = Binding(
                port.protocol,
                host_ip,
                number,
                endpoint.container,
                endpoint.network,
                endpoint.ipv6 if ":" in host_ip and endpoint.ipv6 else endpoint.ipv4,
                port.container_port,
            )
            clash = next((b for b in (*others, *found) if b.clashes(binding)), None)
            free = port.host_port and not port.host_port_end
            if clash is None and (free or self.taken.port_free(port.protocol, host_ip, number)):
                found.append(binding)
                return
        user = f"by {clash.container}" if clash else "by a program on the host"
        raise TopologyError(
            f"{endpoint.container}: port {host_ip}:{port.host_port or 'any'}/{port.protocol} "
            f"is already allocated {user}: publish on another host port"
        )

    def _candidates(self, endpoint: Endpoint, port: Port) -> Iterable[int]:
        if port.host_port:
            return range(port.host_port, (port.host_port_end or port.host_port) + 1)
        for old in self.previous.bindings if self.previous else ():
            same = (old.container, old.port, old.protocol)
            if same == (endpoint.container, port.container_port, port.protocol):
                return (old.host_port, *range(_FIRST_RANDOM_PORT, 61000))
        return range(_FIRST_RANDOM_PORT, 61000)


def _span(pool: Pool) -> Span:
    subnet = Subnet(pool)
    return Span(str(subnet.net), subnet.gateway)


def _same(network: Network, before: Topology) -> bool:
    return network in before.networks


def _truth(network: Network, option: str) -> bool:
    """A boolean option, true where it is not given; Docker reads it as Go's ParseBool does."""
    text = network.option(option, "true")
    if text.lower() in ("1", "t", "true"):
        return True
    if text.lower() in ("0", "f", "false"):
        return False
    raise TopologyError(f"network {network.name}: option {option}={text!r}: not true or false")
