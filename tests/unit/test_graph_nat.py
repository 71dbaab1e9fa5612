"""What rules say of address translation, from the JSON of nft 1.0.6."""

from __future__ import annotations

from typing import Any

import pytest

from nsnet.diagnose.graph.nat import Forward, Source, read

Json = dict[str, Any]


def rule(*expr: Json, table: str = "t", family: str = "ip") -> Json:
    return {"rule": {"family": family, "table": table, "chain": "c", "expr": list(expr)}}


def match(left: Json, right: Any, op: str = "==") -> Json:
    return {"match": {"op": op, "left": left, "right": right}}


def field(protocol: str, name: str) -> Json:
    return {"payload": {"protocol": protocol, "field": name}}


TCP_8080 = match(field("tcp", "dport"), 8080)
NET = match(field("ip", "saddr"), {"prefix": {"addr": "10.0.0.0", "len": 24}})
PROTOCOL = {"meta": {"key": "l4proto"}}


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (
            [TCP_8080, {"dnat": {"addr": "10.0.0.2", "port": 80}}],
            [Forward("0.0.0.0", "8080", "tcp", "10.0.0.2", "80")],
        ),
        (
            [match(field("ip", "daddr"), "192.0.2.1"), TCP_8080, {"dnat": {"addr": "10.0.0.2"}}],
            [Forward("192.0.2.1", "8080", "tcp", "10.0.0.2", "8080")],
        ),
        (
            [
                match(PROTOCOL, "udp"),
                match(field("th", "dport"), {"set": [53, {"range": [60, 70]}]}),
                {"dnat": {"addr": "10.0.0.2"}},
            ],
            [Forward("0.0.0.0", "53,60-70", "udp", "10.0.0.2", "53,60-70")],
        ),
        (
            [
                {
                    "dnat": {
                        "addr": {
                            "map": {
                                "key": field("tcp", "dport"),
                                "data": {"set": [[90, "10.0.0.3"], [91, "10.0.0.4"]]},
                            }
                        }
                    }
                }
            ],
            [
                Forward("0.0.0.0", "90", "tcp", "10.0.0.3", "90"),
                Forward("0.0.0.0", "91", "tcp", "10.0.0.4", "91"),
            ],
        ),
    ],
)
def test_a_rule_tells_where_it_leads(expr: list[Json], expected: list[Forward]) -> None:
    found = read([rule(*expr)])
    assert list(found.forwards) == expected
    assert not found.odd


def test_a_map_by_name_is_looked_up() -> None:
    key = {"concat": [PROTOCOL, field("th", "dport")]}
    dnat = {"dnat": {"family": "ip", "addr": {"map": {"key": key, "data": "@published"}}}}
    element = {"elem": {"val": {"concat": ["tcp", 8080]}, "comment": "web"}}
    table = {
        "family": "ip",
        "table": "nsnet",
        "name": "published",
        "type": ["inet_proto", "inet_service"],
        "map": "ipv4_addr . inet_service",
        "elem": [[element, {"concat": ["172.17.0.4", 80]}]],
    }
    one = rule(dnat, table="nsnet")
    found = read([{"map": table}, one, one])
    assert found.forwards == (Forward("0.0.0.0", "8080", "tcp", "172.17.0.4", "80", own=True),)
    empty = read([{"map": {k: v for k, v in table.items() if k != "elem"}}, one])
    assert (empty.forwards, empty.odd) == ((), 0)


def test_a_rule_of_iptables_is_counted() -> None:
    xt = {"xt": {"type": "target", "name": "DNAT"}}
    found = read([rule(TCP_8080, xt), rule(TCP_8080, xt), rule(TCP_8080)])
    assert (found.forwards, found.odd) == ((), 2)


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ([NET, {"masquerade": None}], [Source("10.0.0.0/24")]),
        (
            [match({"meta": {"key": "oifname"}}, "br0", "!="), NET, {"masquerade": None}],
            [Source("10.0.0.0/24", "br0", but=True)],
        ),
        (
            [match({"meta": {"key": "oifname"}}, "eth0"), {"snat": {"addr": "192.0.2.9"}}],
            [Source("", "eth0", to="192.0.2.9")],
        ),
        ([NET, {"xt": {"type": "target", "name": "MASQUERADE"}}], [Source("10.0.0.0/24")]),
        ([NET, match({"ct": {"key": "status"}}, "dnat", "in"), {"masquerade": None}], []),
        ([match(field("ip", "saddr"), "127.0.0.1"), {"masquerade": None}], []),
    ],
)
def test_who_leaves_under_another_address(expr: list[Json], expected: list[Source]) -> None:
    assert list(read([rule(*expr)]).sources) == expected
