"""``python -m nsnet``: the same program as the ``nsnet`` command."""

import gc
import os
import sys

# Garbage collections between imports cost a short command 5 % of its time and free nothing.
gc.set_threshold(50_000)

from nsnet.cli.main import main  # noqa: E402


def run() -> None:
    """Run nsnet and leave. Without Python's own tidying up, which takes 7 to 17 ms: whatever
    had to be closed or written has been by now, and the kernel takes the memory back."""
    code = main()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    run()
