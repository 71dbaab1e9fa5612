"""The Python API as programs use it: labs in sandboxes, and on the machine itself."""

from __future__ import annotations

import asyncio
import doctest
import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import nsnet
from nsnet import (
    CommandFailed,
    CommandTimeout,
    KernelError,
    Lab,
    NotFound,
    PreconditionError,
    SpawnError,
    StepFailed,
    TopologyError,
    Unreachable,
)
from nsnet.engine.engine import Engine
from nsnet.kernel.process import processes_in
from tests import support

ROOT = Path(__file__).resolve().parents[2]
_API = ROOT / "nsnet" / "api"


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """No process, mount, thread or open file outlives a test."""
    gc.collect()
    files, mounts = support.descriptors(), _mounts()
    children, threads = support.children(), threading.active_count()
    yield
    gc.collect()
    assert support.descriptors() == files
    assert support.children() == children
    assert _mounts() <= mounts  # those of others, copied with our namespace, may go with them
    assert threading.active_count() == threads


def _mounts() -> set[str]:
    return set(Path("/proc/self/mounts").read_text().splitlines())


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab("test") as made:
        yield made


def namespace(lab: Lab) -> int:
    """The inode of the network namespace that plays the lab's host."""
    return int(lab.host.exec("readlink", "/proc/self/ns/net").stdout.split("[")[1][:-2])


def within(seconds: float, true: Callable[[], object]) -> None:
    """Wait until it is so."""
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.005)


def test_two_containers_and_the_world(lab: Lab) -> None:
    front = lab.network("front", subnet="172.28.0.0/16")
    web = lab.container("web", networks=[front], ports=["8080:80"])
    db = lab.container("db", networks={"front": {"ipv4": "172.28.0.9", "aliases": ["pg"]}})
    assert repr(web) == "<Container web: not up>"
    lab.up()
    assert (web.address, db.address) == ("172.28.0.2", "172.28.0.9")
    assert (front.subnet, front.gateway, front.bridge) == (
        "172.28.0.0/16",
        "172.28.0.1",
        "br-front",
    )
    assert [plug.device for plug in web.endpoints] == ["eth0"]
    assert web.ping(db)
    assert web.ping(lab.host)
    assert lab.host.ping(db)
    assert web.ping(lab.outside)
    assert web.ping("8.8.8.8")
    assert not lab.outside.ping(web, timeout=0.2)
    assert lab.outside.get(f"http://{lab.host.address}:8080/").startswith("web 172.28.0.2:80 saw")
    assert lab.host.get("http://localhost:8080/").startswith("web 172.28.0.2:80 saw")
    assert db.get(f"tcp://{web.address}:80").startswith("web 172.28.0.2:80 saw 172.28.0.9")
    with pytest.raises(Unreachable, match=r"web cannot get http://172.28.0.9/: Connection refused"):
        web.get(f"http://{db.address}/")


def test_networks_keep_apart(lab: Lab) -> None:
    front, back = lab.network("front"), lab.network("back", internal=True)
    quiet = lab.network("quiet", icc=False)
    web = lab.container("web", networks=[front, back])
    db = lab.container("db", networks="back")
    other = lab.container("other", networks=front)
    one, two = lab.container("one", quiet), lab.container("two", quiet)
    lab.up()
    assert web.ping(db)
    assert web.ping(other)
    assert not other.ping(db, timeout=0.2)
    assert not db.ping("8.8.8.8", timeout=0.2)
    assert not one.ping(two, timeout=0.2)
    assert one.ping("8.8.8.8")


def test_both_families(lab: Lab) -> None:
    lab.network("six", ipv6="fd00:30::/64")
    web = lab.container("web", networks="six", ports=["80:80"])
    db = lab.container("db", networks={"six": {"ipv6": "fd00:30::9"}})
    lab.up()
    assert web.ping("fd00:30::9")
    assert "saw [fd00:30::9]" in db.get(f"http://[{web.endpoints[0].ipv6}]/")


