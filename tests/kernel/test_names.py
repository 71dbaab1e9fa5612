"""Names as a program in a container sees them: its files under /etc, and who answers it."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from nsnet.engine import clean
from nsnet.engine.engine import Engine
from nsnet.kernel.hostid import host_id
from nsnet.plan.steps.resolver import StartResolver
from nsnet.resolver import service
from nsnet.topology.model import Attachment, Container, Link, Network, Topology
from tests.support import differences, fresh_host, picture, run, status

pytestmark = pytest.mark.usefixtures("host")

PREAMBLE = """\
127.0.0.1	localhost
::1	localhost ip6-localhost ip6-loopback
fe00::0	ip6-localnet
ff00::0	ip6-mcastprefix
ff02::1	ip6-allnodes
ff02::2	ip6-allrouters
"""
SLEEP = ("sleep", "1000")


def shop(*more: Container, **web: object) -> Topology:
    """web and db on the network front, and `more`."""
    containers = (
        Container("web", attachments=(Attachment("front", aliases=("www",)),), **web),  # type: ignore[arg-type]
        Container("db", attachments=(Attachment("front"),)),
        *more,
    )
    return Topology("shop", (Network("bridge"), Network("front")), containers)


def on(*networks: str) -> tuple[Attachment, ...]:
    return tuple(Attachment(network) for network in networks)


def linked(db: str = "", **app: object) -> Topology:
    """app, which is linked to db as database, both on the default bridge."""
    containers = (
        Container(
            "db",
            attachments=(Attachment("bridge", ipv4=db),),
            expose=((5432, "tcp"),),
            environment=(("SECRET", "x"), ("PATH", "/no")),
        ),
        Container(
            "app",
            attachments=on("bridge"),
            links=(Link("db", "database"),),
            command=SLEEP,
            **app,  # type: ignore[arg-type]
        ),
    )
    return Topology("links", (Network("bridge"),), containers)


def inside(name: str, *command: str) -> str:
    return run("ip", "netns", "exec", name, *command)


def etc(name: str, file: str) -> str:
    """What a command typed by hand finds there."""
    return inside(name, "cat", f"/etc/{file}")


def mounted(name: str, file: str) -> str:
    """What the container's own process finds there."""
    pid = Engine().state().processes()[name].pid
    return Path(f"/proc/{pid}/root/etc/{file}").read_text()


def variables(name: str) -> dict[str, str]:
    """What the container's process was started with."""
    pid = Engine().state().processes()[name].pid
    words = Path(f"/proc/{pid}/environ").read_text().split("\0")
    return dict(word.split("=", 1) for word in words if "=" in word)


def told(name: str) -> dict[str, object]:
    """What the resolver learns of a container."""
    found: dict[str, object] = json.loads(
        Path(f"/run/nsnet/{host_id()}/names/{name}.json").read_text()
    )
    return found


ASK = """
import sys, dns.message, dns.query
name, how = sys.argv[1:]
ask = dns.query.tcp if how == "tcp" else dns.query.udp
answer = ask(dns.message.make_query(name, "A"), "127.0.0.11", timeout=5)
print(*(item.address for rrset in answer.answer for item in rrset))
"""


def ask(caller: str, name: str, how: str = "udp") -> list[str]:
    """The addresses that an independent DNS client gets from 127.0.0.11."""
    return inside(caller, sys.executable, "-c", ASK, name, how).split()


def address(caller: str, name: str) -> str:
    """The address that the C library finds in a command typed by hand; "" if none (nobody
    answers for what the resolver does not know: there is no upstream server here)."""
    hasty = ("env", "RES_OPTIONS=timeout:1 attempts:1")
    found = run("ip", "netns", "exec", caller, *hasty, "getent", "ahostsv4", name, check=False)
    return found.split()[0] if found else ""


# --- asking


def test_names_work_in_commands_typed_by_hand() -> None:
    engine = Engine()
    engine.up(shop())
    assert inside("web", "getent", "hosts", "db").split() == ["172.18.0.3", "db"]
    assert address("db", "www") == "172.18.0.2"
    assert address("db", "web.front") == "172.18.0.2"
    assert address("db", "nobody") == ""
    engine.down("shop")


def test_names_work_in_nsnet_exec() -> None:
    engine = Engine()
    engine.up(shop(command=SLEEP))
    for caller, name, wanted in (("web", "db", "172.18.0.3"), ("db", "web", "172.18.0.2")):
        command = (sys.executable, "-m", "nsnet", "exec", caller, "getent", "hosts", name)
        assert run(*command).split() == [wanted, name]
    engine.down("shop")


