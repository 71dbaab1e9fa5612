"""Laying out networks: bridge, subnet, MTU and options of each."""

from __future__ import annotations

from ipaddress import ip_address

from ..value import replace
from .ipam import (
    Net,
    choose_subnet,
    mac_from_ip,
    mac_from_text,
    overlapping,
    parse_net,
    span,
    unique_local,
)
from .lan import is_lan, parent, shim
from .layout import Layout, Segment, Shim, Span
from .model import DEFAULT_NETWORK, Network, Pool, TopologyError
from .naming import DEFAULT_DEVICE, bridge_device, device_problem, group
from .taken import Indexes, Taken, subnets_of

_BRIDGE = "com.docker.network.bridge."
_HOST_IP = _BRIDGE + "host_binding_ipv4"
_MTU = "com.docker.network.driver.mtu"
_PREFIX = "com.docker.network.container_iface_prefix"
_TUNNEL = 50  # bytes that VXLAN adds to a packet (RFC 7348)
#: Bytes. The kernel's ETH_MIN_MTU and ETH_MAX_MTU; IPV6_MIN_MTU (RFC 8200, 5).
_LEAST_MTU, _MOST_MTU, _IPV6_MTU = 68, 65535, 1280


class Segments:
    """Lays out the networks of one topology, one after the other."""

    def __init__(
        self, name: str, slot: int, taken: Taken, previous: Layout | None, indexes: Indexes
    ) -> None:
        self._name, self._slot = name, slot
        self._taken, self._previous, self._indexes = taken, previous, indexes
        self._after = {4: taken.after, 6: ""}
        self.made: dict[str, Segment] = {}

    def add(self, network: Network) -> None:
        """Lay out `network`, or find it where it is. Raises `TopologyError`."""
        self.made[network.name] = self._existing(network) or self._new(network)

    def _existing(self, network: Network) -> Segment | None:
        previous = self._previous.segment(network.name) if self._previous else None
        same = self._previous is not None and network in self._previous.topology.networks
        # One that outlived the topology that made it belongs to those that were on it.
        inherited = previous is not None and network.external and previous.owner == self._name
        if previous and (same or inherited):
            for index in previous.indexes:
                self._indexes.keep(index)
            return previous
        for other in self._taken.others:
            segment = other.segment(network.name)
            if segment and (network.external or segment.owner in ("", self._name)):
                return segment
            if segment:
                raise TopologyError(
                    f"network {network.name}: topology {other.name} has one of that name: "
                    "choose another name, or declare it as external"
                )
        return None

    def _new(self, network: Network) -> Segment:
        if network.external and network.name != DEFAULT_NETWORK:
            raise TopologyError(
                f"network {network.name}: declared as external, but there is none: "
                "create it first, or leave `external` out"
            )
        shared = network.name == DEFAULT_NETWORK
        network = self._taken.declared(network)
        _check_prefix(network)
        device = self._device(network)
        old = self._previous.segment(network.name) if self._previous else None
        v4, v6 = self._spans(network, shared, old)
        kept = old is not None and self._indexes.keep(old.index)
        return Segment(
            name=network.name,
            driver=network.driver,
            device=device,
            mac=mac_from_ip(v4.gateway) if v4 else mac_from_text(network.name),
            mtu=self._mtu(network),
            group=group(0 if shared else self._slot),
            index=old.index if old and kept else self._indexes.next(),
            owner="" if shared else self._name,
            v4=v4,
            v6=v6,
            internal=network.internal,
            icc=_truth(network, _BRIDGE + "enable_icc"),
            masquerade=_truth(network, _BRIDGE + "enable_ip_masquerade"),
            host_ip=_host_ip(network),
            options=network.options,
            shim=self._shim(network, (v4, v6), old),
        )

    def _shim(
        self, network: Network, spans: tuple[Span | None, Span | None], old: Segment | None
    ) -> Shim | None:
        made = shim(network, spans, self._taken, 0) if is_lan(network.driver) else None
        if made is None:
            return None
        index = old.shim.index if old and old.shim else 0
        return replace(
            made, index=index if index and self._indexes.keep(index) else self._indexes.next()
        )

    def _device(self, network: Network) -> str:
        """The bridge, or the host's interface that the network is on."""
        others = (*self._taken.segments(), *self.made.values())
        if is_lan(network.driver):
            return parent(self._name, network, others)
        device = network.option(_BRIDGE + "name")
        used = {s.device for s in others}
        if not device:
            shared = network.name == DEFAULT_NETWORK
            device = DEFAULT_DEVICE if shared else bridge_device(network.name, network.key, used)
        problem = device_problem(device)
        if problem:
            raise TopologyError(f"network {network.name}: bridge name {device!r}: {problem}")
        own = {DEFAULT_DEVICE} if network.name != DEFAULT_NETWORK else set()
        if device in used | own:
            raise TopologyError(
                f"network {network.name}: bridge name {device}: another network uses it: "
                "choose another"
            )
        return device

    def _mtu(self, network: Network) -> int:
        text = network.option(_MTU)
        if not text or text == "0":
            if is_lan(network.driver):
                return 0
            return self._taken.mtu - (_TUNNEL if network.driver == "overlay" else 0)
        if not text.lstrip("+-").isdecimal() or not text.isascii():
            raise TopologyError(
                f"network {network.name}: failed to parse {_MTU} value: mtu {text!r}: not a number "
                "of bytes, like 1500"
            )
        least = _IPV6_MTU if network.enable_ipv6 else _LEAST_MTU
        if not least <= int(text) <= _MOST_MTU:
            why = "IPv6 needs 1280 (RFC 8200)" if network.enable_ipv6 else "the kernel's bounds"
            raise TopologyError(
                f"network {network.name}: invalid MTU number: mtu {text!r}: not between {least} "
                f"and {_MOST_MTU} bytes, {why}: choose another"
            )
        return int(text)

    def _spans(
        self, network: Network, shared: bool, old: Segment | None
    ) -> tuple[Span | None, Span | None]:
        pools = self._pools(network)
        for pool in pools.values():
            self._check_overlap(network, pool)
        first = self._taken.config.default_subnet if shared else ""
        for version in (4, 6) if network.enable_ipv6 else (4,):
            if version not in pools:
                before = (old.v4 if version == 4 else old.v6) if old else None
                start = before.subnet if before else first if version == 4 else ""
                chosen = self._choose(network, version, start)
                extra = next((p for p in network.pools if not p.subnet and version == 4), Pool())
                pools[version] = replace(extra, subnet=chosen)
        try:
            return span(pools[4]), span(pools[6]) if 6 in pools else None
        except TopologyError as error:
            raise TopologyError(*(f"network {network.name}: {p}" for p in error.problems)) from None

    def _pools(self, network: Network) -> dict[int, Pool]:
        """The subnets asked for, by family. An IPv6 one is of no use without --ipv6 (Docker
        takes it all the same)."""
        pools: dict[int, Pool] = {}
        for pool in network.pools:
            version = parse_net(pool.subnet).version if pool.subnet else 0
            if version in pools:
                raise TopologyError(
                    f"network {network.name}: {network.driver} driver doesn't support multiple "
                    f"subnets: {pools[version].subnet} and {pool.subnet} are both IPv{version}: "
                    "keep one, and create another network for the other"
                )
            if version == 4 or (version == 6 and network.enable_ipv6):
                pools[version] = pool
        return pools

    def _choose(self, network: Network, version: int, first: str) -> str:
        """An automatic subnet: the next of Docker's pools, or of the configured ones. IPv6 has
        none by itself: then one that belongs to the network's name (as in Docker 27)."""
        pools = self._taken.config.address_pools(version)
        if not len(pools):
            return str(unique_local(network.name))
        used = [*self._taken.avoided(), *(net for net, _ in self._nets())]
        if network.name != DEFAULT_NETWORK:
            used.append(parse_net(self._taken.config.default_subnet))
        chosen = str(choose_subnet(used, self._after[version], first, pools))
        if chosen != first:
            self._after[version] = chosen
        return chosen

    def _nets(self) -> list[tuple[Net, str]]:
        """The subnets of all other networks, with their names."""
        segments = (*self._taken.segments(), *self.made.values())
        return [(net, each.name) for each in segments for net in subnets_of([each])]

    def _check_overlap(self, network: Network, pool: Pool) -> None:
        net = parse_net(pool.subnet or "")
        for used, name in (*self._nets(), *self._reserved(network)):
            if overlapping(net, (used,)):
                raise TopologyError(
                    f"network {network.name}: Pool overlaps with other one on this address space: "
                    f"subnet {net} overlaps {used} of network {name}: choose another"
                )
        if is_lan(network.driver):
            return  # the host's own subnet is just where such a network is
        for cidr, device in self._taken.own:
            if overlapping(net, (parse_net(cidr),)):
                raise TopologyError(
                    f"network {network.name}: subnet {net} overlaps {cidr}, the host's own address "
                    f"on {device}: choose another (see: ip address show dev {device})"
                )

    def _reserved(self, network: Network) -> list[tuple[Net, str]]:
        """The default bridge's subnet is its own, be it there or not, unless the host has taken
        it already."""
        own = parse_net(self._taken.config.default_subnet)
        if network.name == DEFAULT_NETWORK or overlapping(own, self._taken.avoided()):
            return []
        return [(own, DEFAULT_NETWORK)]


def _truth(network: Network, option: str) -> bool:
    """A boolean option, true where it is not given; Docker reads it as Go's ParseBool does."""
    text = network.option(option, "true")
    if text in ("1", "t", "T", "true", "TRUE", "True"):
        return True
    if text in ("0", "f", "F", "false", "FALSE", "False"):
        return False
    raise TopologyError(
        f"network {network.name}: failed to parse {option} value: {text!r}: not true or false"
    )


def _host_ip(network: Network) -> str:
    """The address of the host that ports are published on; "" for all of them."""
    text = network.option(_HOST_IP)
    if not text and _HOST_IP not in dict(network.options):
        return ""
    try:
        return str(ip_address(text))
    except ValueError:
        raise TopologyError(
            f"network {network.name}: failed to parse {_HOST_IP} value: {text!r}: not an IP "
            "address, like 127.0.0.1"
        ) from None


def _check_prefix(network: Network) -> None:
    """Interfaces inside are called so, and a number (Docker finds out when one is made)."""
    text = network.option(_PREFIX)
    problem = device_problem(f"{text}0") if text else ""
    if problem:
        raise TopologyError(f"network {network.name}: {_PREFIX} {text!r}: {problem}")
