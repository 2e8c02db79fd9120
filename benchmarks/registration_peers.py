"""Other registration programs on the same cases: elastix and ANTs, as their authors recommend.

elastix runs its default parameter maps (Mattes' mutual information, four resolutions), the rigid
one before the affine one. ANTs runs `ants.registration` as it is. Missing pixels are masked out.
Both answer with the matrix from fixed to moving index, as `register` does.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .registration_cases import Case, Floats

Method = Callable[[Case], Floats]


def installed() -> dict[str, Method]:
    """Return the peers, or leave with a message that names the extra."""
    missing = [
        package
        for package, module in (("itk-elastix", "itk"), ("antspyx", "ants"))
        if importlib.util.find_spec(module) is None
    ]
    if missing:
        raise SystemExit(
            f'--peers needs {" and ".join(missing)}, of the extra bench: pip install ".[bench]"'
        )
    return {"elastix": elastix, "ANTs": ants}


def spacing_of(case: Case) -> list[float]:
    """Return the spacing, one number for each axis."""
    return [float(case.settings.get("spacing", 1.0))] * case.fixed.ndim


def filled(image: Floats) -> tuple[Floats, Floats]:
    """Return the image without missing pixels, and where they are not."""
    present = np.isfinite(image)
    return np.where(present, image, 0.0).astype(np.float32), present.astype(np.uint8)


def to_index(physical: Floats, spacing: list[float]) -> Floats:
    """Return the matrix between indices for one between places."""
    scale = np.append(spacing, 1.0)
    return np.asarray(physical * scale / scale[:, None], dtype=np.float64)


def elastix(case: Case) -> Floats:
    """Register with elastix."""
    module: Any = importlib.import_module("itk")
    spacing = spacing_of(case)
    kind = case.settings.get("transform", "rigid")
    parameters = module.ParameterObject.New()
    for name in ["rigid", "affine"] if kind == "affine" else [kind]:
        parameters.AddParameterMap(parameters.GetDefaultParameterMap(name, 4))
    images = []
    for array in (*filled(case.fixed)[:1], *filled(case.moving)):
        image = module.image_from_array(array)
        image.SetSpacing(spacing[::-1])
        images.append(image)
    masks = {} if np.isfinite(case.moving).all() else {"moving_mask": images[2]}
    _, found = module.elastix_registration_method(
        *images[:2], parameter_object=parameters, log_to_console=False, **masks
    )
    n = case.fixed.ndim
    total = np.eye(n + 1)
    for i in range(found.GetNumberOfParameterMaps()):
        total = elastix_matrix(dict(found.GetParameterMap(i)), n) @ total
    order = [*reversed(range(n)), n]
    return to_index(total[np.ix_(order, order)], spacing)


def elastix_matrix(said: dict[str, Any], ndim: int) -> Floats:
    """Return the matrix between places (x, y, …) that a parameter map of elastix stands for."""
    values = np.array([float(word) for word in said["TransformParameters"]])
    kind = said["Transform"][0]
    linear = np.eye(ndim)
    if kind == "EulerTransform" and ndim == 2:
        c, s = math.cos(values[0]), math.sin(values[0])
        linear = np.array([[c, -s], [s, c]])
    elif kind == "EulerTransform":
        x, y, z = (axis_turn(axis, angle) for axis, angle in enumerate(values[:3].tolist()))
        is_zyx = said.get("ComputeZYX", ["false"])[0] == "true"
        linear = z @ y @ x if is_zyx else z @ x @ y
    elif kind == "AffineTransform":
        linear = values[:-ndim].reshape(ndim, ndim)
    words = said.get("CenterOfRotationPoint", ["0"] * ndim)
    centre = np.array([float(word) for word in words])
    matrix = np.eye(ndim + 1)
    matrix[:-1, :-1] = linear
    matrix[:-1, -1] = centre - linear @ centre + values[-ndim:]
    return matrix


def axis_turn(axis: int, angle: float) -> Floats:
    """Return the rotation matrix about an axis."""
    i, j = (axis + 1) % 3, (axis + 2) % 3
    turn = np.eye(3)
    turn[[i, j], [i, j]] = math.cos(angle)
    turn[j, i], turn[i, j] = math.sin(angle), -math.sin(angle)
    return turn


def ants(case: Case) -> Floats:
    """Register with ANTs."""
    module: Any = importlib.import_module("ants")
    spacing = spacing_of(case)
    fixed, _ = filled(case.fixed)
    moving, present = filled(case.moving)
    images = [module.from_numpy(a, spacing=spacing) for a in (fixed, moving)]
    settings: dict[str, Any] = {}
    if not present.all():
        settings["moving_mask"] = module.from_numpy(present.astype(np.float32), spacing=spacing)
        settings["mask"] = module.from_numpy(np.ones_like(fixed), spacing=spacing)
        settings["mask_all_stages"] = True
    kind = case.settings.get("transform", "rigid").capitalize()
    found = module.registration(*images, type_of_transform=kind, random_seed=1, **settings)
    transform = module.read_transform(found["fwdtransforms"][0])
    n = case.fixed.ndim
    physical = np.eye(n + 1)
    physical[:-1, -1] = transform.apply_to_point([0.0] * n)
    for axis, unit in enumerate(np.eye(n).tolist()):
        physical[:-1, axis] = np.array(transform.apply_to_point(unit)) - physical[:-1, -1]
    return to_index(physical, spacing)