def test_modes(lab: Lab) -> None:
    web = lab.container("web", expose=80)
    side = lab.container("side", mode="container:web")
    alone = lab.container("alone", mode="none")
    on_host = lab.container("on-host", mode="host", ports="9090:9090")
    lab.up()
    assert side.address == web.address
    assert side.get("http://localhost/").startswith("web 127.0.0.1:80 saw")
    assert alone.address == ""
    assert [line.split()[0] for line in alone.exec("ip", "-br", "link").stdout.splitlines()] == [
        "lo"
    ]
    assert not alone.ping(web, timeout=0.2)
    with pytest.raises(KernelError, match="web cannot reach alone: it has no address"):
        web.ping(alone)
    assert on_host.address == lab.host.address
    assert web.get("http://172.17.0.1:9090/").startswith("on-host 172.17.0.1:9090 saw 172.17.0.2")
    assert web.ping(on_host)


def test_what_a_container_is_told(lab: Lab) -> None:
    db = lab.container("db", command="sleep 1000")
    web = lab.container(
        "web",
        links=["db:database"],
        hostname="www.example",
        dns="9.9.9.9",
        extra_hosts={"far": "192.0.2.7"},
        sysctls={"net.ipv4.ip_forward": 1},
        environment={"COLOUR": "green"},
    )
    lab.up()
    hosts = web.exec("cat", "/etc/hosts").stdout
    assert f"{db.address}\tdatabase db" in hosts
    assert "192.0.2.7\tfar" in hosts
    assert web.exec("cat", "/etc/resolv.conf").stdout == "nameserver 9.9.9.9\n"
    assert web.exec("hostname").stdout == "www.example\n"
    assert web.exec("sysctl", "-n", "net.ipv4.ip_forward").stdout == "1\n"
    assert web.exec("sh", "-c", "echo $COLOUR $NSNET_CONTAINER").stdout == "green web\n"
    assert db.exec("cat", "/proc/1/cmdline").stdout == "sleep\x001000\0"


def test_a_port_of_the_hosts_choice(lab: Lab) -> None:
    web = lab.container("web", ports=[80, "127.0.0.1:8080:80"])
    lab.up()
    first, by_ipv6, second = web.ports
    assert first.number == by_ipv6.number >= 32768
    assert str(by_ipv6) == f"[::]:{first.number}->80/tcp"
    assert str(second) == "127.0.0.1:8080->80/tcp"
    assert lab.host.get(f"http://127.0.0.1:{first.number}/").startswith("web")
    with pytest.raises(Unreachable):
        lab.outside.get("http://203.0.113.2:8080/", timeout=0.2)


def test_up_changes_what_has_changed(lab: Lab) -> None:
    front = lab.network("front")
    web, db = lab.container("web", front), lab.container("db", front)
    lab.up()
    assert lab.plan() == ()
    assert str(lab.plan()) == "(no commands)"
    number = web.exec("readlink", "/proc/self/ns/net").stdout
    cache = lab.container("cache", front)
    lab.remove(db)
    with pytest.raises(NotFound, match=r"container cache is not up: call lab.up\(\) first"):
        cache.exec("true")
    with pytest.raises(TopologyError, match="network front: it has containers on it: remove web"):
        lab.remove(front)
    assert {command.sign for command in lab.plan()} == {"+", "-"}
    lab.up()
    assert web.exec("readlink", "/proc/self/ns/net").stdout == number
    assert web.ping(cache)
    with pytest.raises(NotFound, match="container db is not up"):
        _ = db.address
    assert list(lab.containers) == ["web", "cache"]


def test_down_and_up_again(lab: Lab) -> None:
    lab.down()
    web = lab.container("web", ports="8080:80")
    lab.up()
    address = web.address
    links = lab.host.exec("ip", "-br", "link").stdout
    lab.down()
    lab.down()
    assert "veth" not in lab.host.exec("ip", "-br", "link").stdout
    with pytest.raises(NotFound):
        _ = web.address
    lab.up()
    assert (web.address, lab.host.ping(web)) == (address, True)
    assert len(lab.host.exec("ip", "-br", "link").stdout.split()) == len(links.split())
    lab.close()
    assert repr(lab) == "<Lab test: 1 container, 0 networks, not up>"
    lab.up()
    assert lab.host.ping(web)


