"""Functions on which Nelder and Mead's method is known to fail or was first tried.

McKinnon's functions; the uniformly convex functions of Gao and Han, of which the simplest is the
sphere of Han and Neumann, slow in many dimensions; both Perm functions, from random starts;
Rosenbrock's, Wood's and the sphere, from the standard start and from three nearby.

References
----------
K. I. M. McKinnon, Convergence of the Nelder-Mead simplex method to a nonstationary point,
SIAM J. Optim. 9 (1998) 148-158.

F. Gao, L. Han, Implementing the Nelder-Mead simplex algorithm with adaptive parameters, Comput.
Optim. Appl. 51 (2012) 259-277.

L. Han, M. Neumann, Effect of dimensionality on the Nelder-Mead simplex method, Optim. Methods
Softw. 21 (2006) 1-16.

S. Surjanovic, D. Bingham, Virtual library of simulation experiments: Perm function d, β; Perm
function 0, d, β. https://www.sfu.ca/~ssurjano/optimization.html
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..case import Array, Case
from .boxes import Rosenbrock
from .convex import Quadratic
from .mgh import residuals
from .morewild import DATA

NAME = "classics"
TITLE = "Classics"


@dataclass(frozen=True)
class McKinnon:
    """A function of two parameters with continuous derivatives up to that of order tau - 1."""

    tau: float
    theta: float
    phi: float

    def __call__(self, x: Array) -> float:
        """Return the value."""
        a, b = x.tolist()
        steep = self.theta * self.phi if a <= 0.0 else self.theta
        with np.errstate(all="ignore"):
            return float(steep * np.abs(np.float64(a)) ** self.tau + b + b * b)


@dataclass(frozen=True)
class GaoHan:
    """x'D x + sigma (x'B x)²: D diagonal, (1 + epsilon)^i; B = U'U, U upper triangular, of ones."""

    epsilon: float
    sigma: float

    def __call__(self, x: Array) -> float:
        """Return the value."""
        with np.errstate(all="ignore"):
            diagonal = (1.0 + self.epsilon) ** np.arange(1.0, len(x) + 1)
            sums = np.cumsum(x[::-1])
            return float(diagonal @ (x * x) + self.sigma * (sums @ sums) ** 2)


@dataclass(frozen=True)
class Perm:
    """The Perm function d, β: its minimum, 0, is at 1, 2, …, d."""

    beta: float

    def residuals(self, x: Array) -> Array:
        """Return the d numbers that are squared and summed."""
        j = np.arange(1.0, len(x) + 1)
        i = j[:, None]
        sums: Array = ((j**i + self.beta) * ((x / j) ** i - 1.0)).sum(axis=1)
        return sums

    def solution(self, n: int) -> Array:
        """Return where the minimum is."""
        return np.arange(1.0, n + 1)

    def __call__(self, x: Array) -> float:
        """Return the value."""
        with np.errstate(all="ignore"):
            r = self.residuals(x)
            return float(r @ r)


@dataclass(frozen=True)
class PermZero(Perm):
    """The Perm function 0, d, β: its minimum, 0, is at 1, 1/2, …, 1/d."""

    def residuals(self, x: Array) -> Array:
        """Return the d numbers that are squared and summed."""
        j = np.arange(1.0, len(x) + 1)
        i = j[:, None]
        sums: Array = ((j + self.beta) * (x**i - 1.0 / j**i)).sum(axis=1)
        return sums

    def solution(self, n: int) -> Array:
        """Return where the minimum is."""
        return 1.0 / np.arange(1.0, n + 1)


PERM_TOLERANCE = 1e-8  # less than the other minima, of which that with 1e-6 is the least
PERMS = {"Perm d, 0.5": Perm(0.5), "Perm 0, d, 10": PermZero(10.0)}


@dataclass(frozen=True)
class Wood:
    """Wood's function."""

    def __call__(self, x: Array) -> float:
        """Return the value."""
        with np.errstate(all="ignore"):
            r = residuals("Wood", 4)(x)
            return float(r @ r)


@functools.cache
def references() -> dict[tuple[str, int], dict[str, Any]]:
    """Return the other minima of the Perm functions, by name and number of parameters."""
    text = (DATA / "perm.json").read_text(encoding="utf-8")
    return {(row["name"], row["n"]): row for row in json.loads(text)}


def cases(seed: int, quick: bool = False) -> list[Case]:
    """Return 41 cases, 14 if quick."""
    every = [*_mckinnon(seed), *_gao_han(), *_perms(seed), *_standard(seed)]
    return every[::3] if quick else every


def _mckinnon(seed: int) -> Iterator[Case]:
    """Yield McKinnon's function with his three sets of constants, from three starts each."""
    for k, constants in enumerate(((1.0, 15.0, 10.0), (2.0, 6.0, 60.0), (3.0, 6.0, 400.0))):
        fun = McKinnon(*constants)
        near = np.random.default_rng([seed, 0, k]).uniform(-1.0, 1.0, 2)
        for where, start in (("1", [1.0, 1.0]), ("-1", [-1.0, 1.0]), ("a random start", near)):
            yield Case(
                name=f"McKinnon, tau = {constants[0]:g}, from {where}",
                fun=fun,
                start=np.array(start),
                minimum=-0.25,
                solution=np.array([0.0, -0.5]),
            )


def _gao_han() -> Iterator[Case]:
    """Yield the functions of Gao and Han."""
    for n in (4, 8):
        for epsilon, sigma in ((0.0, 0.0), (0.05, 0.0), (0.0, 1e-4), (0.05, 1e-4)):
            name = f"Gao-Han, epsilon = {epsilon:g}, sigma = {sigma:g}, n = {n}"
            yield Case(name, GaoHan(epsilon, sigma), np.ones(n), 0.0, solution=np.zeros(n))


def _perms(seed: int) -> Iterator[Case]:
    """Yield both Perm functions, from two random points of the box where they are used."""
    for k, (name, fun) in enumerate(PERMS.items()):
        for n in (2, 3, 4):
            rng = np.random.default_rng([seed, 1, k, n])
            for number in (1, 2):
                yield Case(
                    name=f"{name}, n = {n}, start {number}",
                    fun=fun,
                    start=rng.uniform(-n, n, n),
                    minimum=0.0,
                    others=tuple(references()[name, n]["others"]),
                    tolerance=PERM_TOLERANCE,
                    solution=fun.solution(n),
                )


def _standard(seed: int) -> Iterator[Case]:
    """Yield three functions from where they were always started, and three starts nearby."""
    rng = np.random.default_rng([seed, 2])
    one = np.ones(4)
    for name, fun, start, solution in (
        ("Rosenbrock, n = 4", Rosenbrock(), [-1.2, 1.0, -1.2, 1.0], one),
        ("Wood", Wood(), [-3.0, -1.0, -3.0, -1.0], one),
        ("sphere, n = 4", Quadratic(np.eye(4), np.zeros(4)), one, np.zeros(4)),
    ):
        first = np.array(start)
        others = (3.701428610430175,) if name.startswith("Rosenbrock") else ()
        yield Case(name, fun, first, 0.0, others, solution=solution)
        for number in (1, 2, 3):
            near = first + rng.uniform(-0.3, 0.3, 4)
            yield Case(f"{name}, nearby {number}", fun, near, 0.0, others, solution=solution)
