"""Queueing disciplines at an interface's way out, as ``tc qdisc`` has them: tbf, which lets so many
bits pass in a second, and netem, which delays and loses packets.

Sources: Linux ``include/uapi/linux/pkt_sched.h``, ``net/sched/sch_api.c`` (a qdisc of an unknown
kind: ENOENT), ``sch_tbf.c``, ``sch_netem.c``; tc-tbf(8), tc-netem(8).
"""

from __future__ import annotations

import struct

from .errors import KernelError, PreconditionError
from .netlink import CREATE, EXCLUSIVE, REQUEST, Channel, attr, attr_text, attr_u32, attributes

RTM_NEWQDISC, RTM_DELQDISC, RTM_GETQDISC = 36, 37, 38
#: The handle of every queue of ours: "ns" in ASCII.
HANDLE = "6e73:"

_HANDLE = 0x6E73_0000
_ROOT = 0xFFFF_FFFF
_TCMSG = struct.Struct("=BxxxiIII")
_KIND, _OPTIONS = 1, 2
_TBF_PARMS, _TBF_RATE64, _TBF_BURST = 1, 4, 6
_NETEM_LATENCY64, _NETEM_JITTER64 = 10, 11
#: struct tc_ratespec: cell_log, linklayer (1: Ethernet, without a table of costs), overhead,
#: cell_align, mpu, rate.
_RATE = struct.Struct("=BBHhHI")
_NETEM = struct.Struct("=6I")
_MOST32 = 0xFFFF_FFFF
#: Packets that netem holds back at most (its default).
_NETEM_LIMIT = 1000
_ENOENT, _EEXIST = 2, 17


def add_tbf(channel: Channel, index: int, rate: int, burst: int, limit: int) -> None:
    """Let `rate` bytes pass in a second, `burst` bytes of them at once; `limit` bytes wait.

    Raises `KernelError` where a queue was set already, `PreconditionError` where the kernel has
    no tbf, OSError for the rest.
    """
    spec = _RATE.pack(0, 1, 0, 0, 0, min(rate, _MOST32))
    ticks = min(_MOST32, (burst * 1_000_000_000 // rate) >> 6)
    parms = spec + _RATE.pack(0, 0, 0, 0, 0, 0) + struct.pack("=III", limit, ticks, 0)
    body = attr(_TBF_PARMS, parms) + attr_u32(_TBF_BURST, burst)
    if rate > _MOST32:
        body += attr(_TBF_RATE64, struct.pack("=Q", rate))
    _add(channel, index, "tbf", body)


def add_netem(channel: Channel, index: int, delay: int, jitter: int, loss: float) -> None:
    """Hold every packet back for `delay` ± `jitter` microseconds, and lose the part `loss` of
    them (0 to 1). Raises as `add_tbf`."""
    _add(channel, index, "netem", netem(delay, jitter, loss))


def netem(delay: int, jitter: int, loss: float) -> bytes:
    """The options of netem: times in ticks of 64 ns for old kernels, in ns for newer ones."""
    lost = min(_MOST32, round(loss * _MOST32))
    latency, spread = (min(_MOST32, each * 1000 >> 6) for each in (delay, jitter))
    body = _NETEM.pack(latency, _NETEM_LIMIT, lost, 0, 0, spread)
    body += attr(_NETEM_LATENCY64, struct.pack("=q", delay * 1000))
    return body + attr(_NETEM_JITTER64, struct.pack("=q", jitter * 1000))


def remove(channel: Channel, index: int) -> None:
    """Take our queue away: the kernel puts its usual one in its place. Nothing if there is none of
    ours. Raises OSError."""
    if _ours(channel, index):
        head = _TCMSG.pack(0, index, _HANDLE, _ROOT, 0)
        channel.add(RTM_DELQDISC, REQUEST, head)
        channel.settle()


def _add(channel: Channel, index: int, kind: str, options: bytes) -> None:
    head = _TCMSG.pack(0, index, _HANDLE, _ROOT, 0)
    body = head + attr_text(_KIND, kind) + attr(_OPTIONS, options)
    channel.add(RTM_NEWQDISC, REQUEST | CREATE | EXCLUSIVE, body)
    for _, code, text in channel.flush():
        if code == _ENOENT:
            why = f"its module sch_{kind} is missing (CONFIG_NET_SCH_{kind.upper()})"
            raise PreconditionError(f"this kernel has no {kind}", why)
        if code == _EEXIST:
            raise KernelError(f"cannot set a {kind} queue", "there is another one already")
        raise OSError(code, text or f"the kernel refuses the {kind} queue")


def _ours(channel: Channel, index: int) -> bool:
    """Does the interface have a queue with our handle? (A dump: a GET of one that is missing
    would be refused.)"""
    for data in list(channel.dump(RTM_GETQDISC, _TCMSG.pack(0, 0, 0, 0, 0))):
        _, where, handle, _, _ = _TCMSG.unpack_from(data)
        if where == index and handle == _HANDLE:
            return any(kind == _KIND for kind, _ in attributes(data, _TCMSG.size))
    return False
