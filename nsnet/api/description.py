"""The describing half of a lab: what it is to have, in calls like Docker's commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ..kernel.errors import NotFound
from ..topology import model
from ..topology.model import DEFAULT_NETWORK, Topology, TopologyError
from . import wish
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
        self._describe(topology)

    def network(
        self,
        name: str,
        *,
        subnet: str = "",
        gateway: str = "",
        ip_range: str = "",
        aux: Mapping[str, str] | None = None,
        ipv6: bool | str = False,
        driver: str = "bridge",
        internal: bool = False,
        external: bool = False,
        icc: bool | None = None,
        masquerade: bool | None = None,
        mtu: int | None = None,
        options: Mapping[str, str] | None = None,
    ) -> Network:
        """Describe a network: ``docker network create``.

        `ipv6` is a subnet, or true for one that is chosen; `options` are Docker's driver
        options, of which `icc`, `masquerade` and `mtu` have words of their own.

        >>> Lab().network("back", internal=True, icc=False)
        <Network back: not up>
        """
        wanted = model.Network(
            name=name,
            key=name,
            driver=driver,
            options=wish.options(options or {}, icc, masquerade, mtu),
            internal=internal,
            external=external,
            enable_ipv6=bool(ipv6),
            pools=wish.pools(f"network {name}", subnet, gateway, ip_range, aux or {}, ipv6),
        )
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
        links: str | Iterable[str] = (),
        hostname: str = "",
        dns: str | Iterable[str] = (),
        extra_hosts: Mapping[str, str] | None = None,
        sysctls: Mapping[str, object] | None = None,
        environment: Mapping[str, object] | None = None,
        stub: bool = True,
    ) -> Container:
        """Describe a container: ``docker run``. Without networks it is on the default bridge.

        With ports and no `command` a small listener answers on them, unless `stub` is false.

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
            links=self._draft.links(what, wish.words(links)),
            hostname=wish.host_name(what, hostname),
            dns=wish.resolvers(what, dns),
            extra_hosts=wish.extra_hosts(what, extra_hosts or {}),
            sysctls=wish.pairs(sysctls or {}),
            environment=wish.pairs(environment or {}),
            command=wish.command(command),
            stub=stub and not command and bool(ports or expose),
        )
        made = Container(self._machine, self._draft.add_container(wanted))
        self._containers[name] = made
        return made

    def remove(self, what: Container | Network) -> None:
        """Take a container or a network out of the description; the next `up` takes it away.

        >>> lab = Lab()
        >>> lab.remove(lab.container("web"))
        >>> lab
        <Lab lab: 0 containers, 0 networks, not up>
        """
        self._check_ours(what)
        if isinstance(what, Network):
            self._draft.remove_network(what.wish.key)
            del self._networks[what.wish.key]
        else:
            self._draft.remove_container(what.name)
            del self._containers[what.name]

    @property
    def topology(self) -> Topology:
        """The description as plain data."""
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
        found = [c for c in self._containers.values() if name in (c.name, c.wish.service)]
        exact = self._containers.get(name) or (found[0] if len(found) == 1 else None)
        if exact is None:
            known = [c.name for c in found] or self._containers
            raise NotFound(f"no container {name} in this lab", wish.suggestion(name, known))
        return exact

    def __iter__(self) -> Iterator[Container]:
        return iter(self._containers.values())

    def _describe(self, topology: Topology) -> None:
        self._draft, machine = Draft(topology), self._machine
        self._networks = {k: Network(machine, each) for k, each in self._draft.networks.items()}
        self._containers = {n: Container(machine, c) for n, c in self._draft.containers.items()}

    def _joined(
        self, what: str, mode: str, networks: Networks
    ) -> dict[str, Mapping[str, Any] | None]:
        """The names of networks, with what is wanted on each."""
        if isinstance(networks, str | Network):
            networks = (networks,)
        given: Mapping[Any, Mapping[str, Any] | None] = (
            networks if isinstance(networks, Mapping) else dict.fromkeys(networks)
        )
        if mode != "bridge" and given:
            raise TopologyError(f"{what}: mode {mode} and networks: keep one of the two")
        for each in given:
            self._check_ours(each)
        if mode == "bridge" and not given:
            return {DEFAULT_NETWORK: None}
        return {str(each): wanted for each, wanted in given.items()}

    def _container_called(self, name: str) -> str:
        return self[name].name

    def _check_ours(self, thing: object) -> None:
        machine = getattr(thing, "_machine", self._machine)
        if machine is not self._machine:
            raise TopologyError(f"{thing} is of another lab: add one to lab {self.name}")
