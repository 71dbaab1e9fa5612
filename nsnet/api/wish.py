"""From the words of a call to what the topology says, checked as Docker checks them."""

from __future__ import annotations

import difflib
import ipaddress
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..topology.model import DEFAULT_NETWORK, Attachment, Network, Pool, Port, TopologyError
from ..topology.ports import PortError, parse_expose, parse_port

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")
_LAB = re.compile(r"[a-z0-9][a-z0-9_-]*")
_MAC = re.compile(r"[0-9a-f][02468ace](:[0-9a-f]{2}){5}")
_DRIVERS = ("bridge", "macvlan", "ipvlan", "overlay")
_BRIDGE = "com.docker.network.bridge."
_RESERVED = (DEFAULT_NETWORK, "host", "none")
#: What can be wanted on one network.
_KEYS = ("ipv4", "ipv6", "aliases", "mac", "gw_priority")

Words = str | Iterable[str]


def lab_name(name: str) -> str:
    """`name`, if Compose takes it for a project's. Raises `TopologyError`."""
    if not _LAB.fullmatch(name):
        rule = "use small letters, digits, - and _, with a letter or digit first"
        raise TopologyError(f'lab name "{name}": {rule}')
    return name


def name_of(kind: str, name: str) -> str:
    """`name`, if Docker takes it. Raises `TopologyError`."""
    if not _NAME.fullmatch(name):
        rule = 'use letters, digits, ".", "-", "_", and a letter or digit first'
        raise TopologyError(f'{kind} name "{name}": {rule}')
    return name


def suggestion(word: str, known: Iterable[str]) -> str:
    """What was probably meant, or what there is."""
    names = list(known)
    near = difflib.get_close_matches(word, names, n=1)
    if near:
        return f"did you mean {near[0]}?"
    return f"known are: {', '.join(names)}" if names else "there is none yet"


def check_network(network: Network) -> None:
    """Raises `TopologyError` if there cannot be such a network."""
    what = f"network {network.name}"
    if network.external:
        return
    if network.name in _RESERVED:
        cure = "choose another name"
        if network.name == DEFAULT_NETWORK:
            cure = "containers without networks are on it; choose another name for your own"
        raise TopologyError(f'{what}: "{network.name}" is Docker\'s own: {cure}')
    if network.driver not in _DRIVERS:
        cure = suggestion(network.driver, _DRIVERS)
        raise TopologyError(f'{what}: driver "{network.driver}" is not known: {cure}')


def pools(
    what: str, subnet: str, gateway: str, ip_range: str, aux: Mapping[str, str], ipv6: bool | str
) -> tuple[Pool, ...]:
    """The pools of a network: one for each family that a subnet is named of."""
    if not subnet and (gateway or ip_range or aux):
        raise TopologyError(f"{what}: gateway, ip_range or aux without subnet: add the subnet")
    found = []
    if subnet:
        net = _subnet(what, "subnet", subnet)
        if net.version == 4 and net.prefixlen > 30:
            raise TopologyError(f'{what}: subnet "{subnet}" holds no container: use /30 or wider')
        gateway = gateway and _within(what, "gateway", gateway, net)
        chosen = str(_subnet(what, "ip_range", ip_range)) if ip_range else None
        if chosen and not ipaddress.ip_network(chosen).overlaps(net):
            raise TopologyError(f'{what}: ip_range "{ip_range}" is outside {net}')
        kept = tuple((name, _within(what, "aux", each, net)) for name, each in aux.items())
        found.append(Pool(str(net), gateway or None, chosen, kept))
    if isinstance(ipv6, str):
        found.append(Pool(str(_subnet(what, "ipv6", ipv6))))
    return tuple(found)


def options(
    given: Mapping[str, str], icc: bool | None, masquerade: bool | None, mtu: int | None
) -> tuple[tuple[str, str], ...]:
    """Docker's driver options, with those that have words of their own."""
    own: dict[str, str] = {}
    if icc is not None:
        own[_BRIDGE + "enable_icc"] = str(icc).lower()
    if masquerade is not None:
        own[_BRIDGE + "enable_ip_masquerade"] = str(masquerade).lower()
    if mtu is not None:
        own["com.docker.network.driver.mtu"] = str(mtu)
    return pairs({**given, **own})


