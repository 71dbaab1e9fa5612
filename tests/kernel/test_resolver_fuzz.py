"""Any bytes: no answer to nonsense, and the same process afterwards."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import dns.message
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nsnet.resolver import service
from tests.resolver import ADDRESS, PORT, Scene, ask, place, socket_in, texts

pytestmark = pytest.mark.usefixtures("host")

QUERY = dns.message.make_query("web", "A", use_edns=0, id=4711).to_wire()

#: Random bytes, and questions with some bytes changed or cut off.
edited = st.builds(
    lambda at, new, end: (QUERY[:at] + new + QUERY[at + len(new) :])[:end],
    st.integers(0, len(QUERY)),
    st.binary(max_size=6),
    st.integers(0, len(QUERY) + 6),
)
named = st.builds(lambda question: QUERY[:12] + question, st.binary(max_size=300))
packets = st.one_of(st.binary(max_size=600), edited, named)


@pytest.fixture
def scene(host: None) -> Iterator[Scene]:
    made = Scene()
    try:
        made.space("web")
        made.tell("web", place("front", "172.18.0.2", "web"), dns=["127.0.0.1"])
        made.serve("web")
        yield made
    finally:
        made.end()


_fuzzed = settings(
    max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def test_datagrams(scene: Scene) -> None:
    before = service.pids(scene.folder)
    with socket_in("web", socket.SOCK_DGRAM) as sock:
        sock.connect((ADDRESS, PORT))

        @_fuzzed
        @given(packets)
        def send(packet: bytes) -> None:
            sock.send(packet)

        send()
    assert texts(ask("web", "web")) == ["172.18.0.2"]
    assert service.pids(scene.folder) == before


def test_streams(scene: Scene) -> None:
    before = service.pids(scene.folder)

    @_fuzzed
    @given(packets, st.booleans())
    def send(packet: bytes, framed: bool) -> None:
        with socket_in("web", socket.SOCK_STREAM) as sock:
            sock.connect((ADDRESS, PORT))
            sock.sendall((len(packet).to_bytes(2, "big") if framed else b"") + packet)

    send()
    assert texts(ask("web", "web", tcp=True)) == ["172.18.0.2"]
    assert service.pids(scene.folder) == before


@pytest.mark.parametrize(
    ("packet", "answer"),
    [
        (QUERY[:2] + b"\x81" + QUERY[3:], None),
        (QUERY[:11], None),
        (QUERY[:4] + b"\0\0" + QUERY[6:], None),
        (QUERY[:4] + b"\0\2" + QUERY[6:], None),
        (QUERY[:12] + b"\xc0\x0c\0\1\0\1", None),
        (QUERY[:12] + b"\3we", None),
        (QUERY[:2] + b"\x11\0" + QUERY[4:], QUERY[:2] + b"\x91\4" + bytes(8)),
    ],
    ids=["response", "short", "no-question", "two", "loop", "cut-off", "status"],
)
def test_what_is_no_question(scene: Scene, packet: bytes, answer: bytes | None) -> None:
    with socket_in("web", socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.3 if answer is None else 10)
        sock.sendto(packet, (ADDRESS, PORT))
        if answer is None:
            with pytest.raises(TimeoutError):
                sock.recv(500)
        else:
            assert sock.recv(500) == answer
    assert texts(ask("web", "web")) == ["172.18.0.2"]
