"""The plugging half of a lab: a container joins a network, or leaves it, while it runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..topology import model
from ..topology.codec import plain, restore
from ..topology.layout import Layout
from ..topology.model import TopologyError
from ..value import replace
from .container import Container
from .draft import Draft
from .machine import Machine
from .network import Network


class Plugging:
    """``docker network connect`` and ``disconnect``: the description changes, and if the
    container is up, the kernel with it. Nothing else of the description is built by that."""

    _machine: Machine
    _draft: Draft

    def connect(
        self,
        container: Container | str,
        network: Network | str,
        *,
        ipv4: str = "",
        ipv6: str = "",
        aliases: str | Iterable[str] = (),
        mac: str = "",
        gw_priority: int = 0,
    ) -> None:
        """Give a container an endpoint on one more network. Raises `TopologyError`, `KernelError`.

        >>> with Lab() as lab:
        ...     front, back = lab.network("front"), lab.network("back")
        ...     web, db = lab.container("web", front), lab.container("db", back)
        ...     lab.up()
        ...     lab.connect(web, back, aliases="www")
        ...     [end.device for end in web.endpoints], db.ping(web), db.resolve("www")
        (['eth0', 'eth1'], True, ['172.19.0.3'])
        """
        given = {"ipv4": ipv4, "ipv6": ipv6, "aliases": aliases, "mac": mac}
        wanted: dict[str, Any] = {key: value for key, value in given.items() if value}
        with self._machine.changing:
            one, name = self._plug(container, network)
            self._join(one, name, {**wanted, "gw_priority": gw_priority})

    def disconnect(self, container: Container | str, network: Network | str) -> None:
        """Take a container's endpoint off a network. Raises `TopologyError`, `KernelError`.

        >>> with Lab() as lab:
        ...     front = lab.network("front")
        ...     web, db = lab.container("web", front), lab.container("db", front)
        ...     lab.up()
        ...     lab.disconnect(web, front)
        ...     web.endpoints, db.ping(web.address or "172.18.0.2", timeout=0.1)
        ((), False)
        """
        with self._machine.changing:
            one, name = self._plug(container, network)
            self._leave(one, name)

    def _join(self, one: model.Container, name: str, wanted: dict[str, Any]) -> None:
        what = f"container {one.name}"
        if one.mode != "bridge":
            raise TopologyError(f"{what}: it has no networks of its own: its mode is {one.mode}")
        (wish,) = self._draft.attachments(what, {name: wanted})
        if any(each.network == wish.network for each in one.attachments):
            raise TopologyError(f"{what}: it is on network {name} already")
        if self._is_up(one):
            net = self._draft.network(what, name)
            words = {"container": one.name, "network": plain(net), "wish": plain(wish)}
            self._follow(one, self._machine.call("connect", **words))
        else:
            self._draft.change(replace(one, attachments=(*one.attachments, wish)))

    def _leave(self, one: model.Container, name: str) -> None:
        full = self._draft.network(f"container {one.name}", name).name
        kept = tuple(each for each in one.attachments if each.network != full)
        if len(kept) == len(one.attachments):
            raise TopologyError(f"container {one.name}: it is not on network {name}")
        if self._is_up(one):
            words = {"container": one.name, "network": full}
            self._follow(one, self._machine.call("disconnect", **words))
        else:
            self._draft.change(replace(one, attachments=kept))

    def _plug(
        self, container: Container | str, network: Network | str
    ) -> tuple[model.Container, str]:
        """What is described of the container, and the network's name here."""
        self._check_ours(container)
        self._check_ours(network)
        found = self._container_called(container)
        return self._draft.containers[found], str(network)

    def _is_up(self, one: model.Container) -> bool:
        layout = self._machine.layout
        return layout is not None and layout.topology.container(one.name) is not None

    def _follow(self, one: model.Container, layout: Any) -> None:
        """What is up now is what is described."""
        now = self._machine.layout = restore(Layout, layout)
        self._draft.change(now.topology.container(one.name) or one)

    def _check_ours(self, thing: object) -> None:
        raise NotImplementedError

    def _container_called(self, what: Any) -> str:
        raise NotImplementedError
