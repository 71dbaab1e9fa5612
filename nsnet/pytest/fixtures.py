"""What a test can ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from .labs import Labs

if TYPE_CHECKING:
    from ..api.lab import Lab
    from ..api.network import Network
    from ..api.place import Place


@pytest.fixture(scope="session")
def labs(pytestconfig: pytest.Config) -> Iterator[Labs]:
    """Makes labs that live as long as you like: ``labs("shop")``, ``labs.from_compose("shop/")``.

    Whatever is not closed before ends with the session. Takes what `nsnet.Lab` takes.

        @pytest.fixture(scope="module")
        def shop(labs):
            with labs.from_compose("compose.yaml") as lab:
                lab.up()
                yield lab
    """
    made = Labs(required=bool(pytestconfig.getini("nsnet_required")))
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def lab(request: pytest.FixtureRequest, labs: Labs) -> Iterator[Lab]:
    """An empty `nsnet.Lab` for this test alone; describe, and call ``lab.up()``.

        def test_web(lab):
            web, db = lab.container("web", expose=80), lab.container("db")
            lab.up()
            assert db.get(f"http://{web.address}/")

    It is in a sandbox, or with ``@pytest.mark.nsnet_host`` on this very machine. The test is
    skipped where that cannot be.
    """
    on_host = request.node.get_closest_marker("nsnet_host") is not None
    with labs.on_host() if on_host else labs.in_sandbox() as made:
        yield made


@pytest.fixture
def network(lab: Lab) -> Network:
    """A network of the test's lab, ``net`` with the subnet 172.30.0.0/24, not up yet.

    def test_ping(lab, network):
        web, db = lab.container("web", network), lab.container("db", network)
        lab.up()
        assert db.exec("ping", "-c1", "web")
    """
    return lab.network("net", subnet="172.30.0.0/24")


@pytest.fixture
def host(lab: Lab) -> Place:
    """The machine that the test's lab is on: ``host.get("http://127.0.0.1:8080/")``."""
    return lab.host
