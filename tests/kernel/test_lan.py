"""macvlan and ipvlan: containers on the LAN of one of the host's interfaces."""

from __future__ import annotations

import pytest

from nsnet.engine.engine import Blocked, Engine
from nsnet.topology.model import Attachment, Container, Network, Pool, Topology, TopologyError
from tests.support import pings, run, status

pytestmark = pytest.mark.usefixtures("host")


def lan(driver: str = "macvlan", **options: str) -> Topology:
    network = Network(
        "lan",
        driver=driver,
        options=tuple({"parent": "uplink", **options}.items()),
        pools=(Pool("192.0.2.0/24", "192.0.2.1"),),
    )
    containers = tuple(Container(f"c{i}", attachments=(Attachment("lan"),)) for i in (1, 2))
    return Topology("lan-test", (network,), containers)


def machine_on_the_wire() -> None:
    run("ip", "link", "add", "uplink", "type", "veth", "peer", "name", "far")
    run("ip", "netns", "add", "neighbour")
    run("ip", "link", "set", "far", "netns", "neighbour")
    run("ip", "-n", "neighbour", "address", "add", "192.0.2.1/24", "dev", "far")
    run("ip", "-n", "neighbour", "link", "set", "far", "up")
    run("ip", "link", "set", "uplink", "up")


def put_away() -> None:
    run("ip", "link", "delete", "uplink")
    run("ip", "netns", "delete", "neighbour")


def supported(driver: str) -> bool:
    mode = "mode bridge" if driver == "macvlan" else "mode l2"
    made = status(*f"ip link add link uplink name probe type {driver} {mode}".split()) == 0
    return made and status("ip", "link", "delete", "probe") == 0


@pytest.mark.parametrize("driver", ["macvlan", "ipvlan"])
def test_containers_are_machines_on_the_lan(driver: str) -> None:
    machine_on_the_wire()
    try:
        if not supported(driver):
            pytest.skip(f"this kernel has no {driver}")
        engine = Engine()
        engine.up(lan(driver))
        assert pings("c1", "192.0.2.1")
        assert pings("neighbour", "192.0.2.2")
        assert pings("c1", "192.0.2.3")
        assert engine.up(lan(driver)).unchanged
        engine.down("lan-test")
    finally:
        put_away()


def test_a_missing_parent_is_named() -> None:
    with pytest.raises(Blocked, match="parent interface uplink does not exist"):
        Engine().up(lan())


def test_no_parent_given() -> None:
    with pytest.raises(TopologyError, match="driver_opts"):
        Engine().up(Topology("x", (Network("lan", driver="macvlan"),)))
