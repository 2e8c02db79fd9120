"""A mask means that a value is missing: never that the number under it counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from minimizer import Minimizer, minimize, minimize_many
from minimizer.registration import register, register_stack

MASKED = np.ma.array([1.0, 2.0], mask=[False, True])
TRIANGLE = np.ma.array(np.eye(3)[:, :2], mask=np.eye(3)[:, :2] > 0.0)


def bowl(x: Any, *args: Any) -> float:
    return float(np.sum((x - 1.0) ** 2))


REFUSED: dict[str, Callable[[], Any]] = {
    "x0": lambda: minimize(bowl, MASKED),
    "initial_params": lambda: Minimizer(bowl, 2).minimize(MASKED),
    "initial_param_variations": lambda: Minimizer(bowl, 2).minimize([1.0, 1.0], MASKED),
    "param_resolutions": lambda: Minimizer(bowl, 2, param_resolutions=MASKED),
    "initial_simplex": lambda: minimize(bowl, [1.0, 2.0], options={"initial_simplex": TRIANGLE}),
    "bounds": lambda: minimize(bowl, [1.0, 2.0], bounds=[(np.ma.masked, 2.0), (0.0, 3.0)]),
    "args[0]": lambda: minimize_many(bowl, [1.0], (MASKED,)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_must_be_known_may_not_be_masked(name: str) -> None:
    with pytest.raises(ValueError, match="has masked elements") as caught:
        REFUSED[name]()
    assert str(caught.value).strip("`").startswith(name)


def test_a_masked_element_in_a_list_is_refused_as_well() -> None:
    with pytest.raises(ValueError, match="x0 has masked elements"):
        minimize(bowl, [np.ma.masked, 1.0])


def test_a_masked_array_without_a_masked_element_is_an_array() -> None:
    assert minimize(bowl, np.ma.array([3.0, 4.0])).x == pytest.approx([1.0, 1.0])


def scene() -> Any:
    """Return an image of three blobs."""
    blobs = np.indices((40, 40)).reshape(2, -1).T[:, None] - np.array(
        [[12, 15], [25, 22], [17, 29]]
    )
    return np.exp(-(blobs**2).sum(axis=2) / np.array([30.0, 18.0, 9.0])).sum(axis=1).reshape(40, 40)


@pytest.fixture
def pair() -> tuple[Any, Any]:
    """Return a scene, and one moved by 2 and -3 pixels, with a bright stripe that is masked."""
    fixed = scene()
    moving = np.roll(fixed, (2, -3), (0, 1))
    moving[:, 18:21] = 9.0
    return fixed, np.ma.array(moving, mask=moving == 9.0)


def test_masked_pixels_are_not_compared(pair: tuple[Any, Any]) -> None:
    fixed, moving = pair
    found = register(fixed, moving, "translation")
    known = register(fixed, moving.data, "translation", moving_mask=~moving.mask)
    assert found.shift == pytest.approx([2.0, -3.0], abs=0.05)
    assert np.array_equal(found.matrix, known.matrix)


def test_a_masked_mask_does_not_choose(pair: tuple[Any, Any]) -> None:
    fixed, moving = pair
    chosen = np.ma.array(np.ones(moving.shape, bool), mask=moving.mask)
    found = register(fixed, moving.data, "translation", moving_mask=chosen)
    assert np.array_equal(found.matrix, register(fixed, moving, "translation").matrix)


@pytest.mark.slow
def test_masked_pixels_of_frames_are_not_compared(pair: tuple[Any, Any]) -> None:
    """Also where the frames come in a list, of which NumPy would drop the masks."""
    found = register_stack(list(pair), "translation")
    assert np.isnan(found.warp(list(pair))[1]).any()
    assert [found.drift[name][1] for name in ("shift_0", "shift_1")] == pytest.approx(
        [2.0, -3.0], abs=0.05
    )