def attachment(what: str, network: Network, given: Mapping[str, Any] | None) -> Attachment:
    """What is wanted on one network. Raises `TopologyError`."""
    wanted = dict(given or {})
    what = f"{what}: network {network.key}"
    for key in wanted.keys() - set(_KEYS):
        raise TopologyError(f'{what}: "{key}" is not known: {suggestion(key, _KEYS)}')
    aliases = words(wanted.get("aliases", ()))
    if aliases and network.name == DEFAULT_NETWORK:
        cure = "use a network of your own, which has them"
        raise TopologyError(f"{what}: the default bridge knows no aliases: {cure}")
    mac = str(wanted.get("mac", "")).lower().replace("-", ":")
    if mac and not _MAC.fullmatch(mac):
        raise TopologyError(f'{what}: mac "{mac}": write one like 02:42:ac:11:00:02')
    return Attachment(
        network=network.name,
        aliases=aliases,
        ipv4=_static(what, network, 4, wanted.get("ipv4", "")),
        ipv6=_static(what, network, 6, wanted.get("ipv6", "")),
        mac=mac,
        gw_priority=int(wanted.get("gw_priority", 0)),
    )


def published(what: str, specs: str | int | Iterable[str | int]) -> tuple[Port, ...]:
    """The ports of ``-p``: ``"8080:80"``, ``"127.0.0.1::53/udp"``, ``80``."""
    found: dict[Port, None] = {}
    for spec in [specs] if isinstance(specs, str | int) else specs:
        try:
            found |= dict.fromkeys(parse_port(str(spec)))
        except PortError as error:
            raise TopologyError(f"{what}: ports: {error}") from None
    return tuple(found)


def exposed(what: str, specs: str | int | Iterable[str | int]) -> tuple[tuple[int, str], ...]:
    """The ports of ``--expose``: ``80``, ``"53/udp"``, ``"8000-8010"``."""
    found: dict[tuple[int, str], None] = {}
    for spec in [specs] if isinstance(specs, str | int) else specs:
        try:
            found |= dict.fromkeys(parse_expose(str(spec)))
        except PortError as error:
            raise TopologyError(f"{what}: expose: {error}") from None
    return tuple(found)


def resolvers(what: str, given: Words) -> tuple[str, ...]:
    """Addresses of name servers."""
    return tuple(_address(what, "dns", each) for each in words(given))


def host_name(what: str, name: str) -> str:
    """`name`, if it can be a container's hostname (the kernel's limit: 64 bytes)."""
    if len(name.encode()) > 64 or not name.isprintable() or " " in name or "#" in name:
        raise TopologyError(f'{what}: hostname "{name}": write one word of at most 64 bytes')
    return name


def extra_hosts(what: str, given: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Lines for /etc/hosts: name → address, or ``host-gateway`` for the host."""
    for address in given.values():
        if address != "host-gateway":
            _address(what, "extra_hosts", address)
    return tuple(given.items())


def command(given: str | Sequence[str] | None) -> tuple[str, ...]:
    """A command's words; a text is taken apart as a shell does."""
    return tuple(shlex.split(given)) if isinstance(given, str) else tuple(given or ())


def words(given: Words) -> tuple[str, ...]:
    """One word or several, each once."""
    return (given,) if isinstance(given, str) else tuple(dict.fromkeys(given))


def pairs(given: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """A mapping as pairs of texts."""
    return tuple((str(key), str(value)) for key, value in given.items())


def _subnet(what: str, key: str, text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        if "/" in text:
            return ipaddress.ip_network(text, strict=False)
    except ValueError:
        pass
    raise TopologyError(f'{what}: {key} "{text}" is no network: write one like 172.30.0.0/16')


def _address(what: str, key: str, text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise TopologyError(f'{what}: {key} "{text}" is no IP address') from None


def _within(
    what: str, key: str, text: str, net: ipaddress.IPv4Network | ipaddress.IPv6Network
) -> str:
    address = _address(what, key, text)
    if ipaddress.ip_address(address) not in net:
        raise TopologyError(f'{what}: {key} "{text}" is outside {net}: choose one inside')
    return address


def _static(what: str, network: Network, version: int, text: str) -> str:
    """An address that was asked for by name: Docker gives it where the user chose the subnet."""
    if not text:
        return ""
    address = _address(what, f"ipv{version}", text)
    if ipaddress.ip_address(address).version != version:
        raise TopologyError(f'{what}: ipv{version} "{text}" is none: write an IPv{version} address')
    known = [pool.subnet for pool in network.pools if pool.subnet]
    nets = [net for net in map(ipaddress.ip_network, known) if net.version == version]
    if not network.external and not nets:
        example = "subnet='172.30.0.0/16'" if version == 4 else "ipv6='fd00:30::/64'"
        cure = f"give it one, as {example}"
        raise TopologyError(f"{what}: address {text}: the network has no subnet of its own: {cure}")
    return address
