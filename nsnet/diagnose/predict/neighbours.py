"""The neighbour tables (ARP, NDP) as they are, and as they change while a packet goes its way.

Source: Linux ``net/core/neighbour.c``, ``net/ipv4/arp.c`` (who asks is noted by the one asked).
"""

from __future__ import annotations

from ...kernel.survey import Survey

#: An entry of which the kernel is sure.
CONNECTED = ("PERMANENT", "REACHABLE", "NOARP")
#: One that is used at once, if only to be checked afterwards.
_USED = (*CONNECTED, "STALE", "DELAY", "PROBE")


class Neighbours:
    """What each stack knows of its neighbours."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._learned: dict[tuple[str, str, str], tuple[str, str]] = {}

    def known(self, space: str, device: str, ip: str) -> tuple[str, str]:
        """(MAC, state) of an entry that can be used, ("", "") if there is none."""
        for each in self._survey.neighbours(space):
            if (each.device, each.ip) == (device, ip) and each.state in _USED and each.mac:
                return each.mac, each.state
        return self._learned.get((space, device, ip), ("", ""))

    def answered(self, space: str, device: str, ip: str, mac: str) -> None:
        """A question was answered."""
        self._learned[space, device, ip] = (mac, "REACHABLE")

    def asked(self, space: str, device: str, ip: str, mac: str) -> None:
        """Somebody has asked this stack: it takes note of him, but does not rely on it."""
        if not self.known(space, device, ip)[0]:
            self._learned[space, device, ip] = (mac, "STALE")
