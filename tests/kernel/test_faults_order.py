"""Faults of one thing are mended in the order in which they exactly leave it as it was: the later
one first. Those of different things, in any order."""

from __future__ import annotations

import pytest

from nsnet.engine.engine import Engine
from nsnet.faults import inject as faults
from nsnet.kernel.errors import KernelError
from tests.faulty import machine
from tests.support import differences, picture, run

pytestmark = pytest.mark.usefixtures("host")


def resolvers() -> str:
    """What the containers find as their resolv.conf."""
    return run("sh", "-c", "tail -n +1 /etc/netns/*/resolv.conf 2>&1", check=False)


@pytest.mark.parametrize(
    ("which", "names"),
    [
        ("made", ("L3.PREFIX32", "L3.NO_ADDR")),
        ("made", ("DNS.SILENT", "DNS.NO_SERVER")),
        ("hand", ("L2.NO_MASTER", "L1.PEER_DOWN")),
    ],
)
def test_the_later_one_of_a_thing_goes_first(which: str, names: tuple[str, str]) -> None:
    engine = Engine()
    with machine(which) as it:
        before, files = picture(), resolvers()
        for name in names:
            faults.inject(engine, name, it.near)
        with pytest.raises(KernelError) as found:
            faults.clear(engine, ["1"])
        assert found.value.see == "nsnet fault clear 2 1"
        assert [each.number for each in faults.injected(engine)] == [1, 2]
        faults.clear(engine, ["2"])
        faults.clear(engine, ["1"])
        assert differences(before, picture()) == []
        assert resolvers() == files


def test_those_of_different_things_go_in_any_order() -> None:
    engine = Engine()
    with machine("hand") as it:
        before = picture()
        faults.inject(engine, "L1.LINK_DOWN", it.near)
        faults.inject(engine, "L1.LINK_DOWN", it.far)
        faults.inject(engine, "FLT.FOREIGN_DROP", it.front)
        for number in "132":
            faults.clear(engine, [number])
        assert differences(before, picture()) == []
