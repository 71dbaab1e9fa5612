"""How a service meets the network: whose stack it uses, and what it wants on each network."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from ..model import DEFAULT_NETWORK, Attachment, Network
from . import wishes
from .coerce import mapping, number, text
from .draft import IMPLICIT, Declared, Draft, Service
from .names import is_docker_name
from .place import Place, suggestion
from .tree import Items, Map, Node, Scalar, kind

_MODES = ("bridge", "host", "none", "service:NAME", "container:NAME")
#: What belongs to the owner of a shared network stack, as Docker's "conflicting options" say.
_OWNERS = ("ports", "expose", "hostname", "dns", "extra_hosts", "mac_address")


class Stance(NamedTuple):
    """A service's place on the network: one of the model's modes, and what goes with it."""

    mode: str
    share: str = ""
    attachments: tuple[Attachment, ...] = ()


def read_stance(service: Service, draft: Draft) -> Stance:
    """Mode and attachments of `service`."""
    written = text(
        service.body.get("network_mode"), f"{service.what}: network_mode", draft.problems
    )
    if not written:
        return _on_networks(service, draft)
    at = service.body.place("network_mode")
    if _names(service.body.get("networks")):
        cure = "keep one of the two"
        draft.problems.add(at, f'{service.what}: network_mode "{written}" and networks: {cure}')
    return _by_mode(written, at, service, draft)


def _by_mode(mode: str, at: Place, service: Service, draft: Draft) -> Stance:
    if mode in ("host", "none"):
        return Stance(mode)
    if mode in ("bridge", "default"):
        default = Declared(Network(DEFAULT_NETWORK, DEFAULT_NETWORK), at, Map(at))
        return _joined([_attached(default, Map(at), service, draft)], service, draft)
    owner, colon, name = mode.partition(":")
    if colon and owner in ("service", "container"):
        return _shared(owner, name, at, service, draft)
    return _by_network_name(mode, at, service, draft)


def _shared(owner: str, name: str, at: Place, service: Service, draft: Draft) -> Stance:
    """The stack of another service's first container, or of a container by its name."""
    what = f"{service.what}: network_mode"
    for key in _OWNERS:
        if _says_anything(service.body.get(key)):
            cure = f"move it to {owner} {name or 'NAME'}, which owns the network stack"
            conflict = f"{key} conflicts with network_mode {owner}:{name}"
            draft.problems.add(service.body.place(key), f"{service.what}: {conflict}: {cure}")
    if owner == "service" and name:
        found = draft.service(name, at, what)
        return Stance("container", found.containers[0] if found else "")
    if not is_docker_name(name):
        draft.problems.add(at, f'{what}: "{owner}:{name}" names no {owner}: write {owner}:NAME')
    return Stance("container", name)


def _by_network_name(name: str, at: Place, service: Service, draft: Draft) -> Stance:
    """Docker takes any network's real name for a mode; a misspelt mode is likelier."""
    import difflib

    known = {d.network.name: d for d in draft.networks.values()}
    near = difflib.get_close_matches(name, ("bridge", "host", "none"), n=1, cutoff=0.6)
    if name not in known and (near or not is_docker_name(name)):
        cure = suggestion(name, _MODES)
        draft.problems.add(at, f'{service.what}: network_mode "{name}" is not known: {cure}')
        return Stance("none")
    external = Declared(Network(name, name, external=True), at, Map(at))
    return _joined([_attached(known.get(name, external), Map(at), service, draft)], service, draft)


def _says_anything(node: Node | None) -> bool:
    """Whether a value is there and not empty."""
    if isinstance(node, Scalar):
        return bool(node.text)
    return bool(node.items if isinstance(node, Items) else node and node.entries)


def _names(node: Node | None) -> list[tuple[str, Node, Place]]:
    """The (network, wishes, place) of the list or the mapping ``networks:``."""
    if isinstance(node, Map):
        return [(k, v, node.places[k]) for k, v in node.entries.items() if not k.startswith("x-")]
    if isinstance(node, Items):
        return [
            (item.text, Map(item.at), item.at) if isinstance(item, Scalar) else ("", item, item.at)
            for item in node.items
        ]
    return []


def _on_networks(service: Service, draft: Draft) -> Stance:
    wanted = _names(service.body.get("networks"))
    if not wanted:
        wanted = [(IMPLICIT, Map(service.at), service.at)]
    chosen: dict[str, tuple[Declared, Map]] = {}
    for key, node, at in wanted:
        declared = draft.networks.get(key)
        what = f"{service.what}: network {key}"
        if declared is None:
            draft.problems.add(at, f"{service.what}: {_undeclared(key, node, draft)}")
        else:
            chosen[key] = (declared, mapping(node, what, draft.problems) or Map(at))
    return _standing(chosen, service, draft)


def _undeclared(key: str, node: Node, draft: Draft) -> str:
    if not key and not isinstance(node, Scalar):
        return f"networks: an item is {kind(node)}: write the network's name"
    names = draft.networks.keys() - {IMPLICIT}
    cure = suggestion(key, names) if names else f"add networks: {{{key}: {{}}}} to the file"
    return f'network "{key}" is not under networks: {cure}'


def _standing(chosen: dict[str, tuple[Declared, Map]], service: Service, draft: Draft) -> Stance:
    modes = [declared.mode for declared, _ in chosen.values() if declared.mode]
    if modes and len(chosen) > 1:
        conflict = f'network "{modes[0]}" beside other networks: it can only stand alone'
        draft.problems.add(service.body.place("networks"), f"{service.what}: {conflict}")
    if modes:
        return Stance(modes[0])
    # As Compose connects them: by falling priority, then by name.
    order = sorted(chosen, key=lambda key: (-_priority(chosen[key][1], service, draft), key))
    return _joined([_attached(*chosen[key], service, draft) for key in order], service, draft)


def _priority(body: Map, service: Service, draft: Draft) -> int:
    return number(body.get("priority"), f"{service.what}: priority", draft.problems)


def _attached(declared: Declared, body: Map, service: Service, draft: Draft) -> Attachment:
    draft.used.setdefault(declared.network.name, declared)
    return wishes.read_attachment(declared.network, body, service, draft.problems)


def _joined(attachments: list[Attachment], service: Service, draft: Draft) -> Stance:
    """The attachments, the first of which takes the service's own MAC address."""
    names = [attachment.network for attachment in attachments]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        at = service.body.place("networks")
        draft.problems.add(at, f'{service.what}: joins network "{twice}" twice: remove one')
    own = wishes.read_mac(service.body, service.what, draft.problems)
    if own and attachments and not attachments[0].mac:
        attachments[0] = replace(attachments[0], mac=own)
    return Stance("bridge", attachments=tuple(attachments))
