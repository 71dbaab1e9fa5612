"""`Lab`: the way in."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType, TracebackType
from typing import Any, Self

from ..kernel.errors import NotFound
from ..show.words import count
from ..topology import model
from ..topology.model import DEFAULT_NETWORK, Topology, TopologyError
from . import wish
from .command import Commands
from .container import Container
from .draft import Draft
from .machine import Machine
from .network import Network
from .place import Host, Outside, Place

#: One network or several; as a mapping, with what is wanted on each.
Networks = str | Network | Iterable[str | Network] | Mapping[Any, Mapping[str, Any] | None]


class Lab:
    """Networks and containers, described by calls and built by `up`.

               outside 203.0.113.1
                  │
        host ─────┴───── br-front 172.28.0.1
                          │         │
                         web        db 172.28.0.9

    >>> with Lab("shop") as lab:
    ...     front = lab.network("front", subnet="172.28.0.0/16")
    ...     web = lab.container("web", networks=front, ports=["8080:80"])
    ...     db = lab.container("db", networks={front: {"ipv4": "172.28.0.9"}})
    ...     lab.up()
    ...     web.ping(db), web.ping("8.8.8.8"), lab.host.get("http://127.0.0.1:8080/")
    (True, True, 'web 172.28.0.2:80 saw 172.28.0.1:...\\n')

    It lives in a sandbox: a machine of namespaces that needs no root, reaches nothing of
    yours, and ends with the ``with``, with `close`, or with your program, however that ends.
    With ``host=True`` it is this very machine, as with ``sudo nsnet up``: needs root, and
    what is up stays up until `down` or the end of the ``with``.

    It can be used from several threads and inside a running event loop. Raises
    `TopologyError` for what cannot be, at once; `PreconditionError` where a right is missing.
    """

    def __init__(self, name: str = "lab", *, host: bool = False) -> None:
        self._begin(Topology(wish.lab_name(name)), host)

    # --- describing

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

    # --- building

    def up(self) -> None:
        """Build it, or change what has changed since. On any failure, and after Ctrl-C,
        everything is as it was before.

        Raises `TopologyError` (it cannot be so), `StepFailed` (the kernel refused a step),
        `PreconditionError` (a right or a feature of the kernel is missing).
        """
        self._machine.up(self.topology)

    def down(self) -> None:
        """Take it off its host, which stays: a second `up` is quick. Nothing if not up."""
        self._machine.down(self.name)

    def close(self) -> None:
        """End the sandbox with all that is in it. On the machine itself: `down`, unless the
        lab was up before (`attach`)."""
        try:
            if self._machine.host and not self._attached:
                self.down()
        finally:
            self._machine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # --- looking

    def plan(self) -> Commands:
        """The commands that `up` would run now; empty when there is nothing to change.

        >>> with Lab() as lab:
        ...     web = lab.container("web", mode="none")
        ...     lab.plan()[0]
        <Command ip netns add web>
        """
        return self._machine.plan(self.topology)

    def commands(self) -> Commands:
        """The commands that have been run to build what is up (or what was up last), in
        order and with their reasons: print them.

        >>> with Lab() as lab:
        ...     web = lab.container("web")
        ...     lab.up()
        ...     [each.text for each in lab.commands() if "default via" in each.text]
        ['ip -n web route add default via 172.17.0.1 dev eth0']
        """
        return self._machine.commands()

    def script(self) -> str:
        """A POSIX script that builds the lab on an empty host: run it as root."""
        return self._machine.script(self.topology)

    @property
    def topology(self) -> Topology:
        """The description as plain data."""
        return self._draft.topology

    @property
    def name(self) -> str:
        """What `nsnet ps` calls it."""
        return self._draft.name

    @property
    def host(self) -> Place:
        """The machine that the lab's bridges are on."""
        return self._host

    @property
    def outside(self) -> Place:
        """The simulated rest of the world. Raises `NotFound` outside of a sandbox."""
        if self._machine.host:
            raise NotFound("there is no simulated outside machine", "this lab has the real one")
        return Outside(self._machine)

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

    def __repr__(self) -> str:
        containers = count(len(self._containers), "container")
        networks = count(len(self._networks), "network")
        state = "up" if self._machine.layout else "not up"
        return f"<Lab {self.name}: {containers}, {networks}, {state}>"

    # --- from what there is

    @classmethod
    def from_compose(cls, what: str | os.PathLike[str], *, host: bool = False, **how: Any) -> Self:
        """The lab that a compose file, a folder with one, or a demo describes. `how` are
        ``project``, ``profiles``, ``env``, ``stub`` and ``scale`` as for ``nsnet up``.

        >>> with Lab.from_compose("bridge-demo") as lab:
        ...     lab.up()
        ...     lab, lab["alpine1"].ping(lab["alpine2"])
        (<Lab bridge-demo: 3 containers, 1 network, up>, True)
        """
        from .source import topology

        lab = cls.__new__(cls)
        lab._begin(topology(what, **how), host)
        return lab

    @classmethod
    def attach(cls, name: str) -> Self:
        """The lab of a topology that is up on this machine (``nsnet ls``); it stays up.

        Raises `NotFound`, and `PreconditionError` for those who are not root.
        """
        lab = cls.__new__(cls)
        lab._begin(Topology(name), host=True)
        try:
            lab._describe(lab._machine.find(name).topology)
        except BaseException:
            lab._machine.close()
            raise
        lab._attached = True
        return lab

    # --- inner matters

    def _begin(self, topology: Topology, host: bool) -> None:
        if host:
            from .rights import check_rights

            check_rights()
        self._attached = False
        self._machine = Machine(host)
        self._host = Host(self._machine)
        self._describe(topology)

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

    def _check_ours(self, thing: object) -> None:
        machine = getattr(thing, "_machine", self._machine)
        if machine is not self._machine:
            raise TopologyError(f"{thing} is of another lab: add one to lab {self.name}")
