"""Listeners for the moment of a check."""

from __future__ import annotations

import pytest

from nsnet.kernel.crowd import Crowd
from tests.support import children, fetch, run

pytestmark = pytest.mark.usefixtures("host")


@pytest.fixture(autouse=True)
def room(host: None) -> object:
    run("ip", "netns", "add", "c1")
    run("ip", "-n", "c1", "link", "set", "lo", "up")
    yield
    run("ip", "netns", "del", "c1")
    run("sh", "-c", "umount /run/netns && rmdir /run/netns")


def test_each_answers_with_its_word_where_it_stands() -> None:
    with Crowd() as crowd:
        assert crowd.open("/run/netns/c1", "c1-abc", 80)
        assert crowd.open("", "host-def", 80)
        assert fetch("c1", "http://127.0.0.1/").startswith("c1-abc 127.0.0.1:80 saw 127.0.0.1")
        assert fetch("", "http://127.0.0.1/").startswith("host-def ")
    assert fetch("c1", "http://127.0.0.1/") == ""
    assert not children()


def test_what_is_taken_or_missing_is_left_alone() -> None:
    with Crowd() as crowd:
        assert crowd.open("/run/netns/c1", "one", 80)
        assert not crowd.open("/run/netns/c1", "two", 80)
        assert not crowd.open("/run/netns/c9", "three", 80)
        assert not crowd.open("/run/netns/c1", "four", 80, address="10.9.9.9")
        assert crowd.open("/run/netns/c1", "five", 53, "udp")
        assert fetch("c1", "http://127.0.0.1/").startswith("one ")
