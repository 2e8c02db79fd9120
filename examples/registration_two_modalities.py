"""Two tricky images: contrast inverted and bent, so that no function maps one to the other.

The grey values of the photograph go to 1 - g + 0.3 sin(2.2 pi g), where different greys become one.
The mean squared difference is least where things look alike by chance, normalized mutual
information where one image tells most about the other: that is what registered images do.

Writes ``registration_two_modalities.png`` (or the file given) and prints

    metric   degrees   shift, rows   shift, columns   mean error, pixels
    true        14.0           9.0            -15.0
    ssd      more than 20 pixels off
    nmi         14.0           9.0            -15.0                  0.0

Needs ``pip install ".[demo]"``.
"""

from __future__ import annotations

import sys

import numpy as np
from scipy import ndimage
from skimage import data

from minimizer.registration import RegistrationResult, register

DEGREES, SHIFT = 14.0, np.array([9.0, -15.0])
SIZE = 256


def make_images() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return both images, cut from one scene, and the true matrix from fixed to moving index."""
    scene = data.camera() / 255.0
    c, s = np.cos(np.deg2rad(DEGREES)), np.sin(np.deg2rad(DEGREES))
    centre = np.full(2, (SIZE - 1) / 2)
    true = np.eye(3)
    true[:2, :2] = [[c, -s], [s, c]]
    true[:2, 2] = centre - true[:2, :2] @ centre + SHIFT
    corner = np.array([40, 110])
    fixed = scene[corner[0] : corner[0] + SIZE, corner[1] : corner[1] + SIZE]
    back = np.linalg.inv(true)
    moving = ndimage.affine_transform(
        scene, back[:2, :2], back[:2, 2] + corner, output_shape=(SIZE, SIZE)
    )
    bent = 1 - moving + 0.3 * np.sin(2.2 * np.pi * moving)
    noise = np.random.default_rng(0).normal(0, 0.02, (2, SIZE, SIZE))
    return fixed + noise[0], bent + noise[1], true


def error(result: RegistrationResult, true: np.ndarray) -> float:
    """Return the mean distance between true and found places in pixels."""
    rows, columns = np.indices((SIZE, SIZE)).reshape(2, -1)
    index = np.stack([rows, columns, np.ones_like(rows)])
    return float(np.linalg.norm((result.matrix - true) @ index, axis=0).mean())


def main(path: str = "registration_two_modalities.png") -> None:
    """Register with both metrics, and draw what the second found."""
    fixed, moving, true = make_images()
    print("metric   degrees   shift, rows   shift, columns   mean error, pixels")
    print(f"{'true':<6}{DEGREES:>10.1f}{SHIFT[0]:>14.1f}{SHIFT[1]:>17.1f}")
    for metric in ("ssd", "nmi"):
        result = register(fixed, moving, metric=metric)
        row, column = result.shift
        found = f"{result.angle:>10.1f}{row:>14.1f}{column:>17.1f}{error(result, true):>21.1f}"
        is_lost = error(result, true) > 20
        print(f"{metric:<6}{'   more than 20 pixels off' if is_lost else found}")
    result.plot().savefig(path)


if __name__ == "__main__":
    main(*sys.argv[1:2])
