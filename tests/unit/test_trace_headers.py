"""Reading packets, and the filter that chooses them: no kernel, bytes written by hand."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

import pytest

from nsnet.diagnose.trace.legs import ERROR, REPLY, REQUEST, Legs, packet
from nsnet.kernel.pcap import Pcap
from nsnet.kernel.trace import Asking, Flow, Header, inside_vxlan, read_frame
from nsnet.kernel.trace.bpf import program
from nsnet.kernel.trace.header import read

A, B = "10.0.0.1", "10.0.0.2"
_IPV4, _IPV6, _ARP = 0x0800, 0x86DD, 0x0806


def ip(protocol: int, rest: bytes, src: str = A, dst: str = B, options: bytes = b"") -> bytes:
    words = 5 + len(options) // 4
    size = 4 * words + len(rest)
    head = struct.pack("!BBHHHBBH", 0x40 | words, 0, size, 7, 0, 64, protocol, 0)
    return head + socket.inet_aton(src) + socket.inet_aton(dst) + options + rest


def ip6(protocol: int, rest: bytes, src: str = "fd00::1", dst: str = "fd00::2") -> bytes:
    ends = b"".join(socket.inet_pton(socket.AF_INET6, each) for each in (src, dst))
    return struct.pack("!IHBB", 6 << 28, len(rest), protocol, 64) + ends + rest


def tcp(sport: int, dport: int, flags: int = 2, seq: int = 100, ack: int = 0) -> bytes:
    return struct.pack("!HHIIBBHHH", sport, dport, seq, ack, 5 << 4, flags, 1000, 0, 0)


def udp(sport: int, dport: int, data: bytes = b"x") -> bytes:
    return struct.pack("!HHHH", sport, dport, 8 + len(data), 0) + data


def icmp(kind: int, code: int = 0, ident: int = 0, rest: bytes = b"") -> bytes:
    return struct.pack("!BBHHH", kind, code, 0, ident, 1) + rest


def arp(operation: int, sender: str, target: str) -> bytes:
    head = struct.pack("!HHBBH", 1, 0x0800, 6, 4, operation)
    mac = bytes.fromhex("0242ac110002")
    return head + mac + socket.inet_aton(sender) + bytes(6) + socket.inet_aton(target)


def vxlan(inner: bytes, kind: int = _IPV4) -> bytes:
    frame = bytes(12) + struct.pack("!H", kind) + inner
    return ip(17, udp(55555, 4789, b"\x08\0\0\0" + b"\0\0\x07\0" + frame), "192.0.2.1", "192.0.2.2")


def test_tcp_with_options_in_its_ip_header() -> None:
    found = read(ip(6, tcp(40000, 80, 0x12, 5, 101), options=b"\1" * 8))
    assert found
    assert (found.sport, found.dport, found.flags, found.seq, found.ack) == (
        40000,
        80,
        "SA",
        5,
        101,
    )
    assert str(packet(found)) == "tcp 10.0.0.1:40000 → 10.0.0.2:80 [SA]"


def test_errors_quote_the_packet_that_they_are_about() -> None:
    found = read(ip(1, icmp(3, 3, rest=ip(17, udp(40000, 9)))))
    assert found
    assert found.about
    assert (found.error, found.about.sport, found.about.dport) == (True, 40000, 9)
    assert packet(found).flags == "port-unreachable"
    six = read(ip6(58, icmp(1, 4, rest=ip6(17, udp(40000, 9)))))
    assert six
    assert six.about
    assert packet(six).flags == "port-unreachable"


@pytest.mark.parametrize("size", range(60))
def test_what_is_cut_off_is_no_error(size: int) -> None:
    for whole in (
        ip(6, tcp(1, 2)),
        ip6(58, icmp(135, rest=bytes(20))),
        ip(1, icmp(3, 1, rest=ip(6, tcp(1, 2)))),
    ):
        read(whole[:size])
        read_frame(_IPV4, whole[:size])
        read_frame(_ARP, arp(1, A, B)[:size])
        inside_vxlan(_IPV4, vxlan(whole)[:size])


def test_questions_for_neighbours() -> None:
    assert read_frame(_ARP, arp(1, A, B)) == Asking(B, A, answer=False)
    assert read_frame(_ARP, arp(2, B, A)) == Asking(B, A, answer=True, mac="02:42:ac:11:00:02")
    target = socket.inet_pton(socket.AF_INET6, "fd00::2")
    asked = read_frame(_IPV6, ip6(58, icmp(135, rest=target)))
    assert asked == Asking("fd00::2", "fd00::1", answer=False)


def test_inside_a_vxlan() -> None:
    inner = inside_vxlan(_IPV4, vxlan(ip(6, tcp(40000, 80))))
    assert inner
    found = read_frame(*inner)
    assert isinstance(found, Header)
    assert (found.src, found.dport) == (A, 80)
    assert inside_vxlan(_IPV4, ip(17, udp(1, 4789))) is None


def runs(flow: Flow, kind: int, data: bytes) -> bool:
    """A machine for the filter's few instructions: does the frame come through?"""
    code = list(struct.iter_unpack("=HBBI", program(flow)))
    a = x = at = 0
    while True:
        op, yes, no, k = code[at]
        at += 1
        if op == 0x06:
            return k > 0
        if op == 0x15:
            at += yes if a == k else no
        elif op == 0x28 and k == 0xFFFFF000:
            a = kind
        elif op in (0x28, 0x30, 0x48, 0x50):
            start = k - 0xFFF00000 + (x if op in (0x48, 0x50) else 0)
            size = 2 if op in (0x28, 0x48) else 1
            if start + size > len(data):
                return False  # As the kernel: a load beyond the end takes nothing.
            a = int.from_bytes(data[start : start + size], "big")
        elif op == 0x54:
            a &= k
        elif op == 0x64:
            a <<= k
        elif op == 0x07:
            x = a
        elif op == 0x01:
            x = k
        else:
            raise AssertionError(hex(op))


