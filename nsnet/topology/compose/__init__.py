"""Compose files into topologies.

    files → trees (parse) → variables (interpolate) → include, extends, merge (library)
          → networks, services (draft) → containers, start order → conflicts → Topology

PyYAML reads the text; what the words mean is here, because every error names its line.
"""

from .files import find
from .load import load

__all__ = ["find", "load"]
