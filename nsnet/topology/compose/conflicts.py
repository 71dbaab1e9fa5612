"""What two parts of a project cannot both have: names, subnets, addresses, host ports."""

from __future__ import annotations

from ..model import Port
from .containers import Built
from .draft import Draft
from .pools import Subnet, subnets
from .statics import check_addresses


def check(built: list[Built], draft: Draft) -> None:
    """Note every conflict within the project."""
    _check_names(built, draft)
    _check_subnets(draft)
    check_addresses(built, draft)
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


def _check_host_ports(built: list[Built], draft: Draft) -> None:
    """A fixed port of the host serves one container."""
    taken: dict[tuple[str, int], list[tuple[str, str]]] = {}
    for one in built:
        for port, at in one.ports.items():
            if not port.host_port or port.host_port_end:
                continue
            holders = taken.setdefault((port.protocol, port.host_port), [])
            problem = _taken(port, holders)
            holders.append((port.host_ip, one.service.key))
            if problem:
                draft.problems.add(at, f"{one.service.what}: ports: {problem}")


def _taken(port: Port, holders: list[tuple[str, str]]) -> str:
    """Which service already has the host port; `holders` are (address, service)."""
    for ip, key in holders:
        if _meet(ip, port.host_ip):
            taken = f"host port {port.host_port}/{port.protocol} is also that of service {key}"
            return f"{taken}: choose another"
    return ""


def _meet(one: str, other: str) -> bool:
    """Whether two host addresses have one in common; an empty one means all of both kinds."""
    if one == other or not (one and other):
        return True
    wildcard = "::" if ":" in one else "0.0.0.0"
    return (":" in one) == (":" in other) and wildcard in (one, other)
