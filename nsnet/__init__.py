"""Docker's networks from Linux's own parts, and the commands that make them.

>>> from nsnet import Lab
>>> with Lab("shop") as lab:
...     web, db = lab.container("web"), lab.container("db")
...     lab.up()
...     web.ping(db)
True

`Lab` is the way in; docs/api.md tells the rest. Nothing is imported before it is asked for,
so that ``import nsnet`` costs the command line nothing.
"""

from __future__ import annotations

from ._version import __version__

TYPE_CHECKING = False  # the word that type checkers know; `typing` takes 3 ms to import
if TYPE_CHECKING:
    from typing import Any

    from .api.command import Command, Commands
    from .api.completed import Completed
    from .api.container import Container
    from .api.errors import CommandFailed, CommandTimeout, UnknownName, Unreachable
    from .api.lab import Lab
    from .api.network import Network
    from .api.place import Place
    from .api.results.graph import Graph
    from .api.results.handles import Fault, Impairment
    from .api.results.reach import Cell, Reach
    from .api.results.rules import Rules
    from .api.results.walk import Trace, Walk
    from .api.results.why import Why
    from .kernel.apply import StepFailed
    from .kernel.errors import KernelError, NotFound, PreconditionError, SpawnError
    from .topology.model import TopologyError

__all__ = [
    "Cell",
    "Command",
    "CommandFailed",
    "CommandTimeout",
    "Commands",
    "Completed",
    "Container",
    "Fault",
    "Graph",
    "Impairment",
    "KernelError",
    "Lab",
    "Network",
    "NotFound",
    "Place",
    "PreconditionError",
    "Reach",
    "Rules",
    "SpawnError",
    "StepFailed",
    "TopologyError",
    "Trace",
    "UnknownName",
    "Unreachable",
    "Walk",
    "Why",
    "__version__",
]

_HOMES = {
    "Cell": ".api.results.reach",
    "Command": ".api.command",
    "CommandFailed": ".api.errors",
    "CommandTimeout": ".api.errors",
    "Commands": ".api.command",
    "Completed": ".api.completed",
    "Container": ".api.container",
    "Fault": ".api.results.handles",
    "Graph": ".api.results.graph",
    "Impairment": ".api.results.handles",
    "KernelError": ".kernel.errors",
    "Lab": ".api.lab",
    "Network": ".api.network",
    "NotFound": ".kernel.errors",
    "Place": ".api.place",
    "PreconditionError": ".kernel.errors",
    "Reach": ".api.results.reach",
    "Rules": ".api.results.rules",
    "SpawnError": ".kernel.errors",
    "StepFailed": ".kernel.apply",
    "TopologyError": ".topology.model",
    "Trace": ".api.results.walk",
    "UnknownName": ".api.errors",
    "Unreachable": ".api.errors",
    "Walk": ".api.results.walk",
    "Why": ".api.results.why",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(_HOMES[name], __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
