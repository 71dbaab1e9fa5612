"""What a lab tells of itself: diagnoses, walks, matrices, pictures, names, faults."""

from __future__ import annotations

import asyncio
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from typing import Any

import pytest

from nsnet import KernelError, Lab, NotFound, TopologyError, UnknownName, Unreachable
from nsnet.api.results.again import graph, reach, walk
from nsnet.api.results.base import Result
from nsnet.show.graph.data import data as graph_data
from nsnet.show.reach.data import reach as reach_data
from nsnet.show.walk.data import data as walk_data


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab("test") as made:
        yield made


@pytest.fixture(scope="module")
def shop() -> Iterator[Lab]:
    """One that is only looked at."""
    with Lab("shop") as lab:
        front, back = lab.network("front"), lab.network("back", internal=True)
        lab.container("web", [front, back], ports=["8080:80"])
        lab.container("db", back, expose=5432)
        lab.container("far", front)
        lab.up()
        yield lab


def pictures(result: Any) -> dict[str, str]:
    """What a notebook would show, each found to be well-formed and to load nothing."""
    bundle: dict[str, str] = result._repr_mimebundle_()
    assert bundle["text/plain"] == str(result)
    assert "\033" not in bundle["text/plain"]
    for kind, text in bundle.items():
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "") or kind == "text/plain"
        if kind == "image/svg+xml":
            ET.fromstring(text)
        if kind == "text/html":
            HTMLParser().feed(text)
            assert "<script" not in text
            assert "<body" not in text
    assert result._repr_mimebundle_(include=["text/plain"]).keys() == {"text/plain"}
    assert "text/plain" not in result._repr_mimebundle_(exclude=["text/plain"])
    return bundle


def test_why(shop: Lab) -> None:
    web, db = shop["web"], shop["db"]
    fine = shop.why(web, f"{db}:5432")
    assert (fine, fine.ok, fine.id, fine.rung) == (fine, True, "", "")
    assert repr(fine) == "<Why web → db:5432: arrives>"
    broken = db.why("8.8.8.8")
    assert (bool(broken), broken.ok, broken.id) == (False, False, broken.data["id"])
    assert (broken.id, broken.rung) == ("NET.INTERNAL", "filter")
    assert broken.message in " ".join(str(broken).split())
    assert broken.facts
    assert broken.see
    korean = shop.why(db, "8.8.8.8", language="ko")
    assert korean.id == broken.id
    assert korean.message != broken.message
    assert pictures(broken).keys() == {"text/plain"}
    assert shop.why("web", "http://db:5432/", protocol="http").data["probe"]["protocol"] == "http"


def test_walk_and_trace_tell_the_same(shop: Lab) -> None:
    target = "host:8080"
    said, seen = shop.outside.walk(target), shop.trace(shop.outside, target)
    for each in (said, seen):
        assert bool(each) is each.arrived is True
        assert each.outcome == "answered"
        assert each.places == ("outside", "host", "web")
        assert [one.packet.dport for one in each.rewritten if one.leg == "request"] == [80]
        assert each.dropped is None
        assert pictures(each).keys() == {"text/plain", "text/html", "image/svg+xml"}
    assert repr(seen) == "<Trace outside → host:8080: answered>"
    lost = shop["far"].trace("8.8.8.8:53", protocol="udp", timeout=0.3)
    assert lost.events[0].packet.protocol == "udp"
    refused = shop["web"].trace(f"{shop['db']}:1")
    assert (bool(refused), refused.outcome) == (False, "refused")
    dropped = shop.trace("far", shop["db"].address, timeout=0.2)
    assert dropped.dropped is not None
    assert "nobody else gets into back" in dropped.dropped.text
    assert dropped.dropped.text.split("(")[0] in str(dropped)


def test_the_outside_machine_is_asked_at_its_own_address(shop: Lab) -> None:
    """Not at one of those that it only plays (8.8.8.8): as `ping` and `reach` do."""
    web, outside = shop["web"], shop.outside
    assert web.trace(outside).data["target"]["address"] == outside.address == "203.0.113.1"
    assert web.walk("outside").data["target"]["address"] == outside.address
    assert shop.why(web, outside).data["probe"]["address"] == outside.address
    assert shop.host.why("outside:80").data["probe"]["address"] == outside.address


