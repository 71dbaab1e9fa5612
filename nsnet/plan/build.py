"""From a layout to its steps: what a topology wants of the kernel, in the order of building."""

from __future__ import annotations

from collections.abc import Iterator

from ..kernel import netns
from ..topology.layout import Endpoint, Layout, Segment
from ..topology.model import Container
from ..topology.naming import group
from . import firewall
from .before import FORWARD, Before
from .drivers import driver
from .step import Step, in_order
from .steps.link import LinkUp
from .steps.namespace import MARKED, AddNamespace, NameForeign, ShareNamespace
from .steps.nft import MARK
from .steps.setting import Forwarding, SetInside

_NO_IPV6 = ("net.ipv6.conf.all.disable_ipv6", "net.ipv6.conf.default.disable_ipv6")
_CONTAINER = (("net.ipv4.ip_unprivileged_port_start", "0"),)


def desired(layout: Layout, before: Before, place: str, etc: bool = True) -> list[Step]:
    """Everything that `layout` wants, by phase; `place` is the folder for files and logs,
    `etc` tells whether /etc/netns can be used.

    Equal layouts give equal steps; what two topologies share (the default bridge, the table)
    is the same step in both.
    """
    steps = [*_of_host(layout, before)]
    segments = {s.name: s for s in layout.segments}
    plugs: dict[str, list[Endpoint]] = {}
    for endpoint in layout.endpoints:
        plugs.setdefault(endpoint.container, []).append(endpoint)
    for container in layout.topology.containers:
        steps += _container(layout, container, plugs.get(container.name, []), segments)
    steps += [firewall.published(each) for each in layout.bindings if each.translated]
    if layout.topology.containers:
        from . import content

        steps += content.steps(layout, place, etc)
    return in_order(steps)


def common(layout: Layout, before: Before, place: str) -> Iterator[Step]:
    """Those steps of `desired` that another topology may want as well: none that is about a
    single container."""
    yield from _of_host(layout, before)
    if layout.topology.containers:
        from . import content

        yield from content.shared(layout, place)


def _of_host(layout: Layout, before: Before) -> Iterator[Step]:
    bridged = [s for s in layout.segments if s.bridged]
    for family in sorted({f for s in bridged for f in firewall.families(s)}):
        yield from firewall.host(family, _comment(before, family))
        yield forwarding(before, family)
    for segment in layout.segments:
        yield from driver(segment.driver).segment(segment)


def forwarding(before: Before, family: str) -> Forwarding:
    """The step that switches the family's forwarding on."""
    prefix = "net.ipv4." if family == "ip" else "net.ipv6."
    kept = tuple(pair for pair in before.settings if pair[0].startswith(prefix))
    return Forwarding(FORWARD[family], before.value(family), kept)


def _comment(before: Before, family: str) -> str:
    """The comment of our table: enough to restore forwarding without any state."""
    return f"{MARK}; {FORWARD[family]} was {before.value(family)}"


def mark(topology: str, container: str) -> str:
    """The mark of a container's namespace: the alias of its lo."""
    return f"{MARKED}{topology} {container}"


def _container(
    layout: Layout,
    container: Container,
    plugs: list[Endpoint],
    segments: dict[str, Segment],
) -> Iterator[Step]:
    name = container.name
    if container.stopped or container.mode == "host":
        return
    if container.mode == "container":
        if not container.adrift:
            yield ShareNamespace(name, container.share)
        return
    if container.mode == "namespace":
        if container.namespace != netns.path(name):
            yield NameForeign(name, container.namespace)
    else:
        yield AddNamespace(name, mark(layout.name, name))
        yield from _settings(container, any(p.ipv6 for p in plugs))
        yield LinkUp(name, "lo")
    for plug in plugs:
        net = segments[plug.network]
        yield from driver(net.driver).endpoint(plug, net, group(layout.slot))


def _settings(container: Container, ipv6: bool) -> Iterator[Step]:
    chosen = dict(_CONTAINER)
    if not ipv6:
        chosen |= dict.fromkeys(_NO_IPV6, "1")
    # Others are not of the network: a named namespace has no place for them.
    chosen |= {key: value for key, value in container.sysctls if key.startswith("net.")}
    for key, value in chosen.items():
        yield SetInside(container.name, key, value)
