"""Where nsnet means to differ from the Docker of the recordings, and why.

The numbers are those of docs/docker.md. Nothing else may differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.docker.compare import Difference
from tests.docker.errors import Case


@dataclass(frozen=True, slots=True)
class Wanted:
    """One wanted difference: its number and its reason, and which differences it covers."""

    number: int
    reason: str
    covers: Callable[[Difference], bool]


def _answered(outcome: str) -> bool:
    return bool(outcome) and not outcome.startswith("!")


def _closed(found: Difference) -> bool:
    return _answered(found.docker) and found.nsnet == "!timeout"


def _same_answerer(found: Difference) -> bool:
    both = _answered(found.docker) and _answered(found.nsnet)
    return both and found.docker.split()[0] == found.nsnet.split()[0]


def _address(found: Difference) -> str:
    """The part of a target that stands for an address."""
    return found.target.rpartition(" ")[0].rpartition("via ")[2]


def _direct(found: Difference) -> bool:
    """1: from outside to a container's own address, on a port."""
    port = re.fullmatch(r"\S+(\(joined by \S+\))?@\S+ (tcp|udp)/\d+", found.target)
    return found.source == "ext" and port is not None and _closed(found)


def _ipv6(found: Difference) -> bool:
    """2: to a container's IPv6 address from elsewhere; how IPv6 callers are seen."""
    if re.fullmatch(r"\S+@\S+/6 \S+", found.target):
        return _closed(found)
    if found.target.startswith("ext6 "):
        return found.nsnet == "EXT host6" and bool(re.fullmatch(r"EXT ~@\S+/6", found.docker))
    through = _address(found) == "host6" and _same_answerer(found)
    return through and found.docker.endswith("/6") and found.nsnet.endswith(" ext6")


def _datagrams(found: Difference) -> bool:
    """3: UDP to a sibling's published port."""
    udp = found.target.startswith("pub:") and found.target.endswith(" udp")
    return udp and found.docker == "!timeout" and _answered(found.nsnet)


def _unpublished(found: Difference) -> bool:
    """5: from outside to what is not published, where ip_forward had been on."""
    policy = found.recording.endswith("forward-accept")
    direct = re.fullmatch(r"\S+@\S+ (ping|(tcp|udp)/\d+)", found.target) is not None
    return policy and found.source == "ext" and direct and _closed(found)


def _seen(found: Difference) -> bool:
    """7: the host, where it calls its own IPv6 address: no proxy calls in its place."""
    own = found.source == "host" and _address(found) == "host6"
    return own and _same_answerer(found) and found.nsnet.endswith(" host6")


def _hosts(found: Difference) -> bool:
    """8: /etc/hosts after leaving a network, and what is found in it."""
    own = f"name:id({found.source})"
    return found.checkpoint in _LEFT and found.target in ("hosts", own)


#: The checkpoints after a disconnect.
_LEFT = (
    "c5-moved-to-bridge",
    "d2-disconnected",
    "d2-moved-to-cn",
    "c4-paused",
    "c3-started-without-net",
    "after-all-removed",
    "g1-left-aanet",
    "g1-rejoined-zznet",
    "g8-gets-external",
)


def _repaired(found: Difference) -> bool:
    """9: a container: container, after its owner was restarted."""
    where = (found.recording, found.checkpoint, found.source)
    return where == ("e-container", "owner-restarted", "sidecar") and found.target == "links"


WANTED = (
    Wanted(1, "a published port is open at the host's addresses, not at the container's", _direct),
    Wanted(2, "IPv6 networks are isolated, and ULA subnets masqueraded", _ipv6),
    Wanted(3, "no proxy answers from a wrong address: UDP works over every address", _datagrams),
    Wanted(5, "unpublished ports are closed, whatever ip_forward was before", _unpublished),
    Wanted(7, "the host is seen as the IPv6 address that it called, not as the gateway", _seen),
    Wanted(8, "/etc/hosts has a line for each network that the container is in", _hosts),
    Wanted(9, "who shares the network of a restarted container has it again", _repaired),
)


def reason(found: Difference) -> str:
    """Why a difference is wanted; "" if it is not."""
    return next((f"{each.number}: {each.reason}" for each in WANTED if each.covers(found)), "")


#: Cases of data/errors.json that end otherwise, and why. KNOWN ones are not wanted, but open.
OUTCOMES: dict[str, str] = {
    "network create: overlaps a host route (ext0 203.0.113.0/24), explicit subnet": (
        "the host would lose its own network: refused"
    ),
    "network create: --ipv6 without v6 subnet": "an ULA subnet is chosen, as Docker 27 does",
    "network create: mtu 50": "refused when the network is made, not when a container joins",
    "network create: mtu 70000": "refused when the network is made, not when a container joins",
    "network create: subnet with host bits set": "inspect tells the gateway, too",
    "network create: macvlan without parent": "4 stands for what this kernel has not",
    "network create: ipvlan (no kernel module)": "4 stands for what this kernel has not",
    "network create: overlay without swarm": "overlay networks need no swarm",
    "network rm: prune": "recorded on a host with more networks",
    "address exhaustion: create 40 networks": "recorded on a host that had gone round the pools",
    "docker run: hostname too long (65)": "refused before a container is made: no id",
    "docker run: host + --hostname": "KNOWN: the host's name is kept",
    "ports: sctp": "this kernel has no sctp: refused before a container is made",
    "ports: host range to one port, 2nd and 3rd container": (
        "the first free port of the range, not the one after the last that was given"
    ),
    "network connect: stopped container": "KNOWN: inspect tells no alias before the start",
    "docker run: missing image": "there are no images: nothing runs but what is told",
    "ports: container port 0": "no packet can carry port 0",
    "container commands: exec missing command": "127, as `docker run` and a shell say it",
    "container commands: unknown command": "2, as for every mistake in nsnet's own options",
    "container commands: unknown network subcommand": "2, as for every such mistake",
}


def outcome(found: Case) -> str:
    """Why a line ends otherwise than with Docker; "" if that is not wanted."""
    return OUTCOMES.get(found.name, "")
