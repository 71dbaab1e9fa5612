"""What users write as FROM and TO."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nsnet import demos
from nsnet.diagnose.place import Place
from nsnet.diagnose.places import BadTarget, NotRunning, Places
from nsnet.engine.engine import Engine
from nsnet.kernel.errors import NotFound
from nsnet.kernel.stack import Stack
from nsnet.kernel.survey import Survey
from nsnet.looking.places import known_places
from nsnet.looking.places import places as found
from nsnet.operations import containers
from nsnet.topology.compose import load
from tests.support import run

COMPOSE = """
name: shop
services:
  web: {image: nginx, ports: ["8080:80"], networks: [front, back]}
  db: {image: nginx, networks: [back]}
  side: {image: nginx, network_mode: "service:web"}
  own: {image: nginx, network_mode: host}
  lone: {image: nginx, network_mode: none}
networks: {front: {}, back: {}}
"""
_WEB_ON_BACK = "172.19.0.2"


@pytest.fixture
def places(host: None, tmp_path: Path) -> Iterator[Places]:
    engine = Engine()
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    engine.up(load([tmp_path / "compose.yaml"]))
    run("ip", "netns", "add", "red")
    run("ip", "-n", "red", "link", "set", "lo", "up")
    with Stack() as stack:
        survey = Survey(stack)
        yield Places(survey, known_places(engine.state(), survey))
    run("ip", "netns", "del", "red")
    engine.down("shop")


def test_sources(places: Places) -> None:
    known = {word: place.space for word, place in places.known.items() if len(word) < 12}
    assert known["shop-web-1"] == known["shop-side-1"] == known["web"]
    assert known["own"] == ""
    for word, space in {
        "host": "",
        "web": "shop-web-1",
        "red": "red",
        "ns:/run/netns/red": "red",
        "172.18.0.2": "shop-web-1",
        "own": "",
    }.items():
        assert places.source(word).space == known.get(space, space), word
    assert places.source("172.18.0.2").label == "shop-web-1"
    assert places.source("red") == Place("red", "red")
    assert places.source("web").ports[0] == "0.0.0.0:8080->80/tcp"
    for unknown in ("nobody", "192.0.2.1", "ns:/run/netns/none", "", "pid:1x"):
        with pytest.raises(NotFound, match="there is no container, namespace or address"):
            places.source(unknown)
    with pytest.raises(NotFound, match="only a sandbox has an outside machine"):
        places.source("outside")


def test_a_container_that_does_not_run(places: Places) -> None:
    there = Places(places.survey, places.known, {"gone"})
    host = there.source("host")
    for ask in (lambda: there.source("gone"), lambda: there.target("http://gone:80/", host)):
        with pytest.raises(NotRunning, match="gone does not run") as caught:
            ask()
        assert caught.value.exit_code == 3


def test_a_slip_of_the_fingers_and_a_word_from_nowhere(places: Places) -> None:
    with pytest.raises(NotFound, match=r": did you mean web\?$"):
        places.source("wbe")
    with pytest.raises(NotFound, match=r"did you mean shop-(web|db)-1"):
        places.target("shop-wb-1", places.source("host"))
    many = Places(places.survey, {f"c{n}": Place(f"c{n}", f"c{n}") for n in range(20)})
    with pytest.raises(NotFound, match=r": there are host, c0, c1, c10, c11, c12, …$"):
        many.source("nobody")


def test_targets(places: Places) -> None:
    db, web, host = (places.source(each) for each in ("db", "web", "host"))
    found = places.target("web:80", db)
    assert (found.address, found.port, found.name) == (_WEB_ON_BACK, 80, "")
    assert found.place == web
    assert places.target("web", host).address == _WEB_ON_BACK
    assert places.target("host", db).address == "172.19.0.1"
    assert places.target("host", host).address == "127.0.0.1"
    assert places.target("localhost:80", web).place == web
    assert places.target("lone", web).address == ""
    found = places.target("http://web:8000/a?b", db)
    assert (found.scheme, found.port, found.name, found.path) == ("http", 8000, "web", "/a?b")
    assert places.target("http://172.19.0.1", db).port == 80
    assert places.target("tcp://[::1]:7", web).address == "::1"
    assert places.target("[fd00::1]:7", web).port == 7
    assert places.target("53.1.2.3:53/udp", web).scheme == "udp"
    assert places.target("web.back:80", db).name == "web.back"
    assert places.target("alias", db).name == "alias"
    with pytest.raises(NotFound):
        places.target("nobody", host)
    for bad in ("web:0", "web:x", "ftp://web", "web:80:90", ":80", "http://web:99999/"):
        with pytest.raises(BadTarget):
            places.target(bad, web)


def test_what_has_stopped_is_known_by_name(host: None) -> None:
    engine = Engine()
    engine.up(load(demos.path("bridge-demo")))
    try:
        containers.stop(engine, "alpine1", 0)
        with Stack() as stack:
            assert "alpine1" in found(stack).stopped
            assert "web" not in found(stack).stopped
    finally:
        engine.down("bridge-demo")
