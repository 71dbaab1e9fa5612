"""``docker network ls`` and ``docker network inspect``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import ip_interface, ip_network

from ...topology.identity import container_id, short
from ...topology.layout import Segment
from ...topology.model import DEFAULT_NETWORK
from ...topology.naming import DEFAULT_DEVICE
from ..template.values import Hidden, NoMap, Struct, Texts
from .book import Book, Item, Net, derived
from .columns import matches
from .filters import BadFilter, Test, has_label, test_of
from .times import spoken, stamp

_BRIDGE = "com.docker.network.bridge."

#: The columns of the plain table, and the titles of the fields that a template may name.
USUAL = ("ID", "Name", "Driver", "Scope")
HEADERS = {
    "ID": "NETWORK ID",
    "Name": "NAME",
    "Driver": "DRIVER",
    "Scope": "SCOPE",
    "IPv6": "IPV6",
    "Internal": "INTERNAL",
    "Labels": "LABELS",
    "CreatedAt": "CREATED AT",
}


class Row(Struct):
    """A line of ``network ls``."""

    kind = "*network.networkContext"


def row(book: Book, net: Net, whole_id: bool = False) -> Row:
    """A network as ``network ls`` tells it; the keys in the order of its JSON."""
    labels = dict(net.network.labels)
    return Row(
        CreatedAt=spoken(_created(book, net)),
        Driver=net.network.driver,
        ID=net.id if whole_id else short(net.id),
        IPv6=_truth(net.network.enable_ipv6),
        Internal=_truth(net.network.internal),
        Labels=",".join(f"{key}={value}" for key, value in sorted(labels.items())),
        Name=net.name,
        Scope="local",
        Label=lambda key: labels.get(str(key), ""),
    )


def inspect(book: Book, net: Net) -> Struct:
    """All about a network."""
    network = net.network
    return Struct(
        Name=net.name,
        Id=net.id,
        Created=stamp(_created(book, net)),
        Scope="local",
        Driver=network.driver,
        EnableIPv6=network.enable_ipv6,
        IPAM=Struct(
            Driver="default",
            Options=NoMap() if net.predefined else Texts(),
            Config=_pools(book, net),
        ),
        Internal=network.internal,
        Attachable=network.attachable,
        Ingress=False,
        ConfigFrom=Struct(Network=""),
        ConfigOnly=False,
        Containers=_members(book, net),
        Options=Texts(_options(book, net)),
        Labels=Texts(network.labels),
    )


def members(book: Book, net: Net) -> list[Item]:
    """The containers (and foreign namespaces) that are on a network now."""
    found = []
    for item in book.plugged():
        if item.container.stopped:
            continue
        on = any(e.network == net.name for e in item.endpoints)
        if on or (net.name in ("host", "none") and item.container.mode == net.name):
            found.append(item)
    return found


def endpoint_id(item: Item, network: str) -> str:
    """The id of a container's endpoint on a network."""
    return derived("endpoint", network, container_id(item.record.layout.name, item.container))


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _created(book: Book, net: Net) -> float:
    return net.network.created or (net.record.created if net.record else book.began())


def _pools(book: Book, net: Net) -> list[Struct]:
    """The subnets: those chosen, and those asked for as they were written. The gateway is told
    also where the user has not chosen it (Docker 20.10 leaves it out then, later ones do not)."""
    if net.name == DEFAULT_NETWORK:
        return _default_pools(book, net.segment)
    found = []
    spans = [s for s in (net.segment.v4, net.segment.v6) if s] if net.segment else []
    own = [pool for pool in net.network.pools if pool.subnet]
    for span in spans:
        if all((":" in (pool.subnet or "")) != (":" in span.subnet) for pool in own):
            extra = next((pool for pool in net.network.pools if not pool.subnet), None)
            ip_range = extra.ip_range if extra and ":" not in span.subnet else ""
            found.append(_pool(span.subnet, ip_range, span.gateway))
    for pool in own:
        six = ":" in (pool.subnet or "")
        chosen = next((s.gateway for s in spans if (":" in s.subnet) == six), "")
        gateway = pool.gateway or chosen
        found.append(_pool(pool.subnet, pool.ip_range, gateway, dict(pool.aux_addresses)))
    return sorted(found, key=lambda each: ":" in str(each["Subnet"]))  # IPv4 first


