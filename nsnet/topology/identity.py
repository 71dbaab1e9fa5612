"""Ids: 64 hex digits for every network and container, as Docker's.

What a command makes gets a random one when it is made; what a file declares, one that is derived
from its names, so that the same file gives the same ids each time.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from .model import Container, Network

#: How many digits are shown, and stand for a container in names (Docker's short id).
SHORT = 12


#: The ids of the predefined networks, as `_derived` gives them: commands about the default
#: bridge need no digest for it.
_PREDEFINED = {
    "bridge": "9c286d8e8e8f6defa5fa880dde46821fb32028d1bdf7b4df5c4cd3457267e6d0",
    "host": "c61ec8ecb43d08267080edc45f9427432180a237d57b569ebeac6904e33fdc4f",
    "none": "507b794b6cee5bb186cb0b0ed2d7f1e1f10ac42c398a909db1f010d5bbd066a4",
}


def new_id() -> str:
    """A random id. Its short form never looks like a number: it is used as a host name."""
    while True:
        text = os.urandom(32).hex()  # as secrets.token_hex, which loads OpenSSL, 3 ms
        if not text[:SHORT].isdigit():
            return text


def network_id(topology: str, network: Network) -> str:
    """The id of a network of `topology`."""
    if not (network.id or topology) and network.name in _PREDEFINED:
        return _PREDEFINED[network.name]
    return network.id or _derived("network", network.name, topology)


def container_id(topology: str, container: Container) -> str:
    """The id of a container of `topology`."""
    return container.id or _derived("container", container.name, topology)


def short(text: str) -> str:
    """The short form of an id."""
    return text[:SHORT]


def matching(text: str, ids: Iterable[str]) -> list[str]:
    """Those of `ids` that `text` is, or begins."""
    return [each for each in ids if text and each.startswith(text)]


def _derived(*words: str) -> str:
    import hashlib  # loads OpenSSL, 2 ms: only where an id is asked for

    return hashlib.sha256("\0".join(words).encode()).hexdigest()
