"""The relay of published ports: callers over IPv6 reach containers that have IPv4 only."""

from __future__ import annotations

import os
import resource
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from nsnet.engine import clean
from nsnet.engine.checks import Blocked
from nsnet.engine.engine import Engine
from nsnet.engine.rename import renamed
from nsnet.kernel import marks
from nsnet.operations import containers
from nsnet.plan.steps import relay as steps
from nsnet.plan.steps.relay import RelayPort
from nsnet.resolver import service
from nsnet.topology.layout import Layout
from nsnet.topology.model import DEFAULT_NETWORK, Attachment, Container, Network, Port, Topology
from tests.resolver import socket_in
from tests.support import picture, run

pytestmark = pytest.mark.usefixtures("host")

HOST6, OTHER6 = "2001:db8:203::1", "2001:db8:203::7"
_PATIENCE = 20.0


def web(*ports: Port, network: str = DEFAULT_NETWORK, name: str = "web") -> Container:
    """A container in which nothing runs: the tests' own servers do."""
    return Container(name, attachments=(Attachment(network),), ports=ports or (Port(80, 8080),))


def one(*members: Container, networks: tuple[Network, ...] = ()) -> Topology:
    return Topology("relayed", networks or (Network(DEFAULT_NETWORK),), members)


@contextmanager
def up(topology: Topology) -> Iterator[Layout]:
    engine = Engine()
    run("ip", "link", "set", "lo", "up")
    before = picture()
    try:
        yield engine.up(topology).layout
    finally:
        if topology.name in engine.state().records:
            engine.down(topology.name)
    assert picture() == before
    assert not marked(engine)
    assert not os.path.exists(engine.folder)


def marked(engine: Engine) -> set[int]:
    """The processes of this host's resolver."""
    word = f"NSNET_HOST={os.path.basename(engine.folder)}"
    found = marks.marked(word.encode())
    return {each.pid for each, env in found if env.get(b"NSNET_RESOLVER")}


def until(what: str, true: Callable[[], object]) -> None:
    limit = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < limit, f"still not: {what}"
        time.sleep(0.005)


Served = Callable[[socket.socket, str], None]


@contextmanager
def serving(
    container: str, work: Served, kind: int = socket.SOCK_STREAM, port: int = 80
) -> Iterator[None]:
    """`work` for each connection to a container (or, for UDP, for its socket) and its caller."""
    sock = socket_in(container, kind)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("", port))
    threads: list[threading.Thread] = []

    def begin(*words: object) -> None:
        threads.append(threading.Thread(target=work, args=words, daemon=True))
        threads[-1].start()

    def accept() -> None:
        with suppress(OSError):
            while True:
                each, peer = sock.accept()
                begin(each, peer[0])

    if kind == socket.SOCK_STREAM:
        sock.listen(1024)
        taker = threading.Thread(target=accept, daemon=True)
        taker.start()
    else:
        begin(sock, "")
    try:
        yield
    finally:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
        sock.close()
        for thread in threads:
            thread.join(10)


def greet(sock: socket.socket, peer: str) -> None:
    """Tell the caller whom we see."""
    with sock:
        sock.sendall(peer.encode())


def echo_all(sock: socket.socket, peer: str) -> None:
    """Everything back, but only after the caller has said it all."""
    data = b""
    with sock:
        while piece := sock.recv(65536):
            data += piece
        sock.sendall(data)


def echo(sock: socket.socket, peer: str) -> None:
    with suppress(OSError), sock:
        while piece := sock.recv(65536):
            sock.sendall(piece)


def echo_datagrams(sock: socket.socket, peer: str) -> None:
    with suppress(OSError):
        while True:
            data, caller = sock.recvfrom(65535)
            if not data:
                return
            sock.sendto(data + b" " + caller[0].encode(), caller)


def call(address: str, port: int = 8080, netns: str = "") -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket_in(netns, socket.SOCK_STREAM, family)
    sock.settimeout(_PATIENCE)
    sock.connect((address, port))
    return sock


def heard(sock: socket.socket) -> bytes:
    """All that is said until the end."""
    data = b""
    with sock:
        while piece := sock.recv(65536):
            data += piece
    return data


