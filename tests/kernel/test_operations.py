"""Single commands on a real kernel: each edits what is up, and leaves exactly what a look at
everything would leave."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from nsnet.engine.engine import Engine
from nsnet.operations import containers, find, networks
from nsnet.operations.errors import NoSuch, Refused
from nsnet.topology.model import (
    BY_HAND,
    DEFAULT_NETWORK,
    Attachment,
    Container,
    Network,
    Pool,
    Port,
    Topology,
)
from tests.support import pings, run, status

pytestmark = pytest.mark.usefixtures("host")

IDLE = ("tail", "-f", "/dev/null")


def box(name: str, *wanted: str, **more: object) -> Container:
    wishes = tuple(Attachment(each) for each in wanted or (DEFAULT_NETWORK,))
    return Container(name, attachments=wishes, command=IDLE, **more)  # type: ignore[arg-type]


def address(engine: Engine, name: str, network: str) -> str:
    layout = find.container(engine.state(), name).record.layout
    return next((e.ipv4 for e in layout.endpoints_of(name) if e.network == network), "")


def devices(name: str) -> list[str]:
    lines = run("ip", "-n", name, "-br", "link").splitlines()
    return sorted(line.split("@")[0] for line in lines if not line.startswith("lo"))


def clear(engine: Engine) -> None:
    """Remove everything, one by one."""
    for found in list(find.containers(engine.state())):
        containers.remove(engine, found.container.name, force=True)
    networks.prune(engine)


def nothing_to_do(engine: Engine) -> list[str]:
    """What a full look at the kernel would still change: nothing, after any command."""
    state = engine.state()
    changes = []
    for record in state.records.values():
        result = engine.plan(record.layout.topology)
        changes += [f"{change.sign} {change.step.what}" for change in result.changes]
        assert result.layout == record.layout
    return changes


def test_a_container_that_stops_gives_its_address_away() -> None:
    engine = Engine()
    networks.create(engine, Network("n"))
    for name in ("p", "q", "r"):
        containers.run(engine, box(name, "n"))
    assert address(engine, "q", "n") == "172.18.0.3"
    containers.stop(engine, "q", 0)
    assert status("ip", "netns", "exec", "q", "true") != 0, "its sandbox is gone"
    containers.run(engine, box("s", "n"))
    assert address(engine, "s", "n") == "172.18.0.3", "the lowest free address"
    containers.start(engine, "q")
    assert address(engine, "q", "n") == "172.18.0.5"
    assert nothing_to_do(engine) == []
    clear(engine)


def test_interfaces_are_numbered_on_and_the_way_out_moves() -> None:
    engine = Engine()
    networks.create(engine, Network("zz"))
    networks.create(engine, Network("aa"))
    containers.run(engine, box("w", "zz", ports=(Port(80, 8080),)))
    networks.connect(engine, "aa", "w", Attachment("aa"))
    assert devices("w") == ["eth0", "eth1"]
    assert "dev eth1" in run("ip", "-n", "w", "route", "show", "default")
    assert address(engine, "w", "aa") in run("nft", "list", "map", "ip", "nsnet", "published")
    networks.disconnect(engine, "aa", "w")
    assert "dev eth0" in run("ip", "-n", "w", "route", "show", "default")
    assert address(engine, "w", "zz") in run("nft", "list", "map", "ip", "nsnet", "published")
    networks.disconnect(engine, "zz", "w")
    networks.connect(engine, "zz", "w", Attachment("zz"))
    assert devices("w") == ["eth2"], "a number is not used twice"
    containers.restart(engine, "w", 0)
    assert devices("w") == ["eth0"], "a restart numbers afresh"
    assert nothing_to_do(engine) == []
    clear(engine)


def test_ports_stay_when_another_network_comes_and_goes() -> None:
    """Also a random one, beside others of the same port that were asked for by number."""
    engine = Engine()
    networks.create(engine, Network("m"))
    networks.create(engine, Network("n"))
    containers.run(engine, box("w", "n", ports=(Port(80), Port(80, 8080), Port(80, 8081))))
    before = {b.host_port for b in engine.state().records[BY_HAND].layout.bindings}
    networks.connect(engine, "m", "w", Attachment("m"))
    networks.disconnect(engine, "m", "w")
    assert {b.host_port for b in engine.state().records[BY_HAND].layout.bindings} == before
    assert len(before) == 3
    clear(engine)


def test_a_namespace_made_by_hand_can_be_plugged_in() -> None:
    engine = Engine()
    networks.create(engine, Network("n", pools=(Pool("10.9.0.0/24"),)))
    containers.run(engine, box("r", "n"))
    run("ip", "netns", "add", "hand")
    wish = Attachment("n", ipv4="10.9.0.77", mac="02:00:00:00:00:77", device="up0")
    networks.connect(engine, "n", "ns:/run/netns/hand", wish)
    assert devices("hand") == ["up0"]
    assert "02:00:00:00:00:77" in run("ip", "-n", "hand", "link", "show", "up0")
    assert pings("r", "10.9.0.77")
    with pytest.raises(Refused, match="already exists in network n"):
        networks.connect(engine, "n", "ns:hand", Attachment("n"))
    networks.disconnect(engine, "n", "ns:hand")
    assert devices("hand") == []
    networks.connect(engine, "n", "ns:hand", Attachment("n"))
    run("ip", "netns", "del", "hand")
    networks.disconnect(engine, "n", "ns:hand")
    assert nothing_to_do(engine) == []
    clear(engine)


def test_a_failed_start_leaves_the_container_as_it_was() -> None:
    engine = Engine()
    networks.create(engine, Network("n"))
    containers.run(engine, box("p", "n", ports=(Port(80, 8080),)))
    with pytest.raises(Refused, match=r"8080.*already allocated"):
        containers.run(engine, box("q", "n", ports=(Port(80, 8080),)))
    assert find.container(engine.state(), "q").container.stopped
    assert "q" not in run("ip", "netns", "list")
    containers.remove(engine, "q")
    with pytest.raises(NoSuch):
        find.container(engine.state(), "q")
    clear(engine)


def test_rename_while_it_runs() -> None:
    engine = Engine()
    networks.create(engine, Network("n"))
    containers.run(engine, box("p", "n", ports=(Port(80, 8080),)))
    containers.run(engine, box("q", "n"))
    process = engine.state().records[BY_HAND].processes["p"]
    containers.rename(engine, "p", "z")
    assert process.alive, "its command did not notice"
    assert "z" in run("ip", "netns", "exec", "q", "getent", "hosts", "z")
    assert status("ip", "netns", "exec", "q", "getent", "hosts", "p") != 0
    assert nothing_to_do(engine) == []
    clear(engine)


def test_what_shares_a_sandbox_is_repaired_when_its_owner_comes_back() -> None:
    engine = Engine()
    networks.create(engine, Network("n"))
    containers.run(engine, box("owner", "n"))
    containers.run(engine, Container("side", mode="container", share="owner", command=IDLE))
    containers.stop(engine, "owner", 0)
    side = engine.state().records[BY_HAND].processes["side"]
    assert side.alive, "it goes on, without a network (as in Docker)"
    assert nothing_to_do(engine) == []
    with pytest.raises(Refused, match="non running container"):
        containers.run(engine, Container("x", mode="container", share="owner", command=IDLE))
    containers.start(engine, "owner")
    ip = address(engine, "owner", "n")
    assert ip in run("ip", "-n", "side", "-br", "addr")
    inside = engine.state().records[BY_HAND].processes["side"]
    assert ip in run("nsenter", f"--net=/proc/{inside.pid}/ns/net", "ip", "-br", "addr")
    clear(engine)


def test_topologies_and_single_commands_share_one_state() -> None:
    engine = Engine()
    engine.up(Topology("shop", (Network("shop_front", "front"),), (box("web", "shop_front"),)))
    containers.run(engine, box("guest", "shop_front"))
    assert pings("guest", address(engine, "web", "shop_front"))
    with pytest.raises(Refused, match="active endpoints: web, guest"):
        networks.remove(engine, "shop_front")
    networks.create(engine, Network("extra"))
    networks.connect(engine, "extra", "web", Attachment("extra"))
    assert devices("web") == ["eth0", "eth1"]
    containers.stop(engine, "web", 0)
    assert nothing_to_do(engine) == []
    containers.remove(engine, "guest", force=True)
    networks.remove(engine, "extra")
    engine.down("shop")


@pytest.mark.parametrize("seed", range(8))
def test_after_any_sequence_of_commands_nothing_is_left_to_do(seed: int) -> None:
    """An edit trusts what is recorded; a full look at the kernel must agree each time."""
    chance = random.Random(seed)
    engine = Engine()
    log = []
    for _ in range(30):
        name, action = _any_command(chance, engine)
        log.append(name)
        try:
            action()
        except Refused as error:
            log[-1] += f" (refused: {error})"
        left = nothing_to_do(engine)
        assert left == [], "\n".join((*log[-5:], "still to do:", *left[:8]))
    clear(engine)


def _any_command(chance: random.Random, engine: Engine) -> tuple[str, Callable[[], object]]:
    net = chance.choice(("n1", "n2", "n3"))
    name = chance.choice(("p", "q", "r", "s"))
    where = chance.choice((net, DEFAULT_NETWORK))
    ports = (Port(80, chance.choice((8080, 8081, 0))),) if chance.random() < 0.5 else ()
    options = (("com.docker.network.bridge.enable_icc", chance.choice(("true", "false"))),)
    one = box(name, where, ports=ports)
    if chance.random() < 0.15:
        one = Container(name, mode="container", share=chance.choice("pqrs"), command=IDLE)
    made = Network(net, internal=chance.random() < 0.2, options=options)
    return chance.choice(
        (
            (f"create {net}", lambda: networks.create(engine, made)),
            (f"run {name} on {where}", lambda: containers.run(engine, one)),
            (f"run {name} on {where}", lambda: containers.run(engine, one)),
            (f"connect {net} {name}", lambda: networks.connect(engine, net, name, Attachment(net))),
            (f"disconnect {where} {name}", lambda: networks.disconnect(engine, where, name)),
            (f"stop {name}", lambda: containers.stop(engine, name, 0)),
            (f"start {name}", lambda: containers.start(engine, name)),
            (f"rm {name}", lambda: containers.remove(engine, name, chance.random() < 0.5)),
            (f"rename {name}", lambda: containers.rename(engine, name, chance.choice("pqrstu"))),
            (f"network rm {net}", lambda: networks.remove(engine, net)),
        )
    )


def wait_for(truth: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Did it become true in time?"""
    limit = time.monotonic() + seconds
    while not truth():
        if time.monotonic() > limit:
            return False
        time.sleep(0.02)
    return True


