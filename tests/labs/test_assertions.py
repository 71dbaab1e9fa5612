"""The assertions: each passes on what is so, and names what is not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nsnet.kernel.errors import KernelError
from nsnet.labs.situation import Situation
from tests.labs.made import QUESTION, exercise, id_of, situation, tidy, verdict
from tests.support import run

pytestmark = pytest.mark.usefixtures("host")


@pytest.fixture
def at(host: None) -> Iterator[Situation]:
    """The usual scene, up; taken away afterwards."""
    try:
        with situation(exercise(questions=(QUESTION,))) as found:
            yield found
    finally:
        tidy()


def test_who_reaches_whom(at: Situation) -> None:
    assert id_of(verdict(at, "reaches", from_="c1", to="c2", by="ping")) == ""
    named = verdict(at, "reaches", from_="c2", to="http://172.17.0.2/", by="http", answered_by="c1")
    assert id_of(named) == ""
    assert "c1 answered, it saw 172.17.0.3" in named.probes[0]
    run("ip", "link", "set", "veth-c2", "nomaster")
    renamed = verdict(
        at, "reaches", from_="c1", to="172.17.0.3", by="ping", as_={"L2.NO_MASTER": "X.Y"}
    )
    assert id_of(renamed) == "X.Y"
    assert id_of(verdict(at, "reaches", from_="c3", to="c2")) == "NS.MISSING"


def test_a_listener_for_the_moment_of_the_question(at: Situation) -> None:
    asked = {"from_": "c1", "to": "http://172.17.0.3:8000/", "by": "http"}
    assert id_of(verdict(at, "reaches", **asked)) == "APP.NOT_LISTENING"
    found = verdict(at, "reaches", **asked, serve="c2:8000", answered_by="c2", sees="172.17.0.2")
    assert id_of(found) == ""
    assert "c2-" in found.probes[0]
    unseen = verdict(at, "reaches", **asked, serve="c2:8000", sees="172.17.0.1", unseen="NAT.ODD")
    assert id_of(unseen) == "NAT.ODD"
    strange = verdict(at, "reaches", **asked, serve="c2:8000", answered_by="c1")
    assert id_of(strange) == "ANSWER.STRANGER"


def test_a_block_needs_its_control(at: Situation) -> None:
    control = {"from": "c1", "to": "c2", "by": "ping"}
    asked = {"from_": "c1", "to": "172.17.0.1", "by": "ping", "control": control, "id": "FLT.X"}
    assert id_of(verdict(at, "blocked", **asked)) == "FLT.X"
    run("nft", "add table ip t; add chain ip t i { type filter hook input priority 0; }; "
        "add rule ip t i ip saddr 172.17.0.2 drop")  # fmt: skip
    assert id_of(verdict(at, "blocked", **asked)) == ""
    run("ip", "link", "set", "veth-c2", "nomaster")
    assert id_of(verdict(at, "blocked", **asked)) == "L2.NO_MASTER"
    assert id_of(verdict(at, "blocked", **asked, control_id="FLT.TOO_WIDE")) == "FLT.TOO_WIDE"


def test_a_refusal_means_that_the_packet_has_arrived(at: Situation) -> None:
    control = {"from": "c1", "to": "c2", "by": "ping"}
    asked = {"from_": "c1", "to": "172.17.0.3:9", "by": "tcp", "control": control}
    assert id_of(verdict(at, "blocked", **asked)) == "FLT.OPEN"
    assert id_of(verdict(at, "blocked", **asked, allow=["refused"])) == ""


def test_several_are_asked_at_once(at: Situation) -> None:
    control = {"from": "c1", "to": "c2", "by": "ping"}
    asked = {"from_": "c1", "to": ["172.17.0.3:9", "172.17.0.3:8000/udp"], "control": control}
    asked |= {"allow": ["refused"], "id": "NAT.UDP_TOO"}
    assert id_of(verdict(at, "blocked", **asked)) == ""
    found = verdict(at, "blocked", **asked, serve=["c2:8000/udp"])
    assert found.broken is not None
    assert (found.broken.id, found.broken.facts["port"]) == ("NAT.UDP_TOO", 8000)
    remarked = verdict(at, "blocked", **asked, remark=True)
    assert remarked.passed
    assert [each.id for each in remarked.remarks] == ["NAT.UDP_TOO"]


def test_a_packet_that_is_rewritten(at: Situation) -> None:
    asked = {"from_": "c2", "to": "172.17.0.1:8080", "rewrite": "destination", "id": "NAT.PROXY"}
    asked |= {"hook": "prerouting", "in_": "host", "by": "tcp"}
    assert id_of(verdict(at, "passes", **asked)) == "NAT.PROXY"
    run("nft", "add table ip t; add chain ip t p { type nat hook prerouting priority -100; }; "
        "add rule ip t p tcp dport 8080 dnat to 172.17.0.2:80")  # fmt: skip
    found = verdict(at, "passes", **asked)
    assert id_of(found) == ""
    assert "172.17.0.1:8080" in found.probes[0]
    assert "172.17.0.2:80" in found.probes[0]
    assert id_of(verdict(at, "passes", **{**asked, "rewrite": "source"})) == "NAT.BRNF_SHORTCUT"
    assert id_of(verdict(at, "passes", **{**asked, "in_": "c1"})) == "NAT.BRNF_SHORTCUT"


def test_what_is_not_answered_is_explained(at: Situation) -> None:
    run("ip", "netns", "exec", "c1", "nft", "add table ip t; add chain ip t i "
        "{ type filter hook input priority 0; policy drop; }")  # fmt: skip
    asked = {"from_": "c2", "to": "172.17.0.2:80", "rewrite": "source", "by": "tcp"}
    assert id_of(verdict(at, "passes", **asked, id="NAT.NOT_HIDDEN")) == "FLT.POLICY_DROP"


def test_a_source_that_a_rule_names_is_remarked(at: Situation) -> None:
    run("ip", "-n", "c2", "route", "add", "172.17.0.2", "via", "172.17.0.1")
    asked = {"from_": "c2", "to": "172.17.0.2:80", "rewrite": "source", "id": "NAT.NOT_HIDDEN"}
    asked |= {"hook": "postrouting", "by": "tcp", "fixed": "NAT.FIXED_SNAT"}
    assert id_of(verdict(at, "passes", **asked)) == "NAT.NOT_HIDDEN"
    run("nft", "add table ip t; add chain ip t p { type nat hook postrouting priority 100; }; "
        "add rule ip t p ip saddr 172.17.0.3 snat to 172.17.0.1")  # fmt: skip
    (remark,) = verdict(at, "passes", **asked).remarks
    assert (remark.id, remark.facts["address"]) == ("NAT.FIXED_SNAT", "172.17.0.1")
    run("nft", "flush chain ip t p; add rule ip t p ip saddr 172.17.0.3 masquerade random")
    found = verdict(at, "passes", **asked)
    assert (found.passed, found.remarks) == (True, ())


def test_namespaces(at: Situation) -> None:
    assert id_of(verdict(at, "space", name=["c1", "c2"])) == ""
    assert id_of(verdict(at, "space", name="c9")) == "NS.MISSING"
    assert id_of(verdict(at, "shares", spaces=["c1", "c2"])) == "MODE.SIBLING_NOT_SAME_NS"
    run("sh", "-c", "touch /run/netns/c4 && mount --bind /run/netns/c1 /run/netns/c4")
    try:
        assert id_of(verdict(at, "shares", spaces=["c1", "c4"])) == ""
        assert id_of(verdict(at, "space", name=["c1", "c4"])) == "NS.SAME"
    finally:
        run("ip", "netns", "del", "c4")


def test_settings_and_answers(at: Situation) -> None:
    forward = {"in_": "host", "name": "net.ipv4.ip_forward"}
    assert id_of(verdict(at, "setting", **forward, value=1)) == ""
    assert id_of(verdict(at, "setting", **forward, value=0)) == "SYSCTL.OTHER"
    assert id_of(verdict(at, "answer", question="port")) == "ANSWER.MISSING"
    at.answers["port"] = "veth-172.17.0.9"
    assert id_of(verdict(at, "answer", question="port")) == "ANSWER.WRONG"
    at.answers["port"] = " VETH-172.17.0.1"
    assert id_of(verdict(at, "answer", question="port")) == ""


@pytest.mark.parametrize("kind", ["reaches", "blocked", "passes", "space", "shares", "setting"])
def test_an_argument_that_there_is_not(at: Situation, kind: str) -> None:
    with pytest.raises(KernelError, match="unknown argument 'form'"):
        verdict(at, kind, form="c1")
