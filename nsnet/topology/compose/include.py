"""``include:``: whole compose files whose services, networks and the rest join this one."""

from __future__ import annotations

import os
from typing import NamedTuple

from .coerce import check_keys, text, texts
from .dotenv import parse_dotenv
from .files import beside, read_text
from .keys import INCLUDE
from .place import Place, Problems, Source
from .substitute import Variables
from .tree import Items, Map, Node, is_null, kind, same

_SECTIONS = ("services", "networks", "volumes", "secrets", "configs", "models")
_REMOTE = ("https://", "http://", "oci://", "git@", "git://", "ssh://")


class Inclusion(NamedTuple):
    """One entry of ``include:``; paths are ready to open."""

    at: Place
    paths: list[str]
    directory: str
    env_files: list[str]

    def variables(self, outer: Variables, problems: Problems) -> Variables:
        """The variables for these files: `outer`, then their own ``env_file`` or ``.env``."""
        files = self.env_files
        default = os.path.join(self.directory, ".env")
        if not files and os.path.isfile(default):
            files = [default]
        found: dict[str, str] = {}
        for path in files:
            content = read_text(path, self.at, f'include: env_file "{path}"', problems)
            if content is not None:
                known = Variables({**found, **outer.values}, outer.missing)
                found |= parse_dotenv(content, Source(path, ""), known, problems)
        return Variables({**found, **outer.values}, outer.missing)


def inclusions(document: Map, problems: Problems) -> list[Inclusion]:
    """What `document` includes."""
    node = document.get("include")
    if node is None:
        return []
    if not isinstance(node, Items):
        problems.add(node.at, f"include is {kind(node)}: write a list of files")
        return []
    found = (_inclusion(item, problems) for item in node.items if not is_null(item))
    return [inclusion for inclusion in found if inclusion]


def _inclusion(node: Node, problems: Problems) -> Inclusion | None:
    if isinstance(node, Map):
        check_keys(node, INCLUDE, "include", problems)
    body = node if isinstance(node, Map) else Map(node.at, {"path": node}, {"path": node.at})
    here = node.at.source.directory
    written = [item.text for item in texts(body.get("path"), "include: path", problems)]
    if not written or not all(written):
        problems.add(node.at, "include names no file: write its path")
        return None
    remote = next((path for path in written if path.startswith(_REMOTE)), "")
    if remote:
        problems.add(node.at, f'include "{remote}" is not on this machine: download it first')
        return None
    paths = [beside(here, path) for path in written]
    own = text(body.get("project_directory"), "include: project_directory", problems)
    directory = beside(here, own) if own else os.path.dirname(paths[0]) or "."
    env = texts(body.get("env_file"), "include: env_file", problems)
    return Inclusion(node.at, paths, directory, [beside(here, item.text) for item in env])


def imported(document: Map, other: Map, problems: Problems) -> Map:
    """`document` with the sections of `other`; the same name with two meanings is noted."""
    entries, places = dict(document.entries), dict(document.places)
    for section in _SECTIONS:
        theirs = other.get(section)
        if not isinstance(theirs, Map):
            continue
        ours = document.get(section)
        base = ours if isinstance(ours, Map) else Map(theirs.at)
        entries[section] = _united(section, base, theirs, problems)
        places.setdefault(section, theirs.at)
    return document.replaced(entries, places)


def _united(section: str, ours: Map, theirs: Map, problems: Problems) -> Map:
    for name, node in theirs.entries.items():
        if name in ours.entries and not same(ours.entries[name], node):
            text = f'{section}: "{name}" is also in the included {theirs.places[name]}'
            problems.add(ours.places[name], f"{text}: rename one of them")
    return ours.replaced({**theirs.entries, **ours.entries}, {**theirs.places, **ours.places})
