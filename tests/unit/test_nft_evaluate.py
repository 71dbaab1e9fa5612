"""Rules and one packet: what matches, what cannot be known, and the words of it."""

from __future__ import annotations

from typing import Any

import pytest

from nsnet.diagnose.nft import Flow, Ruleset, Subject
from nsnet.diagnose.nft.evaluate import Outcome, follow
from nsnet.diagnose.nft.subject import Sight, turned
from nsnet.diagnose.nft.words import text_of
from nsnet.diagnose.walk import Packet
from nsnet.kernel.survey.model import Interface

PACKET = Packet("tcp", "10.0.0.2", "192.0.2.9", 40000, 80, "S", ttl=64)
ETH, BRIDGE = Interface("", 2, "eth0"), Interface("", 3, "br0", kind="bridge")


def meta(key: str) -> Any:
    return {"meta": {"key": key}}


def payload(protocol: str, field: str) -> Any:
    return {"payload": {"protocol": protocol, "field": field}}


def match(left: Any, right: Any, sign: str = "==") -> Any:
    return {"match": {"op": sign, "left": left, "right": right}}


def prefix(address: str, length: int) -> Any:
    return {"prefix": {"addr": address, "len": length}}


def ruleset(*rules: list[Any], policy: str = "accept", more: list[Any] | None = None) -> Ruleset:
    where = {"family": "inet", "table": "t"}
    chain = {**where, "name": "c", "hook": "forward", "type": "filter", "prio": 0, "policy": policy}
    objects = [{"chain": chain}, {"chain": {**where, "name": "d"}}, *(more or [])]
    for number, parts in enumerate(rules):
        objects.append({"rule": {**where, "chain": "c", "handle": number, "expr": parts}})
    return Ruleset(objects)


def subject(packet: Packet = PACKET, **more: Any) -> Subject:
    family = "ip6" if ":" in packet.src else "ip"
    flow = Flow(packet, turned(packet))
    sight = Sight(lambda a, _: "local" if a == "192.0.2.9" else "unicast", lambda _: "eth0")
    return Subject(packet, family, ETH, BRIDGE, flow, sight=sight, **more)


def judge(*rules: list[Any], at: Subject | None = None, **more: Any) -> Outcome:
    made = ruleset(*rules, **more)
    return follow(made, made.base("ip", "forward")[0], at or subject())