def state_of(engine: Engine, name: str) -> Container | None:
    found = [f.container for f in find.containers(engine.state()) if f.container.name == name]
    return found[0] if found else None


def test_a_command_that_ends_gives_its_sandbox_back() -> None:
    engine = Engine()
    one = Container("p", attachments=(Attachment("bridge"),), command=("sh", "-c", "exit 3"))
    containers.run(engine, one)
    assert wait_for(lambda: bool((a := state_of(engine, "p")) and a.stopped))
    a = state_of(engine, "p")
    assert a is not None
    assert a.exit_code == 3
    assert wait_for(lambda: "p" not in run("ip", "netns", "list").split())
    containers.remove(engine, "p")
    containers.run(engine, replace(one, auto_remove=True))
    assert wait_for(lambda: state_of(engine, "p") is None), "--rm"
    containers.run(engine, replace(one, command=("sleep", "1000"), auto_remove=True))
    assert not containers.restart(engine, "p").stopped, "--rm is obeyed at the end, not between"
    containers.stop(engine, "p")
    assert state_of(engine, "p") is None, "--rm"
    assert nothing_to_do(engine) == []


def test_restart_policies() -> None:
    engine = Engine()
    fails = Container("u", attachments=(Attachment("bridge"),), command=("sh", "-c", "exit 1"))
    containers.run(engine, replace(fails, restart="on-failure:2"))
    assert wait_for(
        lambda: bool(
            (f := state_of(engine, "u")) and f.stopped and f.restarts == 2 and not f.restarting
        )
    )
    time.sleep(0.5)
    f = state_of(engine, "u")
    assert f is not None
    assert (f.stopped, f.restarting, f.restarts) == (True, False, 2)
    containers.run(engine, replace(fails, name="v", restart="always"))
    assert wait_for(lambda: bool((g := state_of(engine, "v")) and g.restarts >= 2))
    containers.stop(engine, "v", 0)
    time.sleep(1)
    g = state_of(engine, "v")
    assert g is not None
    assert (g.stopped, g.restarting) == (True, False), "stopped by the user, it stays so"
    clear(engine)


