"""nft without /etc/protocols shows numbers; nsnet's readers get words all the same."""

from __future__ import annotations

from nsnet.kernel.protocols import spelled

_LEFT = {"meta": {"key": "l4proto"}}


def test_matches_and_elements_get_words() -> None:
    match = {"match": {"op": "==", "left": _LEFT, "right": 6}}
    several = {"match": {"op": "==", "left": _LEFT, "right": {"set": [17, 99, "sctp"]}}}
    port = {"match": {"op": "==", "left": {"payload": {"protocol": "tcp"}}, "right": 6}}
    plain = {"concat": [6, 8080]}
    told = {"elem": {"val": {"concat": [17, 53]}, "comment": "x"}}
    map_ = {"type": ["inet_proto", "inet_service"], "map": "ipv4_addr"}
    found = spelled(
        [
            {"rule": {"expr": [match, several, port, {"counter": None}]}},
            {"map": {**map_, "elem": [[plain, "10.0.0.1"], [told, "10.0.0.2"]]}},
            {"set": {"type": "inet_proto", "elem": [1, 58]}},
            {"set": {"type": "inet_service", "elem": [6]}},
            {"map": {"type": "inet_service", "map": "inet_proto", "elem": [[6, 6]]}},
            {"table": {"name": "mine"}},
        ]
    )
    rule, map_back, protocols, ports, other, _ = (next(iter(item.values())) for item in found)
    rights = [part["match"]["right"] for part in rule["expr"][:3]]
    assert rights == ["tcp", {"set": ["udp", 99, "sctp"]}, 6]
    assert map_back["elem"][0] == [{"concat": ["tcp", 8080]}, "10.0.0.1"]
    assert map_back["elem"][1][0]["elem"]["val"] == {"concat": ["udp", 53]}
    assert protocols["elem"] == ["icmp", "ipv6-icmp"]
    assert (ports["elem"], other["elem"]) == ([6], [[6, 6]])