@pytest.mark.parametrize("how", ["udp", "tcp"])
def test_the_way_to_the_resolver(how: str) -> None:
    engine = Engine()
    engine.up(shop())
    assert ask("web", "db", how) == ["172.18.0.3"]
    assert ask("db", "WWW", how) == ["172.18.0.2"]
    engine.down("shop")


def test_port_53_is_free_for_the_containers_own_programs() -> None:
    engine = Engine()
    engine.up(shop())
    bind = "import socket; socket.socket(2, 2).bind(('0.0.0.0', 53))"
    inside("web", sys.executable, "-c", bind)
    engine.down("shop")


def test_a_command_can_ask_at_once() -> None:
    """Its sockets are open before it starts, be the resolver new or not."""
    engine = Engine()
    command = ("sh", "-c", "getent hosts db; sleep 1000")
    engine.up(shop(command=command))
    later = Container("late", attachments=on("front"), command=command)
    engine.up(shop(later, command=command))
    for name in ("web", "late"):
        log = Path(f"/run/nsnet/{host_id()}/log/{name}.log")
        eventually(lambda log=log: log.read_text().split() == ["172.18.0.3", "db"])
    engine.down("shop")


@contextmanager
def slow_resolver() -> Iterator[threading.Event]:
    """The resolver does nothing for a moment; the event is set when it goes on."""
    goes_on = threading.Event()
    pids = service.pids(Engine().folder)

    def resume() -> None:
        goes_on.set()
        for pid in pids:
            os.kill(pid, signal.SIGCONT)

    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    timer = threading.Timer(0.5, resume)
    timer.start()
    yield goes_on
    timer.join()


def test_a_plan_goes_on_when_the_resolver_has_followed() -> None:
    """Or a new command would ask in vain, and a namespace stay for a socket in it."""
    engine = Engine()
    engine.up(shop())
    command = ("sh", "-c", "getent hosts db; sleep 1000")
    with slow_resolver() as goes_on:
        engine.up(shop(Container("late", attachments=on("front"), command=command)))
        assert goes_on.is_set()
    log = Path(f"{engine.folder}/log/late.log")
    eventually(lambda: log.read_text().split() == ["172.18.0.3", "db"])
    with slow_resolver() as goes_on:
        engine.up(shop())
        assert goes_on.is_set()
    engine.down("shop")


def eventually(true: Callable[[], bool]) -> None:
    limit = time.monotonic() + 10
    while not true() and time.monotonic() < limit:
        time.sleep(0.02)
    assert true()


def test_one_resolver_serves_all_topologies_and_ends_with_the_last() -> None:
    engine = Engine()
    folder = engine.folder
    engine.up(Topology("plain", (Network("bridge"),), (Container("p", attachments=on("bridge")),)))
    assert not service.alive(folder)
    engine.up(shop())
    pids = service.pids(folder)
    other = Container("other", attachments=on("back"))
    engine.up(Topology("second", (Network("back"),), (other,)))
    assert service.pids(folder) == pids
    assert address("other", "other") == "172.19.0.2"
    assert address("other", "web") == ""
    engine.down("shop")
    assert service.pids(folder) == pids
    engine.down("second")
    assert not service.alive(folder)
    engine.down("plain")


def test_a_killed_resolver_is_started_by_the_next_up() -> None:
    engine = Engine()
    engine.up(shop())
    pids = service.pids(engine.folder)
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in pids:
            os.kill(pid, number)
    eventually(lambda: not service.alive(engine.folder))
    engine.up(shop())
    assert address("web", "db") == "172.18.0.3"
    engine.down("shop")


def test_clean_ends_a_resolver_whose_state_is_lost() -> None:
    engine = Engine()
    engine.up(shop())
    pids = service.pids(engine.folder)
    assert len(pids) == 2
    Path(engine.folder, "state.json").unlink()
    for name in os.listdir(engine.folder):
        if not os.path.isdir(f"{engine.folder}/{name}"):
            Path(engine.folder, name).unlink()
    _, failures = clean.clean()
    assert not failures
    for pid in pids:
        assert not Path(f"/proc/{pid}/cmdline").exists() or not _command(pid)


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


def test_the_commands_of_the_resolver_start_and_end_it() -> None:
    engine = Engine()
    engine.up(shop())
    resolver = StartResolver(engine.folder)
    before = service.pids(engine.folder)
    for command in resolver.undo_commands():
        run(*command)
    eventually(lambda: not service.alive(engine.folder))
    for command in resolver.commands():
        run(*command)
    assert service.pids(engine.folder) not in ((), before)
    assert address("web", "db") == "172.18.0.3"
    assert not engine.up(shop()).changes
    engine.down("shop")


