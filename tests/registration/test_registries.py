"""Metrics and transforms by name: one row is all that a new one needs."""

import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pytest

pytest.importorskip("scipy")
from scenes import scene

from minimizer.__main__ import make_parser
from minimizer.registration import RegistrationCost, metrics, register, transforms
from minimizer.registration.metrics import METRICS, MetricRow
from minimizer.registration.metrics.comparison import Comparison
from minimizer.registration.metrics.scipy_kernels import values
from minimizer.registration.transforms import TRANSFORMS, TransformRow
from minimizer.registration.transforms.base import Transform


class MeanAbsolute(Comparison):
    """The mean absolute difference."""

    def __init__(self, pair, backend, bins, spacing, moving_spacing):
        super().__init__(pair, backend)

    def __call__(self, matrix):
        fixed, warped = values(self.pair, matrix)
        return fixed.size, float(abs(fixed - warped).mean()) if fixed.size else float("nan")


@dataclass(frozen=True)
class RowStretch(Transform):
    """A magnification of the rows alone, then a shift."""

    linear_names = ("stretch",)

    def linear(self, params):
        return np.diag([1 + params[0] / self.shape[0], *np.ones(self.ndim - 1)])

    def from_linear(self, linear):
        return np.array([(linear[0, 0] - 1) * self.shape[0]])


@pytest.fixture
def mad(monkeypatch):
    row = MetricRow("mad", MeanAbsolute, "mean absolute difference", use="outliers")
    monkeypatch.setitem(METRICS, "mad", row)


@pytest.fixture
def stretch(monkeypatch):
    row = TransformRow("stretch", RowStretch, "stretched rows", (2,))
    monkeypatch.setitem(TRANSFORMS, "stretch", row)


def shifted():
    large = scene((64, 64), 3)
    return large[8:56, 8:56], large[5:53, 10:58]


@pytest.mark.usefixtures("mad")
def test_a_new_metric_registers_images():
    result = register(*shifted(), "translation", "mad")
    np.testing.assert_allclose(result.shift, [3, -2], atol=0.05)
    assert {record.metric for record in result.levels} == {"mad"}
    cost = RegistrationCost(*shifted(), "translation", "mad")
    assert cost([3, -2]) == pytest.approx(0, abs=1e-12)


@pytest.mark.slow
@pytest.mark.usefixtures("mad")
def test_the_row_of_a_metric_names_its_replacement_at_coarse_levels(monkeypatch):
    monkeypatch.setitem(METRICS, "led", MetricRow("led", MeanAbsolute, coarse="mad"))
    large = scene((144, 144), 3)
    result = register(large[8:136, 8:136], large[5:133, 10:138], "translation", "led")
    assert [record.metric for record in result.levels] == ["led", "mad", "led"]


@pytest.mark.usefixtures("stretch")
def test_a_new_transform_registers_images():
    rows, columns = np.indices((64, 64)) - 31.5

    def image(factor):
        return np.exp(-((rows / factor) ** 2) / 200 - columns**2 / 300) * (2 + np.sin(columns / 5))

    result = register(image(1.0), image(1.1), "stretch")
    assert result.transform.names == ("stretch", "shift_0", "shift_1")
    assert result.matrix[0, 0] == pytest.approx(1.1, abs=0.005)
    with pytest.raises(ValueError, match="'stretch' is for images of 2 dimensions, these have 3"):
        register(scene((16, 16, 16)), scene((16, 16, 16)), "stretch")


@pytest.mark.usefixtures("mad", "stretch")
@pytest.mark.parametrize("command", [["register", "f", "m"], ["register-stack", "s"]])
def test_the_commands_offer_every_row(command, capsys):
    options = ["--metric", "mad", "--transform", "stretch"]
    arguments = make_parser().parse_args([*command, *options])
    assert (arguments.metric, arguments.transform) == ("mad", "stretch")
    with pytest.raises(SystemExit):
        make_parser().parse_args([*command[:1], "-h"])
    said = " ".join(capsys.readouterr().out.split())
    assert "mad: outliers" in said
    assert "stretch: stretched rows" in said


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"metric": "mse"}, "'pluim', 'mad'"), ({"transform": "bent"}, "'affine', 'stretch'")],
)
@pytest.mark.usefixtures("mad", "stretch")
def test_a_message_on_an_unknown_name_has_every_row(settings, message):
    with pytest.raises(ValueError, match=message):
        RegistrationCost(*shifted(), **settings)


@pytest.mark.parametrize(("module", "rows"), [(metrics, METRICS), (transforms, TRANSFORMS)])
def test_the_documentation_has_every_row(module, rows):
    assert all(f"``{name}``" in module.__doc__ for name in rows)
    assert [row.name for row in rows.values()] == list(rows)


@pytest.mark.slow
def test_the_commands_import_nothing_heavy():
    code = (
        "import sys, minimizer.__main__\n"
        "print({'scipy', 'numba', 'matplotlib', 'tifffile', 'nibabel'} & sys.modules.keys())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
