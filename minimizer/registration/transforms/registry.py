"""The transforms by name: one row per transform. All other code reads its facts here.

A new transform needs its class and a row.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .base import Transform


class TransformRow(NamedTuple):
    """A transform and the images for which it can be used.

    Attributes
    ----------
    name : str
        Its name in `register`, `RegistrationCost` and the command line.
    family : callable
        ``family(shape, spacing, moving_spacing)``, most often a class, returns the `Transform`.
    help : str
        Its effect, for the documentation and the help of the command line.
    dimensions : tuple of int, optional
        Numbers of dimensions it is defined for; by default any.
    """

    name: str
    family: Callable[..., Transform]
    help: str = ""
    dimensions: tuple[int, ...] | None = None

    def fits(self, ndim: int) -> bool:
        """Return whether it is defined for images of `ndim` dimensions."""
        return self.dimensions is None or ndim in self.dimensions

    @property
    def dimensions_in_words(self) -> str:
        """The numbers of dimensions it is defined for."""
        return "any" if self.dimensions is None else " or ".join(map(str, self.dimensions))


def imported(module: str, name: str) -> Callable[..., Transform]:
    """Return a function that makes a transform, and imports its class on the first call.

    The command line reads the rows at every start, and should not wait for the code.
    """

    def make(*settings: tuple[float, ...] | None) -> Transform:
        family: Callable[..., Transform] = getattr(import_module(module, __package__), name)
        return family(*settings)

    return make


ROWS = (
    TransformRow("rigid", imported(".rigid", "Rigid"), "rotation and shift", (2, 3)),
    TransformRow("translation", imported(".families", "Translation"), "shift alone"),
    TransformRow(
        "similarity",
        imported(".rigid", "Similarity"),
        "rotation, magnification and shift",
        (2, 3),
    ),
    TransformRow("affine", imported(".families", "Affine"), "any linear map and shift"),
)

TRANSFORMS: dict[str, TransformRow] = {row.name: row for row in ROWS}


def make_transform(
    name: str,
    shape: tuple[int, ...],
    spacing: tuple[float, ...] | None = None,
    moving_spacing: tuple[float, ...] | None = None,
) -> Transform:
    """Return the transform called `name` for a fixed image of this `shape`.

    Raises
    ------
    ValueError
        If there is none of this name, or if it is not defined for so many dimensions.

    Examples
    --------
    >>> make_transform("rigid", (64, 64)).names
    ('rotation', 'shift_0', 'shift_1')
    """
    if name not in TRANSFORMS:
        known = ", ".join(map(repr, TRANSFORMS))
        raise ValueError(f"transform is {name!r}; it must be one of {known}")
    row, ndim = TRANSFORMS[name], len(shape)
    if not row.fits(ndim):
        others = " or ".join(repr(other.name) for other in TRANSFORMS.values() if other.fits(ndim))
        raise ValueError(
            f"transform {name!r} is for images of {row.dimensions_in_words} dimensions, these have "
            f"{ndim}; use transform={others}"
        )
    return row.family(shape, spacing, moving_spacing)
