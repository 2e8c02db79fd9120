"""Progress of a minimization: a tqdm bar, or a plain status line."""

from __future__ import annotations

import math
import sys
import time
from typing import Any

from .extras import require

_LINE_EVERY = 0.2  # seconds


class Reporter:
    """A status line on standard error, rewritten in place a few times a second."""

    def __init__(self, name: str = "minimize") -> None:
        self._name, self._iterations, self._best, self._next = name, 0, math.inf, 0.0

    def update(self, value: float) -> None:
        """Report one more iteration; `value` is the best of its run."""
        self._iterations += 1
        self._best = min(self._best, value)
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _LINE_EVERY
            self._write()

    def close(self) -> None:
        """Write the line a last time and end it."""
        self._write("\n")

    def _write(self, end: str = "") -> None:
        text = f"{self._name}: {self._iterations} iterations, best {self._best:.10g}"
        print(f"\r{text:<60}", end=end, file=sys.stderr, flush=True)


class Bar(Reporter):
    """A tqdm bar: iterations, their rate and the best value."""

    def __init__(self, name: str = "minimize") -> None:
        self._bar: Any = require("tqdm", "progress").tqdm(desc=name, unit=" iterations")
        self._best = math.inf

    def update(self, value: float) -> None:
        """Report one more iteration."""
        if value < self._best:
            self._best = value
            self._bar.set_postfix(best=f"{value:.6g}", refresh=False)
        self._bar.update()

    def close(self) -> None:
        """Leave the bar as it is."""
        self._bar.close()


def reporter(progress: bool | str, name: str = "minimize") -> Reporter | None:
    """Return the reporter for the setting `progress`: a bar for True, a line for "line"."""
    if progress == "line":
        return Reporter(name)
    return Bar(name) if progress else None
