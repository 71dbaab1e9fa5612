"""The story of a predicted packet: its events as they come, and the words for them."""

from __future__ import annotations

from ...kernel.survey import Survey
from ...kernel.survey.model import Interface
from ...value import Mutable
from ..nft import Flow
from ..walk import Event, Packet, Rule


class Lost(Exception):
    """The packet ends here; the last event says why. `told` is what goes back to the sender: an
    ICMP error or a reset."""

    def __init__(self, told: Flight | None = None) -> None:
        super().__init__()
        self.told = told


class Flight(Mutable, frozen=False):
    """A packet on its way: the namespace that it is in, its header now, its mark, and what the
    conntrack of that namespace says of it. `port` is the bridge's port that it came by, where
    br_netfilter has taken note of that."""

    space: str
    packet: Packet
    leg: str
    mark: int = 0
    flow: Flow | None = None
    direction: str = "original"
    state: str = "new"
    port: Interface | None = None


class Story:
    """The events so far. Once something could go another way, nothing after it is sure.

    Where the kernel draws lots between `choices` targets, `choice` is the one that is followed.
    """

    def __init__(self, survey: Survey, names: dict[str, str], choice: int = 0) -> None:
        self._survey, self._names, self.choice = survey, names, choice
        self.choices = 1
        self.forked = 0
        self.events: list[Event] = []
        self.notes: list[str] = []
        self.sure = True

    def label(self, space: str) -> str:
        """What people call a namespace."""
        known = self._survey.spaces().get(space)
        return self._names.get(space) or (known.label if known else space)

    def tell(
        self,
        flight: Flight,
        kind: str,
        text: str,
        *,
        device: str = "",
        via: str = "",
        hook: str = "",
        rule: Rule | None = None,
        verdict: str = "",
        before: Packet | None = None,
        reason: str = "",
    ) -> None:
        """One more event."""
        self.events.append(
            Event(
                leg=flight.leg,
                kind=kind,
                space=flight.space,
                label=self.label(flight.space),
                text=text,
                packet=flight.packet,
                device=device,
                via=via,
                hook=hook,
                rule=rule,
                verdict=verdict,
                before=before,
                reason=reason,
                sure=self.sure,
            )
        )

    def fork(self, choices: int) -> None:
        """Here the kernel chooses."""
        self.choices, self.forked = max(choices, self.choices), self.forked or len(self.events)

    def doubt(self, why: str = "") -> None:
        """From here on it could go another way."""
        self.sure = False
        if why and why not in self.notes:
            self.notes.append(why)

    def lose(self, flight: Flight, text: str, reason: str = "", device: str = "") -> Lost:
        """The end of a packet, to be raised."""
        self.tell(flight, "drop", text, device=device, reason=reason)
        return Lost()
