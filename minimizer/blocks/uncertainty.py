"""Standard errors: from JᵀJ of all parameters, which is sparse.

Components affect each other only where their windows overlap, and the shared parameters affect
all: JᵀJ has the form of an arrow. The shared ones are eliminated; the rest is solved by conjugate
gradients.

References
----------
M. R. Hestenes, E. Stiefel, Methods of conjugate gradients for solving linear systems, J. Res. Nat.
Bur. Stand. 49 (1952) 409-436.
"""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from ..common.arrays import Array, Indices, Mask, norm_of
from ..common.bounds import Box
from .block_step import Memory, new_memory
from .columns import columns
from .measured import Measured, part_box
from .restricted import Restricted
from .wide_block import Space, partial_normal_matrix, rows_that_fit
from .windows import Window, chunks_of, overlap

KEPT = 4  # times the memory of a block: for derivatives of components near each other
PRECISION = 1e-8  # relative, of solutions
MOST = 1000  # steps of conjugate gradients
DETERMINED = 1e-12  # of the largest eigenvalue, in units of the columns: less is not determined


class Sparse:
    """A symmetric matrix of blocks, as triplets."""

    def __init__(self, n: int) -> None:
        self.n = n
        self._parts: list[tuple[Indices, Indices, Array]] = []
        self._all: tuple[Indices, Indices, Array] | None = None

    def add(self, rows: Indices, cols: Indices, block: Array) -> None:
        """Add a block; above or below the diagonal its mirror image must be added, too."""
        i, j = np.meshgrid(rows, cols, indexing="ij")
        self._parts.append((i.ravel(), j.ravel(), block.ravel()))
        self._all = None

    def times(self, v: Array) -> Array:
        """Return the product with a vector (n,)."""
        if self._all is None:
            if not self._parts:
                return np.zeros(self.n)
            i, j, values = (np.concatenate(each) for each in zip(*self._parts, strict=True))
            self._all = i, j, values
        i, j, values = self._all
        product: Array = np.bincount(i, weights=values * v[j], minlength=self.n).astype(np.float64)
        return product


def solve(matrix: Sparse, preconditioner: Sparse, right: Array) -> Array:
    """Return the solution (n,) of a positive definite system, by conjugate gradients."""
    x = np.zeros(right.size)
    r = right.copy()
    z = preconditioner.times(r)
    p, rz, goal = z, float(r @ z), PRECISION * norm_of(right)
    for _ in range(MOST):
        if norm_of(r) <= goal or rz == 0.0:
            break
        Ap = matrix.times(p)
        step = rz / float(p @ Ap)
        x += step * p
        r -= step * Ap
        z = preconditioner.times(r)
        rz, before = float(r @ z), rz
        p = z + rz / before * p
    return x


