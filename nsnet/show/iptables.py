"""The firewall in the words of ``iptables-save``, as Docker's tutorials show it.

nsnet's own rules are nftables maps and chains (`nsnet rules`). What is written here is what
Docker writes for the same networks and ports, chain by chain: to read a tutorial beside nsnet,
and to compare meanings. Measured of Docker 20.10 with its default, the userland proxy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from ..topology.layout import Binding, Layout, Segment

_FILTER = (
    ":INPUT ACCEPT [0:0]",
    ":FORWARD DROP [0:0]",
    ":OUTPUT ACCEPT [0:0]",
    ":DOCKER - [0:0]",
    ":DOCKER-ISOLATION-STAGE-1 - [0:0]",
    ":DOCKER-ISOLATION-STAGE-2 - [0:0]",
    ":DOCKER-USER - [0:0]",
)
_NAT = (
    ":PREROUTING ACCEPT [0:0]",
    ":INPUT ACCEPT [0:0]",
    ":OUTPUT ACCEPT [0:0]",
    ":POSTROUTING ACCEPT [0:0]",
    ":DOCKER - [0:0]",
)
_LOCAL = "-m addrtype --dst-type LOCAL -j DOCKER"


def save(layouts: Iterable[Layout]) -> list[str]:
    """The lines of ``iptables-save`` for what these topologies have up (IPv4)."""
    chosen = list(layouts)
    bridges = _bridges(chosen)
    devices = {s.name: s.device for s in bridges}
    ports = [b for each in chosen for b in each.bindings if ":" not in b.host_ip]
    return [
        "*filter",
        *_FILTER,
        *_forward(bridges),
        # Once for a port of a container, however often it is published.
        *dict.fromkeys(_accept(b, devices[b.network]) for b in ports if b.network in devices),
        *_isolation(bridges),
        "-A DOCKER-USER -j RETURN",
        "COMMIT",
        "*nat",
        *_NAT,
        f"-A PREROUTING {_LOCAL}",
        f"-A OUTPUT ! -d 127.0.0.0/8 {_LOCAL}",
        *dict.fromkeys(_masquerade(bridges, ports)),
        *(f"-A DOCKER -i {s.device} -j RETURN" for s in bridges if s.masquerade and not s.internal),
        *(dnat(b, devices[b.network]) for b in ports if b.network in devices),
        "COMMIT",
    ]


def _bridges(layouts: Sequence[Layout]) -> list[Segment]:
    """Every bridge once, the newest first and the default one last: the order in which Docker's
    insertions leave them."""
    found = {s.device: s for each in layouts for s in each.segments if s.bridged and s.v4}
    newest = list(reversed(found.values()))
    return sorted(newest, key=lambda segment: segment.owner == "")


def _forward(bridges: Sequence[Segment]) -> Iterator[str]:
    yield "-A FORWARD -j DOCKER-USER"
    yield "-A FORWARD -j DOCKER-ISOLATION-STAGE-1"
    for net in bridges:
        device = net.device
        if not net.internal:
            known = "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"
            yield f"-A FORWARD -o {device} {known}"
            yield f"-A FORWARD -o {device} -j DOCKER"
            yield f"-A FORWARD -i {device} ! -o {device} -j ACCEPT"
        if net.icc:
            yield f"-A FORWARD -i {device} -o {device} -j ACCEPT"
    for net in bridges:
        if not net.icc:
            yield f"-A FORWARD -i {net.device} -o {net.device} -j DROP"


def _isolation(bridges: Sequence[Segment]) -> Iterator[str]:
    one, two = "DOCKER-ISOLATION-STAGE-1", "DOCKER-ISOLATION-STAGE-2"
    for net in bridges:
        device = net.device
        if net.internal and net.v4:
            yield f"-A {one} ! -s {net.v4.subnet} -o {device} -j DROP"
            yield f"-A {one} ! -d {net.v4.subnet} -i {device} -j DROP"
        else:
            yield f"-A {one} -i {device} ! -o {device} -j {two}"
    yield f"-A {one} -j RETURN"
    for net in bridges:
        if not net.internal:
            yield f"-A {two} -o {net.device} -j DROP"
    yield f"-A {two} -j RETURN"


def _accept(port: Binding, device: str) -> str:
    match = f"-p {port.protocol} -m {port.protocol} --dport {port.port}"
    return f"-A DOCKER -d {port.ip}/32 ! -i {device} -o {device} {match} -j ACCEPT"


def _masquerade(bridges: Sequence[Segment], ports: Sequence[Binding]) -> Iterator[str]:
    for net in bridges:
        if net.v4 and net.masquerade and not net.internal:
            yield f"-A POSTROUTING -s {net.v4.subnet} ! -o {net.device} -j MASQUERADE"
    for port in ports:
        match = f"-p {port.protocol} -m {port.protocol} --dport {port.port}"
        yield f"-A POSTROUTING -s {port.ip}/32 -d {port.ip}/32 {match} -j MASQUERADE"


def dnat(port: Binding, device: str) -> str:
    """The rule that gives what arrives for a published port its new destination."""
    host = "" if port.host_ip == "0.0.0.0" else f"-d {port.host_ip}/32 "
    match = f"-p {port.protocol} -m {port.protocol} --dport {port.host_port}"
    return f"-A DOCKER {host}! -i {device} {match} -j DNAT --to-destination {port.ip}:{port.port}"


def about(lines: Iterable[str], devices: set[str], targets: set[str]) -> Iterator[str]:
    """Those of `lines` (of `save`) that concern these bridges and, where they name one, a
    container at one of the addresses `targets`."""
    for line in lines:
        words = line.split()
        pairs = list(pairwise(words))
        bridges = {word for before, word in pairs if before in ("-i", "-o")}
        one = {word.removesuffix("/32") for _, word in pairs if word.endswith("/32")}
        to = {word.rpartition(":")[0] for before, word in pairs if before == "--to-destination"}
        if bridges <= devices and (to or one) <= targets:
            yield line


def inside(port: int) -> list[str]:
    """The nat table in a container whose resolver listens at 127.0.0.11:`port`."""
    to, back = "DOCKER_OUTPUT", "DOCKER_POSTROUTING"
    return [
        "*nat",
        *_NAT[:-1],
        f":{to} - [0:0]",
        f":{back} - [0:0]",
        f"-A OUTPUT -d 127.0.0.11/32 -j {to}",
        f"-A POSTROUTING -d 127.0.0.11/32 -j {back}",
        *(
            f"-A {to} -d 127.0.0.11/32 -p {p} -m {p} --dport 53 -j DNAT "
            f"--to-destination 127.0.0.11:{port}"
            for p in ("tcp", "udp")
        ),
        *(
            f"-A {back} -s 127.0.0.11/32 -p {p} -m {p} --sport {port} -j SNAT --to-source :53"
            for p in ("tcp", "udp")
        ),
        "COMMIT",
    ]
