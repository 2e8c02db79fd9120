"""register-stack on images in files of their own: folders, patterns, several files, volumes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("imageio")
pytest.importorskip("tifffile")
pytest.importorskip("nibabel")
pytest.importorskip("matplotlib")
import imageio.v3 as imageio
import nibabel
import tifffile
from scenes import scene

from minimizer.__main__ import main
from minimizer.common.errors import BadInput
from minimizer.registration.files import Picture, write_picture
from minimizer.registration.files.series import find_files, read_series
from minimizer.registration.files.world import placed

SHIFTS = [(0, 0), (2, -3), (5, -4), (3, 1)]
NUMBERS = (1, 2, 9, 10)  # in this order, not 1, 10, 2, 9


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write slices/slice1.png, 2, 9 and 10, with other things beside, and return the folder."""
    monkeypatch.chdir(tmp_path)
    Path("slices").mkdir()
    large = np.rint(255 * scene((100, 110), 4)).astype(np.uint8)
    for number, (r, c) in zip(NUMBERS, SHIFTS, strict=True):
        frame = large[20 - r : 84 - r, 20 - c : 84 - c]
        imageio.imwrite(f"slices/slice{number}.png", frame)
    Path("slices/notes.txt").write_text("taken on Friday")
    Path("slices/.hidden.png").write_bytes(b"no image")
    Path("slices/more").mkdir()
    return tmp_path


def run(*arguments: str) -> int:
    return main(["register-stack", *arguments, "--quiet"])


@pytest.mark.usefixtures("folder")
def test_names_are_found_in_natural_order() -> None:
    expected = [Path(f"slices/slice{number}.png") for number in NUMBERS]
    for names in (["slices"], ["slices/*.png"], [str(path) for path in reversed(expected)]):
        assert find_files(names) == expected
    assert find_files(["slices/slice1*.png"]) == [expected[0], expected[3]]


def test_the_order_does_not_depend_on_the_file_system(tmp_path: Path) -> None:
    """Names that are equal by value and case, and a link to nothing."""
    names = ["IMG1.png", "img01.png", "img1.png", "img2.png"]
    for name in (names[2], names[0], names[3], names[1]):
        (tmp_path / name).touch()
    (tmp_path / "img3.png").symlink_to(tmp_path / "none.png")
    for given in (str(tmp_path), str(tmp_path / "*")):
        assert [path.name for path in find_files([given])] == names


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "names",
    [["slices"], ["slices/*.png"], [f"slices/slice{number}.png" for number in (10, 9, 2, 1)]],
    ids=["folder", "pattern", "files"],
)
def test_slices_in_files_are_a_stack(names: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--transform", "translation", "-o", "a.tif", "--drift", "d.csv")
    assert run(*names, *options) == 0
    table = np.genfromtxt("d.csv", delimiter=",", skip_header=1)[:, 1:3]
    np.testing.assert_allclose(table, SHIFTS, atol=0.1)
    assert "4 files, slices/slice1.png to slices/slice10.png" in capsys.readouterr().out
    aligned = tifffile.imread("a.tif")
    assert (aligned.shape, aligned.dtype) == ((4, 64, 64), np.uint8)


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("suffix", [".tif", ".nii.gz", ".mha", ".nrrd"])
def test_volumes_in_files_are_volumes_over_time(
    suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("SimpleITK" if suffix == ".mha" else "nrrd")
    large = np.rint(200 * scene((24, 50, 50), 2)).astype(np.uint8)
    for i, shift in enumerate((0, 2, 1)):
        values = large[..., 4 + shift : 40 + shift]
        if suffix == ".tif":
            picture = Picture(values, "ZYX", {"Z": 2.0, "Y": 1.0, "X": 0.5}, "µm")
        else:
            picture = placed(values, np.diag([-2.0, -1.0, 0.5, 1.0]), "mm", "XYZ")
        write_picture(f"v{9 + i}{suffix}", picture)
    options = ("--transform", "translation", "-o", f"a{suffix}", "--drift", "d.csv")
    assert run(f"v*{suffix}", *options) == 0
    unit = "um" if suffix == ".tif" else "mm"
    assert f"shift_2 [{unit}]" in capsys.readouterr().out.replace("µ", "u")
    table = np.genfromtxt("d.csv", delimiter=",", skip_header=1)[:, 3]
    np.testing.assert_allclose(table, [0, -1, -0.5], atol=0.02)
    (path,) = find_files([f"a{suffix}"])
    aligned = read_series([path], [])
    assert (aligned.axes, aligned.values.shape) == ("TZYX", (3, 24, 50, 36))


def test_files_that_are_no_stack_are_refused(folder: Path) -> None:
    first = folder / "slices/slice1.png"
    grey = imageio.imread(first)
    others: dict[str, Any] = {
        "size": (grey[:40], "has 40 x 64 pixels, and .*slice1.png 64 x 64"),
        "colour": (np.stack([grey] * 3, -1), "has the axes YXC with 3 channels, and"),
        "bits": (grey.astype(np.uint16), "holds uint16 numbers, and .* uint8"),
    }
    for name, (values, said) in others.items():
        path = folder / f"{name}.png"
        imageio.imwrite(path, values)
        with pytest.raises(BadInput, match=said):
            read_series([first, path], [])
    write_picture(folder / "a.tif", Picture(np.stack([grey] * 3), "TYX"))
    with pytest.raises(BadInput, match="has frames itself; give it alone"):
        read_series([folder / "a.tif", first], [])
    write_picture(folder / "b.tif", Picture(grey, "YX", {"Y": 1.0, "X": 1.0}, "µm"))
    with pytest.raises(BadInput, match=r"slice1.png has the spacing none , and .* \(1.0, 1.0\) µm"):
        read_series([folder / "b.tif", first], [])


def test_volumes_at_different_places_are_frames_with_a_note(tmp_path: Path) -> None:
    made: Any = nibabel
    for i in range(2):
        affine = np.diag([1.0, 1, 1, 1])
        affine[0, 3] = 5.0 * i
        made.save(made.Nifti1Image(np.zeros((4, 5, 6), np.int16), affine), tmp_path / f"{i}.nii")
    notes: list[str] = []
    read_series([tmp_path / "0.nii", tmp_path / "1.nii"], notes)
    assert "1.nii lies elsewhere than" in notes[0]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["none"], "there is no file, folder or pattern none"),
        (["none/*.png"], "no file matches the pattern none/*.png"),
        (["slices/*.txt"], "notes.txt cannot be read"),
        (["slices/more"], "the folder slices/more has no images"),
        (["slices", "slices/slice2.png"], "slices/slice2.png is named twice"),
        (["slices", "broken.png"], "broken.png"),
        (["slices/slice2.png"], "has one frame; give a stack, or several files"),
        (["v.nii"], "is one volume, whose slices have their places"),
        (["slices", "-o", "slices/slice9.png"], "is read, too"),
        (["slices", "-o", "a.png"], "a single 2-D image"),
    ],
)
def test_bad_input_ends_with_2(
    names: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("broken.png").write_bytes(Path("slices/slice1.png").read_bytes()[:200])
    made: Any = nibabel
    made.save(made.Nifti1Image(np.zeros((9, 9, 9), np.int16), np.eye(4)), "v.nii")
    assert run(*names) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
