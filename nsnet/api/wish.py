"""From the words of a call to what the topology says, checked as Docker checks them."""

from __future__ import annotations

import ipaddress
import os
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..topology.model import DEFAULT_NETWORK, Attachment, Network, Pool, Port, TopologyError
from ..topology.ports import PortError, parse_expose, parse_port
from .given import flag, line, numbers, pairs, several, shown, text, texts, whole, word

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")
_LAB = re.compile(r"[a-z0-9][a-z0-9_-]*")
_MAC = re.compile(r"[0-9a-f][02468ace](:[0-9a-f]{2}){5}")
_DRIVERS = ("bridge", "macvlan", "ipvlan", "overlay")
_BRIDGE = "com.docker.network.bridge."
_RESERVED = (DEFAULT_NETWORK, "host", "none")
#: What can be wanted on one network.
_KEYS = ("ipv4", "ipv6", "aliases", "mac", "gw_priority")

#: What puts a word right.
_LIST = "write a list of words, or a text as for a shell"
_NAMES = "write a name or a list of names"
_NET, _ADDRESS = "write one like 172.30.0.0/16", "write an IP address"
_AUX = "write {'router': '172.30.0.254'}"
#: What Linux lets an Ethernet interface have, in bytes (RFC 791; if_ether.h).
_LEAST_MTU, _MOST_MTU = 68, 65535


def lab_name(name: object) -> str:
    """`name`, if Compose takes it for a project's. Raises `TopologyError`."""
    rule = "use small letters, digits, - and _, with a letter or digit first"
    return _matching("lab name", name, _LAB, rule)


def name_of(kind: str, name: object) -> str:
    """`name`, if Docker takes it. Raises `TopologyError`."""
    rule = 'use letters, digits, ".", "-", "_", and a letter or digit first'
    return _matching(f"{kind} name", name, _NAME, rule)


def _matching(what: str, name: object, pattern: re.Pattern[str], rule: str) -> str:
    if isinstance(name, str) and pattern.fullmatch(name):
        return str.__str__(name)
    raise TopologyError(f"{what} {shown(name)}: {rule}")


def suggestion(word: str, known: Iterable[str]) -> str:
    """What was probably meant, or what there is."""
    from difflib import get_close_matches

    names = list(known)
    near = get_close_matches(word, names, n=1)
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
    what: str, subnet: object, gateway: object, ip_range: object, aux: object, ipv6: object
) -> tuple[Pool, ...]:
    """The pools of a network: one for each family that a subnet is named of."""
    subnet, gateway, ip_range = (
        text(f"{what}: {key}", value, cure)
        for key, value, cure in (
            ("subnet", subnet, _NET),
            ("gateway", gateway, _ADDRESS),
            ("ip_range", ip_range, _NET),
        )
    )
    kept = pairs(f"{what}: aux", aux, _AUX)
    if not subnet and (gateway or ip_range or kept):
        raise TopologyError(f"{what}: gateway, ip_range or aux without subnet: add the subnet")
    found = [_pool(what, subnet, gateway, ip_range, kept)] if subnet else []
    if ipv6 not in (None, "") and not isinstance(ipv6, bool):
        cure = "write True, or a network like fd00:30::/64"
        net = _subnet(what, "ipv6", line(f"{what}: ipv6", ipv6, cure))
        if net.version != 6:
            raise TopologyError(f"{what}: ipv6 {shown(str(ipv6))} is of IPv4: {cure}")
        found.append(Pool(str(net)))
    return tuple(found)


def _pool(
    what: str, subnet: str, gateway: str, ip_range: str, aux: Sequence[tuple[str, Any]]
) -> Pool:
    net = _subnet(what, "subnet", subnet)
    if net.version == 4 and net.prefixlen > 30:
        raise TopologyError(f'{what}: subnet "{subnet}" holds no container: use /30 or wider')
    chosen = str(_subnet(what, "ip_range", ip_range)) if ip_range else None
    if chosen and not ipaddress.ip_network(chosen).overlaps(net):
        raise TopologyError(f'{what}: ip_range "{ip_range}" is outside {net}')
    kept = tuple((name, _within(what, "aux", "" if e is None else e, net)) for name, e in aux)
    return Pool(str(net), _within(what, "gateway", gateway, net) if gateway else None, chosen, kept)


