"""A resolver that stands by: it serves one lab after another, and nothing is left of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from nsnet.engine.engine import Engine
from nsnet.kernel import marks
from nsnet.kernel.apply import Stopped
from nsnet.resolver import service, standby
from nsnet.topology.model import Attachment, Container, Network, Topology
from tests.support import run

pytestmark = pytest.mark.usefixtures("host")

FRONT = (Attachment("front"),)
SHOP = Topology(
    "shop",
    (Network("front"),),
    (Container("web", attachments=FRONT), Container("db", attachments=FRONT)),
)

_STARTER = """
import os, signal, sys
from nsnet.resolver import service, standby
service.begin(sys.argv[1])
print(standby._ready._process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """It is kept, as in a sandbox of the API."""
    monkeypatch.setattr(standby, "_keeping", True)
    yield
    standby.end()


def ours() -> set[int]:
    """The processes that bear the mark of a resolver."""
    return {each.pid for each, _ in marks.marked(b"NSNET_RESOLVER=1")}


def waiting() -> int:
    """Who stands by."""
    assert standby._ready
    return standby._ready._process.pid


def answer() -> str:
    """What web is told about db."""
    return run("ip", "netns", "exec", "web", "getent", "hosts", "db").split()[0]


def test_it_stays_for_the_next_lab(kept: None) -> None:
    engine = Engine()
    engine.up(SHOP)
    first = waiting()
    both = service.pids(engine.folder)
    assert first not in both
    assert ours() == {first, *both}
    engine.down("shop")
    assert ours() == {first}
    engine.up(SHOP)
    assert waiting() == first
    assert not {*both} & {*service.pids(engine.folder)}
    assert answer() == "172.18.0.3"
    engine.down("shop")
    standby.end()
    assert not ours()


def test_without_it_the_resolver_is_started_all_the_same(kept: None) -> None:
    engine = Engine()
    engine.up(SHOP)
    first = waiting()
    engine.down("shop")
    os.kill(first, signal.SIGKILL)
    engine.up(SHOP)
    assert first not in ours()
    assert answer() == "172.18.0.3"
    engine.down("shop")


def test_what_it_has_started_outlives_it(kept: None) -> None:
    engine = Engine()
    engine.up(SHOP)
    both = service.pids(engine.folder)
    os.kill(waiting(), signal.SIGKILL)
    standby.end()
    assert ours() == {*both}
    os.kill(both[1], signal.SIGKILL)
    assert not service.await_served(engine.folder, ["web"])
    assert answer() == "172.18.0.3"
    engine.down("shop")
    assert not ours()


def test_who_does_not_keep_it_has_none_afterwards() -> None:
    engine = Engine()
    engine.up(SHOP)
    assert ours() == {*service.pids(engine.folder)}
    engine.down("shop")
    assert not ours()


def test_nothing_is_left_of_a_plan_that_fails_on_the_way() -> None:
    stops = iter(range(99))
    with pytest.raises(Stopped):
        Engine(stopping=lambda: next(stops) > 3).up(SHOP)
    assert standby._ready is None
    assert not ours()


def test_nothing_is_left_of_it_when_its_program_is_killed() -> None:
    folder = Engine().folder
    words = (sys.executable, "-c", _STARTER, folder)
    done = subprocess.run(words, stdout=subprocess.PIPE, check=False)
    assert done.returncode == -signal.SIGKILL
    assert int(done.stdout)
    limit = time.monotonic() + 10
    while ours() and time.monotonic() < limit:
        time.sleep(0.01)
    assert not ours()
