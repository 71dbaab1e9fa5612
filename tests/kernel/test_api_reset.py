"""`Lab.reset`: what a lab is after it, and when its sandbox is another one."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from nsnet import Lab


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab("test") as made:
        yield made


def _sandbox(lab: Lab) -> object:
    return lab._machine.running


def test_it_is_empty_and_its_sandbox_the_same(lab: Lab) -> None:
    web = lab.container("web", lab.network("front"), ports=["80"])
    lab.up()
    chosen, sandbox = (web.endpoints, web.ports[0].number), _sandbox(lab)
    lab.partition(web, lab.host)
    lab.reset()
    assert not [*lab.containers, *lab.networks, *lab.plan()]
    web = lab.container("web", lab.network("front"), ports=["80"])
    lab.up()
    assert (web.endpoints, web.ports[0].number) == chosen
    assert web.ping(lab.host)
    assert _sandbox(lab) is sandbox


@pytest.mark.parametrize("where", ["host", "outside"])
def test_what_a_command_has_done_to_the_machine_is_gone(lab: Lab, where: str) -> None:
    place = lab.host if where == "host" else lab.outside
    place.exec("ip", "link", "add", "left", "type", "bridge", check=True)
    lab.reset()
    assert not place.exec("ip", "link", "show", "left")


def test_what_a_container_of_the_host_has_done_is_gone(lab: Lab) -> None:
    lab.container("web", mode="host", command="ip link add left type bridge")
    lab.up()
    lab.reset()
    assert not lab.host.exec("ip", "link", "show", "left")


def test_a_broken_sandbox_is_replaced(lab: Lab) -> None:
    lab.container("web")
    lab.up()
    helper = lab._machine.running
    assert helper
    signal.pidfd_send_signal(helper._handle, signal.SIGKILL)
    lab.reset()
    lab.container("web")
    lab.up()
    assert lab["web"].ping("8.8.8.8")
