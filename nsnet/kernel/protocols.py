"""Words for IP protocols where nft has none: it looks them up in /etc/protocols, which a small
system (Debian without the package netbase) lacks, and shows numbers then."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: By the numbers of IANA, in the words of /etc/protocols.
_WORDS = {
    1: "icmp", 2: "igmp", 4: "ipencap", 6: "tcp", 17: "udp", 41: "ipv6", 47: "gre", 50: "esp",
    51: "ah", 58: "ipv6-icmp", 132: "sctp", 136: "udplite",
}  # fmt: skip
#: What nft calls the type of a protocol in sets and maps.
_TYPE = "inet_proto"


def spelled(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The objects of libnftables-json(5), with words for the protocols in matches, sets and maps.
    They are changed in place."""
    for item in objects:
        ((kind, body),) = item.items()
        if kind == "rule":
            for part in body["expr"]:
                if isinstance(part, dict) and isinstance(part.get("match"), dict):
                    _spell_match(part["match"])
        elif kind in ("map", "set"):
            _spell_elements(body)
    return objects


def _spell_match(match: dict[str, Any]) -> None:
    if match["left"] in _PROTOCOL:
        right = match["right"]
        if isinstance(right, dict) and isinstance(right.get("set"), list):
            right["set"] = [_word(each) for each in right["set"]]
        else:
            match["right"] = _word(right)


_PROTOCOL = (
    {"meta": {"key": "l4proto"}},
    {"payload": {"protocol": "ip", "field": "protocol"}},
    {"payload": {"protocol": "ip6", "field": "nexthdr"}},
)


def _spell_elements(body: dict[str, Any]) -> None:
    kinds = body.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    places = [n for n, kind in enumerate(kinds) if kind == _TYPE]
    if not places:
        return
    elements = body.get("elem", [])
    for n, element in enumerate(elements):
        mapped = "map" in body and isinstance(element, list)
        key = _spell_key(element[0] if mapped else element, places)
        elements[n] = [key, *element[1:]] if mapped else key


def _spell_key(key: Any, places: list[int]) -> Any:
    if isinstance(key, dict) and "elem" in key:
        key["elem"]["val"] = _spell_key(key["elem"]["val"], places)
    elif isinstance(key, dict) and "concat" in key:
        for place in places:
            key["concat"][place] = _word(key["concat"][place])
    else:
        key = _word(key)
    return key


def _word(value: Any) -> Any:
    return _WORDS.get(value, value) if isinstance(value, int) else value
