"""An unknown keyword is reported in the name of the function that was called, with the nearest."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minimizer
from minimizer.registration import register_stack


def bowl(x: Any) -> float:
    return float(x @ x)


STACK = np.random.default_rng(0).random((2, 16, 16))
CALLS: dict[str, tuple[str, Callable[..., Any]]] = {
    "Minimizer": ("max_evaluations", lambda **more: minimizer.Minimizer(bowl, 1, **more)),
    "minimize_many": (
        "max_evaluations",
        lambda **more: minimizer.minimize_many(bowl, [[1.0]], **more),
    ),
    "register_stack": ("min_overlap", lambda **more: register_stack(STACK, **more)),
}


@pytest.mark.parametrize("name", CALLS)
def test_an_unknown_keyword_is_refused_by_the_name_of_the_function(name: str) -> None:
    known, call = CALLS[name]
    rule = rf"^{name}\(\) got an unexpected keyword argument '{known[:-1]}'; did you mean '{known}'"
    with pytest.raises(TypeError, match=rule):
        call(**{known[:-1]: 3})


def test_what_is_near_to_nothing_gets_no_hint() -> None:
    with pytest.raises(TypeError, match=r"argument 'entirely_different'$"):
        minimizer.Minimizer(bowl, 1, entirely_different=3)  # type: ignore[call-arg]


def test_the_signature_still_shows_all_settings_and_their_defaults() -> None:
    parameters = inspect.signature(minimizer.Minimizer).parameters
    assert list(parameters)[:3] == ["fun", "n_params", "args"]
    assert parameters["max_rel_error"].default == 1e-10
    assert parameters["schedule"].kind is inspect.Parameter.KEYWORD_ONLY


def test_options_of_scipys_kind_are_warned_of_with_the_same_hint() -> None:
    with pytest.warns(Warning, match=r"Unknown solver options: max_evaluation; did you mean"):
        minimizer.minimize(bowl, [1.0], options={"max_evaluation": 3})
