"""The rung of the listener: does a program take the call, at the address that is called?"""

from __future__ import annotations

from ipaddress import ip_address

from ...kernel.survey import Survey
from ...kernel.survey.model import Listener
from ..findings import Broken
from .routing import family_of
from .see import at, label


def listens(
    survey: Survey, key: str, protocol: str, address: str, port: int, refused: bool = False
) -> Broken | None:
    """Is there a socket for the call? `protocol` is ``tcp`` or ``udp``. `refused`: the call was
    refused, so a socket on ``::`` that seems to take IPv4 as well was opened since then."""
    there = [x for x in survey.listeners(key) if x.protocol == protocol and x.port == port]
    if refused and family_of(address) == 2:
        there = [x for x in there if ":" not in x.address or not _takes(x, address)]
    if any(_takes(each, address) for each in there):
        return None
    facts: dict[str, str | int] = {
        "space": label(survey, key),
        "address": address,
        "port": port,
        "protocol": protocol,
    }
    letter = "t" if protocol == "tcp" else "u"
    see = (at(survey, key, f"ss -{letter}lnp"),)
    if not there:
        others = [x for x in survey.listeners(key) if x.protocol == protocol]
        known = sorted({x.port for x in others if not ip_address(x.address).is_loopback} - {port})
        facts["have"] = ", ".join(map(str, known[:8])) or "-"
        return Broken("APP.NOT_LISTENING", "listener", facts, see)
    facts["listens"] = ", ".join(sorted({each.address for each in there}))
    if all(ip_address(each.address).is_loopback for each in there):
        return Broken("APP.LOOPBACK_ONLY", "listener", facts, see)
    return Broken("APP.OTHER_ADDRESS", "listener", facts, see)


def _takes(one: Listener, address: str) -> bool:
    if one.address == "::":
        return not one.six_only or family_of(address) == 10
    if one.address == "0.0.0.0":
        return family_of(address) == 2
    return one.address in (address, f"::ffff:{address}")
