"""The state of a run of Levenberg-Marquardt: data to be pickled, copied and inspected."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

import numpy as np

from ..common.arrays import Array
from ..common.differences import Differences
from ..common.status import Status
from .damping import Damping
from .moves import Move
from .options import Options
from .problem import Problem
from .stationarity import Look, Stop
from .tangent import Spectrum


class Task(Enum):
    """The next task of a run, until it needs residuals."""

    MEASURE = "ask for the Jacobian"
    EXAMINE = "look at the tangent space"
    STEP = "begin a step"
    TRY = "try a step with the present damping"
    OVERCOME = "find a way on where no step lowers the sum"


class Start(NamedTuple):
    """The first point of a run, from which others may begin, too."""

    r: Array
    f: float
    J: Array
    steps: Array
    rounding: float
    user_noise: float
    eps: float


@dataclass
class Trial:
    """A step under way.

    Attributes
    ----------
    spectrum : Spectrum
        J in units of the scale, without directions of no influence.
    damping, predicted : float
        The damping, and the fall of the sum that the tangent predicts.
    step, whole : ndarray (n,)
        The step, without and with its acceleration.
    """

    spectrum: Spectrum
    damping: float
    predicted: float
    step: Array
    whole: Array


@dataclass
class Last:
    """The last step that lowered the sum."""

    step: Array
    fall: float
    predicted: float
    f: float  # before it


@dataclass
class Refinement:
    """The last steps of a run, which add digits."""

    step: Array
    stretch: float = 1.0
    bend: float = 0.0
    count: int = 0


@dataclass
class State:
    """A run.

    Attributes
    ----------
    x, r, f : ndarray (n,), ndarray (m,), float
        Best point, its residuals, and the sum that is minimized.
    J : ndarray (m, n)
        The Jacobian there, or Broyden's update of one; `age` counts the updates.
    status : Status or None
        None while the run is under way.
    stop : Stop or None
        The test that has ended it.
    wanted : list of ndarray (n,)
        Points whose residuals it needs next; `move` says why.
    scheme : str
        Where J comes from: "exact" (the user), "forward", "central" or "richardson".
    eps : float
        Precision of the residuals' type.
    rounding, user_noise, hidden : float
        Relative noise of J: by rounding, of the user's J, and where a sum does not change visibly.
    top : ndarray (n,)
        Largest values of the parameters so far.
    steps : ndarray (n,)
        Of the differences.
    scale : ndarray (n,)
        Diagonal of D.
    """

    problem: Problem
    options: Options
    x: Array
    wanted: list[Array]
    scheme: str
    top: Array
    steps: Array
    scale: Array
    slowed: Array  # factors of it, for parameters that are damped more than others
    refinement: Refinement
    r: Array = field(default_factory=lambda: np.zeros(0))
    J: Array = field(default_factory=lambda: np.zeros((0, 0)))
    f: float = np.inf
    move: Move = Move.START
    status: Status | None = None
    stop: Stop | None = None
    eps: float = float(np.finfo(np.float64).eps)
    rounding: float = 0.0
    user_noise: float = 0.0
    hidden: float = 0.0
    age: int = 0
    start: Start | None = None
    first_norm: float = 0.0
    first_rank: int | None = None
    first_columns: Array = field(default_factory=lambda: np.zeros(0))
    seen: Look | None = None
    differences: Differences | None = None
    checked_way: Array = field(default_factory=lambda: np.zeros(0))
    damping: Damping | None = None
    trial: Trial | None = None
    last: Last | None = None
    asked: Stop | None = None  # the tolerance that has fired
    iterations: int = 0
    jacobians: int = 0
    nan_steps: int = 0
    flatness_checks: int = 0
    is_flat: bool = False  # along a direction without influence

    @property
    def look(self) -> Look:
        """The tangent space at `x`."""
        assert self.seen is not None
        return self.seen

    @property
    def size(self) -> Array:
        """Sizes (n,) of the parameters; one near zero has a share of its largest so far."""
        return np.maximum(abs(self.x), NEAR_ZERO * self.top)

    @property
    def knows_nothing(self) -> bool:
        """Whether no parameter has any influence, either at the start or around the end."""
        return self.first_rank == 0 and self.is_flat and self.look.rank == 0

    def want(self, move: Move, points: list[Array]) -> None:
        """Ask for the residuals at points."""
        self.move, self.wanted = move, points

    def accept(self, x: Array, r: Array, f: float) -> None:
        """Move to a better point."""
        self.x, self.r, self.f = x, r, f

    def end(self, status: Status, stop: Stop | None = None) -> None:
        """End the run."""
        self.status, self.stop, self.wanted = status, stop, []


NEAR_ZERO = 1e-3


def initial_state(problem: Problem, options: Options) -> State:
    """Return a run before its first point."""
    n = problem.n
    return State(
        problem=problem,
        options=options,
        x=problem.start.copy(),
        wanted=[problem.start.copy()],
        scheme="exact" if problem.has_jacobian else options.jacobian,
        top=abs(problem.start),
        steps=np.zeros(n),
        scale=np.zeros(n),
        slowed=np.ones(n),
        refinement=Refinement(np.zeros(n)),
        first_columns=np.zeros(n),
    )
