"""Settings of the kernel that decide whether packets are passed on."""

from __future__ import annotations

from collections.abc import Iterator

from ...kernel import sysctl
from .finding import BROKEN, NOTE, OK, WARNING, Finding
from .machine import Machine

_FORWARD = {"ip": "net.ipv4.ip_forward", "ip6": "net.ipv6.conf.all.forwarding"}


def check(machine: Machine) -> Iterator[Finding]:
    """Forwarding, br_netfilter, rp_filter, the table of connections."""
    yield from _forwarding(machine)
    yield _bridges(machine)
    yield _reverse_path(machine)
    yield from _connections(machine)


def _forwarding(machine: Machine) -> Iterator[Finding]:
    for family, key in _FORWARD.items():
        value = machine.sysctl(key)
        needed = [s for s in machine.bridges if (s.v4 if family == "ip" else s.v6)]
        if value != "0" or not needed:
            hint = " (nsnet switches it on with the first network)" if value == "0" else ""
            yield Finding(OK, family_id(family), f"{key} = {value}{hint}")
            continue
        names = ", ".join(sorted({each.name for each in needed}))
        yield Finding(
            BROKEN,
            family_id(family),
            f"{key} = 0, with networks up: {names}",
            "containers reach the host and their neighbours, but nothing beyond, without any error",
            (f"sudo sysctl -w {key}=1",),
        )


def family_id(family: str) -> str:
    """The check's id."""
    return "ip_forward" if family == "ip" else "ip6_forward"


def _bridges(machine: Machine) -> Finding:
    key = "net.bridge.bridge-nf-call-iptables"
    value = machine.sysctl(key)
    if value == "1":
        what = f"{key} = 1: frames between neighbours pass the rules of IP too; nsnet allows for it"
        return Finding(OK, "br_netfilter", what)
    how = "br_netfilter is not loaded" if value is None else f"{key} = {value}"
    what = f"{how}: frames between neighbours pass no rule of IP; nsnet does without"
    return Finding(OK, "br_netfilter", what)


def _reverse_path(machine: Machine) -> Finding:
    """The stricter of the two settings counts (Linux Documentation/networking/ip-sysctl.rst)."""
    devices = dict.fromkeys(route.device for route in machine.ways_out)
    strict = [device for device in devices if _mode(machine, device) == 1]
    if len(devices) < 2 or not strict:
        return Finding(OK, "rp_filter", "rp_filter lets answers in on every way out")
    return Finding(
        WARNING,
        "rp_filter",
        f"rp_filter = 1 (strict) on {', '.join(strict)}, with {len(devices)} default routes",
        "answers that come back another way than the packet left are dropped without a trace",
        tuple(f"sudo sysctl -w net.ipv4.conf.{key}.rp_filter=2" for key in ("all", *strict)),
    )


def _mode(machine: Machine, device: str) -> int:
    keys = [sysctl.key("net", "ipv4", "conf", each, "rp_filter") for each in ("all", device)]
    values = [machine.sysctl(key) for key in keys]
    return max(int(each) for each in (*values, "0") if each and each.isdigit())


def _connections(machine: Machine) -> Iterator[Finding]:
    count = machine.sysctl("net.netfilter.nf_conntrack_count")
    most = machine.sysctl("net.netfilter.nf_conntrack_max")
    if count and most and count.isdigit() and most.isdigit() and int(most):
        yield fullness(int(count), int(most))


def fullness(count: int, most: int) -> Finding:
    """How full the table of connections is."""
    what = f"{count} of {most} connections are tracked"
    share = count / most
    if share < 0.8:
        return Finding(OK, "conntrack", what)
    return Finding(
        BROKEN if share >= 0.98 else WARNING if share >= 0.9 else NOTE,
        "conntrack",
        what,
        "when the table is full, new connections are dropped (`nf_conntrack: table full`)",
        (f"sudo sysctl -w net.netfilter.nf_conntrack_max={2 * most}",),
    )