SADDR, DPORT, IIF = payload("ip", "saddr"), payload("tcp", "dport"), meta("iifname")
FLAGS, STATE = payload("tcp", "flags"), {"ct": {"key": "state"}}
PORTS = {"set": {"family": "inet", "table": "t", "name": "p", "elem": [22, {"range": [79, 81]}]}}
PAIRS = {
    "map": {
        "family": "inet",
        "table": "t",
        "name": "m",
        "elem": [
            [{"concat": [prefix("10.0.0.0", 8), 22]}, {"drop": None}],
            [{"elem": {"val": {"concat": ["10.0.0.2", 80]}, "comment": "x"}}, {"accept": None}],
        ],
    }
}
PAIR = {"concat": [SADDR, DPORT]}


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        (match(SADDR, "10.0.0.2"), True),
        (match(SADDR, "10.0.0.3"), False),
        (match(SADDR, "10.0.0.3", "!="), True),
        (match(SADDR, prefix("10.0.0.0", 24)), True),
        (match(SADDR, prefix("10.0.0.0", 24), "!="), False),
        (match(SADDR, {"range": ["10.0.0.1", "10.0.0.9"]}), True),
        (match(SADDR, {"range": ["10.0.0.3", "10.0.0.9"]}), False),
        (match(payload("ip6", "saddr"), "fd00::1", "!="), False),
        (match(DPORT, {"set": [22, {"range": [79, 81]}]}), True),
        (match(DPORT, {"set": [22, 443]}), False),
        (match(DPORT, "@p"), True),
        (match(DPORT, "@p", "!="), False),
        (match(DPORT, 80, "<"), False),
        (match(DPORT, 80, "<="), True),
        (match(payload("th", "dport"), 80), True),
        (match(payload("udp", "dport"), 80, "!="), False),
        (match(payload("icmp", "type"), "echo-request"), False),
        (match(IIF, "eth0"), True),
        (match(IIF, "eth*"), True),
        (match(IIF, "veth*"), False),
        (match(IIF, {"set": ["lo", "e*"]}), True),
        (match(meta("oifname"), "br0", "!="), False),
        (match(meta("l4proto"), {"set": ["tcp", "udp"]}), True),
        (match(meta("l4proto"), "icmp"), False),
        (match(meta("l4proto"), 6), True),
        (match(meta("nfproto"), "ipv4"), True),
        (match(meta("protocol"), "ip6"), False),
        (match(meta("mark"), 0), True),
        (match({"&": [meta("mark"), 255]}, 0), True),
        (match({"&": [FLAGS, ["fin", "syn", "rst", "ack"]]}, "syn"), True),
        (match(FLAGS, "syn", "in"), True),
        (match(FLAGS, ["ack", "rst"], "in"), False),
        (match(FLAGS, 18, "!="), True),
        (match(STATE, ["new", "untracked"], "in"), True),
        (match(STATE, ["established", "related"], "in"), False),
        (match(STATE, "established", "!="), True),
        (match({"ct": {"key": "status"}}, "dnat", "in"), False),
        (match({"ct": {"key": "direction"}}, "original"), True),
        (match({"ct": {"key": "ip daddr", "dir": "original"}}, "192.0.2.9"), True),
        (match({"fib": {"result": "type", "flags": ["daddr"]}}, "local"), True),
        (match({"fib": {"result": "type", "flags": ["saddr"]}}, {"set": ["local"]}), False),
        (match({"fib": {"result": "oif", "flags": ["saddr", "iif"]}}, False), False),
        (match(PAIR, {"set": [{"concat": [prefix("10.0.0.0", 8), 80]}]}), True),
        (match(PAIR, {"set": [{"concat": ["10.0.0.2", {"range": [1, 79]}]}]}), False),
        (match({"&": [SADDR, "255.255.255.0"]}, "10.0.0.0"), True),
        ({"limit": {"rate": 1, "per": "second"}}, True),
        ({"limit": {"rate": 1, "per": "second", "inv": True}}, False),
    ],
)
def test_a_match(expression: Any, holds: bool) -> None:
    outcome = judge([expression, {"drop": None}], more=[PORTS])
    assert (outcome.verdict == "drop", outcome.sure) == (holds, True)


@pytest.mark.parametrize(
    "expression",
    [
        match(meta("skuid"), 0),
        match(meta("time"), "2030-01-01", "<"),
        match({"payload": {"base": "th", "offset": 0, "len": 3}}, 1),
        match({"numgen": {"mode": "random", "mod": 2, "offset": 0}}, 0),
        match({"some": {"thing": "new"}}, 1),
        {"xt": {"type": "match", "name": "statistic"}},
    ],
)
def test_what_cannot_be_known_is_no_error(expression: Any) -> None:
    assert judge([expression, {"drop": None}]).sure is False
    assert judge([expression, {"counter": {"packets": 0, "bytes": 0}}]).sure is True
    established = judge([expression, {"accept": None}], at=subject(state="established"))
    assert (established.verdict, established.sure) == ("accept", False)


def test_verdicts_jumps_and_policies() -> None:
    into = {"rule": {"family": "inet", "table": "t", "chain": "d", "expr": [{"return": None}]}}
    jump, goto = [{"jump": {"target": "d"}}], [{"goto": {"target": "d"}}]
    drop = [{"drop": None}]
    assert judge(jump, drop, more=[into]).verdict == "drop"
    assert judge(goto, drop, more=[into]).verdict == "accept"
    assert [h.verdict for h in judge(goto, more=[into]).hits] == ["goto d", "return", "accept"]
    assert judge(policy="drop").hits[0].policy
    assert judge([{"reject": {"type": "tcp reset"}}]).reject == "tcp reset"
    assert judge([{"vmap": {"key": PAIR, "data": "@m"}}], drop, more=[PAIRS]).verdict == "accept"
    nowhere = {"vmap": {"key": DPORT, "data": {"set": [[22, {"accept": None}]]}}}
    assert [h.verdict for h in judge([nowhere], drop).hits] == ["drop"]
    default = {"vmap": {"key": DPORT, "data": {"set": [["*", {"drop": None}]]}}}
    assert judge([default]).verdict == "drop"


