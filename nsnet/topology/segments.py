"""Laying out networks: bridge, subnet, MTU and options of each."""

from __future__ import annotations

from .ipam import (
    DEFAULT_BRIDGE,
    Net,
    choose_subnet,
    mac_from_ip,
    mac_from_text,
    parse_net,
    span,
    unique_local,
)
from .layout import Layout, Segment, Span
from .model import DEFAULT_NETWORK, Network, Pool, TopologyError
from .naming import DEFAULT_DEVICE, bridge_device, device_problem, group
from .taken import Indexes, Taken, subnets_of

_BRIDGE = "com.docker.network.bridge."
_MTU = "com.docker.network.driver.mtu"
_TUNNEL = 50  # bytes that VXLAN adds to a packet (RFC 7348)


class Segments:
    """Lays out the networks of one topology, one after the other."""

    def __init__(
        self, name: str, slot: int, taken: Taken, previous: Layout | None, indexes: Indexes
    ) -> None:
        self._name, self._slot = name, slot
        self._taken, self._previous, self._indexes = taken, previous, indexes
        self.made: dict[str, Segment] = {}

    def add(self, network: Network) -> None:
        """Lay out `network`, or find it where it is. Raises `TopologyError`."""
        self.made[network.name] = self._existing(network) or self._new(network)

    def _existing(self, network: Network) -> Segment | None:
        previous = self._previous.segment(network.name) if self._previous else None
        if previous and self._previous and network in self._previous.topology.networks:
            self._indexes.keep(previous.index)
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
            host_ip=network.option(_BRIDGE + "host_binding_ipv4"),
            options=network.options,
        )

    def _device(self, network: Network) -> str:
        """The bridge, or the host's interface that the network is on."""
        lan = network.driver in ("macvlan", "ipvlan")
        device = network.option("parent") if lan else network.option(_BRIDGE + "name")
        if lan and not device:
            raise TopologyError(
                f"network {network.name}: driver {network.driver} needs the host's interface to "
                "put containers on: driver_opts: {parent: eth0}"
            )
        used = {s.device for s in (*self._taken.segments(), *self.made.values())}
        if not device:
            shared = network.name == DEFAULT_NETWORK
            device = DEFAULT_DEVICE if shared else bridge_device(network.name, network.key, used)
        problem = device_problem(device)
        if problem:
            kind = "parent" if lan else "bridge name"
            raise TopologyError(f"network {network.name}: {kind} {device!r}: {problem}")
        if device in used and not lan:
            raise TopologyError(
                f"network {network.name}: bridge name {device}: another network uses it: "
                "choose another"
            )
        return device

    def _mtu(self, network: Network) -> int:
        text = network.option(_MTU)
        if not text:
            return self._taken.mtu - (_TUNNEL if network.driver == "overlay" else 0)
        if not text.isdigit() or not 68 <= int(text) <= 65535:
            raise TopologyError(f"network {network.name}: mtu {text!r}: not between 68 and 65535")
        return int(text)

    def _spans(
        self, network: Network, shared: bool, old: Segment | None
    ) -> tuple[Span | None, Span | None]:
        pools = {parse_net(p.subnet).version: p for p in network.pools if p.subnet}
        for pool in pools.values():
            self._check_overlap(network, pool)
        v4, v6 = pools.get(4), pools.get(6)
        if v4 is None:
            used = [*self._taken.nets, *self._nets()]
            before = old.v4.subnet if old and old.v4 else ""
            chosen = choose_subnet(used, before or (DEFAULT_BRIDGE if shared else ""))
            extra = next((p for p in network.pools if not p.subnet), Pool())
            v4 = Pool(str(chosen), extra.gateway, extra.ip_range, extra.aux_addresses)
        if v6 is None and network.enable_ipv6:
            v6 = Pool(str(unique_local(network.name)))
        return span(v4), span(v6) if v6 else None

    def _nets(self) -> list[Net]:
        return [*subnets_of(self._taken.segments()), *subnets_of(self.made.values())]

    def _check_overlap(self, network: Network, pool: Pool) -> None:
        net = parse_net(pool.subnet or "")
        for used in self._nets():
            if used.version == net.version and net.overlaps(used):
                raise TopologyError(
                    f"network {network.name}: subnet {net} overlaps {used} of another network: "
                    "choose another"
                )
        if network.driver in ("macvlan", "ipvlan"):
            return  # the host's own subnet is just where such a network is
        for cidr, device in self._taken.own:
            used = parse_net(cidr)
            if used.version == net.version and net.overlaps(used):
                raise TopologyError(
                    f"network {network.name}: subnet {net} overlaps {cidr}, the host's own address "
                    f"on {device}: choose another (see: ip address show dev {device})"
                )


def _truth(network: Network, option: str) -> bool:
    """A boolean option, true where it is not given; Docker reads it as Go's ParseBool does."""
    text = network.option(option, "true")
    if text.lower() in ("1", "t", "true"):
        return True
    if text.lower() in ("0", "f", "false"):
        return False
    raise TopologyError(f"network {network.name}: option {option}={text!r}: not true or false")
