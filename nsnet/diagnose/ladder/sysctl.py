"""The rung of the kernel's settings: is it a router, and does it believe where packets come from?

Source: Linux ``Documentation/networking/ip-sysctl.rst``; ``net/ipv4/fib_frontend.c``.
"""

from __future__ import annotations

from ipaddress import ip_address

from ...kernel.survey import Survey
from ...kernel.survey.model import HOST
from ..findings import Broken
from .path import Hop
from .routing import family_of, way
from .see import at, label


def forwards(survey: Survey, hop: Hop, sender: str) -> Broken | None:
    """Does a stack in the middle pass on what is not for it? `sender` is where the packet came
    from: a learner may have switched it on there instead."""
    part = "ipv4" if family_of(hop.to) == 2 else "ipv6"
    name = "net.ipv4.ip_forward" if part == "ipv4" else "net.ipv6.conf.all.forwarding"
    own = f"net.{part}.conf.{_sysctl_name(hop.iif)}.forwarding"
    # For IPv4 the interface's own setting decides; ip_forward writes to all of them.
    if survey.sysctl(hop.space, own if part == "ipv4" else name) != "0":
        return None
    word = name if survey.sysctl(hop.space, name) == "0" else own
    facts = {
        "space": label(survey, hop.space),
        "device": hop.iif,
        "to": hop.to,
        "sysctl": word,
        "sender": label(survey, sender),
    }
    see = [at(survey, hop.space, f"sysctl {word}")]
    if word == name and _set_elsewhere(survey, sender, name):
        see.append(at(survey, sender, f"sysctl {name}"))
        return Broken("SYSCTL.WRONG_NS", "sysctl", facts, tuple(see))
    return Broken("L3.FORWARD_OFF", "sysctl", facts, tuple(see))


def _set_elsewhere(survey: Survey, sender: str, name: str) -> bool:
    """Is it on in the sender's namespace, and in that alone? New ones have what the machine's
    first one has."""
    if not sender or survey.sysctl(sender, name) != "1":
        return False
    others = [key for key in survey.spaces() if key not in (sender, HOST)]
    on = [key for key in others if survey.sysctl(key, name) == "1"]
    return not on or len(on) < len(others)


def believes(survey: Survey, hop: Hop) -> Broken | None:
    """Does a stack take a packet of this source from this interface? It does not where its own
    answer would leave by another one (rp_filter, strict), or nowhere (loose)."""
    if not hop.iif or family_of(hop.source) != 2 or not hop.source:
        return None
    values = [_of(survey, hop.space, which, "rp_filter") for which in ("all", hop.iif)]
    mode = max(int(value or 0) for value in values)
    if not mode:
        return None
    back = way(survey, hop.space, hop.source)
    right = back.kind == "out" and (mode == 2 or back.device == hop.iif)
    if right or (back.kind == "local" and hop.iif == "lo"):
        return None
    which = hop.iif if int(values[1] or 0) == mode else "all"
    word = f"net.ipv4.conf.{_sysctl_name(which)}.rp_filter"
    facts: dict[str, str | int] = {
        "space": label(survey, hop.space),
        "device": hop.iif,
        "source": hop.source,
        "back": back.device or "-",
        "sysctl": word,
        "value": mode,
    }
    see = (
        at(survey, hop.space, f"sysctl {word}"),
        at(survey, hop.space, f"ip route get {hop.source}"),
    )
    return Broken("SYSCTL.RP_FILTER", "sysctl", facts, see)


def routes_loopback(survey: Survey, hop: Hop) -> Broken | None:
    """May a packet from 127.0.0.1 leave by an interface? Only with route_localnet there."""
    leaves = hop.way.kind == "out" and ip_address(hop.called).is_loopback
    if not leaves or family_of(hop.to) != 2:
        return None
    settings = [_of(survey, hop.space, x, "route_localnet") for x in ("all", hop.way.device)]
    if "1" in settings:
        return None
    word = f"net.ipv4.conf.{_sysctl_name(hop.way.device)}.route_localnet"
    facts = {
        "space": label(survey, hop.space),
        "device": hop.way.device,
        "to": hop.to,
        "called": hop.called,
        "sysctl": word,
    }
    see = (at(survey, hop.space, f"sysctl {word}"),)
    return Broken("SYSCTL.ROUTE_LOCALNET", "sysctl", facts, see)


def echoes(survey: Survey, key: str, address: str) -> Broken | None:
    """Does a stack answer a ping?"""
    name = "net.ipv4.icmp_echo_ignore_all"
    if family_of(address) != 2 or survey.sysctl(key, name) != "1":
        return None
    facts = {"space": label(survey, key), "sysctl": name}
    return Broken("SYSCTL.ECHO_IGNORED", "sysctl", facts, (at(survey, key, f"sysctl {name}"),))


def _of(survey: Survey, key: str, device: str, setting: str) -> str | None:
    return survey.sysctl(key, f"net.ipv4.conf.{_sysctl_name(device)}.{setting}")


def _sysctl_name(device: str) -> str:
    return device.replace(".", "/")
