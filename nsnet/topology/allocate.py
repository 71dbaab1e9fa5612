"""From a topology to its layout: every open choice is made here, the same way each time.

What was chosen before is kept: with the previous layout at hand, a container keeps its
address, names and indexes as long as it wants nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from . import lan
from .addresses import Addresses
from .ipam import mac_from_ip, mac_from_text
from .layout import Endpoint, Layout, Segment
from .model import Attachment, Container, Topology, TopologyError
from .naming import MAX_NAME, device_problem, slot_of, veth_device
from .publish import Bindings, wished
from .segments import Segments
from .taken import Indexes, Taken

_PREFIX = "com.docker.network.container_iface_prefix"
#: An option of an attachment: the sandbox has a default route already (a foreign namespace).
NO_DEFAULT_ROUTE = "nsnet.no-default-route"

_FIRST_INNER_INDEX = 10  # below lie the tunnel devices that some kernels put into every namespace


def allocate(topology: Topology, taken: Taken, previous: Layout | None = None) -> Layout:
    """The layout of `topology` on a host where `taken` is in use.

    Raises `TopologyError` with every problem found.
    """
    return _Allocation(topology, taken, previous).run()


class _Allocation:
    def __init__(self, topology: Topology, taken: Taken, previous: Layout | None) -> None:
        self.topology, self.taken, self.previous = topology, taken, previous
        self.problems: list[str] = []
        self.indexes = Indexes(taken, previous)
        self.devices = {e.host_device for other in taken.others for e in other.endpoints}
        running = [c for c in topology.containers if not c.stopped]
        wanted = {(c.name, a.network) for c in running for a in c.attachments}
        old = previous.endpoints if previous else ()
        self.old = {key: e for e in old if (key := (e.container, e.network)) in wanted}
        self.devices |= {e.host_device for e in self.old.values()}

    def run(self) -> Layout:
        """Networks first, then addresses and endpoints in order, then ports."""
        self._check_names()
        slot = self._slot()
        segments = Segments(self.topology.name, slot, self.taken, self.previous, self.indexes)
        for network in self.topology.networks:
            self._try(segments.add, network)
        self._stop_on_problems()
        self.segments = segments.made
        self.addresses = Addresses(self.topology, self.segments, self.taken, self.previous)
        self.problems += self.addresses.problems
        self._stop_on_problems()
        endpoints: list[Endpoint] = []
        for container in self.topology.containers:
            self._try(self._endpoints, container, endpoints)
        made = tuple(self.segments[n.name] for n in self.topology.networks)
        self.problems += lan.crowded(made, endpoints, self.taken)
        self._stop_on_problems()
        bindings = self._bindings(endpoints)
        self._stop_on_problems()
        bindings.notes += lan.notes(self.topology.name, made)
        return Layout(self.topology, slot, made, tuple(endpoints), *bindings.as_tuples())

    def _try(self, action: Callable[..., None], *args: object) -> None:
        try:
            action(*args)
        except TopologyError as error:
            self.problems += error.problems

    def _stop_on_problems(self) -> None:
        if self.problems:
            raise TopologyError(*self.problems)

    def _check_names(self) -> None:
        ours = {c.name for c in self.topology.containers}
        known = ours | {c.name for o in self.taken.others for c in o.topology.containers}
        for one in self.topology.containers:
            self._check_length(one.name)
            if one.share and one.share not in known and not (one.stopped or one.adrift):
                self.problems.append(
                    f"container {one.name}: shares the network of {one.share}, and no container "
                    "of that name is here or up: bring it up first"
                )
        for other in self.taken.others:
            for container in other.topology.containers:
                if container.name in ours:
                    self.problems.append(
                        f"container {container.name}: topology {other.name} has one of that name: "
                        "give it another container_name, or take that topology down"
                    )
        self._stop_on_problems()

    def _check_length(self, name: str) -> None:
        size = len(name.encode())
        if size > MAX_NAME:
            self.problems.append(f"container {name}: {size} bytes long, at most {MAX_NAME} can be")

    def _slot(self) -> int:
        if self.previous:
            return self.previous.slot
        used = {other.slot for other in self.taken.others}
        used |= {slot_of(segment.group) for segment in self.taken.segments()}
        return next(slot for slot in range(1, 1 << 16) if slot not in used)

    def _endpoints(self, container: Container, endpoints: list[Endpoint]) -> None:
        if container.stopped or container.mode not in ("bridge", "namespace"):
            return
        way_out = self._way_out(container)
        counts: dict[str, int] = {}
        indexes = _inner_indexes(container, self.old)
        for number, wish in enumerate(container.attachments):
            segment = self.segments.get(wish.network)
            if segment is None:
                raise TopologyError(f"{container.name}: network {wish.network} is not declared")
            prefix = dict(segment.options).get(_PREFIX) or "eth"
            device = wish.device or f"{prefix}{counts.setdefault(prefix, 0)}"
            counts[prefix] = counts.get(prefix, 0) + 1
            problem = device_problem(device)
            if problem:
                raise TopologyError(f"{container.name}: interface {device!r}: {problem}")
            out = wish.network == way_out
            inner = indexes[wish.network]
            endpoints.append(self._plug(container, number, wish, segment, device, inner, out))

    def _plug(
        self,
        container: Container,
        number: int,
        wish: Attachment,
        segment: Segment,
        device: str,
        inner: int,
        out: bool,
    ) -> Endpoint:
        name, network = container.name, segment.name
        ipv4 = self.addresses.of(name, network, 4)
        ipv6 = self.addresses.of(name, network, 6)
        old = self.old.get((name, network))
        host_device = self._host_device(name, number, old)
        self.devices.add(host_device)
        index = old.host_index if old and self.indexes.keep(old.host_index) else self.indexes.next()
        text = name + network
        return Endpoint(
            name,
            network,
            device,
            host_device,
            lan.mac(wish.mac, mac_from_ip(ipv4) if ipv4 else mac_from_text(text), name, segment),
            mac_from_ip(ipv4, "06:42") if ipv4 else mac_from_text(text, "06:42"),
            inner if segment.bridged else index,
            index,
            ipv4,
            ipv6,
            route=out,
            hairpin=out and bool(wished(container)),
        )

    def _host_device(self, container: str, number: int, old: Endpoint | None) -> str:
        if old:
            return old.host_device
        return veth_device(container, number, self.topology.name, self.devices)

    def _way_out(self, container: Container) -> str:
        """The network of the default route: a higher gw_priority, else the smallest name;
        an internal one only where there is no other (Docker's rule)."""
        wishes = [a for a in container.attachments if a.network in self.segments]
        wishes = [a for a in wishes if (NO_DEFAULT_ROUTE, "") not in a.options]
        open_ones = [a for a in wishes if not self.segments[a.network].internal]
        best = sorted(open_ones or wishes, key=lambda a: (-a.gw_priority, a.network))
        return best[0].network if best else ""

    def _bindings(self, endpoints: list[Endpoint]) -> Bindings:
        bindings = Bindings(self.taken, self.previous, self.segments.values())
        exits = {e.container: e for e in endpoints if e.route}
        for container in self.topology.containers:
            endpoint = exits.get(container.name)
            net = self.segments[endpoint.network] if endpoint else None
            if net is None or net.internal or not net.bridged:
                bindings.notes += lan.unpublished(container, net)
                continue
            for port in wished(container):
                self._try(bindings.add, endpoint, net, port)
        return bindings


def _inner_indexes(container: Container, old: dict[tuple[str, str], Endpoint]) -> dict[str, int]:
    """The interface indexes inside a container, by network: those that are there stay."""
    kept = {
        a.network: e.index
        for a in container.attachments
        if (e := old.get((container.name, a.network)))
    }
    free = (n for n in count(_FIRST_INNER_INDEX) if n not in kept.values())
    return {a.network: kept.get(a.network) or next(free) for a in container.attachments}
