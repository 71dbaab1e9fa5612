"""The prober: one question each for everything that can come back."""

from __future__ import annotations

import errno
import resource
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from nsnet.diagnose.probe import Answer, Probe
from nsnet.diagnose.prober import probe, probe_all
from nsnet.kernel.stack import Stack
from nsnet.kernel.stub import __file__ as stub
from tests.support import run

_A, _B, _R = "10.7.1.2", "10.7.2.2", "10.7.1.1"
_A6, _B6, _R6 = "fd07:1::2", "fd07:2::2", "fd07:1::1"
_SILENT = "10.7.1.99"

#: a and b with a router between them.
_NETWORK = f"""
    ip netns add r && ip -n r link set lo up
    for setting in net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1; do
        ip netns exec r sysctl -qw $setting
    done
    for n in 1 2; do
        name=$(echo $n | tr 12 ab)
        ip netns add $name && ip -n $name link set lo up
        ip netns exec $name sysctl -qw net.ipv6.conf.default.accept_dad=0
        ip netns exec r sysctl -qw net.ipv6.conf.default.accept_dad=0
        ip -n r link add v$n type veth peer name eth0 netns $name
        ip -n r address add 10.7.$n.1/24 dev v$n && ip -n r address add fd07:$n::1/64 dev v$n
        ip -n $name address add 10.7.$n.2/24 dev eth0
        ip -n $name address add fd07:$n::2/64 dev eth0
        ip -n r link set v$n up && ip -n $name link set eth0 up
    done
    ip -n a route add 10.7.2.0/24 via {_R} && ip -n a route add fd07:2::/64 via {_R6}
    ip -n a route add 10.9.0.0/16 via {_R}
    ip -n b route add default via 10.7.2.1 && ip -n b -6 route add default via fd07:2::1
"""


@pytest.fixture(autouse=True)
def network(host: None) -> Iterator[None]:
    try:
        subprocess.run(["sh", "-ec", _NETWORK], check=True)
        yield
    finally:
        for name in ("a", "b", "r"):
            run("ip", "netns", "delete", name, check=False)


@contextmanager
def serving(*listen: str) -> Iterator[None]:
    """The stub in b."""
    words = ("ip", "netns", "exec", "b", "python3", "-ISu", stub, "--name", "b", *listen)
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        try:
            port = listen[0].partition(":")[2]
            until = time.monotonic() + 5
            while f":{port}" not in run("ip", "netns", "exec", "b", "ss", "-lntuH"):
                assert time.monotonic() < until
                time.sleep(0.01)
            yield
        finally:
            process.terminate()


def asked(*probes: Probe) -> list[Answer]:
    with Stack() as stack:
        return probe_all(stack, probes)


def filtered(*rules: str) -> None:
    """Rules in the router's forward chain."""
    lines = "\n".join(rules)
    text = f"""table inet t {{
        set seen {{ type ipv4_addr . inet_proto; flags dynamic; size 99; }}
        chain c {{ type filter hook forward priority 0
            {lines}
        }}
    }}"""
    command = ("ip", "netns", "exec", "r", "nft", "-f", "-")
    subprocess.run(command, input=text, text=True, check=True)


@pytest.mark.parametrize(("address", "local"), [(_B, _A), (_B6, _A6)])
def test_a_ping_comes_back(address: str, local: str) -> None:
    first, second = asked(Probe("a", "icmp", address), Probe("a", "icmp", address))
    assert (first.code, second.code, first.local[0]) == ("answered", "answered", local)
    assert first.local[1] != second.local[1]
    assert 0 < first.seconds < 0.2


def test_a_ping_does_not_take_somebody_elses_reply() -> None:
    filtered("meta length > 1000 drop")
    lost, silent, answered = asked(
        Probe("a", "icmp", _B, size=1200, timeout=0.3),
        Probe("a", "icmp", _SILENT, timeout=0.3),
        Probe("a", "icmp", _B),
    )
    assert (answered.code, silent.code, lost.code) == ("answered", "timeout", "timeout")


