"""Fits of one to three peaks on a line, where x begins at 0, at 1e4 or at 2.4e6.

The peaks are Gaussian, Lorentzian or a mixture of both whose share is a parameter, too; they may
overlap. The other parameters are base, slope, and height, position and width of every peak: 5 to 12
in all. Every peak's start is off by about a width. A good fit leaves at most 1 per cent of the
data's variance more than the best that is known, to which least squares lead from the truth. Other
minima, where peaks have merged or fit the noise, are not listed.

References
----------
This package's own. The mixture: G. K. Wertheim et al., Determination of the Gaussian and
Lorentzian content of experimental line shapes, Rev. Sci. Instrum. 45 (1974) 1369-1371.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..case import Array, Case
from ._descent import polished

NAME = "spectra"
TITLE = "Peaks on a line"

KINDS = ("Gauss", "Lorentz", "pseudo-Voigt")
BEGINNINGS = (0.0, 0.0, 1e4, 2.4e6)
GOOD = 0.01  # of the variance
CASES = 60
LENGTH = 100.0


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Sum of the squared residuals: base, slope, (height, position, width) of each peak, share.

    The share is that of the Lorentzian, and a parameter only of the kind pseudo-Voigt.
    """

    kind: str
    begin: float
    x: Array
    y: Array

    def residuals(self, p: Array) -> Array:
        """Return predictions less observations."""
        mixed = self.kind == "pseudo-Voigt"
        share = p[-1] if mixed else float(self.kind == "Lorentz")
        heights, positions, widths = (p[2:-1] if mixed else p[2:]).reshape(-1, 3).T
        with np.errstate(all="ignore"):
            squares = ((self.x[:, None] - positions) / widths) ** 2
            peaks = np.zeros_like(squares)
            if self.kind != "Gauss":
                peaks = share / (1.0 + squares)
            if self.kind != "Lorentz":
                peaks = peaks + (1.0 - share) * np.exp(-np.log(2.0) * squares)
            r: Array = p[0] + p[1] * (self.x - self.begin) + peaks @ heights - self.y
            return r

    def __call__(self, p: Array) -> float:
        """Return the value."""
        with np.errstate(all="ignore"):
            r = self.residuals(p)
            return float(r @ r)

    def from_0(self) -> Spectrum:
        """Return the same where x begins at 0."""
        return Spectrum(self.kind, 0.0, self.x - self.begin, self.y)


def cases(seed: int, quick: bool = False) -> list[Case]:
    """Return 60 cases, 10 of at most 8 parameters if quick."""
    every = list(_cases(seed, 18 if quick else CASES))
    return [case for case in every if case.n < 9] if quick else every


def _cases(seed: int, count: int) -> Iterator[Case]:
    """Yield one random spectrum after the other."""
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        kind = KINDS[number // 3 % 3]
        yield _case(rng, number, kind, 1 + number % 3, BEGINNINGS[number % 4])


def _case(rng: np.random.Generator, number: int, kind: str, peaks: int, begin: float) -> Case:
    """Return a fit of data that are drawn."""
    x = np.linspace(0.0, LENGTH, int(rng.integers(120, 300)))
    shape = np.column_stack([rng.uniform(2.0, 30.0, peaks), *_places(rng, peaks)])
    line = [rng.uniform(0.0, 20.0), rng.uniform(-0.1, 0.1)]
    share = [rng.uniform(0.2, 0.8)] if kind == "pseudo-Voigt" else []
    truth = np.concatenate([line, shape.ravel(), share])
    clean = Spectrum(kind, 0.0, x, np.zeros_like(x)).residuals(truth)
    y = clean + rng.uniform(0.01, 0.05) * shape[:, 0].max() * rng.normal(size=len(x))
    centred = Spectrum(kind, 0.0, begin + x - begin, y)
    scales = np.concatenate([[1.0, 0.01], shape[:, [0, 2, 2]].ravel(), share])
    found = polished(centred.residuals, truth, scales)
    offset = np.zeros_like(truth)
    offset[3 : 2 + 3 * peaks : 3] = begin
    tolerance = GOOD * float(((y - y.mean()) ** 2).sum())
    minimum = centred(found)
    while True:
        start = _start(rng, truth, shape, y)
        if centred(start) > minimum + 3.0 * tolerance:
            break
    return Case(
        name=f"{number}: {kind}, {peaks} from {begin:g}",
        fun=Spectrum(kind, begin, begin + x, y),
        start=start + offset,
        minimum=minimum,
        tolerance=tolerance,
        solution=found + offset,
    )


def _places(rng: np.random.Generator, peaks: int) -> tuple[Array, Array]:
    """Return positions and half widths of peaks at least a width apart."""
    while True:
        positions = np.sort(rng.uniform(0.12, 0.88, peaks)) * LENGTH
        widths = np.exp(rng.uniform(np.log(1.5), np.log(8.0), peaks))
        if (np.diff(positions) > np.maximum(widths[1:], widths[:-1])).all():
            return positions, widths


def _start(rng: np.random.Generator, truth: Array, shape: Array, y: Array) -> Array:
    """Return a guess."""
    peaks = len(shape)
    guess = shape.copy()
    guess[:, 0] *= rng.uniform(0.4, 1.8, peaks)
    guess[:, 1] += shape[:, 2] * rng.uniform(0.3, 1.3, peaks) * rng.choice([-1.0, 1.0], peaks)
    guess[:, 2] *= rng.uniform(0.5, 2.0, peaks)
    share = [0.5] if len(truth) > 2 + 3 * peaks else []
    return np.concatenate([[y.min(), 0.0], guess.ravel(), share])
