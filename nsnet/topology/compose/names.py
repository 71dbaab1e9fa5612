"""Names: of the project, of its containers and networks."""

from __future__ import annotations

_SMALL = "abcdefghijklmnopqrstuvwxyz0123456789"
_FIRST = frozenset(_SMALL + _SMALL.upper())
_NAME = _FIRST | frozenset("_.-")
_PROJECT = frozenset(_SMALL + "_-")


def is_docker_name(name: str) -> bool:
    """Whether Docker takes `name` for a container or a network."""
    return bool(name) and name[0] in _FIRST and _NAME.issuperset(name)


def is_service_name(name: str) -> bool:
    """Whether Compose takes `name` as the key of a service or a network."""
    return bool(name) and _NAME.issuperset(name)


def is_host_name(name: str) -> bool:
    """Whether `name` can stand in a line of /etc/hosts."""
    return bool(name) and name.isprintable() and " " not in name and "#" not in name


def normalised_project(name: str) -> str:
    """`name` less what a project name cannot have; may leave nothing.

    So Compose treats the names of directories and of ``name:``, but no name given to it.
    """
    return "".join(c for c in name.lower() if c in _PROJECT).lstrip("_-")


def project_problem(name: str) -> str:
    """What is wrong with `name` as a project name; empty where nothing is."""
    lowered = normalised_project(name)
    if name and name == lowered:
        return ""
    rule = "use small letters, digits, - and _, with a letter or digit first"
    cure = f', as "{lowered}"' if lowered else "; -p NAME sets it"
    return f'project name "{name}": {rule}{cure}'
