"""``python -m sawtooth_compat SCRIPT [ARGUMENTS]``: run a program of Sawtooth's SDK as ``python`` would."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Final

from sawtooth_compat.finder import install

USAGE: Final = """\
usage: python -m sawtooth_compat SCRIPT [ARGUMENT ...]
       python -m sawtooth_compat -m MODULE [ARGUMENT ...]

Run a program written for Hyperledger Sawtooth's Python SDK, unchanged.
"""


def main(arguments: list[str]) -> int:
    """Run what the arguments name; return 0, or 2 if they name nothing that can be run.

    Whatever the program raises, `SystemExit` with its own status among it, passes through.
    """
    match arguments:
        case ["-h" | "--help", *_]:
            sys.stdout.write(USAGE)
            return 0
        case ["-m", module, *rest] if module:
            install()
            sys.argv = [module, *rest]
            runpy.run_module(module, run_name="__main__", alter_sys=True)
            return 0
        case [script, *rest] if not script.startswith("-"):
            if not Path(script).exists():
                sys.stderr.write(f"python -m sawtooth_compat: there is no file {script}\n")
                return 2
            install()
            sys.argv = [script, *rest]
            sys.path.insert(0, str(Path(script).resolve().parent))
            runpy.run_path(script, run_name="__main__")
            return 0
    sys.stderr.write(USAGE)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
