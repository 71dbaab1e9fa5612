"""What we tell the kernel of a late cable is what pyroute2 tells it: few kernels for tests have
netem, so its encoding has this oracle."""

from __future__ import annotations

import struct

import pytest
from pyroute2.netlink.rtnl.tcmsg import sched_netem

from nsnet.kernel.qdisc import netem

_FIELDS = ("delay", "limit", "loss", "gap", "duplicate", "jitter")


@pytest.mark.parametrize(
    ("delay", "jitter", "loss"), [(100_000, 10_000, 2.5), (1, 0, 100), (0, 0, 50)]
)
def test_the_options_of_netem(delay: int, jitter: int, loss: float) -> None:
    theirs = sched_netem.get_parameters({"delay": delay, "jitter": jitter, "loss": loss})
    ours = netem(delay, jitter, loss / 100)
    mine = dict(zip(_FIELDS, struct.unpack_from("=6I", ours), strict=True))
    for field in _FIELDS:
        assert mine[field] == pytest.approx(theirs[field], abs=2), field
    size, kind, latency, _, _, spread = struct.unpack_from("=HHqHHq", ours, 24)
    assert (size, kind, latency, spread) == (12, 10, delay * 1000, jitter * 1000)
