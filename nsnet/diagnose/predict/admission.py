"""Whether a network stack takes a packet from a source at an interface: martians and rp_filter.

Sources: Linux ``net/ipv4/route.c`` (ip_route_input_slow), ``net/ipv4/fib_frontend.c``
(fib_validate_source); RFC 1812 section 5.3.7; ip-sysctl.rst.
"""

from __future__ import annotations

from ipaddress import ip_address

from ...kernel.survey import Survey
from ...kernel.survey.model import Interface
from ..said import said
from .fib import Fib, Question

#: Why it is not taken, and the diagnosis id.
Refusal = tuple[str, str]


def admits(survey: Survey, device: Interface, src: str, dst: str) -> Refusal | None:
    """None if a packet from `src` for `dst` may come in by `device`."""
    if device.loopback:
        return None
    source, target = ip_address(src), ip_address(dst)
    if source.version == 6:
        martian = source.is_loopback or target.is_loopback
        return (said("::1 never comes from outside"), "NAT.LOCAL_SRC") if martian else None
    local = _setting(survey, device, "route_localnet") > 0
    if source.is_loopback and not local:
        text = said("it comes from {source}, which is everybody's own: no answer could find back",
                    source=src)  # fmt: skip
        return text, "NAT.LOCAL_SRC"
    if target.is_loopback and not local:
        text = said("it comes from outside for {to}, which is this machine's own", to=dst)
        return text, "SYSCTL.ROUTE_LOCALNET"
    fib = Fib(survey, device.space)
    if fib.owns(src) and not _setting(survey, device, "accept_local"):
        text = said("it seems to come from {source}, this machine's own address (a martian)",
                    source=src)  # fmt: skip
        return text, "NAT.HAIRPIN_NO_MASQ"
    return _reverse(survey, device, fib, src, dst)


def _reverse(survey: Survey, device: Interface, fib: Fib, src: str, dst: str) -> Refusal | None:
    """rp_filter: 1 wants the answer to leave by the same interface, 2 by any."""
    level = _setting(survey, device, "rp_filter")
    if not level:
        return None
    back = fib.find(Question(src, dst))
    if back.kind == "unicast" and (level == 2 or back.device == device.name):
        return None
    text = said("rp_filter: the way back to {source} does not lead by {device}",
                source=src, device=device.name)  # fmt: skip
    return text, "SYSCTL.RP_FILTER"


def _setting(survey: Survey, device: Interface, name: str) -> int:
    """The larger of a setting for all interfaces and for this one."""
    values = [survey.sysctl(device.space, f"net.ipv4.conf.{each}.{name}") for each in _each(device)]
    return max(int(value) if value and value.lstrip("-").isdigit() else 0 for value in values)


def _each(device: Interface) -> tuple[str, str]:
    return ("all", device.name)
