"""The macvlan driver: containers as machines of their own on the host's LAN. What ipvlan has in
common with it is here too."""

from __future__ import annotations

from collections.abc import Iterator

from ...topology import lan
from ...topology.ipam import mac_from_ip, mac_from_text
from ...topology.layout import Endpoint, Segment
from ...value import replace
from ..step import Step
from ..steps.lan import AddLanLink, AddShim, ShimAddress, ShimRoute
from ..steps.parent import AddDummy, AddVlan, UseParent
from .bridge import inside


def segment(net: Segment) -> Iterator[Step]:
    """The parent interface, and the host's own interface on it where one is wished for."""
    yield _parent(net)
    if net.shim is None:
        return
    shim = net.shim
    own = mac_from_ip(shim.ipv4) if shim.ipv4 else mac_from_text(shim.device)
    yield AddShim(
        shim.device,
        net.group,
        shim.index,
        net.driver,
        lan.mode(net),
        lan.flag(net),
        net.device,
        net.index,
        own if net.driver == "macvlan" else "",
        net.mtu,
        net.name,
    )
    for address in (shim.ipv4, shim.ipv6):
        if address:
            yield ShimAddress("", shim.device, shim.index, _alone(address))


def _parent(net: Segment) -> Step:
    if lan.needs_dummy(net):
        mac = net.mac
        return AddDummy(net.device, net.group, net.index, net.name, net.driver, mac, net.mtu)
    vlan = lan.vlan_of(net.device)
    if vlan:
        return AddVlan(net.device, net.group, net.index, net.name, net.driver, *vlan)
    return UseParent(net.name, net.driver, net.device)


def endpoint(plug: Endpoint, net: Segment, link_group: int) -> Iterator[Step]:
    """A sub-interface of the parent, made inside the container. An internal network has no way
    out, be there a gateway or not (measured of Docker 20.10: no default route)."""
    yield from link(plug, net)
    yield from inside(replace(plug, route=plug.route and not net.internal), net)


def link(plug: Endpoint, net: Segment) -> Iterator[Step]:
    """The sub-interface, and the host's way to it."""
    yield AddLanLink(
        plug.host_device,
        plug.host_index,
        net.driver,
        lan.mode(net),
        lan.flag(net),
        net.device,
        net.index,
        plug.mac,
        net.mtu,
        plug.container,
        plug.device,
        net.name,
    )
    shim = net.shim
    for address, own in ((plug.ipv4, shim and shim.ipv4), (plug.ipv6, shim and shim.ipv6)):
        if shim and address and own:
            yield ShimRoute("", _alone(address), "", shim.device, shim.index)


def _alone(address: str) -> str:
    return f"{address}/{128 if ':' in address else 32}"
