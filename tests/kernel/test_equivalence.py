"""The promise: the commands that are shown are the commands that do it.

The same plan is carried out three times on three empty hosts: through netlink, command by
command, and as the script that `up --script` prints. The kernel must look the same.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nsnet import demos
from nsnet.engine import clean
from nsnet.engine.engine import Engine, Result
from nsnet.kernel import netns, shell
from nsnet.kernel.apply import apply
from nsnet.kernel.stack import Stack
from nsnet.plan.script import render
from nsnet.plan.step import PROCESSES, Step
from nsnet.topology.compose import load
from nsnet.topology.model import Attachment, Container, Link, Network, Pool, Port, Topology
from tests.support import differences, fresh_host, picture

pytestmark = pytest.mark.usefixtures("host")


def by_netlink(plan: Result, steps: Sequence[Step]) -> None:
    netns.prepare()
    with Stack() as stack:
        apply(stack, steps)


def by_shell(plan: Result, steps: Sequence[Step]) -> None:
    shell.run(steps)


def by_script(plan: Result, steps: Sequence[Step]) -> None:
    kept = [change for change in plan.changes if change.step in set(steps)]
    text = render(plan.layout, kept)
    done = subprocess.run(["sh"], input=text, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def result(topology: Topology, way: Callable[[Result, Sequence[Step]], None]) -> object:
    """The kernel after `topology` was built in one of the ways (without its processes,
    which are compared by what they answer elsewhere)."""
    with fresh_host():
        plan = Engine().plan(topology)
        steps = [c.step for c in plan.changes if c.step.phase != PROCESSES]
        way(plan, steps)
        _settle()
        seen = {**picture(), "told": told()}
        _, failures = clean.clean()
        assert not failures
        return seen


def told() -> dict[str, str]:
    """What the containers find under /etc, and what the resolver learns of them."""
    places = (*Path("/run/nsnet").glob("*/names/*"), *Path("/run/nsnet").glob("*/etc/*/*"))
    return {"/".join(path.parts[4:]): _anywhere(path.read_text()) for path in places}


def _anywhere(text: str) -> str:
    """A text without the number of the host that it was written for."""
    return re.sub(r"/run/nsnet/[0-9a-f]+/", "/run/nsnet/HOST/", text)


def _settle() -> None:
    """Let IPv6 finish its duplicate detection, which is a matter of a moment's luck."""
    os.sched_yield()
    time.sleep(0)


def check(topology: Topology) -> None:
    reference = result(topology, by_netlink)
    for way in (by_shell, by_script):
        assert not differences(reference, result(topology, way)), way.__name__


@pytest.mark.parametrize("name", demos.names())
def test_every_demo(name: str) -> None:
    check(load(demos.path(name)))


NAMES = ("a", "b", "c", "d", "e", "long-container-name-1", "dot.ted")


@st.composite
def topologies(draw: st.DrawFn) -> Topology:
    """Up to three networks with options, up to five containers of every mode."""
    nets = [Network("bridge")] if draw(st.booleans()) else []
    for number in range(draw(st.integers(0, 2))):
        nets.append(draw(networks(number)))
    containers: list[Container] = []
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=5, unique=True)):
        containers.append(draw(container(name, nets, containers)))
    return Topology("random", tuple(nets), tuple(containers))


@st.composite
def networks(draw: st.DrawFn, number: int) -> Network:
    pools = (Pool(f"10.{number}.0.0/{draw(st.sampled_from([16, 24, 28]))}"),)
    options = {
        "com.docker.network.bridge.enable_icc": draw(st.sampled_from(["true", "false"])),
        "com.docker.network.bridge.enable_ip_masquerade": draw(st.sampled_from(["true", "false"])),
        "com.docker.network.driver.mtu": draw(st.sampled_from(["1500", "1400", "9000"])),
    }
    return Network(
        draw(st.sampled_from(["net", "Net.work", "a-rather-long-network-name"])) + str(number),
        options=tuple(options.items()),
        internal=draw(st.booleans()),
        enable_ipv6=draw(st.booleans()),
        pools=draw(st.sampled_from([(), pools])),
    )


aliases = st.sampled_from([(), ("www",), ("db", "primary")])


@st.composite
def container(
    draw: st.DrawFn, name: str, nets: list[Network], others: list[Container]
) -> Container:
    owners = [c.name for c in others if c.mode in ("bridge", "none") and not c.stopped]
    modes = ["bridge", "bridge", "none", "host"] + ["container"] * bool(owners)
    mode = draw(st.sampled_from(modes))
    if mode == "container":
        return Container(name, mode=mode, share=draw(st.sampled_from(owners)))
    if mode != "bridge" or not nets:
        return Container(name, mode="none" if mode == "bridge" else mode)
    chosen = draw(st.lists(st.sampled_from(nets), min_size=1, unique=True))
    number = len(others)
    ports = draw(
        st.lists(
            st.builds(
                Port,
                container_port=st.integers(1, 65535),
                host_port=st.integers(8000 + 100 * number, 8099 + 100 * number),
                protocol=st.sampled_from(["tcp", "udp"]),
                host_ip=st.sampled_from(["", "127.0.0.1"]),
            ),
            max_size=3,
            unique_by=lambda port: (port.host_port, port.protocol),
        )
    )
    hosts = draw(st.sampled_from([(), (("db", "10.0.0.9"), ("quo'te", "host-gateway"))]))
    return Container(
        name,
        attachments=tuple(Attachment(net.name, aliases=draw(aliases)) for net in chosen),
        ports=tuple(ports),
        extra_hosts=hosts,
        dns=draw(st.sampled_from([(), ("192.0.2.53",)])),
        dns_opt=draw(st.sampled_from([(), ("ndots:2", "use-vc")])),
        links=draw(st.sampled_from([(), *((Link(c.name, "it's"),) for c in others)])),
        stopped=draw(st.sampled_from([False, False, False, True])),
        resolver=draw(st.booleans()),
    )


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(topologies())
def test_random_topologies(topology: Topology) -> None:
    check(topology)
