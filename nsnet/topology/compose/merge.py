"""One compose file over another, by Compose's rules.

Mappings merge key by key, lists are joined, single values replaced; the exceptions are
below. ``!reset`` removes what the earlier file said, ``!override`` replaces all of it.
Source: the Compose Specification, chapter "Merge".
"""

from __future__ import annotations

from collections.abc import Iterable

from .tree import Items, Map, Node, Scalar, is_null, named

Path = tuple[str, ...]

_ANY = "*"
#: Replaced as a whole.
_REPLACED: tuple[Path, ...] = (
    ("services", _ANY, "command"),
    ("services", _ANY, "entrypoint"),
    ("services", _ANY, "healthcheck", "test"),
)
#: Written as a list or as a mapping; merged as a mapping. The text joins name and value.
_PAIRED = frozenset(("annotations", "args", "environment", "labels", "options", "sysctls"))
#: Lists of names that may also be mappings from names to details.
_NAMED: tuple[Path, ...] = (("services", _ANY, "networks"), ("services", _ANY, "depends_on"))
#: A single value that stands for a list of one.
_LISTED = frozenset(("dns", "dns_opt", "dns_search", "env_file", "label_file", "tmpfs"))
_HOSTS: Path = ("services", _ANY, "extra_hosts")
_POOLS: Path = ("networks", _ANY, "ipam", "config")


def overlay(base: Map | None, over: Map) -> Map:
    """One whole file on top of those before it."""
    return over if base is None or over.directive == "!override" else _maps(base, over, ())


def merge(base: Node, over: Node, path: Path = ()) -> Node:
    """`over` on top of `base`; `path` says where in the file both stand."""
    if over.directive == "!override" or is_null(base):
        return over
    if is_null(over):
        return base
    if any(_matches(path, pattern) for pattern in _REPLACED) or _is_extension(path):
        return over
    base, over = _alike(base, path), _alike(over, path)
    if isinstance(base, Map) and isinstance(over, Map):
        return _maps(base, over, path)
    if isinstance(base, Items) and isinstance(over, Items):
        return _pools(base, over, path) if _matches(path, _POOLS) else _joined(base, over)
    return over


def without_resets(node: Map) -> Map:
    """`node` without the ``!reset`` values that have nothing to remove."""
    kept = {key: _kept(value) for key, value in node.entries.items() if not _resets(value)}
    return node.replaced(kept)


def _kept(node: Node) -> Node:
    if isinstance(node, Map):
        return without_resets(node)
    if isinstance(node, Items):
        return Items(node.at, tuple(_kept(v) for v in node.items if not _resets(v)), node.directive)
    return node


def _resets(node: Node) -> bool:
    return node.directive == "!reset"


def _is_extension(path: Path) -> bool:
    return bool(path) and path[-1].startswith("x-")


def _matches(path: Path, pattern: Path) -> bool:
    return len(path) == len(pattern) and all(
        p in (_ANY, part) for part, p in zip(path, pattern, strict=True)
    )


def _maps(base: Map, over: Map, path: Path) -> Map:
    entries, places = dict(base.entries), dict(base.places)
    for key, value in over.entries.items():
        if _resets(value):
            entries.pop(key, None)
            continue
        entries[key] = merge(entries[key], value, (*path, key)) if key in entries else value
        places[key] = over.places[key]
    return base.replaced(entries, places)


def _joined(base: Items, over: Items) -> Items:
    return Items(base.at, base.items + over.items, base.directive)


def _pools(base: Items, over: Items, path: Path) -> Items:
    """Pools of one subnet merge; a pool that the later file does not repeat is dropped."""
    known = {_subnet(pool): pool for pool in base.items}
    merged = (
        merge(known[_subnet(pool)], pool, (*path, _ANY)) if _subnet(pool) in known else pool
        for pool in over.items
    )
    return Items(over.at, tuple(merged), over.directive)


def _subnet(pool: Node) -> str:
    subnet = pool.get("subnet") if isinstance(pool, Map) else None
    return subnet.text if isinstance(subnet, Scalar) else ""


def _alike(node: Node, path: Path) -> Node:
    """`node` in the one form in which both sides can be merged."""
    key = path[-1] if path else ""
    if key in _LISTED and isinstance(node, Scalar):
        return Items(node.at, (node,))
    if _matches(path, _HOSTS) and isinstance(node, Map):
        return _host_list(node)
    if isinstance(node, Items) and any(_matches(path, pattern) for pattern in _NAMED):
        return _mapped(node, ((i.text, Scalar(i.at, "", null=True)) for i in _scalars(node)))
    if isinstance(node, Items) and key in _PAIRED:
        return _mapped(node, (named(item) for item in _scalars(node)))
    return node


def _scalars(node: Items) -> list[Scalar]:
    return [item for item in node.items if isinstance(item, Scalar)]


def _mapped(node: Items, named: Iterable[tuple[str, Scalar]]) -> Map:
    """A mapping of the named values, each standing where its value stands."""
    found = dict(named)
    return Map(node.at, dict(found), {name: v.at for name, v in found.items()}, node.directive)


def _host_list(node: Map) -> Items:
    """``{host: address}`` as ``host=address`` lines; a host may have several addresses."""
    lines = []
    for host, value in node.entries.items():
        for address in value.items if isinstance(value, Items) else (value,):
            if isinstance(address, Scalar):
                lines.append(Scalar(address.at, f"{host}={address.text}", raw=address.raw))
    return Items(node.at, tuple(lines), node.directive)
