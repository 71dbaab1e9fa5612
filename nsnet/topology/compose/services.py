"""Which services run, and how many containers of each, under which names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .coerce import check_keys, mapping, number, text, unique
from .draft import Draft, Service
from .keys import INSIDE_SERVICE, SERVICE, SERVICE_COMMAND, SERVICE_UNUSED, X_NSNET_SERVICE
from .names import is_docker_name, is_service_name
from .place import Place, Problems, suggestion
from .tree import Map, Node

#: More than this is a slip of the keyboard, not a laboratory.
MAX_REPLICAS = 10_000


def read_services(
    model: Map, draft: Draft, profiles: Sequence[str], scale: Mapping[str, int]
) -> None:
    """Fill in `draft.services`, in file order, and `draft.asleep`."""
    active = frozenset(profiles)
    for key, node, at in model.children("services"):
        body = mapping(node, f"service {key}", draft.problems)
        service = _service(key, body or Map(at), at, draft, scale)
        wanted = unique(service.body.get("profiles"), f"{service.what}: profiles", draft.problems)
        if wanted and not active.intersection((*wanted, "*")):
            draft.asleep[key] = wanted
        elif not service.containers:
            draft.asleep[key] = ()
        else:
            draft.services[key] = service
            _count_unused(service.body, draft)
    for key in sorted(scale.keys() - draft.services.keys() - draft.asleep.keys()):
        cure = suggestion(key, [*draft.services, *draft.asleep])
        draft.problems.add(model.place("services"), f'scale: no service "{key}": {cure}')


def _service(key: str, body: Map, at: Place, draft: Draft, scale: Mapping[str, int]) -> Service:
    what, problems = f"service {key}", draft.problems
    if not is_service_name(key):
        problems.add(at, f'{what}: its name may hold letters, digits, ".", "-", "_" only')
    _check(body, what, problems)
    count = _replicas(body, what, problems) if key not in scale else max(scale[key], 0)
    if count > MAX_REPLICAS:
        problems.add(at, f"{what}: {count} containers: use at most {MAX_REPLICAS}")
        count = 1
    return Service(key, at, body, _containers(key, body, count, draft))


def _check(body: Map, what: str, problems: Problems) -> None:
    check_keys(body, SERVICE, what, problems)
    tables = {**INSIDE_SERVICE, "x-nsnet": X_NSNET_SERVICE}
    for key, table in tables.items():
        node = body.get(key)
        if isinstance(node, Map):
            check_keys(node, table, f"{what}: {key}", problems)
        elif node is not None and key == "x-nsnet":
            mapping(node, f"{what}: x-nsnet", problems)


def _replicas(body: Map, what: str, problems: Problems) -> int:
    scale = body.get("scale")
    deploy = body.get("deploy")
    replicas = deploy.get("replicas") if isinstance(deploy, Map) else None
    counts = {
        number(node, f"{what}: {key}", problems, default=1)
        for key, node in (("scale", scale), ("deploy: replicas", replicas))
        if node is not None
    }
    if len(counts) > 1:
        problems.add(body.place("scale"), f"{what}: scale and deploy: replicas differ: keep one")
    count = max(counts, default=1)
    if count < 0:
        problems.add(_place(scale or replicas, body), f"{what}: {count} containers: use 0 or more")
    return max(count, 0)


def _place(node: Node | None, body: Map) -> Place:
    return node.at if node else body.at


def _containers(key: str, body: Map, count: int, draft: Draft) -> tuple[str, ...]:
    own = text(body.get("container_name"), f"service {key}: container_name", draft.problems)
    at = body.place("container_name")
    if not own:
        return tuple(f"{draft.project}-{key}-{number}" for number in range(1, count + 1))
    if not is_docker_name(own):
        rule = 'use letters, digits, ".", "-", "_", and a letter or digit first'
        draft.problems.add(at, f'service {key}: container_name "{own}": {rule}')
    if count > 1:
        cure = "remove container_name, or run only one"
        draft.problems.add(at, f'service {key}: {count} containers cannot all be "{own}": {cure}')
    return (own,) if count else ()


def _count_unused(body: Map, draft: Draft) -> None:
    """Count the keys of a service that do nothing here."""
    unused = draft.notes.unused
    unused.update(key for key in body.entries if key in SERVICE_UNUSED and body.get(key))
    if has_image(body):
        unused.update(key for key in SERVICE_COMMAND if body.get(key) is not None)
    deploy = body.get("deploy")
    if isinstance(deploy, Map):
        idle = deploy.entries.keys() - {"replicas", "mode", "labels", "endpoint_mode"}
        unused.update(f"deploy.{key}" for key in idle if not key.startswith("x-"))


def has_image(body: Map) -> bool:
    """Whether a service is made from an image, to which its command then belongs."""
    return body.get("image") is not None or body.get("build") is not None
