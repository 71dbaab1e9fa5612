"""macvlan and ipvlan: containers on the LAN of one of the host's interfaces.

What is measured of Docker 20.10 is marked so. What the kernel at hand lacks (on some machines
ipvlan, VLANs and dummy interfaces) is skipped; that it is missed in clear words is tested there.
"""

from __future__ import annotations

import functools
import json
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest

from nsnet.engine import clean
from nsnet.engine.engine import Blocked, Engine, Result
from nsnet.kernel import netns, shell
from nsnet.kernel.apply import apply
from nsnet.kernel.errors import PreconditionError
from nsnet.kernel.stack import Stack
from nsnet.operations import containers as operations
from nsnet.operations import networks
from nsnet.operations.errors import Refused
from nsnet.plan.script import render
from nsnet.plan.step import PROCESSES, Step
from nsnet.topology.model import (
    Attachment,
    Container,
    Network,
    Pool,
    Port,
    Topology,
    TopologyError,
)
from tests.support import differences, fresh_host, picture, pings, run, status

pytestmark = pytest.mark.usefixtures("host")

UPLINK_MAC = "02:00:00:00:00:01"
SHIM = "192.0.2.250"
IDLE = ("tail", "-f", "/dev/null")


@functools.cache
def missing(kind: str) -> bool:
    """Does the kernel lack a kind of interface? (`ip`, not nsnet, is asked.)"""
    asked = subprocess.run(
        ["unshare", "--net", "ip", "link", "add", "probe", "type", kind],
        capture_output=True,
        text=True,
        check=False,
    )
    return "Unknown device type" in asked.stderr or "not supported" in asked.stderr


def need(*kinds: str) -> None:
    for kind in kinds:
        if missing(kind):
            pytest.skip(f"this kernel has no {kind} interfaces")


@contextmanager
def wire() -> Iterator[None]:
    """A cable from the host's `uplink` (192.0.2.10) to another machine (192.0.2.1)."""
    words = (
        f"link add uplink address {UPLINK_MAC} type veth peer name far address {UPLINK_MAC[:-1]}2"
    )
    run("ip", *words.split())
    run("ip", "netns", "add", "neighbour")
    run("ip", "link", "set", "far", "netns", "neighbour")
    inside = ("ip", "-n", "neighbour")
    run(*inside, "address", "add", "192.0.2.1/24", "dev", "far")
    run(*inside, "address", "add", "2001:db8::1/64", "dev", "far", "nodad")
    run(*inside, "link", "set", "far", "up")
    run("ip", "address", "add", "192.0.2.10/24", "dev", "uplink")
    run("ip", "link", "set", "uplink", "up")
    try:
        yield
    finally:
        run("ip", "link", "delete", "uplink")
        run("ip", "netns", "delete", "neighbour")


def network(
    driver: str = "macvlan", parent: str = "uplink", six: bool = False, **options: str
) -> Network:
    pools = (Pool("192.0.2.0/24", "192.0.2.1", "192.0.2.128/25"),)
    if six:
        pools += (Pool("2001:db8::/64", "2001:db8::1"),)
    given = {name.replace("host_shim", "nsnet.host_shim"): text for name, text in options.items()}
    given |= {"parent": parent} if parent else {}
    return Network("lan", driver=driver, options=tuple(given.items()), pools=pools, enable_ipv6=six)


def lan(driver: str = "macvlan", parent: str = "uplink", count: int = 2, **more: str) -> Topology:
    return on(network(driver, parent, **more), count)


def on(net: Network, count: int = 2) -> Topology:
    wishes = (Attachment(net.name),)
    containers = tuple(Container(f"c{i}", attachments=wishes) for i in range(1, count + 1))
    return Topology("lan-test", (net,), containers)


def address(number: int) -> str:
    return f"192.0.2.{127 + number}"


def info(name: str, device: str = "eth0") -> dict[str, object]:
    at = ("-n", name) if name else ()
    found: dict[str, object] = json.loads(run("ip", *at, "-j", "-d", "link", "show", device))[0]
    return found


