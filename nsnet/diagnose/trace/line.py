"""One line for one frame, as `nsnet capture` prints it."""

from __future__ import annotations

import time

from ...kernel.trace import Asking, Frame, Header, inside_vxlan, read_frame
from .legs import packet

_KINDS = {0x86DD: "IPv6", 0x0800: "IPv4", 0x88CC: "LLDP"}


def line(label: str, frame: Frame) -> str:
    """``12:00:00.000001 web:eth0  out  tcp 172.17.0.2:40000 → 172.17.0.3:80 [S], 60 bytes``."""
    seconds, rest = divmod(frame.stamp, 1_000_000_000)
    clock = time.strftime("%H:%M:%S", time.localtime(seconds)) + f".{rest // 1000:06d}"
    way = "out" if frame.outgoing else "in "
    return f"{clock} {label}:{frame.device:<12} {way} {_words(frame)}"


def _words(frame: Frame) -> str:
    inner = inside_vxlan(frame.kind, frame.payload)
    if inner is not None and (found := read_frame(*inner)) is not None:
        return f"vxlan [ {_said(found)} ]"
    found = read_frame(frame.kind, frame.payload)
    if found is not None:
        return _said(found)
    source, destination = frame.macs
    name = _KINDS.get(frame.kind, f"type 0x{frame.kind:04x}")
    return f"{name} {source} → {destination}, {len(frame.raw)} bytes"


def _said(found: Header | Asking) -> str:
    if isinstance(found, Header):
        number = f" seq {found.number}" if found.kind in (0, 8, 128, 129) and found.ident else ""
        return f"{packet(found)}{number}, {found.size} bytes"
    if found.answer:
        return f"neighbour {found.address} is at {found.mac or 'the sender'}"
    return f"neighbour {found.asker} asks who has {found.address}"
