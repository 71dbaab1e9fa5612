"""The options of ``network create``, ``connect`` and ``prune``: Docker's."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address, ip_network

from ...value import Value
from ..ipam import IP, Net, overlapping, parse_net
from ..model import Attachment, Network, Pool, TopologyError
from ..naming import device_problem
from . import values
from .errors import Impossible, bad
from .values import Pairs

DRIVERS = ("bridge", "macvlan", "ipvlan", "overlay")
_ONLY_ONE = {"host": "host", "null": "none", "none": "none"}


class Flags(Value):
    """The options of ``network create`` as they were typed."""

    driver: str = "bridge"
    subnets: tuple[str, ...] = ()
    gateways: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    aux: tuple[str, ...] = ()
    internal: bool = False
    ipv6: bool = False
    attachable: bool = False
    options: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    scope: str = ""
    ipam_driver: str = "default"
    ingress: bool = False
    config_only: bool = False
    config_from: str = ""


def network(name: str, flags: Flags) -> Network:
    """The network that ``network create`` asks for. A subnet is kept as it was written, host
    bits and all. Raises `Impossible` with every problem found."""
    problems = [*_name(name), *_driver(flags.driver), *_beyond(flags)]
    pools: tuple[Pool, ...] = ()
    labels: Pairs = ()
    try:
        pools = _pools(flags)
        labels = values.labels((), flags.labels)
    except TopologyError as error:
        problems += error.problems
    if problems:
        raise Impossible(*problems)
    return Network(
        name=name,
        key=name,
        driver=flags.driver,
        options=pairs(flags.options),
        internal=flags.internal,
        enable_ipv6=flags.ipv6,
        pools=pools,
        labels=labels,
        attachable=flags.attachable,
    )


def pairs(texts: Iterable[str]) -> Pairs:
    """``KEY=VALUE`` words, the last of a key; without ``=`` the value is empty."""
    found = {key: value for key, _, value in (text.partition("=") for text in texts)}
    return tuple(found.items())


def _name(name: str) -> list[str]:
    """Docker takes every name but a blank one. Where it is shown, one line has to hold it."""
    if not name.strip():
        return [f"invalid name: {name!r} is blank: choose another"]
    if not name.isprintable():
        return [f"invalid name: {name!r} holds characters that cannot be shown: leave them out"]
    return []


def _driver(driver: str) -> list[str]:
    if driver in _ONLY_ONE:
        word = _ONLY_ONE[driver]
        return [
            f'only one instance of "{driver}" network is allowed: it is there already: use it '
            f"(nsnet run --network {word})"
        ]
    if driver not in DRIVERS:
        return [f'plugin "{driver}" not found: drivers are {", ".join(DRIVERS)}']
    return []


def _beyond(flags: Flags) -> list[str]:
    """What needs a swarm, or plugins."""
    problems = []
    if flags.ingress:
        problems.append(
            "Ingress network can only be global scope network, and needs a swarm: leave --ingress "
            "out"
        )
    if flags.scope not in ("", "local"):
        problems.append(
            f"--scope {flags.scope}: this host is no swarm manager: leave --scope out, or use local"
        )
    if flags.ipam_driver not in ("", "default"):
        problems.append(
            f"failed to find IPAM driver {flags.ipam_driver}: nsnet has its own alone: leave "
            "--ipam-driver out"
        )
    if flags.config_only or flags.config_from:
        problems.append(
            "configuration-only networks (--config-only, --config-from) are for swarms: give the "
            "options to the network itself"
        )
    return problems


def _pools(flags: Flags) -> tuple[Pool, ...]:
    """Each range, gateway and auxiliary address goes to the subnet that it is in."""
    if len(flags.subnets) < max(len(flags.ranges), len(flags.gateways)):
        raise Impossible("every ip-range or gateway must have a corresponding subnet: add --subnet")
    nets = [_subnet(text) for text in flags.subnets]
    for number, net in enumerate(nets):
        if overlapping(net, nets[:number]):
            raise Impossible(
                f"multiple overlapping subnet configuration is not supported: "
                f"{', '.join(flags.subnets)}: keep one of those that overlap"
            )
    ranges = _assigned(nets, flags.ranges, "range")
    gateways = _assigned(nets, flags.gateways, "gateway")
    aux: list[dict[str, str]] = [{} for _ in nets]
    for name, text in pairs(flags.aux):
        aux[_place(nets, text, "aux-address")][name] = text
    return tuple(
        Pool(text, gateways.get(number), ranges.get(number), tuple(aux[number].items()))
        for number, text in enumerate(flags.subnets)
    )


def _subnet(text: str) -> Net:
    problem = (
        f"Invalid subnet {text}: invalid CIDR address: {text}: write ADDRESS/BITS, as 172.28.0.0/16"
    )
    try:
        if "/" not in text:
            raise Impossible(problem)
        return parse_net(text)
    except TopologyError:
        raise Impossible(problem) from None


def _assigned(nets: list[Net], texts: Iterable[str], kind: str) -> dict[int, str]:
    """Which text belongs to which subnet, by number."""
    found: dict[int, str] = {}
    for text in texts:
        number = _place(nets, text, kind)
        if number in found:
            raise Impossible(
                f"cannot configure multiple {kind}s ({text}, {found[number]}) for the same subnet "
                f"({nets[number]}): keep one"
            )
        found[number] = text
    return found


def _place(nets: list[Net], text: str, kind: str) -> int:
    address = _address(text, kind == "range")
    for number, net in enumerate(nets):
        if address is not None and address in net:
            return number
    known = " or ".join(map(str, nets))
    cure = f"choose one inside {known}" if known else "add --subnet"
    if address is None:
        cure = "write a subnet, as 172.28.5.0/24" if kind == "range" else "write an IP address"
    raise Impossible(f"no matching subnet for {kind} {text}: {cure}")


def _address(text: str, is_range: bool) -> IP | None:
    """The address, or the first one of a range; None where `text` is neither."""
    try:
        if is_range:
            return ip_network(text, strict=False).network_address if "/" in text else None
        return ip_address(text)
    except ValueError:
        return None


class Plug(Value):
    """The options of ``network connect`` as they were typed."""

    ip: str = ""
    ip6: str = ""
    aliases: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    link_local_ips: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    interface: str = ""
    mac_address: str = ""
    gw_priority: int = 0


def attachment(network: str, plug: Plug) -> Attachment:
    """What ``network connect`` asks for. Raises `BadFlag`, `Impossible`."""
    problem = device_problem(plug.interface) if plug.interface else ""
    if problem:
        raise bad("--interface", plug.interface, problem)
    return Attachment(
        network=network,
        aliases=tuple(dict.fromkeys(plug.aliases)),
        ipv4=values.own_address(plug.ip, 4),
        ipv6=values.own_address(plug.ip6, 6),
        mac=values.mac_address(plug.mac_address),
        gw_priority=plug.gw_priority,
        link_local_ips=values.addresses(plug.link_local_ips, "--link-local-ip"),
        options=pairs(plug.options),
        device=plug.interface,
        links=values.links(plug.links),
    )
