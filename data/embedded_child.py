"""Run as a script: tie this process's life to its parent's, then become another program.

`python -I -S embedded_child.py PARENT_PID PROGRAM [ARGUMENT ...]`. The process id stays the same over both steps,
so it is PostgreSQL itself that gets the signal. A script of its own, not `Popen(preexec_fn=...)`, which may
deadlock (and warns, from Python 3.12) when the parent has threads.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2), Linux only


def main(parent: int, command: list[str]) -> None:
    """Ask the kernel for SIGINT (PostgreSQL's fast shutdown) when the parent dies, then exec `command`."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)
    if os.getppid() != parent:  # it died before the kernel was asked: nobody would ever stop this server
        sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606  # nosec B606


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
