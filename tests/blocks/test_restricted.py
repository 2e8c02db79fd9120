"""Models restricted to a few parameters: the same bits, and no copy of all parameters per step."""

from __future__ import annotations

from typing import Any

import joblib
import numpy as np
import pytest
from peak_world import Peaks, scene

from minimizer.blocks import check_model, fit_blocks
from minimizer.blocks.spheres import Spheres
from minimizer.blocks.spheres.made import SHARED, SHARED_GUESS, disturbed, picture, place
from minimizer.blocks.spheres.total import Scene


class Few:
    """Peaks of which a few vary."""

    def __init__(self, model: Peaks, params: np.ndarray, which: np.ndarray, at: Any) -> None:
        self.model, self.params, self.which, self.at = model, params, which, at

    def residuals(self, x: np.ndarray) -> np.ndarray:
        there = self.params.copy()
        there[self.which] = x
        return Peaks.residuals(self.model, there, self.at)


class Restricting(Peaks):
    """Records with which parameters it is restricted, and how often it is evaluated otherwise."""

    def __init__(self, peaks: Peaks) -> None:
        self.__dict__.update(peaks.__dict__)
        self.seen: list[np.ndarray] = []
        self.calls = 0

    def restricted(self, params: np.ndarray, which: np.ndarray, at: Any) -> Any:
        self.seen.append(params)
        return Few(self, params, which, at)

    def residuals(self, params: np.ndarray, at: Any = None) -> np.ndarray:
        self.calls += 1
        return super().residuals(params, at)


@pytest.mark.slow
@pytest.mark.parametrize("region_size", [None, 14.0])
def test_a_restricted_model_gives_the_same_bits(region_size: float | None) -> None:
    model, _, start = scene((2, 3))
    plain = fit_blocks(model, start, region_size=region_size)
    own = fit_blocks(Restricting(model), start, region_size=region_size)
    assert own.x.tobytes() == plain.x.tobytes()
    assert own.cost_per_loop == plain.cost_per_loop
    assert own.sweeps == pytest.approx(plain.sweeps, rel=0.1)  # but for those of the check


def test_steps_of_components_share_one_array_of_parameters_that_nobody_can_change() -> None:
    peaks, _, start = scene((1, 9))
    model = Restricting(peaks)
    result = fit_blocks(model, start, max_memory=1e9, check=False)
    assert all(not params.flags.writeable for params in model.seen)
    assert len(model.seen) == 9 * result.loops  # one step of each per loop
    arrays = {id(params) for params in model.seen}
    assert len(arrays) <= 4 * result.loops  # one for each class of peaks that do not overlap
    evaluations_of_components = result.evaluations - model.calls
    assert evaluations_of_components >= 9 * result.loops * 4  # none of them by the whole model


