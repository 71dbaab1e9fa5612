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

from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from .api.command import Command, Commands
    from .api.completed import Completed
    from .api.container import Container
    from .api.errors import CommandFailed, CommandTimeout, Unreachable
    from .api.lab import Lab
    from .api.network import Network
    from .api.place import Place
    from .kernel.apply import StepFailed
    from .kernel.errors import KernelError, NotFound, PreconditionError, SpawnError
    from .topology.model import TopologyError

__all__ = [
    "Command",
    "CommandFailed",
    "CommandTimeout",
    "Commands",
    "Completed",
    "Container",
    "KernelError",
    "Lab",
    "Network",
    "NotFound",
    "Place",
    "PreconditionError",
    "SpawnError",
    "StepFailed",
    "TopologyError",
    "Unreachable",
    "__version__",
]

_HOMES = {
    "Command": ".api.command",
    "CommandFailed": ".api.errors",
    "CommandTimeout": ".api.errors",
    "Commands": ".api.command",
    "Completed": ".api.completed",
    "Container": ".api.container",
    "KernelError": ".kernel.errors",
    "Lab": ".api.lab",
    "Network": ".api.network",
    "NotFound": ".kernel.errors",
    "Place": ".api.place",
    "PreconditionError": ".kernel.errors",
    "SpawnError": ".kernel.errors",
    "StepFailed": ".kernel.apply",
    "TopologyError": ".topology.model",
    "Unreachable": ".api.errors",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(_HOMES[name], __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
