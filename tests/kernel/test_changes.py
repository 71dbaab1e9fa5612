"""Hearing of changes by kernel events (nsnet.kernel.changes)."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from nsnet.kernel.changes import Changes
from nsnet.kernel.inside import inside
from nsnet.kernel.netns import path
from nsnet.kernel.stack import Stack
from nsnet.kernel.survey import Survey
from nsnet.kernel.trace import Flow
from nsnet.kernel.trace.watch import Watch
from tests.support import descriptors, run

pytestmark = pytest.mark.usefixtures("host")

_SOON = 0.5
_QUIET = 0.05


def sh(script: str) -> None:
    run("sh", "-ec", script)


@pytest.fixture
def changes(host: None) -> Iterator[Changes]:
    """Two namespaces with a cable that is down, so that nothing happens by itself."""
    sh(
        """
        for each in all default; do echo 1 >/proc/sys/net/ipv6/conf/$each/disable_ipv6; done
        ip netns add c1; ip netns add c2
        for each in c1 c2; do ip netns exec $each sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
            net.ipv6.conf.default.disable_ipv6=1; ip -n $each link set lo up; done
        ip -n c1 link add eth0 type veth peer eth0 netns c2
        nft add table ip old; nft add set ip old ports '{ type inet_service; }'
        """
    )
    with Stack() as stack, Changes(stack) as changes:
        changes.drain()
        yield changes
    clear()


def plug_in(changes: Changes) -> None:
    """The cable works, and the kernel has told so (it takes up to a second for that)."""
    sh(
        """
        ip -n c1 address add 10.0.0.1/24 dev eth0; ip -n c2 address add 10.0.0.2/24 dev eth0
        ip -n c1 link set eth0 up; ip -n c2 link set eth0 up
        """
    )
    while changes.wait(1.2, _QUIET):
        pass


def clear() -> None:
    """All that a test may have made."""
    sh(
        """
        for each in $(ip netns list | cut -d' ' -f1); do ip netns delete $each; done
        for each in br0 v0; do ! ip link show $each >/dev/null 2>&1 || ip link delete $each; done
        nft flush ruleset; ip rule delete lookup 77 2>/dev/null || :
        sysctl -qw net.ipv4.ip_forward=0
        for each in default all; do echo 0 >/proc/sys/net/ipv6/conf/$each/disable_ipv6; done
        echo 0 >/proc/sys/net/ipv6/conf/lo/disable_ipv6
        ip link set lo down; ip link set lo up
        ! mountpoint -q /run/netns || { umount /run/netns; rmdir /run/netns; }
        """
    )


def test_every_kind_of_change_is_heard_at_once(changes: Changes) -> None:
    plug_in(changes)
    for kind, script in (
        ("link", "ip link add v0 type veth peer v1"),
        ("link", "ip -n c2 link set eth0 mtu 1400"),
        ("link", "ip link add br0 type bridge"),
        ("link", "ip link set v0 master br0 up"),  # Of one that is down, less is told.
        ("link", "ip link set v0 type bridge_slave hairpin on"),
        ("link", "tc -n c1 qdisc add dev eth0 root tbf rate 1mbit burst 9k latency 50ms"),
        ("link", "ip -n c1 link set eth0 alias cable"),
        ("address", "ip -n c2 address add 10.0.0.9/24 dev eth0"),
        ("route", "ip -n c1 route add default via 10.0.0.2"),
        ("route", "ip rule add from 10.0.0.9 lookup 77"),
        ("neighbour", "ip -n c1 neigh add 10.0.0.7 lladdr 02:00:00:00:00:07 dev eth0"),
        ("neighbour", "bridge fdb add 02:00:00:00:00:07 dev v0 master static"),
        ("neighbour", "bridge fdb delete 02:00:00:00:00:07 dev v0 master static"),
        ("address", "ip -n c1 address flush dev eth0"),
        ("firewall", "nft add table ip mine"),
        ("firewall", "nft add chain ip mine c '{ type filter hook input priority 0; }'"),
        ("firewall", "nft add rule ip mine c counter"),
        ("firewall", "nft add chain ip mine c '{ policy drop; }'"),
        ("firewall", "ip netns exec c1 nft add table inet mine"),
        ("firewall", "nft add element ip old ports '{ 80 }'"),
        ("firewall", "nft flush ruleset"),
        ("setting", "sysctl -qw net.ipv4.ip_forward=1"),
        ("setting", "ip netns exec c2 sysctl -qw net.ipv4.conf.eth0.rp_filter=1"),
        ("namespace", "ip netns add c3"),
        ("namespace", "ip netns delete c1"),
    ):
        sh(script)
        began = time.monotonic()
        assert kind in changes.wait(1, _QUIET), script
        assert time.monotonic() - began < _SOON, script
        changes.drain()


def test_nothing_is_heard_when_nothing_happens(changes: Changes) -> None:
    """What is learned by itself, what listens, what only looks."""
    plug_in(changes)
    sh("ip netns exec c1 ping -qc1 -W1 10.0.0.2; ip -n c2 neigh; nft list ruleset; ip -d link")
    sh("ip netns exec c1 timeout 0.1 tcpdump -qni eth0 >/dev/null 2>&1 || :")
    assert changes.wait(0.3, _QUIET) == set()


def test_what_ipv6_does_by_itself_is_no_change(host: None) -> None:
    """Two seconds after an interface is up, it has checked its address, and says so."""
    sh("ip netns add c1; ip -n c1 link add v0 type veth peer v1; ip -n c1 link set v0 up")
    sh("ip -n c1 link set v1 up; sleep 0.2")
    with Stack() as stack, Changes(stack) as changes:
        assert not {"address", "route"} & changes.wait(2, 1)
        assert "fe80::" in run("ip", "-n", "c1", "-6", "address", "show", "-tentative")
        sh("ip -n c1 address add fd00::1/64 dev v0")
        assert {"address", "route"} <= changes.wait(1, _QUIET)
    clear()


def test_our_own_traces_do_not_count(changes: Changes) -> None:
    with Stack() as stack:
        survey = Survey(stack)
        with closing(Watch(survey, ["c1", "c2", ""], Flow(4, socket.IPPROTO_TCP, 40000))):
            stack.enter("")
            assert run("nft", "list", "tables").count("nsnet-trace-") == 1
            assert changes.drain() == set()
    assert changes.wait(0.2, _QUIET) == set()
    sh("nft add table ip nsnet-other")  # The learner's, even while we trace.
    assert changes.wait(1, _QUIET) == {"firewall"}


def test_a_burst_gives_one_report(changes: Changes) -> None:
    sh("for n in $(seq 50); do ip -n c1 address add 10.1.0.$n/32 dev eth0; done")
    reports = []
    while kinds := changes.wait(0.5):
        reports.append(kinds)
    assert reports == [{"address", "route"}]


def test_a_storm_without_a_pause_is_reported_too(
    changes: Changes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nsnet.kernel.changes.changes._MOST", 0.3)
    began = time.monotonic()
    pid = os.fork()
    if not pid:
        script = "while :; do ip -n c1 address add 10.1.0.1/32 dev eth0;"
        script += " ip -n c1 address flush dev eth0; done"
        os.execvp("timeout", ["timeout", "1.5", "sh", "-c", script])
    try:
        assert "address" in changes.wait(1, quiet=1)
        assert time.monotonic() - began < 1
    finally:
        os.waitpid(pid, 0)


def test_events_that_were_lost_are_changes(changes: Changes) -> None:
    (_, ear) = changes._ears["c1"]
    ear._route.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    sh("for n in $(seq 40); do ip -n c1 address add 10.1.0.$n/32 dev eth0; done")
    assert "setting" in changes.wait(1, _QUIET)


def test_a_namespace_that_comes_is_listened_in_and_one_that_goes_is_let_go(
    changes: Changes,
) -> None:
    before = len(descriptors())
    sh("ip netns add c3")
    assert changes.wait(1, _QUIET) == {"namespace"}
    sh("ip -n c3 link set lo up")
    assert "link" in changes.wait(1, _QUIET)
    assert len(descriptors()) > before
    with inside(path("c3")):
        kept = socket.socket()
    kept.close()
    sh("ip link add there type veth peer here netns c3; ip netns delete c3")
    changes.wait(1, _QUIET)
    assert len(descriptors()) == before
    deadline = time.monotonic() + 2
    while "there" in run("ip", "-br", "link"):  # The other end goes when the namespace does.
        assert time.monotonic() < deadline, "something keeps the namespace alive"
        time.sleep(0.05)


def test_one_made_anew_under_the_same_name_is_another(changes: Changes) -> None:
    sh("ip netns delete c1; ip netns add c1")
    assert "namespace" in changes.wait(1, _QUIET)
    sh("ip -n c1 link set lo up")
    assert "link" in changes.wait(1, _QUIET)


def test_the_folder_of_names_may_come_late() -> None:
    sh("[ ! -d /run/netns ] || { umount /run/netns || :; rmdir /run/netns; }")
    with Stack() as stack, Changes(stack) as changes:
        for _ in range(2):
            sh("ip netns add c1")
            assert changes.wait(1, _QUIET) == {"namespace"}
            sh("ip -n c1 link set lo up")
            assert "link" in changes.wait(1, _QUIET)
            sh("ip netns delete c1; umount /run/netns; rmdir /run/netns")
            assert "namespace" in changes.wait(1, _QUIET)


def test_a_key_wakes_and_changes_wait_for_the_next_call(changes: Changes) -> None:
    hear, say = os.pipe()
    try:
        sh("ip link add v0 type veth peer v1")
        os.write(say, b"h")
        assert changes.wait(1, _QUIET, [hear]) == set()
        os.read(hear, 1)
        assert "link" in changes.wait(1, _QUIET, [hear])
    finally:
        os.close(hear)
        os.close(say)


def test_what_has_no_event_is_polled() -> None:
    key = "net.ipv4.conf.all.route_localnet"

    def look() -> str:
        with open("/proc/sys/" + key.replace(".", "/"), encoding="ascii") as file:
            return file.read()

    with Stack() as stack, Changes(stack, look) as changes:
        sh(f"sysctl -qw {key}=1")
        assert changes.wait(1, _QUIET) == {"polled"}
        assert changes.drain() == set()
        sh(f"sysctl -qw {key}=0")
        assert changes.drain() == {"polled"}


def test_nothing_is_left_open() -> None:
    sh("ip netns add c1")
    before = descriptors()
    with Stack() as stack:
        Changes(stack).close()
        with Changes(stack) as changes:
            changes.wait(0)
    assert sorted(descriptors()) == sorted(before)
    sh("ip netns delete c1")