class Errors:
    """Standard errors at a result; the matrices that they need are computed on first use."""

    def __init__(
        self, measured: Measured, params: Array, box: Box, held: Mask, max_memory: float
    ) -> None:
        self._measured, self._params = measured, params.copy()
        self._box, self._held, self._max_memory = box, held, max_memory
        self._is_made = False
        self._ends: Array = np.zeros((0, 2, 1))

    @property
    def n_free(self) -> int:
        """Number of parameters that are not held."""
        return int((~self._held).sum())

    def of(self, k: int | None) -> Array:
        """Return the standard errors of component k, or of the shared parameters."""
        groups = self._measured.groups
        if k is not None and not 0 <= k < len(groups):
            raise ValueError(f"k is {k}; there are {len(groups)} components, numbered from 0")
        if not self._is_made:
            self._make()
        if k is None:
            return _roots(self._shared_covariance.diagonal(), self._shared_unknown)
        which = groups[k]
        own = np.zeros(which.size)
        for i, j in enumerate(which.tolist()):
            if not self._unknown[j]:
                unit = np.zeros(self._params.size)
                unit[j] = 1.0
                own[i] = solve(self._matrix, self._preconditioner, unit)[j]
        X = self._by_shared[which]
        variances = own + np.einsum("ij,jk,ik->i", X, self._shared_covariance, X)
        return _roots(variances, self._unknown[which])

    def _make(self) -> None:
        """Make the normal matrix, and eliminate the components from the shared parameters."""
        measured, n, shared = self._measured, self._params.size, self._measured.shared
        measured.relocate(self._params)
        windows = [measured.window(k) for k in range(len(measured.groups))]
        like = windows[0] if windows else None
        self._ends = np.array([_range_of(window) for window in windows])
        self._matrix, self._preconditioner = Sparse(n), Sparse(n)
        self._unknown = self._held.copy()
        coupling = np.zeros((n, shared.size))
        kept: OrderedDict[int, Array] = OrderedDict()
        for k, group in enumerate(measured.groups):
            J = self._columns(k, windows, kept)
            r = measured.residuals(self._params, windows[k]) if windows[k].size else np.zeros(0)
            self._add_component(group, J.T @ J)
            coupling[group] = J.T @ self._derivatives(shared, windows[k], r)
            for other in self._neighbours(k, windows):
                self._add_pair(k, other, windows, kept)
        S = self._shared_matrix(like)
        X = [solve(self._matrix, self._preconditioner, column) for column in coupling.T]
        self._by_shared = np.array(X).T.reshape(n, shared.size)
        S = S - coupling.T @ self._by_shared
        self._shared_covariance, self._shared_unknown = _inverse(S, self._held[shared])
        self._is_made = True

    def _shared_matrix(self, like: Window | None) -> Array:
        measured, shared = self._measured, self._measured.shared
        space = Space(shared, np.zeros((0, self._params.size)), self._box, self._held)
        chunks = chunks_of(measured.shape, like, rows_that_fit(shared.size, self._max_memory))
        memory = new_memory(self._params[shared])
        parts = [
            partial_normal_matrix(measured, self._params, space, memory, chunk)[0]
            for chunk in chunks
        ]
        total: Array = np.asarray(sum(parts))
        return total[:-1, :-1]

    def _add_component(self, group: Indices, H: Array) -> None:
        inverse, unknown = _inverse(H, self._held[group])
        self._unknown[group] |= unknown
        self._matrix.add(group, group, H + np.diag(unknown * 1.0))
        self._preconditioner.add(group, group, np.where(np.isnan(inverse), 0.0, inverse))

    def _add_pair(
        self, k: int, other: int, windows: list[Window], kept: OrderedDict[int, Array]
    ) -> None:
        both = overlap(windows[k], windows[other])
        if both is None:
            return
        groups = self._measured.groups
        J = [self._columns(each, windows, kept) for each in (k, other)]
        parts = [
            one.reshape(*windows[each].shape, -1)[where].reshape(-1, groups[each].size)
            for one, each, where in zip(J, (k, other), both, strict=True)
        ]
        H = parts[0].T @ parts[1]
        self._matrix.add(groups[k], groups[other], H)
        self._matrix.add(groups[other], groups[k], H.T)

    def _neighbours(self, k: int, windows: list[Window]) -> list[int]:
        """Return later components whose windows may overlap that of k."""
        low, high = self._ends[:, 0], self._ends[:, 1]
        near = ((low < high[k]) & (low[k] < high)).all(axis=1)
        near[: k + 1] = False
        found: list[int] = np.flatnonzero(near).tolist()
        return found

    def _columns(self, k: int, windows: list[Window], kept: OrderedDict[int, Array]) -> Array:
        """Return J of a component on its window; as many as the memory allows are kept."""
        if k in kept:
            kept.move_to_end(k)
            return kept[k]
        window = windows[k]
        r = self._measured.residuals(self._params, window) if window.size else np.zeros(0)
        J = kept[k] = self._derivatives(self._measured.groups[k], window, r)
        while (
            len(kept) > 2 and sum(each.nbytes for each in kept.values()) > KEPT * self._max_memory
        ):
            kept.popitem(last=False)
        return J

    def _derivatives(self, which: Indices, window: Window, r: Array) -> Array:
        if not window.size:
            return np.zeros((0, which.size))
        few = Restricted(self._measured, self._params, which, window)
        memory: Memory = new_memory(few.x)
        return columns(few, r, part_box(self._box, which), self._held[which], memory)


def _range_of(window: Window) -> list[list[int]]:
    if window.box is not None:
        return [[side.start for side in window.box], [side.stop for side in window.box]]
    return [[window.index[0]], [window.index[-1] + 1]] if window.size else [[0], [0]]


def _inverse(H: Array, held: Mask) -> tuple[Array, Mask]:
    """Return the inverse of a small matrix, and which parameters it does not determine."""
    unit = np.sqrt(np.maximum(H.diagonal(), 0.0))
    on = np.flatnonzero((unit > 0.0) & ~held)
    inverse = np.zeros_like(H)
    unknown = np.ones(held.size, dtype=bool)
    if on.size:
        values, vectors = np.linalg.eigh(H[np.ix_(on, on)] / unit[on] / unit[on][:, None])
        kept = values > DETERMINED * values.max()
        half = vectors[:, kept] / np.sqrt(values[kept]) / unit[on][:, None]
        inverse[np.ix_(on, on)] = half @ half.T
        unknown[on] = (abs(vectors[:, ~kept]) > 0.1).any(axis=1)
    return inverse, unknown


def _roots(variances: Array, unknown: Mask) -> Array:
    roots: Array = np.sqrt(np.maximum(variances, 0.0))
    return np.where(unknown, np.nan, roots)
