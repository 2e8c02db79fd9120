"""Image registration with the minimizer: the adapter between images and a function of parameters.

`register` does it all; `RegistrationCost` is an ordinary function for any minimizer. Needs SciPy
(extra ``registration``), and is some ten times faster with numba, which the extra brings, too.
"""

from ..extras import require

require("scipy.ndimage", extra="registration")

from .cost import RegistrationCost  # noqa: E402
from .itk import read_itk, write_itk  # noqa: E402
from .register import register  # noqa: E402
from .result import LevelRecord, RegistrationResult  # noqa: E402

__all__ = [
    "LevelRecord",
    "RegistrationCost",
    "RegistrationResult",
    "read_itk",
    "register",
    "write_itk",
]
