"""A small world for blocks: peaks in a picture, on a sloping background, all with one width."""

from __future__ import annotations

import numpy as np

from minimizer.blocks import ParameterTable

SHARED = ["level", "slope y", "slope x", "width"]
PARTS = ["y", "x", "height"]
REACH = 6.0  # widths: how far a peak is seen


class Peaks:
    """Gaussian peaks in a picture; residuals have its shape, windows are boxes."""

    def __init__(self, data: np.ndarray, n: int, sigma: float = 1.0) -> None:
        self.data, self.sigma, self.n = data, sigma, n
        self.shape = data.shape
        self.shared = np.arange(4)
        self.groups = [4 + 3 * k + np.arange(3) for k in range(n)]
        self.table = ParameterTable.of_components(
            SHARED, PARTS, n, component="peak", bounds={"width": (0.5, 4.0), "height": (0.0, None)}
        )

    def relocate(self, params: np.ndarray) -> None:
        self.where = params.copy()

    def box(self, peak: np.ndarray, width: float) -> tuple[slice, ...]:
        reach = REACH * width + 1.0
        sides = []
        for place, n in zip(peak[:2], self.shape, strict=True):
            start = int(np.clip(np.floor(place - reach), 0, n))
            sides.append(slice(start, max(start, int(np.clip(np.ceil(place + reach), 0, n)))))
        return tuple(sides)

    def window(self, k: int) -> object:
        return self.box(self.where[self.groups[k]], self.where[3])

    def position(self, params: np.ndarray, k: int) -> np.ndarray:
        return params[self.groups[k]][:2]

    def residuals(self, params: np.ndarray, at: object = None) -> np.ndarray:
        at = (slice(None), slice(None)) if at is None else at
        y, x = np.ogrid[: self.shape[0], : self.shape[1]]
        y, x = y[at[0]].astype(float), x[:, at[1]].astype(float)
        level, sy, sx, width = params[:4]
        total = level + sy * (y / self.shape[0]) + sx * (x / self.shape[1])
        y0, x0, y1, x1 = y[0, 0], x[0, 0], y[-1, 0], x[0, -1]
        reach = 2 * REACH * width
        for py, px, height in params[4:].reshape(-1, 3):
            if y0 - reach < py < y1 + reach and x0 - reach < px < x1 + reach:
                ey = np.exp(-0.5 * ((y - py) / width) ** 2)
                total = total + height * ey * np.exp(-0.5 * ((x - px) / width) ** 2)
        return total - self.data[at]


def scene(
    cells: tuple[int, int] = (3, 4), pitch: float = 9.0, seed: int = 0, sigma: float = 0.5
) -> tuple[Peaks, np.ndarray, np.ndarray]:
    """Return a model, the truth, and a start."""
    rng = np.random.default_rng(seed)
    shape = tuple(round(pitch * c) for c in cells)
    places = (np.array(list(np.ndindex(*cells))) + 0.5) * pitch + rng.uniform(
        -1, 1, (np.prod(cells), 2)
    )
    peaks = np.column_stack([places, rng.uniform(8.0, 12.0, len(places))])
    truth = np.concatenate([[3.0, 1.0, -2.0, 1.6], peaks.ravel()])
    model = Peaks(np.zeros(shape), len(peaks), sigma)
    model.data = model.residuals(truth) + sigma * rng.standard_normal(shape)
    guess = peaks + np.column_stack(
        [rng.normal(0, 0.4, places.shape), rng.normal(0, 1.0, len(peaks))]
    )
    return model, truth, np.concatenate([[2.0, 0.0, 0.0, 2.0], guess.ravel()])
