"""An image from a file: pixels, the meaning of its axes, and the spacing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...common.arrays import Array
from .layout import Layout

Form = tuple[Array | None, int]

ORDER = "TZYXC"
"""The order of the axes in memory: frames first, channels last."""

STORED_AS = {"bool": "uint8", "float16": "float32", "longdouble": "float64", "float128": "float64"}
"""Data types that formats of volumes do not have, and those that hold their numbers."""

MICRON = {"um": "µm", "micron": "µm"}
"""Other names of a unit in files that hold ASCII."""

METRES = {"m": 1.0, "cm": 1e-2, "mm": 1e-3, "um": 1e-6, "micron": 1e-6, "nm": 1e-9}


@dataclass(frozen=True, eq=False)
class Picture:
    """An image from a file.

    Attributes
    ----------
    values : ndarray
        The pixels, in the file's data type.
    axes : str
        One letter per axis: T frames, Z slices, Y rows, X columns, C channels; in this order. Axes
        of length 1 are omitted, except Y and X.
    spacing : dict
        Distance between pixels along Z, Y, X, as far as known from the file.
    unit : str
        Unit of the spacing, "" if there is none.
    is_rgb : bool
        Whether the channels are red, green and blue.
    affine : ndarray, shape (n + 1, n + 1), or None
        From index to the position (x, y, z) that ITK and DICOM give it: x to the left, y to the
        back, z up. None for files that know no position, such as ImageJ's.
    layout : Layout or None
        How the axes lay in a file with positions: in that order they are written again.
    forms : tuple of (ndarray (4, 4) or None, int), or None
        Both matrices of a NIfTI file with their codes, the sform first.
    channels : tuple of str
        Names of the channels, as far as the file has them.
    extra : dict
        Other metadata of ImageJ, to be written again.
    """

    values: NDArray[Any]
    axes: str
    spacing: dict[str, float] = field(default_factory=dict)
    unit: str = ""
    is_rgb: bool = False
    affine: Array | None = None
    layout: Layout | None = None
    forms: tuple[Form, Form] | None = None
    channels: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def space(self) -> str:
        """The spatial axes."""
        return "".join(axis for axis in self.axes if axis in "ZYX")

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the spatial axes."""
        return tuple(self.length(axis) for axis in self.space)

    def length(self, axis: str) -> int:
        """Return the length of an axis, 1 if there is none."""
        return int(self.values.shape[self.axes.index(axis)]) if axis in self.axes else 1

    def spacings(self) -> tuple[float, ...] | None:
        """Return the spacing of the spatial axes, or None if one is not known."""
        if not all(axis in self.spacing for axis in self.space):
            return None
        return tuple(self.spacing[axis] for axis in self.space)

    def take(self, axis: str, index: int) -> Picture:
        """Return the picture at one index of an axis."""
        where = self.axes.index(axis)
        values = np.take(self.values, index, axis=where)
        return replace(self, values=values, axes=self.axes.replace(axis, ""), is_rgb=False)

    def grey(self, channel: int | None) -> Picture:
        """Return one channel, or the mean of red, green and blue."""
        if "C" not in self.axes:
            return self
        if channel is not None:
            return self.take("C", channel)
        mean = self.values.mean(axis=-1, dtype=np.float64)
        return replace(self, values=mean, axes=self.axes[:-1], is_rgb=False)

    def on_grid_of(self, other: Picture) -> Picture:
        """Return the picture with the spacing and the positions of another one."""
        return replace(
            self,
            spacing=other.spacing,
            unit=other.unit,
            affine=other.affine,
            layout=other.layout,
            forms=other.forms,
        )

    def like(self, values: NDArray[Any]) -> Picture:
        """Return the picture with other values in its data type; see `as_type`."""
        return replace(self, values=as_type(values, self.values.dtype))


def as_type(values: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return values in a data type; integers are rounded, and 0 where data are missing.

    Examples
    --------
    >>> as_type(np.array([0.6, 300.0, np.nan]), np.dtype(np.uint8)).tolist()
    [1, 255, 0]
    """
    if dtype.kind == "f":
        return np.asarray(values.astype(dtype))
    if dtype.kind == "b":
        return np.asarray(np.nan_to_num(values) > 0.5)
    ends = np.iinfo(dtype)
    return np.asarray(np.clip(np.rint(np.nan_to_num(values)), ends.min, ends.max).astype(dtype))


def sorted_axes(values: NDArray[Any], axes: str) -> tuple[NDArray[Any], str]:
    """Return an array with its axes in order, without those of length 1 except Y and X."""
    kept = "".join(a for a, n in zip(axes, values.shape, strict=True) if n > 1 or a in "YX")
    values = values.reshape([n for a, n in zip(axes, values.shape, strict=True) if a in kept])
    wanted = "".join(axis for axis in ORDER if axis in kept)
    return values.transpose([kept.index(axis) for axis in wanted]), wanted


def factor(unit: str, other: str) -> float | None:
    """Return the length of a `unit` in units of `other`, or None if that is not known.

    Examples
    --------
    >>> factor("mm", "µm"), factor("mm", "pixel")
    (1000.0, None)
    """
    names = [name.replace("µ", "u").replace("μ", "u") for name in (unit, other)]
    if names[0] == names[1]:
        return 1.0
    if not all(name in METRES for name in names):
        return None
    return float(f"{METRES[names[0]] / METRES[names[1]]:.12g}")
