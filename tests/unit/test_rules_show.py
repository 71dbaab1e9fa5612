"""How rules are told: read from nft's JSON and text, chosen, put in order, compared."""

from __future__ import annotations

from typing import Any

import click
import pytest

from nsnet.kernel.listing import by_handle
from nsnet.show import iptables
from nsnet.show.rules import choose, docker, read, story, text
from nsnet.show.rules.docker import Known
from nsnet.show.rules.model import Chain, Count, Element, Line, Tables
from nsnet.show.rules.moves import moves
from nsnet.topology.layout import Binding, Layout, Segment, Span
from nsnet.topology.model import Topology
from nsnet.value import replace

LISTING = """\
table ip nsnet { # handle 1
	comment "made by nsnet"
	map published { # handle 1
		type inet_proto . inet_service : ipv4_addr . inet_service
	}

	chain wide { # handle 2
		comment "of a chain"
		type filter hook forward priority filter; policy accept;
		tcp dport { 1, 2,
			3 } counter packets 5 bytes 300 accept comment "some ports" # handle 7
		counter packets 0 bytes 0 jump other # handle 8
	}
}
table ip6 nsnet { # handle 2
	chain wide { # handle 1
		drop # handle 7
	}
}
"""


def rule(handle: int, *parts: dict[str, Any], chain: str = "wide", **more: Any) -> dict[str, Any]:
    place = {"family": "ip", "table": "nsnet", "chain": chain, "handle": handle}
    return {"rule": {**place, "expr": list(parts), **more}}


def base(name: str, hook: str, prio: int, family: str = "ip") -> dict[str, Any]:
    place = {"family": family, "table": "nsnet", "name": name, "handle": 1}
    return {"chain": {**place, "type": "filter", "hook": hook, "prio": prio, "policy": "accept"}}


def test_texts_belong_to_rules_by_table_and_handle() -> None:
    assert by_handle(LISTING) == {
        ("ip", "nsnet", 7): "tcp dport { 1, 2, 3 } counter packets 5 bytes 300 accept "
        'comment "some ports"',
        ("ip", "nsnet", 8): "counter packets 0 bytes 0 jump other",
        ("ip6", "nsnet", 7): "drop",
    }


def test_a_rule_is_its_words_its_caption_and_its_counter() -> None:
    objects = [
        base("wide", "forward", 0),
        rule(7, {"counter": {"packets": 5, "bytes": 300}}, {"accept": None}, comment="some ports"),
        rule(8, {"counter": {"packets": 0, "bytes": 0}}, {"jump": {"target": "other"}}),
    ]
    chain = read.tables(objects, by_handle(LISTING)).chains["ip", "nsnet", "wide"]
    first, second = chain.lines
    assert (first.text, first.caption) == ("tcp dport { 1, 2, 3 } accept", "some ports")
    assert first.count == Count(5, 300)
    assert (second.text, second.jump) == ("jump other", "other")


def test_elements_stand_by_number_with_what_they_are_for() -> None:
    def port(number: int) -> Any:
        key = {"elem": {"val": {"concat": ["tcp", number]}, "comment": f"web {number}"}}
        return [key, {"concat": ["172.17.0.2", 80]}]

    body = {"family": "ip", "table": "nsnet", "name": "m", "elem": [port(8080), port(80)]}
    found = read.tables([{"map": body}], {}).maps["ip", "nsnet", "m"]
    assert [(each.key, each.value, each.comment) for each in found] == [
        ("tcp . 80", "172.17.0.2 . 80", "web 80"),
        ("tcp . 8080", "172.17.0.2 . 80", "web 8080"),
    ]


def test_chains_stand_in_the_order_of_a_packet_one_family_after_the_other() -> None:
    objects = [
        base("post", "postrouting", 100),
        base("six", "prerouting", -300, "ip6"),
        base("forward", "forward", 0),
        base("late", "prerouting", -100),
        base("early", "prerouting", -300),
        base("out", "output", -100),
    ]
    names = [each.name for each in read.tables(objects, {}).base()]
    assert names == ["early", "late", "out", "forward", "post", "six"]


def line(handle: int, packets: int, chain: str = "c") -> Line:
    return Line("ip", "nsnet", chain, handle, f"rule {handle}", "", Count(packets, 0))


def tables(*lines: Line, **elements: str) -> Tables:
    chain = Chain("ip", "nsnet", "c", lines, "forward")
    maps = {("ip", "nsnet", "m"): tuple(Element(k, v) for k, v in elements.items())}
    return Tables({chain.key: chain}, maps)


def test_what_moved_between_two_looks() -> None:
    found = moves(tables(line(1, 5), line(2, 0), a="x"), tables(line(1, 8), line(3, 0), b="y"))
    assert [(each.handle, more) for each, more in found.counted] == [(1, 3)]
    assert [each.handle for each in found.added] == [3]
    assert [each.handle for each in found.gone] == [2]
    assert "b → y" in found.added_elements[0]
    assert "a → x" in found.gone_elements[0]
    assert {handle for _, _, handle in found.keys} == {1, 3}
    assert not moves(tables(line(1, 5)), tables(line(1, 5)))