def ttl(namespace: str, target: str) -> str:
    text = run("ip", "netns", "exec", namespace, "ping", "-c1", "-W2", target, check=False)
    found = re.search(r"ttl=(\d+)", text)
    return found[1] if found else ""


@contextmanager
def up(topology: Topology) -> Iterator[Engine]:
    engine = Engine()
    engine.up(topology)
    try:
        yield engine
    finally:
        engine.down(topology.name)


# --- who reaches whom


@pytest.mark.parametrize("driver", ["macvlan", "ipvlan"])
def test_containers_are_machines_on_the_lan(driver: str) -> None:
    """As recorded of Docker: no router between (ttl 64), own addresses, and no host."""
    need(driver)
    with wire(), up(lan(driver)) as engine:
        assert ttl("c1", "192.0.2.1") == "64"
        assert ttl("neighbour", address(1)) == "64"
        assert ttl("c1", address(2)) == "64"
        assert not pings("", address(1))
        assert not pings("c1", "192.0.2.10")
        assert engine.up(lan(driver)).unchanged
        assert run("ip", "-n", "c1", "route", "show", "default").startswith("default via 192.0.2.1")
        seen = str(info("c1")["address"])
        assert seen == ("02:42:c0:00:02:80" if driver == "macvlan" else UPLINK_MAC)
        assert run("sysctl", "-n", "net.ipv4.ip_forward") == "0\n"
        assert "nsnet" not in run("nft", "list", "tables", "ip")


@pytest.mark.parametrize(
    ("driver", "options", "neighbours"),
    [
        ("macvlan", {"macvlan_mode": "bridge"}, True),
        ("macvlan", {"macvlan_mode": "private"}, False),
        ("macvlan", {"macvlan_mode": "vepa"}, False),  # the other machine does not reflect
        ("ipvlan", {"ipvlan_mode": "l2"}, True),
        ("ipvlan", {"ipvlan_mode": "l2", "ipvlan_flag": "private"}, False),
        ("ipvlan", {"ipvlan_mode": "l2", "ipvlan_flag": "vepa"}, False),
    ],
)
def test_modes(driver: str, options: dict[str, str], neighbours: bool) -> None:
    need(driver)
    with wire(), up(lan(driver, **options)) as engine:
        assert pings("c1", "192.0.2.1", 2)
        assert pings("c1", address(2)) == neighbours
        data = info("c1")["linkinfo"]["info_data"]  # type: ignore[index]
        assert data["mode"] == next(iter(options.values()))
        assert engine.up(lan(driver, **options)).unchanged


@pytest.mark.parametrize("mode", ["l3", "l3s"])
def test_ipvlan_behind_the_host(mode: str) -> None:
    """Other machines need a route to the host; the containers need none (Docker: default dev)."""
    need("ipvlan")
    pools = (Pool("10.9.0.0/24"), Pool("fd09::/64"))
    options = (("parent", "uplink"), ("ipvlan_mode", mode))
    net = Network("lan", driver="ipvlan", options=options, pools=pools, enable_ipv6=True)
    with wire(), up(on(net)) as engine:
        run("ip", "-n", "neighbour", "route", "add", "10.9.0.0/24", "via", "192.0.2.10")
        assert pings("c1", "10.9.0.3", 2)
        assert pings("c1", "192.0.2.1", 2)
        assert pings("neighbour", "10.9.0.2", 2)
        assert run("ip", "-n", "c1", "route", "show", "default").split() == [
            *["default", "dev", "eth0", "scope", "link"]
        ]
        assert "default dev eth0" in run("ip", "-6", "-n", "c1", "route", "show", "default")
        assert engine.up(on(net)).unchanged
        run("ip", "-6", "-n", "c1", "route", "delete", "default", "dev", "eth0")
        assert len(engine.up(on(net)).changes) == 1
        assert engine.up(on(net)).unchanged


