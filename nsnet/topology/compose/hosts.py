"""Names and resolution: ``dns``, ``extra_hosts``, ``links``, ``sysctls`` and the hostname."""

from __future__ import annotations

import ipaddress

from ..model import Link
from .coerce import pairs, text, texts, unique
from .draft import Draft, Service
from .names import is_host_name
from .place import Place, Problems, suggestion
from .tree import Items, Map, Node, Scalar

#: What Docker replaces with an address of the host.
HOST_GATEWAY = "host-gateway"
#: Bytes; the kernel's limit for a hostname.
MAX_HOSTNAME = 64
_RESTARTS = ("no", "always", "on-failure", "unless-stopped")


def read_dns(service: Service, problems: Problems) -> tuple[str, ...]:
    """The servers of ``dns:``."""
    servers = unique(service.body.get("dns"), f"{service.what}: dns", problems)
    for server in servers:
        if not _is_address(server):
            cure = "write an IP address, as 1.1.1.1"
            problems.add(service.body.place("dns"), f'{service.what}: dns "{server}": {cure}')
    return servers


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def read_hostname(service: Service, problems: Problems) -> str:
    """``hostname:``, empty where there is none."""
    name = text(service.body.get("hostname"), f"{service.what}: hostname", problems)
    at = service.body.place("hostname")
    if len(name.encode()) > MAX_HOSTNAME:
        cure = f"use at most {MAX_HOSTNAME} bytes"
        problems.add(at, f'{service.what}: hostname "{name[:20]}…" is too long: {cure}')
    elif name and not is_host_name(name):
        problems.add(at, f'{service.what}: hostname "{name}": write one word')
    return name


def read_extra_hosts(service: Service, problems: Problems) -> tuple[tuple[str, str], ...]:
    """The (host, address) pairs of ``extra_hosts``; an address may be ``host-gateway``."""
    found: dict[tuple[str, str], None] = {}
    for host, address, at in _host_lines(service.body.get("extra_hosts"), service, problems):
        bare = address[1:-1] if address.startswith("[") and address.endswith("]") else address
        if not bare:
            # An unset variable: noted already, and nothing to add to /etc/hosts.
            continue
        if not is_host_name(host) or not (bare == HOST_GATEWAY or _is_address(bare)):
            cure = "write HOST:ADDRESS, as db:172.30.0.10"
            problems.add(at, f'{service.what}: extra_hosts "{host}:{address}": {cure}')
            continue
        found[(host, bare)] = None
    return tuple(found)


def _host_lines(
    node: Node | None, service: Service, problems: Problems
) -> list[tuple[str, str, Place]]:
    what = f"{service.what}: extra_hosts"
    if isinstance(node, Map):
        return [
            (host.strip(), value.text.strip(), value.at)
            for host, several in node.entries.items()
            for value in (several.items if isinstance(several, Items) else (several,))
            if isinstance(value, Scalar)
        ]
    lines = []
    for item in texts(node, what, problems):
        # "=" first: an IPv6 address is full of colons.
        sign = "=" if "=" in item.text else ":"
        host, _, address = item.text.partition(sign)
        if sign not in item.text:
            problems.add(item.at, f"{what} {item.shown}: write HOST:ADDRESS")
            continue
        lines.append((host.strip(), address.strip(), item.at))
    return lines


def read_links(service: Service, draft: Draft) -> tuple[tuple[Link, ...], tuple[str, ...]]:
    """``links:`` as `Link` values, one for each container, and the services they need."""
    what = f"{service.what}: links"
    links, needed = [], []
    for item in texts(service.body.get("links"), what, draft.problems):
        key, _, alias = item.text.strip().partition(":")
        target = None if draft.is_empty(key) else draft.service(key, item.at, what)
        if target:
            links += [Link(container, alias or key) for container in target.containers]
            needed.append(key)
    return tuple(dict.fromkeys(links)), tuple(dict.fromkeys(needed))


def read_sysctls(service: Service, draft: Draft) -> tuple[tuple[str, str], ...]:
    """The (key, value) pairs of ``sysctls``."""
    problems = draft.problems
    found = pairs(service.body.get("sysctls"), f"{service.what}: sysctls", problems)
    draft.notes.other_sysctls += [key for key in found if not key.startswith("net.")]
    for key, value in found.items():
        if value.null or not key:
            problems.add(
                value.at, f'{service.what}: sysctl "{key}" has no value: write {key}=VALUE'
            )
    return tuple((key, value.text.strip()) for key, value in found.items() if not value.null)


def read_restart(service: Service, problems: Problems) -> str:
    """``restart:``; YAML's bare no and false are the same."""
    written = text(service.body.get("restart"), f"{service.what}: restart", problems)
    policy = {"": "no", "false": "no"}.get(written.lower(), written)
    if policy.partition(":")[0] not in _RESTARTS:
        cure = suggestion(policy, _RESTARTS)
        problems.add(service.body.place("restart"), f'{service.what}: restart "{policy}": {cure}')
    return policy
