"""ImageJ's Nelder-Mead minimizer: the right answer, or an honest failure, without tuning."""

from .core import Minimizer
from .many import minimize_many
from .many_result import ManyResults
from .optimize_result import OptimizeResult
from .records import Evaluation, RunRecord
from .rules import Rules
from .scipy_api import fmin, minimize, nelder_mead
from .simplex import Move
from .status import Status

__version__ = "0.1.0"

__all__ = [
    "Evaluation",
    "ManyResults",
    "Minimizer",
    "Move",
    "OptimizeResult",
    "Rules",
    "RunRecord",
    "Status",
    "__version__",
    "fmin",
    "minimize",
    "minimize_many",
    "nelder_mead",
]
