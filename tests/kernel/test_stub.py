"""The stub listener, as pid 1 of a container and as a plain program."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import dns.message
import dns.query
import dns.rcode
import pytest

from nsnet.kernel import process, stub
from nsnet.kernel.launch import own_interpreter
from nsnet.kernel.listen import listen_in
from nsnet.kernel.process import Process
from nsnet.kernel.spawn import Spawn, spawn

pytestmark = pytest.mark.usefixtures("host")

PORTS = [("tcp", "", 80), ("udp", "", 53)]


@pytest.fixture
def web(host: None, tmp_path: Path) -> Iterator[Process]:
    """A stub with sockets that were opened for it."""
    fds = listen_in("", PORTS)
    argv = tuple(own_interpreter("stub.py", "--name", "web"))
    running = spawn(Spawn("web", argv, listen=tuple(fds), log=str(tmp_path / "log")))
    for fd in fds:
        os.close(fd)
    yield running
    process.stop(running, 1)
    assert "Traceback" not in (tmp_path / "log").read_text()


def talk(say: bytes, address: str = "127.0.0.1") -> str:
    """Everything that a TCP connection answers; {me} stands for our own address."""
    with socket.create_connection((address, 80), 5) as sock:
        sock.sendall(say)
        with sock.makefile("rb") as answer:
            text = answer.read().decode()
        host, port = sock.getsockname()[:2]
        return text.replace(stub.spell((host, port)), "{me}")


LINE = "web 127.0.0.1:80 saw {me}\n"


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize("say", [b"", b"hello\n", b"\x16\x03\x01", b"GE"])
def test_whoever_does_not_speak_http_gets_the_bare_line(say: bytes) -> None:
    assert talk(say) == LINE


@pytest.mark.usefixtures("web")
def test_http_gets_a_page() -> None:
    head, _, body = talk(b"GET / HTTP/1.1\r\nHost: web\r\n\r\n").partition("\r\n\r\n")
    assert head.startswith("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n")
    assert body == LINE
    assert talk(b"HEAD / HTTP/1.1\r\n\r\n").endswith("\r\n\r\n")
    assert talk(b"POST / HTTP/1.1\r\n\r\n" + b"x" * 300_000).endswith(LINE)


@pytest.mark.usefixtures("web")
def test_ipv6_is_spelled_as_in_a_url() -> None:
    assert talk(b"hello\n", "::1") == "web [::1]:80 saw {me}\n"


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.9", "::1"])
def test_a_datagram_is_answered_from_the_address_it_came_to(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.settimeout(5)
        sock.sendto(b"?", (address, 53))
        answer, sender = sock.recvfrom(500)
        assert sender[:2] == (address, 53)
        assert answer.decode().startswith(f"web {stub.spell((address, 53))} saw ")


@pytest.mark.usefixtures("web")
def test_it_answers_questions_of_dns() -> None:
    def asked(name: str, kind: str) -> dns.message.Message:
        return dns.query.udp(dns.message.make_query(name, kind), "127.0.0.9", 5)

    for name in ("web", "example.com", "www.Example.org"):
        (found,) = asked(name, "A").answer
        assert found[0].to_text() == "127.0.0.9"
        empty = asked(name, "AAAA")
        assert (empty.rcode(), empty.answer) == (dns.rcode.NOERROR, [])
    for name in ("nobody", "com", "notexample.com", "."):
        assert asked(name, "A").rcode() == dns.rcode.NXDOMAIN


def test_slow_clients_hold_nobody_up_and_are_sent_away(web: Process) -> None:
    slow = [socket.create_connection(("127.0.0.1", 80)) for _ in range(stub.CROWD + 50)]
    began = time.monotonic()
    for _ in range(1000):
        assert talk(b"GET / HTTP/1.0\r\n\r\n").endswith(LINE)
    assert time.monotonic() - began < 5
    for sock in slow:
        sock.close()
    deadline = time.monotonic() + 5
    while len(os.listdir(f"/proc/{web.pid}/fd")) > 8:
        assert time.monotonic() < deadline, "connections stay open"
        time.sleep(0.02)


def test_it_is_small_and_ends_when_told_even_as_pid_1(web: Process) -> None:
    assert talk(b"hello\n") == LINE
    lines = Path(f"/proc/{web.pid}/status").read_text().splitlines()
    size = next(line for line in lines if line.startswith("VmRSS"))
    assert int(size.split()[1]) < 10 * 1024
    assert process.stop(web, 5) == 0


def test_without_sockets_it_binds_its_ports(tmp_path: Path) -> None:
    argv = own_interpreter("stub.py", "tcp:80", "--name", "web", "udp:53")
    web = spawn(Spawn("web", tuple(argv), log=str(tmp_path / "log")))
    try:
        deadline = time.monotonic() + 5
        while True:
            try:
                assert talk(b"hello\n") == LINE
                break
            except ConnectionRefusedError:
                assert time.monotonic() < deadline
                time.sleep(0.005)
    finally:
        assert process.stop(web, 5) == 0
