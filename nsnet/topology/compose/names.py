"""Names: of the project, of its containers and networks."""

from __future__ import annotations

import re

#: Docker's rule for the names of containers and networks.
_DOCKER_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")
_PROJECT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_SERVICE_NAME = re.compile(r"[a-zA-Z0-9._-]+")


def is_docker_name(name: str) -> bool:
    """Whether Docker takes `name` for a container or a network."""
    return _DOCKER_NAME.fullmatch(name) is not None


def is_service_name(name: str) -> bool:
    """Whether Compose takes `name` as the key of a service or a network."""
    return _SERVICE_NAME.fullmatch(name) is not None


def normalised_project(name: str) -> str:
    """`name` less what a project name cannot have; may leave nothing.

    So Compose treats the names of directories and of ``name:``, but no name given to it.
    """
    return re.sub(r"[^a-z0-9_-]", "", name.lower()).lstrip("_-")


def project_problem(name: str) -> str:
    """What is wrong with `name` as a project name; empty where nothing is."""
    if _PROJECT_NAME.fullmatch(name):
        return ""
    rule = "use small letters, digits, - and _, with a letter or digit first"
    lowered = normalised_project(name)
    cure = f', as "{lowered}"' if lowered else "; -p NAME sets it"
    return f'project name "{name}": {rule}{cure}'
