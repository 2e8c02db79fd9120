"""All rotations of a volume at once: many poses compared on a few points, the best refined.

A first pass on the coarsest cubes covers all rotations, with shifts around the one that aligns the
centres of mass: on few points, then the better part of the poses on more. The best are refined by
Gauss-Newton at two finer sizes, fewer each time. The remaining poses show whether the best one is
the only good one.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ...common.arrays import Array
from ..geometry import centre, to_index
from ..images.pyramid import Pyramid
from ..metrics.registry import find_metric
from ..metrics.settings import CostSettings
from ..transforms.base import Transform
from ..transforms.limits import allowed_orientations
from .doubt import MAX_DOUBT
from .pose_level import PoseLevel
from .pose_limits import PoseLimits
from .poses import Poses, poses_at


class Effort(NamedTuple):
    """The effort of a search.

    Attributes
    ----------
    degrees : float
        Angle between the rotations.
    n_steps : int
        Number of shifts tried to either side along each axis.
    kept : tuple of int
        Poses kept after the first pass, twice (the best, and the best far from each other, as a
        rival must not be lost among many neighbours of the best), and after each refinement.
    """

    degrees: float
    n_steps: int
    kept: tuple[int, int, int, int]


USUAL = Effort(30.0, 1, (60, 20, 20, 6))
THOROUGH = Effort(24.0, 2, (120, 40, 40, 12))

SIDES = 9.0, 17.0, 30.0
"""Geometric mean side of the fixed volume in the first pass and the refinements, in points."""

CUBES = 18.0
"""The same in cubes, in the first pass."""

FEW_POINTS, BETTER_PART = 6.0, 0.2
"""Side of the fixed volume, in points, where all poses are tried, and the part of them that is
compared on more points."""

SHIFT_STEP = 0.17
"""Distance of the shifts tried, as a part of the side."""

STEPS = 2, 5, 10
"""Steps of each refinement: two at the middle size, one at the finest."""

RADIUS, SEPARATION = 0.3, 0.12
"""Poses are clearly different if a point at this radius moves this far, as parts of the side."""

CLEARLY_WORSE = {True: 0.75, False: 0.6}
"""A clearly worse pose leaves exp(0.75) times as much of the variance unexplained, exp(0.6) times
between two modalities. Of 1656 unrelated and symmetric pairs none exceeded 0.73 and 0.51; of 131
right results all but three in strong noise exceeded 1 and 0.7."""

WORSE_BESIDE = 0.3
"""The same for the poses beside the best one, a third of a radian or of the radius away: there a
body that is nearly round, of another texture, left exp(0.28) times as much at most, and right
results exp(0.54) times or more, but for strong noise."""

JUDGING_BLUR, JUDGING_NODES = 1.0, 6
"""Blur of the middle cubes that judge poses of one modality, in which noise hardly counts any more,
and nodes of the function of values, as what a line leaves unexplained may be its bend alone.
Between two modalities a blur mixes values and spoils their relation; there the finest cubes judge.
"""


class Found(NamedTuple):
    """The best poses, clearly different, best first; and the doubt about the first."""

    poses: Poses
    doubt: float


def start_poses(
    transform: Transform,
    levels: tuple[Pyramid, Pyramid],
    settings: CostSettings,
    is_thorough: bool = False,
) -> tuple[list[Array], float]:
    """Return the parameters of a volume's best poses, best first, and the doubt about the first.

    The moving volume's values are explained by those of the fixed one. Between two modalities, if
    that leaves a doubt, it is also tried the other way round, as a function need not have an
    inverse: grey and white matter are two in MRI, and may be one elsewhere.
    """
    effort = THOROUGH if is_thorough else USUAL
    turns = [transform.linear(p[:-3]) for p in allowed_orientations(transform, effort.degrees)]
    linear, free = np.stack(turns), min(7, transform.n_params)
    limits = PoseLimits(transform) if transform.limits else None
    found = search_rotations(levels, settings, linear, free, effort, limits)
    if found.doubt > 1 and not find_metric(settings.metric).one_modality:
        back = levels[1], levels[0]
        inverse = np.asarray(np.linalg.inv(linear), dtype=np.float64)
        middles = centre(levels[1].shape, levels[1].spacing), transform.centre
        back_limits = limits and PoseLimits(transform, back_to=middles[0])
        other = search_rotations(back, settings, inverse, free, effort, back_limits)
        if other.doubt < found.doubt:
            found = Found(other.poses.inverse(*middles), other.doubt)
    params = [
        transform.params_of(to_index(matrix, *transform.spacings))
        for matrix in found.poses.likely().physical_matrices(transform.centre)
    ]
    return params, found.doubt


def search_rotations(
    levels: tuple[Pyramid, Pyramid],
    settings: CostSettings,
    linear: Array,
    free: int = 6,
    effort: Effort = USUAL,
    limits: PoseLimits | None = None,
) -> Found:
    """Return the best poses, and the doubt about the first.

    Parameters
    ----------
    levels : tuple of Pyramid
        The volumes.
    settings : CostSettings
        How they are compared.
    linear : ndarray (k, 3, 3)
        The rotations to try, and magnifications if any.
    free : int
        Number of parameters to refine: 6, or 7 with the magnification.
    effort : Effort
        The effort of the search.
    limits : PoseLimits, optional
        Moves poses to the nearest allowed ones.
    """
    few, coarse = (
        PoseLevel(levels, settings, side, blur=1.2, stride=round(CUBES / side))
        for side in (FEW_POINTS, SIDES[0])
    )
    middle, fine = (PoseLevel(levels, settings, side) for side in SIDES[1:])
    side = float(np.prod(np.array(levels[0].shape) * levels[0].spacing)) ** (1 / 3)
    radius, apart = RADIUS * side, SEPARATION * side
    tried = starts(middle, linear, SHIFT_STEP * side, effort.n_steps)
    looked_at = few.compare(limits.nearest_shifts(tried) if limits else tried).best_first()
    looked_at = coarse.compare(looked_at.take(np.arange(round(BETTER_PART * len(tried)))))
    best, rivals = (looked_at.separated(radius, k * apart, effort.kept[0]) for k in (0.5, 2.0))
    poses = best.joined(rivals)
    stages = zip((middle, middle, fine), STEPS, (0.5, 1.0, 1.0), effort.kept[1:], strict=True)
    for level, steps, part, kept in stages:
        poses = level.refine(poses, steps, free, limits).separated(radius, part * apart, kept)
    one_modality = find_metric(settings.metric).one_modality
    judge = fine
    if one_modality:
        judge = PoseLevel(levels, settings, SIDES[1], JUDGING_BLUR, nodes=JUDGING_NODES)
    # What noise held apart from the best pose reaches it now, and is no rival.
    judged = judge.refine(poses, STEPS[-1], free, limits).apart_from_first(radius, apart)
    doubt = doubt_of(judged, CLEARLY_WORSE[one_modality])
    if doubt <= 1 and limits is None:  # rivals that turn into each other have become one
        best = judged.take(np.arange(1))
        doubt = max(doubt, doubt_of(best.joined(judge.beside(best, free)), WORSE_BESIDE))
    return Found(poses, doubt)


def starts(level: PoseLevel, linear: Array, step: float, n_steps: int) -> Poses:
    """Return poses with each linear map, the centres of mass near each other."""
    fixed, moving = (cubes.centre_of_mass() for cubes in level.cubes)
    line = np.arange(-n_steps, n_steps + 1) * step
    shifts = np.stack(np.meshgrid(line, line, line, indexing="ij"), axis=-1).reshape(-1, 3)
    place = moving + linear @ (level.middle - fixed)
    each = np.repeat(linear, len(shifts), axis=0)
    return poses_at(each, (place[:, None] + shifts).reshape(-1, 3))


def doubt_of(poses: Poses, clearly_worse: float) -> float:
    """Return the doubt about the first pose: above 1 if another explains about as much."""
    if not len(poses) or poses.explained[0] <= 0:
        return MAX_DOUBT
    unexplained = np.log(np.maximum(1 - poses.explained, 1e-9))
    gaps = unexplained[1:] - unexplained[0]
    # With much less overlap, more may be explained by chance: all of the evidence counts.
    whole = 2 * (poses.evidence[0] - poses.evidence[1:]) / poses.overlap[0]
    small = poses.overlap[1:] <= 0.5 * poses.overlap[0]
    gaps = np.where(small, np.maximum(gaps, whole), gaps)
    return min(MAX_DOUBT, clearly_worse / max(float(gaps.min(initial=math.inf)), 1e-9))
