"""A topology that an exercise's lab.yaml describes: a compose file in its place."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..topology.model import Topology


def composed(given: Mapping[str, Any], exercise: str) -> Topology:
    """It is named as it says itself, else after the exercise. Raises `TopologyError`."""
    import yaml

    from ..topology.compose import load

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "compose.yaml"
        path.write_text(yaml.safe_dump(given))
        return load(path, project=str(given.get("name") or exercise))