def test_a_paused_container_answers_pings() -> None:
    engine = Engine()
    containers.run(engine, box("p"))
    containers.pause(engine, "p")
    assert pings("", address(engine, "p", "bridge"))
    with pytest.raises(Refused, match="already paused"):
        containers.pause(engine, "p")
    containers.unpause(engine, "p")
    assert nothing_to_do(engine) == []
    clear(engine)


def test_what_is_in_a_foreign_namespace_stays_as_it_is() -> None:
    engine = Engine()
    networks.create(engine, Network("n"))
    run("ip", "netns", "add", "hand")
    run("ip", "-n", "hand", "link", "add", "eth0", "type", "veth", "peer", "name", "other")
    run("ip", "-n", "hand", "link", "set", "eth0", "up")
    for device in ("eth0", "lo"):
        with pytest.raises(Refused, match="has an interface"):
            networks.connect(engine, "n", "ns:hand", Attachment("n", device=device))
    assert "UP" in run("ip", "-n", "hand", "link", "show", "eth0")
    networks.connect(engine, "n", "ns:hand", Attachment("n"))
    assert "eth1" in devices("hand"), "the first number that is free"
    with pytest.raises(Refused, match="Conflict"):
        containers.run(engine, box("hand"))
    containers.run(engine, box("w"))
    pid = engine.state().records[BY_HAND].processes["w"].pid
    with pytest.raises(Refused, match="the sandbox of container w"):
        networks.connect(engine, "n", f"ns:{pid}", Attachment("n"))
    with pytest.raises(Refused, match="the host's own namespace"):
        networks.connect(engine, "n", f"ns:{os.getpid()}", Attachment("n"))
    networks.disconnect(engine, "n", "ns:hand")
    assert nothing_to_do(engine) == []
    clear(engine)
    run("ip", "netns", "del", "hand")


