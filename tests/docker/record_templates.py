"""What the docker command prints for templates, recorded anew.

    python3 tests/docker/record_templates.py CONTAINER > templates.new.json

takes the templates of templates.json and asks `docker inspect -f` of a running CONTAINER, which
has ports (one only exposed), labels and two user-defined networks, one of them `h3net`. Left out
are forms that show addresses in memory, ``%#v``, ``%[1]s`` and ``%*d``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def main(container: str) -> None:
    """Print the recording."""
    known = json.loads(Path(__file__).with_name("templates.json").read_text(encoding="utf-8"))
    plain = _inspect(container)
    lines = []
    for template, *_ in known["templates"]:
        done = _inspect("-f", template, container)
        out = done.stdout if done.returncode == 0 else ""
        lines.append(json.dumps([template, done.returncode, out, done.stderr]))
    found = json.dumps(json.loads(plain.stdout)[0])
    print(f'{{"object": {found},\n"templates": [\n' + ",\n".join(lines) + "\n]}")


def _inspect(*words: str) -> subprocess.CompletedProcess[str]:
    command = ["docker", "inspect", *words]
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
