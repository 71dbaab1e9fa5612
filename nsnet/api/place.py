"""Somewhere you can be: a container, the host, the outside machine."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, overload

from ..kernel.errors import KernelError
from . import askable, probe, questions
from .completed import Completed, readable
from .errors import CommandFailed, CommandTimeout, Unreachable
from .machine import Machine
from .questions import Protocol
from .running import Order, run

if TYPE_CHECKING:
    from .results.walk import Trace, Walk
    from .results.why import Why

#: A word of a command: numbers and paths are written out.
Word = str | int | float | os.PathLike[str]


class Place:
    """A network stack of a lab, and what can be done there.

    >>> with Lab() as lab:
    ...     web = lab.container("web", ports=["8080:80"])
    ...     lab.up()
    ...     print(web.exec("cat", "/sys/class/net/eth0/address").stdout, end="")
    ...     print(lab.host.ping(web), web.ping("8.8.8.8"))
    ...     print("web" in lab.outside.get("http://203.0.113.2:8080/"))
    02:42:ac:11:00:02
    True True
    True
    """

    def __init__(self, machine: Machine, name: str, place: str) -> None:
        self._machine, self._place = machine, place
        self.name = name

    @property
    def address(self) -> str:
        """Its address, as the others see it; "" where it has none."""
        return ""

    def address_for(self, other: Place) -> str:
        """The address under which `other` reaches it best.

        >>> with Lab() as lab:
        ...     lab.outside.address_for(lab.host)
        '203.0.113.1'
        """
        return self.address

    @overload
    def exec(
        self,
        *command: Word,
        check: bool = ...,
        timeout: float | None = ...,
        input: str | bytes = ...,
        text: Literal[True] = ...,
        env: Mapping[str, object] | None = ...,
        cwd: str | os.PathLike[str] = ...,
    ) -> Completed[str]: ...

    @overload
    def exec(
        self,
        *command: Word,
        check: bool = ...,
        timeout: float | None = ...,
        input: str | bytes = ...,
        text: Literal[False],
        env: Mapping[str, object] | None = ...,
        cwd: str | os.PathLike[str] = ...,
    ) -> Completed[bytes]: ...

    def exec(
        self,
        *command: Word,
        check: bool = False,
        timeout: float | None = None,
        input: str | bytes = "",
        text: bool = True,
        env: Mapping[str, object] | None = None,
        cwd: str | os.PathLike[str] = "",
    ) -> Completed[Any]:
        """Run a command of the host's own files here, and wait for it.

        `input` is its standard input; `env` is added to its environment; with `text` false,
        input and output are bytes. Raises `CommandFailed` if `check` is set and it fails,
        `CommandTimeout` after `timeout` seconds, `SpawnError` if there is no such command.

        >>> with Lab() as lab:
        ...     lab.host.exec("tr", "a-z", "A-Z", input="hello").stdout
        'HELLO'
        """
        words = askable.argv(self.name, command)
        limit = None if timeout is None else askable.seconds(timeout)
        variables = askable.environment(self.name, env)
        data, folder = askable.data(input), askable.folder(cwd)
        order = Order(self._place, words, data, limit, variables, folder)
        outcome = run(self._machine, order)
        done: Completed[Any] = Completed(outcome.stdout, outcome.stderr, outcome.status)
        if text:
            done = Completed(readable(done.stdout), readable(done.stderr), done.status)
        if outcome.late:
            raise CommandTimeout(self.name, words, timeout or 0, done)
        if check and not done:
            raise CommandFailed(self.name, words, done)
        return done

    def ping(self, target: Place | str, timeout: float = 1.0) -> bool:
        """Does `target` (a container, the host, an IP address) answer within so many seconds?

        >>> with Lab() as lab:
        ...     lab.host.ping(lab.outside), lab.host.ping("192.0.2.1", timeout=0.1)
        (True, False)
        """
        found, timeout = askable.place(target), askable.seconds(timeout)
        address = found if isinstance(found, str) else self._found(found)
        with self._socket(*probe.icmp(probe.family_of(address))) as sock:
            return probe.echoes(sock, address, timeout)

    def get(self, url: str, timeout: float = 2.0) -> str:
        """The text that a server answers: ``http://ADDRESS:PORT/PATH``, or what it says to
        whoever connects: ``tcp://ADDRESS:PORT``. Raises `Unreachable`.

        >>> with Lab() as lab:
        ...     lab.host.get("http://203.0.113.1/")
        'outside 203.0.113.1:80 saw 203.0.113.2:...\\n'
        """
        timeout = askable.seconds(timeout)
        _, address, _, _ = probe.address_of(url)
        with self._socket(probe.family_of(address), socket.SOCK_STREAM, 0) as sock:
            try:
                return probe.fetch(sock, url, timeout)
            except TimeoutError:
                why = f"no answer within {timeout:g} s"
                raise Unreachable(f"{self.name} cannot get {url}", why) from None
            except OSError as error:
                why = error.strerror or str(error)
                raise Unreachable(f"{self.name} cannot get {url}", why) from None

    def resolve(self, name: str, timeout: float = 2.0) -> list[str]:
        """The addresses of `name`, by a question to the name server that is in the place's own
        /etc/resolv.conf. Raises `UnknownName`, and `Unreachable` where nobody answers.

        >>> with Lab() as lab:
        ...     front = lab.network("front", subnet="172.28.0.0/16")
        ...     web, db = lab.container("web", front), lab.container("db", front)
        ...     lab.up()
        ...     web.resolve("db")
        ['172.28.0.3']
        """
        from .naming import resolve

        name = askable.text("cannot resolve", name, "write a name")
        timeout = askable.seconds(timeout)
        conf = self._machine.call("resolv_conf", place=self._place)
        return resolve(self.name, name, conf, self._socket, timeout)

    def why(
        self,
        target: Place | str,
        *,
        protocol: Protocol = "",
        language: Literal["en", "ko"] = "en",
    ) -> Why:
        """Does a packet from here arrive there? As `Lab.why`.

        >>> with Lab() as lab:
        ...     web, db = lab.container("web", expose=80), lab.container("db")
        ...     lab.up()
        ...     db.why(web), db.why(f"{web}:81").id
        (<Why db → web: arrives>, 'APP.NOT_LISTENING')
        """
        return questions.why(self._machine, self, target, protocol, language)

    def walk(
        self,
        target: Place | str,
        *,
        protocol: Protocol = "",
        language: Literal["en", "ko"] = "en",
    ) -> Walk:
        """The way of a packet from here, predicted. As `Lab.walk`.

        >>> with Lab() as lab:
        ...     lab.outside.walk("host")
        <Walk outside → host: answered>
        """
        return questions.walk(self._machine, self, target, protocol, language)

    def trace(
        self,
        target: Place | str,
        *,
        protocol: Protocol = "",
        timeout: float = 1.0,
        language: Literal["en", "ko"] = "en",
    ) -> Trace:
        """The way of a packet from here, as it went. As `Lab.trace`.

        >>> with Lab() as lab:
        ...     lab.host.trace("http://8.8.8.8/").answer
        'an answer in ... ms'
        """
        return questions.trace(self._machine, self, target, protocol, timeout, language)

    def _check_up(self) -> None:
        """The host and the outside machine always are."""

    def _socket(self, family: int, kind: int, protocol: int) -> socket.socket:
        return self._machine.socket(self._place, family, kind, protocol)

    def _found(self, target: Place) -> str:
        if target._machine is not self._machine:
            raise KernelError(f"{self.name} cannot reach {target.name}", "it is of another lab")
        address = target.address_for(self)
        if not address:
            raise KernelError(f"{self.name} cannot reach {target.name}", "it has no address")
        return address

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


class Host(Place):
    """The machine that the lab's bridges are on: the sandbox, or the real one.

    >>> with Lab() as lab:
    ...     lab.host, lab.host.address
    (<Host host>, '203.0.113.2')
    """

    def __init__(self, machine: Machine) -> None:
        super().__init__(machine, "host", "")

    @property
    def address(self) -> str:
        """The address that the rest of the world sees; "" without a way there."""
        with self._socket(socket.AF_INET, socket.SOCK_DGRAM, 0) as sock:
            try:
                sock.connect(("203.0.113.1", 9))  # No packet is sent: this only asks for a route.
            except OSError:
                return ""
            return str(sock.getsockname()[0])

    def address_for(self, other: Place) -> str:
        """The nearest: of a container's own bridge."""
        gateways: list[str] = getattr(other, "gateways", [])
        return gateways[0] if gateways else self.address


class Outside(Place):
    """What a sandbox has instead of the internet: one machine that answers.

    It is also 8.8.8.8 and 1.1.1.1, and a web server. It knows no way back to private
    addresses: without masquerade nothing returns.

    >>> with Lab() as lab:
    ...     lab.outside.address, lab.outside.ping(lab.host)
    ('203.0.113.1', True)
    """

    def __init__(self, machine: Machine) -> None:
        name, address = machine.call("outside")
        super().__init__(machine, name, name)
        self._address: str = address

    @property
    def address(self) -> str:
        """Its address."""
        return self._address
