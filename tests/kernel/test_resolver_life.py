"""The resolver as processes: started once, served at once, never in the way, hard to kill."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dns.message
import pytest

from nsnet.kernel import marks, process
from nsnet.kernel.errors import KernelError
from nsnet.resolver import service
from tests.resolver import ADDRESS, PORT, Scene, ask, place, socket_in, sockets, texts

pytestmark = pytest.mark.usefixtures("host")

_PATIENCE = 20.0


@pytest.fixture
def scene(host: None) -> Iterator[Scene]:
    """Nothing but a state folder."""
    made = Scene()
    try:
        yield made
    finally:
        made.end()


def add(scene: Scene, name: str, number: int = 2) -> None:
    """A container on front."""
    scene.space(name)
    scene.tell(name, place("front", f"172.18.{number // 256}.{number % 256}", name))


def marked(scene: Scene) -> set[int]:
    """The processes that bear the marks of this host's resolver."""
    words = [f"NSNET_HOST={os.path.basename(scene.folder)}", "NSNET_RESOLVER=1"]
    both = [{each.pid for each, _ in marks.marked(word.encode())} for word in words]
    return both[0] & both[1]


def until(what: str, true: Callable[[], object]) -> None:
    """Wait for something."""
    limit = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < limit, f"still not: {what}"
        time.sleep(0.005)


def files(pid: int) -> list[str]:
    """What a process has open, but for what every one of ours has."""
    found = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
    return sorted(each for each in found if each.startswith(("socket", "/", "net")))


def test_it_is_started_once_and_stopped(scene: Scene) -> None:
    assert not service.alive(scene.folder)
    assert service.pids(scene.folder) == ()
    service.stop(scene.folder)
    service.start(scene.folder)
    both = service.pids(scene.folder)
    assert len(both) == 2
    service.start(scene.folder)
    assert service.pids(scene.folder) == both
    service.stop(scene.folder)
    assert not service.alive(scene.folder)
    assert sorted(os.listdir(scene.folder)) == ["names", "ports"]
    for pid in both:
        assert not process.start_time(pid) or not process.alive(pid, process.start_time(pid))


def test_of_many_who_start_it_one_wins(scene: Scene) -> None:
    command = [*service.start_command(scene.folder), "--detach"]
    started = [subprocess.Popen(command, stderr=subprocess.DEVNULL) for _ in range(5)]
    assert sorted(each.wait(_PATIENCE) for each in started) == [0, 1, 1, 1, 1]
    assert marked(scene) == {*service.pids(scene.folder)}


def test_it_takes_nothing_along(scene: Scene) -> None:
    add(scene, "web")
    with open("/dev/zero") as file:
        os.set_inheritable(file.fileno(), True)
        scene.serve("web")
    supervisor, server = service.pids(scene.folder)
    assert files(supervisor) == ["/dev/null"] * 3 + [f"{scene.folder}/resolver.lock"]
    assert "/dev/zero" not in files(server)
    for pid in (supervisor, server):
        assert os.readlink(f"/proc/{pid}/cwd") == "/"
        assert os.getsid(pid) != os.getsid(0)


def test_a_person_can_run_it_in_the_foreground(scene: Scene) -> None:
    add(scene, "web")
    running = subprocess.Popen(service.start_command(scene.folder))
    until("served", lambda: not service.await_served(scene.folder, ["web"]))
    assert texts(ask("web", "web")) == ["172.18.0.2"]
    again = subprocess.run(
        service.start_command(scene.folder), capture_output=True, text=True, check=False
    )
    assert (again.returncode, again.stderr) == (1, f"resolver: {scene.folder} has one already\n")
    running.send_signal(signal.SIGINT)
    assert running.wait(_PATIENCE) == 0
    assert not service.alive(scene.folder)


def test_what_cannot_start_says_why(scene: Scene) -> None:
    os.mkdir(f"{scene.folder}/resolver.sock")
    with pytest.raises(KernelError, match=r"cannot start the resolver: IsADirectoryError: .*sock"):
        service.start(scene.folder)
    assert not marked(scene)
    os.rmdir(f"{scene.folder}/resolver.sock")
    assert sorted(os.listdir(scene.folder)) == ["names", "ports"]


