"""Where a packet is to go, as what."""

from __future__ import annotations

from ..diagnose.place import Target
from ..diagnose.places import BadTarget

#: The port to suggest where one is missing: that of web pages, that of resolvers.
_USUAL = {"tcp": 80, "udp": 53}


class NeedsPort(BadTarget):
    """A call or a datagram to a place without a port."""

    def __init__(self, protocol: str, target: str) -> None:
        self.protocol = protocol
        super().__init__(f"{protocol} needs a port", f"write {target}:{_USUAL[protocol]}")


def protocol_of(end: Target, wanted: str, text: str) -> str:
    """``tcp``, ``udp``, ``icmp`` or ``http``: what is `wanted`, else what the target says, which
    was written as `text`. Raises `NeedsPort`."""
    word = wanted or {"http": "http", "udp": "udp"}.get(end.scheme, "")
    word = word or ("tcp" if end.port else "icmp")
    if word in _USUAL and not end.port:
        raise NeedsPort(word, text)
    return word