def _default_pools(book: Book, segment: Segment | None) -> list[Struct]:
    """Of the default bridge; of the one there would be, while nothing is on it."""
    fixed = book.config.fixed_cidr
    if segment and segment.v4:
        return [_pool(segment.v4.subnet, fixed, segment.v4.gateway)]
    subnet = ip_network(book.config.default_subnet)
    bip = book.config.bip
    gateway = str(ip_interface(bip).ip) if bip else str(subnet[1])
    return [_pool(str(subnet), fixed, gateway)]


def _pool(
    subnet: str | None,
    ip_range: str | None,
    gateway: str | None,
    aux: dict[str, str] | None = None,
) -> Struct:
    empty = Hidden("")
    return Struct(
        Subnet=subnet or empty,
        IPRange=ip_range or empty,
        Gateway=gateway or empty,
        AuxiliaryAddresses=Texts(aux) if aux else Hidden("map[]"),
    )


def _options(book: Book, net: Net) -> dict[str, str]:
    if net.name != DEFAULT_NETWORK:
        return dict(net.network.options)
    segment, config = net.segment, book.config
    return {
        _BRIDGE + "default_bridge": "true",
        _BRIDGE + "enable_icc": _truth(segment.icc if segment else config.icc),
        _BRIDGE + "enable_ip_masquerade": _truth(segment.masquerade if segment else config.ip_masq),
        _BRIDGE + "host_binding_ipv4": (segment.host_ip if segment else config.ip) or "0.0.0.0",
        _BRIDGE + "name": segment.device if segment else DEFAULT_DEVICE,
        "com.docker.network.driver.mtu": str(segment.mtu if segment else config.mtu or 1500),
    }


def _members(book: Book, net: Net) -> dict[str, Struct]:
    found = {}
    for item in members(book, net):
        plug = next((e for e in item.endpoints if e.network == net.name), None)
        v4, v6 = (net.segment.v4, net.segment.v6) if net.segment else (None, None)
        found[item.id] = Struct(
            Name=item.name,
            EndpointID=endpoint_id(item, net.name),
            MacAddress=plug.mac if plug else "",
            IPv4Address=v4.cidr(plug.ipv4) if plug and plug.ipv4 and v4 else "",
            IPv6Address=v6.cidr(plug.ipv6) if plug and plug.ipv6 and v6 else "",
        )
    return found


# --- filters


def tests(book: Book, filters: Iterable[tuple[str, str]]) -> Test[Net]:
    """Whether a network is one of those asked for. Raises `BadFilter`."""
    return test_of(book, filters, _FILTERS)


def _by_type(book: Book, value: str) -> Test[Net]:
    if value not in ("custom", "builtin"):
        raise BadFilter(f"invalid filter: 'type'='{value}': use custom or builtin")
    return lambda net: net.predefined == (value == "builtin")


def _by_use(book: Book, value: str) -> Test[Net]:
    """Docker's dangling networks: made by a user, and nobody is on them."""
    if value not in ("true", "1", "false", "0"):
        raise BadFilter(
            f'invalid value for filter \'dangling\': {value}: must be "true" (or "1"), '
            'or "false" (or "0")'
        )
    unused = value in ("true", "1")
    return lambda net: (not net.predefined and not members(book, net)) == unused


_FILTERS: dict[str, Callable[[Book, str], Test[Net]]] = {
    "driver": lambda book, value: lambda net: net.network.driver == value,
    "id": lambda book, value: lambda net: net.id.startswith(value),
    "label": lambda book, value: lambda net: has_label(net.network.labels, value),
    "name": lambda book, value: lambda net: matches(value, net.name),
    "scope": lambda book, value: lambda net: value == "local",
    "type": _by_type,
    "dangling": _by_use,
}
