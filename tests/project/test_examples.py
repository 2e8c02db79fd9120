"""The examples run as a user runs them, and print what they say at their heads."""

from __future__ import annotations

import ast
import functools
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
NEEDS: dict[str, tuple[str, ...]] = {
    "curve_fit.py": (),
    "fundamental_matrix.py": (),
    "joint_direction.py": (),
    "tabulated_derivatives.py": (),
    "nearest_point.py": (),
    "residuals_or_their_sum.py": (),
    "bounded_gradient.py": (),
    "elegant_registration.py": ("scipy", "matplotlib", "skimage", "nibabel", "nilearn"),
    "external_program.py": (),
    "fit_within_nan.py": (),
    "imagej_curve_fitting.py": (),
    "imagej_plugin.py": (),
    "nan_edge.py": ("scipy", "matplotlib"),
    "noisy.py": (),
    "on_a_cluster.py": ("distributed",),
    "pixelwise_fit.py": ("numba", "matplotlib"),
    "registration_brain.py": ("scipy", "matplotlib", "nibabel", "nilearn"),
    "registration_own_metric.py": ("scipy", "matplotlib", "skimage"),
    "registration_shifts.py": ("scipy", "matplotlib", "skimage"),
    "registration_stack.py": ("scipy", "matplotlib", "skimage", "tifffile"),
    "registration_two_modalities.py": ("scipy", "matplotlib", "skimage"),
    "replace_scipy.py": ("scipy",),
    "resume.py": (),
    "spheres.py": ("scipy",),
    "stop_early.py": (),
    "surface.py": ("matplotlib",),
}
ARGUMENTS = {"pixelwise_fit.py": ["16"]}  # its size is 512 otherwise
HERE = "matplotlib"  # scripts that need it import much, and are run in this process


@functools.cache
def run(name: str, directory: Path) -> str:
    """Run an example in a directory and return what it prints; warnings are errors."""
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES / name), *ARGUMENTS.get(name, [])],
        capture_output=True,
        text=True,
        cwd=directory,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def promised(name: str) -> list[str]:
    """Return the lines that the docstring at the head of an example shows, indented by four."""
    docstring = ast.get_docstring(ast.parse((EXAMPLES / name).read_text(encoding="utf-8")))
    assert docstring is not None
    return [line[4:] for line in docstring.splitlines() if line.startswith("    ")]


def test_every_example_is_tested() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == set(NEEDS)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("examples")


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, needs in NEEDS.items() if HERE not in needs])
def test_an_example_prints_what_it_says(name: str, directory: Path) -> None:
    """The output stands in the docstring at its head."""
    for module in NEEDS[name]:
        pytest.importorskip(module)
    compare(name, run(name, directory))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, needs in NEEDS.items() if HERE in needs])
def test_an_example_with_a_picture_prints_what_it_says(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """It runs as ``__main__``, without the time that importing its packages again would take."""
    for module in NEEDS[name]:
        pytest.importorskip(module)
    path = str(EXAMPLES / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [path, *ARGUMENTS.get(name, [])])
    runpy.run_path(path, run_name="__main__")
    printed, complaints = capfd.readouterr()
    assert complaints == ""
    compare(name, printed)
    assert any(tmp_path.rglob("*.png"))


def compare(name: str, printed: str) -> None:
    """Compare what an example prints with what it promises."""
    lines = [line.rstrip() for line in printed.splitlines()]
    assert len(lines) > 1
    assert lines == promised(name)


@pytest.mark.slow
def test_scipy_claims_a_success_that_is_none(directory: Path) -> None:
    """What the example is about: both claim success, and the least value is 0."""
    rows = {
        line[:24].strip(): (line[24:56].strip(), line[56:].strip())
        for line in run("replace_scipy.py", directory).splitlines()
    }
    assert rows["cubes, success"] == ("True", "True")
    theirs, ours = (float(text) for text in rows["cubes, value"])
    assert theirs > 1e-3
    assert ours < 1e-12


def test_the_ported_plugin_is_beside_its_java() -> None:
    """Every line of Java has its line of Python, in this order."""
    text = (EXAMPLES / "imagej_plugin.py").read_text(encoding="utf-8")
    for java, python in (
        ("// double xc = params[0]", "xc, yc, r = params"),
        ("// minimizer.setRandomSeed(1);", "minimizer.random_seed = 1"),
        ("// minimizer.setMaxRestarts(3);", "minimizer.max_restarts = 3"),
        ("// double[] result = minimizer.getParams();", "result = minimizer.params"),
    ):
        assert 0 < text.index(java.removeprefix("//")) < text.index(python)


@pytest.mark.slow
def test_the_fitted_uncertainties_are_certified(directory: Path) -> None:
    lines = run("curve_fit.py", directory).splitlines()[1:3]
    for ours, nist in (line.split(" = ")[1].split("   NIST: ") for line in lines):
        assert ours == nist
