"""Everything that a machine's network stacks tell about themselves, in all namespaces.

`Survey` is the eye of what explains: prediction, diagnosis, pictures. `Observed`, which the
executor looks with, knows the marks and the few facts that plans are made of.
"""

from .survey import Survey

__all__ = ["Survey"]
