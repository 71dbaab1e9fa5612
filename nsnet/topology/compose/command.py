"""What runs in a container: its command, and the environment of that command."""

from __future__ import annotations

import os

from .coerce import check_keys, flag, pairs, text
from .draft import Draft, Service
from .files import beside, read_text
from .keys import ENV_FILE
from .place import Problems, Source
from .services import has_image
from .substitute import Variables
from .tree import Items, Map, Node, Scalar, kind

Environment = tuple[tuple[str, str], ...]


def read_command(service: Service, problems: Problems) -> tuple[str, ...]:
    """The command to run on the host's files: ``x-nsnet``'s, or the service's own.

    A command beside an image is meant for that image, and left alone.
    """
    own = service.body.get("x-nsnet")
    if isinstance(own, Map) and own.get("command") is not None:
        return _argv(own.get("command"), f"{service.what}: x-nsnet: command", problems)
    if has_image(service.body):
        return ()
    entrypoint = _argv(service.body.get("entrypoint"), f"{service.what}: entrypoint", problems)
    return entrypoint + _argv(service.body.get("command"), f"{service.what}: command", problems)


def _argv(node: Node | None, what: str, problems: Problems) -> tuple[str, ...]:
    """A list as it is, a text split as a shell would."""
    if isinstance(node, Items):
        for item in node.items:
            if not isinstance(item, Scalar):
                problems.add(item.at, f"{what}: an item is {kind(item)}: write a single value")
        return tuple(item.text for item in node.items if isinstance(item, Scalar))
    if not isinstance(node, Scalar) or node.null:
        return ()
    import shlex

    try:
        return tuple(shlex.split(node.text))
    except ValueError as error:
        problems.add(node.at, f'{what}: "{node.text[:60]}": {error}: close the quote')
        return ()


def read_environment(service: Service, draft: Draft) -> Environment:
    """``env_file`` first, ``environment`` over it; a bare NAME takes the user's value."""
    found = dict[str, str]()
    for node in _env_files(service.body.get("env_file")):
        found |= _env_file(node, found, service, draft)
    own = pairs(service.body.get("environment"), f"{service.what}: environment", draft.problems)
    for name, value in own.items():
        if not value.null:
            found[name] = value.text
        elif name in draft.variables.values:
            found[name] = draft.variables.values[name]
    return tuple((name, value) for name, value in found.items() if name)


def _is_optional(node: Node, what: str, problems: Problems) -> bool:
    required = node.get("required") if isinstance(node, Map) else None
    return required is not None and not flag(required, what, problems)


def _env_files(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, Items) else (node,) if node else ()


def _env_file(
    node: Node, earlier: dict[str, str], service: Service, draft: Draft
) -> dict[str, str]:
    from .dotenv import parse_dotenv, parse_raw

    what, problems = f"{service.what}: env_file", draft.problems
    if isinstance(node, Map):
        check_keys(node, ENV_FILE, what, problems)
    named = node.get("path") if isinstance(node, Map) else node
    written = text(named, what, problems)
    if not written:
        return {}
    path = beside(node.at.source.directory, written)
    if _is_optional(node, what, problems) and not os.path.exists(path):
        return {}
    if path not in draft.env_files:
        draft.env_files[path] = read_text(path, node.at, f'{what} "{written}"', problems)
    content = draft.env_files[path]
    raw = isinstance(node, Map) and text(node.get("format"), what, problems) == "raw"
    if content is None or raw:
        return parse_raw(content or "")
    known = Variables({**earlier, **draft.variables.values}, draft.variables.missing)
    return parse_dotenv(content, Source(path, ""), known, problems)
