"""Which interface, and which of its names, a diagnosis speaks of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nsnet.labs.situation import Situation
from tests.labs.made import QUESTION, exercise, situation, tidy, verdict
from tests.support import run, status

pytestmark = pytest.mark.usefixtures("host")


@pytest.fixture
def at(host: None) -> Iterator[Situation]:
    """The usual scene, up; taken away afterwards."""
    try:
        with situation(exercise(questions=(QUESTION,))) as found:
            yield found
    finally:
        status("umount", "/run/netns/a-name")
        status("rm", "-f", "/run/netns/a-name")
        tidy()


def test_an_address_with_another_prefix_is_told_where_it_is(at: Situation) -> None:
    run("ip", "-n", "c1", "link", "add", "eth1", "type", "veth")
    run("ip", "-n", "c1", "address", "add", "10.9.0.3/32", "dev", "eth1")
    run("ip", "-n", "c1", "link", "set", "eth1", "up")
    broken = verdict(at, "address", in_="c1", has="10.9.0.3/24").broken
    assert broken is not None
    assert broken.facts["device"] == "eth1"


def test_a_stack_of_two_names_is_called_as_it_was_asked_for(at: Situation) -> None:
    run("touch", "/run/netns/a-name")
    run("mount", "--bind", "/run/netns/c1", "/run/netns/a-name")
    broken = verdict(at, "listens", in_="c1", address="172.17.0.2", port=9).broken
    assert broken is not None
    assert broken.facts["space"] == "c1"
