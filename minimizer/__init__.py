"""ImageJ's Nelder-Mead minimizer: no tuning, and success only when two independent runs agree."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .common.records import Evaluation, RunRecord
    from .common.status import Status
    from .fitting.curve_fits import fit_curve
    from .fitting.curve_fitter import CurveFitter
    from .fitting.ranking import best_fit
    from .many.many_starts import Minimum, minimize_from_many_starts
    from .many.problems import minimize_many
    from .many.results import ManyResults
    from .minimizer import Minimizer
    from .residuals.engine import LevenbergMarquardt
    from .scipy_interface.curve_functions import curve_fit
    from .scipy_interface.functions import fmin, minimize, nelder_mead
    from .scipy_interface.residual_functions import least_squares
    from .scipy_interface.residual_result import LeastSquaresResult
    from .scipy_interface.result import OptimizeResult
    from .simplex.moves import Move
    from .simplex.rules import Rules

__version__ = "0.1.0"

__all__ = [
    "CurveFitter",
    "Evaluation",
    "LeastSquaresResult",
    "LevenbergMarquardt",
    "ManyResults",
    "Minimizer",
    "Minimum",
    "Move",
    "OptimizeResult",
    "Rules",
    "RunRecord",
    "Status",
    "__version__",
    "best_fit",
    "curve_fit",
    "fit_curve",
    "fmin",
    "least_squares",
    "minimize",
    "minimize_from_many_starts",
    "minimize_many",
    "nelder_mead",
]

_MODULES = {
    "CurveFitter": "fitting.curve_fitter",
    "Evaluation": "common.records",
    "LeastSquaresResult": "scipy_interface.residual_result",
    "LevenbergMarquardt": "residuals.engine",
    "ManyResults": "many.results",
    "Minimizer": "minimizer",
    "Minimum": "many.many_starts",
    "Move": "simplex.moves",
    "OptimizeResult": "scipy_interface.result",
    "Rules": "simplex.rules",
    "RunRecord": "common.records",
    "Status": "common.status",
    "best_fit": "fitting.ranking",
    "curve_fit": "scipy_interface.curve_functions",
    "fit_curve": "fitting.curve_fits",
    "fmin": "scipy_interface.functions",
    "least_squares": "scipy_interface.residual_functions",
    "minimize": "scipy_interface.functions",
    "minimize_from_many_starts": "many.many_starts",
    "minimize_many": "many.problems",
    "nelder_mead": "scipy_interface.functions",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f".{_MODULES[name]}", __name__), name)
    return value


def __dir__() -> list[str]:
    """Return all public names, including those that have not been used yet."""
    return sorted({*globals(), *__all__})
