"""Errors name the parameter or component, the rule and the remedy; the best is kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from peak_world import scene

from minimizer import Status
from minimizer.blocks import ParameterTable, alternate, check_model, fit_blocks


def broken(**changes: Any) -> tuple[Any, np.ndarray]:
    """Return a model with some attributes replaced, and a start."""
    model, _, start = scene((2, 2))
    for name, value in changes.items():
        setattr(model, name, value)
    return model, start


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"groups": [[4, 5, 6], [6, 7, 8], [10, 11, 12], [13, 14, 15]]},
         "peak 0 / height is in component 1 and in component 0; groups must not overlap"),
        ({"groups": [[4, 5, 6], [7, 8, 9], [10, 11, 12], [13, 14]]},
         "peak 3 / height is in no block; add it to model.groups or model.shared"),
        ({"groups": [[3, 4, 5, 6], [7, 8, 9], [10, 11, 12], [13, 14, 15]]},
         "width is shared and in component 0"),
        ({"groups": [[4, 5, 6], [7, 8, 9], [10, 11, 12], [13, 14, 16]]},
         "component 3 has the parameters 13 to 16; there are 16, numbered from 0"),
        ({"groups": [[4, 5, 6], [7, 8, 9], [10, 11, 12], [13, 14, 15], []]},
         "component 4 has no parameters"),
        ({"groups": [[4, 5, 5], [7, 8, 9], [10, 11, 12], [13, 14, 15]]},
         "groups must not overlap"),
        ({"shared": [0, 1, 2, 99]}, "model.shared has the parameters 0 to 99"),
        ({"table": ParameterTable(["a"])}, "the table has 1 parameters, and params has 16"),
        ({"residuals": lambda params, at=None: None}, "model.residuals returned None"),
        ({"residuals": lambda params, at=None: np.zeros(7)},
         "model.residuals returned 7 residuals"),
        ({"residuals": lambda params, at=None: np.zeros((18, 18), complex)}, "complex numbers"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("function", [fit_blocks, check_model])
def test_a_model_that_is_not_one_is_refused(
    changes: dict[str, Any], message: str, function: Any
) -> None:
    model, start = broken(**changes)
    with pytest.raises((ValueError, TypeError), match=message.replace("(", r"\(")):
        function(model, start)


def test_what_a_model_lacks_is_named() -> None:
    with pytest.raises(TypeError, match="the model has no groups"):
        check_model(object(), [1.0])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"max_memory": 100.0}, "max_memory is 100 bytes; one row of 18 residuals"),
        ({"max_memory": 6000.0}, "the derivatives of peak 0 at its"),
        ({"max_memory": -1}, "max_memory is -1.0; it must be positive"),
        ({"tol": 0.0}, "tol is 0.0; it must be positive"),
        ({"region_size": 0.0}, "region_size is 0.0; it must be positive"),
        ({"max_loops": 0}, "loops is 0; it must be at least 1"),
        ({"n_jobs": 0}, "n_jobs is 0"),
        ({"progress": "bar"}, "progress is 'bar'"),
        ({"bounds": [(0, 1)] * 3}, "bounds has 3 elements; it must have 16"),
    ],
)
def test_wrong_arguments_are_refused(settings: dict[str, Any], message: str) -> None:
    model, start = broken()
    with pytest.raises((ValueError, TypeError), match=message):
        fit_blocks(model, start, **settings)


def test_a_start_out_of_bounds_is_named() -> None:
    model, start = broken()
    start[6] = -1.0
    with pytest.raises(ValueError, match=r"peak 0 / height is -1.0, out of its bounds"):
        fit_blocks(model, start)


def test_a_start_without_residuals_is_refused() -> None:
    model, start = broken()
    model.data = model.data.copy()
    model.data[3, 3] = np.nan
    with pytest.raises(ValueError, match="not all finite at the start"):
        fit_blocks(model, start)


def test_windows_that_miss_residuals_are_found() -> None:
    model, start = broken()
    inner = model.window
    check_model(model, start)

    def narrow(k: int) -> Any:
        sides = inner(k)
        return (slice(sides[0].start + 10, sides[0].stop), sides[1]) if k == 2 else sides

    model.window = narrow
    with pytest.raises(ValueError, match=r"peak 2 changes residuals outside its window, the firs"):
        check_model(model, start)


def test_a_component_far_from_the_origin_is_not_moved_out_of_its_window() -> None:
    class Far:
        shared, groups = (), ([0],)

        def window(self, k: int) -> slice:
            return slice(100_000, 100_040)

        def residuals(self, params: np.ndarray, at: Any = None) -> np.ndarray:
            channels = np.arange(200_000)[slice(None) if at is None else at]
            return np.exp(-0.5 * ((channels - params[0]) / 3.0) ** 2)

    check_model(Far(), [100_020.0])


@pytest.mark.slow
def test_a_fit_tries_some_windows_at_the_start() -> None:
    model, _, start = scene((4, 5))
    model.window = lambda k: (slice(0, 2), slice(0, 2))
    with pytest.raises(ValueError, match="changes residuals outside its window"):
        fit_blocks(model, start)


def test_residuals_in_a_window_must_be_those_among_all() -> None:
    model, start = broken()
    inner = model.residuals

    def shifted(params: np.ndarray, at: Any = None) -> np.ndarray:
        return inner(params, at) + (0.0 if at is None else 1.0)

    model.residuals = shifted
    with pytest.raises(ValueError, match=r"residuals there must be the same as in the whole"):
        check_model(model, start)


def test_a_wrong_jacobian_is_found() -> None:
    model, start = broken()

    def jacobian(params: np.ndarray, which: np.ndarray, at: Any) -> np.ndarray:
        size = model.residuals(params, at).size
        return np.ones((size, which.size))

    model.jacobian = jacobian
    with pytest.raises(ValueError, match=r"jac is wrong in column \d \(peak 0 / "):
        check_model(model, start)
    model.jacobian = lambda params, which, at: np.ones((3, 3))
    with pytest.raises(ValueError, match=r"model.jacobian returned an array of shape \(3, 3\)"):
        fit_blocks(model, start)


# ---- what is kept


class Trouble(Exception):  # noqa: N818
    """Raised by a model."""


def test_an_exception_of_the_model_has_the_best_parameters() -> None:
    model, start = broken()
    inner, count = model.residuals, [0]

    def fails(params: np.ndarray, at: Any = None) -> np.ndarray:
        count[0] += 1
        if count[0] > 120:
            raise Trouble
        return inner(params, at)

    model.residuals = fails
    with pytest.raises(Trouble) as caught:
        fit_blocks(model, start)
    best: Any = caught.value
    first = 0.5 * ((inner(start) / model.sigma) ** 2).sum()
    assert 0.5 * ((inner(best.best_params) / model.sigma) ** 2).sum() < first
    assert best.best_value < first


@pytest.mark.parametrize("error", [Trouble, KeyboardInterrupt])
def test_an_exception_of_the_callback_has_the_best_parameters(error: type[BaseException]) -> None:
    model, start = broken()

    def stop(record: Any) -> None:
        if record.loop == 2:
            raise error

    with pytest.raises(error) as caught:
        fit_blocks(model, start, callback=stop)
    assert caught.value.best_params.shape == start.shape  # type: ignore[attr-defined]


def test_an_abort_keeps_the_best() -> None:
    model, start = broken()

    def stop(record: Any) -> None:
        if record.loop == 2:
            raise StopIteration

    result = fit_blocks(model, start, callback=stop)
    assert result.status is Status.ABORTED
    assert not result.success
    assert result.cost == pytest.approx(
        0.5 * ((model.residuals(result.x) / model.sigma) ** 2).sum()
    )
    assert result.cost < result.cost_per_loop[0]


def test_unknown_blocks_are_refused() -> None:
    model, start = broken()
    for blocks, message in [
        (["widht"], "there is no parameter 'widht'; did you mean 'width'"),
        ([], "it must be a list of blocks"),
        ("shared", "it must be a list of blocks"),
        ([["width", "width"]], "a parameter twice in one block"),
        ([[99]], "there is no parameter 99"),
    ]:
        with pytest.raises(ValueError, match=message):
            alternate(model, start, blocks=blocks)
    with pytest.raises(ValueError, match="separate has peak 0 / y; it must have shared"):
        alternate(model, start, separate=["peak 0 / y"])
