"""Whether a component earns its place: what the data say against what it changes in the model."""

from __future__ import annotations

from dataclasses import dataclass

from .assembly import Assembly


@dataclass(frozen=True)
class Rule:
    """What a component must bring.

    Attributes
    ----------
    least : float
        Its removal must raise the sum of squares by more than the square of this: its significance
        in standard deviations.
    """

    least: float

    def verdict(self, assembly: Assembly, k: int) -> tuple[str, float]:
        """Return why component k should not be there, or "", and what its removal costs."""
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
