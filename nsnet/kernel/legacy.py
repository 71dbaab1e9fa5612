"""The filter table of iptables-legacy, which nftables does not list, read as iptables reads it.

Source: Linux ``include/uapi/linux/netfilter_ipv4/ip_tables.h`` (IPT_SO_GET_INFO,
IPT_SO_GET_ENTRIES) and ``netfilter/x_tables.h``.
"""

from __future__ import annotations

import ctypes
import socket
import struct
from collections.abc import Iterator

from ..value import Value
from .observe import file_text

_SOL_IP, _GET_INFO, _GET_ENTRIES = 0, 64, 65
_INFO = struct.Struct("=32sI5I5III")
#: The name and the size, before the entries, which are aligned to eight bytes.
_HEAD = 40
#: Hooks of table filter: their numbers (linux/netfilter.h) by the names of their chains.
_CHAINS = {"INPUT": 1, "FORWARD": 2, "OUTPUT": 3}
_INTERFACES = struct.Struct("=16x16s16s16s16s")
_OFFSETS = struct.Struct("=88xHH")
_DROP, _ACCEPT = -1, -2  # -NF_DROP - 1, -NF_ACCEPT - 1


class LegacyChain(Value):
    """A built-in chain: its policy, how many of its own rules drop, and the interfaces (``br-*``)
    that rules of it accept."""

    name: str
    policy: str
    drops: int
    passed: frozenset[str]


def filter_chains() -> list[LegacyChain]:
    """The chains of the filter table of IPv4; none where the table was never used here (looking
    would make it), or without the right to look."""
    if "filter" not in (file_text("/proc/thread-self/net/ip_tables_names") or "").split():
        return []
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as sock:
            info = _ask(sock, _GET_INFO, b"filter".ljust(_INFO.size, b"\0"))
            _, _, *numbers, _, size = _INFO.unpack(info)
            asked = struct.pack("=32sI4x", b"filter", size) + bytes(size)
            entries = _ask(sock, _GET_ENTRIES, asked)[_HEAD:]
    except OSError:
        return []
    starts, ends = numbers[:5], numbers[5:]
    return [_chain(name, entries, starts[hook], ends[hook]) for name, hook in _CHAINS.items()]


def _ask(sock: socket.socket, option: int, request: bytes) -> bytes:
    """getsockopt(2) with something in the buffer, which Python's own cannot."""
    buffer = ctypes.create_string_buffer(request, len(request))
    size = ctypes.c_uint32(len(request))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.getsockopt(sock.fileno(), _SOL_IP, option, buffer, ctypes.byref(size)):
        raise OSError(ctypes.get_errno(), "getsockopt")
    return buffer.raw


def _chain(name: str, entries: bytes, start: int, end: int) -> LegacyChain:
    """The rules from `start` on; that at `end` is the policy."""
    drops, passed, at = 0, set[str](), start
    while at < end:
        verdict = _verdict(entries, at)
        drops += verdict == _DROP
        if verdict == _ACCEPT:
            passed.update(_interfaces(entries, at))
        at += _OFFSETS.unpack_from(entries, at)[1]
    policy = "drop" if _verdict(entries, end) == _DROP else "accept"
    return LegacyChain(name, policy, drops, frozenset(passed))


def _verdict(entries: bytes, at: int) -> int:
    """The verdict of a rule's standard target (it has no name); 0 for any other."""
    target = at + _OFFSETS.unpack_from(entries, at)[0]
    standard = entries[target + 2 : target + 3] == b"\0"
    return int(struct.unpack_from("=i", entries, target + 32)[0]) if standard else 0


def _interfaces(entries: bytes, at: int) -> Iterator[str]:
    """The interfaces that a rule names. The mask ends before the zero where it names many."""
    into, out, into_mask, out_mask = _INTERFACES.unpack_from(entries, at)
    for name, mask in ((into, into_mask), (out, out_mask)):
        text = name.partition(b"\0")[0]
        if text:
            whole = len(mask.partition(b"\0")[0]) > len(text)
            yield text.decode(errors="replace") + ("" if whole else "*")
