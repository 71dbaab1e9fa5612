"""``./scripts/bench [NAME…] [--rounds N] [--json]``."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from .figures import Figure, Skipped
from .place import NotAlone, require_alone, without_ipv6
from .program import Failed
from .report import as_json, as_table

#: Every benchmark is a module with `run(rounds)`.
NAMES = {
    "build": "in one process: build and remove 1, 10, 100, 500 containers, beside C",
    "start": "whole commands, cold: up, down, ps, exec, --help, beside python3 itself",
    "script": "`nsnet up` beside its own script through sh",
    "memory": "peak of `nsnet up` with 500 containers; one keeper, one stub",
    "names": "answers of the resolver beside Docker's embedded DNS, its memory",
    "ports": "publish one port more, connect through the last: of 1 and of 10 000",
    "reach": "`nsnet reach` of 20 containers beside as many pings by ping(8)",
    "packets": "`nsnet why`, `walk`, `trace`, and round trips of others meanwhile",
    "watch": "the labs: from a change to the check that follows it, beside the quiet time",
    "commands": "single commands (run -d, network create, …) beside Docker's",
    "graph": "`nsnet graph` of 100 containers beside `ip` in each namespace",
    "plugin": "pytest -n 4 of 100 tests with a lab each: set-up, end, what is left",
    "docker": "`nsnet up` beside `docker run -d` of the same containers",
}


def main() -> int:
    """Run the benchmarks named; exit code 1 if a target is missed."""
    options = _options()
    try:
        require_alone()
    except NotAlone as error:
        print(f"bench: {error}", file=sys.stderr)
        return 4
    without_ipv6()
    results: list[Figure | Skipped] = []
    try:
        for name in options.names or NAMES:
            results += (found := _run(name, options.rounds))
            if not options.json:
                print(as_table(found), end="\n\n", flush=True)
    except Failed as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    if options.json:
        print(as_json(results))
    return int(any(isinstance(each, Figure) and each.met is False for each in results))


def _run(name: str, rounds: int) -> list[Figure | Skipped]:
    """The results of one benchmark."""
    return list(import_module(f"{__package__}.{name}").run(rounds))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measure nsnet beside something that does the same.",
        epilog="\n".join(f"{name:8} {what}" for name, what in NAMES.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="which (all)")
    parser.add_argument("--rounds", type=int, default=0, metavar="N", help="samples of each")
    parser.add_argument("--json", action="store_true", help="print JSON with every sample")
    options = parser.parse_args()
    for name in options.names:
        if name not in NAMES:
            parser.error(f"there is no benchmark {name}: choose from {', '.join(NAMES)}")
    return options


if __name__ == "__main__":
    sys.exit(main())
