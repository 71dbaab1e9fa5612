"""Names of others: which upstream is asked, from where, and what becomes of its answer."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import dns.message
import pytest

from nsnet.resolver import service
from tests.resolver import (
    ADDRESS,
    PORT,
    Scene,
    Upstream,
    ask,
    code,
    place,
    socket_in,
    sockets,
    texts,
)

pytestmark = pytest.mark.usefixtures("host")

UPSTREAMS = {"u1": "172.18.0.101", "u2": "172.18.0.102", "u3": "172.18.0.103"}


@pytest.fixture
def scene(host: None) -> Iterator[Scene]:
    """web asks three upstreams, one hides behind a network without a way out."""
    made = Scene()
    try:
        made.bridge()
        for name, address in UPSTREAMS.items():
            made.upstream(name, address)
        made.space("web", "172.18.0.2")
        made.space("inner")
        web = place("front", "172.18.0.2", "web")
        made.tell("web", web, dns=list(UPSTREAMS.values()))
        made.tell("inner", place("back", "172.19.0.2", "inner"), dns=list(UPSTREAMS.values()))
        made.serve("web", "inner")
        yield made
    finally:
        made.end()


def heard(scene: Scene) -> list[list[str]]:
    """What each upstream was asked."""
    return [scene.upstreams[name].names() for name in UPSTREAMS]


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
def test_others_names_are_asked_from_the_containers_own_namespace(scene: Scene, tcp: bool) -> None:
    response = ask("web", "ext.test", tcp=tcp)
    assert texts(response) == ["192.0.2.1"]
    assert response is not None
    assert response.answer[0].ttl == 60
    protocol = "tcp" if tcp else "udp"
    assert scene.upstreams["u1"].heard == [("ext.test", "A", protocol, "172.18.0.2")]
    assert heard(scene)[1:] == [[], []]


@pytest.mark.parametrize("kind", ["TXT", "SRV", "ANY", "CNAME", "NS", "SOA", "HTTPS"])
def test_other_types_are_asked_upstream_even_for_peers(scene: Scene, kind: str) -> None:
    response = ask("web", "web", kind)
    assert (code(response), texts(response)) == ("NOERROR", [])
    assert scene.upstreams["u1"].heard == [("web", kind, "udp", "172.18.0.2")]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("nobody", "A"), ("1.0.18.172.in-addr.arpa", "PTR"), (".", "NS"), ("nobody", "MX")],
)
def test_so_is_what_we_do_not_know(scene: Scene, name: str, kind: str) -> None:
    ask("web", name, kind)
    assert heard(scene)[0] == [name]


def test_another_class_is_none_of_ours(scene: Scene) -> None:
    ask("web", "web", rdclass="CH")
    assert heard(scene)[0] == ["web"]


#: What the upstreams do → the response, and how many of them are asked (dockerd 20.10.24).
CASES = {
    "x.u1-refused": ("NOERROR", ["192.0.2.2"], 2),
    "x.u1-fails": ("NOERROR", ["192.0.2.2"], 2),
    "x.u1-nx": ("NOERROR", ["192.0.2.2"], 2),
    "x.u1-nxaa": ("NXDOMAIN", [], 1),
    "x.u1-refused.u2-refused.u3-refused": ("REFUSED", [], 3),
    "x.u1-refused.u2-fails.u3-nx": ("NXDOMAIN", [], 3),
    "x.u1-liar": ("NOERROR", ["192.0.2.1"], 1),
    "x.u1-garbage": ("NOERROR", ["192.0.2.1"], 1),
}


@pytest.mark.parametrize("name", CASES)
def test_after_an_error_the_next_one_is_asked(scene: Scene, name: str) -> None:
    response = ask("web", name)
    status, records, count = CASES[name]
    assert (code(response), texts(response)) == (status, records)
    assert [len(names) for names in heard(scene)] == [1] * count + [0] * (3 - count)


def test_a_silent_one_costs_four_seconds(scene: Scene) -> None:
    began = time.monotonic()
    assert texts(ask("web", "x.u1-silent")) == ["192.0.2.2"]
    assert 3.9 < time.monotonic() - began < 8


def test_one_that_is_not_there_costs_nothing(scene: Scene) -> None:
    web = place("front", "172.18.0.2", "web")
    scene.tell("web", web, dns=["172.18.0.1", "172.99.0.1", UPSTREAMS["u3"]])
    scene.serve("web")
    for tcp in (False, True):
        assert texts(ask("web", "ext.test", tcp=tcp, timeout=3)) == ["192.0.2.3"]


def test_if_the_last_one_is_silent_so_are_we(scene: Scene) -> None:
    scene.tell("web", place("front", "172.18.0.2", "web"), dns=list(UPSTREAMS.values())[:2])
    scene.serve("web")
    assert ask("web", "x.u1-refused.u2-silent", timeout=5) is None


def test_three_are_asked_at_most(scene: Scene) -> None:
    dns = ["172.18.0.1", "172.18.0.1", "172.18.0.1", UPSTREAMS["u1"]]
    scene.tell("web", place("front", "172.18.0.2", "web"), dns=dns)
    scene.serve("web")
    assert ask("web", "ext.test", timeout=1) is None
    assert heard(scene) == [[], [], []]


def test_from_an_internal_network_nothing_arrives(scene: Scene) -> None:
    assert ask("inner", "ext.test", timeout=1) is None
    assert ask("inner", "ext.test", timeout=1, tcp=True) is None
    assert heard(scene) == [[], [], []]
    assert texts(ask("inner", "inner")) == ["172.19.0.2"]


def test_a_truncated_answer_makes_the_client_come_by_tcp(scene: Scene) -> None:
    response = ask("web", "x.u1-truncated")
    assert response is not None
    assert response.flags & dns.flags.TC
    assert texts(ask("web", "x.u1-truncated", tcp=True)) == ["192.0.2.1"]
    assert [protocol for *_, protocol, _ in scene.upstreams["u1"].heard] == ["udp", "tcp"]


def test_the_question_is_passed_on_as_it_came_but_for_its_id(scene: Scene) -> None:
    query = dns.message.make_query("eXt.test", "A", use_edns=0, payload=1400, want_dnssec=True)
    with socket_in("web", socket.SOCK_DGRAM) as sock:
        for _ in range(8):
            sock.sendto(query.to_wire(), (ADDRESS, PORT))
            assert sock.recv(2000)[:2] == query.to_wire()[:2]
    sent = scene.upstreams["u1"].queries
    assert {each[2:] for each in sent} == {query.to_wire()[2:]}
    assert len({each[:2] for each in sent}) > 4


def test_many_questions_on_one_connection(scene: Scene) -> None:
    """Also while an upstream keeps us waiting, and in pieces (RFC 7766)."""
    names = ["x.u1-silent", "web", "ext.test"]
    queries = [dns.message.make_query(name, "A") for name in names]
    text = b"".join(len(q.to_wire()).to_bytes(2, "big") + q.to_wire() for q in queries)
    with socket_in("web", socket.SOCK_STREAM) as sock:
        sock.settimeout(10)
        sock.connect((ADDRESS, PORT))
        for i in range(0, len(text), 5):
            sock.sendall(text[i : i + 5])
        heard = []
        for _ in queries:
            size = int.from_bytes(sock.recv(2, socket.MSG_WAITALL), "big")
            heard.append(dns.message.from_wire(sock.recv(size, socket.MSG_WAITALL)))
    assert heard[0].id == queries[1].id, "nobody has to be asked"
    assert sorted(each.id for each in heard) == sorted(each.id for each in queries)


@pytest.fixture
def resolv_conf(scene: Scene, tmp_path: Path) -> Iterator[Path]:
    """The host's own resolv.conf, which the resolver is to read."""
    path = Path("/etc/resolv.conf")
    before = path.read_text() if path.exists() else None
    yield path
    if before is not None:
        path.write_text(before)


