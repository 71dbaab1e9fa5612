"""What is broken, to be mended again."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from ..machine import Machine


class Handle:
    """Something broken on purpose, until `clear`, or the end of its ``with``."""

    def __init__(self, machine: Machine, told: dict[str, Any]) -> None:
        self._machine, self._where = machine, machine.running
        self._number: int = told["number"]
        #: What was broken, in short.
        self.id: str = told["id"]
        #: What it was done to.
        self.on: str = told["on"]
        #: The commands that did it.
        self.commands: tuple[str, ...] = tuple(told["commands"])

    def clear(self) -> None:
        """Mend it: all is as it was. Nothing if it is mended already, or the lab is closed.

        >>> with Lab() as lab:
        ...     lab.up()
        ...     cut = lab.partition(lab.host, lab.outside)
        ...     cut.clear()
        ...     lab.host.ping(lab.outside)
        True
        """
        if self._where is not None and self._machine.running is self._where:
            self._machine.call("mend", numbers=[self._number])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.clear()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} on {self.on}>"


class Fault(Handle):
    """A fault, made by `Lab.fault`: `id` is the diagnosis that `Lab.why` should come to.

    >>> with Lab() as lab:
    ...     web = lab.container("web")
    ...     lab.up()
    ...     with lab.fault("LINK_DOWN", on=web) as fault:
    ...         fault, lab.why(web, "8.8.8.8").id
    ...     fault.commands, bool(lab.why(web, "8.8.8.8"))
    (<Fault L1.LINK_DOWN on web>, 'L1.LINK_DOWN')
    (('ip -n web link set dev eth0 down',), True)
    """


class Impairment(Handle):
    """A bad network on purpose, made by `Lab.partition`, `Lab.rate` and `Lab.delay`: `id` is
    ``CUT``, ``SLOW`` or ``LATE``.

    >>> with Lab() as lab:
    ...     web, db = lab.container("web"), lab.container("db")
    ...     lab.up()
    ...     cut = lab.partition(web, db)
    ...     apart = web.ping(db, timeout=0.2)
    ...     cut.heal()
    ...     cut, apart, web.ping(db)
    (<Impairment CUT on web, db>, False, True)
    """

    def heal(self) -> None:
        """The same as `clear`.

        >>> with Lab() as lab:
        ...     lab.up()
        ...     lab.partition("host", "outside").heal()
        ...     lab.host.ping(lab.outside)
        True
        """
        self.clear()
