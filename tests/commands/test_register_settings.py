"""What register is told besides the images: channels, known parameters, and where to start."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("imageio")
pytest.importorskip("tifffile")
pytest.importorskip("nibabel")
pytest.importorskip("matplotlib")
import imageio.v3 as imageio
import tifffile
from scenes import about_centre, target_error, turned, windows

from minimizer.__main__ import main
from minimizer.registration import read_itk

SHAPE = (72, 96)
TRUTH = about_centre(turned(12), (4.0, -7.0), SHAPE)


def to_8_bits(image: np.ndarray) -> np.ndarray:
    return np.rint(255 * np.clip(image, 0, 1)).astype(np.uint8)


@pytest.fixture(scope="module")
def images() -> tuple[np.ndarray, ...]:
    return windows(TRUTH, SHAPE)


@pytest.fixture
def folder(images: tuple[np.ndarray, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with f.png and m.png, and be there."""
    monkeypatch.chdir(tmp_path)
    for name, image in zip("fm", images, strict=True):
        imageio.imwrite(f"{name}.png", to_8_bits(image))
    return tmp_path


def run(*arguments: str) -> int:
    return main(["register", *arguments, "--quiet"])


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("shrink", [(), ("--shrink", "2")])
def test_all_channels_are_compared_where_their_mean_says_nothing(
    images: tuple[np.ndarray, ...], shrink: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Red and green are each other's opposites; their mean is grey all over, but for noise."""
    for name, image in zip("fm", images, strict=True):
        grey = to_8_bits(image)
        imageio.imwrite(f"{name}c.png", np.stack([grey, 255 - grey, 0 * grey + 99], axis=-1))
    options = ("--channel", "all", "--transform-file", "t.tfm", "-o", "a.png", *shrink)
    assert run("fc.png", "mc.png", *options) == 0
    assert target_error(read_itk("t.tfm"), TRUTH, SHAPE) < 0.2
    assert imageio.imread("a.png").shape == (*SHAPE, 3)
    assert "in colour" not in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_all_channels_of_a_stack_are_compared(images: tuple[np.ndarray, ...]) -> None:
    frames = [np.stack([to_8_bits(i), 255 - to_8_bits(i)]) for i in images]
    options = {"imagej": True, "metadata": {"axes": "TCYX"}}
    tifffile.imwrite("s.tif", np.stack(frames), **options)
    out = ("-o", "a.tif", "--drift", "d.csv", "--report", "r.png", "--quiet")
    assert main(["register-stack", "s.tif", "--channel", "all", *out]) == 0
    drift = np.genfromtxt("d.csv", delimiter=",", skip_header=1)[1, 1:4]
    np.testing.assert_allclose(drift, [12, 4, -7], atol=0.1)
    assert tifffile.imread("a.tif").shape == (2, 2, *SHAPE)


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_parameters_are_held_and_bounded(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("f.png", "m.png", "--held", "angle=12", "--bounds", "shift_0=0:9,shift_1=:0") == 0
    said = capsys.readouterr().out
    assert "rotation          12.0000 degrees" in said
    assert "at a bound" not in said
    run("f.png", "m.png", "--bounds", "angle=-5:5")
    said = capsys.readouterr().out
    assert "note: rotation at a bound; the best value may be beyond" in said
    assert "rotation          5.0000 degrees" in said


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_landmarks_are_a_start() -> None:
    """Two pairs of points, marked to the pixel."""
    fixed = np.array([[20, 30], [60, 80]])  # row, column
    moving = (TRUTH @ np.column_stack([fixed, np.ones(2)]).T)[:2].T.round()
    table = np.column_stack([fixed[:, ::-1], moving[:, ::-1]])
    head = "fixed_x,fixed_y,moving_x,moving_y"
    np.savetxt("l.csv", table, delimiter=",", header=head, comments="", fmt="%g")
    options = ("--initial", "l.csv", "--search", "local", "--transform-file", "t.tfm")
    assert run("f.png", "m.png", *options) == 0
    assert target_error(read_itk("t.tfm"), TRUTH, SHAPE) < 0.1


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_moments_are_a_start() -> None:
    y, x = np.indices(SHAPE)
    one = 200 * np.exp(-(((x - 30) / 12) ** 2) - ((y - 30) / 5) ** 2)
    one += 90 * np.exp(-(((x - 40) / 4) ** 2) - ((y - 28) / 4) ** 2)
    imageio.imwrite("o.png", one.astype(np.uint8))
    imageio.imwrite("p.png", np.roll(one, (12, 25), axis=(0, 1)).astype(np.uint8))
    options = ("--initial", "moments", "--search", "local", "--transform-file", "t.tfm")
    assert run("o.png", "p.png", *options) == 0
    np.testing.assert_allclose(read_itk("t.tfm")[:2, 2], [12, 25], atol=0.1)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("c.png m.png --channel all", "c.png has 3 channels to compare and m.png 1"),
        ("f.png m.png --held tilt=0", "tilt"),
        ("f.png m.png --held angle", "--held has 'angle'; write name=value, as in --held angle=0"),
        ("f.png m.png --held angle=x", "--held angle is 'x'; it must be a number"),
        ("f.png m.png --held angle=0 --bounds angle=-5:5", "limited twice"),
        ("f.png m.png --bounds angle=5", "write lower:upper, as in angle=-5:5"),
        ("f.png m.png --initial none.csv", "there is no file none.csv"),
        ("f.png m.png --initial one.csv", "one.csv: fixed_points has 1 points"),
        ("f.png m.png --initial xy.csv", "one for each of fixed_x, fixed_y, moving_x, moving_y"),
        ("f.png m.png --initial moments --transform rigid --mask c.png", "--mask"),
    ],
)
def test_bad_settings_end_with_2(
    arguments: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    imageio.imwrite(
        "c.png", np.zeros((20, 20, 3), np.uint8) + np.arange(20, dtype=np.uint8)[:, None]
    )
    Path("one.csv").write_text("1,2,3,4\n")
    Path("xy.csv").write_text("x,y\n1,2\n")
    assert run(*arguments.split()) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
