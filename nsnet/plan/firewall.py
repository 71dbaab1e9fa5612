"""The firewall as data: which tables, chains, maps and elements a host and a network need.

One table per address family. Base chains look the packet's interface up in a map and jump to
a chain of that network; published ports are elements of two maps. A packet's way:

    from outside:  nat-prerouting (publish) > filter-forward > to-NETWORK
    to outside:    filter-forward > from-NETWORK, then nat-postrouting > nat-from-NETWORK
    host itself:   nat-output (publish), then nat-postrouting > nat-to-NETWORK

Every rule counts, and says what it is for. Priorities are numbers, since nft knows the name
`dstnat` in the prerouting hook only (nft(8), "priority").
"""

from __future__ import annotations

from collections.abc import Iterator

from ..topology.layout import Binding, Segment
from .step import Step
from .steps.nft import TABLE, USER_CHAIN, AddChain, AddTable
from .steps.nft_map import AddElement, AddMap

_ADDRESS = {"ip": "ipv4_addr", "ip6": "ipv6_addr"}
_LOOPBACK = {"ip": "127.0.0.0/8", "ip6": "::1"}


def families(segment: Segment) -> list[str]:
    """The table families that a segment needs."""
    return [name for name, span in (("ip", segment.v4), ("ip6", segment.v6)) if span]


def host(family: str, comment: str) -> Iterator[Step]:
    """What every network of a host shares: the table, its maps and its base chains."""
    yield AddTable(family, comment)
    yield from _maps(family)
    yield AddChain(
        family,
        USER_CHAIN,
        (),
        "your own rules go here: nsnet makes this chain once and never empties it "
        "(Docker: DOCKER-USER)",
    )
    yield from _nat_chains(family)
    yield AddChain(
        family,
        "filter-forward",
        (
            f"counter jump {USER_CHAIN}",
            "iifname vmap @from-network",
            "oifname vmap @to-network",
        ),
        "every packet that the host forwards comes by here and is handed to the chain of its "
        "network (Docker: FORWARD)",
        "type filter hook forward priority 0; policy accept;",
    )


def _maps(family: str) -> Iterator[Step]:
    address = _ADDRESS[family]
    target = f"{address} . inet_service"
    yield AddMap(
        family,
        "published",
        f"inet_proto . inet_service : {target}",
        "ports published on every address of the host: one lookup, however many there are "
        "(Docker: a DNAT rule for each port)",
    )
    yield AddMap(
        family,
        "published-on",
        f"{address} . inet_proto . inet_service : {target}",
        "ports published on one address of the host only (Docker: -p 127.0.0.1:8080:80)",
    )
    for name, reason in (
        ("from-network", "which chain judges a packet that comes from a network"),
        ("to-network", "which chain judges a packet that goes into a network"),
        ("nat-from", "which chain rewrites the source of a packet that leaves a network"),
        ("nat-to", "which chain rewrites the source of a packet that enters a network"),
    ):
        yield AddMap(family, name, "ifname : verdict", reason)


def _nat_chains(family: str) -> Iterator[Step]:
    yield AddChain(
        family,
        "raw-prerouting",
        (
            f'iifname != "lo" {family} daddr {_LOOPBACK[family]} counter drop '
            'comment "nobody outside may reach what listens on the host\'s loopback"',
        ),
        "publishing on 127.0.0.1 makes the kernel route loopback addresses; this guard keeps "
        "others from using that (CVE-2020-8558)",
        "type filter hook prerouting priority -300; policy accept;",
    )
    local = "fib daddr type local"
    port = "meta l4proto . th dport"
    publish = (
        f"{local} counter dnat {family} to {family} daddr . {port} map @published-on "
        'comment "ports published on one address"',
        f"{local} counter dnat {family} to {port} map @published "
        'comment "ports published on all addresses"',
    )
    yield AddChain(
        family,
        "nat-prerouting",
        publish,
        "a packet that arrives for a published port gets the container's address as its new "
        "destination, before the host routes it (Docker: -p, PREROUTING -j DOCKER)",
        "type nat hook prerouting priority -100; policy accept;",
    )
    yield AddChain(
        family,
        "nat-output",
        publish,
        "packets that the host itself sends do not pass prerouting: the same for "
        "curl 127.0.0.1:8080 (Docker: OUTPUT -j DOCKER, or its userland proxy)",
        "type nat hook output priority -100; policy accept;",
    )
    yield AddChain(
        family,
        "nat-postrouting",
        ("oifname vmap @nat-to", "iifname vmap @nat-from"),
        "the last stop before a packet leaves: here its source may be rewritten "
        "(Docker: POSTROUTING)",
        "type nat hook postrouting priority 100; policy accept;",
    )


