"""The describing half of a lab: what it is to have, in calls like Docker's commands."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ..kernel.errors import NotFound
from ..topology import model
from ..topology.model import DEFAULT_NETWORK, Topology, TopologyError
from ..value import replace
from . import given, wish
from .container import Container
from .draft import Draft
from .machine import Machine
from .network import Network

#: One network or several; as a mapping, with what is wanted on each.
Networks = str | Network | Iterable[str | Network] | Mapping[Any, Mapping[str, Any] | None]


class Description:
    """What a `Lab` knows of its networks and containers before anything is built."""

    def __init__(self, topology: Topology, machine: Machine) -> None:
        self._machine = machine
        self._words = threading.RLock()
        self._describe(topology)

    def network(
        self,
        name: str,
        *,
        subnet: str = "",
        gateway: str = "",
        ip_range: str = "",
        aux: Mapping[str, str] | str | Iterable[str] = (),
        ipv6: bool | str = False,
        driver: str = "bridge",
        internal: bool = False,
        external: bool = False,
        icc: bool | None = None,
        masquerade: bool | None = None,
        mtu: int | None = None,
        options: Mapping[str, object] | str | Iterable[str] = (),
    ) -> Network:
        """Describe a network: ``docker network create``.

        `ipv6` is a subnet, or true for one that is chosen; `options` are Docker's driver
        options, of which `icc`, `masquerade` and `mtu` have words of their own.

        >>> Lab().network("back", internal=True, icc=False)
        <Network back: not up>
        """
        what = f"network {wish.name_of('network', name)}"
        wanted = model.Network(
            name=name,
            key=name,
            driver=given.text(f"{what}: driver", driver, default="bridge"),
            options=wish.options(what, options, icc, masquerade, mtu),
            internal=given.flag(f"{what}: internal", internal),
            external=given.flag(f"{what}: external", external),
            enable_ipv6=bool(ipv6),
            pools=wish.pools(what, subnet, gateway, ip_range, aux, ipv6),
        )
        with self._words:
            self._draft.add_network(wanted)
            made = self._networks[name] = Network(self._machine, wanted)
        return made

    def container(
        self,
        name: str,
        networks: Networks = (),
        *,
        ports: str | int | Iterable[str | int] = (),
        command: str | Sequence[str] | None = None,
        mode: str = "bridge",
        expose: str | int | Iterable[str | int] = (),
        links: str | Iterable[str] | Mapping[str, str] = (),
        hostname: str = "",
        dns: str | Iterable[str] = (),
        extra_hosts: Mapping[str, str] | str | Iterable[str] = (),
        sysctls: Mapping[str, object] | str | Iterable[str] = (),
        environment: Mapping[str, object] | str | Iterable[str] = (),
        stub: bool = True,
    ) -> Container:
        """Describe a container: ``docker run``. Without networks it is on the default bridge.

        With ports and no `command` a small listener answers on them, unless `stub` is false.
        `extra_hosts`, `sysctls`, `environment` are mappings, or lists as for Docker's options:
        ``["db:172.30.0.9"]``, ``["NAME=value"]``.

        >>> Lab().container("web", ports=["8080:80"], command=["sleep", "60"])
        <Container web: not up>
        """
        what = f"container {wish.name_of('container', name)}"
        kind, share = self._draft.mode(what, mode)
        wanted = model.Container(
            name=name,
            mode=kind,
            share=share,
            attachments=self._draft.attachments(what, self._joined(what, kind, networks)),
            ports=wish.published(what, ports),
            expose=wish.exposed(what, expose),
            links=self._draft.links(what, links),
            hostname=wish.host_name(what, hostname),
            dns=wish.resolvers(what, dns),
            extra_hosts=wish.extra_hosts(what, extra_hosts),
            sysctls=wish.sysctls(what, sysctls),
            environment=wish.environment(what, environment),
            command=wish.command(what, command),
            stub=given.flag(f"{what}: stub", stub),
        )
        idle = wanted.command or not (wanted.ports or wanted.expose)
        wanted = replace(wanted, stub=False) if idle else wanted
        with self._words:
            made = Container(self._machine, self._draft.add_container(wanted))
            self._containers[name] = made
        return made

    def remove(self, what: Container | Network | str) -> None:
        """Take a container or a network out of the description; the next `up` takes it away.
        A text is a container's name or, if there is none of that name, a network's.

        >>> lab = Lab()
        >>> lab.remove(lab.container("web"))
        >>> lab
        <Lab lab: 0 containers, 0 networks, not up>
        """
        with self._words:
            found: Any = self._networks.get(what) if isinstance(what, str) else what
            if isinstance(what, str) and (found is None or what in self._containers):
                found = self[what]
            self._check_ours(found)
            if isinstance(found, Network) and self._networks.get(found.wish.key) is found:
                self._draft.remove_network(found.wish.key)
                del self._networks[found.wish.key]
            elif isinstance(found, Container) and self._containers.get(found.name) is found:
                self._draft.remove_container(found.name)
                del self._containers[found.name]
            else:
                cure = "name a container or a network of this lab"
                raise TopologyError(f"cannot remove {given.shown(what)}: {cure}")

    @property
    def topology(self) -> Topology:
        """The description as plain data."""
        with self._words:
            return self._draft.topology

    @property
    def name(self) -> str:
        """What `nsnet ps` calls it."""
        return self._draft.name

    @property
    def containers(self) -> Mapping[str, Container]:
        """The containers by name."""
        return MappingProxyType(self._containers)

    @property
    def networks(self) -> Mapping[str, Network]:
        """The networks by name (from a compose file: by the name that it has in there)."""
        return MappingProxyType(self._networks)

    def __getitem__(self, name: str) -> Container:
        """The container of that name, or the only one of that Compose service.

        Raises `NotFound`.
        """
        called = given.called(name)
        known = self._containers.values()
        found = [c for c in known if called and called in (c.name, c.wish.service)]
        exact = self._containers.get(called) or (found[0] if len(found) == 1 else None)
        if exact is None:
            names = [c.name for c in found] or self._containers
            raise NotFound(f"no container {called} in this lab", wish.suggestion(called, names))
        return exact

    def __iter__(self) -> Iterator[Container]:
        return iter(tuple(self._containers.values()))

    def _describe(self, topology: Topology) -> None:
        self._draft, machine = Draft(topology), self._machine
        self._networks = {k: Network(machine, each) for k, each in self._draft.networks.items()}
        self._containers = {n: Container(machine, c) for n, c in self._draft.containers.items()}

    def _joined(
        self, what: str, mode: str, networks: Networks
    ) -> dict[str, Mapping[str, Any] | None]:
        """The names of networks, with what is wanted on each."""
        cure = "name a network, a list of them, or a mapping"
        if isinstance(networks, str | Network):
            networks = (networks,)
        named = (
            networks
            if isinstance(networks, Mapping)
            else given.several(f"{what}: networks", networks, cure)
        )
        if mode != "bridge" and named:
            raise TopologyError(f"{what}: mode {mode} and networks: keep one of the two")
        for each in named:
            if not isinstance(each, str | Network):
                raise TopologyError(f"{what}: networks {given.shown(each)}: {cure}")
            self._check_ours(each)
        if mode == "bridge" and not named:
            return {DEFAULT_NETWORK: None}
        return {str(e): named[e] if isinstance(named, Mapping) else None for e in named}

    def _container_called(self, what: Any) -> str:
        return self[what.name if isinstance(what, Container) else what].name

    def _check_ours(self, thing: object) -> None:
        machine = getattr(thing, "_machine", self._machine)
        if machine is not self._machine:
            raise TopologyError(f"{thing} is of another lab: add one to lab {self.name}")
