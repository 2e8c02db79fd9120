"""Components that come and go: what is added, what is removed, and why."""

from __future__ import annotations

import numpy as np
import pytest
from peak_world import Peaks, scene

from minimizer import Status
from minimizer.blocks import ComponentsResult, add_and_remove


class Changing(Peaks):
    """Peaks that can be added, removed, and proposed where the data exceed the model."""

    def add(self, params, component):
        return self._with(self.n + 1), np.concatenate([params, component])

    def remove(self, params, k):
        return self._with(self.n - 1), np.delete(params, self.groups[k])

    def _with(self, n):
        return type(self)(self.data, n, self.sigma)

    def propose(self, params, residuals):
        excess = -residuals
        found = []
        while len(found) < 8:
            y, x = np.unravel_index(excess.argmax(), excess.shape)
            if excess[y, x] < 4.0:
                break
            found.append(np.array([y, x, excess[y, x] * self.sigma]))
            excess[max(y - 5, 0) : y + 6, max(x - 5, 0) : x + 6] = 0.0
        return found


def world(seed: int = 0) -> tuple[Changing, np.ndarray, np.ndarray]:
    """Return a model of twelve peaks, the true parameters, and a guess at them."""
    plain, truth, guess = scene(seed=seed)
    return Changing(plain.data, plain.n, plain.sigma), guess, truth


def positions(result: ComponentsResult) -> np.ndarray:
    return result.x[4:].reshape(-1, 3)[:, :2]


def assert_found(result: ComponentsResult, truth: np.ndarray) -> None:
    """All peaks are there, each once, and no others."""
    true = truth[4:].reshape(-1, 3)[:, :2]
    apart = np.linalg.norm(positions(result)[:, None] - true, axis=-1)
    assert result.n_components == len(true)
    assert sorted(apart.argmin(axis=0)) == list(range(len(true)))
    assert apart.min(axis=0).max() < 1.0


def test_what_is_right_stays_as_it_is() -> None:
    model, guess, truth = world()
    result = add_and_remove(model, guess)
    assert result.success
    assert result.moves == []
    assert_found(result, truth)
    assert result.added.size == result.removed.size == 0


@pytest.mark.slow
def test_missing_and_spurious_peaks() -> None:
    model, guess, truth = world()
    fewer, params = model.remove(guess, 3)
    fewer, params = fewer.remove(params, 7)
    wrong, params = fewer.add(params, np.array([9.0, 18.0, 3.0]))
    result = add_and_remove(wrong, params)
    assert result.success
    assert result.status is Status.SUCCESS
    assert_found(result, truth)
    assert len(result.added) == 2
    assert len(result.removed) == 1
    true = truth[4:].reshape(-1, 3)[[3, 8], :2]
    apart = np.linalg.norm(result.added[:, None] - true, axis=-1)
    assert apart.min(axis=0).max() < 1.0
    assert {move.what: move.why.split()[0] for move in result.moves}["added"] == "significance"
    assert all(move.why and move.round >= 1 for move in result.moves)
    assert f"{len(result.added)} components added" in result.message


@pytest.mark.slow
def test_an_empty_model_is_filled() -> None:
    model, guess, truth = world()
    for _ in range(12):
        model, guess = model.remove(guess, 0)
    assert not len(model.groups)
    result = add_and_remove(model, guess)
    assert_found(result, truth)
    assert len(result.added) == 12


def test_a_model_that_becomes_empty() -> None:
    plain, _, _ = world()
    rng = np.random.default_rng(3)
    empty = Changing(10.0 + rng.normal(0.0, plain.sigma, plain.shape), 1, plain.sigma)
    result = add_and_remove(empty, np.concatenate([[9.0, 0.0, 0.0, 1.5], [20.0, 20.0, 0.5]]))
    assert result.n_components == 0
    assert len(result.removed) == 1
    assert result.x.size == 4
    assert result.x[0] == pytest.approx(10.0, abs=1.0)


@pytest.mark.slow
def test_a_limit_on_rounds_is_told() -> None:
    model, guess, _ = world()
    fewer, params = model.remove(guess, 3)
    with pytest.warns(RuntimeWarning, match="still came and went in round 1"):
        result = add_and_remove(fewer, params, max_rounds=1)
    assert result.status is Status.MAX_ITERATIONS_EXCEEDED
    assert not result.success
    assert len(result.added) == 1


def test_a_model_without_the_methods_is_refused() -> None:
    plain, _, guess = scene()
    with pytest.raises(TypeError, match="no add and no remove and no propose"):
        add_and_remove(plain, guess)


def test_a_changed_model_of_the_wrong_number_is_refused() -> None:
    class Same(Changing):
        def remove(self, params, k):
            return self, params

    model, guess, _ = world()
    with pytest.raises(ValueError, match="it must have 11"):
        add_and_remove(Same(model.data, model.n, model.sigma), guess)


@pytest.mark.parametrize(("name", "value"), [("least", -1.0), ("max_rounds", 0)])
def test_wrong_arguments_are_refused(name: str, value: float) -> None:
    model, guess, _ = world()
    with pytest.raises(ValueError, match=name):
        add_and_remove(model, guess, **{name: value})


@pytest.mark.slow
def test_results_are_the_same_every_time() -> None:
    model, guess, _ = world()
    fewer, params = model.remove(guess, 3)
    first, second = (add_and_remove(fewer, params) for _ in range(2))
    np.testing.assert_array_equal(first.x, second.x)