def test_passthru_lends_the_parent() -> None:
    """As recorded of Docker: the parent takes the container's MAC address, and gets its own back
    when the container goes."""
    with wire():
        one = lan(macvlan_mode="passthru", count=1)
        with up(one) as engine:
            assert pings("neighbour", address(1))
            assert info("c1")["address"] == info("", "uplink")["address"] == "02:42:c0:00:02:80"
            assert engine.up(one).unchanged
            with pytest.raises(TopologyError, match=r"c2: .*passthru.*c1 has it"):
                engine.up(lan(macvlan_mode="passthru", count=2))
            assert engine.up(one).unchanged
            engine.up(lan(macvlan_mode="passthru", count=0))
            assert info("", "uplink")["address"] == UPLINK_MAC
            engine.up(one)
            engine.up(lan(macvlan_mode="bridge"))
            assert pings("c1", address(2), 2)
        assert info("", "uplink")["address"] == UPLINK_MAC


def test_the_parent_is_free_at_once() -> None:
    """No waiting for the kernel to take the namespaces down."""
    need("ipvlan")
    with wire():
        for driver in ("macvlan", "ipvlan") * 5:
            with up(lan(driver, host_shim=SHIM)):
                assert pings("c1", address(2), 2)


@pytest.mark.parametrize("driver", ["macvlan", "ipvlan"])
def test_an_internal_network_has_no_way_out(driver: str) -> None:
    """As recorded of Docker: with a parent of the host's it stays on that wire, without a route
    that leads farther."""
    need(driver)
    net = replace(network(driver), internal=True)
    with wire(), up(on(net)) as engine:
        assert pings("c1", address(2), 2)
        assert not run("ip", "-n", "c1", "route", "show", "default")
        assert engine.up(on(net)).unchanged


def test_ipv6() -> None:
    with wire(), up(lan(six=True)):  # type: ignore[arg-type]
        assert pings("c1", "2001:db8::1", 2)
        assert pings("c1", "2001:db8::3", 2)
        assert "via 2001:db8::1" in run("ip", "-6", "-n", "c1", "route", "show", "default")


# --- the host's own interface


@pytest.mark.parametrize("driver", ["macvlan", "ipvlan"])
def test_the_shim_joins_host_and_containers(driver: str) -> None:
    need(driver)
    wanted = functools.partial(lan, driver, six=True, host_shim=f"{SHIM}, 2001:db8::fa")
    with wire(), up(wanted()) as engine:  # type: ignore[arg-type]
        for number in (1, 2):
            assert pings("", address(number), 2)
            assert pings(f"c{number}", SHIM, 2)
            assert pings(f"c{number}", "192.0.2.1", 2)
        assert pings("", "2001:db8::2", 2)
        assert pings("c1", "2001:db8::fa", 2)
        assert f"src {SHIM}" in run("ip", "route", "get", address(1))
        assert "dev uplink" in run("ip", "route", "get", "192.0.2.1")
        assert "dev uplink" in run("ip", "route", "get", "192.0.2.131")
        assert engine.up(wanted()).unchanged  # type: ignore[arg-type]
        engine.up(wanted(count=3))  # type: ignore[arg-type]
        assert pings("", address(3), 2)
        run("ip", "link", "delete", "shim-lan")
        engine.up(wanted(count=3))  # type: ignore[arg-type]
        assert pings("", address(3), 2)
        assert pings("c1", SHIM, 2)
        engine.up(lan(driver, six=True, count=3))  # type: ignore[arg-type]
        assert status("ip", "link", "show", "shim-lan") != 0
        assert not pings("", address(1))


def test_no_container_gets_the_address_of_the_shim() -> None:
    with wire(), up(lan(host_shim="192.0.2.128")):
        assert "192.0.2.129/24" in run("ip", "-n", "c1", "address")
        assert pings("c1", "192.0.2.128", 2)


