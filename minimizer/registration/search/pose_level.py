"""Two volumes in cubes of one size, compared in many poses at once."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from ...common.arrays import Array
from ..geometry import centre
from ..images.cubes import Cubes, into_cubes
from ..images.pyramid import Pyramid
from ..metrics.backend import find_backend
from ..metrics.registry import find_metric
from ..metrics.settings import CostSettings
from .pose_fit import PoseSums, directions, explained, step
from .pose_limits import PoseLimits
from .poses import Poses, turned

LINE, N_NODES = 2, 12
"""Nodes of the function of values: a line for one modality, more for two."""

TAILS = 0.005
"""Part of the values beyond the first and last node of more than a line."""

ARM = 0.6
"""Distance of the points whose movement a step counts, as a part of the mean side."""

MAX_STEP = 0.35
"""Longest step, as a part of that distance."""

FIRST_DAMPING = 1e-2

MIN_GAIN = 1e-4
"""A refinement ends when a step gains less than this part of the evidence."""


class PoseLevel:
    """Compares two volumes in cubes.

    Parameters
    ----------
    levels : tuple of Pyramid
        The volumes.
    settings : CostSettings
        How they are compared.
    side : float
        About the geometric mean side of the fixed volume, in points to compare.
    blur : float
        Standard deviation of a Gaussian blur, in cubes.
    stride : int
        Cubes from one point of the fixed volume to the next.
    nodes : int, optional
        Nodes of the function of values, as the metric needs by default.
    """

    def __init__(
        self,
        levels: tuple[Pyramid, Pyramid],
        settings: CostSettings,
        side: float,
        blur: float = 0.6,
        stride: int = 1,
        nodes: int | None = None,
    ) -> None:
        fixed = levels[0]
        extent = np.array(fixed.shape) * fixed.spacing
        mean_side = float(np.prod(extent)) ** (1 / 3)
        self.size = fixed.unit * max(1, round(mean_side / side / stride / fixed.unit))
        self.cubes = [cubes_of(pyramid, self.size, blur) for pyramid in levels]
        self.arm = ARM * float(extent.mean()) / self.size
        self.middle = centre(fixed.shape, fixed.spacing)
        one_modality = find_metric(settings.metric).one_modality
        self.nodes = nodes or (LINE if one_modality else N_NODES)
        self._set_fixed(stride)
        self._set_moving()
        self.sums = find_backend(settings.backend, 3).poses
        self.least = settings.min_overlap * len(self.node)

    def _set_fixed(self, stride: int) -> None:
        """Keep the points of the fixed volume, and where their values lie among the nodes."""
        cubes = self.cubes[0]
        part = cubes.values[(slice(stride // 2, None, stride),) * 3]
        present = np.isfinite(part)
        index = np.argwhere(present) * float(stride) + stride // 2
        self.points = np.ascontiguousarray(index + (cubes.first - self.middle) / self.size)
        values = part[present]
        tails = TAILS if self.nodes > LINE else 0.0
        low, high = np.quantile(values, (tails, 1 - tails)) if len(values) else (0.0, 1.0)
        scale = (self.nodes - 1) / (high - low) if high > low else 0.0
        position = np.clip((values - low) * scale, 0, self.nodes - 1)
        self.node = np.minimum(position.astype(np.int64), self.nodes - 2)
        self.part = position - self.node

    def _set_moving(self) -> None:
        """Keep the moving volume, and where it is missing."""
        values = self.cubes[1].values
        missing = ~np.isfinite(values)
        near = ndimage.maximum_filter(missing, size=2, origin=-1)
        self.cells = near if missing.any() else missing[:0]
        mean = values[~missing].mean() if not missing.all() else 0.0
        self.moving = np.ascontiguousarray(np.where(missing, 0.0, values - mean))

    def compare(self, poses: Poses) -> Poses:
        """Return the poses with their evidence."""
        return self._scored(poses, self.add_up(poses, with_slopes=False))

    def refine(
        self, poses: Poses, steps: int, free: int = 6, limits: PoseLimits | None = None
    ) -> Poses:
        """Return the poses after some Gauss-Newton steps; the evidence for none becomes less.

        With 7 parameters that are `free`, the magnification is one of them. Poses beyond the
        `limits` are moved to the nearest allowed ones.
        """
        sums = self.add_up(poses, with_slopes=True)
        found = self._scored(poses, sums)
        damping = np.full(len(poses), FIRST_DAMPING)
        left = np.flatnonzero(found.explained > 0)
        for _ in range(steps):
            if not len(left):
                break
            before = found.take(left)
            moves = step(sums.take(left), damping[left], free)
            trial = self.moved(before, moves)
            trial = limits.nearest(trial) if limits else trial
            new = self.add_up(trial, with_slopes=True)
            trial = self._scored(trial, new)
            gain = trial.evidence - before.evidence
            better = gain > 0
            found.put(left[better], trial.take(better))
            sums.put(left[better], new.take(better))
            damping[left] = np.where(better, 0.3 * damping[left], 30 * damping[left] + 1e-2)
            left = left[~better | (gain >= MIN_GAIN * before.evidence)]
        return found

    def beside(self, poses: Poses, free: int = 6) -> Poses:
        """Return poses the longest step away from the first one, to either side, with evidence.

        They lie along directions of different influence on the fit, those of least one included.
        """
        first = poses.take(np.arange(1))
        along = self.arm * directions(self.add_up(first, with_slopes=True), free)
        again = first.take(np.zeros(2 * len(along), dtype=np.intp))
        return self.compare(self.moved(again, np.concatenate([along, -along])))

    def moved(self, poses: Poses, moves: Array) -> Poses:
        """Return the poses moved by steps (k, 7), which are shortened if they are too long."""
        lengths = np.linalg.norm([moves[:, :3], moves[:, 3:6]], axis=2).max(axis=0)
        lengths = np.maximum(lengths, abs(moves[:, 6]))
        moves = moves / np.maximum(1.0, lengths / (MAX_STEP * self.arm))[:, None]
        linear = turned(poses.linear, moves[:, :3] / self.arm, moves[:, 6] / self.arm)
        place = poses.place + moves[:, 3:6] * self.size
        return Poses(linear, place, poses.overlap, poses.explained)

    def add_up(self, poses: Poses, with_slopes: bool) -> PoseSums:
        """Return the sums of the poses."""
        sums = PoseSums.zeros(len(poses), self.nodes, with_slopes)
        offset = (poses.place - self.cubes[1].first) / self.size
        linear = np.ascontiguousarray(poses.linear)
        fixed = self.node, self.part, self.points
        self.sums(*fixed, self.moving, self.cells, linear, offset, self.arm, *sums)
        return sums

    def _scored(self, poses: Poses, sums: PoseSums) -> Poses:
        """Return the poses with the evidence of their sums."""
        enough = sums.overlap >= self.least
        part = np.where(enough, explained(sums), 0.0)
        return Poses(poses.linear, poses.place, np.where(enough, sums.overlap, 0.0), part)


def cubes_of(pyramid: Pyramid, size: float, blur: float) -> Cubes:
    """Return a volume in cubes."""
    spacing = np.array(pyramid.spacing)
    return into_cubes(pyramid.image(0), spacing, np.zeros(3), size, blur)
