"""What single commands have made, as one script: `nsnet plan by-hand --script` on an empty host
gives the same kernel."""

from __future__ import annotations

import random
import re
import subprocess

import pytest

from nsnet.engine import clean
from nsnet.engine.engine import Engine
from nsnet.operations.errors import Refused
from nsnet.plan.script import render
from nsnet.plan.step import PROCESSES
from nsnet.topology.model import BY_HAND
from tests.kernel.test_equivalence import told
from tests.kernel.test_operations import _any_command, box
from tests.support import differences, fresh_host, picture

pytestmark = pytest.mark.usefixtures("host")


def made_by_commands(seed: int) -> tuple[object, str]:
    """The kernel after a random sequence of commands, and the script that tells of it."""
    from nsnet.operations import containers

    chance = random.Random(seed)
    with fresh_host():
        engine = Engine()
        containers.run(engine, box("first"))
        for _ in range(15):
            _, action = _any_command(chance, engine)
            try:
                action()
            except Refused:
                continue
        result = engine.whole(BY_HAND)
        kept = [change for change in result.changes if change.step.phase != PROCESSES]
        seen = {**picture(), "told": told()}
        clean.clean()
        return seen, render(result.layout, kept)


@pytest.mark.parametrize("seed", range(12))
def test_after_any_sequence_of_commands_the_script_is_true(seed: int) -> None:
    seen, script = made_by_commands(seed)
    with fresh_host():
        done = subprocess.run(["sh"], input=script, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        again = {**picture(), "told": told()}
        clean.clean()
    found = differences(seen, again)
    assert not found, "\n".join(re.sub(r"\s+", " ", each)[:300] for each in found[:10])
