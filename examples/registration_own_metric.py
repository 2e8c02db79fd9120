"""The astronaut turned by 60 degrees, with noise and a label over it: a custom metric.

A label that hides a part of the moving image is a large difference, which the mean squared
difference takes for the most important thing. The mean of differences that count up to a limit only
does not care. A metric is a function of the values of both images where both have data.

Writes ``registration_own_metric.png`` (or the file given) and prints

    metric            degrees   shift, rows   shift, columns   mean error, pixels
    true                60.00          0.00             0.00
    ssd                 60.06          0.17             0.09                 0.21
    my own              60.00         -0.01             0.00                 0.01

Needs ``pip install ".[demo]"``.
"""

from __future__ import annotations

import sys

import numpy as np
from skimage import color, data, transform

from minimizer.registration import RegistrationResult, register

LIMIT = 0.1


def limited(fixed: np.ndarray, warped: np.ndarray, weights: np.ndarray) -> float:
    """Return the mean absolute difference, each counted up to the limit."""
    return float(np.average(np.minimum(abs(fixed - warped), LIMIT), weights=weights))


def make_images() -> tuple[np.ndarray, np.ndarray]:
    """Return the photograph, and the copy: turned, with noise and a label."""
    fixed = transform.rescale(color.rgb2gray(data.astronaut()), 0.5, anti_aliasing=True)
    moving = transform.rotate(fixed, 60, order=3, cval=np.nan)
    moving += np.random.default_rng(0).normal(0, np.sqrt(1e-3), fixed.shape)
    moving[90:150, 60:190] = 1.0
    moving[100:140:8, 70:180] = 0.0
    return fixed, moving


def error(result: RegistrationResult) -> float:
    """Return the mean distance between true and found places in pixels."""
    rows, columns = np.indices(result.transform.shape).reshape(2, -1)
    index = np.stack([rows, columns, np.ones_like(rows)])
    rigid = result.transform
    true = rigid.matrix([rigid.rotation(60.0), 0.0, 0.0])
    return float(np.linalg.norm((result.matrix - true) @ index, axis=0).mean())


def main(path: str = "registration_own_metric.png") -> None:
    """Register with both metrics, and draw the second result."""
    fixed, moving = make_images()
    print("metric            degrees   shift, rows   shift, columns   mean error, pixels")
    print(f"{'true':<16}{60:>9.2f}{0:>14.2f}{0:>17.2f}")
    for name, metric in (("ssd", "ssd"), ("my own", limited)):
        result = register(fixed, moving, metric=metric)
        row, column = result.shift.round(2) + 0.0
        found = f"{result.angle:>9.2f}{row:>14.2f}{column:>17.2f}{error(result):>21.2f}"
        print(f"{name:<16}{found}")
    result.plot().savefig(path)


if __name__ == "__main__":
    main(*sys.argv[1:2])
