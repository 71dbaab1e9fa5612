"""The ladder of diagnosis: one file for each rung, from the cable up to the program.

Each rung is functions of a `Survey` that give None if it is in order, else what is `Broken`.
`diagnose` asks the network first, and climbs only where no answer came.
"""

from .diagnosis import diagnose, usual

__all__ = ["diagnose", "usual"]