# --- change


def test_a_new_container_is_known_at_once_and_a_stopped_one_no_more() -> None:
    engine = Engine()
    engine.up(shop())
    new = Container("new", attachments=on("front"), command=SLEEP)
    engine.up(shop(new))
    assert address("web", "new") == "172.18.0.4"
    engine.up(shop(replace(new, stopped=True)))
    assert address("web", "new") == ""
    assert not Path(f"{engine.folder}/etc/new").exists()
    assert not os.path.lexists("/etc/netns/new")
    engine.up(shop(new))
    assert address("web", "new") == "172.18.0.4"
    assert address("new", "web") == "172.18.0.2"
    engine.down("shop")


def test_a_namespace_that_was_deleted_is_served_again() -> None:
    engine = Engine()
    engine.up(shop())
    run("ip", "netns", "delete", "web")
    engine.up(shop())
    assert address("web", "db") == "172.18.0.3"
    engine.down("shop")


def test_nothing_of_the_resolver_keeps_a_namespace_alive() -> None:
    engine = Engine()
    engine.up(shop(Container("new", attachments=on("front"))))
    inode = os.stat("/run/netns/new").st_ino
    pids = service.pids(engine.folder)
    engine.up(shop())
    held = [os.readlink(f"/proc/{p}/fd/{fd}") for p in pids for fd in os.listdir(f"/proc/{p}/fd")]
    assert f"net:[{inode}]" not in held
    assert "new" not in service.await_served(engine.folder, ["web", "db"], 0)
    assert service.await_closed(engine.folder, ["new"], 0) == []
    engine.down("shop")


@pytest.mark.parametrize(
    "harm",
    [
        "nft delete table ip nsnet-dns",
        "nft flush chain ip nsnet-dns output",
        "nft insert rule ip nsnet-dns output udp dport 53 drop",
    ],
)
def test_a_harmed_redirection_is_repaired(harm: str) -> None:
    engine = Engine()
    engine.up(shop())
    before = picture()
    inside("web", "sh", "-c", harm.replace("nft ", "nft '", 1) + "'")
    assert differences(before, picture())
    assert engine.up(shop()).changes
    assert not differences(before, picture())
    assert not engine.up(shop()).changes
    engine.down("shop")


# --- files


def test_files_of_a_container_on_a_network_of_its_own() -> None:
    engine = Engine()
    engine.up(shop(command=SLEEP))
    for read in (etc, mounted):
        assert read("web", "hosts") == PREAMBLE + "172.18.0.2\tweb\n"
        assert read("web", "resolv.conf") == "nameserver 127.0.0.11\noptions ndots:0\n"
        assert read("web", "hostname") == "web\n"
    engine.down("shop")


def test_a_running_process_sees_its_files_change() -> None:
    engine = Engine()
    both = Container("both", attachments=on("bridge"), command=SLEEP)
    engine.up(shop(both))
    process = engine.state().processes()["both"]
    assert mounted("both", "hosts") == PREAMBLE + "172.17.0.2\tboth\n"
    engine.up(shop(replace(both, attachments=on("bridge", "front"))))
    assert engine.state().processes()["both"] == process
    for read in (etc, mounted):
        assert read("both", "hosts") == PREAMBLE + "172.17.0.2\tboth\n172.18.0.4\tboth\n"
        assert read("both", "resolv.conf") == "nameserver 127.0.0.11\noptions ndots:0\n"
    assert address("both", "db") == "172.18.0.3"
    engine.up(shop(replace(both, resolver=True)))
    assert mounted("both", "hosts") == PREAMBLE + "172.17.0.2\tboth\n"
    assert mounted("both", "resolv.conf") == "nameserver 127.0.0.11\noptions ndots:0\n"
    assert address("both", "db") == ""
    engine.down("shop")


def test_a_container_without_networks_has_files_too() -> None:
    engine = Engine()
    alone = Container("alone", mode="none", command=SLEEP, id="0123456789abcdef" * 4)
    engine.up(Topology("t", (), (alone,)))
    assert mounted("alone", "hosts") == PREAMBLE
    assert mounted("alone", "hostname") == "0123456789ab\n"
    assert mounted("alone", "resolv.conf") == Path("/etc/resolv.conf").read_text()
    engine.down("t")


