"""Names that the kernel bounds, and numbers that are derived from others.

An interface name has at most 15 bytes (IFNAMSIZ, 16 with its zero byte), no slash, no
white space. Where a readable name does not fit, a hash of it stands in, as in Docker.
"""

from __future__ import annotations

import re
from collections.abc import Container

MAX_DEVICE_NAME = 15

#: Link group numbers of nsnet: these 16 high bits ("ns"), then the topology's slot.
GROUP_BASE = 0x6E73_0000


#: Names of containers and networks, in bytes: they stand in comments of nftables (128).
MAX_NAME = 90

_PLAIN = re.compile(r"[A-Za-z0-9_.-]*", re.ASCII)
#: Allowed by the kernel, but with a meaning of their own in the words of nft.
_NFT_SIGNS = '"\\*'


def safe(name: str) -> str:
    """`name` as it can be part of a chain's name, of a comment and of a file name: itself if
    it is an ordinary one, else what of it is ordinary, and a digest.

    nft(8) allows letters, digits, ``/ \\ _ .`` and ``-`` in identifiers; Docker takes any text
    as the name of a network.
    """
    if len(name) <= MAX_NAME and _PLAIN.fullmatch(name):
        return name
    ordinary = re.sub(r"[^A-Za-z0-9_.-]+", "-", name, flags=re.ASCII)[:30].strip("-")
    return f"{ordinary}-{digest(name, 10)}".lstrip("-")


def device_problem(name: str) -> str:
    """Why `name` cannot be an interface name; "" if it can."""
    size = len(name.encode())
    if size > MAX_DEVICE_NAME:
        return f"{size} bytes, the kernel allows {MAX_DEVICE_NAME} (shorten it)"
    reserved = (".", "..", "all", "default")
    unfit = any(c.isspace() or not c.isprintable() or c in "/:%" + _NFT_SIGNS for c in name)
    if not name or name in reserved or unfit:
        return "not an interface name (letters, digits, '-', '_' and '.')"
    return ""


#: The bridge of the default network, nsnet's docker0.
DEFAULT_DEVICE = "nsnet0"


def bridge_device(network: str, key: str = "", taken: Container[str] = ()) -> str:
    """The bridge of a network: ``br-NETWORK``, or ``br-KEY`` where that is too long."""
    for name in (network, key):
        readable = f"br-{name}"
        fits = safe(name) == name and not device_problem(readable)
        if name and fits and readable not in taken:
            return readable
    return f"br-{digest(network, 12)}"


def veth_device(container: str, number: int, project: str = "", taken: Container[str] = ()) -> str:
    """The host's end of a container's cable: ``veth-web`` (``veth-web.1`` for its second);
    without the project in front of its name where that is too long."""
    for name in (container, container.removeprefix(f"{project}-")):
        readable = f"veth-{name}" + (f".{number}" if number else "")
        if not device_problem(readable) and readable not in taken:
            return readable
    return f"veth{digest(f'{container} {number}', 7)}"


def digest(text: str, size: int) -> str:
    """`size` hex digits that stand for `text`."""
    import hashlib  # loads OpenSSL, 2 ms: most names are short enough to need no digest

    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:size]


def group(slot: int) -> int:
    """The link group of the topology in `slot`; slot 0 is what topologies share."""
    return GROUP_BASE | slot


def slot_of(number: int) -> int:
    """The slot of a link group of ours."""
    return number & 0xFFFF


def is_our_group(number: int) -> bool:
    """Does a link of this group belong to nsnet?"""
    return number & 0xFFFF_0000 == GROUP_BASE
