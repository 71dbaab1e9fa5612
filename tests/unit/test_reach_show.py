"""The tables and the page of `nsnet reach`, from answers made up by hand."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from nsnet.diagnose.place import Place
from nsnet.diagnose.probe import Answer, Probe
from nsnet.diagnose.reach import Reach, Station
from nsnet.diagnose.reach.asking import Question
from nsnet.diagnose.reach.dns import meaning, query
from nsnet.diagnose.reach.found import Found, found
from nsnet.diagnose.reach.services import Published, published
from nsnet.resolver import wire
from nsnet.show.reach import data, html, table

_COLOURS = re.compile(r"\033\[\d+m")


def station(name: str, *guests: str) -> Station:
    return Station(Place(name, name, made=True), guests, (), name)


def ping(sender: str, target: str, code: str = "answered", ip: str = "10.0.0.2") -> Found:
    return Found(Question(sender, target, "ping", ip, protocol="icmp"), code, seconds=0.001)


def port(sender: str, target: str, code: str, number: int, inner: int = 0) -> Found:
    what = "published" if inner else "port"
    return Found(Question(sender, target, what, "10.0.0.2", number, "tcp", inner), code)


def reached(names: list[str], *answers: Found) -> Reach:
    everybody = tuple(map(station, names))
    return Reach(everybody, everybody, ("ping", "ports", "names"), answers, 1.0, 0.5)


def text(reach: Reach, width: int = 80) -> list[str]:
    return [_COLOURS.sub("", line) for line in table.lines(reach, width)]


def test_a_table() -> None:
    reach = reached(
        ["a", "bob"],
        *[ping("a", "bob"), ping("a", "bob", "timeout", "fd00::2"), ping("bob", "a", "no-route")],
        *[port("a", "bob", "refused", 80), port("a", "bob", "answered", 8080, 80)],
    )
    assert text(reach) == [
        "Ping  a         bob",
        "a     ·         1 of 2",
        "bob   no route  ·",
        "",
        "Ports  bob",
        "       80       8080→80",
        "a      refused  ✓",
        "",
        "refused  arrived, but nobody listens there, or a rule rejects it",
        "1 of 2  so many of its addresses answered (which: --format json)",
        "8080→80  port 8080 of the host's addresses, which is published",
        "1 of 3 pings, 0 of 1 port, 1 of 1 published port answered; 0.50 s",
    ]


@pytest.mark.parametrize("width", [40, 80, 200])
def test_wide_ones_are_wrapped(width: int) -> None:
    names = [f"container-{n}" for n in range(12)]
    answers = [ping(a, b) for a in names for b in names if a != b]
    lines = text(reached(names, *answers), width)
    assert max(len(line) for line in lines[:-1]) <= width
    heads = [line for line in lines if line.startswith("Ping")]
    assert " ".join(heads).replace("Ping", "").split() == names
    assert len(heads) == {40: 6, 80: 3, 200: 1}[width]
    assert sum(line.count("✓") for line in lines) == 12 * 11


def test_one_column_is_shown_however_narrow_the_terminal() -> None:
    assert "bob" in text(reached(["a", "bob"], ping("a", "bob")), 3)[0]


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.titles: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.open.append(tag)
        self.titles += [value or "" for name, value in attrs if name == "title"]
        assert tag not in ("script", "link", "img")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_page_stands_alone_and_tells_all_in_titles() -> None:
    odd = '<b>"&'
    reach = reached([odd, "bob"], ping(odd, "bob"), port(odd, "bob", "refused", 80))
    page = "\n".join(html.page(reach))
    parser = _Page()
    parser.feed(page)
    assert parser.open == []
    assert parser.titles[0] == f"{odd} → bob\nping 10.0.0.2: answered in 1.0 ms"
    assert "prefers-color-scheme: dark" in page
    assert not re.search(r"https?:|url\(|@import|<b>", page)
    assert page == "\n".join(html.page(reach))


def test_data() -> None:
    told: dict[str, Any] = data.reach(
        reached(["a", "b"], ping("a", "b"), ping("b", "a", "timeout"))
    )
    first, second = told["cells"]
    assert (first["from"], first["to"], first["what"], first["ms"]) == ("a", "b", "ping", 1.0)
    assert (second["code"], second["ms"]) == ("timeout", None)
    assert (told["asked"], told["answered"]) == (2, 1)


def test_what_an_answer_means() -> None:
    udp = Question("a", "b", "port", "10.0.0.2", 53, "udp")
    probe = Probe("a", "udp", "10.0.0.2", 53)
    assert found(udp, None).code == "no-address"
    assert found(udp, Answer(probe, "timeout")).code == "silent"
    name = Question("a", "b", "name", "127.0.0.11", 53, "udp", expected=("10.0.0.2",))
    assert found(name, Answer(probe, "refused")).code == "no-resolver"
    assert found(name, Answer(probe, "timeout")).code == "timeout"


def test_a_name_and_its_address() -> None:
    asked = query("web", wire.A)
    question = wire.question(asked)
    assert question
    assert question.name == "web"

    def response(*records: bytes) -> bytes:
        return asked[:2] + wire.answer(asked, question, list(records))

    here = wire.record(wire.A, bytes((10, 0, 0, 2)))
    assert meaning(asked, response(here), ("10.0.0.2",)) == ("answered", "10.0.0.2")
    assert meaning(asked, response(here), ("10.0.0.3",)) == ("wrong", "10.0.0.2")
    assert meaning(asked, response(), ("10.0.0.2",)) == ("unknown", "")
    assert meaning(asked, response(here)[:-5], ("10.0.0.2",)) == ("failed", "")
    assert meaning(asked, b"\0\0" + response(here)[2:], ("10.0.0.2",)) == ("failed", "")
    refused = bytearray(response())
    refused[3] |= 5
    assert meaning(asked, bytes(refused), ()) == ("failed", "")


def test_published_ports_are_read_from_the_words_of_a_place() -> None:
    ports = ("0.0.0.0:8080->80/tcp", "[::]:8080->80/tcp", "127.0.0.1:5353->53/udp")
    assert published(Place("web", "web", ports=ports)) == [
        Published("127.0.0.1", 5353, "udp", 53),
        Published("0.0.0.0", 8080, "tcp", 80),
        Published("::", 8080, "tcp", 80),
    ]
