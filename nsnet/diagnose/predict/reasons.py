"""Why a packet ends: the words, the diagnosis id, and what its sender is told."""

from __future__ import annotations

from ...value import replace
from ..nft.evaluate import Hit
from ..nft.subject import turned
from ..said import Said, said
from ..walk import Packet
from .story import Flight

_ICMP = {
    "host-prohibited": "host-prohibited",
    "net-prohibited": "net-prohibited",
    "admin-prohibited": "admin-prohibited",
    "host-unreachable": "host-unreachable",
    "net-unreachable": "net-unreachable",
    "addr-unreachable": "address-unreachable",
    "no-route": "no-route",
}


def dropped(hit: Hit) -> Said:
    """A rule or a policy drops it."""
    where = _where(hit)
    if hit.policy:
        return said("the policy of chain {chain} drops it: none of its rules lets it pass", **where)
    return _captioned(hit, said("rule {handle} of chain {chain} drops it", **where))


def rejected(hit: Hit) -> Said:
    """A rule refuses it, and says so."""
    text = said("rule {handle} of chain {chain} refuses it and tells the sender", **_where(hit))
    return _captioned(hit, text)


def _where(hit: Hit) -> dict[str, object]:
    rule = hit.rule
    return {"handle": rule.handle, "chain": f"{rule.family} {rule.table} {rule.chain}"}


def _captioned(hit: Hit, text: Said) -> Said:
    caption = hit.rule.caption
    return said("{rule} ({caption})", rule=text, caption=caption) if caption else text


def filter_id(flight: Flight, hit: Hit) -> str:
    """The id of a drop in the tables."""
    if flight.leg == "reply":
        return "FLT.NO_ESTABLISHED"
    return "FLT.POLICY_DROP" if hit.policy else "FLT.DROP"


def reset(packet: Packet) -> Packet:
    """A reset, under the target's address."""
    return replace(turned(packet), flags="RA", ttl=64, size=0)


def unreachable(how: str) -> str:
    """The ICMP error that a reject statement sends, in the words of walks."""
    return _ICMP.get(how, "port-unreachable")


def icmp(packet: Packet, word: str, source: str) -> Packet:
    """An ICMP error about `packet`; `source` "" lets the routing table choose."""
    if ":" in packet.src:
        word = {"host-unreachable": "address-unreachable", "net-unreachable": "no-route"}.get(
            word, word
        )
    return Packet("icmp", source, packet.src, flags=word, ttl=64)
