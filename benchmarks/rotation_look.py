"""CPU time of the look at all rotations, in a brain of 91 x 109 x 91 voxels turned far."""

from __future__ import annotations

import time

import numpy as np

from minimizer.registration.images.channels import as_channel_pair
from minimizer.registration.metrics.settings import CostSettings, pyramids
from minimizer.registration.search.rotation_search import start_poses
from minimizer.registration.transforms.registry import make_transform

from .registration_cases import about_centre, brain, window

SHAPE = 91, 109, 91
ANGLES = 60.0, -40.0, 80.0
SHIFT = 1.0, -2.0, 1.0


def time_the_look(n: int) -> None:
    """Print the least and the median time of `n` turns, for one modality and for two."""
    from scipy.spatial.transform import Rotation

    fixed = brain("t1", 2)[: SHAPE[0], : SHAPE[1], : SHAPE[2]]
    linear = Rotation.from_euler("xyz", ANGLES, degrees=True).as_matrix()
    moving = window(fixed, about_centre(linear, np.array(SHIFT), SHAPE), SHAPE, 3)
    levels = pyramids(*as_channel_pair(fixed, moving, None, None, None), None, None)
    transform = make_transform("rigid", SHAPE)
    for metric in ("ncc", "nmi"):
        seconds = []
        for _ in range(n + 1):
            clock = time.process_time()
            start_poses(transform, levels, CostSettings(metric))
            seconds.append(time.process_time() - clock)
        least, median = min(seconds[1:]), float(np.median(seconds[1:]))
        print(f"{metric}: least {least:.3f} s, median {median:.3f} s of {n}")
