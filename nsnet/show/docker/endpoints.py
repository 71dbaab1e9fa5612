"""``NetworkSettings.Networks``: a container's endpoints, or the wishes of a stopped one."""

from __future__ import annotations

from ...topology.layout import Endpoint
from ...topology.model import DEFAULT_NETWORK, Attachment
from ..template.values import NoList, NoMap, Struct, Texts
from .book import Book, Item, Net
from .network import endpoint_id


def endpoints(book: Book, item: Item) -> dict[str, Struct]:
    """By the names of the networks."""
    container = item.container
    if container.mode in ("host", "none"):
        return {container.mode: _bare(book, item, container.mode)}
    if container.mode == "container":
        return {}
    plugs = {each.network: each for each in item.endpoints}
    return {
        wish.network: _endpoint(book, item, wish, plugs.get(wish.network))
        for wish in sorted(container.attachments, key=lambda wish: wish.network)
    }


def _bare(book: Book, item: Item, name: str) -> Struct:
    net = book.net(name)
    live = not item.container.stopped and net is not None
    return _entry(
        network_id=net.id if net and live else "",
        endpoint_id=endpoint_id(item, name) if live else "",
    )


def _endpoint(book: Book, item: Item, wish: Attachment, plug: Endpoint | None) -> Struct:
    net = book.net(wish.network)
    entry = _entry(
        links=[f"{link.container}:{link.alias}" for link in wish.links],
        aliases=_aliases(item, wish),
        options=dict(wish.options),
        addresses={"IPv4Address": wish.ipv4, "IPv6Address": wish.ipv6},
        network_id=net.id if net and (plug or item.status == "exited") else "",
    )
    if net is None or net.segment is None or plug is None:
        return entry
    return Struct({**entry, **_addresses(item, net, plug)})


def _addresses(item: Item, net: Net, plug: Endpoint) -> dict[str, object]:
    segment = net.segment
    v4, v6 = (segment.v4, segment.v6) if segment else (None, None)
    gateway = "" if not v4 else v4.gateway
    return {
        "EndpointID": endpoint_id(item, net.name),
        "Gateway": gateway,
        "IPAddress": plug.ipv4,
        "IPPrefixLen": v4.prefix if v4 and plug.ipv4 else 0,
        "IPv6Gateway": v6.gateway if v6 and plug.ipv6 else "",
        "GlobalIPv6Address": plug.ipv6,
        "GlobalIPv6PrefixLen": v6.prefix if v6 and plug.ipv6 else 0,
        "MacAddress": plug.mac,
    }


def _aliases(item: Item, wish: Attachment) -> list[str]:
    """Those asked for; on a network with names also the short id and the host's own name."""
    container = item.container
    found = list(wish.aliases)
    if wish.network != DEFAULT_NETWORK and item.status != "created":
        found.append(item.id[:12])
        found += [container.hostname] if container.hostname else []
    return list(dict.fromkeys(found))


def _entry(
    *,
    links: list[str] | None = None,
    aliases: list[str] | None = None,
    options: dict[str, str] | None = None,
    addresses: dict[str, str] | None = None,
    network_id: str = "",
    endpoint_id: str = "",
) -> Struct:
    wished = {key: value for key, value in (addresses or {}).items() if value}
    return Struct(
        IPAMConfig=Struct(wished) if wished else None,
        Links=links or NoList(),
        Aliases=aliases or NoList(),
        NetworkID=network_id,
        EndpointID=endpoint_id,
        Gateway="",
        IPAddress="",
        IPPrefixLen=0,
        IPv6Gateway="",
        GlobalIPv6Address="",
        GlobalIPv6PrefixLen=0,
        MacAddress="",
        DriverOpts=Texts(options) if options else NoMap(),
    )