def refused(address: str, port: int = 8080) -> bool:
    try:
        call(address, port).close()
    except ConnectionRefusedError:
        return True
    return False


@contextmanager
def neighbour() -> Iterator[None]:
    """A machine `out` beside the host, which has two IPv6 addresses there."""
    run("ip", "netns", "add", "out")
    run("ip", "link", "add", "ext0", "type", "veth", "peer", "name", "eth0", "netns", "out")
    for address in (HOST6, OTHER6):
        run("ip", "address", "add", f"{address}/64", "dev", "ext0", "nodad")
    run("ip", "-n", "out", "address", "add", "2001:db8:203::2/64", "dev", "eth0", "nodad")
    run("ip", "link", "set", "ext0", "up")
    run("ip", "-n", "out", "link", "set", "eth0", "up")
    try:
        yield
    finally:
        run("ip", "link", "delete", "ext0")
        run("ip", "netns", "delete", "out")


def test_every_address_of_the_host_answers_and_the_container_sees_its_gateway() -> None:
    with neighbour(), up(one(web())) as layout, serving("web", greet):
        assert [b.host_ip for b in layout.bindings] == ["0.0.0.0", "::"]
        for netns, address in (("", "::1"), ("", HOST6), ("out", HOST6), ("out", OTHER6)):
            assert heard(call(address, netns=netns)) == b"172.17.0.1"
        assert heard(call("127.0.0.1")) == b"172.17.0.1"


@pytest.mark.parametrize("host_ip", ["::1", HOST6])
def test_one_address_of_the_host(host_ip: str) -> None:
    with neighbour(), up(one(web(Port(80, 8080, host_ip=host_ip)))), serving("web", greet):
        assert heard(call(host_ip)) == b"172.17.0.1"
        assert all(refused(each) for each in {"::1", HOST6, "127.0.0.1"} - {host_ip})


def test_the_loopback_address_of_a_container_with_ipv6() -> None:
    """The kernel does the others, and does not deliver this one."""
    net = Network("six", enable_ipv6=True)
    with up(one(web(network="six"), networks=(net,))) as layout:
        both = socket_in("web", socket.SOCK_STREAM, socket.AF_INET6)
        with both:
            both.bind(("::", 80))
            both.listen()
            with call("::1"):
                caller, peer = both.accept()
                caller.close()
        segment = layout.segment("six")
        assert segment
        assert segment.v6
        assert peer[0] == segment.v6.gateway


def test_half_close_and_large_amounts() -> None:
    data = os.urandom(3_000_000)
    with up(one(web())), serving("web", echo_all):
        sock = call("::1")
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
        assert heard(sock) == data


def test_one_that_does_not_read_makes_the_other_wait_and_nobody_else() -> None:
    """Back pressure: what nobody takes is not collected."""
    with up(one(web())), serving("web", echo):
        stuck = call("::1")
        stuck.setblocking(False)
        sent = 0
        quiet = time.monotonic() + 0.5
        while time.monotonic() < quiet:
            with suppress(BlockingIOError):
                sent += stuck.send(bytes(1 << 16))
                quiet = time.monotonic() + 0.5
            assert sent < 200 << 20
        held = sum(_resident(pid) for pid in marked(Engine()))
        assert held < 60 << 20
        with call("::1") as sock:
            sock.sendall(b"hello")
            assert sock.recv(5) == b"hello"
        left = sent
        stuck.setblocking(True)
        stuck.settimeout(_PATIENCE)
        stuck.shutdown(socket.SHUT_WR)
        left -= len(heard(stuck))
        assert not left


def _resident(pid: int) -> int:
    text = Path(f"/proc/{pid}/statm").read_text()
    return int(text.split()[1]) * resource.getpagesize()


def test_a_reset_goes_on_as_a_reset() -> None:
    met = threading.Event()
    ends: list[str] = []

    def wait(sock: socket.socket, peer: str) -> None:
        met.set()
        sock.settimeout(_PATIENCE)
        try:
            ends.append(repr(sock.recv(1)))
        except OSError as error:
            ends.append(type(error).__name__)
        sock.close()

    with up(one(web())), serving("web", wait):
        sock = call("::1")
        assert met.wait(10)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()
        until("the container hears of it", lambda: ends)
    assert ends == ["ConnectionResetError"]


