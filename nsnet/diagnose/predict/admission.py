"""Whether a network stack takes a packet from a source at an interface: martians and rp_filter.

Sources: Linux ``net/ipv4/route.c`` (ip_route_input_slow), ``net/ipv4/fib_frontend.c``
(fib_validate_source); RFC 1812 section 5.3.7; ip-sysctl.rst.
"""

from __future__ import annotations

from ipaddress import ip_address

from ...kernel.survey import Survey
from ...kernel.survey.model import Interface
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
        return ("::1 never comes from outside", "NAT.LOCAL_SRC") if martian else None
    local = _setting(survey, device, "route_localnet") > 0
    if source.is_loopback and not local:
        return (f"it comes from {src}, which is everybody's own: no answer could find back",
                "NAT.LOCAL_SRC")  # fmt: skip
    if target.is_loopback and not local:
        return (f"it comes from outside for {dst}, which is this machine's own",
                "SYSCTL.ROUTE_LOCALNET")  # fmt: skip
    fib = Fib(survey, device.space)
    if fib.owns(src) and not _setting(survey, device, "accept_local"):
        return (f"it seems to come from {src}, this machine's own address (a martian)",
                "NAT.HAIRPIN_NO_MASQ")  # fmt: skip
    return _reverse(survey, device, fib, src, dst)


def _reverse(survey: Survey, device: Interface, fib: Fib, src: str, dst: str) -> Refusal | None:
    """rp_filter: 1 wants the answer to leave by the same interface, 2 by any."""
    level = _setting(survey, device, "rp_filter")
    if not level:
        return None
    back = fib.find(Question(src, dst))
    if back.kind == "unicast" and (level == 2 or back.device == device.name):
        return None
    return (f"rp_filter: the way back to {src} does not lead by {device.name}", "SYSCTL.RP_FILTER")


def _setting(survey: Survey, device: Interface, name: str) -> int:
    """The larger of a setting for all interfaces and for this one."""
    values = [survey.sysctl(device.space, f"net.ipv4.conf.{each}.{name}") for each in _each(device)]
    return max(int(value) if value and value.lstrip("-").isdigit() else 0 for value in values)


def _each(device: Interface) -> tuple[str, str]:
    return ("all", device.name)