def options(
    what: str, given: object, icc: object, masquerade: object, mtu: object
) -> tuple[tuple[str, str], ...]:
    """Docker's driver options, with those that have words of their own."""
    own: dict[str, str] = {}
    for name, key, value in (
        ("icc", "enable_icc", icc),
        ("masquerade", "enable_ip_masquerade", masquerade),
    ):
        if value is not None:
            own[_BRIDGE + key] = str(flag(f"{what}: {name}", value)).lower()
    if mtu is not None:
        size = whole(f"{what}: mtu", mtu, 0)
        if not _LEAST_MTU <= size <= _MOST_MTU:
            cure = f"write bytes from {_LEAST_MTU} to {_MOST_MTU}"
            raise TopologyError(f"{what}: mtu {size}: {cure}")
        own["com.docker.network.driver.mtu"] = str(size)
    return tuple({**_valued(f"{what}: options", given), **own}.items())


def attachment(what: str, network: Network, given: object) -> Attachment:
    """What is wanted on one network. Raises `TopologyError`."""
    what = f"{what}: network {network.key}"
    if given is not None and not isinstance(given, Mapping):
        raise TopologyError(f"{what}: {shown(given)}: write it as {{'ipv4': '172.30.0.9'}}")
    wanted: dict[Any, Any] = dict(given or {})
    for key in wanted.keys() - set(_KEYS):
        raise TopologyError(f"{what}: {shown(key)} is not known: {suggestion(str(key), _KEYS)}")
    aliases = texts(f"{what}: aliases", wanted.get("aliases"), _NAMES)
    for each in aliases:
        if not each or " " in each:
            raise TopologyError(f'{what}: aliases "{each}": {_NAMES}')
    if aliases and network.name == DEFAULT_NETWORK:
        cure = "use a network of your own, which has them"
        raise TopologyError(f"{what}: the default bridge knows no aliases: {cure}")
    mac = text(f"{what}: mac", wanted.get("mac")).lower().replace("-", ":")
    if mac and not _MAC.fullmatch(mac):
        raise TopologyError(f'{what}: mac "{mac}": write one like 02:42:ac:11:00:02')
    return Attachment(
        network=network.name,
        aliases=aliases,
        ipv4=_static(what, network, 4, wanted.get("ipv4")),
        ipv6=_static(what, network, 6, wanted.get("ipv6")),
        mac=mac,
        gw_priority=whole(f"{what}: gw_priority", wanted.get("gw_priority"), 0),
    )


def published(what: str, specs: object) -> tuple[Port, ...]:
    """The ports of ``-p``: ``"8080:80"``, ``"127.0.0.1::53/udp"``, ``80``."""
    found: dict[Port, None] = {}
    cure = 'write "8080:80" (host:container), or a list of such'
    for spec in numbers(f"{what}: ports", specs, cure):
        try:
            found |= dict.fromkeys(parse_port(spec))
        except PortError as error:
            raise TopologyError(f"{what}: ports: {error}") from None
    return tuple(found)


def exposed(what: str, specs: object) -> tuple[tuple[int, str], ...]:
    """The ports of ``--expose``: ``80``, ``"53/udp"``, ``"8000-8010"``."""
    found: dict[tuple[int, str], None] = {}
    for spec in numbers(f"{what}: expose", specs, 'write 80, "53/udp", or a list of such'):
        try:
            found |= dict.fromkeys(parse_expose(spec))
        except PortError as error:
            raise TopologyError(f"{what}: expose: {error}") from None
    return tuple(found)


def resolvers(what: str, given: object) -> tuple[str, ...]:
    """Addresses of name servers."""
    found = texts(f"{what}: dns", given, "write an IP address or a list of them")
    return tuple(_address(what, "dns", each) for each in found)


