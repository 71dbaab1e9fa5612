"""What was left behind by somebody who was killed, or by another who deleted things by hand."""

from __future__ import annotations

from collections.abc import Iterator

from ...topology.naming import is_our_group, slot_of
from .finding import NOTE, OK, UNSEEN, WARNING, Finding
from .machine import Machine


def check(machine: Machine) -> Iterator[Finding]:
    """Records, names of namespaces, interfaces."""
    found = [*_records(machine), *_names(machine), *_interfaces(machine)]
    yield from found
    if not machine.root:
        why = "only root may look into namespaces"
        yield Finding(UNSEEN, "remains", "remains in namespaces not looked for", why)
    elif not found:
        yield Finding(OK, "remains", "nothing was left behind")


def _records(machine: Machine) -> Iterator[Finding]:
    for name in machine.incomplete:
        yield Finding(
            WARNING,
            "incomplete",
            f"topology {name} was neither finished nor taken down",
            "parts of it may be missing",
            (f"sudo nsnet up {name}", f"sudo nsnet down {name}"),
        )
    spaces = {name for space in machine.survey.spaces().values() for name in space.names}
    hosts: dict[str, list[str]] = {}
    for container, host in machine.elsewhere.items():
        hosts.setdefault(host, []).append(container)
    for host, containers in hosts.items():
        if not spaces & set(containers):
            yield Finding(
                NOTE,
                "dead-host",
                f"/run/nsnet/{host} tells of a host of which no container is left",
                f"the names {', '.join(sorted(containers)[:5])} count as taken",
                (f"sudo rm -r /run/nsnet/{host} /run/nsnet/{host}.lock",),
            )


def _names(machine: Machine) -> Iterator[Finding]:
    from ...kernel import netns

    for name, inode in netns.names().items():
        if not inode:
            yield Finding(
                WARNING,
                "dead-name",
                f"/run/netns/{name} stands for no namespace any more",
                f"no namespace, and no container, can be called {name}",
                (f"sudo ip netns delete {name}",),
            )
    if not (machine.root and machine.mark):
        return
    known = {c.name for each in machine.layouts for c in each.topology.containers}
    known |= set(machine.elsewhere)
    for name, inode in netns.names().items():
        lo = machine.survey.interfaces(name).get("lo") if inode and name not in known else None
        if lo and lo.alias.startswith(machine.mark):
            yield _stray(f"namespace {name}")


def _interfaces(machine: Machine) -> Iterator[Finding]:
    slots = {each.slot for each in machine.layouts} | ({0} if machine.layouts else set())
    for each in machine.interfaces.values():
        if is_our_group(each.group) and slot_of(each.group) not in slots:
            yield _stray(f"interface {each.name}")


def _stray(what: str) -> Finding:
    return Finding(
        WARNING,
        "stray",
        f"{what} is nsnet's, but no record tells of it",
        "its name, its subnet and its ports are taken",
        ("nsnet clean --dry-run", "sudo nsnet clean"),
    )
