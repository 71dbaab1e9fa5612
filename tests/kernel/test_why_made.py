"""`nsnet why` on networks that nsnet made: it agrees with `ping`, and what Docker keeps apart by
design is no fault."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings

from nsnet import demos
from nsnet.diagnose.findings import Finding
from nsnet.diagnose.ladder import diagnose
from nsnet.engine.engine import Engine
from nsnet.kernel.stack import Stack
from nsnet.looking.places import places
from nsnet.topology.compose import load
from nsnet.topology.model import Topology
from tests.kernel.test_equivalence import topologies
from tests.support import fresh_host, pings

pytestmark = pytest.mark.usefixtures("host")

BY_DESIGN = {"NET.ISOLATED", "NET.INTERNAL", "NET.ICC_OFF", "MODE.NONE"}


def why(stack: Stack, source: str, target: str) -> Finding:
    known = places(stack)
    origin = known.source(source)
    return diagnose(stack, known, origin, known.target(target, origin))


def check(topology: Topology, most: int) -> None:
    """Each pair of containers, up to `most` pairs: as ping says, and without false alarms."""
    engine = Engine()
    engine.up(topology)
    wrong = []
    try:
        with Stack() as stack:
            names = ["host", *sorted({place.label for place in places(stack).known.values()})]
            for source, target in list(permutations(names, 2))[:most]:
                found = why(stack, source, target)
                where = found.answers[0].probe.address if found.answers else ""
                arrives = bool(where) and pings(found.source.space, where, 0.3)
                fine = found.id is None if arrives else found.id in BY_DESIGN
                if found.ok is not arrives or not fine or found.remarks:
                    wrong.append(f"{source} -> {target} {where}: {found.broken or found.remarks}")
    finally:
        engine.down(topology.name)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", demos.names())
def test_every_demo(name: str) -> None:
    check(load(demos.path(name)), 30)


@given(topology=topologies())
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_random_topologies(topology: Topology) -> None:
    with fresh_host():
        check(topology, 6)


@pytest.mark.parametrize("target", ["http://alpine2/", "tcp://alpine2:80"])
def test_the_default_bridge_has_no_names(target: str) -> None:
    engine = Engine()
    engine.up(load(demos.path("bridge-demo")))
    try:
        with Stack() as stack:
            found = why(stack, "alpine1", target)
    finally:
        engine.down("bridge-demo")
    assert (found.id, found.rung, found.exit_code) == ("DNS.DEFAULT_BRIDGE", "name", 1), found
    assert found.broken is not None
    assert found.broken.facts["name"] == "alpine2"
