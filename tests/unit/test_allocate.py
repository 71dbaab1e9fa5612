"""From a topology to a layout: every choice, and how stable it is."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from nsnet.plan.before import Before
from nsnet.plan.build import desired
from nsnet.topology.allocate import allocate
from nsnet.topology.codec import plain, restore
from nsnet.topology.layout import Layout
from nsnet.topology.model import (
    Attachment,
    Container,
    Network,
    Pool,
    Port,
    Topology,
    TopologyError,
)
from nsnet.topology.taken import Taken


def on(*networks: str, name: str = "c", **extra: object) -> Container:
    return Container(name, attachments=tuple(Attachment(n) for n in networks), **extra)  # type: ignore[arg-type]


def layout(*containers: Container, nets: tuple[Network, ...] = ()) -> Layout:
    return allocate(topology(*containers, nets=nets), Taken())


def topology(*containers: Container, nets: tuple[Network, ...] = ()) -> Topology:
    names = {a.network for c in containers for a in c.attachments}
    known = {n.name for n in nets}
    made = tuple(Network(name) for name in sorted(names - known))
    return Topology("t", (*nets, *made), containers)


def test_the_default_bridge_is_docker_s() -> None:
    made = layout(on("bridge", name="a"), on("bridge", name="b"))
    net = made.segments[0]
    assert (net.device, net.v4 and net.v4.subnet) == ("nsnet0", "172.17.0.0/16")
    assert [(e.ipv4, e.mac) for e in made.endpoints] == [
        ("172.17.0.2", "02:42:ac:11:00:02"),
        ("172.17.0.3", "02:42:ac:11:00:03"),
    ]


def test_subnets_of_the_host_are_avoided() -> None:
    made = allocate(topology(on("bridge")), Taken(nets=[ip_network("172.17.0.0/16")]))
    assert made.segments[0].v4
    assert made.segments[0].v4.subnet == "172.18.0.0/16"


def test_the_way_out_is_the_smallest_name_that_is_not_internal() -> None:
    nets = (Network("aa", internal=True), Network("zz"), Network("mm"))
    made = layout(on("aa", "zz", "mm"), nets=nets)
    assert [e.network for e in made.endpoints if e.route] == ["mm"]
    assert [e.device for e in made.endpoints] == ["eth0", "eth1", "eth2"]


def test_what_was_chosen_stays() -> None:
    first = layout(on("bridge", name="a"), on("bridge", name="b"), on("bridge", name="c"))
    fewer = Topology("t", (Network("bridge"),), (on("bridge", name="c"), on("bridge", name="new")))
    second = allocate(fewer, Taken(), first)
    addresses = {e.container: e.ipv4 for e in second.endpoints}
    assert addresses == {"c": "172.17.0.4", "new": "172.17.0.2"}
    assert second.slot == first.slot


def test_names_that_do_not_fit_are_hashed() -> None:
    made = layout(on("a-very-long-network-name", name="a-very-long-container-name"))
    for name in (made.segments[0].device, made.endpoints[0].host_device):
        assert len(name) <= 15


@pytest.mark.parametrize(
    ("port", "bound"),
    [
        (Port(80, 8080), ("0.0.0.0", 8080)),
        (Port(80), ("0.0.0.0", 32768)),
        (Port(80, 9000, host_port_end=9002), ("0.0.0.0", 9000)),
        (Port(80, 53, "udp", "127.0.0.1"), ("127.0.0.1", 53)),
    ],
)
def test_ports(port: Port, bound: tuple[str, int]) -> None:
    made = layout(on("bridge", ports=(port,)))
    assert [(b.host_ip, b.host_port) for b in made.bindings] == [bound]
    assert made.endpoints[0].hairpin


def test_ports_clash_within_and_between_topologies() -> None:
    ports = (Port(80, 8080),)
    with pytest.raises(TopologyError, match=r"b: port 0\.0\.0\.0:8080/tcp is already .* by a"):
        layout(on("bridge", name="a", ports=ports), on("bridge", name="b", ports=ports))
    other = layout(on("bridge", name="a", ports=ports))
    rival = on("bridge", name="b", ports=(Port(80, 8080, "tcp", "127.0.0.1"),))
    with pytest.raises(TopologyError, match="already allocated by a"):
        allocate(topology(rival), Taken(others=[other]))


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (Network("n", options=(("com.docker.network.bridge.name", "x" * 16),)), "16 bytes"),
        (Network("n", options=(("com.docker.network.driver.mtu", "9"),)), "mtu '9'"),
        (Network("n", options=(("com.docker.network.bridge.enable_icc", "si"),)), "not true"),
        (Network("n", pools=(Pool("10.0.0.0"), Pool("nonsense"))), "nonsense"),
        (Network("n", external=True), "declared as external"),
        (Network("n", driver="macvlan", options=(("parent", "lo"),)), "loopback"),
    ],
)
def test_what_cannot_be_is_told(network: Network, message: str) -> None:
    with pytest.raises(TopologyError, match=message):
        allocate(Topology("t", (network,)), Taken())


def test_a_layout_survives_json() -> None:
    nets = (Network("n", enable_ipv6=True, pools=(Pool("10.1.0.0/24"),)),)
    made = layout(on("n", "bridge", ports=(Port(80, 8080),), extra_hosts=(("a", "b"),)), nets=nets)
    assert restore(Layout, plain(made)) == made


def test_equal_layouts_give_equal_steps_with_reasons() -> None:
    made = layout(on("n", "bridge", ports=(Port(80, 8080),)), nets=(Network("n", internal=True),))
    steps = desired(made, Before(), "/run/nsnet/x")
    assert steps == desired(restore(Layout, plain(made)), Before(), "/run/nsnet/x")
    assert [s.phase for s in steps] == sorted(s.phase for s in steps)
    for step in steps:
        assert step.commands()
        assert step.what
        assert len(step.why) > 20
        assert step.inverse().inverse() == step
