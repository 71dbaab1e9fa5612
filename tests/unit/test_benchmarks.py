"""What the benchmarks make of their samples. Nothing is timed here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.figures import Figure, Skipped
from benchmarks.networks import bridge, compose
from benchmarks.report import as_json, as_table
from nsnet.topology.compose import load


def test_ratios_are_those_of_neighbours() -> None:
    figure = Figure("build", [10.0, 40.0, 30.0], "C floor", [10.0, 20.0, 10.0], ratio_at_most=2)
    assert figure.ratio
    assert (figure.ratio.low, figure.ratio.median, figure.ratio.high) == (1, 2, 3)
    assert figure.met


@pytest.mark.parametrize(("theirs", "met"), [([50.0], True), ([49.0], False)])
def test_being_faster_is_a_ratio_the_other_way_round(theirs: list[float], met: bool) -> None:
    figure = Figure("up", [10.0], "docker run", theirs, faster_by=5)
    assert figure.met is met


def test_one_missed_limit_is_enough() -> None:
    figure = Figure("build", [4.0], "C floor", [4.0], at_most=3, ratio_at_most=1.1)
    assert figure.met is False
    assert figure.target == "≤ 3 ms, ≤ 1.1 ×"


def test_without_a_limit_there_is_no_verdict() -> None:
    assert Figure("ps", [4.0]).met is None


def test_both_reports_tell_what_was_skipped() -> None:
    results = [Figure("ps", [4.0]), Skipped("docker", "there is no docker command")]
    assert as_table(results).endswith("docker: skipped: there is no docker command")
    assert [each["what"] for each in json.loads(as_json(results))] == ["ps", "docker"]


def test_the_compose_file_is_the_same_network_as_the_topology(tmp_path: Path) -> None:
    made, loaded = bridge(3), load([compose(tmp_path, 3)])
    assert [c.name for c in loaded.containers] == [c.name for c in made.containers]
    assert [n.name for n in loaded.networks] == [n.name for n in made.networks]
