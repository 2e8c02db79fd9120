"""The command line, and the demo as a newcomer runs it."""

import re
import subprocess
import sys
import types

import numpy as np
import pytest

from minimizer.__main__ import main
from minimizer.commands import demo


def run(*arguments, **options):
    """Run ``python -m minimizer`` as a user does."""
    command = [sys.executable, "-m", "minimizer", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", timeout=120, **options
    )


@pytest.mark.slow
def test_the_demo_finds_the_turn_and_draws_it(tmp_path):
    pytest.importorskip("skimage")
    image = pytest.importorskip("matplotlib.image")
    done = run("demo", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    numbers = {
        name: [float(x) for x in re.findall(r"[-+]?\d+\.\d+", line)]
        for name in ("angle", "shift, rows", "shift, columns", "total")
        for line in done.stdout.splitlines()
        if line.startswith(name)
    }
    angle, true_angle, angle_error = numbers["angle"]
    assert true_angle == 60.0
    assert abs(angle - 60.0) <= 0.05
    assert angle_error == pytest.approx(angle - 60.0, abs=1e-4)
    assert np.hypot(numbers["shift, rows"][0], numbers["shift, columns"][0]) <= 0.5
    assert numbers["total"][-1] < 60
    for side in (32, 64, 128, 256, 512):
        assert f"{side} x {side}" in done.stdout
    picture = image.imread(tmp_path / "minimizer-demo.png")
    assert str(tmp_path / "minimizer-demo.png") in done.stdout
    assert min(picture.shape[:2]) > 500
    assert np.ptp(picture[..., :3]) == 1.0


@pytest.fixture
def small_images(monkeypatch):
    """Make the demo quick, and its result wrong: nothing is turned."""
    pytest.importorskip("skimage")
    pytest.importorskip("matplotlib")
    noisy = np.random.default_rng(0).normal(0, 0.01, (2, 48, 48))
    fixed, moving = demo.make_images()[0][136:184, 136:184] + noisy
    monkeypatch.setattr(demo, "make_images", lambda: (fixed, moving))


@pytest.mark.slow
@pytest.mark.usefixtures("small_images")
def test_the_demo_tells_a_wrong_result(tmp_path, capsys):
    assert main(["demo", "--output", str(tmp_path / "wrong.png")]) == 1
    assert "NOT FOUND" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("angle", "shift", "found"),
    [(60.05, (0.3, 0.4), True), (60.051, (0, 0), False), (60, (0.4, 0.4), False)],
)
def test_the_tolerances(angle, shift, found):
    assert demo.is_found(types.SimpleNamespace(angle=angle, shift=np.array(shift))) is found


def test_the_noise_is_seeded_and_has_its_variance():
    pytest.importorskip("skimage")
    np.random.seed(3)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    fixed, moving = demo.make_images()
    np.testing.assert_array_equal(moving, demo.make_images()[1])
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002
    assert fixed.min() >= 0
    assert fixed.max() <= 1
    corner = moving[:60, :60]  # black before the noise came
    assert corner.var() == pytest.approx(1e-3, rel=0.1)


@pytest.mark.slow
def test_the_commands_are_listed_with_an_example():
    done = run()
    assert done.returncode == 0
    assert "python -m minimizer demo" in done.stdout


def test_so_they_are_when_asked_for(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["-h"])
    assert stop.value.code == 0
    assert "python -m minimizer demo" in capsys.readouterr().out


def test_an_unknown_command_is_refused(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["dmo"])
    assert stop.value.code == 2
    assert "demo" in capsys.readouterr().err


@pytest.mark.usefixtures("small_images")
def test_a_picture_that_cannot_be_written_is_an_error_without_traceback(tmp_path, capsys):
    assert main(["demo", "--output", str(tmp_path / "nowhere" / "picture.png")]) == 2
    assert "nowhere" in capsys.readouterr().err


@pytest.mark.parametrize("missing", ["skimage", "matplotlib", "scipy.ndimage"])
def test_without_an_optional_package_the_extra_is_named(missing, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, missing, None)
    assert main(["demo"]) == 2
    assert 'pip install "imagej-minimizer[demo]"' in capsys.readouterr().err