def test_the_commands_can_be_read_and_typed(lab: Lab) -> None:
    web = lab.container("web", ports="8080:80")
    planned = [command.text for command in lab.plan()]
    lab.up()
    commands, script = lab.commands(), lab.script()
    assert [command.text for command in commands] == planned
    assert all(command.why and command.title for command in commands)
    assert "Namespaces: a network stack of its own for every container\n" in str(commands)
    assert "\n  ip netns add web\n" in str(commands)
    lab.down()
    assert lab.commands() == commands
    assert lab.host.exec("sh", "-e", input=script, check=True)
    within(5, lambda: not lab.plan())  # a script does not wait for what it starts
    lab.up()
    within(5, lambda: web.exec("ss", "-Hltn").stdout)
    assert lab.host.get("http://127.0.0.1:8080/").startswith(f"web {web.address}")


# --- commands


def test_a_command_and_what_it_leaves(lab: Lab) -> None:
    web = lab.container("web")
    lab.up()
    done = web.exec("sh", "-c", "echo out; echo err >&2; exit 3")
    assert (done.stdout, done.stderr, done.status, bool(done)) == ("out\n", "err\n", 3, False)
    assert str(done) == "out\nerr\n"
    assert web.exec("sh", "-c", "kill -9 $$").status == 137
    assert web.exec("cat", input="grüße").stdout == "grüße"
    assert web.exec("cat", input=b"\xff\0", text=False).stdout == b"\xff\0"
    assert web.exec("pwd", cwd="/tmp").stdout == "/tmp\n"
    assert web.exec("sh", "-c", "echo $WORD", env={"WORD": "x"}).stdout == "x\n"
    big = web.exec("sh", "-c", "head -c 3000000 /dev/zero; cat >&2", input=b"y" * 2_000_000)
    assert (len(big.stdout), len(big.stderr)) == (3_000_000, 2_000_000)


def test_commands_that_fail(lab: Lab) -> None:
    web = lab.container("web", command=["sleep", "1000"])
    lab.up()
    with pytest.raises(CommandFailed, match="web: `ip link show eth7` failed with status 1") as it:
        web.exec("ip", "link", "show", "eth7", check=True)
    assert (it.value.status, it.value.stdout) == (1, "")
    assert "eth7" in it.value.stderr
    with pytest.raises(SpawnError, match="cannot run no-such: there is no such command") as no:
        web.exec("no-such")
    assert no.value.exit_code == 127
    with pytest.raises(SpawnError, match="cannot enter directory /nowhere"):
        web.exec("true", cwd="/nowhere")
    assert web.exec("true")


@pytest.mark.parametrize("command", [None, ["sleep", "1000"]])
def test_a_command_that_takes_too_long(lab: Lab, command: list[str] | None) -> None:
    web = lab.container("web", command=command)
    lab.up()
    before = len(processes_in(inode := network_of(web)))
    with pytest.raises(CommandTimeout, match=r"took longer than 0.2 s") as late:
        web.exec("sh", "-c", "echo begun; sleep 1000 & sleep 1000", timeout=0.2)
    assert late.value.completed.stdout == "begun\n"
    assert late.value.exit_code == 124
    within(5, lambda: len(processes_in(inode)) == before)


def network_of(place: Any) -> int:
    """The inode of its network namespace."""
    return int(place.exec("readlink", "/proc/self/ns/net").stdout.split("[")[1][:-2])


def test_a_command_in_the_background_holds_nobody_up(lab: Lab) -> None:
    began = time.monotonic()
    assert lab.host.exec("sh", "-c", "sleep 1000 & echo here").stdout == "here\n"
    assert time.monotonic() - began < 5


