"""The bridge driver: a switch in the kernel, a cable to every container, NAT at its edge."""

from __future__ import annotations

from collections.abc import Iterator

from ...topology.layout import Endpoint, Segment
from .. import firewall
from ..step import Step
from ..steps.address import AddAddress, AddRoute
from ..steps.bridge import AddBridge, Hairpin
from ..steps.link import LinkUp
from ..steps.setting import SetOnDevice
from ..steps.veth import AddVeth


def segment(net: Segment) -> Iterator[Step]:
    """The bridge, the host's address on it, and its part of the firewall."""
    yield AddBridge(net.device, net.mac, net.mtu, net.group, net.index, net.name)
    for span in (net.v4, net.v6):
        if span:
            yield AddAddress("", net.device, net.index, span.cidr(span.gateway))
    if net.v4 and not net.internal:
        yield SetOnDevice(
            net.device,
            f"net.ipv4.conf.{net.device.replace('.', '/')}.route_localnet",
            "1",
            "lets packets to 127.0.0.1 be sent on to a container: needed for ports that are "
            "published on the host's loopback",
        )
    yield from firewall.segment(net)


def endpoint(plug: Endpoint, net: Segment, link_group: int) -> Iterator[Step]:
    """The cable, its port on the bridge, and what the container has at its end."""
    yield AddVeth(
        plug.host_device,
        plug.host_mac,
        link_group,
        plug.host_index,
        net.mtu,
        net.device,
        net.index,
        plug.container,
        plug.device,
        plug.mac,
        plug.index,
    )
    if plug.hairpin:
        yield Hairpin(plug.host_device, plug.host_index, net.device)
    if not net.icc:
        yield firewall.isolated(plug, net)
    yield from inside(plug, net)


def inside(plug: Endpoint, net: Segment) -> Iterator[Step]:
    """Addresses, state and default route of a container's interface."""
    name = plug.container
    addresses = [(span, text) for span, text in ((net.v4, plug.ipv4), (net.v6, plug.ipv6)) if text]
    for span, text in addresses:
        if span:
            yield AddAddress(name, plug.device, plug.index, span.cidr(text))
    yield LinkUp(name, plug.device)
    for span, _ in addresses:
        if span and plug.route:
            yield AddRoute(name, "default", span.gateway, plug.device, plug.index)
