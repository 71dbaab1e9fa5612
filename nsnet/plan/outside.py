"""The simulated outside machine: what a sandbox has instead of the internet.

        host ── wan0 203.0.113.2 ──────── eth0 203.0.113.1 ── outside
                                          also 8.8.8.8, 1.1.1.1, 198.51.100.1

It answers pings and knows no way back to private addresses, as the real internet: without
masquerade nothing returns. Addresses: RFC 5737 (documentation), and the two resolvers that
everybody pings.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..topology.naming import GROUP_BASE
from .step import Step, in_order
from .steps.address import AddAddress, AddRoute
from .steps.bridge import AddBridge
from .steps.link import LinkUp
from .steps.namespace import AddNamespace
from .steps.setting import SetInside
from .steps.veth import AddVeth

NAME = "outside"
ADDRESS, HOST_ADDRESS = "203.0.113.1", "203.0.113.2"
FAMOUS = ("8.8.8.8/32", "1.1.1.1/32", "198.51.100.1/32")
#: A group of its own: neither `down` nor `clean` takes it for a topology's.
_GROUP = GROUP_BASE + 0x1_0000
_INDEX = 900


def steps(only_way_out: bool = True) -> list[Step]:
    """The machine, its cable to the host, and the host's way out. On a host that has a way out
    already, it is one more network: no default route, and no address of anybody else's."""
    way = AddRoute("", "default", ADDRESS, "wan0", _INDEX)
    other = AddRoute("", FAMOUS[-1], ADDRESS, "wan0", _INDEX)
    famous = FAMOUS if only_way_out else FAMOUS[-1:]
    return in_order([*_steps(famous), way if only_way_out else other])


def _steps(famous: tuple[str, ...]) -> Iterator[Step]:
    yield AddNamespace(NAME, f"sandbox {NAME}")
    for key in ("all", "default"):
        yield SetInside(NAME, f"net.ipv6.conf.{key}.disable_ipv6", "1")
    yield AddBridge("wan0", "06:42:cb:00:71:02", 1500, _GROUP, _INDEX, NAME)
    yield AddVeth(
        "wan0-port",
        "06:42:cb:00:71:03",
        _GROUP,
        _INDEX + 1,
        1500,
        "wan0",
        _INDEX,
        NAME,
        "eth0",
        "06:42:cb:00:71:01",
        10,
    )
    yield AddAddress("", "wan0", _INDEX, f"{HOST_ADDRESS}/24")
    yield LinkUp(NAME, "lo")
    yield AddAddress(NAME, "eth0", 10, f"{ADDRESS}/24")
    for each in famous:
        yield AddAddress(NAME, "lo", 1, each)
    yield LinkUp(NAME, "eth0")
