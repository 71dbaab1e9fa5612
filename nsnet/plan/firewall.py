"""The firewall as data: which tables, chains, maps and elements a host and a network need.

One table per address family. Base chains look the packet's interface up in a map and jump to
a chain of that network; published ports are elements of two maps. A packet's way:

    from outside:  nat-prerouting (publish) > filter-forward > to-NETWORK
    to outside:    filter-forward > from-NETWORK, then nat-postrouting > nat-from-NETWORK
    host itself:   nat-output (publish), then nat-postrouting > nat-to-NETWORK
    neighbours:    bridge-forward of family bridge, where their network forbids them to talk

Whom does a container see when its published port is called? An outside machine as itself. The
host as the address that it called, for 127.0.0.1 and for the gateway of another network as the
container's own gateway. Itself, a neighbour or a container of another network as its own gateway.
All this so with Docker, whose proxy calls in their place.

Every rule counts, and says what it is for. Priorities are numbers, since nft knows the name
`dstnat` in the prerouting hook only (nft(8), "priority").
"""

from __future__ import annotations

from collections.abc import Iterator

from ..kernel.conntrack import Flows
from ..topology.layout import Binding, Endpoint, Segment, Span
from ..topology.naming import safe
from ..value import replace
from .step import Step
from .steps.nft import MARK, TABLE, USER_CHAIN, AddChain, AddTable
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
    yield AddMap(
        family,
        "nat-own",
        f"{address} : verdict",
        "which chain rewrites the source of what the host sends under its address on a network",
    )


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
    # Answers to ::1 never arrive: the kernel drops what comes to it from another interface, and
    # has no route_localnet for IPv6 (net/ipv6/ip6_input.c, RFC 4291 section 2.5.3).
    called = publish if family == "ip" else tuple(f"ip6 daddr != ::1 {rule}" for rule in publish)
    yield AddChain(
        family,
        "nat-output",
        called,
        "packets that the host itself sends do not pass prerouting: the same for "
        "curl 127.0.0.1:8080 (Docker: OUTPUT -j DOCKER, or its userland proxy)",
        "type nat hook output priority -100; policy accept;",
    )
    yield AddChain(
        family,
        "nat-postrouting",
        ("oifname vmap @nat-to", "iifname vmap @nat-from", f"{family} saddr vmap @nat-own"),
        "the last stop before a packet leaves: here its source may be rewritten "
        "(Docker: POSTROUTING)",
        "type nat hook postrouting priority 100; policy accept;",
    )


def segment(net: Segment) -> Iterator[Step]:
    """The chains of one network and the map elements that lead to them."""
    net = replace(net, name=safe(net.name))  # as chains and comments can be called
    for family, span in (("ip", net.v4), ("ip6", net.v6)):
        if span:
            yield from _filter(net, family)
            yield from _source_nat(net, family, span)
    if not net.icc:
        yield from _silence()


def _silence() -> Iterator[Step]:
    """What networks need whose containers may not talk to each other (icc=false).

    Frames from one port of a bridge to another come by the tables of IP only where the host says
    so (bridge-nf-call-iptables). Where it does, a call of a neighbour's published port is turned
    round on the bridge itself, and an isolated port (``bridge link set … isolated on``) would
    drop that too. The frame shows the difference: it was sent to the bridge and not to the
    neighbour, which the kernel notes before anything is rewritten (net/bridge/br_input.c,
    ``skb->pkt_type = PACKET_HOST``).
    """
    yield AddTable("bridge", MARK)
    yield AddMap(
        "bridge", "isolated", "ifname", "the cables of containers that may not talk to neighbours"
    )
    yield AddChain(
        "bridge",
        "bridge-forward",
        (
            "iifname @isolated oifname @isolated meta pkttype != host counter drop "
            'comment "no talk between neighbours (icc=false)"',
        ),
        "frames between containers pass the bridge and no router: whether they may is decided "
        "there (Docker: enable_icc=false, a rule in FORWARD that needs br_netfilter)",
        "type filter hook forward priority -200; policy accept;",
    )


def isolated(plug: Endpoint, net: Segment) -> Step:
    """The element that keeps one container of an icc=false network from its neighbours."""
    return AddElement(
        "bridge",
        "isolated",
        f'"{plug.host_device}"',
        "",
        plug.host_device,
        f"{plug.container} may not talk to its neighbours on {net.name} (Docker: enable_icc=false)",
    )


def _isolated_calls(net: Segment) -> str:
    """Calls of other networks' published ports. Docker leads those of most networks past its
    address translation to its proxy; not those of one without masquerade, and then its isolation
    drops them (measured)."""
    return (
        f'oifname != "{net.device}" ct status dnat ct direction original counter drop comment '
        f'"no masquerade: no way to the published ports of other networks"'
    )


def _filter(net: Segment, family: str) -> Iterator[Step]:
    device = f'"{net.device}"'
    known = 'ct state established,related counter accept comment "answers of known connections"'
    leaving = f'oifname != {device} counter comment "leaves {_short(net.name)}"'
    if net.internal:
        leaving = (
            f'oifname != {device} counter drop comment "{_short(net.name)} is internal: '
            'nothing leaves (docker network create --internal)"'
        )
    rules: tuple[str, ...] = (known, leaving) if net.internal else (leaving,)
    if not net.masquerade and not net.internal:
        rules = (_isolated_calls(net), leaving)
    yield AddChain(
        family, f"from-{net.name}", rules, f"what containers of {net.name} may send elsewhere"
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


def _source_nat(net: Segment, family: str, span: Span) -> Iterator[Step]:
    if net.internal:
        return
    subnet = span.subnet
    loopback = (
        f"ip saddr {_LOOPBACK['ip']} counter masquerade "
        'comment "the host called 127.0.0.1: answers must find back"'
    )
    back = (
        *((loopback,) if family == "ip" else ()),
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
    if not net.masquerade or (family == "ip6" and not _unique_local(subnet)):
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
    # Without it a container that is on both networks would answer the host's call to the other
    # one's gateway straight into that network, from an address that the host did not call.
    yield AddElement(
        family,
        "nat-own",
        span.gateway,
        f"jump nat-from-{net.name}",
        net.name,
        f"what the host sends from {span.gateway} into another network gets an address of that "
        f"network (Docker's rule -s {subnet} ! -o {net.device} -j MASQUERADE does it, too)",
    )


def _unique_local(subnet: str) -> bool:
    """Is it a subnet that no router of the world knows a way to (RFC 4193)? Others are left as
    they are: IPv6 addresses are enough for everybody."""
    from ipaddress import ip_network

    return ip_network(subnet).network_address in ip_network("fc00::/7")


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
        (Flows(binding.host_ip, binding.host_port),) if binding.protocol == "udp" else (),
    )


__all__ = ["TABLE", "families", "host", "isolated", "published", "segment"]
