"""One run of Levenberg-Marquardt, from point to point.

The run is data: what it knows, and which points it wants evaluated next (`wanted`). `take` gives
it the residuals there, and it goes on to the next points, or to its end.

References
----------
M. K. Transtrum, J. P. Sethna, Improvements to the Levenberg-Marquardt algorithm for nonlinear
least-squares minimization, arXiv:1201.5885 (2012).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..common.arrays import Array
from ..common.differences import STENCILS, Differences, relative_steps, weights
from ..common.status import Status
from . import acceleration as geodesic
from . import flatness
from .broyden import updated
from .damping import Damping
from .moves import Move
from .options import Options
from .problem import Problem
from .stationarity import Look, Stop, look
from .step import step_in_box

TRUNCATED = 1e-12  # of the largest singular value: no step along what has no influence
SHORT = 1e-12  # of the parameters: a step that changes nothing
WELL_PREDICTED = 0.25, 4.0  # gain ratios with which Broyden's update is good for a further step
EDGE = 5  # steps in succession that met NaN
CHECKS = 6  # of the directions without influence, in a run
MOST_NOISE = 1e-6
CENTRAL = STENCILS["richardson"][0]
CHECKED = 2.0**-9  # of the parameters: step of the check of a user's Jacobian
NOISE = {"forward": 0.5, "central": 0.7, "richardson": 0.8, "exact": 0.83}  # J's is eps to this


class Search:
    """A run that begins at the start of the problem, or where another run has begun.

    Attributes
    ----------
    x, r, f : ndarray (n,), ndarray (m,), float
        Best point, its residuals, and the sum that is minimized.
    J : ndarray (m, n)
        The Jacobian there, or Broyden's update of one; `age` counts the updates.
    status : Status or None
        None while the run goes on.
    look : Look
        The tangent space at `x`.
    stop : Stop or None
        Which test has ended it.
    """

    def __init__(self, problem: Problem, options: Options) -> None:
        self.problem, self.options = problem, options
        self.status: Status | None = None
        self.stop: Stop | None = None
        self.move = Move.START
        self.wanted: list[Array] = [problem.start.copy()]
        self.x, self.f = problem.start.copy(), np.inf
        self.r = np.zeros(0)
        self.J = np.zeros((0, problem.n))
        self.age = 0
        self.scheme = "exact" if problem.has_jacobian else options.jacobian
        self.eps = float(np.finfo(np.float64).eps)
        self.top = abs(problem.start)
        self.steps = np.zeros(problem.n)  # of the differences
        self.rounding = self.user_noise = 0.0  # relative, of J
        self.hidden = 0.0  # singular values below it do not show in the sum
        self.scale = np.zeros(problem.n)
        self.damping: Damping | None = None
        self.differences: Differences | None = None
        self.first_norm = 0.0
        self.first_rank = -1
        self.first_columns = np.zeros(problem.n)
        self.iterations = self.jacobians = 0
        self.nan_steps = self.checks = 0
        self.look: Look | None = None
        self.first_r, self.first_f, self.first_J = self.r, self.f, self.J
        self.first_steps, self.first_rounding = self.steps, 0.0

    def begin_as(self, other: Search) -> None:
        """Begin with the start, the residuals and the Jacobian of another run."""
        self.eps, self.first_norm, self.steps = other.eps, other.first_norm, other.first_steps
        self.rounding, self.user_noise = other.first_rounding, other.user_noise
        self.r, self.f, self.J = other.first_r, other.first_f, other.first_J
        self.first_r, self.first_f, self.first_J = self.r, self.f, self.J
        self.first_steps, self.first_rounding = self.steps.copy(), self.rounding
        with np.errstate(all="ignore"):
            self.examine()

    def confirm(self) -> None:
        """Call the run a success."""
        self.status = Status.SUCCESS

    def take(self, values: Sequence[Array]) -> None:
        """Take the residuals at the points that are wanted (or the user's Jacobian there)."""
        HANDLERS[self.move](self, values)

    def end(self, status: Status, stop: Stop | None = None) -> None:
        """End the run."""
        self.status, self.stop, self.wanted = status, stop, []

    # ---- the start, and Jacobians

    def _started(self, values: Sequence[Array]) -> None:
        self.r = values[0]
        if self.r.dtype == np.float32:
            self.eps = float(np.finfo(np.float32).eps)
            self.r = self.r.astype(np.float64)
        self.f = self.problem.value(self.r)
        self.first_norm = float(np.linalg.norm(self.r))
        if self.f == np.inf:
            self.end(Status.INITIALIZATION_FAILURE)
        else:
            self.measure()

    def measure(self) -> None:
        """Ask for the Jacobian at x."""
        self.top = np.maximum(self.top, abs(self.x))
        self.jacobians += 1
        if self.scheme == "exact":
            self.want(Move.JACOBIAN, [self.x.copy()])
            return
        first = relative_steps(self.x, self.top, self.eps, self.scheme, self.steps)
        if self.problem.diff_step is not None:
            first = self.problem.diff_step * np.where(self.x == 0.0, 1.0, abs(self.x))
        self.differences = Differences(
            self.x, self.r, first, self.problem.box, ~self.problem.held, self.scheme
        )
        self._want_differences()

    def _want_differences(self) -> None:
        assert self.differences is not None
        if self.differences.is_done:
            self.J = self.differences.jacobian()
            self.steps = self.differences.steps
            self.rounding = self.differences.noise(self.eps, self.first_norm)
            self.differences = None
            self._measured()
        else:
            self.want(Move.JACOBIAN, self.differences.points())

    def _took_jacobian(self, values: Sequence[Array]) -> None:
        if self.differences is None:
            self.J, self.rounding = np.array(values[0]), self.user_noise
            self._measured()
        else:
            self.differences.take(values)
            self._want_differences()

    def _measured(self) -> None:
        self.age = 0
        if not np.isfinite(self.J).all():
            self.end(Status.EDGE)
        else:
            self.examine()

    # ---- is the point stationary?

    def examine(self) -> None:
        """Look at the tangent space; end, or make a step."""
        self.look = look(
            self.problem, self.x, self.top, self.r, self.J, self.noise, self.first_norm
        )
        if not self.first_r.size:
            self.first_r, self.first_f, self.first_J = self.r, self.f, self.J
            self.first_steps, self.first_rounding = self.steps.copy(), self.rounding
        if self.first_rank < 0:
            self.first_rank, self.first_columns = self.look.rank, self.look.column_norms
        if self._doubts_jacobian():
            self._check_jacobian()
            return
        if self.age == 0:
            self._rescale(self.look.column_norms)
        if self.look.stop is None:
            self.make_step()
        elif self.age > 0:
            self.measure()  # a claim needs a true Jacobian
        elif not self.look.kept.all() and self.look.stop is not Stop.ZERO:
            self._check_flatness()
        else:
            self.end(Status.SUCCESS, self.look.stop)

    @property
    def wants_jacobian(self) -> bool:
        """Whether the user's Jacobian is wanted, not residuals."""
        return self.move is Move.JACOBIAN and self.differences is None

    def _doubts_jacobian(self) -> bool:
        """Return whether the rank depends on how accurate the user's Jacobian is."""
        return self.scheme == "exact" and self.user_noise == 0.0 and bool(self._unsure.any())

    @property
    def _unsure(self) -> Array:
        """Directions (k,) whose influence may be the noise of a Jacobian by differences."""
        assert self.look is not None
        s = self.look.spectrum.s
        unsure: Array = (s > 0.0) & (s < 2.0 * self.eps**0.5 * s.max(initial=0.0))
        return unsure

    def _check_jacobian(self) -> None:
        """Ask for the derivative along a direction of little influence, by differences."""
        assert self.look is not None
        s, free = self.look.spectrum, self.look.indices
        first = int(np.flatnonzero(self._unsure)[0])
        self._way = np.zeros(self.problem.n)
        self._way[free] = s.V[:, first] / s.unit
        size = np.maximum(self.top, abs(self.x))
        longest = float((abs(self._way) / np.where(size > 0.0, size, 1.0)).max())
        self._ahead = CHECKED / longest
        self.want(Move.NOISE, [self.x + k * self._ahead * self._way for k in CENTRAL])

    def _checked_jacobian(self, values: Sequence[Array]) -> None:
        assert self.look is not None
        changes = np.array([value - self.r for value in values])
        error = weights(CENTRAL) @ changes / self._ahead - self.J @ self._way
        found = float(np.linalg.norm(error)) / float(self.look.spectrum.s[0])
        least = self.eps ** NOISE["exact"]
        self.user_noise = max(found, least) if np.isfinite(found) else self.eps**0.5
        self.rounding = self.user_noise
        self.first_rank = -1
        self.examine()

    @property
    def noise(self) -> float:
        """Relative noise of J: singular values below it mean nothing."""
        usual = float(self.eps ** NOISE[self.scheme])
        return 2.0 * max(usual, min(self.rounding, MOST_NOISE), self.hidden)

    def _rescale(self, norms: Array) -> None:
        scaling = self.options.scaling
        if not isinstance(scaling, str):
            self.scale = np.array(scaling)
        elif scaling == "levenberg":
            self.scale = np.ones(self.problem.n)
        else:
            self.scale = np.maximum(self.scale, norms)
            self.scale[self.scale == 0.0] = 1.0

    def _check_flatness(self) -> None:
        assert self.look is not None
        points = flatness.points(self.look, self.x, self.top, self.problem.box)
        self.checks += 1
        if self.checks > CHECKS:
            self.end(Status.SINGULAR)
        else:
            self.want(Move.FLATNESS, points)

    def _checked_flatness(self, values: Sequence[Array]) -> None:
        assert self.look is not None
        sums = [self.problem.value(r) for r in values]
        lowest = int(np.argmin(sums))
        if sums[lowest] < self.f * (1.0 - flatness.LOWER):
            self._accept(self.wanted[lowest], values[lowest], sums[lowest])
            self.damping = None
            self.measure()
            return
        verdict = flatness.verdict(
            self.look, self.f, sums, self.first_rank, self.first_columns
        )
        self.end(verdict, self.look.stop if verdict is Status.SUCCESS else None)

    def _stuck(self) -> None:
        """There is no step from here, and the point is not stationary."""
        if self.age > 0:
            self.measure()
        elif self.nan_steps > EDGE:
            self.end(Status.EDGE)
        elif self.hidden == 0.0:
            self.hidden = self.eps**0.5
            self.examine()
        elif self.scheme in ("forward", "exact"):  # the user's may be differences, too
            self.scheme, self.damping, self.hidden = "central", None, 0.0
            self.steps = np.zeros(self.problem.n)
            self.measure()
        else:
            self.end(Status.STALLED)

    # ---- steps

    def make_step(self) -> None:
        """Ask for the residuals at the end of a damped step, or a little ahead for its bend."""
        assert self.look is not None
        self.iterations += 1
        free, tangent = self.look.indices, self.look.tangent
        self._spectrum = tangent.spectrum(self.scale[free]).truncated(TRUNCATED)
        if self.damping is None:
            size = float(np.linalg.norm((self.scale * self.x)[free])) or self.first_norm
            first = float(np.max(self.options.damping)) * self._spectrum.s[0] ** 2
            self.damping = Damping(self.options.radius * size, first)
        self._try_step()

    def _try_step(self) -> None:
        assert self.look is not None and self.damping is not None
        free, tangent = self.look.indices, self.look.tangent
        self._lambda = self.damping.of(self.options, self._spectrum)
        self._step = step_in_box(
            self.x, self.problem.box, free, tangent, self._spectrum, self._lambda
        )
        self._predicted = tangent.decrease(self._step[free])
        short = SHORT * np.maximum(abs(self.x), 1e-3 * self.top)
        if not self._predicted > 0.0 or (abs(self._step) <= short).all():
            self._stuck()
        elif self.accelerates:
            self.want(Move.CURVATURE, [self.x + geodesic.AHEAD * self._step])
        else:
            self._want_end(self._step)

    @property
    def accelerates(self) -> bool:
        """Whether steps are bent."""
        plain = self.problem.loss is None
        return self.options.acceleration > 0.0 and self.age == 0 and plain and self._lambda > 0.0

    def _want_end(self, whole: Array) -> None:
        end = self.problem.box.clip(self.x + whole)
        self._whole = end - self.x
        self.want(Move.STEP, [end])

    def _curved(self, values: Sequence[Array]) -> None:
        assert self.look is not None
        if self.problem.value(values[0]) == np.inf:
            self._failed(np.inf)
            return
        free, step = self.look.indices, self._step
        second = geodesic.second_derivative(self.r, values[0], self.J, step)
        bend = np.zeros(self.problem.n)
        bend[free] = geodesic.acceleration(self._spectrum, self.J[:, free], second, self._lambda)
        size = float(np.linalg.norm(self.scale * bend))
        if 2.0 * size <= self.options.acceleration * float(np.linalg.norm(self.scale * step)):
            self._want_end(step + bend)
        else:
            self._failed(self.f)

    def _stepped(self, values: Sequence[Array]) -> None:
        f = self.problem.value(values[0])
        if f < self.f:
            self._succeeded(values[0], f)
        else:
            self._failed(f)

    def _failed(self, f: float) -> None:
        """The step does not lower the sum: damp more, or find out with a true Jacobian."""
        assert self.damping is not None
        length = float(np.linalg.norm(self.scale * self._step))
        self.nan_steps = self.nan_steps + 1 if f == np.inf else 0
        if self.age > 0:
            self.damping.radius = min(self.damping.radius, length)
            self.measure()
            return
        self.damping.step_failed(self.options, length, f == np.inf)
        self._try_step()

    def _succeeded(self, r: Array, f: float) -> None:
        assert self.damping is not None
        gain = (self.f - f) / self._predicted
        length = float(np.linalg.norm(self.scale * self._step))
        self.damping.step_succeeded(self.options, gain, length, self._lambda > 0.0)
        change = r - self.r
        x = self.x + self._whole
        self._accept(x, r, f)
        if self.updates and WELL_PREDICTED[0] < gain < WELL_PREDICTED[1]:
            self.J = updated(self.J, self._whole, change, self.scale)
            self.age += 1
            self.examine()
        else:
            self.measure()

    @property
    def updates(self) -> bool:
        """Whether J may be updated by Broyden's formula once more."""
        plain = self.problem.loss is None
        return self.options.broyden is not False and plain and self.age < 2 * self.problem.n

    def _accept(self, x: Array, r: Array, f: float) -> None:
        self.x, self.r, self.f = x, r, f

    def want(self, move: Move, points: list[Array]) -> None:
        """Ask for points."""
        self.move, self.wanted = move, points


HANDLERS = {
    Move.START: Search._started,
    Move.JACOBIAN: Search._took_jacobian,
    Move.CURVATURE: Search._curved,
    Move.STEP: Search._stepped,
    Move.FLATNESS: Search._checked_flatness,
    Move.NOISE: Search._checked_jacobian,
}
