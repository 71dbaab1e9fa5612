"""Labs with a bad network: cut apart, slow, late; and that nothing of it stays."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from nsnet import KernelError, Lab, NotFound, Place, PreconditionError, Unreachable
from nsnet.faults.errors import Unfit
from nsnet.faults.sides import Side
from nsnet.plan.step import shell
from nsnet.plan.steps.fault.shape import Late, Slow
from tests import support


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab("test") as made:
        yield made


def state(lab: Lab, *containers: str) -> str:
    """Filters and queues, of the host and of some containers."""
    looks = ["nft list ruleset | sed 's/packets [0-9]* bytes [0-9]*//'", "tc qdisc"]
    looks += [f"tc -n {name} qdisc" for name in containers]
    return lab.host.exec("sh", "-c", "; ".join(looks), check=True).stdout


def test_two_containers_cut_apart_and_healed(lab: Lab) -> None:
    front = lab.network("front", ipv6="fd00:30::/64")
    web, db = lab.container("web", front, expose=80), lab.container("db", front)
    other = lab.container("other", front)
    lab.up()
    before, url = state(lab), f"http://{web.address}/"
    with lab.partition(web, db) as cut:
        assert not web.ping(db, timeout=0.2)
        assert not db.ping(web.endpoints[0].ipv6, timeout=0.2)
        with pytest.raises(Unreachable, match=r"no answer within 0.2 s"):
            db.get(url, timeout=0.2)
        assert other.get(url).startswith("web")
        assert db.ping(other)
        assert db.ping("8.8.8.8")
        why = lab.why(db, "web:80")
        assert (why.rung, "are cut apart" in str(why.facts["rule"])) == ("filter", True)
        assert "inet nsnet-cut-1 { comment" in " ".join(cut.commands)
    assert db.get(url).startswith("web")
    assert state(lab) == before
    cut.heal()


def test_an_open_connection_stops_and_goes_on(lab: Lab) -> None:
    web, db = lab.container("web", stub=False), lab.container("db")
    lab.up()
    with (
        lab._machine.socket("web", socket.AF_INET, socket.SOCK_STREAM) as ear,
        lab._machine.socket("db", socket.AF_INET, socket.SOCK_STREAM) as mouth,
    ):
        ear.bind(("0.0.0.0", 9000))
        ear.listen()
        mouth.connect((web.address, 9000))
        heard, _ = ear.accept()
        with heard:
            heard.settimeout(0.2)
            with lab.partition("web", "db"):
                mouth.settimeout(0.1)
                for sender, receiver in ((mouth, heard), (heard, mouth)):
                    sender.send(b"hello")
                    with pytest.raises(TimeoutError):
                        receiver.recv(10)
            for receiver in (heard, mouth):
                receiver.settimeout(5)
                assert receiver.recv(10) == b"hello"  # TCP has sent it again
            assert db.ping(web)


def test_networks_the_host_and_the_world(lab: Lab) -> None:
    front, back = lab.network("front"), lab.network("back")
    web = lab.container("web", front, ports=["8080:80"])
    db, both = lab.container("db", back), lab.container("both", [front, back])
    lab.up()
    published = f"http://{lab.host.address}:8080/"
    with lab.partition(web, "outside"):
        assert not web.ping("8.8.8.8", timeout=0.2)
        with pytest.raises(Unreachable):
            lab.outside.get(published, timeout=0.2)
        assert lab.host.get(published)
        assert web.ping(lab.host)
    with lab.partition(lab.host, web):
        assert not web.ping(lab.host, timeout=0.2)
        with pytest.raises(Unreachable):
            lab.host.get(published, timeout=0.2)
        assert lab.outside.get(published)
    with lab.partition(both, front):
        assert not both.ping(web, timeout=0.2)
        assert both.ping(db)
    lab.partition(front, back)
    lab.partition(lab.host, lab.outside)
    assert not lab.host.ping(lab.outside, timeout=0.2)
    with pytest.raises(Unreachable):
        db.get(published, timeout=0.2)  # a detour by a published port is none
    lab.heal()
    assert lab.host.ping(lab.outside)
    assert db.get(published)
    assert "nsnet-cut" not in state(lab)


@pytest.mark.parametrize(
    ("one", "other", "problem"),
    [
        ("web", "web", "cannot cut apart web, web: web and web are one network stack"),
        ("web", "side", "are one network stack: nothing is between them"),
        ("web", "none", "none has no address: it is cut off already"),
        ("web", "wbe", "no container or network wbe in this lab: did you mean web"),
        ("host", "host", "are one network stack"),
    ],
)
def test_what_cannot_be_cut(lab: Lab, one: str, other: str, problem: str) -> None:
    lab.container("web")
    lab.container("side", mode="container:web")
    lab.container("none", mode="none")
    lab.up()
    before = state(lab)
    with pytest.raises(KernelError) as refused:
        lab.partition(one, other)
    assert problem in str(refused.value)
    assert state(lab) == before


def test_a_network_that_the_host_does_not_filter() -> None:
    from nsnet.topology.layout import Layout, Segment, Span
    from nsnet.topology.model import Topology

    lan = Segment("lan", "macvlan", "eth0", "", 0, 0, 0, "x", Span("10.0.0.0/24", "10.0.0.1"))
    with pytest.raises(Unfit, match=r"network lan \(macvlan\) do not pass the host's filter"):
        Side.of(Layout(Topology("x"), 0, (lan,)), "network", "lan")


# --- slow and late


def receive(lab: Lab, sender: Place, receiver: Place, size: int) -> float:
    """Send so many bytes by TCP; the bits per second that came."""
    with (
        lab._machine.socket(receiver.name, socket.AF_INET, socket.SOCK_STREAM) as ear,
        lab._machine.socket(sender.name, socket.AF_INET, socket.SOCK_STREAM) as mouth,
    ):
        ear.bind(("0.0.0.0", 0))
        ear.listen()
        mouth.connect((receiver.address, ear.getsockname()[1]))
        heard, _ = ear.accept()
        begun, left = time.monotonic(), size
        sending = threading.Thread(target=mouth.sendall, args=(bytes(size),))
        sending.start()
        with heard:
            while left and (part := heard.recv(1 << 16)):
                left -= len(part)
        sending.join(5)
    assert left == 0
    return 8 * size / (time.monotonic() - begun)


def test_a_slow_cable_both_ways(lab: Lab) -> None:
    web, db = lab.container("web"), lab.container("db")
    lab.up()
    before = state(lab, "web")
    with lab.rate(web, "4mbit") as slow:
        assert "tbf 6e73: dev eth0 root" in state(lab, "web")
        for sender, receiver in ((web, db), (db, web)):
            assert 2e6 < receive(lab, sender, receiver, 200_000) < 6e6
        assert list(slow.commands) == [each.text for each in lab.commands()][-2:]
        with pytest.raises(KernelError, match="the cable of web is slow or late already"):
            lab.rate(web, 10**6)
    assert state(lab, "web") == before
    assert receive(lab, web, db, 1_000_000) > 2e7
    undone = [each for each in lab.commands() if each.title == "Mended"]
    assert [each.sign for each in undone] == ["-", "-"]


def test_the_commands_do_the_same(lab: Lab) -> None:
    """Those that are told, typed: the kernel has what netlink gave it."""
    web = lab.container("web")
    lab.up()
    with lab.rate(web, "1mbit") as slow:
        given = state(lab, "web")
    for line in slow.commands:
        lab.host.exec("sh", "-c", line, check=True)
    assert state(lab, "web") == given


def test_the_commands_of_a_late_cable() -> None:
    late = Late("web", "eth0", 100_000, 10_000, 2.5)
    assert shell(late.commands()[0]) == (
        "tc -n web qdisc add dev eth0 root handle 6e73: netem delay 100000us 10000us loss 2.5%"
    )
    assert shell(late.undo_commands()[0]) == "tc -n web qdisc del dev eth0 root"
    assert shell(Late("", "veth-web", 0, 0, 5).commands()[0]).endswith("netem loss 5%")
    assert Slow("", "veth-web", 1000, 1, 1).see == "tc -s qdisc show dev veth-web"


def has_netem(lab: Lab) -> bool:
    """Does this kernel have it? As tc says."""
    words = ("tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "1ms")
    return bool(lab.host.exec(*words)) and bool(
        lab.host.exec("tc", "qdisc", "del", "dev", "lo", "root")
    )


def test_a_late_cable_or_the_reason_why_not(lab: Lab) -> None:
    web, db = lab.container("web"), lab.container("db")
    lab.up()
    before = state(lab, "web")
    if has_netem(lab):
        with lab.delay(web, 80):
            assert not web.ping(db, timeout=0.05)
            assert web.ping(db)
    else:
        with pytest.raises(PreconditionError, match=r"no netem: its module sch_netem is missing"):
            lab.delay(web, 80, jitter=10, loss=1)
    assert state(lab, "web") == before
    for ms, loss in ((-1, 0), (0, 0), (10, 101)):
        with pytest.raises(KernelError, match="give milliseconds from 0 on"):
            lab.delay(web, ms, loss=loss)
    for rate in ("fast", "1kbyte", 10):
        with pytest.raises(KernelError, match="write 1mbit, 500kbit"):
            lab.rate(web, rate)
    with pytest.raises(KernelError, match="host has no cable of its own"):
        lab.rate("host", "1mbit")


# --- and nothing stays


def test_down_and_close_leave_nothing(lab: Lab) -> None:
    web, db = lab.container("web"), lab.container("db")
    lab.up()
    cut, slow = lab.partition(web, db), lab.rate(web, "1mbit")
    fault = lab.fault("NO_DEFAULT", on=db)
    red = "ip netns add red; ip link add r0 type veth peer r1 netns red; ip link set r0 up; "
    lab.host.exec("sh", "-c", red + "ip -n red link set r1 up", check=True)
    lab.fault("LINK_DOWN", on="red")  # nothing of the lab's, but broken by it
    with pytest.raises(KernelError, match="outside has no cable"):
        lab.fault("LINK_DOWN", on=lab.outside)
    lab.down()
    assert "UP" in lab.host.exec("ip", "-n", "red", "-br", "link", "show", "r1").stdout
    assert "nsnet" not in state(lab)
    assert lab.faults == ()
    lab.up()
    assert web.ping(db)
    lab.partition(web, db)
    cut.heal()  # of before: not the one that has its number now
    lab.close()
    for each in (cut, slow, fault):
        each.clear()
    assert lab._machine.running is None


@pytest.mark.usefixtures("host")
def test_on_the_machine_itself() -> None:
    with Lab("shop", host=True) as lab:
        web, db = lab.container("web"), lab.container("db")
        lab.up()
        before = support.picture()
        with Lab.attach("shop") as same:
            same.partition("web", "db")
            same.rate("web", "1mbit")
            assert not support.pings("web", db.address, 0.2)
            with pytest.raises(NotFound):
                same.partition("web", "outside")
        assert support.picture() == before
        assert support.pings("db", web.address)
        lab.partition(web, db)


@pytest.mark.usefixtures("host")
def test_asking_and_plugging_on_the_machine_itself() -> None:
    with Lab("shop", host=True) as lab:
        lab.network("back")
        web = lab.container("web", ports="8080:80")
        lab.up()
        assert lab.why("host", web)
        assert web.trace("host")
        lab.connect(web, "back")
        assert support.pings("", web.endpoints[1].ipv4)
        lab.fault("LINK_DOWN", on=web)
    assert support.rules() == []


@pytest.mark.usefixtures("host")
def test_what_a_killed_program_left_goes_with_clean() -> None:
    from nsnet.engine import clean
    from nsnet.engine.engine import Engine
    from nsnet.faults import impair
    from nsnet.topology.model import Attachment, Container, Network, Topology

    joined = (Attachment("bridge"),)
    topology = Topology(
        "shop",
        (Network("bridge", "bridge"),),
        (Container("web", attachments=joined), Container("db", attachments=joined)),
    )
    Engine().up(topology)
    impair.cut(Engine(), "shop", ("container", "web"), ("container", "db"))
    impair.slow(Engine(), "shop", "web", 125_000)
    Engine().down("shop")
    assert support.rules() == []
    Engine().up(topology)
    impair.cut(Engine(), "shop", ("container", "web"), ("container", "db"))
    support.run("sh", "-c", "rm -r /run/nsnet/*")
    clean.clean()
    assert support.rules() == []
