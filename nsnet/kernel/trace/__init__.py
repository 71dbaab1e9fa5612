"""Watching a real packet on its way through all network stacks of a machine.

What is seen has two sources: packet sockets see each frame at each interface, with the time, and
netfilter tells which rules a marked packet meets (nftrace). Both end with the sockets that this
program holds, however it ends.
"""

from __future__ import annotations

from .events import Traced
from .flow import Flow
from .follow import AGAIN, Followed, follow
from .header import Asking, Header, inside_vxlan, read_frame
from .sending import Order, Outcome
from .tap import Frame, Tap

__all__ = [
    "AGAIN",
    "Asking",
    "Flow",
    "Followed",
    "Frame",
    "Header",
    "Order",
    "Outcome",
    "Tap",
    "Traced",
    "follow",
    "inside_vxlan",
    "read_frame",
]
