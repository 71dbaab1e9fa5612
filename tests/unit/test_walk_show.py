"""Walks for people and programs: text that fits, data with every key, SVG that any reader takes."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.dom import minidom

import pytest

from nsnet.diagnose.place import Place, Target
from nsnet.diagnose.walk import Event, Packet, Rule, Walk
from nsnet.show.walk.chapters import ending
from nsnet.show.walk.data import data
from nsnet.show.walk.svg import svg
from nsnet.show.walk.text import lines
from nsnet.value import replace

ASKED = Packet("tcp", "10.0.0.2", "192.0.2.9", 40000, 8080, "S")
SENT = replace(ASKED, dst="10.0.0.3", dport=80)
RULE = Rule(
    *("ip", "nsnet", "nat-prerouting", 13, "fib daddr type local dnat ip to @published " * 4),
    *("ports <published> & \"others\" \x1b[31m", 7, 1),
)  # fmt: skip


def event(kind: str, text: str, packet: Packet = ASKED, **more: Any) -> Event:
    fields = {"leg": "request", "space": "", "label": "host", **more}
    return Event(kind=kind, text=text, packet=packet, **fields)


EVENTS = (
    event("send", "web sends a call", space="web", label="web"),
    event(
        "out", "leaves web by eth0 " + "x" * 120, device="eth0", space="web", label="web", stamp=0
    ),
    event("in", "enters the bridge", device="veth-web", stamp=1_234_567),
    event("hook", "prerouting: chain ip nsnet raw", hook="prerouting"),
    event("policy", "passes", hook="prerouting", rule=Rule("ip", "nsnet", "raw"), verdict="accept"),
    event("hook", "prerouting: chain ip nsnet nat-prerouting", hook="prerouting"),
    event("rule", "gives it", hook="prerouting", rule=RULE, verdict="dnat"),
    event("rewrite", "becomes", SENT, before=ASKED),
    event("drop", "nobody answers <ARP>", SENT, reason="NAT.DNAT_DEAD", sure=False),
)
WEB = Place("web", "web")
WALK = Walk(WEB, Target("host:8080", "192.0.2.9", 8080), EVENTS, "lost", notes=("a \x07note",))


def _tags(parsed: minidom.Document, name: str) -> list[minidom.Element]:
    return list(parsed.getElementsByTagName(name))


def plain(line: str) -> str:
    return re.sub(r"\033\[[0-9;]*m", "", line)


@pytest.mark.parametrize("width", [100, 60, 250])
def test_text_fits_and_is_clean(width: int) -> None:
    found = [plain(line) for line in lines(WALK, width)]
    assert max(map(len, found)) <= min(width, 100)
    assert all(line.isprintable() for line in found)


def test_the_story_has_its_parts_in_order() -> None:
    found = "\n".join(plain(line) for line in lines(WALK))
    parts = (
        *("web → host:8080, as the state", "The request", "  web", "  host", "1.235 ms"),
        *("chain ip nsnet raw: no rule decides", "rule 13", "dnat  7 packets so far, +1 by this"),
        *("10.0.0.2:40000 → 192.0.2.9:8080 [S]", "→ 10.0.0.2:40000 → 10.0.0.3:80 [S]", "lost "),
        *("Note: ", "→ probably lost in host: nobody answers <ARP> (NAT.DNAT_DEAD)"),
    )
    places = [found.find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    assert places == sorted(places)
    assert "as it went" in plain(next(lines(replace(WALK, traced=True))))


def test_each_outcome_has_its_line() -> None:
    sure = replace(WALK, events=tuple(replace(each, sure=True) for each in EVENTS))
    assert ending(sure) == "lost in host: nobody answers <ARP> (NAT.DNAT_DEAD)"
    assert ending(replace(sure, outcome="answered", answer="connected")) == "answered: connected"
    assert ending(replace(sure, outcome="refused", answer="no")) == "refused: no"
    assert ending(replace(sure, outcome="unsent")).startswith("not sent: nobody answers")
    assert ending(replace(sure, events=())) == "nothing is known of the way to host:8080"


def test_data_is_for_json_and_has_every_key() -> None:
    found = json.loads(json.dumps(data(WALK)))
    assert (found["arrived"], found["sure"], found["outcome"]) == (False, False, "lost")
    assert found["target"]["place"] is None
    keys = {frozenset(each) for each in found["events"]}
    assert len(keys) == 1
    rule = found["events"][6]["rule"]
    assert (rule["handle"], rule["packets"], rule["moved"]) == (13, 7, 1)
    assert found["events"][7]["before"]["dst"] == "192.0.2.9"
    assert found["events"][2]["stamp"] == 1_234_567


def test_svg_is_xml_the_same_each_time_and_needs_nothing_from_elsewhere() -> None:
    picture = svg(WALK)
    assert picture == svg(WALK)
    parsed = minidom.parseString(picture)
    assert {each.tagName for each in parsed.getElementsByTagName("*")} <= {
        *("svg", "style", "rect", "text", "path", "g", "title"),
    }
    assert "prefers-color-scheme:dark" in picture
    assert not re.search(r"<script|@import|url\(|href", picture)
    texts = [str(getattr(each.firstChild, "data", "")) for each in _tags(parsed, "text")]
    assert '"ports <published> & "others" \N{REPLACEMENT CHARACTER}[31m"' in texts
    empty = svg(replace(WALK, events=()))
    assert minidom.parseString(empty)


def test_boxes_stay_in_their_lanes_and_do_not_overlap() -> None:
    parsed = minidom.parseString(svg(WALK))
    lanes: list[list[int]] = []
    boxes: list[list[int]] = []
    for rect in _tags(parsed, "rect"):
        if rect.getAttribute("x"):
            place = [int(rect.getAttribute(name)) for name in ("x", "y", "width", "height")]
            (lanes if rect.getAttribute("class") == "lane" else boxes).append(place)
    assert len(lanes) == 2
    bottoms = [y + height for _, y, _, height in boxes]
    assert all(y > bottom for (_, y, _, _), bottom in zip(boxes[1:], bottoms, strict=False))
    for x, y, width, height in boxes:
        assert any(
            a <= x and x + width <= a + w and b <= y and y + height <= b + h for a, b, w, h in lanes
        )


def test_nothing_is_cut_from_a_picture_and_no_line_is_wider_than_its_lane() -> None:
    """A destination's port stands at the end of a long line."""
    packet = replace(ASKED, src="2001:db8:aaaa:bbbb:cccc:dddd:eeee:1")
    sent = event("send", f"web sends a call through a name that is long: {packet}", packet)
    picture = svg(replace(WALK, events=(sent, *EVENTS)))
    assert "…" not in picture
    texts = [str(getattr(each.firstChild, "data", "")) for each in _tags(_parsed(picture), "text")]
    assert max(map(len, texts)) <= 470 // 6.7
    assert any(each.endswith("192.0.2.9:8080 [S]") for each in texts)
    assert " ".join(RULE.text.split()) in " ".join(texts)


