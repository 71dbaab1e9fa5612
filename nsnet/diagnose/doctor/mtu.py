"""The largest packet that the way out takes, and what our networks believe."""

from __future__ import annotations

from collections.abc import Iterator

from ...topology import config
from .finding import NOTE, OK, WARNING, Finding
from .machine import Machine


def check(machine: Machine) -> Iterator[Finding]:
    """IPv4's way out alone counts, as when a network is made."""
    ways = [machine.interfaces.get(route.device) for route in machine.ways_out]
    way = next((each for each in ways if each is not None), None)
    if way is None:
        yield Finding(
            NOTE,
            "way-out",
            "the host has no default route",
            "containers reach no other machine than its neighbours",
        )
        return
    larger = [each for each in machine.bridges if each.mtu > way.mtu]
    if not larger:
        hint = "" if way.mtu >= 1500 else ": new networks get the same"
        yield Finding(OK, "mtu", f"the way out ({way.name}) has an MTU of {way.mtu}{hint}")
    for net in larger:
        yield Finding(
            WARNING,
            "mtu",
            f"network {net.name} has an MTU of {net.mtu}, the way out ({way.name}) {way.mtu}",
            f"packets of more than {way.mtu} bytes get lost where no ICMP comes back: small "
            "answers arrive, large ones hang",
            (
                f"docker network create -o com.docker.network.driver.mtu={way.mtu} … (compose: "
                f"driver_opts); of the default bridge: mtu = {way.mtu} in {config.PATH}",
            ),
        )