def host_name(what: str, given: object) -> str:
    """`given`, if it can be a container's hostname (the kernel's limit: 64 bytes)."""
    cure = "write one word of at most 64 bytes"
    name = text(f"{what}: hostname", given, cure)
    if len(name.encode()) > 64 or " " in name or "#" in name:
        raise TopologyError(f'{what}: hostname "{name}": {cure}')
    return name


def extra_hosts(what: str, given: object) -> tuple[tuple[str, str], ...]:
    """Lines for /etc/hosts: name → address (or several), or ``host-gateway`` for the host."""
    what, cure = f"{what}: extra_hosts", 'write {"db": "172.30.0.10"} or ["db:172.30.0.10"]'
    found = []
    for name, value in pairs(what, given, cure, "=:"):
        if "#" in name or value is None:
            raise TopologyError(f"{what} {shown(name)}: {cure}")
        for each in texts(what, value, cure):
            bare = each[1:-1] if each[:1] == "[" and each[-1:] == "]" else each.strip()
            found.append((name, bare if bare == "host-gateway" else _address("", what, bare)))
    return tuple(dict.fromkeys(found))


def sysctls(what: str, given: object) -> tuple[tuple[str, str], ...]:
    """Kernel settings; true and false are 1 and 0."""
    return tuple(_valued(f"{what}: sysctls", given).items())


def environment(what: str, given: object) -> tuple[tuple[str, str], ...]:
    """Variables; those without a value have the caller's (Docker), if there is one."""
    what = f"{what}: environment"
    cure = 'write {"NAME": "value"} or ["NAME=value"]'
    found = ((key, os.environ.get(key) if v is None else v) for key, v in pairs(what, given, cure))
    return tuple({k: word(f"{what}: {k}", v) for k, v in found if v is not None}.items())


def command(what: str, given: object) -> tuple[str, ...]:
    """A command's words; a text is taken apart as a shell does."""
    what = f"{what}: command"
    try:
        words = shlex.split(given) if isinstance(given, str) else several(what, given, _LIST)
    except ValueError as error:
        raise TopologyError(f"{what} {shown(given)}: {error}: {_LIST}") from None
    return tuple(word(what, each) for each in words)


def _valued(what: str, given: object) -> dict[str, str]:
    """Settings by name; all of them have a value."""
    found = {}
    for key, value in pairs(what, given, "write {'NAME': VALUE} or ['NAME=VALUE']"):
        if value is None:
            raise TopologyError(f'{what} "{key}": it has no value')
        found[key] = word(f"{what}: {key}", int(value) if isinstance(value, bool) else value)
    return found


def _subnet(what: str, key: str, text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        if "/" in text:
            return ipaddress.ip_network(text, strict=False)
    except ValueError:
        pass
    raise TopologyError(f'{what}: {key} "{text}" is no network: {_NET}')


def _address(what: str, key: str, given: object) -> str:
    what = f"{what}: {key}" if what else key
    try:
        return str(ipaddress.ip_address(line(what, given, _ADDRESS)))
    except ValueError:
        raise TopologyError(f'{what} "{given}" is no IP address') from None


def _within(
    what: str, key: str, given: object, net: ipaddress.IPv4Network | ipaddress.IPv6Network
) -> str:
    address = _address(what, key, given)
    if ipaddress.ip_address(address) not in net:
        raise TopologyError(f'{what}: {key} "{given}" is outside {net}: choose one inside')
    return address


def _static(what: str, network: Network, version: int, given: object) -> str:
    """An address that was asked for by name: Docker gives it where the user chose the subnet."""
    if given is None or given == "":
        return ""
    address = _address(what, f"ipv{version}", given)
    if ipaddress.ip_address(address).version != version:
        cure = f"write an IPv{version} address"
        raise TopologyError(f'{what}: ipv{version} "{given}" is none: {cure}')
    known = [pool.subnet for pool in network.pools if pool.subnet]
    nets = [net for net in map(ipaddress.ip_network, known) if net.version == version]
    if not network.external and not nets:
        example = "subnet='172.30.0.0/16'" if version == 4 else "ipv6='fd00:30::/64'"
        cure = f"give it one, as {example}"
        raise TopologyError(
            f"{what}: address {address}: the network has no subnet of its own: {cure}"
        )
    return address
