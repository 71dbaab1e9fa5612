"""Single commands on a host from which somebody has removed something, and many at once."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from nsnet.engine import clean
from nsnet.engine.engine import Engine
from nsnet.operations import containers, find, networks
from nsnet.operations.errors import Refused
from nsnet.resolver import service
from nsnet.topology.model import BY_HAND, Attachment, Container, Network
from tests.faults.test_commands import COMMANDS, set_up
from tests.kernel.test_operations import box, clear, nothing_to_do, wait_for
from tests.support import differences, picture, run

pytestmark = pytest.mark.usefixtures("host")


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = Engine()
    empty = picture()
    yield engine
    clean.clean()
    assert not differences(empty, picture())
    assert not clean.find()


def kill_resolver(engine: Engine) -> None:
    for pid in service.pids(engine.folder):
        os.kill(pid, signal.SIGKILL)


def kill_processes(engine: Engine) -> None:
    for each in engine.state().processes().values():
        os.kill(each.pid, signal.SIGKILL)


DAMAGE: dict[str, Callable[[Engine], object]] = {
    "bridge": lambda engine: run("ip", "link", "del", "br-n"),
    "veth": lambda engine: run("ip", "link", "del", "veth-p"),
    "namespace": lambda engine: run("ip", "netns", "del", "p"),
    "other namespace": lambda engine: run("ip", "netns", "del", "q"),
    "table": lambda engine: run("nft", "delete", "table", "ip", "nsnet"),
    "element": lambda engine: run("nft", "flush", "map", "ip", "nsnet", "published"),
    "names": lambda engine: shutil.rmtree(f"{engine.folder}/names"),
    "etc": lambda engine: Path("/etc/netns/p").unlink(),
    "resolver": kill_resolver,
    "processes": kill_processes,
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_on_a_damaged_host(engine: Engine, name: str, damage: str) -> None:
    """It does what it should or is refused in a line; afterwards all can be removed."""
    set_up(engine, name)
    DAMAGE[damage](engine)
    with suppress(Refused):
        COMMANDS[name](engine)
    clear(engine)
    assert not engine.state().records


def cli(*words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "nsnet", *words]
    root = str(Path(__file__).parents[2])
    env = {**os.environ, "PYTHONPATH": root}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
    )


def results(*jobs: subprocess.Popen[str]) -> list[tuple[int, str]]:
    found = []
    for job in jobs:
        _, said = job.communicate(timeout=60)
        assert "Traceback" not in said
        assert "internal" not in said, said
        found.append((job.returncode, said))
    return found


def no_processes() -> bool:
    return not clean.find()


def test_ten_at_once(engine: Engine) -> None:
    networks.create(engine, Network("n"))
    words = ("run", "-d", "--network", "n")
    jobs = [cli(*words, "--name", f"c{n}", "--", "sleep", "1000") for n in range(10)]
    assert [code for code, _ in results(*jobs)] == [0] * 10
    found = [e.ipv4 for e in engine.state().records[BY_HAND].layout.endpoints]
    assert len(set(found)) == 10
    assert nothing_to_do(engine) == []
    assert [code for code, _ in results(*(cli("rm", "-f", f"c{n}") for n in range(10)))] == [0] * 10
    networks.remove(engine, "n")
    assert wait_for(no_processes)


@pytest.mark.parametrize("turn", range(3))
def test_the_same_name_made_and_removed_at_once(engine: Engine, turn: int) -> None:
    jobs = []
    for _ in range(5):
        jobs.append(cli("run", "-d", "--name", "same", "--", "sleep", "1000"))
        jobs.append(cli("rm", "-f", "same"))
    assert {code for code, _ in results(*jobs)} <= {0, 1, 125}
    assert nothing_to_do(engine) == []
    clear(engine)
    assert wait_for(no_processes)


@pytest.mark.parametrize("turn", range(5))
def test_a_stop_while_the_command_ends_by_itself(engine: Engine, turn: int) -> None:
    one = box("c")
    made = containers.run(engine, short_lived(one, turn))
    time.sleep(0.28 + 0.01 * turn)
    containers.stop(engine, "c", 1)
    containers.remove(engine, made.id)
    assert wait_for(no_processes)


def short_lived(one: Container, turn: int) -> Container:
    """A command that ends soon, with a policy of every kind."""
    return replace(one, command=("sleep", "0.3"), restart=("no", "always")[turn % 2])


@pytest.mark.parametrize("way", ["down", "clean", "clean without state"])
@pytest.mark.parametrize("seconds", [0.0, 0.1, 0.25, 0.6])
def test_the_end_while_restarts_wait(engine: Engine, way: str, seconds: float) -> None:
    for name in ("a", "b", "c"):
        containers.run(engine, replace(box(name), command=("sh", "-c", "exit 1"), restart="always"))
    time.sleep(seconds)
    if way == "down":
        engine.down_all()
    else:
        if way == "clean without state":
            shutil.rmtree("/run/nsnet", ignore_errors=True)
        assert not clean.clean()[1]
    assert wait_for(no_processes), clean.find()
    time.sleep(0.5)
    assert no_processes()


def test_no_double_start(engine: Engine) -> None:
    containers.create(engine, box("c"))
    assert [code for code, _ in results(*(cli("start", "c") for _ in range(5)))] == [0] * 5
    assert len(run("ip", "netns", "pids", "c").split()) == 1
    clear(engine)
    assert wait_for(no_processes)


def test_a_foreign_namespace_made_anew_is_connected_again(engine: Engine) -> None:
    networks.create(engine, Network("n"))
    run("ip", "netns", "add", "h")
    networks.connect(engine, "n", "ns:h", Attachment("n"))
    run("ip", "netns", "del", "h")
    run("ip", "netns", "add", "h")
    networks.connect(engine, "n", "ns:h", Attachment("n"))
    assert "172.18.0.2" in run("ip", "-n", "h", "-br", "address")
    assert nothing_to_do(engine) == []
    with pytest.raises(Refused, match="already exists in network n"):
        networks.connect(engine, "n", "ns:h", Attachment("n"))
    with pytest.raises(Refused, match="ns:/run/netns/h"):
        networks.remove(engine, "n")
    networks.disconnect(engine, "n", "ns:h")
    networks.remove(engine, "n")
    run("ip", "netns", "del", "h")


def test_commands_on_a_host_whose_record_is_lost(engine: Engine) -> None:
    containers.run(engine, box("c"))
    shutil.rmtree("/run/nsnet")
    with pytest.raises(Refused, match=r"record is lost.*nsnet clean"):
        containers.run(engine, box("d"))
    with pytest.raises(Refused, match=r"record is lost.*nsnet clean"):
        networks.create(engine, Network("n"))
    clean.clean()
    containers.run(engine, box("d"))
    clear(engine)


def test_a_command_that_ended_unseen(engine: Engine) -> None:
    """Whoever sees to ends was killed: every command does what it would do after an end."""
    for command in (containers.start, containers.remove, containers.stop, containers.restart):
        made = containers.run(engine, box("c"))
        clean.marks.end_named(clean.keeper_name())
        os.kill(engine.state().processes()["c"].pid, signal.SIGKILL)
        assert wait_for(lambda: not engine.state().processes()["c"].alive)
        command(engine, made.id)
        assert nothing_to_do(engine) == []
        clear(engine)


def test_a_kill_returns_when_the_sandbox_is_gone(engine: Engine) -> None:
    one = replace(box("c"), restart="always")
    containers.run(engine, one)
    containers.kill(engine, "c")
    assert "c" not in run("ip", "netns", "list").split()
    time.sleep(0.5)
    found = find.container(engine.state(), "c").container
    assert (found.stopped, found.restarting, found.exit_code) == (True, False, 137)
    clear(engine)
