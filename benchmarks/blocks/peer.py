"""SciPy's ``least_squares``: the method trf, a sparse Jacobian and lsmr, on a model of spheres."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import least_squares
from scipy.sparse import csr_matrix

from minimizer.common.arrays import Array

from .cases import Case


def sparsity(case: Case) -> Any:
    """Return which residuals which parameters touch, as a matrix of ones."""
    rows, columns = entries(case, case.guess)
    shape = case.model.image.size, case.guess.size
    return csr_matrix((np.ones(rows.size, dtype=np.int8), (rows, columns)), shape=shape)


def entries(case: Case, params: Array) -> tuple[Array, Array]:
    """Return row and column of every derivative that is not zero, parameter by parameter."""
    model = case.model
    model.relocate(params)
    numbers = np.arange(model.image.size, dtype=np.int32).reshape(model.shape)
    touched = [(numbers.ravel(), model.shared)]
    touched += [(numbers[model.window(k)].ravel(), g) for k, g in enumerate(model.groups)]
    rows = np.concatenate([np.tile(voxels, len(group)) for voxels, group in touched])
    columns = np.concatenate(
        [np.repeat(group.astype(np.int32), len(voxels)) for voxels, group in touched]
    )
    return rows, columns


def analytic(case: Case, params: Array) -> Any:
    """Return the Jacobian from the model's own derivatives."""
    model = case.model
    rows, columns = entries(case, params)
    values = [model.jacobian(params, model.shared).T.ravel()]
    values += [
        model.jacobian(params, group, model.window(k)).T.ravel()
        for k, group in enumerate(model.groups)
    ]
    shape = model.image.size, params.size
    return csr_matrix((np.concatenate(values), (rows, columns)), shape=shape)


def trf(case: Case, *, jacobian: bool = False) -> Any:
    """Return SciPy's result, its derivatives by differences or the model's own."""
    derivatives: dict[str, Any] = (
        {"jac": lambda params: analytic(case, params)}
        if jacobian
        else {"jac": "2-point", "jac_sparsity": sparsity(case)}
    )
    box = case.model.table.box
    return least_squares(
        lambda params: case.model.residuals(params).ravel(),
        case.guess,
        bounds=(box.lower, box.upper),
        method="trf",
        tr_solver="lsmr",
        **derivatives,
    )
