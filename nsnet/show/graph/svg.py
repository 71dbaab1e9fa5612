"""A graph as SVG: in the colours of the page around it (light or dark), without scripts and
without fonts from elsewhere. The same graph gives the same bytes.

A reader that knows no CSS variables (librsvg) gets the light colours.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...diagnose.graph.model import Graph, clean
from .layout import layout
from .shapes import SIZES, Box, Cable, Drawing, Rect, Stroke, Text

_FONT = "ui-monospace,'DejaVu Sans Mono','Liberation Mono',Menlo,Consolas,monospace"
_LIGHT = {
    "page": "#f6f8fa", "card": "#ffffff", "host": "#fbfcfe", "edge": "#c4ccd6", "ink": "#1f2328",
    "faint": "#59636e", "bad": "#c62828", "chip": "#eef1f5",
    "c0": "#2563eb", "c1": "#0b8a5f", "c2": "#c2620a", "c3": "#8b3fd1", "c4": "#0a7f9c",
    "c5": "#c2307a", "c6": "#5b7f0c", "c7": "#a0522d",
}  # fmt: skip
_DARK = {
    "page": "#0d1117", "card": "#161b22", "host": "#12171e", "edge": "#3d444d", "ink": "#e6edf3",
    "faint": "#9aa4af", "bad": "#ff7b72", "chip": "#21262d",
    "c0": "#6ea8fe", "c1": "#3fcf9a", "c2": "#f0a35e", "c3": "#c29bff", "c4": "#4fc3dc",
    "c5": "#f48bbb", "c6": "#a9d14f", "c7": "#d99a76",
}  # fmt: skip
_DASHES = {"macvlan": "7 5", "ipvlan": "7 5", "vlan": "7 5", "vxlan": "1.5 5", "off": "2 6"}


def svg(graph: Graph) -> str:
    """The whole file."""
    return "\n".join(_lines(layout(graph))) + "\n"


def _lines(drawing: Drawing) -> Iterator[str]:
    w, h = _n(drawing.width), _n(drawing.height)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" '
        f'viewBox="0 0 {w} {h}" role="img" aria-label="network namespaces and their wires">'
    )
    yield f"<style>\n{''.join(_css())}</style>"
    yield f'<rect class="page" width="{w}" height="{h}"/>'
    for box in drawing.boxes:
        yield _rect(box.rect, 8)
    for cable in drawing.cables:
        yield from _cable(cable)
    for x, y, colour in drawing.dots:
        yield f'<circle class="f{colour}" cx="{_n(x)}" cy="{_n(y)}" r="3.5"/>'
    for stroke, colour in drawing.arrows:
        yield _arrow(stroke, colour)
    for box in drawing.boxes:
        yield from _inside(box)
    for socket in drawing.sockets:
        yield _rect(socket, 2)
    yield from map(_text, drawing.texts)
    yield "</svg>"


def _inside(box: Box) -> Iterator[str]:
    yield f'<g transform="translate({_n(box.x)} {_n(box.y)})">'
    for rect in box.rects:
        yield _rect(rect, 6 if rect.style == "bridge" else 4)
    yield from map(_text, box.texts)
    yield "</g>"


def _rect(rect: Rect, radius: int) -> str:
    colour = f" s{rect.colour}" if rect.colour >= 0 else ""
    colour += f" f{rect.colour}" if rect.style == "socket" else ""
    size = f'width="{_n(rect.width)}" height="{_n(rect.height)}"'
    start = f'<rect class="{rect.style}{colour}" x="{_n(rect.x)}" y="{_n(rect.y)}" {size}'
    return _titled(f'{start} rx="{radius}"', "rect", "", rect.hint)


def _text(text: Text) -> str:
    end = " end" if text.at_end else ""
    start = f'<text class="{text.style}{end}" x="{_n(text.x)}" y="{_n(text.y)}"'
    return _titled(start, "text", escape(text.text), text.hint if text.hint != text.text else "")


def _titled(start: str, name: str, inside: str, hint: str) -> str:
    title = f"<title>{escape(hint)}</title>" if hint else ""
    return f"{start}>{title}{inside}</{name}>" if title or inside else f"{start}/>"


def _cable(cable: Cable) -> Iterator[str]:
    """First in the colour of the page and wider: where two cross, the upper one is seen to."""
    path = "".join(_moves(each) for each in cable.strokes)
    colour = f"s{cable.colour}" if cable.colour >= 0 else "plain"
    if cable.lan:
        yield f'<path class="under" d="{path}"/>'
    yield _titled(f'<path class="wire {colour} {cable.style}" d="{path}"', "path", "", cable.hint)


def _moves(stroke: Stroke) -> str:
    way = f"V{_n(stroke.y2)}" if stroke.upright else f"H{_n(stroke.x2)}"
    return f"M{_n(stroke.x1)} {_n(stroke.y1)}{way}"


def _arrow(stroke: Stroke, colour: int) -> str:
    kind = f"s{colour}" if colour >= 0 else "plain"
    x, y = stroke.x2, stroke.y2
    head = f"M{_n(x - 6)} {_n(y - 4)}L{_n(x)} {_n(y)}L{_n(x - 6)} {_n(y + 4)}"
    return f'<path class="wire {kind}" d="{_moves(stroke)}{head}"/>'


def _css() -> Iterator[str]:
    dark = ";".join(f"--{name}:{value}" for name, value in _DARK.items())
    light = ";".join(f"--{name}:{value}" for name, value in _LIGHT.items())
    yield f":root{{{light};color-scheme:light dark}}\n"
    yield f"@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
    yield f"text{{font-family:{_FONT};{_colour('fill', 'ink')};white-space:pre}}\n"
    for style, size in SIZES.items():
        yield f".{style}{{font-size:{_n(size)}px}}\n"
    yield "text.title,text.name{font-weight:600}\n.end{text-anchor:end}\n"
    yield f"text.small{{{_colour('fill', 'faint')}}}\n"
    yield f"text.bad{{{_colour('fill', 'bad')};font-weight:600}}\n"
    yield f".page{{{_colour('fill', 'page')}}}\n"
    for style in ("card", "host"):
        yield f".{style}{{{_colour('fill', style)};{_colour('stroke', 'edge')};stroke-width:1.5}}\n"
    yield f"rect.bridge{{{_colour('fill', 'card')};{_colour('stroke', 'edge')};stroke-width:2}}\n"
    yield f"rect.chip{{{_colour('fill', 'chip')};{_colour('stroke', 'edge')};stroke-width:1}}\n"
    yield f"rect.off{{{_colour('stroke', 'bad')};stroke-dasharray:3 3}}\n"
    yield f"rect.socket{{{_colour('fill', 'card')};stroke-width:2;stroke-dasharray:none}}\n"
    yield "rect.apart{stroke-dasharray:6 2}\n"
    yield ".wire{fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}\n"
    yield f".under{{fill:none;{_colour('stroke', 'page')};stroke-width:6}}\n"
    yield f".plain{{{_colour('stroke', 'faint')}}}\n"
    for style, dashes in _DASHES.items():
        yield f".wire.{style}{{stroke-dasharray:{dashes}}}\n"
    for name in (each for each in _LIGHT if each[1:].isdigit()):
        yield f".s{name[1:]},rect.s{name[1:]}{{{_colour('stroke', name)}}}"
        yield f".f{name[1:]},rect.f{name[1:]}{{{_colour('fill', name)}}}\n"
    yield f".wire.off{{{_colour('stroke', 'bad')}}}\n"


def _colour(what: str, name: str) -> str:
    return f"{what}:{_LIGHT[name]};{what}:var(--{name})"


def _n(number: float) -> str:
    """A number as short as it can be."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def escape(text: str) -> str:
    """`text` as it can stand in XML, in an attribute, too. What XML cannot hold at all (control
    characters) is replaced."""
    text = clean(text)
    for sign, name in (("&", "amp"), ("<", "lt"), (">", "gt"), ('"', "quot"), ("'", "apos")):
        text = text.replace(sign, f"&{name};")
    return text
