"""The fits between changes of the components, and the one at the end."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

from ..common.status import Status
from .assembly import Assembly
from .components_result import ComponentsResult
from .fitting import MAX_MEMORY, fit_blocks
from .result import BlocksResult


@dataclass(frozen=True)
class Refit:
    """The arguments with which `fit_blocks` is called."""

    options: dict[str, Any]
    max_loops: int

    @classmethod
    def of(
        cls,
        max_memory: float | None,
        max_loops: int,
        n_jobs: int | None,
        callback: Any,
        progress: Any,
    ) -> Refit:
        """Make it from the arguments of a caller."""
        options = {
            "max_memory": MAX_MEMORY if max_memory is None else max_memory,
            "n_jobs": n_jobs,
            "callback": callback,
            "progress": progress,
            "check": False,
        }
        return cls(options, max_loops)

    def quickly(self, assembly: Assembly, loops: int) -> Assembly:
        """Return the assembly after a few loops, which need not converge."""
        return assembly.at(self._silently(assembly, loops).x)

    def fully(self, assembly: Assembly) -> BlocksResult:
        """Fit until the loops converge."""
        return self._silently(assembly, self.max_loops)

    def ended(self, result: ComponentsResult) -> ComponentsResult:
        """Warn if a result is not a success."""
        if not result.success and result.status is not Status.ABORTED:
            warnings.warn(result.message, RuntimeWarning, stacklevel=3)
        return result

    def _silently(self, assembly: Assembly, loops: int) -> BlocksResult:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            return fit_blocks(assembly.model, assembly.params, max_loops=loops, **self.options)
