"""Giving out the addresses of a topology's networks."""

from __future__ import annotations

from ipaddress import ip_address

from .ipam import Subnet, parse_net
from .lan import reserved
from .layout import Endpoint, Layout, Segment
from .model import Network, Pool, Topology, TopologyError
from .taken import Taken


class Addresses:
    """The subnets of the networks in `segments`, and who has which address in them.

    What is asked for by name is claimed first, then what was held before: a free choice must
    not take it away. Where a single command is at work (`Taken.keeping`), those who run keep
    what they have, and asking for it fails. `problems` are the claims that failed.
    """

    def __init__(
        self,
        topology: Topology,
        segments: dict[str, Segment],
        taken: Taken,
        previous: Layout | None,
    ) -> None:
        self._topology = topology
        self._subnets: dict[tuple[str, int], Subnet] = {}
        self._held: dict[tuple[str, str, int], str] = {}
        self.problems: list[str] = []
        for network in topology.networks:
            self._open(network, segments[network.name], taken)
        held = previous.endpoints if previous else ()
        for old in held if taken.keeping else ():
            self._claim_old(old)
        self._claim_wishes()
        for old in held:
            self._claim_old(old)

    def _open(self, network: Network, segment: Segment, taken: Taken) -> None:
        used = taken.addresses(network.name)
        declared = taken.declared(network)
        for version, span in ((4, segment.v4), (6, segment.v6)):
            if span:
                given = _given(declared, version)
                kept = (*given.aux_addresses, *reserved(declared, version))
                pool = Pool(span.subnet, span.gateway, given.ip_range, kept)
                ours = [text for text in used if (":" in text) == (version == 6)]
                self._subnets[network.name, version] = Subnet(pool, ours)

    def _claim_wishes(self) -> None:
        for container in self._topology.containers:
            for wish in container.attachments if not container.stopped else ():
                for version, address in ((4, wish.ipv4), (6, wish.ipv6)):
                    if address and (container.name, wish.network, version) not in self._held:
                        try:
                            self._claim(container.name, wish.network, version, address)
                        except TopologyError as error:
                            self.problems += error.problems

    def _claim_old(self, old: Endpoint) -> None:
        container = self._topology.container(old.container)
        there = container.attachments if container and not container.stopped else ()
        wish = next((a for a in there if a.network == old.network), None)
        for version, address in ((4, old.ipv4), (6, old.ipv6)):
            key = (old.container, old.network, version)
            if wish is None or not address or key in self._held:
                continue
            asked = wish.ipv4 if version == 4 else wish.ipv6
            if not asked or str(ip_address(asked)) == address:
                try:
                    self._claim(*key, address)
                except TopologyError:
                    continue

    def _claim(self, container: str, network: str, version: int, address: str) -> None:
        subnet = self._subnets.get((network, version))
        if subnet is None:
            raise TopologyError(f"{container}: network {network} has no IPv{version} subnet")
        text = str(ip_address(address))
        self._held[container, network, version] = subnet.claim(text, container)

    def of(self, container: str, network: str, version: int) -> str:
        """The address of a container on a network; "" where the network has no such family."""
        held = self._held.get((container, network, version))
        subnet = self._subnets.get((network, version))
        if held or subnet is None:
            return held or ""
        return subnet.next(container, network)


def _given(network: Network, version: int) -> Pool:
    """What the user said of a family, be it without a subnet."""
    for pool in network.pools:
        if pool.subnet and parse_net(pool.subnet).version == version:
            return pool
    return next((p for p in network.pools if not p.subnet and version == 4), Pool())