def test_a_network_that_others_are_on_outlives_its_topology() -> None:
    engine = Engine()
    engine.up(Topology("shop", (Network("shop_front", "front"),), (box("web", "shop_front"),)))
    containers.run(engine, box("guest", "shop_front"))
    other = Topology("own", (Network("shop_front", external=True),), (box("x", "shop_front"),))
    engine.up(other)
    before = find.network(engine.state(), "shop_front").id
    assert engine.down("shop").left == ("shop_front",)
    found = find.network(engine.state(), "shop_front")
    assert (found.id, found.record and found.record.layout.name) == (before, BY_HAND)
    assert pings("guest", address(engine, "x", "shop_front"))
    assert nothing_to_do(engine) == []
    engine.down("own")
    containers.remove(engine, "guest", force=True)
    networks.remove(engine, "shop_front")


def test_from_none_to_a_network() -> None:
    engine = Engine()
    networks.create(engine, Network("n"))
    containers.run(engine, Container("w", mode="none", command=IDLE))
    with pytest.raises(Refused, match="private"):
        networks.connect(engine, "n", "w", Attachment("n"))
    networks.disconnect(engine, "none", "w")
    networks.connect(engine, "n", "w", Attachment("n"))
    assert pings("w", "172.18.0.1")
    assert nothing_to_do(engine) == []
    clear(engine)
