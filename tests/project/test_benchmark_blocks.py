"""The benchmark of blocks: its cases are what they are said to be, and its judges can say no."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")

from benchmarks.blocks import accuracy, cases, hard, peer
from benchmarks.blocks.deviating import regions


def spheres_of(params: np.ndarray) -> np.ndarray:
    return params[9:].reshape(-1, 4)


@pytest.mark.parametrize("name", cases.SMALL)
def test_small_cases(name: str) -> None:
    case = cases.SMALL[name](3)
    guessed = {"come and go": 8}.get(name, 10)
    assert (len(spheres_of(case.truth)), len(spheres_of(case.guess))) == (10, guessed)
    exact, _ = case.model.with_spheres(case.truth, spheres_of(case.truth))
    r = exact.residuals(case.truth)
    assert np.mean(r**2) == pytest.approx(1.0, abs=4.0 * np.sqrt(2.0 / r.size))
    again = cases.SMALL[name](3)
    np.testing.assert_array_equal(again.model.image, case.model.image)


def test_a_lattice_has_a_sphere_in_each_cell() -> None:
    case = cases.lattice((2, 3, 2))
    assert case.model.shape == (21, 32, 21)
    assert len(spheres_of(case.truth)) == 12


@pytest.mark.slow
@pytest.mark.parametrize("make", [hard.hard, hard.dense, hard.split, hard.in_line])
def test_spheres_of_harder_sets_do_not_overlap(make) -> None:
    spheres = spheres_of(make(0).truth)
    apart = np.linalg.norm((spheres[:, None, :3] - spheres[None, :, :3]) * hard.STRIDES, axis=-1)
    free = apart - spheres[:, None, 3] - spheres[None, :, 3] + 100.0 * np.eye(len(spheres))
    assert free.min() > 0.0


def test_the_peer_is_told_all_that_a_sphere_touches() -> None:
    case = cases.lattice((2, 2, 2))
    J = peer.analytic(case, case.guess).toarray()
    whole = case.model.jacobian(case.guess, np.arange(case.guess.size))
    np.testing.assert_array_equal(J, whole)
    assert (peer.sparsity(case).toarray()[whole != 0.0] == 1).all()


def test_what_is_not_met_is_said() -> None:
    assert (accuracy.within(0.94), accuracy.within(1.0), accuracy.within(1.11)) == (
        "NO",
        "yes",
        "NO",
    )


def test_regions_are_where_the_scatter_is_larger() -> None:
    residuals = np.random.default_rng(0).standard_normal((30, 40))
    assert regions(residuals, 5, 6.0) == []
    residuals[12:17, 21:33] *= 4.0
    (box,) = regions(residuals, 5, 6.0)
    assert box == (slice(10, 20), slice(20, 35))
