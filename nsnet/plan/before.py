"""How a host was before nsnet: a noun of its own, since whoever only reads the state needs
none of the steps."""

from __future__ import annotations

from ..value import Value

FORWARD = {"ip": "net.ipv4.ip_forward", "ip6": "net.ipv6.conf.all.forwarding"}


class Before(Value):
    """How the host was before nsnet touched it: for each family, the old value of its
    forwarding setting and the other settings that changing it resets."""

    old: tuple[tuple[str, str], ...] = (("ip", "1"), ("ip6", "1"))
    settings: tuple[tuple[str, str], ...] = ()

    def value(self, family: str) -> str:
        """The family's forwarding setting as it was."""
        return dict(self.old).get(family, "1")
