"""`check_model`: whether a model agrees with its description."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..common.arrays import Array, Indices, norm_of
from ..common.jacobian_check import check_jacobian
from .measured import Measured
from .parameter_table import ParameterTable
from .restriction_check import check_restriction
from .structure import Prepared, prepare
from .windows import Window, chunks_of, colours_of, overlap, part_of

VISIBLE = 0.4  # a parameter changes by the precision of residuals to this power
MISSED = 0.01  # of the norm of the change that a component makes: outside its window
SAME = 1e-6  # of the norm of residuals: in a window, and among all
SAMPLE = 16  # components, if not all are tried
ALONE = 64  # components: so many are tried one by one, more of them together
CHUNK = 1_000_000  # residuals at a time


def check_model(
    model: Any, params: Any, *, table: ParameterTable | None = None, bounds: Any = None
) -> None:
    """Check that a model is as `Model` describes it.

    Parameters
    ----------
    model : Model
        The model to check.
    params : array (n,)
        The parameters at which it is checked.
    table : ParameterTable, optional
        By default ``model.table``.
    bounds : sequence of (lower, upper) or scipy.optimize.Bounds, optional
        By default those of the table.

    Raises
    ------
    TypeError, ValueError
        If something is missing; if groups overlap, or parameters are in no block; if residuals in
        a window are not those among all, or change their number; if a component changes residuals
        outside its window; if ``model.jacobian`` is wrong, or ``model.restricted`` differs from the
        model. The parameter or component is named.

    Notes
    -----
    All residuals are evaluated once for each component, or, if there are more than 64, once for
    each class of components whose windows do not overlap.

    Examples
    --------
    >>> import numpy as np
    >>> from minimizer.blocks import check_model
    >>> class Steps:
    ...     groups, shared = [[0], [1]], []
    ...     def window(self, k):
    ...         return slice(5 * k, 5 * k + 4)
    ...     def residuals(self, params, at=None):
    ...         return np.repeat(params, 5)[slice(None) if at is None else at]
    >>> check_model(Steps(), [1.0, 2.0])
    Traceback (most recent call last):
    ...
    ValueError: component 0 changes residuals outside its window, the first is [4]; widen it
    """
    found = prepare(model, params, table, bounds)
    probe(found, thorough=True)
    if found.measured.has_jacobian:
        _check_jacobians(found.measured, found.start, found.windows)


def probe(found: Prepared, *, thorough: bool) -> None:
    """Change components, and see whether residuals outside their windows change."""
    measured, windows = found.measured, found.windows
    for numbers in _classes(measured, windows, thorough):
        if measured.has_restricted:
            check_restriction(measured, found.start, _moved(found, numbers), numbers, windows)
        if _outside(found, numbers) is None:
            continue
        for k in numbers:
            place = _outside(found, [k])
            if place is not None:
                raise ValueError(
                    f"{measured.name_of_group(k)} changes residuals outside its window, the first "
                    f"is {place}; widen it"
                )


def _classes(measured: Measured, windows: Sequence[Window], thorough: bool) -> Iterator[list[int]]:
    """Yield components that are tried together: their windows do not overlap."""
    if not windows:
        return
    if thorough and len(windows) <= ALONE:
        yield from ([k] for k in range(len(windows)))
        return
    classes = colours_of(windows, measured.shape)
    if thorough:
        yield from classes
    else:
        first = classes[0]
        yield first[:: -(-len(first) // SAMPLE)]


def _moved(found: Prepared, numbers: list[int]) -> Array:
    """Return the start with parameters of components changed visibly, within their bounds."""
    params: Array = found.start.copy()
    box = found.box
    which = np.concatenate([found.measured.groups[k] for k in numbers])
    share = found.measured.eps**VISIBLE
    for j in which[~found.held[which]].tolist():
        step = share * (abs(params[j]) or 1.0)
        ahead = params[j] + step
        params[j] = ahead if ahead <= box.upper[j] else max(params[j] - step, box.lower[j])
    return params


def _outside(found: Prepared, numbers: list[int]) -> list[int] | None:
    """Return the place of a residual that components change outside their windows, or None."""
    measured, params = found.measured, found.start
    windows = [found.windows[k] for k in numbers]
    like = windows[0]
    whole_change = outer_change = 0.0
    largest, place = 0.0, None
    for chunk in chunks_of(measured.shape, like, CHUNK):
        r = measured.residuals(params, chunk)
        with np.errstate(all="ignore"):
            ahead = measured.residuals(_moved(found, numbers), chunk)
            change = np.nan_to_num(ahead - r).reshape(chunk.shape)
        whole_change += float((change**2).sum())
        for window in windows:
            both = overlap(chunk, window)
            if both is not None:
                _compare(measured, params, r, chunk, window)
                change[both[0]] = 0.0
        outer_change += float((change**2).sum())
        if abs(change).max(initial=0.0) > largest:
            largest = float(abs(change).max())
            first = np.argwhere(abs(change) > 1e-3 * largest)[0]
            place = _place(first, chunk)
    return place if outer_change > MISSED**2 * whole_change else None


def _place(first: Array, chunk: Window) -> list[int]:
    if chunk.box is None:
        return [int(chunk.index[int(first[0])])]
    return [int(i) + side.start for i, side in zip(first, chunk.box, strict=True)]


def _compare(measured: Measured, params: Array, r: Array, chunk: Window, window: Window) -> None:
    """Refuse residuals of a window that differ from those of a chunk that contains it."""
    if not window.size or not _has_whole(chunk, window):
        return
    right = part_of(r, chunk, window)
    own = measured.residuals(params, window)
    if norm_of(own - right) > SAME * norm_of(right):
        raise ValueError(
            "model.residuals(params, at) is not model.residuals(params)[at] in a window; residuals "
            "there must be the same as in the whole"
        )


def _has_whole(chunk: Window, window: Window) -> bool:
    """Return whether a chunk has all residuals of a window."""
    both = overlap(chunk, window)
    if chunk.index is None or both is None:
        return both is not None
    if window.box is None:
        return len(both[1]) == window.size
    return all(
        b.stop - b.start == s.stop - s.start for b, s in zip(both[1], window.box, strict=True)
    )


def _check_jacobians(measured: Measured, params: Array, windows: Sequence[Window]) -> None:
    """Compare the model's Jacobian with differences, of a component and of shared parameters."""
    for k, window in enumerate(windows):
        if window.size:
            _check_columns(measured, params, measured.groups[k], window)
            break
    if measured.shared.size:
        (like, *_) = [*windows, None]
        at = chunks_of(measured.shape, like, CHUNK)[0]
        _check_columns(measured, params, measured.shared, at)


def _check_columns(measured: Measured, params: Array, which: Indices, at: Window) -> None:
    def there(x: Array) -> Array:
        moved: Array = params.copy()
        moved[which] = x
        return moved

    check_jacobian(
        lambda x: measured.residuals(there(x), at),
        lambda x: measured.jacobian(there(x), which, at),
        params[which],
        names=[measured.names[j] for j in which.tolist()],
    )
