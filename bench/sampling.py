"""A sampling profiler: where processor time goes, without slowing Python calls down as tracing does.

The kernel's profiling timer interrupts the process every millisecond of processor time; the handler notes
the stack of the main thread. Time inside a C call counts for the Python function that made it.
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import FrameType, TracebackType
from typing import Final, Self

INTERVAL_S: Final = 0.001
ROOT: Final = Path(__file__).resolve().parent.parent


class Sampler:
    """Samples while it is entered as a context manager, which may be done again and again.

    Attributes:
        by_stage: Samples by the innermost function on the stack that begins a stage.
        by_function: Samples by the innermost function, as ``module.py:function``.
    """

    def __init__(self, stages: Mapping[tuple[str, str], str]) -> None:
        """Make a sampler.

        Args:
            stages: Name of the stage that each function begins, by path under the project and function.
        """
        self._stages = {(str(ROOT / path), function): stage for (path, function), stage in stages.items()}
        self.by_stage: Counter[str] = Counter()
        self.by_function: Counter[str] = Counter()

    @property
    def samples(self) -> int:
        """How many samples were taken."""
        return self.by_stage.total()

    def __enter__(self) -> Self:
        signal.signal(signal.SIGPROF, self._note)
        signal.setitimer(signal.ITIMER_PROF, INTERVAL_S, INTERVAL_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)

    def _note(self, _signal: int, frame: FrameType | None) -> None:
        if frame is None:
            return
        innermost = frame.f_code
        self.by_function[f"{_shorten(innermost.co_filename)}:{innermost.co_name}"] += 1
        self.by_stage[self._stage_of(frame)] += 1

    def _stage_of(self, frame: FrameType) -> str:
        at: FrameType | None = frame
        while at is not None:
            stage = self._stages.get((at.f_code.co_filename, at.f_code.co_name))
            if stage is not None:
                return stage
            at = at.f_back
        return "the rest"


def _shorten(path: str) -> str:
    """Return a path under the project relative to it, another by its last two parts."""
    file = Path(path)
    return str(file.relative_to(ROOT)) if file.is_relative_to(ROOT) else "/".join(file.parts[-2:])
