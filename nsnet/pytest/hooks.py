"""What pytest asks of its plugins."""

from __future__ import annotations

import os

import pytest

_HOST = "nsnet_host: the test's lab is on this very machine, not in a sandbox; needs root"
_REQUIRED = "where nsnet cannot make a lab, tests fail, and are not skipped (for CI)"


def pytest_addoption(parser: pytest.Parser) -> None:
    """``nsnet_required = true`` in pyproject.toml or pytest.ini."""
    parser.addini("nsnet_required", _REQUIRED, type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """``@pytest.mark.nsnet_host``."""
    config.addinivalue_line("markers", _HOST)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    """pytest-xdist has lost a worker: a sandbox has ended with it, but not what it had on the
    machine itself."""
    if error and os.geteuid() == 0:
        from . import turn

        turn.sweep_if_free()