# --- errors


def test_errors_arrive_as_they_were_raised(lab: Lab) -> None:
    lab.network("one", subnet="172.30.0.0/16")
    lab.network("two", subnet="172.30.5.0/24")
    lab.container("a", {"one": {"ipv4": "172.30.0.1"}})
    with pytest.raises(TopologyError, match=r"subnet 172.30.5.0/24 overlaps") as wrong:
        lab.up()
    assert len(wrong.value.problems) >= 1
    assert wrong.value.exit_code == 2
    lab.remove(lab["a"])
    lab.remove(lab.networks["two"])
    lab.up()


def test_a_refused_step_changes_nothing(lab: Lab) -> None:
    web = lab.container("web")
    lab.up()
    before = lab.host.exec("ip", "-br", "link").stdout
    bad = lab.container("bad", sysctls={"net.ipv4.no_such_thing": "1"})
    with pytest.raises(StepFailed, match=r"^cannot .*no_such_thing") as refused:
        lab.up()
    assert "no_such_thing" in refused.value.step.text
    assert lab.host.exec("ip", "-br", "link").stdout == before
    assert lab.host.ping(web)
    lab.remove(bad)
    assert lab.plan() == ()


def test_a_port_that_a_program_has_already() -> None:
    with Lab() as lab:
        lab.container("web", ports="8080:80")
        with lab._machine.socket("", 2, 1) as sock:
            sock.bind(("0.0.0.0", 8080))
            sock.listen()
            with pytest.raises(TopologyError, match=r"port 0.0.0.0:8080/tcp is already allocated"):
                lab.up()
        lab.up()


@pytest.mark.parametrize(
    ("describe", "problem"),
    [
        (lambda lab: lab.container("-x"), 'container name "-x": use letters'),
        (lambda lab: lab.container("web"), "container web: this lab has one of that name"),
        (lambda lab: lab.network("front"), "network front: this lab has one of that name"),
        (lambda lab: lab.network("bridge"), '"bridge" is Docker\'s own'),
        (lambda lab: lab.network("n", driver="brige"), "did you mean bridge?"),
        (lambda lab: lab.network("n", subnet="172.30.0.0"), "is no network: write one like"),
        (lambda lab: lab.network("n", subnet="172.30.0.0/31"), "holds no container"),
        (lambda lab: lab.network("n", gateway="172.30.0.1"), "without subnet"),
        (
            lambda lab: lab.network("n", subnet="172.30.0.0/16", gateway="172.31.0.1"),
            'gateway "172.31.0.1" is outside 172.30.0.0/16',
        ),
        (lambda lab: lab.container("c", "frnt"), 'no network "frnt" in this lab: did you mean fro'),
        (lambda lab: lab.container("c", ports="x:80"), 'port "x" is not a number'),
        (lambda lab: lab.container("c", mode="hots"), 'mode "hots" is not known'),
        (lambda lab: lab.container("c", mode="container:wbe"), "did you mean web?"),
        (lambda lab: lab.container("c", "front", mode="none"), "mode none and networks"),
        (lambda lab: lab.container("c", mode="container:web", ports="80"), "ports conflicts with"),
        (lambda lab: lab.container("c", links=["dv"]), 'no container "dv"'),
        (lambda lab: lab.container("c", dns="nine"), 'dns "nine" is no IP address'),
        (lambda lab: lab.container("c", hostname="a b"), 'hostname "a b": write one word'),
        (lambda lab: lab.container("c", {"front": {"ip": "1"}}), '"ip" is not known: did you mean'),
        (
            lambda lab: lab.container("c", {"front": {"ipv4": "172.30.0.9"}}),
            "the network has no subnet of its own",
        ),
        (lambda lab: lab.container("c", {"bridge": {"aliases": ["x"]}}), "knows no aliases"),
        (lambda lab: lab.container("c", {"front": {"mac": "03:00"}}), "write one like 02:42"),
        (lambda lab: Lab("Big Shop"), 'lab name "Big Shop": use small letters'),
    ],
)
def test_what_cannot_be_is_said_at_once(describe: Any, problem: str) -> None:
    lab = Lab()
    lab.network("front")
    lab.container("web")
    with pytest.raises(TopologyError) as wrong:
        describe(lab)
    assert problem in str(wrong.value)
    assert "\n" not in str(wrong.value)
    assert (list(lab.networks), list(lab.containers)) == (["front"], ["web"])


