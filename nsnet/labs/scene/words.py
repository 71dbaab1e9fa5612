"""The commands of a scene's objects: bridges, rooms, rules."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from ...kernel.errors import PreconditionError
from .typed import Typed

#: Settings that a machine may have one way or the other, and that an exercise must not depend on.
BASELINE = {
    "net.ipv4.ip_forward": "0",
    "net.ipv4.conf.all.route_localnet": "0",
    "net.bridge.bridge-nf-call-iptables": "0",
}


class NoModule(PreconditionError):
    """An exercise needs a module of the kernel, which has not got it in."""


def settings(wanted: Mapping[str, Any]) -> Iterator[Typed]:
    """The host's settings. Those of br_netfilter exist where that is loaded: without it bridged
    frames pass no rule of iptables, which is what 0 says. Raises `NoModule` for another value."""
    for name, value in {**BASELINE, **{str(k): str(v) for k, v in wanted.items()}}.items():
        if name.startswith("net.bridge.") and not _exists(name):
            if value != "0":
                what = "this exercise needs the kernel's module br_netfilter"
                raise NoModule(what, "it is not loaded", "sudo modprobe br_netfilter")
            continue
        yield Typed(f"sysctl -qw {name}={value}", "the host begins with a known setting")


def _exists(name: str) -> bool:
    return os.path.exists(f"/proc/sys/{name.replace('.', '/')}")


def bridge(name: str, given: Mapping[str, Any]) -> Iterator[Typed]:
    """A bridge: ``br0``, or ``hA/br0`` in another room."""
    space, device = _place(name)
    ip = _ip(space)
    mac = given.get("mac") or _mac(str(given.get("address", "")))
    words = f" address {mac}" if mac else ""
    yield Typed(f"{ip} link add {device}{words} type bridge", f"the switch {device}")
    if "mtu" in given:
        yield Typed(f"{ip} link set {device} mtu {given['mtu']}")
    for cidr in _several(given.get("address")):
        yield Typed(f"{ip} address add {cidr} dev {device}", "the gateway of its network")
    if given.get("up", True):
        yield Typed(f"{ip} link set {device} up")


def room(name: str, given: Mapping[str, Any]) -> Iterator[Typed]:
    """A namespace, its cable into a bridge, its addresses and way out."""
    yield Typed(f"ip netns add {name}", f"{name}: a network stack of its own")
    if given.get("lo", True):
        yield Typed(f"ip -n {name} link set lo up")
    if given.get("bridge") or given.get("cable"):
        yield from _cable(name, given)
    for key, value in (given.get("sysctl") or {}).items():
        yield Typed(f"ip netns exec {name} sysctl -qw {key}={value}")


def _cable(name: str, given: Mapping[str, Any]) -> Iterator[Typed]:
    space, over = _place(str(given.get("bridge") or ""))
    ip, end, device = _ip(space), given.get("cable", f"veth-{name}"), given.get("device", "eth0")
    mac = given.get("mac") or _mac(str(given.get("address", "")))
    words = f" address {mac}" if mac else ""
    peer = f"peer name {device}{words} netns {name}"
    yield Typed(f"{ip} link add {end} type veth {peer}", f"the cable of {name}")
    if over:
        yield Typed(f"{ip} link set {end} master {over}")
    if "mtu" in given:
        yield Typed(f"ip -n {name} link set {device} mtu {given['mtu']}")
    yield Typed(f"{ip} link set {end} up")
    for cidr in _several(given.get("address")):
        yield Typed(f"ip -n {name} address add {cidr} dev {device}")
    if given.get("up", True):
        yield Typed(f"ip -n {name} link set {device} up")
    if given.get("via"):
        yield Typed(f"ip -n {name} route add default via {given['via']}", f"the way out of {name}")


def rules(given: Any) -> Iterator[Typed]:
    """nft text for the host, or by the name of a room (``host`` is the host)."""
    texts = given if isinstance(given, Mapping) else {"host": given}
    for name, text in texts.items():
        at = "" if name == "host" else f"ip netns exec {name} "
        yield Typed(f"{at}nft {shlex.quote(str(text).strip())}", "rules that are there already")


def _place(name: str) -> tuple[str, str]:
    space, slash, device = name.partition("/")
    return (space, device) if slash else ("", name)


def _ip(space: str) -> str:
    return f"ip -n {space}" if space else "ip"


def _several(given: Any) -> list[str]:
    if not given:
        return []
    return [str(each) for each in given] if isinstance(given, list) else [str(given)]


def _mac(cidr: str) -> str:
    """Docker's MAC for an IPv4 address: given, so that udev does not choose another one later."""
    address = cidr.partition("/")[0]
    parts = address.split(".")
    if len(parts) != 4:
        return ""
    return ":".join(["02", "42", *(f"{int(each):02x}" for each in parts)])