def test_clean_finds_the_shim_without_a_record() -> None:
    with wire():
        Engine().up(lan(host_shim=SHIM))
        run("find", Engine().folder, "-name", "state.json", "-delete")
        _, failures = clean.clean()
        assert not failures
        assert status("ip", "link", "show", "shim-lan") != 0
        assert info("", "uplink")["address"] == UPLINK_MAC


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"host_shim": "x"}, "not an address"),
        ({"host_shim": "198.51.100.1"}, "not a free address of the subnet 192.0.2.0/24"),
        ({"host_shim": "192.0.2.1"}, "not a free address"),
        ({"host_shim": "192.0.2.255"}, "not a free address"),
        ({"host_shim": "192.0.2.10"}, "has that address already, on uplink"),
        ({"host_shim": "2001:db8::5"}, "has no IPv6 subnet"),
        ({"host_shim": SHIM, "macvlan_mode": "private"}, "does not work in mode private"),
        ({"macvlan_mode": "foo"}, "macvlan_mode 'foo': one of bridge, private, vepa, passthru"),
        ({"parent": "lo"}, "loopback interface has no wire"),
        ({"parent": "uplink.5000"}, "VLAN 5000: not between 1 and 4094"),
        ({"parent": "uplink.a"}, "parent interface uplink.a does not exist"),
        ({"parent": "nope.5"}, "no interface nope"),
        ({"parent": "nope"}, "parent interface nope does not exist"),
        ({"parent": "far/away"}, "not an interface name"),
        ({"driver": "ipvlan", "ipvlan_mode": "l4"}, "ipvlan_mode 'l4': one of l2, l3, l3s"),
        ({"driver": "ipvlan", "ipvlan_flag": "x"}, "ipvlan_flag 'x': one of bridge, private, vepa"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, str], words: str) -> None:
    with wire():
        before = picture()
        with pytest.raises(Refused, match=re.escape(words)):
            networks.create(Engine(), network(**options))  # type: ignore[arg-type]
        with pytest.raises(TopologyError, match=re.escape(words)):
            Engine().up(lan(**options))  # type: ignore[arg-type]
        assert not differences(before, picture())


# --- parents


def test_one_network_per_parent() -> None:
    """As recorded of Docker."""
    other = Network("other", driver="macvlan", options=(("parent", "uplink"),))
    with wire(), up(lan()):
        for driver in ("macvlan", "ipvlan"):
            again = Network("other", driver=driver, options=other.options)
            with pytest.raises(Refused, match="network lan is already using parent interface"):
                networks.create(Engine(), again)
        both = Topology("both", (network(), other))
        with pytest.raises(TopologyError, match="already using parent interface uplink"):
            Engine().up(both)


def test_a_port_of_a_bridge_is_no_parent() -> None:
    with wire():
        run("ip", "link", "add", "br9", "type", "bridge")
        run("ip", "link", "set", "uplink", "master", "br9")
        with pytest.raises(Blocked, match="is a port of bridge br9"):
            Engine().up(lan())
        with up(lan(parent="br9")):
            pass
        run("ip", "link", "delete", "br9")


def test_a_parent_of_ipvlan_carries_no_macvlan() -> None:
    need("ipvlan")
    with wire():
        run(*["ip", "link", "add", "foreign", "link", "uplink", "type", "ipvlan", "mode", "l2"])
        with pytest.raises(Blocked, match=r"carries ipvlan interfaces \(foreign\)"):
            Engine().up(lan())
        run("ip", "link", "delete", "foreign")


def test_a_foreign_macvlan_stays() -> None:
    with wire():
        run(
            *["ip", "link", "add", "foreign", "link", "uplink", "type", "macvlan", "mode", "bridge"]
        )
        with pytest.raises(Refused, match=r"carries macvlan interfaces \(foreign\)"):
            networks.create(Engine(), network("ipvlan"))
        with up(lan()):
            assert pings("c1", address(2), 2)
        assert status("ip", "link", "show", "foreign") == 0
        run("ip", "link", "delete", "foreign")