class Hidden:
    """A model without `restricted`."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def __getattr__(self, name: str) -> Any:
        if name == "restricted" or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._model, name)


def spheres(n: int = 6) -> tuple[Spheres, np.ndarray]:
    rng = np.random.default_rng(5)
    shape = (22, 24, 26)
    true = place(rng, shape, n, 3.5, margin=1.0)
    image = picture(rng, shape, np.concatenate((SHARED, true.ravel())), 0.05)
    guess = disturbed(rng, true, 0.3, 0.05)
    return Spheres(image, n, 0.05, radius=3.5), np.concatenate((SHARED_GUESS, guess.ravel()))


@pytest.mark.slow
@pytest.mark.parametrize("settings", [{}, {"region_size": 12.0, "max_memory": 3e6}])
def test_spheres_restricted_and_not_are_the_same_to_the_bit(settings: dict[str, Any]) -> None:
    found = set()
    for hide in (True, False):
        for n_jobs, backend in ((None, "threading"), (2, "threading"), (2, "loky")):
            model, start = spheres()
            with joblib.parallel_config(backend):
                asked = Hidden(model) if hide and n_jobs is None else model
                result = fit_blocks(asked, start, n_jobs=n_jobs, max_loops=4, tol=1.0, **settings)
            found.add((result.x.tobytes(), tuple(result.cost_per_loop)))
    assert len(found) == 1


@pytest.mark.parametrize("numbers", [[0], [2, 5], [3, 4, 1]])
def test_a_few_spheres_are_those_of_all_to_the_bit(numbers: list[int]) -> None:
    model, params = spheres()
    model.relocate(params)
    which = np.concatenate([model.groups[k] for k in numbers])
    rng = np.random.default_rng(numbers)
    for at in (model.window(numbers[0]), (slice(3, 20), slice(0, 9)), None):
        few = model.restricted(params, which, at)
        parts = np.tile([1.0, 1.0, 1.0, 0.1], len(numbers))
        for size in (0.0, 0.1, 3.0, 40.0):  # farther than the window, and out of the volume
            there = params.copy()
            there[which] += size * parts * rng.uniform(-1, 1, which.size)
            fresh = spheres()[0]
            np.testing.assert_array_equal(few.residuals(there[which]), fresh.residuals(there, at))
            np.testing.assert_array_equal(
                few.jacobian(there[which]), fresh.jacobian(there, which, at)
            )


def test_parameters_that_were_changed_in_place_are_noticed() -> None:
    model, params = spheres()
    which, at = model.groups[0], model._box(None)
    model.restricted(params, which, at)
    params[model.groups[3]] += 1.0
    np.testing.assert_array_equal(
        model.restricted(params, which, at).residuals(params[which]),
        spheres()[0].residuals(params),
    )


def test_sums_are_right_after_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    model, params = spheres()
    model.relocate(params)
    window = model.window(0)
    model.residuals(params, window)
    moved = params + np.concatenate((np.zeros(len(SHARED)), np.full(24, 0.2)))
    ball, calls = model._total.ball, []

    def interrupted(scene: Any, k: int) -> Any:
        calls.append(k)
        if len(calls) % 4 == 0:
            raise KeyboardInterrupt
        return ball(scene, k)

    def there_and_back(at: Any) -> None:
        for _ in range(4):
            model.residuals(moved, at)
            model.residuals(params, at)

    monkeypatch.setattr(model._total, "ball", interrupted)
    for at in (None, window):
        with pytest.raises(KeyboardInterrupt):
            there_and_back(at)
    monkeypatch.undo()
    for x in (params, moved):
        for at in (None, window):
            np.testing.assert_array_equal(model.residuals(x, at), spheres()[0].residuals(x, at))


class Wrong(Few):
    """Right at the start only."""

    def residuals(self, x: np.ndarray) -> np.ndarray:
        return super().residuals(x if (x == self.params[self.which]).all() else x + 0.01)


@pytest.mark.parametrize("function", [check_model, fit_blocks])
@pytest.mark.parametrize(
    ("kind", "error", "message"),
    [
        (
            Wrong,
            ValueError,
            r"restricted.*\.residuals\(x\) differs from model\.residuals for peak 0; ",
        ),
        (lambda *args: None, TypeError, r"model\.restricted returned None, which has no residuals"),
        (
            lambda *args: type("Short", (), {"residuals": lambda self, x: np.zeros(3)})(),
            ValueError,
            r"model\.restricted\(\.\.\.\)\.residuals returned 3 residuals at",
        ),
    ],
)
def test_a_wrong_restriction_is_refused(
    function: Any, kind: Any, error: type[Exception], message: str
) -> None:
    peaks, _, start = scene((2, 2))
    model = Restricting(peaks)
    model.restricted = lambda params, which, at: kind(model, params, which, at)  # type: ignore[method-assign]
    with pytest.raises(error, match=message):
        function(model, start)


def test_residuals_that_are_not_finite_are_not_called_different() -> None:
    peaks, _, start = scene((2, 2))
    peaks.data = peaks.data.copy()
    peaks.data[3, 3] = np.nan
    with pytest.raises(ValueError, match="not all finite at the start"):
        fit_blocks(Restricting(peaks), start)


@pytest.mark.slow
def test_spheres_are_compared_once_for_each_class_not_for_each_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What goes through all spheres must not be done for each of them."""
    n, shape = 60, (30, 60, 60)
    rng, shared = np.random.default_rng(1), SHARED.copy()
    shared[-2] = 0.15
    true = place(rng, shape, n, 3.0)
    image = picture(rng, shape, np.concatenate((shared, true.ravel())), 0.05)
    model, calls, changes = Spheres(image, n, 0.05, radius=3.0), [], Scene.changes

    def counted(self: Scene, new: Scene) -> Any:
        calls.append(len(self.spheres))
        return changes(self, new)

    monkeypatch.setattr(Scene, "changes", counted)
    start = np.concatenate((shared, disturbed(rng, true, 0.2, 0.02).ravel()))
    with pytest.warns(RuntimeWarning, match="Out of loops"):
        fit_blocks(model, start, max_loops=1, check=False)
    assert len(calls) < n / 2
