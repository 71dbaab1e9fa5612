"""`nsnet why` by names: the sender's own hosts file and servers decide."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from nsnet.diagnose.texts import message
from nsnet.kernel import stub
from tests.kernel.ladder import MACHINES, SCENE, listening, machine, why
from tests.support import run

pytestmark = pytest.mark.usefixtures("host")

Names = Mapping[str, str]
both = pytest.mark.parametrize("names", MACHINES, ids=lambda names: names["c1"])


@contextmanager
def files(space: str, **texts: str) -> Iterator[None]:
    """What `ip netns exec` binds over /etc in a namespace."""
    folder = Path("/etc/netns", space)
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / name.replace("_", ".")).write_text(text)
    try:
        yield
    finally:
        for each in folder.iterdir():
            each.unlink()
        folder.rmdir()


@contextmanager
def server(space: str, answer: str) -> Iterator[None]:
    """A name server that says the same to everybody; "" stands for NXDOMAIN."""
    script = (
        "import socket,sys;s=socket.socket(2,2);s.bind(('0.0.0.0',53));print(1,flush=True)\n"
        "a=sys.argv[1]\n"
        "while 1:\n"
        " q,p=s.recvfrom(512);n=bool(a) and q[-3]==1\n"
        " h=q[:2]+(b'\\x81\\x80' if a else b'\\x81\\x83')+b'\\0\\1\\0'+bytes((n,))+bytes(4)\n"
        " r=b'\\xc0\\x0c\\0\\1\\0\\1\\0\\0\\0\\1\\0\\4'+socket.inet_aton(a or '0.0.0.0')\n"
        " s.sendto(h+q[12:]+r*n,p)\n"
    )
    inside = ["ip", "netns", "exec", space] if space else []
    command = [*inside, sys.executable, "-I", "-S", "-c", script, answer]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        try:
            yield
        finally:
            process.kill()


@both
def test_a_name_of_the_hosts_file(names: Names) -> None:
    hosts = files(names["c1"], hosts=f"{names['n']}.3 shop.example # where the cake is\n")
    with machine(names, SCENE), hosts, listening(names["c2"], "0.0.0.0", 80):
        finding = why(names["c1"], "tcp://shop.example:80")
    assert finding.ok, finding
    assert "name" in finding.passed
    assert finding.answers[0].probe.address == f"{names['n']}.3"


@both
@pytest.mark.parametrize(
    ("resolv", "place", "said", "name"),
    [
        ("", "", "", "DNS.NO_SERVER"),
        ("nameserver {n}.3\n", "", "", "DNS.SILENT"),
        ("nameserver {n}.3\n", "{c2}", "", "DNS.NXDOMAIN"),
        ("nameserver 127.0.0.1\n", "{c2}", "{n}.3", "DNS.WRONG_NS"),
        ("nameserver {n}.3\n", "{c2}", "{n}.88", "DNS.STALE"),
        ("nameserver {n}.3\n", "{c2}", "{n}.3", None),
    ],
)
def test_what_the_server_says(
    names: Names, resolv: str, place: str, said: str, name: str | None
) -> None:
    resolv, place, said = (each.format_map(names) for each in (resolv, place, said))
    with ExitStack() as scene:
        scene.enter_context(machine(names, SCENE))
        scene.enter_context(files(names["c1"], resolv_conf=resolv, hosts=""))
        scene.enter_context(listening(names["c2"], "0.0.0.0", 80))
        if place:
            scene.enter_context(server(place, said))
        finding = why(names["c1"], f"tcp://{names['c2']}:80")
    assert finding.id == name, finding
    if finding.broken:
        assert names["c2"] in message(finding.broken)
        assert "?" not in message(finding.broken)


@contextmanager
def stubs(space: str) -> Iterator[None]:
    """A listener that answers pages and datagrams."""
    inside = ("ip", "netns", "exec", space)
    command = [*inside, sys.executable, "-I", "-S", stub.__file__, "tcp:80", "udp:53"]
    with subprocess.Popen(command) as process:
        try:
            while not run(*inside, "ss", "-Hlun"):
                time.sleep(0.01)
            yield
        finally:
            process.kill()


@both
@pytest.mark.parametrize("target", ["http://{c2}/", "{c2}:53/udp", "{c2}"])
def test_what_answers(names: Names, target: str) -> None:
    hosts = files(names["c1"], hosts=f"{names['n']}.3 {names['c2']}\n")
    with machine(names, SCENE), hosts, stubs(names["c2"]):
        finding = why(names["c1"], target.format_map(names))
    assert finding.ok, finding
    assert not finding.notes
