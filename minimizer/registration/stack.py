"""Register the frames of a stack: a time series that drifts, or slices that are not aligned."""

from __future__ import annotations

import inspect
import itertools
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import accumulate
from typing import Any

import joblib
import numpy as np
from numpy.typing import ArrayLike

from ..common.arrays import Array
from ..common.checks import keywords
from ..common.extras import require
from ..common.status import Status
from ..execution.pools import as_they_end
from .images.frames import as_frames
from .metrics.definitions import Metric
from .metrics.settings import spacings_of
from .pairwise import register
from .result import RegistrationResult
from .stack_result import StackResult
from .transforms.registry import make_transform

REFERENCES = ("previous", "first", "mean")

NOT_FOR_STACKS = {
    "fixed_mask": "mask, one for all frames or one per frame",
    "moving_mask": "mask, one for all frames or one per frame",
    "moving_spacing": "spacing, which is that of all frames",
}


SETTINGS = frozenset(inspect.signature(register).parameters) - {"fixed", "moving"}


def register_stack(
    stack: ArrayLike,
    transform: str = "rigid",
    metric: str | Metric = "ssd",
    *,
    reference: str = "previous",
    spacing: ArrayLike | None = None,
    mask: ArrayLike | None = None,
    channel_axis: int | None = None,
    n_jobs: int | None = None,
    pool: Any = None,
    progress: bool | str = False,
    **settings: Any,
) -> StackResult:
    """Find the transforms that align all frames of a stack with its first one.

    Parameters
    ----------
    stack : array_like, shape (frames, …)
        Two or more images of the same shape: frames of a time series, slices of a volume, or
        volumes over time, (frames, z, y, x).
    transform, metric
        As for `register`.
    reference : {"previous", "first", "mean"}
        The image each frame is registered to: the previous frame, for objects that change slowly
        (errors of single steps add up); the first frame, for objects that do not change; or the
        mean of all previous frames after alignment, for noisy frames.
    spacing : float or sequence of float, optional
        Distances between the pixels of a frame along each of its axes.
    mask : array_like of bool, optional
        False for pixels that are not compared: one mask for all frames, or one per frame.
    channel_axis : int, optional
        Axis of the channels in `stack`, of which all are compared, as by `register`.
    n_jobs : int, optional
        Number of joblib workers for the frames, threads unless ``joblib.parallel_config`` selects
        "loky"; the runs for one frame are serial. By default the number of ``parallel_config`` if
        that is more than one, otherwise all processors. With ``reference="mean"`` there is one
        worker, as every frame depends on those before it. The result is always the same.
    pool : object, optional
        Pool whose workers are used for the frames in place of joblib's: any object with a method
        ``map``.
    progress : bool or "line"
        True shows a bar over the frames (needs tqdm, extra ``progress``), ``"line"`` a plain line.
    **settings
        Other settings of `register`: ``search``, ``min_overlap``, ``smoothing``, ``sampling``,
        ``bins``, ``backend``, ``random_seed``; and ``initial``, the start for each frame. By
        default all rotations of each frame are tried, in volumes as well; ``search="local"`` is
        for frames that look the same after a rotation and hardly move.

    Returns
    -------
    StackResult
        Matrices, the drift in named parameters with units, and ``warp``.

    Raises
    ------
    TypeError, ValueError
        For unusable stacks or settings, with advice; a frame that cannot be registered is named.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import ndimage
    >>> scene = ndimage.gaussian_filter(np.random.default_rng(1).random((48, 48)), 3)
    >>> stack = [np.roll(scene, 2 * frame, axis=1) for frame in range(4)]
    >>> result = register_stack(stack, transform="translation")
    >>> (result.drift["shift_1"].round(1) + 0).tolist()
    [0.0, 2.0, 4.0, 6.0]
    """
    if reference not in REFERENCES:
        known = ", ".join(map(repr, REFERENCES))
        raise ValueError(f"reference is {reference!r}; it must be one of {known}")
    for name in NOT_FOR_STACKS.keys() & settings.keys():
        raise TypeError(f"{name} is not for stacks; give {NOT_FOR_STACKS[name]}")
    keywords("register_stack", settings, SETTINGS)
    frames = as_frames(stack, mask, channel_axis)
    shape = frames[0].shape if channel_axis is None else frames[0].shape[:-1]
    wanted = make_transform(transform, shape, *spacings_of(len(shape), spacing, None))
    settings |= {"transform": transform, "metric": metric, "spacing": spacing, "n_jobs": 1}
    if channel_axis is not None:
        settings["channel_axis"] = -1  # of each frame
    done = make_counter(progress, len(frames) - 1)
    if reference == "mean":
        # Whether a volume has turned far is only known after all rotations have been tried.
        from_previous = "initial" not in settings and not wanted.first_stage().turns_in_space
        found = register_to_mean(frames, settings, from_previous, done)
    else:
        found = register_to_frames(frames, reference == "first", settings, n_jobs, pool, done)
    matrices = [result.matrix for result in found]
    if reference == "previous":
        matrices = list(accumulate(matrices, lambda total, step: step @ total))
    return StackResult(
        wanted, np.stack([np.eye(len(shape) + 1), *matrices]), tuple(found), reference
    )