@pytest.mark.parametrize("address", [_B, _B6])
def test_a_server_answers_by_tcp_udp_and_http(address: str) -> None:
    with serving("tcp:80", "udp:53"):
        tcp, udp, http = asked(*(Probe("a", k, address, p) for k, p in _SERVED))
    assert [each.code for each in (tcp, udp, http)] == ["answered"] * 3
    assert tcp.peer == (address, 80)
    assert tcp.local[1] > 0
    assert (tcp.connected, udp.connected) == (True, False)
    assert udp.data.startswith(b"b ")
    assert http.data.startswith(b"HTTP/1.0 200 ")


_SERVED = (("tcp", 80), ("udp", 53), ("http", 80))


@pytest.mark.parametrize("address", [_B, _B6])
def test_where_nobody_listens_it_is_refused_and_udp_tells_by_whom(address: str) -> None:
    tcp, udp, http = asked(*(Probe("a", k, address, p) for k, p in _SERVED))
    assert [each.code for each in (tcp, udp, http)] == ["refused"] * 3
    assert (tcp.by, udp.by) == ("", address)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("host-unreachable", "unreachable"),
        ("admin-prohibited", "prohibited"),
        ("host-prohibited", "prohibited"),
        ("port-unreachable", "refused"),
    ],
)
def test_an_error_on_the_way_names_who_sent_it(word: str, code: str) -> None:
    filtered(f"ip daddr {_B} reject with icmp {word}")
    for answer in asked(*(Probe("a", kind, _B, 80) for kind in ("icmp", "tcp", "udp"))):
        assert (answer.code, answer.by) == (code, _R), answer
        assert answer.seconds < 0.3


def test_an_error_on_the_way_of_ipv6() -> None:
    filtered(f"ip6 daddr {_B6} reject with icmpv6 admin-prohibited")
    answers = asked(*(Probe("a", kind, _B6, 80) for kind in ("icmp", "tcp", "udp")))
    assert {(each.code, each.by) for each in answers} == {("prohibited", _R6)}


def test_a_router_without_a_route_is_no_missing_route_of_ours() -> None:
    theirs, ours = asked(Probe("a", "tcp", "10.9.0.1", 80), Probe("a", "tcp", "10.8.0.1", 80))
    assert (theirs.code, theirs.by) == ("unreachable", _R)
    assert (ours.code, ours.errno, ours.by) == ("no-route", errno.ENETUNREACH, "")


def test_what_our_own_kernel_says() -> None:
    run("ip", "-n", "a", "route", "add", "prohibit", "10.6.1.1")
    run("ip", "-n", "a", "route", "add", "unreachable", "10.6.1.2")
    answers = asked(*(Probe("a", kind, f"10.6.1.{n}", 80) for n, kind in _OWN))
    assert [each.code for each in answers] == ["prohibited"] * 3 + ["unreachable"] * 3


_OWN = [(n, kind) for n in (1, 2) for kind in ("icmp", "tcp", "udp")]


def test_silence_costs_the_timeout_once_for_all() -> None:
    filtered(f"ip daddr {_B} drop")
    probes = [Probe("a", kind, _B, 80, timeout=0.4) for kind in ("icmp", "tcp", "udp", "http")]
    before = time.monotonic()
    answers = asked(*probes * 50)
    spent = time.monotonic() - before
    assert {each.code for each in answers} == {"timeout"}
    assert 0.4 <= spent < 0.4 + 0.5


def test_the_first_packet_may_get_lost() -> None:
    filtered(
        f"ip daddr != {_B} accept",
        "ip saddr . meta l4proto @seen accept",
        "add @seen { ip saddr . meta l4proto } drop",
    )
    with serving("tcp:80", "udp:80"):
        before = time.monotonic()
        answers = asked(*(Probe("a", kind, _B, 80) for kind in ("icmp", "tcp", "udp")))
    assert [each.code for each in answers] == ["answered"] * 3
    assert 0.25 <= time.monotonic() - before < 0.6


