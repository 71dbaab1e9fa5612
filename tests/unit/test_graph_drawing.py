"""Drawings of random graphs: nothing overlaps, nothing is cut off, no name is taken for syntax."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from itertools import combinations
from xml.etree import ElementTree

import click
import pytest

from nsnet.diagnose.graph.model import Card, Graph, Lan, Plug, Published, Wire, clean, natural
from nsnet.diagnose.graph.only import only
from nsnet.kernel.errors import NotFound
from nsnet.show.graph import words
from nsnet.show.graph.data import data
from nsnet.show.graph.dot import dot
from nsnet.show.graph.layout import layout
from nsnet.show.graph.mermaid import mermaid
from nsnet.show.graph.shapes import SIZES, Box, Drawing, Rect, Stroke, Text
from nsnet.show.graph.svg import svg
from nsnet.show.graph.text import text
from tests.unit.graphs import random_graph

SEEDS = range(60)
each_seed = pytest.mark.parametrize("seed", SEEDS)


def area(one: Text, x: float = 0, y: float = 0) -> Rect:
    """What a text covers."""
    size = SIZES[one.style]
    left = one.x - one.width if one.at_end else one.x
    return Rect(x + left, y + one.y - 0.75 * size, one.width, 0.95 * size, "text")


def within(box: Box) -> list[Rect]:
    """The texts of a card."""
    return [area(each, box.x, box.y) for each in box.texts]


@each_seed
def test_no_card_or_text_overlaps_another(seed: int) -> None:
    drawing = layout(random_graph(seed))
    page = Rect(0, 0, drawing.width, drawing.height, "page")
    cards = [box.rect for box in drawing.boxes]
    beside = [area(each) for each in drawing.texts]
    for one, other in combinations([*cards, *beside], 2):
        assert not one.overlaps(other)
    for box in drawing.boxes:
        inside = within(box)
        for one, other in combinations(inside, 2):
            assert not one.overlaps(other), box
        for one in inside:
            assert box.x < one.x
            assert one.right < box.rect.right
            assert box.y < one.y
            assert one.bottom < box.rect.bottom
    for one in [*cards, *beside]:
        assert one.x >= 0 <= one.y
        assert one.right <= page.right
        assert one.bottom <= page.bottom


@each_seed
def test_no_wire_runs_through_a_card(seed: int) -> None:
    drawing = layout(random_graph(seed))
    for cable in drawing.cables:
        for stroke in cable.strokes:
            for box in drawing.boxes:
                if touches(stroke, box.rect):
                    assert ends_at(stroke, box), (cable, box)


def touches(stroke: Stroke, rect: Rect) -> bool:
    across = stroke.x1 < rect.right - 0.1 and rect.x + 0.1 < stroke.x2
    upright = stroke.y1 < rect.bottom - 0.1 and rect.y + 0.1 < stroke.y2
    if stroke.upright:
        return rect.x < stroke.x1 < rect.right and upright
    return across and rect.y < stroke.y1 < rect.bottom


def ends_at(stroke: Stroke, box: Box) -> bool:
    """Is it the last piece of a wire, to a bridge in the card?"""
    heights = [box.y + box.ends[plug] for plug in box.inner]
    near = abs(stroke.x1 - box.rect.right) < 15 or abs(stroke.x2 - box.x) < 15
    return not stroke.upright and near and any(0 <= stroke.y1 - h < 12 for h in heights)


@each_seed
def test_two_networks_never_run_in_one_line(seed: int) -> None:
    drawing = layout(random_graph(seed))
    strokes = [(c.lan, s) for c in drawing.cables if c.lan for s in c.strokes]
    for (lan, one), (other_lan, other) in combinations(strokes, 2):
        if lan != other_lan:
            assert not along(one, other), (lan, other_lan, one, other)


def along(one: Stroke, other: Stroke) -> bool:
    if one.upright and other.upright:
        return one.x1 == other.x1 and one.y1 <= other.y2 and other.y1 <= one.y2
    if not one.upright and not other.upright:
        return one.y1 == other.y1 and one.x1 <= other.x2 and other.x1 <= one.x2
    return False


@each_seed
def test_every_wire_is_drawn_from_end_to_end(seed: int) -> None:
    graph = random_graph(seed)
    drawing = layout(graph)
    for lan in {wire.lan for wire in graph.wires}:
        strokes = [s for c in drawing.cables if c.lan == lan for s in c.strokes]
        assert len(connected(strokes)) == len(strokes), lan
        cards = {key for wire in graph.wires if wire.lan == lan for key, _ in wire.ends}
        assert cards == {b.key for b in drawing.boxes if reaches(strokes, b, drawing)} & cards


def connected(strokes: list[Stroke]) -> set[Stroke]:
    """Those that are reached from the first."""
    found, due = set(strokes[:1]), strokes[:1]
    while due:
        one = due.pop()
        new = [s for s in strokes if s not in found and meet(one, s)]
        found.update(new)
        due += new
    return found


def meet(one: Stroke, other: Stroke) -> bool:
    across = one.x1 <= other.x2 and other.x1 <= one.x2
    return across and one.y1 <= other.y2 and other.y1 <= one.y2


def reaches(strokes: list[Stroke], box: Box, drawing: Drawing) -> bool:
    edges = {box.x, box.x + 14, box.rect.right, box.rect.right - 14}
    return any(edges & {s.x1, s.x2} and box.y < s.y1 < box.rect.bottom for s in strokes)


@each_seed
def test_the_text_keeps_to_80_columns_and_names_everybody(seed: int) -> None:
    graph = random_graph(seed)
    lines = click.unstyle(text(graph)).splitlines()
    assert max(map(words.width, lines)) <= 80
    whole = "\n".join(lines)
    for card in graph.cards:
        assert words.cut(card.title, 28).rstrip("…") in whole
        for plug in card.plugs:
            held = [address for address in plug.addresses if address not in whole]
            assert not held


@each_seed
def test_every_file_is_well_formed(seed: int) -> None:
    graph = random_graph(seed)
    ElementTree.fromstring(svg(graph))
    assert json.loads(json.dumps(data(graph))) == data(graph)
    assert svg(graph) == svg(random_graph(seed))


HOSTILE = '"]}<script>alert(1)</script>&amp;\\N\\"%%;--> \N{ZERO WIDTH JOINER}컨'


def hostile() -> Graph:
    name = clean(HOSTILE)
    plug = Plug(name, "veth", ("10.0.0.2/24",), lan="/br0", about=name, marks=(name,))
    port = Plug("p", "veth", bridge="br0", lan="/br0")
    bridge = Plug("br0", "bridge", ("10.0.0.1/24",), lan="/br0")
    cards = (
        Card("", ("host",), "host", plugs=(bridge, port)),
        Card(HOSTILE, (name,), "container", about=name, plugs=(plug,), marks=(name,)),
    )
    wire = Wire("veth", (("", "p"), (HOSTILE, name)), "/br0")
    published = Published("", "0.0.0.0", "80", "tcp", "10.0.0.2", "80", name, "/br0")
    lan = Lan("/br0", "bridge", "", "br0", name, (name,), (name,))
    return Graph(cards, (lan,), (wire,), (published,), (name,))


def test_hostile_names_stay_text() -> None:
    graph = hostile()
    picture = svg(graph)
    root = ElementTree.fromstring(picture)
    assert "<script" not in picture
    kinds = {each.tag.rpartition("}")[2] for each in root.iter()}
    assert kinds <= {"svg", "style", "rect", "path", "circle", "g", "text", "title"}
    assert any((each.text or "").startswith('"]}<scr') for each in root.iter())
    assert "<" not in re.sub(r"<br/>|---|-->", "", mermaid(graph))
    strings = re.sub(r'"(?:[^"\\]|\\.)*"', "", dot(graph))
    assert "script" not in re.sub(r"//.*", "", strings)
    assert all(each.isprintable() for each in click.unstyle(text(graph)).splitlines())


@pytest.mark.skipif(not shutil.which("dot"), reason="Graphviz is not installed")
@pytest.mark.parametrize("seed", [3, 9, 27, 38, -1])
def test_graphviz_understands_it(seed: int) -> None:
    graph = hostile() if seed < 0 else random_graph(seed)
    drawn = subprocess.run(
        ["dot", "-Tsvg"], input=dot(graph), capture_output=True, text=True, check=True
    )
    assert not drawn.stderr
    assert all(each.names[0] in drawn.stdout for each in graph.cards if each.names[0].isalnum())


def test_a_picture_needs_nothing_from_elsewhere() -> None:
    picture = svg(random_graph(3))
    addresses = re.findall(r"https?://[^\"]*", picture)
    assert addresses == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"url\(|@import|<script|<image", picture)
    assert "prefers-color-scheme:dark" in picture


def test_only_a_part() -> None:
    graph = hostile()
    assert only(graph, ["br0"]) == only(graph, ["host", clean(HOSTILE)]).__class__(
        graph.cards, graph.lans, graph.wires, graph.published
    )
    with pytest.raises(NotFound, match="there is no network, container or namespace nobody"):
        only(graph, ["nobody"])


def test_a_cable_to_a_shared_namespace_names_one_of_its_owners() -> None:
    """ "── host, web wan0-port" would read as two things."""
    host = Card("", ("host", "web"), "host", plugs=(Plug("wan0-port", "veth"),))
    outside = Card(
        "outside", ("outside",), "outside", plugs=(Plug("lo", "loopback"), Plug("eth0", "veth"))
    )
    wire = Wire("veth", (("", "wan0-port"), ("outside", "eth0")), "cable")
    told = click.unstyle(text(Graph((host, outside), (), (wire,))))
    assert "└─ eth0  ── host wan0-port" in told.splitlines()
    assert told.startswith("host, web")


def test_names_in_the_order_of_their_numbers() -> None:
    names = ["app-10", "app-2", "app-1", "b", "10", "9", "", "app-²"]
    assert sorted(names, key=natural) == ["", "9", "10", "app-1", "app-2", "app-10", "app-²", "b"]


def test_widths_of_texts() -> None:
    assert words.width("컨테이너") == 8
    assert words.cut("컨테이너", 5) == "컨테…"
    assert words.cut("short", 5) == "short"
