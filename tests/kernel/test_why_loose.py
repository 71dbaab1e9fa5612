"""Cables that a host answers by, and sends nothing back by."""

from __future__ import annotations

import pytest

from nsnet.engine.engine import Engine
from nsnet.faults import inject as faults
from nsnet.looking.trace import trace
from nsnet.looking.walk import walk
from nsnet.looking.why import why
from tests.faulty import machine

pytestmark = pytest.mark.usefixtures("host")


@pytest.mark.parametrize("which", ["made", "hand"])
@pytest.mark.parametrize("fault", ["L2.NO_MASTER", "L2.IP_ON_PORT"])
def test_a_call_that_gets_out_and_has_no_way_back(which: str, fault: str) -> None:
    with machine(which) as it:
        faults.inject(Engine(), fault, it.front if fault == "L2.IP_ON_PORT" else it.near)
        assert why(it.near, it.outside).id == fault
        predicted = walk(it.near, it.outside)
        seen = trace(it.near, it.outside, timeout=0.3).walk
        faults.clear(Engine())
        assert [each.last.reason for each in (predicted, seen) if each.last] == [fault, fault]
        assert (predicted.outcome, seen.outcome) == ("lost", "lost")
