"""What is known of a project half-way: its networks and services, not yet a topology."""

from __future__ import annotations

from typing import NamedTuple

from ..model import Network
from .notes import Notes
from .place import Place, Problems, suggestion
from .substitute import Variables
from .tree import Map

#: The network of services that name none.
IMPLICIT = "default"


class Declared(NamedTuple):
    """A network of the file. ``mode`` is set where it stands for Docker's host or none."""

    network: Network
    at: Place
    body: Map
    mode: str = ""


class Service(NamedTuple):
    """A service that is to run, as many times as it has container names."""

    key: str
    at: Place
    body: Map
    containers: tuple[str, ...]

    @property
    def what(self) -> str:
        """How errors call it."""
        return f"service {self.key}"


class Draft:
    """The project while it is read.

    ``asleep`` maps idle services to the profiles they wait for (none: they have no replica);
    ``used`` maps the names of networks that services join to what is known of them;
    ``env_files`` keeps the texts of files already read (None: unreadable, and said so).
    """

    def __init__(self, project: str, variables: Variables, problems: Problems) -> None:
        self.project = project
        self.variables = variables
        self.problems = problems
        self.notes = Notes()
        self.networks: dict[str, Declared] = {}
        self.services: dict[str, Service] = {}
        self.asleep: dict[str, tuple[str, ...]] = {}
        self.used: dict[str, Declared] = {}
        self.env_files: dict[str, str | None] = {}

    def is_empty(self, key: str) -> bool:
        """Whether service `key` is wanted, but with no replica: nothing waits for it."""
        return self.asleep.get(key) == ()

    def service(self, key: str, at: Place, what: str) -> Service | None:
        """The running service `key`; its absence is noted at `at`."""
        found = self.services.get(key)
        if found:
            return found
        if key in self.asleep:
            wake = self.asleep[key][0] if self.asleep[key] else ""
            cure = f"add --profile {wake}" if wake else "give it a replica"
            self.problems.add(at, f'{what}: service "{key}" is not started: {cure}')
        else:
            cure = suggestion(key, [*self.services, *self.asleep])
            self.problems.add(at, f'{what}: no service "{key}": {cure}')
        return None