def test_a_leg_has_its_name_where_it_begins_and_a_change_is_called_so() -> None:
    answers = event("send", "host answers", replace(SENT, flags="SA"), leg="reply")
    parsed = _parsed(svg(replace(WALK, events=(*EVENTS, answers))))
    left = [int(r.getAttribute("x")) for r in _tags(parsed, "rect") if _class(r) == "lane"]
    legs = {_said(t): int(t.getAttribute("x")) for t in _tags(parsed, "text") if _class(t) == "leg"}
    assert left[0] < legs["The request"] < left[1] < legs["The reply"]
    assert "change: 10.0.0.2:40000 → 192.0.2.9:8080 [S]" in map(_said, _tags(parsed, "text"))


def _class(one: minidom.Element) -> str:
    return str(one.getAttribute("class"))


def _said(one: minidom.Element) -> str:
    return str(getattr(one.firstChild, "data", ""))


def test_the_last_line_of_a_picture_is_inside_it() -> None:
    told = "nobody answers " + "and nobody asks " * 20
    parsed = _parsed(svg(replace(WALK, events=(event("drop", told),))))
    bottom = int(_tags(parsed, "svg")[0].getAttribute("height"))
    places = [int(each.getAttribute("y")) for each in _tags(parsed, "text")]
    assert len(places) > 10
    assert max(places) < bottom


def _parsed(picture: str) -> minidom.Document:
    return minidom.parseString(picture)
