"""The parent of detached commands: it notes how each one ended, and ends with the last.

Run by its path, ``python3 -I -S keeper.py PID FILE PID FILE …``: the pids are children of
this very process (it forked them, and then became this program). It uses nothing but
built-in modules, since it stays in memory for as long as the containers run.
"""

import posix
import sys


def note(path: str, code: int) -> None:
    """Write an exit status, whole or not at all."""
    try:
        file = posix.open(f"{path}~", posix.O_WRONLY | posix.O_CREAT | posix.O_TRUNC, 0o644)
        posix.write(file, f"{code}\n".encode())
        posix.close(file)
        posix.rename(f"{path}~", path)
    except OSError:
        pass  # The directory has been removed with the container: nobody wants to know.


def keep(files: dict[int, str]) -> None:
    """Note first, bury afterwards: whoever finds the pid gone finds the note written.

    A command ended by signal N is noted as 128 + N, as a shell says it.
    """
    while files:
        ended = posix.waitid(posix.P_ALL, 0, posix.WEXITED | posix.WNOWAIT)
        if ended is None:
            continue
        code = ended.si_status + (0 if ended.si_code == posix.CLD_EXITED else 128)
        note(files.pop(ended.si_pid, ""), code)
        posix.waitpid(ended.si_pid, 0)


if __name__ == "__main__":
    words = sys.argv[1:]
    keep(dict(zip(map(int, words[::2]), words[1::2], strict=True)))
