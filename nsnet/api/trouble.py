"""The breaking half of a lab: faults to find, and bad networks to test programs with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..kernel.errors import KernelError, NotFound
from .askable import number, place, text
from .machine import Machine
from .network import Network
from .place import Host, Outside, Place

if TYPE_CHECKING:
    from .results.handles import Fault, Impairment

_IMPAIRMENTS = ("CUT", "SLOW", "LATE")

#: The units of tc(8) in bits per second.
_UNITS = {"bit": 1, "kbit": 10**3, "mbit": 10**6, "gbit": 10**9}
_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmg]?bit)(?:/s)?", re.IGNORECASE)


class Trouble:
    """What can be broken in a `Lab`. All of it is mended by the end of a ``with``, by `mend` and
    `heal`, and by `down` and `close`."""

    _machine: Machine

    def fault(self, name: str, on: Place | Network | str = "") -> Fault:
        """Break something: `name` is what `why` shall come to (``nsnet fault kinds``), `on` the
        container, network or published port; a container stands for its network and port, too.

        Raises `NotFound`, and `KernelError` where it cannot be broken so.

        >>> with Lab() as lab:
        ...     web = lab.container("web")
        ...     lab.up()
        ...     fault = lab.fault("NAT.NO_MASQ", on=web)
        ...     fault, lab.why(web, "8.8.8.8").id, lab.faults
        (<Fault NAT.NO_MASQ on bridge>, 'NAT.NO_MASQ', (<Fault NAT.NO_MASQ on bridge>,))
        """
        from .results.handles import Fault

        name = text("fault", name, "write an id, as NO_MASQ: `nsnet fault kinds` lists them")
        kind, what = self._meant(on)
        return Fault(self._machine, self._machine.call("fault", name=name, on=what, kind=kind))

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults of this lab that stand."""
        from .results.handles import Fault

        found = (each for each in self._broken() if each["id"] not in _IMPAIRMENTS)
        return tuple(Fault(self._machine, each) for each in found)

    def mend(self) -> None:
        """Mend all faults of this lab.

        >>> with Lab() as lab:
        ...     web = lab.container("web")
        ...     lab.up()
        ...     fault = lab.fault("NO_DEFAULT", on=web)
        ...     lab.mend()
        ...     web.ping("8.8.8.8"), lab.faults
        (True, ())
        """
        self._mend([each["number"] for each in self._broken() if each["id"] not in _IMPAIRMENTS])

    # --- bad networks

    def partition(self, one: Place | Network | str, other: Place | Network | str) -> Impairment:
        """Cut two sides apart: containers, networks, the host, the outside machine. What one
        sends to the other is dropped on the host, both ways, open connections included; it looks
        like silence. It is about the addresses that they have now.

        Raises `NotFound`, and `KernelError` where their packets do not pass the host (macvlan).

        >>> with Lab() as lab:
        ...     web, db = lab.container("web"), lab.container("db")
        ...     lab.up()
        ...     with lab.partition(web, db):
        ...         web.ping(db, timeout=0.2), web.ping(lab.host)
        ...     web.ping(db)
        (False, True)
        True
        """
        sides = {"one": list(self._side(one)), "other": list(self._side(other))}
        return self._impaired("cut", **sides)

    def rate(
        self, container: Place | str, rate: str | int, *, network: Network | str = ""
    ) -> Impairment:
        """Let a container send and receive no more than `rate`, ``"1mbit"`` or bits per second,
        over each of its cables (or the one to `network`); of macvlans: send alone.

        >>> with Lab() as lab:
        ...     web = lab.container("web")
        ...     lab.up()
        ...     lab.rate(web, "1mbit").commands[0]
        'tc -n web qdisc add dev eth0 root handle 6e73: tbf rate 1000000bit burst ...'
        """
        name, net = self._cable(container, network)
        return self._impaired("slow", container=name, rate=_bytes(rate), network=net)

    def delay(
        self,
        container: Place | str,
        ms: float,
        *,
        jitter: float = 0.0,
        loss: float = 0.0,
        network: Network | str = "",
    ) -> Impairment:
        """Hold back what a container sends for `ms` ± `jitter` milliseconds, and lose `loss`
        percent of it. A round trip takes `ms` longer.

        Raises `PreconditionError` where the kernel has no netem.

        >>> with Lab() as lab:
        ...     web = lab.container("web")
        ...     lab.up()
        ...     try:
        ...         said = lab.delay(web, 80, jitter=10, loss=1).id
        ...     except PreconditionError as error:
        ...         said = error.what
        >>> said in ("LATE", "this kernel has no netem")
        True
        """
        for what, value in (("delay", ms), ("jitter", jitter), ("loss", loss)):
            number(what, value)
        if ms < 0 or jitter < 0 or not 0 <= loss <= 100 or not (ms or loss):
            why = "give milliseconds from 0 on, and a loss from 0 to 100 percent"
            raise KernelError(f"cannot delay {container} by {ms:g} ms, loss {loss:g} %", why)
        name, net = self._cable(container, network)
        micro = {"delay": round(ms * 1000), "jitter": round(jitter * 1000)}
        return self._impaired("late", container=name, **micro, loss=loss, network=net)

    def heal(self) -> None:
        """End every partition, rate and delay of this lab.

        >>> with Lab() as lab:
        ...     lab.up()
        ...     cut = lab.partition(lab.host, lab.outside)
        ...     lab.heal()
        ...     lab.host.ping(lab.outside)
        True
        """
        self._mend([each["number"] for each in self._broken() if each["id"] in _IMPAIRMENTS])

    # --- the words of it

    def _impaired(self, verb: str, **words: Any) -> Impairment:
        from .results.handles import Impairment

        return Impairment(self._machine, self._machine.call(verb, **words))

    def _broken(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        return found if self._machine.running is None else self._machine.call("broken")

    def _mend(self, numbers: list[int]) -> None:
        if numbers:
            self._machine.call("mend", numbers=numbers)

    def _cable(self, container: Place | str, network: Network | str) -> tuple[str, str]:
        kind, name = self._side(container)
        if kind != "container":
            raise KernelError(f"{container} has no cable of its own", "name a container")
        if not network:
            return name, ""
        kind, net = self._side(network)
        if kind != "network":
            raise KernelError(f"{net or kind} is no network", "name one that the container is on")
        return name, net

    def _meant(self, on: Place | Network | str) -> tuple[str, str]:
        """The same of what a fault is done to; a text may be a port, or a namespace's name."""
        on = place(on) if on != "" else on
        if not isinstance(on, str):
            kind, _ = self._side(on)
            return kind, on.name
        try:
            return self._meant(self._called(on))
        except NotFound:
            return "", on

    def _called(self, text: str) -> Any:
        raise NotImplementedError

    def _side(self, what: Place | Network | str) -> tuple[str, str]:
        """What it is and what it is called. Raises `KernelError`, `NotFound`."""
        found = place(what)
        found = self._called(found) if isinstance(found, str) else found
        if found._machine is not self._machine:
            raise KernelError(f"cannot break {found.name}", "it is of another lab")
        found._check_up()
        if isinstance(found, Host | Outside):
            return found.name, ""
        return ("network" if isinstance(found, Network) else "container"), found.name


def _bytes(rate: str | int) -> int:
    """A rate in bytes per second. Raises `KernelError`."""
    bits = float(rate) if isinstance(rate, int) else 0.0
    if isinstance(rate, str) and (found := _RATE.fullmatch(rate.strip())):
        bits = float(found[1]) * _UNITS[found[2].lower()]
    if bits < 8000:
        raise KernelError(f"rate {rate!r} is none", "write 1mbit, 500kbit, or bits from 8000 on")
    return int(bits) // 8


def unknown(text: str, names: list[str]) -> NotFound:
    """Nothing of this lab is called so."""
    from .wish import suggestion

    what = f"no container or network {text} in this lab"
    return NotFound(what, suggestion(text, [*names, "host", "outside"]))
