"""Windows, parts of the residuals: boxes or indices, their unions and overlaps."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..common.arrays import Array

Box = tuple[slice, ...]


@dataclass(frozen=True)
class Window:
    """A part of the residuals.

    Attributes
    ----------
    index : slice, tuple of slices, or ndarray
        The window as passed to the model; None for all.
    box : tuple of slice or None
        One slice per dimension; None for indices.
    size : int
        Number of residuals.
    """

    index: Any
    box: Box | None
    size: int

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the residuals in the window."""
        if self.box is None:
            return (self.size,)
        return tuple(side.stop - side.start for side in self.box)


def window_of(value: Any, shape: tuple[int, ...], who: str) -> Window:
    """Return a model's window, checked; `who` is its owner, for errors."""
    if isinstance(value, slice):
        return _box_window(value, (value,), shape, who)
    if isinstance(value, tuple):
        return _box_window(value, value, shape, who)
    indices = np.asarray(value)
    if indices.dtype == bool and indices.shape == shape:
        indices = np.flatnonzero(indices)
    if indices.ndim != 1 or (indices.dtype.kind not in "iu" and indices.size):
        raise TypeError(
            f"the window of {who} is {value!r}; it must be a slice, a tuple of slices, or indices"
        )
    if len(shape) != 1:
        raise ValueError(
            f"the window of {who} has indices, and residuals have the shape {shape}; return a "
            "tuple of slices, or residuals of one dimension"
        )
    indices = indices.astype(np.intp, copy=False)
    if indices.size and not (indices[0] >= 0 and indices[-1] < shape[0]):
        raise ValueError(
            f"the window of {who} has indices from {indices[0]} to {indices[-1]}; there are "
            f"{shape[0]} residuals, numbered from 0"
        )
    if (np.diff(indices) <= 0).any():
        raise ValueError(f"the window of {who} has unsorted or repeated indices; np.unique them")
    return Window(indices, None, indices.size)


def _box_window(index: Any, sides: Sequence[Any], shape: tuple[int, ...], who: str) -> Window:
    if len(sides) > len(shape):
        raise ValueError(
            f"the window of {who} has {len(sides)} slices, and residuals have the shape {shape}; "
            "give at most one slice per dimension"
        )
    box = []
    for side, n in zip([*sides, *[slice(None)] * (len(shape) - len(sides))], shape, strict=True):
        if not isinstance(side, slice) or side.step not in (None, 1):
            raise TypeError(f"the window of {who} has {side!r}; it must have slices of step 1")
        start, stop, _ = side.indices(n)
        box.append(slice(start, max(start, stop)))
    return Window(index, tuple(box), math.prod(side.stop - side.start for side in box))


def whole(shape: tuple[int, ...]) -> Window:
    """Return all residuals."""
    return Window(None, tuple(slice(0, n) for n in shape), math.prod(shape))


def union(windows: Sequence[Window]) -> Window:
    """Return a window that contains several others: indices, or the smallest box."""
    windows = [window for window in windows if window.size] or windows[:1]
    if len(windows) == 1:
        return windows[0]
    boxes = [window.box for window in windows if window.box is not None]
    if not boxes:
        indices = np.unique(np.concatenate([window.index for window in windows]))
        return Window(indices, None, indices.size)
    box = tuple(
        slice(min(side.start for side in sides), max(side.stop for side in sides))
        for sides in zip(*boxes, strict=True)
    )
    plain = isinstance(windows[0].index, slice)
    size = math.prod(side.stop - side.start for side in box)
    return Window(box[0] if plain else box, box, size)


def part_of(values: Array, outer: Window, inner: Window) -> Array:
    """Return the residuals of a window from those of a larger one."""
    if outer is inner:
        return values
    if inner.box is None:
        places = inner.index if outer.box else np.searchsorted(outer.index, inner.index)
        found: Array = values[places]
        return found
    assert outer.box is not None
    shifted = tuple(
        slice(a.start - b.start, a.stop - b.start)
        for a, b in zip(inner.box, outer.box, strict=True)
    )
    return np.ascontiguousarray(values.reshape(outer.shape)[shifted]).ravel()


def overlap(a: Window, b: Window) -> tuple[Any, Any] | None:
    """Return where two windows have the same residuals, in each; None if nowhere.

    With indices, the first may also be all residuals.
    """
    if b.box is None and a.index is None:
        return b.index, slice(None)
    if a.box is None or b.box is None:
        _, in_a, in_b = np.intersect1d(a.index, b.index, assume_unique=True, return_indices=True)
        return (in_a, in_b) if in_a.size else None
    sides_a, sides_b = [], []
    for one, other in zip(a.box, b.box, strict=True):
        start, stop = max(one.start, other.start), min(one.stop, other.stop)
        if start >= stop:
            return None
        sides_a.append(slice(start - one.start, stop - one.start))
        sides_b.append(slice(start - other.start, stop - other.start))
    return tuple(sides_a), tuple(sides_b)


def chunks_of(shape: tuple[int, ...], like: Window | None, most: int) -> list[Window]:
    """Return all residuals in parts of at most `most`.

    One part is `whole`. Several have indices of the kind of `like`, which the model knows. Boxes
    are about as long as wide, so that their faces, and thus the number of components that are cut,
    do not grow faster than the volume; others are parts along the first axis.
    """
    is_box = like is not None and isinstance(like.index, tuple)
    counts = _counts(shape, len(shape) if is_box else 1, most)
    if math.prod(counts) == 1:
        return [whole(shape)]
    sides = [_parts(n, count) for n, count in zip(shape, counts, strict=True)]
    found = []
    for box in itertools.product(*sides):
        first, size = box[0], math.prod(side.stop - side.start for side in box)
        if like is not None and like.box is None:
            found.append(Window(np.arange(first.start, first.stop), None, size))
        else:
            found.append(Window(box if is_box else first, box, size))
    return found


def _counts(shape: tuple[int, ...], axes: int, most: int) -> list[int]:
    """Return into how many parts to cut each axis, of which only the first ones may be cut."""
    counts, pieces = [1] * len(shape), list(shape)
    while math.prod(pieces) > most:
        longest = max(range(axes), key=pieces.__getitem__)
        if pieces[longest] == 1:
            break
        counts[longest] += 1
        pieces[longest] = -(-shape[longest] // counts[longest])
    return counts


def _parts(n: int, count: int) -> list[slice]:
    ends: list[int] = np.linspace(0, n, count + 1).astype(np.intp).tolist()
    return [slice(start, stop) for start, stop in itertools.pairwise(ends)]


COLOURS = 32  # at a time: one bit of each residual for each


def colours_of(windows: Sequence[Window], shape: tuple[int, ...]) -> list[list[int]]:
    """Return the numbers of the windows in classes, within each of which none overlaps another.

    Each is put into the first class that has room for it.
    """
    classes: list[list[int]] = []
    left = list(range(len(windows)))
    while left:
        taken = np.zeros(shape, dtype=np.uint32)
        found: list[list[int]] = []
        later = []
        for i in left:
            where = windows[i].index if windows[i].box is None else windows[i].box
            used = int(np.bitwise_or.reduce(taken[where], axis=None))
            colour = (~used & (used + 1)).bit_length() - 1  # the lowest bit that is not set
            if colour >= COLOURS:
                later.append(i)
                continue
            if colour == len(found):
                found.append([])
            found[colour].append(i)
            taken[where] |= np.uint32(1 << colour)
        classes += found
        left = later
    return classes
