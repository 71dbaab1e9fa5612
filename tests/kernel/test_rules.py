"""``nsnet rules``: in the order of a packet, with live counters, for a container and for a port."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from nsnet.engine.engine import Engine
from nsnet.topology.model import Attachment, Container, Network, Port, Topology
from tests.cli.terminal import COMMAND, ROOT, environment, nsnet
from tests.support import fetch, run

pytestmark = pytest.mark.usefixtures("host")


def topology() -> Topology:
    ports = (Port(80, 8080), Port(80, 9090, host_ip="127.0.0.1"))
    web = Container("web", attachments=(Attachment("front"),), ports=ports, stub=True)
    db = Container("db", attachments=(Attachment("back"),))
    return Topology("t", networks=(Network("front"), Network("back")), containers=(web, db))


@contextmanager
def up() -> Iterator[None]:
    engine = Engine()
    engine.up(topology())
    try:
        yield
    finally:
        engine.down("t")


def chains(*words: str) -> list[dict[str, Any]]:
    """What ``nsnet rules WORDS --format json`` tells."""
    done = nsnet("rules", *words, "--format", "json")
    assert done.code == 0, done.err
    found: list[dict[str, Any]] = json.loads(done.out)
    return found


def counted(found: list[dict[str, Any]], family: str = "ip") -> dict[tuple[str, int], int]:
    """Packets by chain and handle."""
    return {
        (chain["chain"], rule["handle"]): rule["packets"]
        for chain in found
        if chain["family"] == family and not chain["namespace"]
        for rule in chain["rules"]
    }


def test_chains_stand_in_the_order_in_which_a_packet_meets_them() -> None:
    with up():
        base = [each for each in chains() if each["hook"] and each["family"] == "ip"]
    assert [(each["hook"], each["priority"]) for each in base] == [
        ("prerouting", -300),
        ("prerouting", -100),
        ("output", -100),
        ("forward", 0),
        ("postrouting", 100),
    ]
    assert all(each["caption"] for each in base)


def test_each_rule_has_the_handle_the_counter_and_the_words_that_nft_gives_it() -> None:
    with up():
        assert fetch("", "http://127.0.0.1:8080/")
        found = chains()
        listed = run("nft", "-a", "list", "table", "ip", "nsnet")
    count = 0
    for chain in found:
        for rule in chain["rules"] if chain["family"] == "ip" else ():
            count += 1
            packets = f"counter packets {rule['packets']} bytes {rule['bytes']}"
            line = next(x for x in listed.splitlines() if x.endswith(f"# handle {rule['handle']}"))
            assert rule["packets"] is None or packets in line
            bare = line.strip().replace(f"{packets} ", "").replace(f" {packets}", "")
            assert bare.startswith(rule["text"]), (bare, rule["text"])
            assert f'comment "{rule["caption"]}"' in line or not rule["caption"]
    assert count == listed.count("# handle") - listed.count("{ # handle")


def test_the_rules_named_for_a_port_are_those_that_count_when_it_is_called() -> None:
    with up():
        before = counted(chains())
        named = counted(chains("--for", "127.0.0.1:9090"))
        assert fetch("", "http://127.0.0.1:9090/")
        after = counted(chains())
    moved = {key for key, packets in after.items() if packets != before[key]}
    assert moved
    assert moved <= set(named)
    assert not [chain for chain, _ in named if chain.startswith(("from-", "to-", "nat-prerouting"))]


def test_the_rules_named_for_a_port_are_those_that_count_when_others_call() -> None:
    script = """
        ip netns add out
        ip link add ext0 type veth peer name eth0 netns out
        ip address add 203.0.113.1/24 dev ext0
        ip -n out address add 203.0.113.2/24 dev eth0
        ip link set ext0 up
        ip -n out link set eth0 up
    """
    run("sh", "-ec", script)
    with up():
        found = chains("--for", "8080/tcp")
        before = counted(chains())
        assert fetch("out", "http://203.0.113.1:8080/")
        after = counted(chains())
    run("ip", "link", "delete", "ext0")
    run("ip", "netns", "delete", "out")
    moved = {key for key, packets in after.items() if packets != before[key]}
    answers = {key for key in moved if key[0].startswith("from-")}  # of the answers
    assert "to-front" in {chain for chain, _ in moved}
    assert moved - answers <= set(counted(found))
    jumps = {e["jump"] for c in found for r in c["rules"] for e in r["elements"]} - {None}
    assert jumps == {"to-front", "nat-to-front"}


def test_every_rule_of_ours_says_which_of_dockers_it_stands_for() -> None:
    with up():
        found = chains()
        saved = nsnet("rules", "--as", "iptables").out
    without = [r["text"] for chain in found for r in chain["rules"] if not r["docker"]]
    assert not without
    elements = [e for chain in found for r in chain["rules"] for e in r["elements"]]
    ports = {e["key"]: e["docker"] for e in elements if "." in e["key"] and e["docker"]}
    assert "--dport 8080 -j DNAT --to-destination" in ports["tcp . 8080"]
    assert [words for words in ports.values() if words not in saved] == []


def test_for_a_container_it_shows_its_networks_and_its_inside() -> None:
    with up():
        found = chains("--for", "web")
        text = nsnet("rules", "--for", "web").out
        docker = nsnet("rules", "--for", "web", "--as", "iptables").out
        raw = nsnet("rules", "--for", "web", "--raw").out
    names = {each["chain"] for each in found}
    assert "to-front" in names
    assert "to-back" not in names
    assert [each["table"] for each in found if each["namespace"] == "web"] == ["nsnet-dns"]
    assert "inside web:" in text
    assert "br-back" not in text
    assert "-o br-front" in docker
    assert "DOCKER_OUTPUT" in docker
    assert "br-back" not in docker
    assert raw.startswith("table ip nsnet-dns {")
    assert "table ip nsnet {" not in raw


def test_users_own_rules_are_shown_without_a_word_about_docker() -> None:
    with up():
        run("nft", "add rule ip nsnet nsnet-user ip saddr 192.0.2.7 counter drop")
        text = nsnet("rules").out
        run("nft", "flush chain ip nsnet nsnet-user")
    line = next(each for each in text.splitlines() if "192.0.2.7" in each)
    assert line.split()[2:] == ["ip", "saddr", "192.0.2.7", "drop"]


def test_what_is_not_there_is_an_error_of_one_line() -> None:
    with up():
        for word, said in (("81", "no port 81"), ("wob", "did you mean web?")):
            done = nsnet("rules", "--for", word)
            assert done.code == 5
            assert said in done.err
            assert len(done.faults) == 1


def test_a_container_on_the_hosts_own_stack_has_no_rules_of_its_own() -> None:
    engine = Engine()
    engine.up(Topology("t", containers=(Container("boss", mode="host"),)))
    told = [nsnet("rules", "--for", "boss", *more) for more in ((), ("--raw",))]
    engine.down("t")
    assert [each.code for each in told] == [0, 0]
    assert all("boss: the host's own network stack" in each.out for each in told)


def test_nothing_up_is_no_error() -> None:
    done = nsnet("rules")
    assert done.code == 0
    assert "nothing of nsnet's is up" in done.out


def _until(read: Any, wanted: str, seconds: float = 5.0) -> str:
    """What is read until `wanted` is in it."""
    limit, seen = time.monotonic() + seconds, b""
    while wanted.encode() not in seen:
        left = limit - time.monotonic()
        assert left > 0, seen.decode()
        if select.select([read], [], [], left)[0]:
            seen += os.read(read, 1 << 16)
    return seen.decode()


def test_watching_prints_what_moves() -> None:
    with up():
        words = [*COMMAND, "rules", "--watch", "--interval", "0.1", "--for", "8080"]
        env = environment(PYTHONUNBUFFERED="1")
        with subprocess.Popen(words, stdout=subprocess.PIPE, cwd=ROOT, env=env) as watching:
            assert watching.stdout
            for _ in range(20):  # It does not say when its first look is over.
                fetch("", "http://127.0.0.1:8080/")
                if select.select([watching.stdout], [], [], 0.2)[0]:
                    break
            seen = _until(watching.stdout.fileno(), "ports published on all addresses")
            run("nft", "add rule ip nsnet nsnet-user ip saddr 192.0.2.9 counter")
            _until(watching.stdout.fileno(), "192.0.2.9")
            watching.send_signal(signal.SIGTERM)
            assert watching.wait(5) == 0
        run("nft", "flush chain ip nsnet nsnet-user")
    assert "nat-from" not in seen


def test_watching_on_a_terminal_highlights_and_ends_with_q() -> None:
    with up():
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(ROOT)
            words = [*COMMAND, "rules", "--watch", "--interval", "0.2", "--for", "8080"]
            os.execvpe(words[0], words, environment(TERM="xterm"))
        try:
            _until(terminal, "q ends")
            fetch("", "http://127.0.0.1:8080/")
            _until(terminal, "\033[7m")
            os.write(terminal, b"q")
            _until(terminal, "\033[?1049l")
            assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        finally:
            os.close(terminal)
