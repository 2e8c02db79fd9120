"""SciPy's absolute tolerances."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tolerances:
    """Absolute tolerances of parameters and value; both must hold."""

    params: float
    value: float
