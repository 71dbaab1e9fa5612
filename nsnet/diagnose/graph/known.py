"""What nsnet's records add to what the kernel says: names. Plain values, since this room knows no
records."""

from __future__ import annotations

from ...value import Value


class KnownContainer(Value):
    """A container that runs. `space` is its namespace's key in the survey, `about` its image or
    command in a few words, `service` its name in its compose file."""

    name: str
    space: str
    mode: str = "bridge"
    about: str = ""
    paused: bool = False
    service: str = ""


class KnownNetwork(Value):
    """A network. `device` is its bridge, or its parent interface; `masquerade`: does Docker's
    option of that name ask for it?"""

    name: str
    driver: str
    device: str
    subnets: tuple[str, ...] = ()
    internal: bool = False
    icc: bool = True
    masquerade: bool = True


class KnownPort(Value):
    """A published port as asked for. `relay`: a process passes it on, no rule does."""

    host_ip: str
    host_port: int
    protocol: str
    container: str
    ip: str
    port: int
    relay: bool = False


class Known(Value):
    """All of it. `stopped` are the names of containers without a namespace."""

    containers: tuple[KnownContainer, ...] = ()
    networks: tuple[KnownNetwork, ...] = ()
    ports: tuple[KnownPort, ...] = ()
    stopped: tuple[str, ...] = ()

    def called(self, word: str) -> str:
        """The container that a word stands for: its own name, or the service that it alone is."""
        served = [each.name for each in self.containers if each.service == word]
        own = any(each.name == word for each in self.containers)
        return served[0] if len(served) == 1 and not own else word