def test_it_ends_with_the_names(scene: Scene) -> None:
    add(scene, "web")
    scene.serve("web")
    subprocess.run(["rm", "-r", f"{scene.folder}/names"], check=True)
    until("ended", lambda: not service.alive(scene.folder))
    add_again = Path(f"{scene.folder}/names")
    add_again.mkdir()
    scene.tell("web", place("front", "172.18.0.2", "web"))
    scene.serve("web")
    subprocess.run(["rm", "-r", scene.folder], check=True)
    until("ended", lambda: not marked(scene))


@pytest.mark.parametrize("which", [0, 1], ids=["supervisor", "server"])
def test_killed_it_comes_back_by_itself(scene: Scene, which: int) -> None:
    for i in range(2, 12):
        add(scene, f"c{i}", i)
    scene.serve(*(f"c{i}" for i in range(2, 12)))
    ending = threading.Event()
    answered: list[float] = []

    def load(sock: socket.socket) -> None:
        query = dns.message.make_query("c3", "A").to_wire()
        sock.settimeout(0.05)
        while not ending.is_set():
            try:
                sock.sendto(query, (ADDRESS, PORT))
                sock.recv(500)
            except OSError:
                continue
            answered.append(time.monotonic())

    clients = [threading.Thread(target=load, args=[socket_in("c2", socket.SOCK_DGRAM)])]
    clients += [threading.Thread(target=load, args=[socket_in("c9", socket.SOCK_DGRAM)])]
    for each in clients:
        each.start()
    try:
        for _ in range(5):
            assert _kill_one(scene, which, answered) < 2
            assert service.await_served(scene.folder, [f"c{i}" for i in range(2, 12)], 5) == []
    finally:
        ending.set()
        for each in clients:
            each.join()
    until("no zombies", lambda: len(marked(scene)) == 2)
    supervisor, server = service.pids(scene.folder)
    assert files(supervisor) == ["/dev/null"] * 3 + [f"{scene.folder}/resolver.lock"]
    until("no connection of those who asked", lambda: sockets(server) == 21)
    service.stop(scene.folder)
    assert not marked(scene)


def _kill_one(scene: Scene, which: int, answered: list[float]) -> float:
    """Kill one of the two, and see that there are two again; seconds until the next answer."""
    victim = service.pids(scene.folder)[which]
    os.kill(victim, signal.SIGKILL)
    killed = time.monotonic()
    until("answers", lambda: answered[-1:] > [killed + 0.1])
    until("two", lambda: len({*service.pids(scene.folder)} - {victim}) == 2)
    return next(moment for moment in answered if moment > killed) - killed


def test_killed_both_it_is_started_by_the_next_command(scene: Scene) -> None:
    add(scene, "web")
    scene.serve("web")
    both = service.pids(scene.folder)
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in both:
            os.kill(pid, number)
    until("dead", lambda: not service.alive(scene.folder))
    scene.serve("web")
    assert texts(ask("web", "web")) == ["172.18.0.2"]


def test_stop_does_not_wait_for_who_does_not_listen(scene: Scene) -> None:
    service.start(scene.folder)
    both = service.pids(scene.folder)
    for pid in both:
        os.kill(pid, signal.SIGSTOP)
    service.stop(scene.folder)
    assert not marked(scene)


def test_a_namespace_that_loses_its_name_is_left_at_once(scene: Scene) -> None:
    """`ip netns delete` by hand: no file has changed."""
    scene.bridge()
    scene.space("web", "172.18.0.2")
    scene.tell("web", place("front", "172.18.0.2", "web"))
    scene.serve("web")
    assert texts(ask("web", "web")) == ["172.18.0.2"]
    assert "v1" in {name for _, name in socket.if_nameindex()}
    subprocess.run(["ip", "netns", "delete", "web"], check=True)
    until("cable gone", lambda: "v1" not in {name for _, name in socket.if_nameindex()})