def test_reach(shop: Lab) -> None:
    matrix = shop.reach(timeout=0.3)
    assert matrix["far", "web"].ping
    assert matrix[shop["far"], shop["db"]].ping is False
    assert matrix["web", "db"].ports == {"5432/tcp": True}
    assert matrix["web", "db"].names
    assert matrix["far", "db"].names is False
    assert not matrix
    assert matrix.answered == sum(each.ok for cell in matrix for each in cell.answers)
    with pytest.raises(KeyError, match="nobody asked for web → bd: there are host"):
        _ = matrix["web", "bd"]
    shown = pictures(matrix)
    assert shown.keys() == {"text/plain", "text/html"}
    assert 'class="bad"' in shown["text/html"]
    some = shop.reach(senders=["far"], targets=["web", "host"], parts=["ping"])
    assert (some.senders, some.targets, bool(some)) == (("far",), ("web", "host"), True)


def test_graph_and_the_lab_itself(shop: Lab) -> None:
    whole, part = shop.graph(), shop.graph(shop.networks["front"])
    assert set(whole.places) == {"host", "outside", "db", "far", "web"}
    assert "db" not in part.places
    assert pictures(whole)["image/svg+xml"] == whole.svg
    assert '<svg style="max-width:100%' in pictures(whole)["text/html"]
    assert whole.dot.startswith(("graph", "digraph"))
    assert shop._repr_mimebundle_()["image/svg+xml"] == whole.svg
    assert Lab()._repr_mimebundle_() == {
        "text/plain": "<Lab lab: 0 containers, 0 networks, not up>"
    }


def test_rules(shop: Lab) -> None:
    rules, docker = shop.rules(), shop.rules("iptables")
    assert rules
    assert docker
    assert any("dnat ip to" in line for line in rules.lines)
    assert {"chain", "rules"} <= rules.data[0].keys()
    assert any(line.startswith("-A DOCKER ") for line in docker.lines)
    with Lab() as empty:
        assert not empty.rules("iptables")


def test_a_result_is_made_of_its_json_alone(shop: Lab) -> None:
    """Read, written and read again: nothing is lost, and a change of `data` changes no result."""
    for result in (shop.walk("outside", "host:8080"), shop.trace("web", "db")):
        assert walk_data(walk(result.data)) == result.data
        assert type(result)({"data": json.loads(json.dumps(result.data))})._repr_svg_()
        result.data["events"].clear()
        assert result.events
    picture = shop.graph()
    assert graph_data(graph(picture.data)) == picture.data
    matrix = shop.reach("web", "db")
    again = reach_data(reach(matrix._told))
    assert {**again, "seconds": 0} == {**matrix.data, "seconds": 0}
    assert isinstance(matrix, Result)


def test_a_result_outlives_its_lab() -> None:
    with Lab() as lab:
        lab.container("web")
        lab.up()
        seen, picture = lab.trace("web", "host"), lab.graph()
    assert "web" in str(seen)
    assert "web" in picture.svg


def test_names(shop: Lab) -> None:
    web = shop["web"]
    assert web.resolve("db") == [shop["db"].address]
    with pytest.raises(
        UnknownName, match=r"web cannot resolve nobody.test: 127.0.0.11 knows no su"
    ):
        web.resolve("nobody.test")
    with pytest.raises(NotFound):
        shop["far"].resolve("db")
    assert shop.host.exec("cat", "/etc/resolv.conf").stdout == "nameserver 203.0.113.1\n"


def test_a_name_server_that_is_silent(lab: Lab) -> None:
    web = lab.container("web", dns="192.0.2.7")
    lab.up()
    with pytest.raises(Unreachable, match=r"web cannot resolve db: 192\.0\.2\.7: "):
        web.resolve("db", timeout=0.2)


@pytest.mark.parametrize(
    ("ask", "problem"),
    [
        (lambda lab: lab.why("wbe", "db"), "no container, namespace or address 'wbe': did you m"),
        (lambda lab: lab.walk("web", "db", protocol="tcp"), "tcp needs a port: write db:80"),
        (lambda lab: lab.trace("web", "db:x"), "'x' is no port"),
        (lambda lab: lab.trace("web", "db", protocol="sctp"), "write tcp, udp, ping or http"),
        (lambda lab: lab.reach(parts=["pings"]), "parts are ping, ports and names"),
        (lambda lab: lab.rules("ipfw"), "write nft or iptables"),
        (lambda lab: lab.why("web", "db", language="fr"), "write en or ko"),
        (lambda lab: lab.why("web", Lab("other").host), "cannot ask for host: it is of another"),
        (lambda lab: lab.graph("nowhere"), "nowhere"),
        (lambda lab: lab.fault("NO_SUCH"), "NO_SUCH"),
        (lambda lab: lab.fault("NO_DNAT", on=lab["db"]), "one of a port: db has none"),
    ],
)
def test_errors_are_one_line(shop: Lab, ask: Any, problem: str) -> None:
    with pytest.raises(KernelError) as wrong:
        ask(shop)
    assert problem in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_before_up(lab: Lab) -> None:
    web = lab.container("web")
    for ask in (lambda: web.why(lab.host), lambda: lab.partition(web, lab.host)):
        with pytest.raises(NotFound, match=r"container web is not up: call lab.up\(\) first"):
            ask()
    assert lab.faults == ()