def _taken() -> Iterator[tuple[Flow, int, bytes, bool]]:
    call = Flow(4, 6, 40000, (4789,))
    yield call, _IPV4, ip(6, tcp(40000, 80)), True
    yield call, _IPV4, ip(6, tcp(80, 40000), options=b"\1" * 12), True
    yield call, _IPV4, ip(6, tcp(40001, 80)), False
    yield call, _IPV4, ip(17, udp(40000, 80)), False
    yield call, _IPV4, ip(1, icmp(3, 1, rest=ip(6, tcp(40000, 80)))), True
    yield call, _IPV4, ip(1, icmp(3, 1, rest=ip(6, tcp(40001, 80)))), False
    yield call, _IPV4, ip(1, icmp(8, ident=40000)), False
    yield call, _ARP, arp(1, A, B), True
    yield call, _IPV4, vxlan(ip(6, tcp(40000, 80))), True
    yield call, _IPV4, vxlan(ip(6, tcp(40001, 80))), False
    yield call, _IPV4, vxlan(arp(1, A, B), _ARP), True
    yield call, _IPV6, ip6(6, tcp(40000, 80)), False
    yield call, 0x88CC, bytes(60), False
    plain = Flow(4, 17, 40000)
    yield plain, _IPV4, ip(17, udp(40000, 53)), True
    yield plain, _IPV4, ip(17, udp(53, 40000)), True
    yield plain, _IPV4, ip(17, udp(53, 40001)), False
    yield plain, _IPV4, vxlan(ip(17, udp(40000, 53))), False
    tunnelled = Flow(4, 17, 40000, (4789,))
    yield tunnelled, _IPV4, vxlan(ip(17, udp(40000, 53))), True
    yield tunnelled, _IPV4, ip(17, udp(53, 40000)), True
    ping = Flow(4, 1, 77)
    yield ping, _IPV4, ip(1, icmp(8, ident=77)), True
    yield ping, _IPV4, ip(1, icmp(0, ident=78)), False
    yield ping, _IPV4, ip(1, icmp(11, rest=ip(1, icmp(8, ident=77)))), True
    six = Flow(6, 6, 40000, (4789,))
    yield six, _IPV6, ip6(6, tcp(40000, 80)), True
    yield six, _IPV6, ip6(6, tcp(40001, 80)), False
    yield six, _IPV6, ip6(58, icmp(135, rest=bytes(16))), True
    yield six, _IPV6, ip6(58, icmp(1, 4, rest=ip6(6, tcp(40000, 80)))), True
    yield six, _IPV4, vxlan(ip6(6, tcp(80, 40000)), _IPV6), True
    yield six, _IPV4, ip(6, tcp(40000, 80)), False
    ping6 = Flow(6, 58, 77)
    yield ping6, _IPV6, ip6(58, icmp(128, ident=77)), True
    yield ping6, _IPV6, ip6(58, icmp(129, ident=78)), False


def test_the_filter_takes_our_flow_and_nothing_else() -> None:
    for flow, kind, data, taken in _taken():
        assert runs(flow, kind, data) is taken, (flow, hex(kind), read_frame(kind, data))


def test_legs() -> None:
    def seen(data: bytes) -> Header:
        found = read(data)
        assert found
        return found

    call = seen(ip(6, tcp(40000, 80, 2, seq=100)))
    legs = Legs(Flow(4, 6, 40000), [call])
    assert legs.of(call) == REQUEST
    assert legs.of(seen(ip(6, tcp(1, 81, 2, seq=100)))) == REQUEST  # after address translation
    assert legs.of(seen(ip(6, tcp(40000, 80, 2, seq=101)))) == ""
    assert legs.of(seen(ip(6, tcp(80, 40000, 0x12, 9, 101)))) == REPLY
    assert legs.of(seen(ip(6, tcp(80, 40000, 0x14, 0, 101)))) == REPLY
    assert legs.of(seen(ip(6, tcp(40000, 80, 0x10, 101, 10)))) == ""
    assert legs.of(seen(ip(1, icmp(3, 1, rest=ip(6, tcp(40000, 80)))))) == ERROR
    assert legs.of(seen(ip(1, icmp(3, 1, rest=ip(6, tcp(5, 80)))))) == ""


def test_a_recording_announces_each_interface_once() -> None:
    blocks: list[bytes] = []
    pcap = Pcap(blocks.append)
    for name in ("a:eth0", "b:eth0", "a:eth0"):
        pcap.packet(name, 1_700_000_000_123_456_789, b"12345", size=9)
    assert [struct.unpack_from("=I", each)[0] for each in blocks] == [0x0A0D0D0A, 1, 6, 1, 6, 6]
    for each in blocks:
        size = struct.unpack_from("=I", each, 4)[0]
        assert len(each) == size == struct.unpack_from("=I", each, size - 4)[0]
        assert size % 4 == 0
    number, high, low, kept, real = struct.unpack_from("=IIIII", blocks[-1], 8)
    assert (number, high << 32 | low, kept, real) == (0, 1_700_000_000_123_456_789, 5, 9)