def test_labs_do_not_mix(lab: Lab) -> None:
    other = Lab("other")
    front, web = other.network("front"), other.container("web")
    with pytest.raises(TopologyError, match="front is of another lab: add one to lab test"):
        lab.container("x", networks=[front])
    with pytest.raises(TopologyError, match="web is of another lab"):
        lab.remove(web)
    with pytest.raises(KernelError, match="host cannot reach web: it is of another lab"):
        lab.host.ping(web)


def test_before_up_there_is_nothing(lab: Lab) -> None:
    front, web = lab.network("front"), lab.container("web")
    for ask in (lambda: web.address, lambda: front.subnet, lambda: web.exec("true")):
        with pytest.raises(NotFound, match=r"is not up: call lab.up\(\) first"):
            ask()


# --- whoever uses it, and however they end


def test_inside_a_running_event_loop() -> None:
    async def cell() -> bool:
        with Lab() as lab:
            web, db = lab.container("web"), lab.container("db")
            lab.up()
            answers = await asyncio.gather(
                *(asyncio.to_thread(web.ping, db) for _ in range(4)),
                asyncio.to_thread(db.exec, "true"),
            )
            return web.ping(db) and all(answers)

    assert asyncio.run(cell())


def test_many_threads_at_once(lab: Lab) -> None:
    web, db = lab.container("web", expose=80), lab.container("db")
    lab.up()
    with ThreadPoolExecutor(8) as pool:
        echoes = pool.map(lambda n: web.exec("echo", str(n)).stdout, range(24))
        pings = pool.map(lambda _: db.ping(web), range(24))
        pages = pool.map(lambda _: db.get(f"http://{web.address}/"), range(24))
        assert list(echoes) == [f"{n}\n" for n in range(24)]
        assert all(pings)
        assert all(page.startswith("web ") for page in pages)


def test_a_waiting_command_does_not_hold_up_the_others(lab: Lab) -> None:
    web, db = lab.container("web"), lab.container("db")
    lab.up()
    with ThreadPoolExecutor(1) as pool:
        script = "read line; echo got $line"
        waiting = pool.submit(web.exec, "sh", "-c", f"mkfifo /run/f; ({script}) </run/f")
        assert db.exec("sh", "-c", "until [ -p /run/f ]; do sleep 0.01; done; echo hi >/run/f")
        assert waiting.result(10).stdout == "got hi\n"


def test_labs_side_by_side() -> None:
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(_one_of_many, range(4))) == ["172.17.0.2"] * 4


def _one_of_many(number: int) -> str:
    with Lab("same") as lab:
        web = lab.container("web", ports="8080:80")
        lab.up()
        assert lab.host.get("http://127.0.0.1:8080/")
        return web.address


def test_an_exception_takes_it_down() -> None:
    lab = Lab()
    with pytest.raises(ZeroDivisionError), lab:
        _up_and_divide(lab, 0)
    assert repr(lab) == "<Lab lab: 1 container, 0 networks, not up>"
    with lab:
        lab.remove(lab["web"])
        assert (number := _up_and_divide(lab, 1))
    assert not processes_in(number)


def _up_and_divide(lab: Lab, by: int) -> int:
    lab.container("web", command="sleep 1000")
    lab.up()
    assert processes_in(namespace(lab))
    return namespace(lab) // by


def test_a_forgotten_lab_is_gone() -> None:
    lab = Lab()
    lab.container("web", command="sleep 1000")
    lab.up()
    inode = namespace(lab)
    del lab
    gc.collect()
    assert not processes_in(inode)