def segment(net: Segment) -> Iterator[Step]:
    """The chains of one network and the map elements that lead to them."""
    for family, span in (("ip", net.v4), ("ip6", net.v6)):
        if span:
            yield from _filter(net, family)
            yield from _source_nat(net, family, span.subnet)


def _filter(net: Segment, family: str) -> Iterator[Step]:
    device = f'"{net.device}"'
    known = 'ct state established,related counter accept comment "answers of known connections"'
    leaving = f'oifname != {device} counter comment "leaves {_short(net.name)}"'
    if net.internal:
        leaving = (
            f'oifname != {device} counter drop comment "{_short(net.name)} is internal: '
            'nothing leaves (docker network create --internal)"'
        )
    yield AddChain(
        family,
        f"from-{net.name}",
        (known, leaving) if net.internal else (leaving,),
        f"what containers of {net.name} may send elsewhere",
    )
    neighbours = f'iifname {device} counter accept comment "neighbours on {_short(net.name)} (icc)"'
    if not net.icc:
        silence = "no talk between neighbours (icc=false)"
        neighbours = f'iifname {device} counter drop comment "{silence}"'
    published = 'ct status dnat counter accept comment "published ports"'
    shut = (
        "counter drop comment "
        f'"nobody else gets into {_short(net.name)}: isolation of networks, unpublished ports"'
    )
    yield AddChain(
        family,
        f"to-{net.name}",
        (known, *(() if net.internal else (published,)), neighbours, shut),
        f"what may enter {net.name}: answers, published ports, neighbours, and nothing else "
        "(Docker: DOCKER and DOCKER-ISOLATION-STAGE-1/2)",
    )
    yield _lead(net, family, "from-network", f"from-{net.name}")
    yield _lead(net, family, "to-network", f"to-{net.name}")


def _short(name: str) -> str:
    """A name as it fits into a caption: nftables allows a comment 128 bytes."""
    return name if len(name) <= 50 else f"{name[:47]}..."


def _source_nat(net: Segment, family: str, subnet: str) -> Iterator[Step]:
    if net.internal:
        return
    back = (
        f"{family} saddr {_LOOPBACK[family]} counter masquerade "
        'comment "the host called 127.0.0.1: answers must find back"',
        f"{family} saddr {subnet} ct status dnat counter masquerade "
        'comment "a container called a published port of its own network (hairpin)"',
    )
    yield AddChain(
        family,
        f"nat-to-{net.name}",
        back,
        f"callers whom {net.name} could not answer directly appear as the gateway",
    )
    yield _lead(net, family, "nat-to", f"nat-to-{net.name}")
    if not net.masquerade:
        return
    yield AddChain(
        family,
        f"nat-from-{net.name}",
        (
            f'{family} saddr {subnet} oifname != "{net.device}" counter masquerade '
            f'comment "{_short(net.name)} goes out under the address of the host"',
        ),
        f"the world has no way back to {subnet}: packets leave with the host's own address "
        f"(Docker: -A POSTROUTING -s {subnet} ! -o {net.device} -j MASQUERADE)",
    )
    yield _lead(net, family, "nat-from", f"nat-from-{net.name}")


def _lead(net: Segment, family: str, table_map: str, chain: str) -> Step:
    return AddElement(
        family,
        table_map,
        f'"{net.device}"',
        f"jump {chain}",
        net.name,
        f"packets of {net.device} are judged by chain {chain}",
    )


def published(binding: Binding) -> Step:
    """The map element of one published port."""
    family = "ip6" if ":" in binding.ip else "ip"
    port = f"{binding.protocol} . {binding.host_port}"
    everywhere = binding.host_ip in ("0.0.0.0", "::")
    return AddElement(
        family,
        "published" if everywhere else "published-on",
        port if everywhere else f"{binding.host_ip} . {port}",
        f"{binding.ip} . {binding.port}",
        f"{binding.container} {binding.where}/{binding.protocol}",
        f"what arrives at {binding.where}/{binding.protocol} goes to {binding.container}, "
        f"{binding.ip}:{binding.port} (docker run -p {binding.where}:{binding.port})",
    )


__all__ = ["TABLE", "families", "host", "published", "segment"]