def test_a_restarted_container_has_another_namespace(scene: Scene) -> None:
    add(scene, "web")
    scene.serve("web")
    for i in range(3, 6):
        subprocess.run(["ip", "netns", "delete", "web"], check=True)
        add(scene, "web", i)
        scene.serve("web")
        assert texts(ask("web", "web")) == [f"172.18.0.{i}"]


def test_another_port_is_listened_at(scene: Scene) -> None:
    add(scene, "web")
    scene.serve("web")
    scene.tell("web", place("front", "172.18.0.2", "web"), port=61054)
    scene.serve("web")
    assert ask("web", "web", timeout=0.3) is None
    assert texts(ask("web", "web", port=61054)) == ["172.18.0.2"]


def test_a_renamed_container_keeps_its_port(scene: Scene) -> None:
    add(scene, "web")
    scene.serve("web")
    Path("/run/netns/shop").touch()
    subprocess.run(["mount", "--bind", "/run/netns/web", "/run/netns/shop"], check=True)
    scene.tell("shop", place("front", "172.18.0.2", "shop"))
    assert service.await_served(scene.folder, ["shop"], 0.2) == ["shop"]  # The port is taken.
    scene.untell("web")
    assert service.await_served(scene.folder, ["shop"], 5) == []
    assert texts(ask("shop", "shop")) == ["172.18.0.2"]


def test_the_namespace_may_come_later_than_the_file(scene: Scene) -> None:
    scene.tell("web", place("front", "172.18.0.2", "web"))
    service.start(scene.folder)
    assert service.await_served(scene.folder, ["web"], 0.2) == ["web"]
    scene.space("web", lo=False)
    assert service.await_served(scene.folder, ["web"], 0.2) == ["web"]
    subprocess.run(["ip", "-n", "web", "link", "set", "lo", "up"], check=True)
    until("served", lambda: ask("web", "web", timeout=0.1))  # Nobody asks the resolver to look.
    assert texts(ask("web", "web")) == ["172.18.0.2"]


def test_asking_who_is_served(scene: Scene) -> None:
    assert service.await_served(scene.folder, ["web"], 1) == ["web"]  # There is no resolver.
    assert service.await_closed(scene.folder, ["web"], 1) == []
    assert service.await_served("/run/nsnet/nowhere", ["web"], 1) == ["web"]
    add(scene, "web")
    scene.serve("web")
    assert service.await_served(scene.folder, ["web", "db"], 0.1) == ["db"]
    assert service.await_closed(scene.folder, ["web", "db"], 0.1) == ["web"]
    scene.untell("web")
    assert service.await_closed(scene.folder, ["web", "db"], 5) == []
    assert ask("web", "web", timeout=0.3) is None


def test_a_hundred_namespaces(scene: Scene) -> None:
    names = [f"c{i}" for i in range(100)]
    for i, name in enumerate(names, 2):
        add(scene, name, i)
    scene.serve(*names)
    for i in range(0, 100, 7):
        assert texts(ask(f"c{i}", f"c{99 - i}")) == [f"172.18.0.{101 - i}"]
    assert sum(map(_proportional, service.pids(scene.folder))) < 15_000
    for name in names:
        scene.untell(name)
    assert service.await_closed(scene.folder, names, 5) == []
    server = service.pids(scene.folder)[1]
    assert sockets(server) <= 2


def _proportional(pid: int) -> int:
    """Proportional set size in kB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(next(line for line in text.splitlines() if line.startswith("Pss:")).split()[1])


def test_a_full_connection_table_turns_nobody_away(scene: Scene) -> None:
    add(scene, "web")
    scene.serve("web")
    crowd = [socket_in("web", socket.SOCK_STREAM) for _ in range(150)]
    for each in crowd:
        each.connect((ADDRESS, PORT))
    assert texts(ask("web", "web", tcp=True)) == ["172.18.0.2"]
    assert texts(ask("web", "web")) == ["172.18.0.2"]
    for each in crowd:
        each.close()