def test_where_nobody_listens_the_caller_sees_the_end() -> None:
    with up(one(web())):
        assert heard(call("::1")) == b""


def test_two_hundred_at_once() -> None:
    with up(one(web())), serving("web", echo), ExitStack() as all_of_them:
        socks = [all_of_them.enter_context(call("::1")) for _ in range(200)]
        for number, sock in enumerate(socks):
            sock.sendall(b"%03d" % number)
        for number, sock in enumerate(socks):
            assert sock.recv(3) == b"%03d" % number


def test_udp_answers_come_from_the_address_that_was_called() -> None:
    names = web(Port(53, 5353, "udp"))
    with neighbour(), up(one(names)), serving("web", echo_datagrams, socket.SOCK_DGRAM, 53):
        for netns, address in (("", "::1"), ("out", HOST6), ("out", OTHER6)):
            with socket_in(netns, socket.SOCK_DGRAM, socket.AF_INET6) as sock:
                sock.settimeout(_PATIENCE)
                sock.connect((address, 5353))  # so it hears answers from there only
                for number in range(3):
                    sock.send(b"%d" % number)
                    assert sock.recv(100) == b"%d 172.17.0.1" % number
        with ExitStack() as each:
            socks = [
                each.enter_context(socket_in("", socket.SOCK_DGRAM, socket.AF_INET6))
                for _ in range(20)
            ]
            for number, sock in enumerate(socks):
                sock.settimeout(_PATIENCE)
                sock.connect(("::1", 5353))
                sock.send(b"%d" % number)
            for number, sock in enumerate(socks):
                assert sock.recv(100) == b"%d 172.17.0.1" % number


def test_the_relay_follows_its_container() -> None:
    """Stop, start, restart, rename, another network: the port is there with the container."""
    engine = Engine()
    run("ip", "link", "set", "lo", "up")
    before = picture()
    stub = replace(web(Port(80, 8080)), stub=True, expose=((80, "tcp"),))

    def answer() -> str:
        sock = call("::1")
        sock.sendall(b"who\n")
        words = heard(sock).decode().split()
        return f"{words[0]} {words[-1].partition(':')[0]}"

    containers.run(engine, stub)
    assert answer() == "web 172.17.0.1"
    containers.restart(engine, "web", 0)
    assert answer() == "web 172.17.0.1"
    containers.stop(engine, "web", 0)
    assert refused("::1")
    assert not marked(engine)
    containers.start(engine, "web")
    assert answer() == "web 172.17.0.1"
    with call("::1") as sock:  # what runs goes on under another name
        containers.rename(engine, "web", "shop")
        sock.sendall(b"who\n")
        assert sock.recv(100)
    assert answer() == "web 172.17.0.1"
    containers.remove(engine, "shop", force=True)
    assert refused("::1")
    assert picture() == before
    assert not marked(engine)


def test_a_kept_connection_ends_with_its_port_and_a_port_moves_to_another_container() -> None:
    engine = Engine()
    first, second = web(name="a"), web(name="b")
    other = replace(second, ports=())
    with up(one(first, other)), serving("a", echo), serving("b", greet):
        sock = call("::1")
        sock.sendall(b"?")
        assert sock.recv(1) == b"?"
        pids = marked(engine)
        engine.up(one(replace(first, ports=()), second))
        assert heard(call("::1")) == b"172.17.0.1"
        with suppress(ConnectionResetError):
            assert heard(sock) == b""
        assert marked(engine) == pids
        engine.up(one(replace(first, ports=()), other))
        assert refused("::1")
        assert not marked(engine)


@pytest.mark.parametrize("killed", ["serving", "supervising", "both"])
def test_it_is_hard_to_kill(killed: str) -> None:
    engine = Engine()
    with up(one(web())), serving("web", greet):
        assert heard(call("::1")) == b"172.17.0.1"
        supervising, serving_one = service.pids(engine.folder)
        chosen = {"serving": [serving_one], "supervising": [supervising]}
        victims = chosen.get(killed, [supervising, serving_one])
        handles = [os.pidfd_open(pid) for pid in victims]
        if killed == "both":
            for handle in handles:
                signal.pidfd_send_signal(handle, signal.SIGSTOP)
        for handle in handles:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            os.close(handle)
        if killed == "both":
            until("both are gone", lambda: not marked(engine))
            with engine.session():
                pass  # any command revives it
        else:
            until("there are two again", lambda: len({*service.pids(engine.folder), *victims}) == 3)
        until("the port answers", lambda: not refused("::1"))
        assert heard(call("::1")) == b"172.17.0.1"
        assert engine.up(one(web())).unchanged


