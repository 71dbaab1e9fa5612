"""The plugin for pytest: a throw-away network for every test.

- fixtures: `lab`, `network`, `host`, and `labs` for those that live longer
- labs: where they come from, one sandbox for each worker
- turn: labs on the machine itself, one after another
- hooks: the marker, the option, what a killed worker leaves

docs/pytest.md shows its use. Nothing of nsnet is imported before a test asks for a lab: pytest
loads plugins whether they are used or not.
"""

from .fixtures import host, lab, labs, network
from .hooks import pytest_addoption, pytest_configure, pytest_testnodedown

__all__ = [
    "host",
    "lab",
    "labs",
    "network",
    "pytest_addoption",
    "pytest_configure",
    "pytest_testnodedown",
]