def test_without_dns_the_hosts_upstreams_are_asked(scene: Scene, resolv_conf: Path) -> None:
    scene.tell("web", place("front", "172.18.0.2", "web"))
    scene.serve("web")
    resolv_conf.write_text(f"# mine\nsearch test\nnameserver {UPSTREAMS['u2']}\n")
    assert texts(ask("web", "ext.test")) == ["192.0.2.2"]
    resolv_conf.write_text(f"nameserver nonsense\nnameserver\t{UPSTREAMS['u3']} # last\n")
    assert texts(ask("web", "ext.test")) == ["192.0.2.3"]
    assert scene.upstreams["u3"].heard == [("ext.test", "A", "udp", "172.18.0.2")]
    resolv_conf.write_text("")
    assert ask("web", "ext.test", timeout=0.5) is None


@pytest.mark.parametrize("address", ["127.0.0.53", "::1"])
def test_the_hosts_loopback_is_asked_from_the_host(
    scene: Scene, resolv_conf: Path, address: str
) -> None:
    local = Upstream("u9", address)
    inside = Upstream("u8", address, netns="web")
    try:
        scene.tell("web", place("front", "172.18.0.2", "web"))
        scene.serve("web")
        resolv_conf.write_text(f"nameserver {address}\n")
        for tcp in (False, True):
            assert texts(ask("web", "ext.test", tcp=tcp)) == ["192.0.2.9"]
        # As a container's own upstream, it is the container's own.
        scene.tell("web", place("front", "172.18.0.2", "web"), dns=[address])
        scene.serve("web")
        assert texts(ask("web", "ext.test")) == ["192.0.2.8"]
    finally:
        local.close()
        inside.close()


