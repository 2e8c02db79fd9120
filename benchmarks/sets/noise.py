"""Random numbers that depend on a point alone: noise that does not depend on the order of calls."""

from __future__ import annotations

import hashlib

import numpy as np

from ..case import Array


def noise(x: Array, seed: int, size: int) -> Array:
    """Return numbers between -1 and 1 that change with every bit of the point."""
    exact = np.ascontiguousarray(x, dtype=np.float64) + 0.0  # -0 is 0
    digest = hashlib.blake2b(exact.tobytes(), digest_size=8).digest()
    rng = np.random.default_rng([seed, int.from_bytes(digest, "little")])
    return rng.uniform(-1.0, 1.0, size)
