"""ImageJ's Nelder-Mead minimizer: the right answer, or an honest failure, without tuning."""

from .core import Minimizer
from .objective import Evaluation, RunRecord
from .rules import Rules
from .simplex import Move
from .status import Status

__version__ = "0.1.0"

__all__ = [
    "Evaluation",
    "Minimizer",
    "Move",
    "Rules",
    "RunRecord",
    "Status",
    "__version__",
]
