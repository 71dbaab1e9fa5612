"""What the checks look at: the host's own network stack, and what nsnet knows to be up on it."""

from __future__ import annotations

import socket
from functools import cached_property

from ...kernel import features, legacy
from ...kernel.observe import file_text
from ...kernel.survey import Survey
from ...kernel.survey.model import Interface, Route
from ...topology.ipam import Net, parse_net
from ...topology.layout import Layout, Segment
from ...topology.naming import is_our_group


class Machine:
    """`root`: may this process change networks? `sandbox`: is it in one? `folder` is where the
    host's records are, `incomplete` the topologies whose building was interrupted, `elsewhere`
    the containers of the machine's other hosts, by the host's id. `mark` begins the alias of the
    lo of each namespace that nsnet made."""

    def __init__(
        self,
        survey: Survey,
        folder: str,
        layouts: tuple[Layout, ...] = (),
        *,
        root: bool,
        sandbox: bool = False,
        incomplete: tuple[str, ...] = (),
        elsewhere: dict[str, str] | None = None,
        mark: str = "",
    ) -> None:
        self.survey, self.folder, self.layouts = survey, folder, layouts
        self.root, self.sandbox = root, sandbox
        self.incomplete, self.elsewhere, self.mark = incomplete, elsewhere or {}, mark

    @property
    def bridges(self) -> list[Segment]:
        """The networks that are up on bridges, each once."""
        found = {s.device: s for each in self.layouts for s in each.segments if s.bridged}
        return list(found.values())

    @cached_property
    def interfaces(self) -> dict[str, Interface]:
        """The host's interfaces."""
        return self.survey.interfaces("")

    def is_foreign(self, device: str) -> bool:
        """Is it an interface that nsnet did not make?"""
        found = self.interfaces.get(device)
        return found is not None and not is_our_group(found.group)

    @cached_property
    def foreign(self) -> list[tuple[Net, Route]]:
        """The subnets that routes of others lead to, with these."""
        return [
            (parse_net(route.destination), route)
            for route in self.survey.routes("")
            if route.table == 254 and route.destination != "default"
            if route.kind == "unicast" and self.is_foreign(route.device)
        ]

    @cached_property
    def ways_out(self) -> list[Route]:
        """The default routes of IPv4, the preferred one first."""
        found = [r for r in self.survey.routes("") if r.destination == "default"]
        found = [r for r in found if r.table == 254 and r.kind == "unicast"]
        found = [r for r in found if r.family == socket.AF_INET]
        return sorted(found, key=lambda route: route.metric)

    @cached_property
    def features(self) -> dict[str, str]:
        """What the kernel and the library can do (`nsnet.kernel.features.probe`)."""
        return features.probe(user=not self.root)

    @cached_property
    def legacy(self) -> list[legacy.LegacyChain]:
        """The filter table of iptables-legacy on the host."""
        with self.survey.inside(""):
            return legacy.filter_chains()

    def sysctl(self, name: str) -> str | None:
        """A kernel setting of the host; None where there is none."""
        return self.survey.sysctl("", name)

    def text(self, path: str) -> str:
        """A small file's text, "" where it is missing."""
        return file_text(path) or ""