def test_open_questions_have_a_limit_and_hold_up_nobody(scene: Scene) -> None:
    queries = [dns.message.make_query("x.u1-silent.u2-silent.u3-silent", "A") for _ in range(1500)]
    with socket_in("web", socket.SOCK_DGRAM) as sock:
        for i, query in enumerate(queries):
            sock.sendto(query.to_wire(), (ADDRESS, PORT))
            if i % 50 == 0:
                assert texts(ask("web", "web")) == ["172.18.0.2"]
    assert texts(ask("web", "web")) == ["172.18.0.2"]
    assert len(scene.upstreams["u1"].heard) == 1000
    assert ask("web", "ext.test", timeout=0.5) is None
    scene.tell("inner", place("back", "172.19.0.2", "inner"), dns=["127.0.0.1"])
    scene.serve("inner")
    assert texts(ask("inner", "inner")) == ["172.19.0.2"]


def test_a_namespace_goes_though_questions_from_it_are_open(scene: Scene) -> None:
    query = dns.message.make_query("x.u1-silent.u2-silent.u3-silent", "A").to_wire()
    with socket_in("web", socket.SOCK_DGRAM) as sock:
        sock.sendto(query, (ADDRESS, PORT))
        assert texts(ask("web", "web")) == ["172.18.0.2"]
    client = socket_in("web", socket.SOCK_STREAM)
    client.connect((ADDRESS, PORT))
    client.send(len(query).to_bytes(2, "big") + query)
    assert texts(ask("web", "web")) == ["172.18.0.2"]
    server = service.pids(scene.folder)[1]
    limit = time.monotonic() + 20
    while sockets(server) != 8:  # Its own, two per container, two questions and a client.
        assert time.monotonic() < limit, "there is no question to be dropped"
    cable = {name for _, name in socket.if_nameindex()}
    scene.untell("web")
    assert service.await_closed(scene.folder, ["web"], 5) == []
    limit = time.monotonic() + 20
    while sockets(server) > 4:  # The one who has just asked takes a moment to go.
        assert time.monotonic() < limit, "it still holds sockets in there"
    client.close()  # Ours is in there, too.
    subprocess.run(["ip", "netns", "delete", "web"], check=True)
    limit = time.monotonic() + 20
    while {name for _, name in socket.if_nameindex()} == cable:
        assert time.monotonic() < limit, "the namespace's cable is still there"
        time.sleep(0.01)