def test_a_helper_that_was_killed(lab: Lab) -> None:
    web = lab.container("web")
    lab.up()
    for command in ("kill -9 $PPID", "true"):
        with pytest.raises(KernelError, match="cannot reach the sandbox: its process has ended"):
            lab.host.exec("sh", "-c", command)
    lab.close()
    lab.up()
    assert web.exec("true")


def test_closing_ends_what_other_threads_wait_for(lab: Lab) -> None:
    web = lab.container("web")
    lab.up()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(web.exec, "sh", "-c", "touch /run/begun; sleep 1000")
        within(5, lambda: lab.host.exec("test", "-e", "/run/begun"))
        lab.close()
        with pytest.raises(KernelError, match="it has been closed"):
            waiting.result(10)


def program(text: str) -> subprocess.Popen[str]:
    """Another Python program that uses the API."""
    paths = ":".join([os.getcwd(), *sys.path])
    return subprocess.Popen(
        [sys.executable, "-c", text],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
    )


_UP = """
from nsnet import Lab
lab = Lab()
web = lab.container("web", command="sleep 1000", ports=["8080:80"])
lab.up()
print(lab.host.exec("readlink", "/proc/self/ns/net").stdout.split("[")[1][:-2], flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_outlives_a_killed_program(number: int) -> None:
    with program(_UP + "web.exec('sleep', '1000')") as victim:
        assert victim.stdout is not None
        inode = int(victim.stdout.readline())
        time.sleep(0.05)
        victim.send_signal(number)
    within(5, lambda: not processes_in(inode))


def test_a_program_that_just_ends() -> None:
    with program(_UP) as done:
        assert done.stdout is not None
        inode = int(done.stdout.readline())
    assert done.returncode == 0
    assert not processes_in(inode)


_INTERRUPTED = """
def many(number):
    for each in range(number):
        lab.container(f"c{{each}}")
try:
    print("now", flush=True)
    {long}
    print("not interrupted")
except KeyboardInterrupt:
    assert web.exec("echo", "still here").stdout == "still here\\n"
    assert {after}
    print("fine")
"""


@pytest.mark.parametrize(
    ("long", "after"),
    [
        ("web.exec('sleep', '1000')", "'1000' not in lab.host.exec('ps', '-Ao', 'args').stdout"),
        ("many(400); lab.up()", "lab.host.exec('ip', 'netns').stdout.count('c') <= 1"),
        ("web.get('tcp://192.0.2.1:9', timeout=60)", "True"),
    ],
)
def test_ctrl_c_during_a_call(long: str, after: str) -> None:
    text = _UP.replace("sleep 1000", "sleep 2000") + _INTERRUPTED.format(long=long, after=after)
    with program(text) as run:
        assert run.stdout is not None
        assert int(run.stdout.readline())
        assert run.stdout.readline() == "now\n"
        time.sleep(0.3)
        run.send_signal(signal.SIGINT)
        assert run.stdout.read() == "fine\n"
    assert run.returncode == 0


def test_the_examples() -> None:
    """Those of every docstring, and those of the manual."""
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    finder = doctest.DocTestFinder()
    files = (each.relative_to(ROOT).with_suffix("") for each in _API.rglob("*.py"))
    modules = [nsnet, *(import_module(".".join(each.parts)) for each in files)]
    names = {name: getattr(nsnet, name) for name in nsnet.__all__}
    for module in modules:
        for test in finder.find(module, globs={**vars(module), **names}):
            runner.run(test)
    manual = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    runner.run(doctest.DocTestParser().get_doctest(manual, {}, "api.md", "docs/api.md", 0))
    assert runner.tries > 30
    assert not runner.failures


def test_every_public_name_has_an_example_or_is_shown_in_one() -> None:
    for name in nsnet.__all__:
        thing = getattr(nsnet, name)
        if getattr(thing, "__module__", "").startswith("nsnet.api"):
            assert ">>>" in thing.__doc__, name


def test_every_public_method_is_told_of_with_an_example() -> None:
    kinds = [getattr(nsnet, name) for name in nsnet.__all__]
    for kind in [each for one in kinds if isinstance(one, type) for each in one.__mro__]:
        for name, thing in vars(kind).items():
            if name.startswith("_") or not kind.__module__.startswith("nsnet.api"):
                continue
            method = getattr(thing, "__func__", thing)
            if callable(method):
                assert ">>>" in (method.__doc__ or ""), f"{kind.__name__}.{name}"
            elif isinstance(thing, property):
                assert thing.__doc__, f"{kind.__name__}.{name}"


def test_what_an_import_costs() -> None:
    text = """
