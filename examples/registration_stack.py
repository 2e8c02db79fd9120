"""A drifting stack: noisy frames of a camera that shifts and turns while it films.

The frames are registered to the one before, to the first, and to the mean of the aligned ones
before. With noise, errors add up from frame to frame in the first way, and average out in the last.

Writes ``registration_stack.png`` (or the file given) and a TIFF file beside it, which ImageJ opens,
and prints

    reference       last: degrees   shift, rows   columns   mean error of all, pixels
    true                        6            -6       -15
    previous                    6            -6       -15                        0.06
    first                       6            -6       -15                        0.03
    mean                        6            -6       -15                        0.02

Needs ``pip install ".[cli]" scikit-image``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from scipy import ndimage
from skimage import data

from minimizer.registration import register_stack
from minimizer.registration.files import Picture, write_stack

FRAMES, SIZE = 8, 160
DEGREES = np.linspace(0, 6, FRAMES)
SHIFTS = np.stack([8 * np.sin(np.linspace(0, 4, FRAMES)), np.linspace(0, -15, FRAMES)], axis=1)


def make_stack() -> np.ndarray:
    """Return the frames."""
    scene = data.camera() / 255.0
    centre, corner = np.full(2, (SIZE - 1) / 2), np.array([70, 170])
    frames = []
    for degrees, shift in zip(DEGREES, SHIFTS, strict=True):
        c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
        back = np.array([[c, s], [-s, c]])
        offset = centre - back @ (centre + shift) + corner
        frames.append(ndimage.affine_transform(scene, back, offset, (SIZE, SIZE)))
    return np.stack(frames) + np.random.default_rng(0).normal(0, 0.1, (FRAMES, SIZE, SIZE))


def main(path: str = "registration_stack.png") -> None:
    """Register in three ways, and draw the last result."""
    stack = make_stack()
    true = np.column_stack([DEGREES, SHIFTS])
    print("reference       last: degrees   shift, rows   columns   mean error of all, pixels")
    print(f"{'true':<18}{DEGREES[-1]:>11.0f}{SHIFTS[-1, 0]:>14.0f}{SHIFTS[-1, 1]:>10.0f}")
    for reference in ("previous", "first", "mean"):
        result = register_stack(stack, reference=reference)
        found = np.column_stack(list(result.drift.values()))
        error = np.hypot(*(found - true)[:, 1:].T).mean()
        degrees, row, column = found[-1]
        print(f"{reference:<18}{degrees:>11.0f}{row:>14.0f}{column:>10.0f}{error:>28.2f}")
    aligned = Picture(result.warp(stack).astype(np.float32), "TYX")
    write_stack(Path(path).with_suffix(".tif"), aligned)
    result.plot(stack).savefig(path)


if __name__ == "__main__":
    main(*sys.argv[1:2])
