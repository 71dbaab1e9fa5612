"""The counter and its client over networks that fail: run ``pytest`` in this folder.

    client 172.30.0.3 ─── net ─── 172.30.0.2 server

In the containers run the real programs, and what is between them is the real kernel's network.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nsnet import Completed, Container, Lab, Network, PreconditionError

PROGRAM = (sys.executable, str(Path(__file__).with_name("counter.py")))
PORT = "7000"


@pytest.fixture
def server(lab: Lab, network: Network) -> Container:
    return lab.container("server", network, command=[*PROGRAM, "serve", PORT])


@pytest.fixture
def client(lab: Lab, network: Network, server: Container) -> Container:
    made = lab.container("client", network)
    lab.up()
    assert add(made, 0), "the server does not come up"
    return made


def add(client: Container, amount: int, patience: float = 10) -> Completed[str]:
    """``counter.py add``, in the client's container."""
    return client.exec(*PROGRAM, "add", "server", PORT, str(amount), str(patience))


def test_it_counts(client: Container) -> None:
    assert add(client, 2).stdout == "2\n"
    assert add(client, 3).stdout == "5\n"


def test_the_client_gives_up_when_its_patience_ends(
    lab: Lab, client: Container, server: Container
) -> None:
    with lab.partition(client, server):
        done = add(client, 5, patience=0.3)
    assert (done.status, done.stdout) == (1, "")
    assert "no answer from server within 0.3 s" in done.stderr


def test_it_survives_a_partition_that_ends(lab: Lab, client: Container, server: Container) -> None:
    with ThreadPoolExecutor() as others:
        with lab.partition(client, server):
            asked = others.submit(add, client, 5)
            add(client, 100, patience=0.3)
        done = asked.result()
    assert done.stdout == "5\n"
    assert "asking again" in done.stderr


def test_over_a_slow_network_each_amount_counts_once(lab: Lab, client: Container) -> None:
    lab.rate(client, "64kbit")
    large = 10**4000
    done = [add(client, large) for _ in range(2)]
    assert [int(each.stdout) for each in done] == [large, 2 * large]
    assert any("asking again" in each.stderr for each in done)


def test_over_a_lossy_network_each_amount_counts_once(
    lab: Lab, client: Container, server: Container
) -> None:
    try:
        lab.delay(server, 20, jitter=10, loss=20)
    except PreconditionError as error:
        pytest.skip(str(error))
    assert [add(client, 1).stdout for _ in range(3)] == ["1\n", "2\n", "3\n"]