Done = Callable[[], None]


def register_to_frames(
    frames: list[Array],
    first: bool,
    settings: dict[str, Any],
    n_jobs: int | None,
    pool: Any,
    done: Done,
) -> list[RegistrationResult]:
    """Return the registrations of all frames to the first one, or to the previous one."""
    tasks = (
        partial(register_frame, i, frames[0 if first else i - 1], frames[i], settings)
        for i in range(1, len(frames))
    )
    found = []
    # The kernels, SciPy's transforms and its interpolation release Python's lock.
    for result in as_they_end(tasks, n_workers(n_jobs), pool, prefer="threads"):
        found.append(result)
        done()
    return found


def n_workers(n_jobs: int | None) -> int | None:
    """Return the number of workers; by default that of an active joblib configuration."""
    if n_jobs is None and joblib.effective_n_jobs(None) == 1:
        return -1
    return n_jobs


def register_to_mean(
    frames: list[Array], settings: dict[str, Any], from_previous: bool, done: Done
) -> list[RegistrationResult]:
    """Return the registrations of all frames to the mean of the aligned frames before them.

    With `from_previous` each starts from the previous result, as neighbours are similar, and
    searches everywhere if the result is not good.
    """
    total = np.where(np.isfinite(frames[0]), frames[0], 0.0)
    count = np.isfinite(frames[0]).astype(np.float64)
    found: list[RegistrationResult] = []
    for i in range(1, len(frames)):
        mean = np.where(count > 0, total / np.maximum(count, 1.0), np.nan)
        start = {"initial": found[-1].matrix} if found and from_previous else {}
        result = register_frame(i, mean, frames[i], settings | start)
        if start and "search" not in settings and not is_good(result):
            result = register_frame(i, mean, frames[i], settings)
        found.append(result)
        aligned = result.warp(frames[i], 1, settings.get("channel_axis"))
        count += np.isfinite(aligned)
        total += np.where(np.isfinite(aligned), aligned, 0.0)
        done()
    return found


def is_good(result: RegistrationResult) -> bool:
    """Return whether a result is successful and not ambiguous."""
    return result.status is Status.SUCCESS and not result.ambiguous


def register_frame(
    i: int, fixed: Array, moving: Array, settings: dict[str, Any]
) -> RegistrationResult:
    """Return a registration without its images; an error names the frame."""
    try:
        return replace(register(fixed, moving, **settings), cost_function=None)
    except ValueError as error:
        raise ValueError(f"frame {i} cannot be registered: {error}") from error


def make_counter(progress: bool | str, n: int) -> Done:
    """Return the function to call after each of `n` frames, which shows the progress."""
    if not progress:
        return lambda: None
    if progress == "line":
        numbers = itertools.count(1)
        return lambda: _line(next(numbers), n)
    bar: Any = require("tqdm", extra="progress").tqdm(total=n, desc="register", unit=" frames")

    def done() -> None:
        bar.update()
        if bar.n >= n:
            bar.close()

    return done


def _line(i: int, n: int) -> None:
    """Rewrite the status line on standard error."""
    end = "\n" if i == n else ""
    print(f"\rregister: {i} of {n} frames", end=end, file=sys.stderr, flush=True)