def test_a_program_on_the_port_is_told_and_nothing_is_left() -> None:
    run("ip", "link", "set", "lo", "up")
    before = picture()
    with socket.socket(socket.AF_INET6) as holder:
        holder.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        holder.bind(("::", 8080))
        holder.listen()
        with pytest.raises(Blocked, match=r"port \[::\]:8080/tcp is already allocated"):
            Engine().up(one(web()))
    assert picture() == before


@pytest.mark.parametrize("named", [False, True], ids=["handed over", "asked for"])
def test_a_program_that_was_faster_is_told_and_all_is_taken_back(
    named: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes the port between the look and the deed. Where names are served, too, the process
    opens its ports by itself, else they are opened for it."""
    engine = Engine()
    run("ip", "link", "set", "lo", "up")
    before = picture()
    holders: list[socket.socket] = []
    written = RelayPort.apply

    def late(self: RelayPort, stack: object) -> None:
        holder = socket.socket(socket.AF_INET6)
        holder.bind(("::1", 8080))
        holder.listen()
        holders.append(holder)
        written(self, stack)  # type: ignore[arg-type]

    monkeypatch.setattr(RelayPort, "apply", late)
    nets = (Network("named"),) if named else ()
    member = web(network="named" if named else DEFAULT_NETWORK)
    with pytest.raises(Exception, match=r"\[::\]:8080/tcp is already allocated"):
        engine.up(one(member, networks=nets))
    for holder in holders:
        holder.close()
    assert picture() == before
    assert not marked(engine)
    assert not os.path.exists(engine.folder)


def test_without_a_proxy_ipv4_alone_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config.toml"
    file.write_text("userland-proxy = false\n")
    monkeypatch.setenv("NSNET_CONFIG", str(file))
    with up(one(web())) as layout, serving("web", greet):
        assert [b.host_ip for b in layout.bindings] == ["0.0.0.0"]
        assert refused("::1")
        assert heard(call("127.0.0.1")) == b"172.17.0.1"
        assert not marked(Engine())


def test_a_host_without_ipv6_has_nothing_to_relay() -> None:
    run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1")
    try:
        with up(one(web())) as layout:
            assert [b.host_ip for b in layout.bindings] == ["0.0.0.0"]
            assert not marked(Engine())
    finally:
        run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=0")


def test_a_lost_record_and_a_clean_host() -> None:
    """What stands is recognised, our own relay is no program that holds the port, and `clean`
    leaves nothing."""
    engine = Engine()
    run("ip", "link", "set", "lo", "up")
    before = picture()
    random = web(Port(80), Port(81, 8081))
    made = engine.up(one(random)).layout
    os.unlink(f"{engine.folder}/state.json")
    again = engine.up(one(random))
    assert again.layout == made
    assert again.unchanged
    clean.clean()
    assert picture() == before
    assert not marked(engine)
    assert refused("::1", 8081)


def test_names_and_ports_share_one_process() -> None:
    engine = Engine()
    nets = (Network("front"), Network(DEFAULT_NETWORK))
    members = (web(network="front", name="a"), web(Port(80, 8081), name="b"))
    with up(one(*members, networks=nets)), serving("a", greet), serving("b", greet):
        assert len(marked(engine)) == 2
        assert heard(call("::1", 8080)) == b"172.18.0.1"
        assert heard(call("::1", 8081)) == b"172.17.0.1"
        assert service.await_served(engine.folder, ["a"], 5) == []


def test_the_file_of_a_renamed_container_is_the_same_one() -> None:
    old = one(web())
    new = renamed(old, "web", "shop")
    paths = {
        RelayPort("/f", c.name, "tcp", "::", 8080, "10.0.0.2", 80).identity
        for c in (*old.containers, *new.containers)
    }
    assert len(paths) == 1
    assert steps.WAIT > 0