@pytest.mark.parametrize("driver", ["macvlan", "ipvlan"])
def test_the_mtu_is_the_parents(driver: str) -> None:
    need(driver)
    with wire():
        run("ip", "link", "set", "uplink", "mtu", "1400")
        with up(lan(driver, host_shim=SHIM)) as engine:
            assert info("c1")["mtu"] == info("", "shim-lan")["mtu"] == 1400
            run("ip", "link", "set", "uplink", "mtu", "1500")
            engine.up(lan(driver, host_shim=SHIM))
            assert info("c1")["mtu"] == info("", "shim-lan")["mtu"] == 1500
            assert pings("c1", "192.0.2.1", 2)
            assert engine.up(lan(driver, host_shim=SHIM)).unchanged
        option = {"com.docker.network.driver.mtu": "1300"}
        with up(lan(driver, **option)):
            assert info("c1")["mtu"] == 1300
        option = {"com.docker.network.driver.mtu": "9000"}
        with pytest.raises(Blocked, match="mtu 9000: the parent uplink has 1500"):
            Engine().up(lan(driver, **option))


@pytest.mark.parametrize("driver", ["macvlan", "ipvlan"])
@pytest.mark.parametrize("internal", [False, True])
def test_without_a_parent_a_dummy_is_made(driver: str, internal: bool) -> None:
    need(driver, "dummy")
    pools = (Pool("10.77.0.0/24"),)
    net = Network("mvi", driver=driver, internal=internal, pools=pools)
    with up(on(net)) as engine:
        assert pings("c1", "10.77.0.3", 2)
        names = [x["ifname"] for x in json.loads(run("ip", "-j", "link", "show", "type", "dummy"))]
        assert len(names) == 1
        assert re.fullmatch("dm-[0-9a-f]{12}", names[0])
        assert engine.up(on(net)).unchanged
        run("ip", "link", "delete", names[0])  # and so what sits on it
        engine.up(on(net))
        assert pings("c1", "10.77.0.3", 2)
        assert engine.up(on(net)).unchanged


@pytest.mark.parametrize("driver", ["macvlan", "ipvlan"])
def test_a_vlan_is_made_and_removed(driver: str) -> None:
    need(driver, "vlan")
    with wire():
        for word in ("link add link far name far.50 type vlan id 50", "link set far.50 up"):
            run("ip", "-n", "neighbour", *word.split())
        run("ip", "-n", "neighbour", "address", "add", "10.78.0.9/24", "dev", "far.50")
        net = Network(
            "v", driver=driver, options=(("parent", "uplink.50"),), pools=(Pool("10.78.0.0/24"),)
        )
        with up(on(net)) as engine:
            assert pings("c1", "10.78.0.9", 2)
            assert engine.up(on(net)).unchanged
            run("ip", "link", "delete", "uplink.50")
            engine.up(on(net))
            assert pings("c1", "10.78.0.9", 2)
            with up(
                Topology("plain", (network(),), (Container("p", attachments=(Attachment("lan"),)),))
            ):
                assert pings("p", "192.0.2.1", 2)
        assert status("ip", "link", "show", "uplink.50") != 0


def test_a_vlan_that_is_there_is_used_and_stays() -> None:
    need("vlan")
    with wire():
        run(
            *[
                "ip",
                "link",
                "add",
                "link",
                "uplink",
                "name",
                "uplink.51",
                "type",
                "vlan",
                "id",
                "51",
            ]
        )
        run("ip", "link", "set", "uplink.51", "up")
        with up(lan(parent="uplink.51")):
            assert pings("c1", address(2), 2)
        assert status("ip", "link", "show", "uplink.51") == 0


def test_a_vlan_of_what_is_down() -> None:
    need("vlan")
    with wire():
        run("ip", "link", "set", "uplink", "down")
        with pytest.raises(Blocked, match="uplink is down"):
            Engine().up(lan(parent="uplink.50"))


@pytest.mark.parametrize(
    ("kind", "module", "options"),
    [
        ("dummy", "dummy", {"parent": ""}),
        ("vlan", "8021q", {"parent": "uplink.50"}),
        ("ipvlan", "ipvlan", {"driver": "ipvlan"}),
    ],
)
def test_what_the_kernel_lacks(kind: str, module: str, options: dict[str, str]) -> None:
    """Nothing is changed, and it is said what to type."""
    if not missing(kind):
        pytest.skip(f"this kernel has {kind} interfaces")
    with wire():
        before = picture()
        with pytest.raises(PreconditionError, match=f"modprobe {module}") as caught:
            Engine().up(lan(**options))  # type: ignore[arg-type]
        assert caught.value.exit_code == 4
        assert not differences(before, picture())


