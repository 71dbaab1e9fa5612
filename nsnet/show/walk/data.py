"""A walk as data for JSON: every key is always there."""

from __future__ import annotations

from typing import Any

from ...diagnose.place import Place
from ...diagnose.texts.told import told
from ...diagnose.walk import Event, Packet, Rule, Walk
from .chapters import sure

Json = dict[str, Any]


def data(walk: Walk, language: str = "en") -> Json:
    """All of it. `stamp` is in nanoseconds since the packet was sent, null in a prediction. What
    is for people (`text`, `answer`, `notes`) is in the language."""
    target = walk.target
    return {
        "source": _place(walk.source),
        "target": {
            "text": target.text,
            "address": target.address,
            "port": target.port,
            "name": target.name,
            "place": _place(target.place) if target.place else None,
        },
        "traced": walk.traced,
        "outcome": walk.outcome,
        "arrived": walk.arrived,
        "sure": sure(walk),
        "answer": told(walk.answer, language),
        "notes": [told(each, language) for each in walk.notes],
        "events": [event(each, language) for each in walk.events],
    }


def event(one: Event, language: str = "en") -> Json:
    """One event by itself: a live view can draw each as it comes."""
    return {
        "leg": one.leg,
        "kind": one.kind,
        "space": one.space,
        "label": one.label,
        "text": told(one.text, language),
        "packet": _packet(one.packet),
        "device": one.device,
        "via": one.via,
        "hook": one.hook,
        "rule": _rule(one.rule) if one.rule else None,
        "verdict": one.verdict,
        "before": _packet(one.before) if one.before else None,
        "reason": one.reason,
        "stamp": one.stamp,
        "sure": one.sure,
    }


def _place(place: Place) -> Json:
    return {"label": place.label, "space": place.space}


def _packet(packet: Packet) -> Json:
    return {
        "protocol": packet.protocol,
        "src": packet.src,
        "dst": packet.dst,
        "sport": packet.sport,
        "dport": packet.dport,
        "flags": packet.flags,
        "ident": packet.ident,
        "ttl": packet.ttl,
        "size": packet.size,
        "macs": list(packet.macs),
    }


def _rule(rule: Rule) -> Json:
    return {
        "family": rule.family,
        "table": rule.table,
        "chain": rule.chain,
        "handle": rule.handle,
        "text": rule.text,
        "caption": rule.caption,
        "packets": rule.packets,
        "moved": rule.moved,
    }
