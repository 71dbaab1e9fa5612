"""What a service wants on one network: addresses, aliases and options."""

from __future__ import annotations

import ipaddress
import re

from ..model import DEFAULT_NETWORK, Attachment, Network
from .coerce import check_keys, constants, number, text, unique
from .draft import Service
from .keys import ATTACHMENT
from .place import Problems
from .tree import Map

_MAC = r"[0-9a-f]{2}(:[0-9a-f]{2}){5}"
#: Docker's name of the option behind ``interface_name``.
IFNAME_OPTION = "com.docker.network.endpoint.ifname"
#: Bytes; the kernel's IFNAMSIZ less the closing zero.
MAX_IFNAME = 15


def read_attachment(
    network: Network, body: Map, service: Service, problems: Problems
) -> Attachment:
    """The attachment of `service` to `network` that `body` describes.

    As with Compose, the service's name is an alias on every network that has names.
    """
    what = f"{service.what}: network {network.key}"
    check_keys(body, ATTACHMENT, what, problems)
    own = unique(body.get("aliases"), f"{what}: aliases", problems)
    named = network.name != DEFAULT_NETWORK
    if own and not named:
        cure = "use a network of your own, which has them"
        problems.add(body.place("aliases"), f"{what}: the default bridge knows no aliases: {cure}")
    return Attachment(
        network=network.name,
        aliases=tuple(dict.fromkeys((service.key, *own))) if named else (),
        ipv4=_address(body, "ipv4_address", 4, what, problems),
        ipv6=_address(body, "ipv6_address", 6, what, problems),
        mac=read_mac(body, what, problems),
        gw_priority=number(body.get("gw_priority"), f"{what}: gw_priority", problems),
        link_local_ips=unique(body.get("link_local_ips"), f"{what}: link_local_ips", problems),
        options=_options(body, what, problems),
    )


def read_mac(body: Map, what: str, problems: Problems) -> str:
    """``mac_address`` with colons in small letters; empty where there is none."""
    written = text(body.get("mac_address"), f"{what}: mac_address", problems)
    mac = written.lower().replace("-", ":")
    if mac and not re.fullmatch(_MAC, mac):
        problems.add(
            body.place("mac_address"), f'{what}: mac_address "{written}": write 02:42:ac:11:00:02'
        )
        return ""
    if mac and int(mac[:2], 16) & 1:
        cure = f"make its first byte even, as 02{mac[2:]}"
        problems.add(
            body.place("mac_address"), f'{what}: mac_address "{written}" is a group address: {cure}'
        )
    return mac


def _address(body: Map, key: str, version: int, what: str, problems: Problems) -> str:
    written = text(body.get(key), f"{what}: {key}", problems)
    if not written:
        return ""
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        address = None
    if address is None or address.version != version:
        example = "172.30.0.10" if version == 4 else "fd00:30::10"
        cure = f"write an IPv{version} address, as {example}"
        problems.add(body.place(key), f'{what}: {key} "{written}" is none: {cure}')
        return ""
    return str(address)


def _options(body: Map, what: str, problems: Problems) -> tuple[tuple[str, str], ...]:
    options = constants(body.get("driver_opts"), f"{what}: driver_opts", problems)
    name = text(body.get("interface_name"), f"{what}: interface_name", problems)
    if len(name.encode()) > MAX_IFNAME:
        cure = f"use at most {MAX_IFNAME} bytes"
        problems.add(body.place("interface_name"), f'{what}: interface_name "{name}": {cure}')
    return (*options, (IFNAME_OPTION, name)) if name else options
