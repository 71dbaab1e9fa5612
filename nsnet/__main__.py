"""``python -m nsnet``: the same program as the ``nsnet`` command."""

import gc
import os
import sys

# Garbage collections between imports cost a short command 5 % of its time and free nothing.
gc.set_threshold(50_000)


def run() -> None:
    """Run nsnet and leave. Without Python's own tidying up, which takes 7 to 17 ms: whatever
    had to be closed or written has been by now, and the kernel takes the memory back."""
    _have_streams()
    try:
        from nsnet.cli.main import main

        code = main()
        sys.stderr.flush()
    except KeyboardInterrupt:  # before anything could be told, and nothing was done yet
        code = 130
    os._exit(code)


def _have_streams() -> None:
    """A caller may have closed some of them (``>&-``): no file of ours may take their place."""
    while (fd := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(fd, True)
    os.close(fd)
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: SIM115


if __name__ == "__main__":
    run()
