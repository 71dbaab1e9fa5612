"""Static addresses: inside a subnet of their network, free, and each given once."""

from __future__ import annotations

import ipaddress

from ..model import DEFAULT_NETWORK, Attachment, Network
from .containers import Built
from .draft import Declared, Draft
from .place import Place
from .pools import has_subnet, reserved
from .tree import Map


def check_addresses(built: list[Built], draft: Draft) -> None:
    """Note every static address that its container cannot have."""
    holders: dict[tuple[str, str], str] = {}
    for one in built:
        for container in one.containers:
            for attachment, key, address in _static(container.attachments):
                declared = draft.used[attachment.network]
                holder = holders.setdefault((attachment.network, address), container.name)
                problem = _unusable(address, declared)
                if not problem and holder != container.name:
                    problem = f"is also that of {holder}: choose another"
                if problem:
                    at = _place(one, declared.network, key)
                    draft.problems.add(at, f'{one.service.what}: {key} "{address}" {problem}')


def _static(attachments: tuple[Attachment, ...]) -> list[tuple[Attachment, str, str]]:
    """(attachment, key in the file, address) of every address that is asked for."""
    asked = [(a, "ipv4_address", a.ipv4) for a in attachments]
    asked += [(a, "ipv6_address", a.ipv6) for a in attachments]
    return [wish for wish in asked if wish[2]]


def _place(one: Built, network: Network, key: str) -> Place:
    """The line of an address in the service's ``networks:``."""
    for name, node, _ in one.service.body.children("networks"):
        if name == network.key and isinstance(node, Map):
            return node.place(key)
    return one.service.body.place("networks")


def _unusable(text: str, declared: Declared) -> str:
    """Why no container can have this address there; empty where one can."""
    network = declared.network
    if network.external:
        return ""
    if network.name == DEFAULT_NETWORK:
        return "is not to be had on the default bridge: use a network of your own"
    address = ipaddress.ip_address(text)
    pools = {ipaddress.ip_network(pool.subnet): pool for pool in network.pools if pool.subnet}
    fitting = [subnet for subnet in pools if subnet.version == address.version]
    if not fitting:
        # A subnet that is wrong has been noted where it stands.
        example = "172.30.0.0/16" if address.version == 4 else "fd00:30::/64"
        cure = f"add ipam: {{config: [{{subnet: {example}}}]}} to it"
        needs = f"needs a subnet on network {network.key}: {cure}"
        return "" if has_subnet(declared.body) and not pools else needs
    subnet = next((subnet for subnet in fitting if address in subnet), None)
    if subnet is None:
        return f"is outside {fitting[0]} of network {network.key}: choose one inside"
    if address in reserved(pools[subnet]):
        return f"is reserved on network {network.key} (gateway, aux or an end): choose another"
    return ""