def test_a_circle_of_jumps_is_told_once() -> None:
    back = Line("ip", "nsnet", "b", 2, "jump c", jump="c")
    there = Line("ip", "nsnet", "c", 1, "jump b", jump="b")
    chains = (Chain("ip", "nsnet", "c", (there,), "forward"), Chain("ip", "nsnet", "b", (back,)))
    rows = story.rows(Tables({each.key: each for each in chains}), Known({}, {}), {})
    told = list(text.lines(rows, 80))
    assert sum("jump" in each for each in told) == 2
    assert "(see above)" in told[-1]


def test_the_rule_that_moved_is_highlighted_and_no_other() -> None:
    rows = list(story.rows(tables(line(1, 0), line(2, 0)), Known({}, {}), {}))
    told = list(text.lines(rows, 80, {("ip", "nsnet", 2)}))
    assert [each for each in told if "\033[7m" in each] == [
        each for each in told if "rule 2" in each
    ]


@pytest.mark.parametrize("width", [60, 80, 100])
def test_a_long_rule_keeps_to_the_width_and_none_of_it_is_lost(width: int) -> None:
    words = "fib daddr type local dnat ip to ip daddr . meta l4proto . th dport map @published-on"
    rows = list(story.rows(tables(replace(line(15, 0), text=words)), Known({}, {}), {}))
    told = list(text.lines(rows, width))
    assert max(map(len, told)) <= width
    assert f"#15 {words}" in " ".join(" ".join(told).split())
    assert any(words in each for each in text.lines(rows, width, brief=True))


def test_what_an_element_is_for_goes_below_where_the_line_is_full() -> None:
    item = Element("tcp . 8080", "172.19.0.3 . 80", "voting-app-vote-1 0.0.0.0:8080/tcp")
    chain = Chain("ip", "nsnet", "c", (Line("ip", "nsnet", "c", 1, "map", map="m"),), "forward")
    found = Tables({chain.key: chain}, {("ip", "nsnet", "m"): (item,)})
    rows = list(story.rows(found, Known({}, {}), {}))
    narrow, wide = ([click.unstyle(e) for e in text.lines(rows, n)] for n in (80, 100))
    assert max(map(len, narrow)) <= 80
    assert f"{item.value}  {item.comment}" in wide[-1]
    assert (narrow[-2].split()[-1], narrow[-1].strip()) == ("80", item.comment)


PORTS = (
    Binding("tcp", "0.0.0.0", 8080, "web", "front", "172.18.0.2", 80),
    Binding("udp", "0.0.0.0", 8080, "dns", "front", "172.18.0.3", 53),
    Binding("tcp", "127.0.0.1", 8080, "db", "front", "172.18.0.4", 80),
    Binding("tcp", "::", 8080, "six", "front", "fd00::2", 80),
)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("8080", ["web", "dns", "db", "six"]),
        ("8080/udp", ["dns"]),
        ("8080/TCP", ["web", "db", "six"]),
        ("127.0.0.1:8080", ["db"]),
        ("192.0.2.1:8080/tcp", ["web"]),
        ("[::]:8080", ["six"]),
        ("[2001:db8::1]:8080", ["six"]),
        ("80", []),
        ("web", []),
    ],
)
def test_which_published_port_is_meant(asked: str, answer: list[str]) -> None:
    assert [each.container for each in choose.called(PORTS, asked)] == answer


def layout() -> Layout:
    where = ("bridge", "br-front", "02:42:ac:12:00:01", 1500, 1, 5, "t")
    front = Segment("front", *where, v4=Span("172.18.0.0/16", "172.18.0.1"))
    back = Segment("back", "bridge", "br-back", *where[2:], v4=Span("172.19.0.0/16", "172.19.0.1"))
    return Layout(Topology("t"), 1, (front, back), (), PORTS[:2])


@pytest.mark.parametrize(
    ("chain", "words", "answer"),
    [
        ("from-front", 'oifname != "br-front"', "-A FORWARD -i br-front ! -o br-front -j ACCEPT"),
        ("to-front", "ct status dnat accept", "-A DOCKER -d IP ! -i br-front -o br-front"),
        ("to-front", 'iifname "br-front" drop', "-A FORWARD -i br-front -o br-front -j DROP"),
        ("nat-from-back", "ip saddr x masquerade", "-A POSTROUTING -s 172.19.0.0/16 ! -o br-back"),
        ("to-nowhere", "drop", ""),
        ("nsnet-user", "ip saddr 192.0.2.7 drop", ""),
    ],
)
def test_dockers_rule_is_that_of_the_network(chain: str, words: str, answer: str) -> None:
    found = docker.rule(Line("ip", "nsnet", chain, 1, words), Known.of([layout()]))
    assert found.startswith(answer)
    assert bool(found) == bool(answer)


def test_dockers_rules_for_one_container_name_no_other() -> None:
    saved = iptables.save([layout()])
    found = list(iptables.about(saved, {"br-front"}, {"172.18.0.2"}))
    assert any("--to-destination 172.18.0.2:80" in each for each in found)
    assert not [each for each in found if "172.18.0.3" in each or "br-back" in each]
    assert [each for each in found if each.startswith((":", "*"))] == [
        each for each in saved if each.startswith((":", "*"))
    ]