def test_too_big_for_our_own_device_and_for_one_on_the_way() -> None:
    run("ip", "-n", "b", "link", "set", "eth0", "mtu", "1400")
    run("ip", "-n", "r", "link", "set", "v2", "mtu", "1400")
    own, way, fits, own6, way6 = asked(
        Probe("a", "icmp", _B, size=1473),
        Probe("a", "icmp", _B, size=1472),
        Probe("a", "icmp", _B, size=1372),
        Probe("a", "icmp", _B6, size=1453),
        Probe("a", "icmp", _B6, size=1452),
    )
    assert (own.code, own.by, own.mtu) == ("too-big", "", 1500)
    assert (way.code, way.by, way.mtu) == ("too-big", _R, 1400)
    assert fits.code == "answered"
    assert (own6.code, own6.by, own6.mtu) == ("too-big", "", 1500)
    assert (way6.code, way6.by, way6.mtu) == ("too-big", _R6, 1400)


def test_the_sender_may_choose_its_address() -> None:
    run("ip", "-n", "a", "address", "add", "10.7.1.3/24", "dev", "eth0")
    good, bad = asked(
        Probe("a", "icmp", _B, source="10.7.1.3"), Probe("a", "tcp", _B, 80, source="10.7.1.4")
    )
    assert (good.code, good.local[0]) == ("answered", "10.7.1.3")
    assert (bad.code, bad.errno) == ("error", errno.EADDRNOTAVAIL)


def test_what_is_no_address_is_not_asked() -> None:
    texts = ("", "localhost", "10.0.0", "::g")
    kinds = ("icmp", "tcp", "udp")
    for answer in asked(*(Probe("a", kind, text, 80) for kind in kinds for text in texts)):
        assert (answer.code, answer.errno) == ("error", errno.EDESTADDRREQ)


def test_a_link_local_address_needs_its_interface() -> None:
    found = run("ip", "-n", "a", "-6", "-br", "address", "show", "dev", "eth0").split()
    scoped = next(each for each in found if each.startswith("fe80")).partition("/")[0]
    (answer,) = asked(Probe("r", "icmp", f"{scoped}%v1"))
    assert answer.code == "answered"


def test_a_namespace_without_a_name_and_one_that_is_gone() -> None:
    with subprocess.Popen(["ip", "netns", "exec", "a", "sleep", "9"]) as process:
        try:
            key = f"pid:{process.pid}"
            path = f"/proc/{process.pid}/ns/net"
            home = f"/proc/{process.pid}/../self/ns/net"
            until = time.monotonic() + 5
            while run("readlink", path) == run("readlink", home) and time.monotonic() < until:
                time.sleep(0.01)
            with Stack() as stack:
                there = probe(stack, Probe(key, "icmp", _B), {key: path})
                gone = probe(stack, Probe("nobody", "icmp", _B))
                here = probe(stack, Probe("", "icmp", "127.0.0.1"))
        finally:
            process.kill()
    assert (there.code, there.local[0]) == ("answered", _A)
    assert (gone.code, gone.errno) == ("error", errno.ENOENT)
    assert (here.code, here.local[0]) == ("answered", "127.0.0.1")


def test_more_questions_than_files_may_be_open() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, hard))
    try:
        answers = asked(*[Probe("a", "icmp", _B)] * 200)
        assert {each.code for each in answers} == {"answered"}
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_an_http_server_that_says_nothing_has_taken_the_call() -> None:
    command = ("ip", "netns", "exec", "b", "python3", "-c", _MUTE)
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            http, tcp = asked(Probe("a", "http", _B, 81, timeout=0.2), Probe("a", "tcp", _B, 81))
        finally:
            process.kill()
    assert (http.code, http.connected, tcp.code) == ("timeout", True, "answered")


_MUTE = """
import socket, time
server = socket.create_server(("", 81))
print(flush=True)
time.sleep(9)
"""
