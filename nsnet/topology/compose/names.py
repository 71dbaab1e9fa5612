"""Names: of the project, of its containers and networks."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ..model import TopologyError

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


def project_from_directory(directory: str) -> str:
    """The name of a project without one: its directory's, less what Compose does not allow."""
    base = os.path.basename(Path(directory).resolve()).lower()
    return re.sub(r"[^a-z0-9_-]", "", base).lstrip("_-")


def checked_project(name: str, origin: str) -> str:
    """`name`, or TopologyError where it is no project name; `origin` says who gave it."""
    if _PROJECT_NAME.fullmatch(name):
        return name
    lowered = re.sub(r"[^a-z0-9_-]", "", name.lower()).lstrip("_-")
    cure = f'write "{lowered}"' if lowered else "give one with -p NAME"
    rule = "small letters, digits, - and _, with a letter or digit first"
    raise TopologyError(f'{origin}: project name "{name}": must be {rule}: {cure}')
