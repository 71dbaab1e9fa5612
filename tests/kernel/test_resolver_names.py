"""Names: what a container is told of its peers, as recorded from Docker."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

import dns.flags
import pytest

from nsnet.resolver import service
from tests.resolver import Scene, ask, code, place, texts

pytestmark = pytest.mark.usefixtures("host")


@pytest.fixture
def scene(host: None) -> Iterator[Scene]:
    """web and db on front; db, api and web2 on back, db having IPv6; lone on another one."""
    made = Scene()
    try:
        for name in ("web", "db", "api", "lone"):
            made.space(name)
        made.tell(
            "web",
            place("front", "172.18.0.2", "web", "0f3b5a6c7d8e", "my-host.example.org", "www"),
            links={"database": "db", "db2": "nobody"},
        )
        made.tell(
            "db",
            place("back", "172.19.0.3", "db", "aaaabbbbcccc", "store", ipv6="fd00:19::3"),
            place("front", "172.18.0.3", "db", "aaaabbbbcccc", "db2"),
        )
        made.tell("api", place("back", "172.19.0.4", "api", "www", ipv6="fd00:19::4"))
        made.tell("lone", place("zoo", "172.20.0.2", "lone", "API"), dns=["127.0.0.1"])
        made.serve("web", "db", "api", "lone")
        yield made
    finally:
        made.end()


@pytest.mark.parametrize(
    "name",
    ["db", "db.", "db.front", "aaaabbbbcccc", "aaaabbbbcccc.front", "database", "database.front"],
)
def test_a_peer_has_many_names(scene: Scene, name: str) -> None:
    response = ask("web", name)
    assert texts(response) == ["172.18.0.3"]
    assert response is not None
    assert response.answer[0].ttl == 600
    assert response.flags == dns.flags.QR | dns.flags.RD | dns.flags.RA  # no AA
    assert texts(ask("web", name, tcp=True)) == ["172.18.0.3"]


@pytest.mark.parametrize("name", ["web", "www", "my-host.example.org", "0f3b5a6c7d8e"])
def test_so_has_the_container_itself(scene: Scene, name: str) -> None:
    assert texts(ask("web", name)) == ["172.18.0.2"]
    assert texts(ask("web", f"{name}.front")) == ["172.18.0.2"]


def test_case_does_not_matter_and_is_echoed(scene: Scene) -> None:
    response = ask("web", "Db.FRONT")
    assert response is not None
    assert response.answer[0].to_text() == "Db.FRONT. 600 IN A 172.18.0.3"
    assert texts(ask("lone", "api")) == ["172.20.0.2"]


@pytest.mark.parametrize("name", ["api", "lone", "store", "db.back", "db.zoo", "front", "b", "d.b"])
def test_what_is_not_on_a_shared_network_is_unknown(scene: Scene, name: str) -> None:
    assert ask("web", name, timeout=0.3) is None  # There is no upstream.


def test_the_first_network_that_knows_a_name_wins(scene: Scene) -> None:
    assert texts(ask("db", "db")) == ["172.19.0.3"]
    assert texts(ask("db", "db.front")) == ["172.18.0.3"]
    assert texts(ask("db", "www")) == ["172.19.0.4"]
    assert texts(ask("db", "www.front")) == ["172.18.0.2"]
    assert texts(ask("db", "web")) == ["172.18.0.2"]


def test_links_are_known_to_who_has_them_only(scene: Scene) -> None:
    assert ask("db", "database", timeout=0.3) is None
    # A link hides a name: this one leads to a container that is not there.
    assert ask("web", "db2", timeout=0.3) is None
    assert texts(ask("db", "db2")) == ["172.18.0.3"]


def test_ipv6(scene: Scene) -> None:
    assert texts(ask("api", "db", "AAAA")) == ["fd00:19::3"]
    assert texts(ask("db", "api", "AAAA", tcp=True)) == ["fd00:19::4"]
    for tcp in (False, True):
        response = ask("web", "db", "AAAA", tcp=tcp)  # front has no IPv6
        assert (code(response), texts(response)) == ("NOERROR", [])
    assert texts(ask("db", "web", "AAAA")) == []
    # The name is known on front without IPv6, and on back with it.
    assert texts(ask("db", "www", "AAAA")) == ["fd00:19::4"]


def test_mail_goes_to_the_name_itself(scene: Scene) -> None:
    response = ask("web", "db", "MX")
    assert (code(response), texts(response)) == ("NOERROR", [])
    assert ask("web", "nobody", "MX", timeout=0.3) is None


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("3.0.18.172.in-addr.arpa", "db.front."),
        ("2.0.18.172.IN-ADDR.arpa", "web.front."),
        ("3.0.19.172.in-addr.arpa", "db.back."),
        (ip_address("fd00:19::3").reverse_pointer, "db.back."),
    ],
)
def test_addresses_have_names(scene: Scene, address: str, name: str) -> None:
    response = ask("db", address, "PTR")
    assert texts(response) == [name]
    assert response is not None
    assert response.answer[0].ttl == 600


@pytest.mark.parametrize(
    "address",
    ["1.0.18.172.in-addr.arpa", "3.0.19.172.in-addr.arpa", "18.172.in-addr.arpa", "db", "arpa"],
)
def test_others_addresses_have_none(scene: Scene, address: str) -> None:
    assert ask("web", address, "PTR", timeout=0.3) is None


def test_a_shared_alias_has_all_addresses_in_random_order(scene: Scene) -> None:
    for i in range(4, 9):
        scene.tell(f"w{i}", place("front", f"172.18.0.{i}", f"w{i}", "www"), netns="", port=0)
    scene.serve("w4", "w8")
    everyone = {"172.18.0.2", *(f"172.18.0.{i}" for i in range(4, 9))}
    orders = [texts(ask("web", "www")) for _ in range(40)]
    assert all(len(order) == 6 and set(order) == everyone for order in orders)
    assert len({order[0] for order in orders}) > 2
    scene.untell("w4")
    scene.tell("w5", place("front", "172.18.0.5", "w5"), netns="", port=0)
    scene.serve("w5")
    assert set(texts(ask("web", "www"))) == everyone - {"172.18.0.4", "172.18.0.5"}


def test_an_answer_that_is_too_large_is_cut_and_marked(scene: Scene) -> None:
    for i in range(10, 110):
        scene.tell(f"w{i}", place("front", f"172.18.1.{i}", f"w{i}", "many"), netns="", port=0)
    scene.serve("w109")
    for more, most in (({}, 512), ({"use_edns": 0, "payload": 1232}, 1232)):
        response = ask("web", "many", **more)
        assert response is not None
        assert response.flags & dns.flags.TC
        assert most - 16 < len(response.to_wire()) <= most
    assert len(texts(ask("web", "many", use_edns=0, payload=4096))) == 100
    assert len(texts(ask("web", "many", tcp=True))) == 100


def test_names_change_at_once(scene: Scene) -> None:
    assert texts(ask("web", "db")) == ["172.18.0.3"]
    scene.tell("db", place("front", "172.18.0.77", "zz"))
    scene.serve("db")
    assert ask("web", "db", timeout=0.3) is None
    assert texts(ask("web", "zz")) == ["172.18.0.77"]
    scene.untell("db")
    assert service.await_closed(scene.folder, ["db"], 5) == []
    assert ask("web", "zz", timeout=0.3) is None


def test_with_ndots_single_labels_stay_here(scene: Scene) -> None:
    scene.tell("lone", place("zoo", "172.20.0.2", "lone"), ndots=2)
    scene.serve("lone")
    for kind in ("A", "AAAA"):
        response = ask("lone", "nobody", kind)
        assert (code(response), texts(response)) == ("NOERROR", [])
    assert ask("lone", "nobody", "TXT", timeout=0.3) is None
    assert ask("lone", "nobody.test", timeout=0.3) is None
    assert texts(ask("lone", "lone")) == ["172.20.0.2"]


def test_a_file_that_nobody_understands_is_none(scene: Scene) -> None:
    for i, text in enumerate(
        ["", "[]", "{", '{"port": "x"}', '{"networks": [1]}', '{"netns": null, "port": 1}',
         '{"networks": [{"name": "n", "ipv4": "1.2.3", "names": ["x"]}]}', "[" * 100_000,
         '{"port": 99999}', '{"dns": [1]}', '{"links": []}']
    ):  # fmt: skip
        with open(f"{scene.folder}/names/bad{i}.json", "w") as file:
            file.write(text)
    scene.tell("late", place("front", "172.18.0.9", "late"), netns="", port=0)
    scene.serve("late")
    assert texts(ask("web", "late")) == ["172.18.0.9"]
