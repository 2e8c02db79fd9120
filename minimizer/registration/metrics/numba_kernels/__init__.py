"""The fused kernels: interpolate the moving image at the fixed pixels and sum up, without storing.

A kernel gets the fixed pixels as runs along the last axis: masks, missing data and random samples
need no test per pixel. The part of a run that lies inside the moving image is found once per run.
Every sum is made in one thread and in one order: same call, same bits.

Importing this package imports numba, which takes half a second; `..backend` does it when needed.
It may import `images.pixels` only.
"""

from .gradient import gradient_2, gradient_3
from .gram import gram_2, gram_3
from .joint import joint_2, joint_3
from .moments import moments_2, moments_3
from .poses import pose_sums
from .robust import robust_2, robust_3

MOMENTS = {2: moments_2, 3: moments_3}
JOINT = {2: joint_2, 3: joint_3}
ROBUST = {2: robust_2, 3: robust_3}
GRADIENT = {2: gradient_2, 3: gradient_3}
GRAM = {2: gram_2, 3: gram_3}

__all__ = ["GRADIENT", "GRAM", "JOINT", "MOMENTS", "ROBUST", "pose_sums"]
