"""Curve fits: functions by name, formulas and equations, with uncertainties, reports and plots."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .curve_fits import fit_curve
    from .curve_fitter import CurveFitter
    from .ranking import best_fit

__all__ = ["CurveFitter", "best_fit", "fit_curve"]

_MODULES = {"CurveFitter": "curve_fitter", "best_fit": "ranking", "fit_curve": "curve_fits"}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f".{_MODULES[name]}", __name__), name)
    return value
