"""Several topologies and several hosts beside each other."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from nsnet.engine import clean
from nsnet.engine.engine import Blocked, Engine
from nsnet.kernel import netns
from nsnet.topology.model import Attachment, Container, Network, Topology
from tests.support import differences, fetch, picture, pings, run

pytestmark = pytest.mark.usefixtures("host")

ROOT = Path(__file__).parents[2]


def on(network: str, *names: str, external: bool = False, topology: str = "") -> Topology:
    containers = tuple(Container(n, attachments=(Attachment(network),)) for n in names)
    return Topology(topology or names[0], (Network(network, external=external),), containers)


@pytest.mark.parametrize("count", [1, 2])
def test_an_external_network_outlives_its_owner(count: int) -> None:
    engine = Engine()
    owner = on("front", *("a1", "a2")[:count], topology="a")
    engine.up(owner)
    guest = on("front", "b1", "b2", external=True, topology="b")
    engine.up(guest)
    address = engine.state().records["b"].layout.endpoints[0].ipv4
    engine.down("a")
    assert pings("b2", address)
    engine.up(on("other", "c1", "c2", topology="c"))
    engine.down("c")
    assert pings("b2", address), "c was given the link group of b's bridge"
    assert engine.up(guest).unchanged
    engine.down("b")


def test_a_network_that_its_owner_drops_stays_for_its_guests() -> None:
    engine = Engine()
    engine.up(on("front", "a1", "a2", topology="a"))
    engine.up(on("front", "b1", external=True, topology="b"))
    engine.up(on("elsewhere", "a1", "a2", topology="a"))
    gateway = engine.state().records["b"].layout.segments[0].v4
    assert gateway
    assert pings("b1", gateway.gateway)
    engine.down("a")
    engine.down("b")


def test_sharing_with_a_container_of_another_topology() -> None:
    engine = Engine()
    engine.up(on("front", "main"))
    side = Topology("side", (), (Container("sidecar", mode="container", share="main"),))
    engine.up(side)
    assert netns.inode("sidecar") == netns.inode("main")
    engine.down("main")
    engine.down("side")


def test_sharing_with_nobody() -> None:
    side = Topology("side", (), (Container("sidecar", mode="container", share="nobody"),))
    with pytest.raises(Exception, match="shares the network of nobody"):
        Engine().up(side)


def in_host(name: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run nsnet with the named namespace as its host."""
    command = ["nsenter", f"--net=/run/netns/{name}", sys.executable, "-m", "nsnet", *words]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False)


def test_two_hosts_on_one_machine() -> None:
    run("ip", "netns", "add", "hostA")
    run("ip", "-n", "hostA", "link", "set", "lo", "up")
    before = picture()
    Engine().up(on("bridge", "x1", "x2", topology="x"))
    there = picture()
    assert in_host("hostA", "up", "none-demo").returncode == 0
    assert in_host("hostA", "clean").returncode == 0
    assert not differences(there, picture()), "clean has touched another host's"
    Engine().down("x")
    assert not differences(before, picture())
    clashing = in_host("hostA", "up", "bridge-demo")
    assert clashing.returncode == 0, clashing.stderr
    other = on("bridge", "alpine1", topology="y")
    with pytest.raises(Blocked, match="of this machine has one of that name"):
        Engine().up(other)
    assert in_host("hostA", "down", "--all").returncode == 0
    run("ip", "netns", "delete", "hostA")


def test_a_topology_whose_record_is_lost_is_named() -> None:
    engine = Engine()
    engine.up(on("bridge", "a1", topology="a"))
    run("rm", "-rf", engine.folder)
    with pytest.raises(Blocked, match="topology a is up, but its record is lost"):
        engine.up(on("bridge", "b1", topology="b"))
    engine.down("a", on("bridge", "a1", topology="a"))
    engine.up(on("bridge", "b1", topology="b"))
    engine.down("b")


def test_clean_leaves_only_rules_of_the_user() -> None:
    web = Container("web", attachments=(Attachment("bridge"),), stub=True, expose=((80, "tcp"),))
    Engine().up(Topology("t", (Network("bridge"),), (web,)))
    run("nft", "add", "rule", "ip", "nsnet", "nsnet-user", "counter")
    clean.clean()
    assert not clean.find()
    left = run("nft", "list", "table", "ip", "nsnet")
    assert "nsnet-user" in left
    assert "dnat" not in left
    run("nft", "delete", "table", "ip", "nsnet")


def test_a_process_in_a_deleted_namespace_is_started_anew() -> None:
    web = Container("web", attachments=(Attachment("bridge"),), stub=True, expose=((80, "tcp"),))
    topology = Topology("t", (Network("bridge"),), (web,))
    engine = Engine()
    engine.up(topology)
    run("ip", "netns", "delete", "web")
    engine.up(topology)
    assert engine.up(topology).unchanged
    assert fetch("", "http://172.17.0.2/").startswith("web ")
    engine.down("t")


def test_a_route_that_leads_elsewhere_is_put_right() -> None:
    engine = Engine()
    topology = on("bridge", "a1")
    engine.up(topology)
    before = picture()
    run("ip", "-n", "a1", "route", "replace", "default", "via", "172.17.0.9")
    engine.up(topology)
    assert picture() == before
    run("nft", "chain ip nsnet filter-forward { policy drop ; }")
    engine.up(topology)
    assert picture() == before
    engine.down("a1")


def test_names_as_long_as_they_may_be() -> None:
    engine = Engine()
    topology = on("n" * 90, "c" * 90, topology="t")
    engine.up(topology)
    assert engine.up(topology).unchanged
    engine.down("t")
    with pytest.raises(Exception, match="91 bytes long, at most 90"):
        engine.up(on("n" * 90, "c" * 91, topology="t"))


def test_renamed_container_in_place() -> None:
    engine = Engine()
    topology = on("bridge", "a1", "a2", topology="t")
    engine.up(topology)
    renamed = replace(topology, containers=(replace(topology.containers[0], name="zz"),))
    engine.up(renamed)
    assert engine.up(renamed).unchanged
    assert sorted(netns.names()) == ["zz"]
    engine.down("t")
