"""A program that becomes another one, which dies with the process that started it.

Run as a file, ``python -S leash.py PARENT COMMAND ...``: the standard library alone makes it quick. The
kernel's parent-death signal outlives ``exec``, so not even a killed supervisor leaves processes behind.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask to be killed with the parent, and become the command."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
    if os.getppid() != parent:  # it has died before it could be asked
        sys.exit("the supervisor has gone")
    os.execv(command[0], command)  # noqa: S606 - the command is the supervisor's own


if __name__ == "__main__":
    main()
