"""Workers change nothing: the same bits in threads and processes, also of a model that remembers.

And nothing is left behind.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from peak_world import Peaks, scene

from minimizer.blocks import fit_blocks


class Remembering(Peaks):
    """Remembers each peak as it was drawn last; what it returns depends on its question only."""

    def __init__(self, peaks: Peaks) -> None:
        self.__dict__.update(peaks.__dict__)
        self.drawn: dict[Any, Any] = {}

    def residuals(self, params: np.ndarray, at: Any = None) -> np.ndarray:
        key = (params.tobytes(), repr(at))
        if key not in self.drawn:
            self.drawn = {key: super().residuals(params, at)}
        return self.drawn[key].copy()


class Fails(Peaks):
    """Raises an exception once a parameter has moved."""

    def __init__(self, peaks: Peaks, start: np.ndarray) -> None:
        self.__dict__.update(peaks.__dict__)
        self.start = start

    def residuals(self, params: np.ndarray, at: Any = None) -> np.ndarray:
        if params[5] != self.start[5]:
            raise ArithmeticError("peak 0 has moved")
        return super().residuals(params, at)


def folders() -> set[Path]:
    """Return what joblib of this process has in the folders for temporary files."""
    places = [Path(tempfile.gettempdir()), Path("/dev/shm")]
    mine = f"joblib_memmapping_folder_{os.getpid()}_*"
    return {file for place in places for folder in place.glob(mine) for file in folder.iterdir()}


SETTINGS: list[dict[str, Any]] = [{}, {"max_memory": 90_000.0, "region_size": 14.0}]


@pytest.mark.slow
@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("kind", ["plain", "remembering"])
def test_the_same_bits_for_any_number_of_workers(settings: dict[str, Any], kind: str) -> None:
    def fit(**more: Any) -> tuple[bytes, float, int, int]:
        model, _, start = scene((3, 4))
        if kind == "remembering":
            model = Remembering(model)
        result = fit_blocks(model, start, check=False, **settings, **more)
        assert result.success
        return result.x.tobytes(), result.cost, result.evaluations, result.loops

    alone = fit()
    assert fit(n_jobs=1) == alone
    assert fit(n_jobs=2) == alone
    assert fit(n_jobs=3) == alone
    with joblib.parallel_config("loky"):
        assert fit(n_jobs=2) == alone
    with joblib.parallel_config("threading", n_jobs=2):
        assert fit() == alone


@pytest.mark.slow
def test_no_temporary_file_is_left_not_even_after_an_exception() -> None:
    model, _, start = scene((2, 4))
    model.ballast = np.zeros(400_000)  # more than what joblib hands over without a file
    before, seen = folders(), []
    with joblib.parallel_config("loky"):
        fit_blocks(model, start, n_jobs=2, callback=lambda record: seen.append(folders() - before))
        assert not any(seen)
        with pytest.raises(ArithmeticError, match="peak 0 has moved"):
            fit_blocks(Fails(model, start), start, n_jobs=2, check=False)
    assert folders() == before


def test_a_model_that_cannot_be_copied_is_refused() -> None:
    model, _, start = scene((2, 2))
    model.file = open(os.devnull)  # noqa: SIM115
    try:
        with pytest.raises(TypeError, match=r"the model cannot be pickled .*leave out n_jobs"):
            fit_blocks(model, start, n_jobs=2, check=False)
    finally:
        model.file.close()
