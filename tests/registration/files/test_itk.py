"""Transforms that SimpleITK wrote are read as SimpleITK applies them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from minimizer.common.errors import BadInput
from minimizer.registration import read_itk, write_itk

sitk: Any = pytest.importorskip("SimpleITK")

KINDS = {
    "Translation2": lambda: sitk.TranslationTransform(2),
    "Euler2D": sitk.Euler2DTransform,
    "Similarity2D": sitk.Similarity2DTransform,
    "Affine2": lambda: sitk.AffineTransform(2),
    "Scale2": lambda: sitk.ScaleTransform(2),
    "Identity2": lambda: sitk.Transform(2, sitk.sitkIdentity),
    "Translation3": lambda: sitk.TranslationTransform(3),
    "Euler3D": sitk.Euler3DTransform,
    "Versor": sitk.VersorTransform,
    "VersorRigid3D": sitk.VersorRigid3DTransform,
    "Similarity3D": sitk.Similarity3DTransform,
    "Affine3": lambda: sitk.AffineTransform(3),
    "Scale3": lambda: sitk.ScaleTransform(3),
}


def made(kind: str, seed: int = 0) -> Any:
    """Return one of ITK's transforms with its parameters and centre changed."""
    rng = np.random.default_rng(seed)
    transform = KINDS[kind]()
    parameters = np.array(transform.GetParameters())
    transform.SetParameters((parameters + rng.uniform(0.05, 0.3, len(parameters))).tolist())
    fixed = np.array(transform.GetFixedParameters())
    n = transform.GetDimension()
    fixed[:n] += rng.normal(0, 9, len(fixed[:n]))
    transform.SetFixedParameters(fixed.tolist())
    return transform


def check(transform: Any, path: Path) -> None:
    """Compare where some points go."""
    sitk.WriteTransform(transform, str(path))
    matrix, n = read_itk(path), transform.GetDimension()
    for point in np.random.default_rng(9).normal(0, 30, (5, n)):
        ours = (matrix @ [*point[::-1], 1])[:n][::-1]
        np.testing.assert_allclose(ours, transform.TransformPoint(point.tolist()), atol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_a_transform_is_read_as_itk_applies_it(kind: str, tmp_path: Path) -> None:
    check(made(kind), tmp_path / "t.tfm")


@pytest.mark.parametrize("kinds", [("Euler2D", "Similarity2D", "Affine2"), ("Euler3D", "Scale3")])
def test_a_composite_is_applied_from_the_last_to_the_first(
    kinds: tuple[str, ...], tmp_path: Path
) -> None:
    check(
        sitk.CompositeTransform([made(kind, i) for i, kind in enumerate(kinds)]), tmp_path / "t.tfm"
    )


def test_our_own_are_read_by_itk(tmp_path: Path) -> None:
    matrix = np.array([[1.1, 0.2, 3], [-0.1, 0.9, -5], [0, 0, 1]])
    write_itk(tmp_path / "t.tfm", matrix, [4.0, 7.0])
    moved = sitk.ReadTransform(str(tmp_path / "t.tfm")).TransformPoint((2.0, 1.0))
    np.testing.assert_allclose(moved[::-1], (matrix @ [1, 2, 1])[:2])


ONE = """\
#Insight Transform File V1.0
#Transform 0
Transform: {}
Parameters: {}
FixedParameters: 0 0
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds 0 transforms"),
        ('(Transform "EulerTransform")\n', "holds parameters of elastix"),
        (ONE.format("BSplineTransform_double_2_2", "1 2"), "holds a BSplineTransform; only linear"),
        (ONE.format("AffineTransform_double_2_2", "1 0 0 1 3"), "AffineTransform has 5 parameters"),
        (ONE.format("TranslationTransform_double_2_2", "1"), "is damaged"),
        (ONE.format("TranslationTransform_double_2_2", "1 nan"), "must hold finite numbers"),
        (ONE.format("AffineTransform_double_2_2", "1 0 0 x 3 4"), "cannot be read as an ITK"),
        (ONE.format("CompositeTransform_double_2_2", ""), "CompositeTransform without transforms"),
        (ONE.format("IdentityTransform_double_7_7", ""), "for 2 or 3 dimensions|damaged"),
        (2 * ONE.format("TranslationTransform_double_2_2", "1 2"), "holds 2 transforms"),
    ],
)
def test_what_is_no_matrix_is_refused(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "t.tfm").write_text(text)
    with pytest.raises(BadInput, match=said) as refused:
        read_itk(tmp_path / "t.tfm")
    assert "\n" not in str(refused.value)


def test_binary_transforms_are_refused_with_how_to_convert_them(tmp_path: Path) -> None:
    sitk.WriteTransform(made("Affine3"), str(tmp_path / "t.mat"))
    with pytest.raises(BadInput, match=r"is a binary transform; .*WriteTransform"):
        read_itk(tmp_path / "t.mat")
