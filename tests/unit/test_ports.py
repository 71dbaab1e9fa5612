"""Port specs as Docker reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsnet.topology.model import Port
from nsnet.topology.ports import PortError, long_port, parse_expose, parse_port


@pytest.mark.parametrize(
    ("spec", "ports"),
    [
        ("80", [Port(80)]),
        ("8080:80", [Port(80, 8080)]),
        (":80", [Port(80)]),
        ("0:80", [Port(80)]),
        (" 8080:80 ", [Port(80, 8080)]),
        ("53:53/udp", [Port(53, 53, "udp")]),
        ("80/TCP", [Port(80)]),
        ("127.0.0.1:8080:80", [Port(80, 8080, "tcp", "127.0.0.1")]),
        ("127.0.0.1::80", [Port(80, 0, "tcp", "127.0.0.1")]),
        (":8080:80", [Port(80, 8080)]),
        ("[::1]:8080:80", [Port(80, 8080, "tcp", "::1")]),
        ("::1:8080:80", [Port(80, 8080, "tcp", "::1")]),
        ("3000-3001", [Port(3000), Port(3001)]),
        ("9000-9001:80-81", [Port(80, 9000), Port(81, 9001)]),
        ("9000-9010:80", [Port(80, 9000, "tcp", "", 9010)]),
        ("9000-9000:80", [Port(80, 9000)]),
    ],
)
def test_short_form(spec: str, ports: list[Port]) -> None:
    assert parse_port(spec) == tuple(ports)


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("", "names no container port"),
        (":", "names no container port"),
        ("8080:", "names no container port"),
        ("a:80", "is not a number"),
        ("80:b", "is not a number"),
        ("-1:80", "is not a number"),
        ("٣:80", "is not a number"),
        ("8080:0", "does not exist"),
        ("65536:80", "does not exist"),
        ("8080:80/sctp", "use tcp or udp"),
        ("90-80:90-80", "runs backwards"),
        ("8000-8002:80-81", "equally long"),
        ("localhost:8080:80", "not an address"),
        ("1.2.3.4.5:8080:80", "not an address"),
    ],
)
def test_what_docker_refuses(spec: str, reason: str) -> None:
    with pytest.raises(PortError, match=reason):
        parse_port(spec)


def test_long_form() -> None:
    assert long_port("80") == (Port(80),)
    assert long_port("80", "8080", "127.0.0.1", "udp") == (Port(80, 8080, "udp", "127.0.0.1"),)
    assert long_port("80", "8000-8005") == (Port(80, 8000, "tcp", "", 8005),)
    with pytest.raises(PortError, match="no target"):
        long_port("", "8080")


def test_expose() -> None:
    assert parse_expose("3000") == ((3000, "tcp"),)
    assert parse_expose("53-54/udp") == ((53, "udp"), (54, "udp"))
    with pytest.raises(PortError, match="does not exist"):
        parse_expose("0")


@given(st.from_regex(r"[0-9a:.\[\]/ud p-]{0,20}", fullmatch=True))
def test_any_text_is_ports_or_a_port_error(spec: str) -> None:
    try:
        ports = parse_port(spec)
    except PortError:
        return
    assert all(1 <= port.container_port <= 65535 for port in ports)


@given(
    st.integers(1, 65535),
    st.integers(0, 65535),
    st.sampled_from(["tcp", "udp"]),
    st.sampled_from(["", "127.0.0.1", "::1"]),
)
def test_a_port_reads_back_as_it_prints(container: int, host: int, protocol: str, ip: str) -> None:
    port = Port(container, host, protocol, ip)
    assert parse_port(str(port)) == (port,)
