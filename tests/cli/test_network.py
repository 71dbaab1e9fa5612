"""``nsnet network create``, ``connect``, ``disconnect``, ``rm`` and ``prune`` as they are typed."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest

from tests import support
from tests.cli.terminal import Done, down, nsnet, on_terminal

pytestmark = pytest.mark.usefixtures("host")

HEX = re.compile(r"[0-9a-f]{64}\n")


COMMANDS = ("create", "connect", "disconnect", "rm", "prune", "ls", "inspect")


def network(*words: str, **env: str) -> Done:
    return nsnet("network", *words, **env)


def made(*words: str) -> str:
    """The id of a new network."""
    done = network("create", *words)
    assert (done.code, done.err) == (0, ""), done.err
    assert HEX.fullmatch(done.out)
    return done.out.strip()


def runs(name: str, *words: str) -> None:
    """A container that stays."""
    done = nsnet("run", "-d", "--name", name, *words, "--", "sleep", "1000")
    assert done.code == 0, done.err


def gone(*names: str) -> None:
    for name in names:
        assert nsnet("rm", "-f", name).code == 0


def addresses(device: str, namespace: str = "") -> list[str]:
    at = ("-n", namespace) if namespace else ()
    found = json.loads(support.run("ip", "-j", *at, "address", "show", "dev", device))
    infos = [info for link in found for info in link["addr_info"] if info["scope"] == "global"]
    return [f"{info['local']}/{info['prefixlen']}" for info in infos]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help_with_examples(command: str) -> None:
    done = network(command, "--help")
    assert done.code == 0, done.err
    assert done.out.startswith(f"Usage: nsnet network {command} ")
    assert "\nExamples:\n  " in done.out
    assert max(map(len, done.out.splitlines())) <= 80


def test_a_network_is_made_and_removed() -> None:
    made("front")
    assert addresses("br-front") == ["172.18.0.1/16"]
    assert made("--subnet", "10.62.0.5/24", "--ipv6", "--subnet", "fd00:62::/64", "back")
    assert addresses("br-back") == ["10.62.0.1/24", "fd00:62::1/64"]
    done = network("remove", "front", "back")
    assert (done.code, done.out) == (0, "front\nback\n")


def test_the_next_subnet_is_behind_the_last() -> None:
    for name in ("p1", "p2", "p3"):
        made(name)
    assert network("rm", "p2").code == 0
    made("p4")
    assert addresses("br-p4") == ["172.21.0.1/16"]
    assert network("prune", "-f").out == "Deleted Networks:\np1\np3\np4\n\n"
    made("p5")  # nothing was left, so all begins anew
    assert addresses("br-p5") == ["172.18.0.1/16"]
    network("rm", "p5")


def test_by_the_beginning_of_an_id() -> None:
    full = made("front")
    done = network("rm", full[:12])
    assert (done.code, done.out) == (0, full[:12] + "\n")


@pytest.mark.parametrize("name", ["a b", "a/b", 'q"uote', "네트워크", "x" * 300, "E1", ".abc"])
def test_any_name(name: str) -> None:
    made("e1")
    made(name)
    runs("c1", "--network", name)
    support.run("ip", "netns", "exec", "c1", "ip", "link", "show", "eth0")
    gone("c1")
    assert network("rm", name, "e1").code == 0


def test_a_name_that_looks_like_an_option() -> None:
    made("--", "-abc")
    assert network("rm", "--", "-abc").code == 0


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["e1"], 1, "network with name e1 already exists"),
        (["bridge"], 1, "operation is not permitted on predefined bridge network"),
        (["default"], 1, "operation is not permitted on predefined default network"),
        ([""], 1, "invalid name"),
        ([], 1, "missing argument 'NETWORK'"),
        (["a", "b"], 1, "extra argument"),
        (["--bogus", "x"], 125, "no option --bogus"),
        (["--subnet", "foo", "x"], 1, "Invalid subnet foo"),
        (["--subnet", "10.61.0.128/25", "x"], 1, "Pool overlaps with other one"),
        (["--subnet", "172.17.0.0/16", "x"], 1, "of network bridge"),
        (["--subnet", "10.62.0.0/31", "x"], 1, "failed to allocate gateway"),
        (["--subnet", "10.62.0.0/24", "--gateway", "10.62.0.255", "x"], 1, "already in use"),
        (
            ["--subnet=10.62.0.0/24", "--gateway=10.62.0.1", "--aux-address=a=10.62.0.1", "x"],
            1,
            "failed to allocate secondary ip address (a:10.62.0.1)",
        ),
        (["--subnet", "10.62.0.0/24", "--subnet", "10.63.0.0/24", "x"], 1, "multiple subnets"),
        (["-o", "com.docker.network.driver.mtu=70000", "x"], 1, "invalid MTU number"),
        (["-o", "com.docker.network.bridge.name=lo", "x"], 1, "already in use by an interface"),
        (["-o", "com.docker.network.bridge.name=nsnet0", "x"], 1, "another network uses it"),
        (["-o", "com.docker.network.bridge.name=br-e1", "x"], 1, "another network uses it"),
        (["-d", "nosuch", "x"], 1, 'plugin "nosuch" not found'),
    ],
)
def test_what_cannot_be_made(words: list[str], code: int, message: str) -> None:
    made("--subnet", "10.61.0.0/24", "e1")
    before = support.picture()
    done = network("create", *words)
    assert (done.code, len(done.faults)) == (code, 1), done.err
    assert message in done.err
    assert not support.differences(before, support.picture())
    network("rm", "e1")


def test_thirty_automatic_networks() -> None:
    for number in range(30):
        made(f"n{number}")
    done = network("create", "one-more")
    assert done.code == 1
    assert "could not find an available, non-overlapping IPv4 address pool" in done.err
    assert len(network("prune", "-f").out.splitlines()) == 32


def test_removing_what_is_not_there_or_in_use() -> None:
    made("e1")
    runs("c1", "--network", "e1")
    done = network("rm", "bridge", "nosuch", "e1")
    assert (done.code, done.out) == (1, "")
    assert "bridge is a pre-defined network and cannot be removed" in done.faults[0]
    assert "No such network: nosuch" in done.faults[1]
    assert "network e1 has active endpoints: c1" in done.faults[2]
    assert network("rm", "-f", "nosuch").code == 0
    assert nsnet("stop", "-t", "0", "c1").code == 0
    assert network("rm", "e1").out == "e1\n"
    done = nsnet("start", "c1")
    assert done.code == 1
    assert "not found" in done.err
    gone("c1")


def test_connect_and_disconnect() -> None:
    made("--subnet", "10.61.0.0/24", "e1")
    runs("c1")
    done = network("connect", "--ip", "10.61.0.9", "--alias", "db", "e1", "c1")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert addresses("eth1", "c1") == ["10.61.0.9/24"]
    again = network("connect", "e1", "c1")
    assert (again.code, "already exists in network e1" in again.err) == (1, True)
    assert network("disconnect", "e1", "c1").code == 0
    assert "is not connected to network e1" in network("disconnect", "e1", "c1").err
    done = network("connect", "--interface", "lan0", "--format", "json", "e1", "c1")
    assert json.loads(done.out)["interface"] == "lan0"
    assert addresses("lan0", "c1") == ["10.61.0.2/24"]
    gone("c1")
    network("rm", "e1")


#: What to connect, and what is said about it.
REFUSED = [
    (["nosuch", "c1"], "network nosuch not found"),
    (["e1", "nosuch"], "No such container: nosuch"),
    (["host", "c1"], "cannot be disconnected from host network"),
    (["none", "c1"], "private (none) mode"),
    (["--ip", "10.99.0.5", "e1", "c1"], "Invalid address 10.99.0.5: It does not belong to any"),
    (["--ip", "10.61.0.2", "e1", "c1"], "Address already in use"),
    (["--ip", "10.61.0.1", "e1", "c1"], "Address already in use"),
    (["--ip", "10.61.0.0", "e1", "c1"], "Address already in use"),
    (
        ["--ip", "172.18.0.77", "auto", "c1"],
        "only when connecting to networks with user config",
    ),
    (["--ip", "foo", "e1", "c1"], "invalid IPv4 address: foo"),
    (["full", "c1"], "no available IPv4 addresses on this network's address pools"),
]


def test_what_cannot_be_connected() -> None:
    made("--subnet", "10.61.0.0/24", "e1")
    made("auto")
    made("--subnet", "10.64.0.0/30", "full")
    runs("c1")
    runs("d1", "--network", "e1")
    assert network("connect", "full", "d1").code == 0
    before = support.picture()
    for words, message in REFUSED:
        done = network("connect", *words)
        assert (done.code, len(done.faults)) == (1, 1), done.err
        assert message in done.err, words
    assert not support.differences(before, support.picture())
    gone("c1", "d1")
    network("prune", "-f")


def test_a_namespace_of_one_s_own() -> None:
    made("e1")
    support.run("ip", "netns", "add", "red")
    assert network("connect", "e1", "ns:red").code == 0
    assert addresses("eth0", "red") == ["172.18.0.2/16"]
    assert support.pings("red", "172.18.0.1")
    assert network("disconnect", "e1", "ns:/run/netns/red").code == 0
    assert "eth0" not in support.run("ip", "-n", "red", "link")
    network("rm", "e1")
    support.run("ip", "netns", "delete", "red")


def test_prune_asks_and_chooses() -> None:
    made("--label", "keep", "kept")
    made("--label", "tier=back", "old")
    made("used")
    runs("c1", "--network", "used")
    words = f"{sys.executable} -m nsnet network prune"
    refused = on_terminal(words, "n\n")
    assert (refused.code, "WARNING! This will remove all custom networks" in refused.out) == (
        0,
        True,
    )
    assert network("prune", "-f", "--filter", "until=1h").out == ""
    assert network("prune", "-f", "--filter", "color=x").code == 125
    assert network("prune", "-f", "--filter", "label=tier=back").out == "Deleted Networks:\nold\n\n"
    assert "kept" in on_terminal(words, "y\n").out
    assert network("rm", "kept").code == 1
    gone("c1")
    network("rm", "used")


def test_a_plan_of_one_network() -> None:
    before = support.picture()
    done = network("create", "--dry-run", "front")
    assert done.code == 0
    assert "+ create bridge br-front" in done.out
    script = network("create", "--script", "front")
    assert "ip link add name br-front" in script.out
    assert not support.differences(before, support.picture())
    told = network("create", "--explain", "front")
    assert "$ ip link add name br-front" in told.out
    assert HEX.fullmatch(told.out.splitlines(keepends=True)[-1])
    network("rm", "front")


def test_settings_of_the_host(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('bip = "10.200.0.1/24"\nmtu = 1400\ndns = ["203.0.113.7"]\n')
    env = {"NSNET_CONFIG": str(file)}
    done = nsnet("run", "-d", "--name", "c1", "--", "sleep", "1000", **env)
    assert done.code == 0, done.err
    assert addresses("eth0", "c1") == ["10.200.0.2/24"]
    assert "nameserver 203.0.113.7" in nsnet("exec", "c1", "cat", "/etc/resolv.conf", **env).out
    assert "mtu 1400" in support.run("ip", "-n", "c1", "link", "show", "eth0")
    file.write_text("mtus = 5\nicc = 3\n")
    done = network("create", "front", **env)
    assert done.code != 0
    assert [os.path.basename(line.split(": ")[1]) for line in done.faults] == ["config.toml"] * 2
    assert nsnet("rm", "-f", "c1", **env).code == 0
    down()