import sys, nsnet
assert not [name for name in sys.modules if name.startswith("nsnet.") and "_version" not in name]
from nsnet import Lab
with Lab() as lab:
    web = lab.container("web")
    lab.up()
    web.exec("true")
assert not {"pyroute2", "nftables", "yaml", "click", "dataclasses"} & set(sys.modules)
try:
    nsnet.no_such
except AttributeError as error:
    print(error, "Lab" in dir(nsnet))
"""
    with program(text) as run:
        assert run.stdout is not None
        assert run.stdout.read() == "module 'nsnet' has no attribute 'no_such' True\n"


# --- from files, and on the machine itself


def test_a_demo() -> None:
    with Lab.from_compose("bridge-demo") as lab:
        assert [each.name for each in lab] == ["alpine1", "alpine2", "web"]
        lab.up()
        assert lab["alpine1"].ping(lab["alpine2"])
        assert lab["alpine1"].get(f"http://{lab['web'].address}/").startswith("web")


def test_a_compose_file(tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text("name: shop\nservices: {web: {networks: [front]}}\nnetworks: {front: {}}\n")
    for what in (file, str(file), tmp_path):
        with Lab.from_compose(what) as lab:
            lab.up()
            assert lab["web"] is lab.containers["shop-web-1"]
            assert lab.networks["front"].name == "shop_front"
    with Lab.from_compose(file, scale={"web": 2}) as lab:
        late = lab.container("late", networks="front")
        lab.up()
        assert late.ping(lab["shop-web-2"])
        with pytest.raises(NotFound, match="no container web in this lab"):
            _ = lab["web"]
    file.write_text("services: {web: {netwroks: [front]}}")
    with pytest.raises(TopologyError, match=r"compose.yaml:1: .*did you mean .networks"):
        Lab.from_compose(file)
    with pytest.raises(NotFound, match="bridge-dmo is neither a demo nor a file: did you mean"):
        Lab.from_compose("bridge-dmo")


@pytest.mark.usefixtures("host")
def test_on_the_machine_itself() -> None:
    with Lab("shop", host=True) as lab:
        web = lab.container("web", ports="8080:80", command="sleep 1000")
        lab.up()
        assert support.pings("", web.address)
        assert list(Engine().state().records) == ["shop"]
        with pytest.raises(NotFound, match="no simulated outside machine"):
            _ = lab.outside
        with Lab.attach("shop") as same:
            assert same["web"].ping(same.host)
            assert same.plan() == ()
        assert support.pings("", web.address)
    assert not Engine().state().records
    with pytest.raises(NotFound, match="no topology shop is up"):
        Lab.attach("shop")


@pytest.mark.usefixtures("host")
def test_on_the_machine_a_killed_program_leaves_what_down_takes() -> None:
    with program(_UP.replace("Lab()", "Lab(host=True)")) as done:
        assert done.wait(20) == 0
    assert list(Engine().state().records) == ["lab"]
    Engine().down("lab")


def test_without_rights(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise PreconditionError("no")

    monkeypatch.setattr("nsnet.api.rights.require_rights", refuse)
    with pytest.raises(
        PreconditionError, match="run the program with sudo, or leave host=True out"
    ):
        Lab(host=True)