# --- edits and repair


def test_single_commands() -> None:
    """Publishing is of no use there, and a running container can join and leave."""
    engine = Engine()
    with wire():
        networks.create(engine, network(host_shim=SHIM))
        mine = Container(
            "web", attachments=(Attachment("lan"),), ports=(Port(80, 8080),), command=IDLE
        )
        operations.run(engine, mine)
        assert pings("neighbour", address(1), 2)
        assert pings("", address(1), 2)
        notes = engine.state().records["by-hand"].layout.notes
        assert any("port 8080:80/tcp is not published" in each for each in notes)
        bridged = Container("b", attachments=(Attachment("bridge"),), command=IDLE)
        operations.run(engine, bridged)
        networks.connect(engine, "lan", "b", Attachment("lan"))
        assert pings("neighbour", address(2), 2)
        assert pings("", address(2), 2)
        networks.disconnect(engine, "lan", "b")
        assert address(2) not in run("ip", "route")
        for name in ("web", "b"):
            operations.remove(engine, name, force=True)
        networks.remove(engine, "lan")
        assert status("ip", "link", "show", "shim-lan") != 0


def test_a_restart_finds_its_mac_address_free() -> None:
    """The MAC address follows from the IP address, and a parent takes each only once: the former
    interface has to be gone, though the kernel takes its namespace down later."""
    engine = Engine()
    with wire():
        networks.create(engine, network())
        one = Container("web", attachments=(Attachment("lan"),), command=IDLE)
        operations.run(engine, one)
        for _ in range(5):
            operations.restart(engine, "web", 0)
            assert pings("neighbour", address(1), 2)
        operations.rename(engine, "web", "shop")
        assert pings("shop", "192.0.2.1", 2)
        operations.remove(engine, "shop", force=True)
        networks.remove(engine, "lan")


def test_a_namespace_that_somebody_else_made() -> None:
    engine = Engine()
    with wire():
        run("ip", "netns", "add", "mine")
        run("ip", "-n", "mine", "link", "set", "lo", "up")
        networks.create(engine, network(host_shim=SHIM))
        networks.connect(engine, "lan", "ns:/run/netns/mine", Attachment("lan"))
        assert pings("neighbour", address(1), 2)
        assert pings("", address(1), 2)
        networks.disconnect(engine, "lan", "ns:/run/netns/mine")
        assert status("ip", "-n", "mine", "link", "show", "eth0") != 0
        networks.remove(engine, "lan")
        run("ip", "netns", "delete", "mine")


def test_the_parent_goes_away() -> None:
    """What sits on it goes with it: a network without its parent can still be taken down."""
    engine = Engine()
    wanted = lan(parent="br9", host_shim=SHIM)
    run(*["ip", "link", "add", "br9", "up", "type", "bridge"])
    engine.up(wanted)
    run("ip", "link", "delete", "br9")
    with pytest.raises(Blocked, match="parent interface br9 does not exist"):
        engine.up(wanted)
    run(*["ip", "link", "add", "br9", "up", "type", "bridge"])
    engine.up(wanted)
    assert pings("", address(1), 2)
    run("ip", "link", "delete", "br9")
    engine.down("lan-test")


def test_changed_by_somebody() -> None:
    with wire(), up(lan(host_shim=SHIM)) as engine:
        for words in (
            "-n c1 link set dev eth0 down",
            "-n c1 link set dev eth0 type macvlan mode vepa",
            "-n c1 link set dev eth0 address 02:00:00:00:00:77",
            "-n c1 link delete dev eth0",
            "link set dev shim-lan down",
            f"route delete {address(1)}",
        ):
            run("ip", *words.split())
            assert engine.up(lan(host_shim=SHIM)).changes, words
            assert engine.up(lan(host_shim=SHIM)).unchanged, words
            assert pings("", address(1), 2), words
            assert pings("c1", address(2), 2), words


