"""The DNS server of the lab shell, and the assertions about names."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nsnet.labs.assertions import _lookup
from nsnet.labs.situation import Situation
from tests.labs.made import exercise, id_of, situation, tidy, verdict
from tests.support import run
from tests.unit.sources import ROOT

pytestmark = pytest.mark.usefixtures("host")

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not answer here will never do so."""
    monkeypatch.setattr(_lookup, "_PATIENCE", 0.3)


@pytest.fixture
def at(host: None) -> Iterator[Situation]:
    """Two rooms; c1 asks 127.0.0.11."""
    folder = Path("/etc/netns/c1")
    folder.mkdir(parents=True)
    (folder / "resolv.conf").write_text("nameserver 127.0.0.11\n")
    try:
        with situation(exercise()) as found:
            yield found
    finally:
        tidy()
        for each in folder.iterdir():
            each.unlink()
        folder.rmdir()
        folder.parent.rmdir()


@pytest.fixture
def names(at: Situation) -> Iterator[Start]:
    """Starts the server in a namespace."""
    started = []

    def start(space: str, *words: str) -> subprocess.Popen[str]:
        where = ("ip", "netns", "exec", space) if space else ()
        argv = (*where, sys.executable, "-m", "nsnet.labs.tools.names", *words)
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        one = subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, text=True)
        started.append(one)
        assert one.stdout is not None
        one.stdout.readline()
        return one

    yield start
    for each in started:
        each.kill()
        each.wait()
        assert each.stdout is not None
        each.stdout.close()


LEAD = ("add table ip r; add chain ip r o { type nat hook output priority -100; }; "
        "add rule ip r o ip daddr 127.0.0.11 udp dport 53 dnat to 127.0.0.11:5300")  # fmt: skip


def test_a_name_is_what_the_file_says(at: Situation, names: Start, tmp_path: Path) -> None:
    file = tmp_path / "names"
    file.write_text("172.17.0.3 db redis  # two names\n")
    run("ip", "netns", "exec", "c1", "nft", LEAD)
    asked = {"from_": "c1", "name": "db"}
    assert id_of(verdict(at, "looks_up", **asked, is_="172.17.0.3")) == "DNS.SILENT"
    names("c1", str(file), "--listen", "127.0.0.11:5300")
    assert id_of(verdict(at, "looks_up", **asked, is_="172.17.0.3")) == ""
    assert id_of(verdict(at, "looks_up", from_="c1", name="REDIS", is_="172.17.0.3")) == ""
    assert id_of(verdict(at, "looks_up", **asked, is_="172.17.0.9")) == "DNS.STALE"
    assert id_of(verdict(at, "looks_up", **asked, unknown=True)) == "DNS.LEAK"
    assert id_of(verdict(at, "looks_up", from_="c1", name="web")) == "DNS.NXDOMAIN"
    assert id_of(verdict(at, "looks_up", from_="c1", name="web", unknown=True)) == ""
    assert run("ip", "netns", "exec", "c1", "getent", "hosts", "db").split() == ["172.17.0.3", "db"]
    time.sleep(0.01)
    file.write_text("172.17.0.9 db\n")
    assert id_of(verdict(at, "looks_up", **asked, is_="172.17.0.9")) == ""
    assert id_of(verdict(at, "free_port", in_="c1", port="53/udp", id="X.Y")) == ""
    assert id_of(verdict(at, "free_port", in_="c1", port="5300/udp", id="X.Y")) == "X.Y"


def test_what_it_does_not_know_it_asks_elsewhere(
    at: Situation, names: Start, tmp_path: Path
) -> None:
    (tmp_path / "near").write_text("172.17.0.2 web\n")
    (tmp_path / "far").write_text("172.17.0.3 db\n")
    names("c2", str(tmp_path / "far"), "--listen", "172.17.0.3:53")
    names("c1", str(tmp_path / "near"), "--listen", "127.0.0.11:53", "--forward", "172.17.0.3")
    for name, address in (("web", "172.17.0.2"), ("db", "172.17.0.3")):
        assert id_of(verdict(at, "looks_up", from_="c1", name=name, is_=address)) == ""
    assert id_of(verdict(at, "looks_up", from_="c1", name="mail", unknown=True)) == ""


def test_where_a_resolver_is_that_nobody_gets_to(
    at: Situation, names: Start, tmp_path: Path
) -> None:
    (tmp_path / "names").write_text("172.17.0.3 db\n")
    asked = {"from_": "c1", "name": "db", "is_": "172.17.0.3"}
    on_host = names("", str(tmp_path / "names"), "--listen", "127.0.0.11:53")
    elsewhere = verdict(at, "looks_up", **asked)
    assert id_of(elsewhere) == "DNS.WRONG_NS"
    assert elsewhere.broken is not None
    assert elsewhere.broken.facts["other"] == "host"
    on_host.kill()
    names("c1", str(tmp_path / "names"), "--listen", "127.0.0.11:5300")
    assert id_of(verdict(at, "looks_up", **asked)) == "DNS.NOT_REDIRECTED"


def test_a_hosts_file_passes_with_a_remark(at: Situation) -> None:
    Path("/etc/netns/c1/hosts").write_text("172.17.0.3 db\n")
    found = verdict(at, "looks_up", from_="c1", name="db", is_="172.17.0.3")
    assert id_of(found) == ""
    assert [each.id for each in found.remarks] == ["DNS.HOSTS_FILE"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("/nonexistent",), "cannot read /nonexistent: No such file"),
        (("/dev/null", "--listen", "nowhere:53"), "no address 'nowhere:53'"),
        (("/dev/null", "--listen", "192.0.2.1:53"), "cannot listen on 192.0.2.1:53"),
        (("--listen", "127.0.0.1:1"), "write names FILE"),
    ],
)
def test_it_says_what_is_wrong_with_its_words(words: tuple[str, ...], said: str) -> None:
    argv = (sys.executable, "-m", "nsnet.labs.tools.names", *words)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode == 2
    assert done.stderr.startswith(f"names: {said}")
