"""ImageJ's Nelder-Mead minimizer: the right answer, or an honest failure, without tuning."""

from .core import Minimizer
from .objective import Evaluation, RunRecord
from .optimize_result import OptimizeResult
from .rules import Rules
from .scipy_api import fmin, minimize, nelder_mead
from .simplex import Move
from .status import Status

__version__ = "0.1.0"

__all__ = [
    "Evaluation",
    "Minimizer",
    "Move",
    "OptimizeResult",
    "Rules",
    "RunRecord",
    "Status",
    "__version__",
    "fmin",
    "minimize",
    "nelder_mead",
]