def test_another_mode_or_parent() -> None:
    with wire(), up(lan()) as engine:
        engine.up(lan(macvlan_mode="private"))
        assert not pings("c1", address(2))
        run("ip", "link", "add", "br9", "type", "bridge")
        engine.up(lan(parent="br9"))
        assert info("c1")["link_index"] == info("", "br9")["ifindex"]
        engine.up(lan())
        assert pings("c1", address(2), 2)
        run("ip", "link", "delete", "br9")


def test_notes() -> None:
    with wire():
        plan = Engine().plan(on(network(mode="private")))
        assert any("nsnet.host_shim=ADDRESS" in each for each in plan.layout.notes)
        assert any("macvlan_mode" in each for each in plan.layout.notes)
        assert not Engine().plan(lan(host_shim=SHIM)).layout.notes
        wish = Attachment("lan", mac="02:00:00:00:00:09")
        topology = Topology("t", (network("ipvlan"),), (Container("c", attachments=(wish,)),))
        with pytest.raises(TopologyError, match="do not support custom mac"):
            Engine().plan(topology)


# --- the commands that are shown do the same


def by_netlink(plan: Result, steps: Sequence[Step]) -> None:
    netns.prepare()
    with Stack() as stack:
        apply(stack, steps)


def by_shell(plan: Result, steps: Sequence[Step]) -> None:
    shell.run(steps)


def by_script(plan: Result, steps: Sequence[Step]) -> None:
    text = render(plan.layout, [c for c in plan.changes if c.step in set(steps)])
    done = subprocess.run(["sh"], input=text, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def built(topology: Topology, way: Callable[[Result, Sequence[Step]], None]) -> object:
    with fresh_host(), wire():
        plan = Engine().plan(topology)
        steps = [c.step for c in plan.changes if c.step.phase != PROCESSES]
        way(plan, steps)
        seen = picture()
        _, failures = clean.clean()
        assert not failures
        for name in ("uplink", "far"):  # an index is chosen by the kernel here
            for stack in seen["namespaces"].values():
                stack["links"].get(name, {}).pop("link_index", None)
        return seen


@pytest.mark.parametrize(
    ("kinds", "options"),
    [
        ((), {}),
        ((), {"macvlan_mode": "private", "six": True}),
        ((), {"macvlan_mode": "vepa", "com.docker.network.driver.mtu": "1300"}),
        ((), {"macvlan_mode": "passthru", "count": 1}),
        ((), {"six": True, "host_shim": f"{SHIM},2001:db8::fa"}),
        (("dummy",), {"parent": "", "host_shim": SHIM}),
        (("dummy",), {"parent": "", "com.docker.network.driver.mtu": "1400"}),
        (("vlan",), {"parent": "uplink.50"}),
        (("ipvlan",), {"driver": "ipvlan", "six": True, "host_shim": f"{SHIM},2001:db8::fa"}),
        (("ipvlan",), {"driver": "ipvlan", "ipvlan_flag": "private"}),
        (("ipvlan",), {"driver": "ipvlan", "ipvlan_flag": "vepa"}),
        (("ipvlan",), {"driver": "ipvlan", "ipvlan_mode": "l3", "six": True}),
        (("ipvlan",), {"driver": "ipvlan", "ipvlan_mode": "l3s", "host_shim": SHIM}),
        (("ipvlan", "vlan"), {"driver": "ipvlan", "parent": "uplink.50"}),
        (("ipvlan", "dummy"), {"driver": "ipvlan", "parent": ""}),
    ],
)
def test_netlink_shell_and_script(kinds: tuple[str, ...], options: dict[str, str]) -> None:
    need(*kinds)
    topology = lan(**options)  # type: ignore[arg-type]
    reference = built(topology, by_netlink)
    for way in (by_shell, by_script):
        assert not differences(reference, built(topology, way)), way.__name__
