"""The frames of all taps as one recording for Wireshark, in the order of their times."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ..pcap import Pcap
from .tap import Frame


def record(
    frames: Mapping[str, Iterable[Frame]], write: Callable[[bytes], object], snaplen: int = 1 << 18
) -> None:
    """Give pcapng of `frames` (by the keys of their spaces) to `write`."""
    pcap = Pcap(write)
    every = [(frame.stamp, key, frame) for key, each in frames.items() for frame in each]
    every.sort(key=lambda one: one[0])
    for _, key, frame in every:
        add(pcap, key, frame, snaplen)


def add(pcap: Pcap, key: str, frame: Frame, snaplen: int = 1 << 18) -> None:
    """One frame; its interface is called ``web:eth0``."""
    pcap.packet(
        f"{key or 'host'}:{frame.device or '?'}",
        frame.stamp,
        frame.raw[:snaplen],
        outgoing=frame.outgoing,
        ethernet=frame.start == 14,
        size=len(frame.raw),
    )
