"""`Lab`: the way in."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Any, Self

from ..kernel.errors import NotFound
from ..show.words import count
from ..topology.model import Topology
from . import wish
from .askable import text
from .command import Commands
from .description import Description
from .looking import Looking
from .machine import Machine
from .place import Host, Outside, Place
from .plugging import Plugging
from .trouble import Trouble, unknown


class Lab(Description, Plugging, Looking, Trouble):
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

    # --- building

    def up(self) -> None:
        """Build it, or change what has changed since. On any failure, and after Ctrl-C,
        everything is as it was before.

        Raises `TopologyError` (it cannot be so), `StepFailed` (the kernel refused a step),
        `PreconditionError` (a right or a feature of the kernel is missing).

        >>> with Lab() as lab:
        ...     lab.up()
        ...     web = lab.container("web")
        ...     lab.up()
        ...     lab, lab.plan()
        (<Lab lab: 1 container, 0 networks, up>, <0 commands>)
        """
        with self._machine.changing:
            self._machine.up(self.topology)

    def down(self) -> None:
        """Take it off its host, which stays: a second `up` is quick. Nothing if not up.

        >>> with Lab() as lab:
        ...     lab.up()
        ...     lab.down()
        ...     lab
        <Lab lab: 0 containers, 0 networks, not up>
        """
        with self._machine.changing:
            self._machine.down(self.name)

    def reset(self) -> None:
        """Begin anew: down, and nothing is described any more. The sandbox stays, which is quick;
        but if a command has run on its host or its outside machine, where it may have changed
        anything, or if it does not come down, then a new one comes at the next need.

        >>> with Lab() as lab:
        ...     web = lab.container("web")
        ...     lab.up()
        ...     lab.reset()
        ...     lab
        <Lab lab: 0 containers, 0 networks, not up>
        """
        with self._machine.changing:
            self._machine.reset(self.name)
            self._describe(Topology(self.name))

    def close(self) -> None:
        """End the sandbox with all that is in it. On the machine itself: `down`, unless the
        lab was up before (`attach`): then only what this one has broken is mended.

        >>> lab = Lab()
        >>> lab.up()
        >>> lab.close()
        """
        try:
            if self._machine.host and not self._attached:
                self.down()
            elif self._machine.host:
                self.mend()
                self.heal()
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
        """A POSIX script that builds the lab on an empty host: run it as root.

        >>> with Lab() as lab:
        ...     web = lab.container("web", mode="none")
        ...     lab.script().splitlines()[0]
        '#!/bin/sh'
        """
        return self._machine.script(self.topology)

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

    def _called(self, text: str) -> Any:
        """A container (by its service, too), a network, the host, the outside machine."""
        if text in self._networks and text not in self._containers:
            return self._networks[text]
        if text in ("host", "outside") and text not in self._containers:
            return self.host if text == "host" else self.outside
        try:
            return self[text]
        except NotFound:
            raise unknown(text, [*self._containers, *self._networks]) from None

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

        >>> try:
        ...     lab = Lab.attach("elsewhere")
        ... except (NotFound, PreconditionError):
        ...     print("not here")
        not here
        """
        lab = cls.__new__(cls)
        name = text("topology", name, "write its name: `nsnet ls` lists them")
        lab._begin(Topology(name), host=True)
        try:
            lab._describe(lab._machine.find(name).topology)
        except BaseException:
            lab._machine.close()
            raise
        lab._attached = True
        return lab

    def _begin(self, topology: Topology, host: bool) -> None:
        if host:
            from .rights import check_rights

            check_rights()
        self._attached = False
        Description.__init__(self, topology, Machine(host))
        self._host = Host(self._machine)
