"""The damping of steps, and how it changes from step to step.

References
----------
J. J. Moré, The Levenberg-Marquardt algorithm: implementation and theory, Lecture Notes in
Mathematics 630, Springer 1978, 105-116 (trust radius).

H. B. Nielsen, Damping parameter in Marquardt's method, IMM-REP-1999-05, Technical University of
Denmark (gain ratio).
"""

from __future__ import annotations

from dataclasses import dataclass

from ..common.arrays import norm_of
from .options import Options
from .tangent import Spectrum

WITHIN = 0.05  # relative: how well a step must fit the radius
TRIES = 30
GOOD, POOR = 0.75, 0.25  # gain ratios
AFTER_NAN, AFTER_FAILURE = 0.1, 0.25  # of the step: the next radius


def damping_for_radius(spectrum: Spectrum, radius: float) -> float:
    """Return the damping for a step as long as the radius; 0 if the undamped step is not longer."""
    on = (spectrum.c != 0.0) & (spectrum.s > 0.0)
    c, s = spectrum.c[on], spectrum.s[on]
    if not c.size or norm_of(c / s) <= radius:
        return 0.0
    sc, s2 = s * c, s * s
    low, high = 0.0, norm_of(sc) / radius
    damping = 1e-3 * high
    for _ in range(TRIES):
        length = norm_of(sc / (s2 + damping))
        if abs(length - radius) <= WITHIN * radius:
            break
        if length > radius:
            low = damping
        else:
            high = damping
        slope = float((sc * sc / (s2 + damping) ** 3).sum())  # Newton's step for 1 / length
        damping += length / radius * (length - radius) * length / slope
        if not low < damping < high:
            damping = max(1e-3 * high, (low * high) ** 0.5)
    return damping


@dataclass
class Damping:
    """Radius and damping of the next step; the rule decides which of them is adapted."""

    radius: float
    value: float
    growth: float = 2.0  # Nielsen's nu

    def of(self, options: Options, spectrum: Spectrum) -> float:
        """Return the damping of the next step."""
        if options.update == "radius":
            return damping_for_radius(spectrum, self.radius)
        return self.value

    def step_failed(self, options: Options, length: float, was_nan: bool) -> None:
        """Damp more: a step of this length did not lower the sum."""
        self.radius = (AFTER_NAN if was_nan else AFTER_FAILURE) * length
        if options.update == "nielsen":
            self.value *= self.growth
            self.growth *= 2.0
        else:
            self.value *= options.increase

    def step_succeeded(self, options: Options, gain: float, length: float, damped: bool) -> None:
        """Damp as the gain suggests: the fall of the sum, relative to the predicted one."""
        if gain > GOOD or (not damped and gain > POOR):
            self.radius = max(self.radius, 2.0 * length)
        elif gain < POOR:
            self.radius = 0.5 * length
        if options.update == "nielsen":
            self.value *= max(1.0 / 3.0, 1.0 - (2.0 * gain - 1.0) ** 3)
            self.growth = 2.0
        else:
            self.value *= options.decrease