def test_a_shared_sandbox_has_its_owners_names() -> None:
    engine = Engine()
    engine.up(shop(Container("side", mode="container", share="web", command=SLEEP), hostname="w"))
    assert mounted("side", "hosts") == PREAMBLE + "172.18.0.2\tw\n"
    assert address("side", "db") == "172.18.0.3"
    assert address("db", "side") == ""
    engine.down("shop")


def test_who_shares_the_files_of_a_stopped_container_sees_them_change() -> None:
    engine = Engine()
    side = Container("side", mode="container", share="web", command=SLEEP, adrift=True)
    third = replace(side, name="third", share="side")
    engine.up(shop(replace(side, adrift=False), replace(third, adrift=False)))
    for name in ("side", "third"):
        assert mounted(name, "hosts") == PREAMBLE + "172.18.0.2\tweb\n"
    topology = shop(side, third)
    engine.up(
        replace(
            topology,
            containers=(replace(topology.containers[0], stopped=True), *topology.containers[1:]),
        )
    )
    assert mounted("third", "hosts") == PREAMBLE
    assert not os.path.lexists("/etc/netns/web")
    engine.up(shop(side, third))
    assert mounted("third", "hosts") == PREAMBLE + "172.18.0.2\tweb\n"
    engine.down("shop")


# --- links


def test_a_link_on_the_default_bridge_writes_hosts_and_variables() -> None:
    engine = Engine()
    engine.up(linked())
    lines = "172.17.0.2\tdatabase db\n172.17.0.3\tapp\n"
    assert mounted("app", "hosts") == PREAMBLE + lines
    assert address("app", "database") == "172.17.0.2"
    found = {k: v for k, v in variables("app").items() if k.startswith("DATABASE")}
    assert found == {
        "DATABASE_PORT": "tcp://172.17.0.2:5432",
        "DATABASE_PORT_5432_TCP": "tcp://172.17.0.2:5432",
        "DATABASE_PORT_5432_TCP_ADDR": "172.17.0.2",
        "DATABASE_PORT_5432_TCP_PORT": "5432",
        "DATABASE_PORT_5432_TCP_PROTO": "tcp",
        "DATABASE_NAME": "/app/database",
        "DATABASE_ENV_SECRET": "x",
    }
    engine.down("links")


def test_a_link_follows_its_target_without_a_restart_of_the_linking_container() -> None:
    engine = Engine()
    engine.up(linked())
    process = engine.state().processes()["app"]
    engine.up(linked("172.17.0.9"))
    assert engine.state().processes()["app"] == process
    assert mounted("app", "hosts") == PREAMBLE + "172.17.0.9\tdatabase db\n172.17.0.3\tapp\n"
    topology = linked()
    stopped = replace(topology.containers[0], stopped=True)
    engine.up(replace(topology, containers=(stopped, topology.containers[1])))
    assert mounted("app", "hosts") == PREAMBLE + "172.17.0.3\tapp\n"
    assert engine.state().processes()["app"] == process
    engine.down("links")


def test_a_link_on_a_user_defined_network_is_a_name_for_one_container() -> None:
    engine = Engine()
    app = Container("app", attachments=on("front"), links=(Link("db", "database"),))
    other = Attachment("front", links=(Link("web", "site"), Link("missing", "x")))
    engine.up(shop(app, Container("app2", attachments=(other,))))
    assert etc("app", "hosts") == PREAMBLE + "172.18.0.4\tapp\n"
    assert address("app", "database") == "172.18.0.3"
    assert address("app2", "site") == "172.18.0.2"
    assert address("app2", "database") == ""
    assert address("web", "database") == ""
    engine.down("shop")


# --- foreign namespaces


def test_a_foreign_namespace_is_known_but_keeps_its_own_settings() -> None:
    run("ip", "netns", "add", "theirs")
    engine = Engine()
    foreign = Container(
        "theirs", mode="namespace", namespace="/run/netns/theirs", attachments=on("front")
    )
    engine.up(shop(foreign))
    assert told("theirs")["netns"] == ""
    assert address("web", "theirs") == "172.18.0.4"
    assert "nsnet-dns" not in inside("theirs", "nft", "list", "ruleset")
    assert not os.path.lexists("/etc/netns/theirs")
    engine.down("shop")
    assert status("ip", "netns", "exec", "theirs", "true") == 0
    run("ip", "netns", "delete", "theirs")


def test_two_hosts_of_one_machine_have_a_resolver_each() -> None:
    engine = Engine()
    engine.up(shop())
    with fresh_host():
        second = Engine()
        second.up(shop())
        assert address("web", "db") == "172.18.0.3"
        second.down("shop")
    assert address("web", "db") == "172.18.0.3"
    engine.down("shop")