def test_in_an_event_loop_and_in_threads(shop: Lab) -> None:
    async def cell() -> list[bool]:
        asked = (asyncio.to_thread(shop.why, "web", "db") for _ in range(2))
        return [bool(shop.trace("web", "far")), *map(bool, await asyncio.gather(*asked))]

    assert asyncio.run(cell()) == [True] * 3
    with ThreadPoolExecutor(3) as pool:
        answers = pool.map(lambda _: shop.reach("web", "db", parts=["ping"]), range(3))
        assert all(answers)


# --- breaking


def test_faults_are_found_and_mended(lab: Lab) -> None:
    web = lab.container("web", lab.network("front"), ports=["8080:80"])
    lab.up()
    before = lab.host.exec("nft", "-s", "list", "ruleset").stdout
    one, two = lab.fault("NAT.NO_MASQ", on=web), lab.fault("NO_DNAT", on="web")
    assert (one.on, two.on) == ("front", two.on)
    assert [each.id for each in lab.faults] == ["NAT.NO_MASQ", "NAT.NO_DNAT"]
    assert web.why("8.8.8.8").id == "NAT.NO_MASQ"
    assert lab.outside.why("host:8080").id == "NAT.NO_DNAT"
    assert [each.text for each in lab.commands() if each.title == "Broken on purpose"]
    one.clear()
    assert repr(lab.faults) == f"({two!r},)"
    assert web.ping("8.8.8.8")
    lab.mend()
    assert lab.outside.get("http://203.0.113.2:8080/")
    assert lab.host.exec("nft", "-s", "list", "ruleset").stdout == before
    with lab.fault("LINK_DOWN", on="web"):
        assert web.why("host").id == "L1.LINK_DOWN"
    assert web.ping("8.8.8.8")
    assert lab.plan() == ()


# --- plugging


def test_a_fault_on_a_stack_that_another_shares(lab: Lab) -> None:
    """Whose name comes first in the alphabet, too."""
    web = lab.container("web")
    lab.container("side", mode="container:web")
    lab.up()
    for on in (web, lab["side"]):
        with lab.fault("NO_DEFAULT", on=on) as fault:
            assert (fault.on, web.why("8.8.8.8").id) == (on.name, "L3.NO_DEFAULT")
    assert web.ping("8.8.8.8")


def test_a_container_joins_and_leaves_while_it_runs(lab: Lab) -> None:
    front = lab.network("front")
    web, db = lab.container("web", front), lab.container("db", front)
    lab.up()
    number = web.exec("readlink", "/proc/self/ns/net").stdout
    back = lab.network("back", subnet="172.30.0.0/24")
    late = lab.container("late", back)
    lab.connect(web, back, ipv4="172.30.0.9", aliases=["www"])
    assert [end.ipv4 for end in web.endpoints] == ["172.18.0.2", "172.30.0.9"]
    assert web.exec("readlink", "/proc/self/ns/net").stdout == number
    with pytest.raises(NotFound):
        _ = late.address
    lab.up()
    assert late.resolve("www") == ["172.30.0.9"]
    assert late.ping(web)
    lab.disconnect("web", "front")
    assert [end.device for end in web.endpoints] == ["eth1"]
    assert not db.ping("172.18.0.2", timeout=0.2)
    assert lab.plan() == ()
    assert [each.sign for each in lab.commands() if "veth-web" in each.text][-1] == "-"
    lab.connect(web, front)
    assert web.ping(db)
    assert lab.plan() == ()


def test_before_up_plugging_is_description(lab: Lab) -> None:
    front, back = lab.network("front"), lab.network("back", subnet="172.30.0.0/24")
    web = lab.container("web", front)
    lab.connect("web", "back", ipv4="172.30.0.9")
    lab.disconnect(web, front)
    wrongs: tuple[tuple[Callable[[], None], str], ...] = (
        (lambda: lab.connect(web, back), "it is on network back already"),
        (lambda: lab.disconnect(web, front), "it is not on network front"),
        (lambda: lab.connect(web, "fornt"), "did you mean front"),
        (lambda: lab.connect(lab.container("alone", mode="none"), front), "its mode is none"),
    )
    for wrong, problem in wrongs:
        with pytest.raises(TopologyError, match=problem):
            wrong()
    lab.up()
    assert [end.ipv4 for end in web.endpoints] == ["172.30.0.9"]