def test_address_translation() -> None:
    def wants(statement: Any) -> Any:
        hit = judge([statement]).hits[0].translation
        return hit and (hit.kind, hit.address, hit.port, hit.choices)

    pair = {"map": {"key": DPORT, "data": {"set": [[80, {"concat": ["10.0.0.9", 8080]}]]}}}
    miss = {"map": {"key": DPORT, "data": {"set": [[81, "10.0.0.9"]]}}}
    drawn = {"map": {"key": {"numgen": {"mode": "inc", "mod": 2, "offset": 0}}, "data": {"set": [
        [0, "10.0.0.7"], [1, "10.0.0.8"]]}}}  # fmt: skip
    assert wants({"dnat": {"family": "ip", "addr": "10.0.0.9", "port": 81}}) == (
        *("dnat", "10.0.0.9", 81, 1),
    )
    assert wants({"dnat": {"family": "ip", "addr": pair}}) == ("dnat", "10.0.0.9", 8080, 1)
    assert wants({"dnat": {"family": "ip", "addr": drawn}}) == ("dnat", "10.0.0.7", 0, 2)
    assert wants({"dnat": {"family": "ip", "addr": miss}}) is None
    assert wants({"dnat": {"family": "ip6", "addr": "fd00::1"}}) is None
    assert wants({"masquerade": None}) == ("masquerade", "", 0, 1)
    assert wants({"redirect": {"port": 8080}}) == ("redirect", "", 8080, 1)


def test_marks_stay_with_the_packet() -> None:
    at = subject()
    judge([{"mangle": {"key": meta("mark"), "value": {"|": [meta("mark"), 256]}}}], at=at)
    assert at.mark == 256


def test_chains_run_in_their_order_and_see_their_families() -> None:
    def chain(family: str, name: str, kind: str, priority: int) -> Any:
        return {"chain": {"family": family, "table": "t", "name": name, "hook": "prerouting",
                          "type": kind, "prio": priority, "policy": "accept"}}  # fmt: skip

    made = Ruleset(
        [
            chain("ip", "late", "filter", 0),
            chain("ip6", "six", "filter", -400),
            chain("inet", "nat", "nat", 7),
            chain("ip", "early", "filter", -300),
            {"table": {"family": "inet", "name": "u", "flags": "dormant"}},
        ]
    )
    assert [each.name for each in made.base("ip", "prerouting")] == ["early", "nat", "late"]
    assert [each.name for each in made.base("ip6", "prerouting")] == ["six", "nat"]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([match(IIF, "eth0", "!="), {"counter": None}, {"drop": None}], 'iifname != "eth0" drop'),
        ([match(SADDR, prefix("10.0.0.0", 8)), {"masquerade": None}],
         "ip saddr 10.0.0.0/8 masquerade"),
        ([match(STATE, ["established", "related"], "in"), {"accept": None}],
         "ct state established,related accept"),
        ([match({"&": [FLAGS, ["fin", "syn"]]}, "syn")], "tcp flags & (fin | syn) == syn"),
        ([{"vmap": {"key": IIF, "data": "@from-network"}}], "iifname vmap @from-network"),
        ([{"dnat": {"family": "ip", "addr": "10.0.0.9", "port": 80}}], "dnat ip to 10.0.0.9:80"),
        ([{"dnat": {"family": "ip6", "addr": "fd00::9", "port": 80}}], "dnat ip6 to [fd00::9]:80"),
        ([{"redirect": {"port": 8080}}], "redirect to :8080"),
        ([{"reject": {"type": "icmp", "expr": "host-unreachable"}}],
         "reject with icmp host-unreachable"),
        ([{"mangle": {"key": meta("mark"), "value": 1}}], "meta mark set 1"),
        ([match({"fib": {"result": "oif", "flags": ["saddr", "iif"]}}, False)],
         "fib saddr . iif oif missing"),
        ([{"xt": {"type": "target", "name": "DNAT"}}], "(target DNAT: written by iptables)"),
        ([{"brandnew": {"a": 1}}], '(brandnew {"a": 1})'),
    ],
)  # fmt: skip
def test_the_words_of_a_rule(parts: list[Any], words: str) -> None:
    assert text_of(parts) == words
