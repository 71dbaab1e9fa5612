"""Assertions about whose network stack something is in, and who gets at whose loopback."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from nsnet.kernel.forged import Forgery, send
from nsnet.kernel.launch import own_interpreter
from nsnet.labs.situation import Situation
from tests.labs.made import exercise, id_of, situation, tidy, verdict
from tests.support import run, status


@pytest.fixture
def at(host: None) -> Iterator[Situation]:
    """The usual scene, up on a host that has an interface of its own; taken away afterwards."""
    run("ip", "link", "add", "older", "type", "bridge")
    try:
        with situation(exercise()) as found:
            yield found
    finally:
        for name in ("alone", "other"):
            status("ip", "netns", "del", name)
        status("ip", "link", "del", "older")
        status("sysctl", "-qw", "net.ipv4.conf.all.route_localnet=0")
        tidy()


@contextmanager
def listener(*before: str) -> Iterator[None]:
    """Somebody listens on port 8000, started by way of a command."""
    words = [*before, *own_interpreter("stub.py", "--name", "new", "tcp:8000")]
    program = subprocess.Popen(words, stdout=sys.stderr)
    try:
        yield
    finally:
        program.send_signal(signal.SIGKILL)
        program.wait()


def test_nothing_but_loopback(at: Situation) -> None:
    assert id_of(verdict(at, "only_lo", space="alone")) == "NS.MISSING"
    run("ip", "netns", "add", "alone")
    assert id_of(verdict(at, "only_lo", space="alone")) == ""
    found = verdict(at, "only_lo", space=["alone", "c1"])
    assert found.broken
    assert (found.broken.id, found.broken.facts["what"]) == ("MODE.NOT_NONE", "eth0")
    run("ip", "-n", "alone", "address", "add", "172.17.0.1/16", "dev", "lo")
    assert id_of(verdict(at, "only_lo", space="alone", id="X.Y")) == "X.Y"


def test_no_interface_has_come(at: Situation) -> None:
    assert id_of(verdict(at, "no_new_links")) == ""
    run("ip", "link", "add", "br9", "type", "bridge")
    found = verdict(at, "no_new_links")
    run("ip", "link", "del", "br9")
    assert found.broken
    assert (found.broken.id, found.broken.facts["what"]) == ("MODE.LINKS_CHANGED", "br9")


def test_in_which_stack_a_program_listens(at: Situation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nsnet.labs.assertions.listens._PATIENCE", 0.5)
    asked = {"in_": "c2", "address": "172.17.0.3", "port": "8000", "elsewhere": "MODE.ELSE"}
    assert id_of(verdict(at, "listens", **asked)) == "APP.NOT_LISTENING"
    with listener("ip", "netns", "exec", "c2"):
        assert id_of(verdict(at, "listens", **asked)) == ""
        other = asked | {"in_": "c1", "address": "172.17.0.2"}
        assert id_of(verdict(at, "listens", **other)) == "APP.NOT_LISTENING"  # c2 is the scene's
    with listener():
        found = verdict(at, "listens", **asked)
    assert found.broken
    assert (found.broken.id, found.broken.facts["space"]) == ("MODE.ELSE", "host")


def test_a_forged_call_to_the_loopback_of_somebody_else(at: Situation) -> None:
    asked = {"from_": "c2", "over": "172.17.0.1", "to": "127.0.0.1:7000"}
    asked |= {"serve": "host@127.0.0.1:7000", "control": "172.17.0.2:80"}
    assert id_of(verdict(at, "forged", **asked)) == ""
    run("sysctl", "-qw", "net.ipv4.conf.all.route_localnet=1")
    found = verdict(at, "forged", **asked)
    assert id_of(found) == "SEC.REMOTE_LOOPBACK"
    assert "forged, in a frame for 172.17.0.1" in found.probes[0]
    run("ip", "neigh", "flush", "dev", "br0")  # It cannot ask who has called: it is told.
    mac = at.survey.interfaces("")["br0"].mac
    with at.survey.inside("c2"):
        call = Forgery("eth0", mac, "172.17.0.1", "172.17.0.3", "127.0.0.1", 7000)
        assert send(call) == "answered"
    at.stack.enter("")
    run("nft", "add table ip g; add chain ip g c { type filter hook prerouting priority -300; }; "
        "add rule ip g c iifname != lo ip daddr 127.0.0.0/8 drop")  # fmt: skip
    assert id_of(verdict(at, "forged", **asked)) == ""
    run("ip", "link", "set", "veth-c2", "nomaster")
    silent = verdict(at, "forged", **asked)
    assert (silent.passed, silent.broken and silent.broken.id) == (None, "CHECK.FAILED")


def test_a_name_for_the_stack_of_the_host_is_the_host(at: Situation) -> None:
    run("sh", "-c", "ip netns attach other $$")
    assert at.key("other") == ""
    assert id_of(verdict(at, "shares", spaces=["c1", "other"])) == "MODE.SIBLING_NOT_SAME_NS"
    assert id_of(verdict(at, "space", name="other")) == "NS.SAME"
