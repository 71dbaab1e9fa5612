"""What has been described so far: the topology of a lab while it is being written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..topology.model import (
    DEFAULT_NETWORK,
    Attachment,
    Container,
    Link,
    Network,
    Topology,
    TopologyError,
)
from ..value import replace
from . import given, wish


class Draft:
    """Networks and containers by name, in the order in which they were added."""

    def __init__(self, base: Topology) -> None:
        self._base = base
        self.networks = {each.key or each.name: each for each in base.networks}
        self.containers = {each.name: each for each in base.containers}

    @property
    def name(self) -> str:
        """The topology's name."""
        return self._base.name

    @property
    def topology(self) -> Topology:
        """All of it; the default bridge is there when somebody is on it."""
        networks = dict.fromkeys(self.networks.values())
        containers = tuple(self.containers.values())
        if any(a.network == DEFAULT_NETWORK for c in containers for a in c.attachments):
            networks |= {_DEFAULT: None}
        return replace(self._base, networks=tuple(networks), containers=containers)

    def add_network(self, network: Network) -> None:
        """Add one. Raises `TopologyError` if there is one of that name."""
        wish.name_of("network", network.name)
        wish.check_network(network)
        if self.networks.setdefault(network.name, network) is not network:
            text = f"network {network.name}: this lab has one of that name: choose another"
            raise TopologyError(text)

    def add_container(self, container: Container) -> Container:
        """Add one; as it is then known. Raises `TopologyError` if there is one of that name."""
        if container.mode == "container":
            check_sharing(container)
        if not container.attachments:
            container = without_host_side(container)
        if self.containers.setdefault(container.name, container) is not container:
            text = f"container {container.name}: this lab has one of that name: choose another"
            raise TopologyError(text)
        return container

    def remove_network(self, key: str) -> None:
        """Take it out. Raises `TopologyError` while somebody is on it."""
        name = self.networks[key].name
        users = [
            c.name for c in self.containers.values() for a in c.attachments if a.network == name
        ]
        if users:
            cure = f"remove {', '.join(users)} first"
            raise TopologyError(f"network {key}: it has containers on it: {cure}")
        del self.networks[key]

    def remove_container(self, name: str) -> None:
        """Take it out. Raises `TopologyError` while somebody shares its network stack."""
        users = [c.name for c in self.containers.values() if c.share == name]
        if users:
            text = f"container {name}: {', '.join(users)} use its network stack: remove them first"
            raise TopologyError(text)
        del self.containers[name]

    # --- what containers may refer to

    def mode(self, what: str, wanted: object) -> tuple[str, str]:
        """``"container:web"`` as mode and share. Raises `TopologyError`."""
        cure = "write bridge, none, host or container:NAME"
        text = given.text(f"{what}: mode", wanted, cure, default="bridge")
        mode, colon, share = text.partition(":")
        if mode not in _MODES or (mode == "container") != bool(share) or bool(colon) != bool(share):
            raise TopologyError(f'{what}: mode "{text}" is not known: {cure}')
        if share:
            self._known(what, share)
        return mode, share

    def attachments(
        self, what: str, wanted: Mapping[str, Mapping[str, Any] | None]
    ) -> tuple[Attachment, ...]:
        """What is wanted on each network."""
        return tuple(
            wish.attachment(what, self.network(what, key), each) for key, each in wanted.items()
        )

    def links(self, what: str, wanted: object) -> tuple[Link, ...]:
        """``["db", "db:database"]`` or ``{"db": "database"}`` as links."""
        cure = 'write "db", "db:database", or a list of such'
        found = given.pairs(f"{what}: links", wanted, cure, ":")
        named = ((name, given.text(f"{what}: links", alias, cure) or name) for name, alias in found)
        return tuple(Link(self._known(what, name), alias) for name, alias in dict(named).items())

    def change(self, container: Container) -> None:
        """Let the container of that name be this one, if it has not been removed meanwhile."""
        if container.name in self.containers:
            self.containers[container.name] = container

    def network(self, what: str, key: str) -> Network:
        """The network called `key`. Raises `TopologyError`, about `what`."""
        key = given.called(key)
        if key in self.networks:
            return self.networks[key]
        if key == DEFAULT_NETWORK:
            return _DEFAULT
        found = next((each for each in self.networks.values() if each.name == key), None)
        if found is None:
            cure = wish.suggestion(key, [*self.networks, DEFAULT_NETWORK])
            raise TopologyError(f'{what}: there is no network "{key}" in this lab: {cure}')
        return found

    def _known(self, what: str, name: str) -> str:
        if name not in self.containers:
            cure = wish.suggestion(name, self.containers)
            raise TopologyError(f'{what}: there is no container "{name}" in this lab: {cure}')
        return name


#: Those that a call can ask for: a foreign namespace has no word here.
_MODES = ("bridge", "none", "host", "container")
_DEFAULT = Network(DEFAULT_NETWORK, DEFAULT_NETWORK)


def check_sharing(container: Container) -> None:
    """Who shares a network stack has nothing of its own there (Docker: "conflicting
    options"). Raises `TopologyError`."""
    for word in ("ports", "expose", "hostname", "dns", "extra_hosts", "links", "sysctls"):
        if getattr(container, word):
            raise TopologyError(
                f"container {container.name}: {word} conflicts with mode container: "
                f"give it to {container.share}, which owns the network stack"
            )


def without_host_side(container: Container) -> Container:
    """As Docker: with no address of its own to publish from, its ports are only exposed."""
    listening = [(port.container_port, port.protocol) for port in container.ports]
    expose = tuple(dict.fromkeys((*container.expose, *listening)))
    return replace(container, ports=(), expose=expose)
