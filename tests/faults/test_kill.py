"""kill -9 at any moment, then `clean` with the state deleted: nothing is left."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

from nsnet.engine import clean
from nsnet.engine.engine import Engine
from tests.support import differences, picture

pytestmark = pytest.mark.usefixtures("host")

_UP = """
import sys
from nsnet import demos
from nsnet.engine.engine import Engine
from nsnet.topology.compose import load
topology = load(demos.path(sys.argv[1]))
print("ready", flush=True)
Engine().up(topology)
"""


def kill_during_up(demo: str, seconds: float) -> None:
    command = [sys.executable, "-c", _UP, demo]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)


@pytest.mark.parametrize("seed", range(50))
def test_kill_at_a_random_moment(seed: int) -> None:
    chance = random.Random(seed)
    before = picture()
    demo = chance.choice(["bridge-demo", "voting-app", "user-bridge-demo", "container-demo"])
    kill_during_up(demo, chance.uniform(0, 0.06))
    shutil.rmtree("/run/nsnet", ignore_errors=True)
    _, failures = clean.clean()
    assert not failures
    assert not differences(before, picture())
    assert not clean.find()


@pytest.mark.parametrize("seed", range(50, 60))
def test_down_after_a_kill(seed: int) -> None:
    chance = random.Random(seed)
    before = picture()
    kill_during_up("voting-app", chance.uniform(0, 0.06))
    if "voting-app" in Engine().state().records:
        Engine().down("voting-app")
    assert not differences(before, picture())
    clean.clean()
