"""Compose files into a `Topology`: the steps of a load, from paths to checked containers."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..model import DEFAULT_NETWORK, Network, Topology, TopologyError
from .coerce import check_keys, mapping, texts
from .conflicts import check
from .containers import build
from .draft import Draft
from .files import read_text
from .interpolate import interpolate
from .keys import TOP, X_NSNET
from .library import Library
from .names import normalised_project, project_problem
from .networks import read_networks
from .place import Place, Problems, Source, suggestion
from .services import read_services
from .substitute import Variables
from .tree import Map, Scalar, is_null, same

if TYPE_CHECKING:
    from pathlib import Path

#: Top-level sections that say nothing about the network.
_UNUSED_SECTIONS = ("volumes", "secrets", "configs", "models")


def load(
    files: Sequence[Path] | Path,
    *,
    project: str | None = None,
    profiles: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    stub: bool = True,
    scale: Mapping[str, int] | None = None,
) -> Topology:
    """The topology that compose `files` describe, later ones merged over earlier ones.

    `project` and `profiles` are Compose's ``-p`` and ``--profile``; `env` replaces the
    process's environment; `scale` sets how many containers a service has; with `stub`
    false, services without a command run nothing. Raises TopologyError with all problems.
    """
    paths = [os.fspath(file) for file in ([files] if isinstance(files, os.PathLike) else files)]
    if not paths:
        raise TopologyError("no compose file: name one with -f FILE")
    if any("\0" in path for path in paths):
        raise TopologyError("a file's name holds a zero byte: name another with -f FILE")
    problems = Problems()
    library = Library(problems)
    directory = os.path.dirname(paths[0]) or "."
    variables = _variables(directory, env, problems)
    name = _project(library, paths, directory, project, variables)
    model = library.model(paths, directory, variables)
    if model is None or problems:
        _check_top(model, problems)
        problems.stop_if_any()
        raise TopologyError(f"{paths[0]}:1: nothing to read: write services: and a service in it")
    draft = Draft(name, variables, problems)
    wanted = [*profiles, *_listed(variables.values.get("COMPOSE_PROFILES", ""))]
    return _topology(model, draft, wanted, scale or {}, stub=stub, source=paths[0])


def _variables(directory: str, env: Mapping[str, str] | None, problems: Problems) -> Variables:
    """The environment, and below it the ``.env`` beside the first file."""
    outer = Variables(os.environ if env is None else env)
    path = os.path.join(directory, ".env")
    if not os.path.isfile(path):
        return outer
    from .dotenv import parse_dotenv

    source = Source(path, directory)
    content = read_text(path, Place(source, 1), "this file", problems)
    found = parse_dotenv(content or "", source, outer, problems)
    return Variables({**found, **outer.values}, outer.missing)


def _listed(words: str) -> list[str]:
    return [word.strip() for word in words.split(",") if word.strip()]


def _project(
    library: Library, paths: list[str], directory: str, asked: str | None, variables: Variables
) -> str:
    """The project's name, which the files may then use as COMPOSE_PROJECT_NAME."""
    name = asked or variables.values.get("COMPOSE_PROJECT_NAME", "")
    at = Place(Source(paths[0], directory), 1)
    for path in paths if not name else ():
        for document in library.documents(path, directory):
            written = document.get("name")
            if isinstance(written, Scalar):
                named = interpolate(written, variables, library.problems)
                name = normalised_project(named.text)
                at = written.at
    name = name or normalised_project(os.path.basename(os.path.realpath(directory)))
    problem = project_problem(name)
    if problem:
        library.problems.add(at, problem)
    variables.values["COMPOSE_PROJECT_NAME"] = name
    return name


def _topology(
    model: Map,
    draft: Draft,
    profiles: list[str],
    scale: Mapping[str, int],
    *,
    stub: bool,
    source: str,
) -> Topology:
    _check_top(model, draft.problems)
    read_networks(model, draft)
    read_services(model, draft, profiles, scale)
    built = build(draft, stub=stub)
    check(built, draft)
    tries = _tries(model, draft.problems)
    draft.problems.stop_if_any()
    for section in _UNUSED_SECTIONS:
        draft.notes.unused.update(section for _ in model.children(section))
    return Topology(
        name=draft.project,
        networks=_networks(draft),
        containers=tuple(container for one in built for container in one.containers),
        source=source,
        notes=draft.notes.lines(draft.variables.missing, draft.asleep),
        tries=tries,
    )


def _check_top(model: Map | None, problems: Problems) -> None:
    """The keys of the file itself; without services there is nothing else to say."""
    if model is None:
        return
    if model.get("services") is None and "services" not in model.entries:
        known = [key for key in model.entries if key not in TOP and not key.startswith("x-")]
        near = suggestion(known[0], ["services"]) if known else "write services: first"
        cure = near if near.startswith("did") else "indent the services under services:"
        problems.add(model.at, f"the file has no services: {cure}")
        return
    check_keys(model, TOP, "the file", problems)
    services = model.entries.get("services")
    if services is not None and (is_null(services) or same(services, Map(services.at))):
        problems.add(model.place("services"), "services is empty: write a service below it")


def _networks(draft: Draft) -> tuple[Network, ...]:
    """The networks that services join: Docker's own bridge, which is there before all
    others and has the first subnet; those of the file, in its order; then the rest."""
    names = [DEFAULT_NETWORK, *(d.network.name for d in draft.networks.values()), *draft.used]
    return tuple(draft.used[name].network for name in dict.fromkeys(names) if name in draft.used)


def _tries(model: Map, problems: Problems) -> tuple[str, ...]:
    """The commands worth typing next, from the file's own ``x-nsnet``."""
    own = mapping(model.get("x-nsnet"), "x-nsnet", problems)
    if own is None:
        return ()
    check_keys(own, X_NSNET, "x-nsnet", problems)
    return tuple(line.text for line in texts(own.get("try"), "x-nsnet: try", problems))
