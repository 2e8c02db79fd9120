"""Whether a component earns its place: the conditions for keeping it in the model."""

from __future__ import annotations

from dataclasses import dataclass

from .assembly import Assembly


@dataclass(frozen=True)
class Rule:
    """The conditions that a component must meet.

    Attributes
    ----------
    least : float
        Its removal must raise the sum of squares by more than the square of this: its significance
        in standard deviations.
    """

    least: float

    def verdict(self, assembly: Assembly, k: int) -> tuple[str, float]:
        """Return why component k should be removed, or "", and the cost of its removal."""
        window = assembly.windows[k]
        if not window.size:
            return "touches no residual", 0.0
        if assembly.is_out_of_range(k):
            return "out of range", 0.0
        r = assembly.residuals(window)
        change = assembly.change_without(k)
        rise = float(change @ change + 2.0 * (change @ r))
        if not change.any():
            return "changes nothing", 0.0
        if rise <= self.least**2:
            return f"significance below {self.least:g} standard deviations", rise
        return "", rise
