"""What two parts of a project cannot both have: names, subnets, addresses, host ports."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from ..model import Attachment, Port
from .containers import Built
from .draft import Declared, Draft
from .place import Place
from .pools import Subnet, has_subnet, reserved, subnets

_WILDCARDS = ("", "0.0.0.0", "::")


def check(built: list[Built], draft: Draft) -> None:
    """Note every conflict within the project."""
    _check_names(built, draft)
    _check_subnets(draft)
    _check_addresses(built, draft)
    _check_host_ports(built, draft)


def _check_names(built: list[Built], draft: Draft) -> None:
    owners: dict[str, str] = {}
    for one in built:
        for container in one.containers:
            owner = owners.setdefault(container.name, one.service.key)
            if owner != one.service.key:
                at = one.service.body.place("container_name")
                text = f'container name "{container.name}" is also that of service {owner}'
                draft.problems.add(at, f"{one.service.what}: {text}: choose another")


def _check_subnets(draft: Draft) -> None:
    """No two networks of one project share addresses."""
    taken: list[tuple[Subnet, str]] = []
    for declared in sorted(draft.used.values(), key=lambda declared: declared.at.line):
        for subnet in subnets(declared.network.pools):
            for other, key in taken:
                if subnet.version == other.version and subnet.overlaps(other):
                    text = f'subnet "{subnet}" overlaps "{other}" of network {key}'
                    draft.problems.add(
                        declared.body.place("ipam"),
                        f"network {declared.network.key}: {text}: choose another",
                    )
        taken += [(net, declared.network.key) for net in subnets(declared.network.pools)]


def _check_addresses(built: list[Built], draft: Draft) -> None:
    """Static addresses: inside a subnet of their network, free, and each given once."""
    holders: dict[tuple[str, str], str] = {}
    for one in built:
        for container in one.containers:
            for attachment, address, key in _static(container.attachments):
                declared = draft.used[attachment.network]
                at = one.service.body.place("networks")
                what = f'{one.service.what}: {key} "{address}"'
                problem = _unusable(address, declared)
                holder = holders.setdefault((attachment.network, address), container.name)
                if not problem and holder != container.name:
                    problem = f"is also that of {holder}: choose another"
                if problem:
                    draft.problems.add(_line_of(one, declared, key, at), f"{what} {problem}")


def _static(attachments: tuple[Attachment, ...]) -> Iterator[tuple[Attachment, str, str]]:
    for attachment in attachments:
        if attachment.ipv4:
            yield attachment, attachment.ipv4, "ipv4_address"
        if attachment.ipv6:
            yield attachment, attachment.ipv6, "ipv6_address"


def _line_of(one: Built, declared: Declared, key: str, default: Place) -> Place:
    """The line of an address in the service's ``networks:``."""
    for name, node, _ in one.service.body.children("networks"):
        if name == declared.network.key and hasattr(node, "places"):
            return node.places.get(key, default)
    return default


def _unusable(text: str, declared: Declared) -> str:
    """Why a container cannot have this address there; empty where it can."""
    network = declared.network
    if network.external:
        return ""
    address = ipaddress.ip_address(text)
    matching = [pool for pool in network.pools if pool.subnet]
    matching = [
        p for p in matching if ipaddress.ip_network(p.subnet or "").version == address.version
    ]
    if not matching and has_subnet(declared.body):
        # It has one that is wrong, which is noted where it stands.
        return ""
    if not matching:
        example = "172.30.0.0/16" if address.version == 4 else "fd00:30::/64"
        cure = f"add ipam: {{config: [{{subnet: {example}}}]}} to it"
        return f"needs a subnet on network {network.key}: {cure}"
    pool = next((p for p in matching if address in ipaddress.ip_network(p.subnet or "")), None)
    if pool is None:
        return f"is outside {matching[0].subnet} of network {network.key}: choose one inside"
    if address in reserved(pool):
        return f"is reserved on network {network.key} (gateway, aux or an end): choose another"
    return ""


def _check_host_ports(built: list[Built], draft: Draft) -> None:
    """A fixed port of the host serves one container."""
    taken: dict[tuple[str, int], list[tuple[str, str]]] = {}
    for one in built:
        for port, at in one.ports.items():
            if not port.host_port or port.host_port_end:
                _check_width(one, port, at, draft)
                continue
            if len(one.containers) > 1:
                cure = (
                    f"write a range, as {port.host_port}-{port.host_port + len(one.containers) - 1}"
                )
                text = (
                    f"{len(one.containers)} containers cannot all have host port {port.host_port}"
                )
                draft.problems.add(at, f"{one.service.what}: ports: {text}: {cure}")
                continue
            holders = taken.setdefault((port.protocol, port.host_port), [])
            for ip, key in holders:
                if _meet(ip, port.host_ip):
                    text = f"host port {port.host_port}/{port.protocol} is also that of {key}"
                    draft.problems.add(at, f"{one.service.what}: ports: {text}: choose another")
            holders.append((port.host_ip, one.service.key))


def _check_width(one: Built, port: Port, at: Place, draft: Draft) -> None:
    """A range must have a port for every replica."""
    width = port.host_port_end - port.host_port + 1
    if port.host_port and width < len(one.containers):
        text = f"{len(one.containers)} containers share {width} host ports"
        draft.problems.add(at, f"{one.service.what}: ports: {text}: widen the range")


def _meet(one: str, other: str) -> bool:
    """Whether two host addresses cover a common one; a wildcard covers all."""
    if one == other or "" in (one, other):
        return True
    wide = next((ip for ip in (one, other) if ip in _WILDCARDS), None)
    if wide is None:
        return False
    return (":" in one) == (":" in other)
