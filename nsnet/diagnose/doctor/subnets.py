"""Subnets that two want: ours and those of a VPN, a LAN, or another program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from ...topology import config
from ...topology.ipam import Net, overlapping, parse_net
from ...topology.model import TopologyError
from .finding import BROKEN, OK, WARNING, Finding
from .machine import Machine


def check(machine: Machine) -> Iterator[Finding]:
    """Networks that are up, then what automatic networks are taken from."""
    clashes = list(_clashes(machine))
    yield from clashes
    if machine.bridges and not clashes:
        yield Finding(OK, "subnets", "no route of others leads into the networks that are up")
    with suppress(TopologyError):  # The settings' own check tells of it.
        yield _pools(machine)


def _clashes(machine: Machine) -> Iterator[Finding]:
    for segment in machine.bridges:
        for span in (segment.v4, segment.v6):
            ours = parse_net(span.subnet) if span else None
            for net, route in machine.foreign if ours else ():
                if ours and overlapping(ours, [net]):
                    yield _clash(segment.name, ours, net, route.device)


def _clash(network: str, ours: Net, net: Net, device: str) -> Finding:
    if net.prefixlen > ours.prefixlen:
        breaks = f"what is sent to {net} goes to {device} and not to the containers of {network}"
        level = BROKEN
    elif net == ours:
        level, breaks = BROKEN, f"one of the two hides the other: {network} or what is at {device}"
    else:
        level, breaks = WARNING, f"what is behind {device} at {ours} cannot be reached"
    return Finding(
        level,
        "subnet",
        f"network {network} has {ours}, and a route leads to {net} by {device}",
        breaks,
        (
            "give the network another subnet (ipam in the compose file, --subnet), or nsnet other "
            f"pools: default-address-pools in {config.PATH}",
            f"ip route get {ours.network_address + 2}",
        ),
    )


def _pools(machine: Machine) -> Finding:
    pools = config.load().address_pools()
    count = min(len(pools), 4096)
    others = [net for net, _ in machine.foreign]
    taken = sum(overlapping(pools[number], others) is not None for number in range(count))
    what = f"{count - taken} of {count} subnets for automatic networks are free of others' routes"
    if taken < count:
        return Finding(OK, "pools", what)
    names = ", ".join(sorted({route.device for _, route in machine.foreign}))
    return Finding(
        BROKEN,
        "pools",
        f"routes by {names} cover all {count} subnets for automatic networks",
        "no network can be made without a subnet of its own choice",
        (f"name free ones: default-address-pools in {config.PATH}",),
    )
