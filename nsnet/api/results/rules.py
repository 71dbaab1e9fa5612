"""The firewall."""

from __future__ import annotations

from .base import Result


class Rules(Result):
    """The rules of the lab's host with what they have counted and what each is for, or (as
    ``iptables``) what Docker would write for the same. True if there are any.

    >>> with Lab() as lab:
    ...     web = lab.container("web", ports=["8080:80"])
    ...     lab.up()
    ...     rules, docker = lab.rules(), lab.rules(as_="iptables")
    >>> [line for line in docker.lines if "--to-destination" in line]
    ['-A DOCKER ! -i nsnet0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80']
    >>> "masquerade" in str(rules)
    True
    """

    @property
    def lines(self) -> tuple[str, ...]:
        """Line by line."""
        return tuple(str(self).split("\n"))

    def __bool__(self) -> bool:
        return bool(self._told["data"])

    def __repr__(self) -> str:
        from ...show.words import count

        return f"<Rules: {count(len(self.lines), 'line')}>"
