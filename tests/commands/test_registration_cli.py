"""The commands register and register-stack, with files of all kinds."""

import re

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("imageio")
pytest.importorskip("tifffile")
pytest.importorskip("nibabel")
pytest.importorskip("matplotlib")
import imageio.v3 as iio
import nibabel
import tifffile
from scenes import about_centre, scene, target_error, turned, windows

from minimizer.__main__ import main
from minimizer.common.errors import BadInput
from minimizer.registration import read_itk
from minimizer.registration.files import Picture, read_picture, read_stack, write_picture
from minimizer.registration.files.picture import factor

SHAPE = (72, 96)
TRUTH = about_centre(turned(12), (4.0, -7.0), SHAPE)


def to_8_bits(image):
    return np.rint(255 * np.clip(image, 0, 1)).astype(np.uint8)


@pytest.fixture(scope="module")
def images():
    return windows(TRUTH, SHAPE)


@pytest.fixture
def folder(images, tmp_path, monkeypatch):
    """Return a folder with fixed.png and moving.png, and be there."""
    monkeypatch.chdir(tmp_path)
    for name, image in zip(("fixed", "moving"), images, strict=True):
        iio.imwrite(f"{name}.png", to_8_bits(image))
    return tmp_path


def run(*arguments):
    return main(["register", *map(str, arguments), "--quiet"])


def number(text, name):
    """Return the number and the unit in the line of the report that begins with a name."""
    found = re.search(rf"^{name}\s+(\S+) (.*)$", text, re.MULTILINE)
    return float(found.group(1)), found.group(2)


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_everything_at_once(capsys):
    code = main(
        [
            "register",
            "fixed.png",
            "moving.png",
            "-o",
            "aligned.png",
            "--transform-file",
            "t.tfm",
            "--report",
            "r.png",
        ]
    )
    said = capsys.readouterr()
    assert code == 0
    assert number(said.out, "rotation")[0] == pytest.approx(12, abs=0.02)
    assert number(said.out, "shift_1") == (pytest.approx(-7, abs=0.05), "px")
    assert target_error(read_itk("t.tfm"), TRUTH, SHAPE) < 0.05
    aligned, fixed = iio.imread("aligned.png"), iio.imread("fixed.png")
    assert aligned.dtype == np.uint8
    inner = np.s_[24:-24, 24:-24]
    assert abs(aligned[inner].astype(float) - fixed[inner]).mean() < 4
    assert iio.imread("r.png").shape[0] > 500
    assert "level 0, 72 x 96" in said.err  # the bar


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_a_bar_for_each_level_without_tqdm(capsys, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "tqdm", None)
    assert main(["register", "fixed.png", "moving.png"]) == 0
    shown = capsys.readouterr().err
    assert "level 1, 36 x 48: " in shown
    assert "level 0, 72 x 96: " in shown


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_tiff_with_spacing_in_16_bits(images, capsys):
    for name, image in zip(("f.tif", "m.tif"), images, strict=True):
        values = np.rint(np.clip(image, 0, 1) * 60000).astype(np.uint16)
        tifffile.imwrite(
            name, values, imagej=True, resolution=(4, 4), metadata={"unit": "um", "axes": "YX"}
        )
    assert run("f.tif", "m.tif", "-o", "a.tif") == 0
    assert number(capsys.readouterr().out, "shift_0") == (pytest.approx(1, abs=0.02), "um")
    aligned = read_stack("a.tif")
    assert (aligned.values.dtype, aligned.unit) == (np.uint16, "um")
    assert aligned.spacing == {"Y": 0.25, "X": 0.25}


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_nan_is_masked_out_and_float_keeps_it(images):
    moving = images[1].astype(np.float32)
    moving[:20] = np.nan
    tifffile.imwrite("f.tif", images[0].astype(np.float32))
    tifffile.imwrite("m.tif", moving)
    assert run("f.tif", "m.tif", "-o", "a.tif", "--transform-file", "t.tfm") == 0
    assert target_error(read_itk("t.tfm"), TRUTH, SHAPE) < 0.1
    assert np.isnan(tifffile.imread("a.tif")).any()


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_colour_is_averaged_or_a_channel_taken_and_all_are_written(images, capsys):
    moving = to_8_bits(images[1])
    colour = np.stack([moving, moving, moving[::-1]], axis=-1)
    iio.imwrite("c.png", colour)
    assert run("fixed.png", "c.png", "--channel", "1", "-o", "a.png") == 0
    assert iio.imread("a.png").shape == (*SHAPE, 3)
    assert "in colour" not in capsys.readouterr().out
    iio.imwrite("d.png", np.stack([moving, moving, moving, 255 + 0 * moving], axis=-1))
    assert run("fixed.png", "d.png") == 0
    assert "in colour: the mean" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("start", ["12,4,-7", "t.tfm"])
def test_a_local_search_needs_its_start(start, capsys):
    assert run("fixed.png", "moving.png", "--transform-file", "t.tfm") == 0
    arguments = ("fixed.png", "moving.png", "--search", "local", f"--initial={start}")
    capsys.readouterr()
    assert run(*arguments) == 0
    assert number(capsys.readouterr().out, "rotation")[0] == pytest.approx(12, abs=0.02)


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_masks_and_a_given_spacing(capsys):
    mask = np.zeros(SHAPE, dtype=np.uint8)
    mask[8:-8, 8:-8] = 255
    iio.imwrite("mask.png", mask)
    options = (
        "--spacing",
        "0.5",
        "--unit",
        "mm",
        "--mask",
        "mask.png",
        "--moving-mask",
        "mask.png",
    )
    assert run("fixed.png", "moving.png", *options) == 0
    assert number(capsys.readouterr().out, "shift_0") == (pytest.approx(2, abs=0.05), "mm")


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("more", [("--report", "r.png"), ("--spacing", "0.5,0.5")])
def test_shrunk_images_give_the_transform_of_the_large_ones(more, capsys):
    shape = (150, 181)
    truth = about_centre(turned(5), (3.0, -8.0), shape)
    for name, image in zip(("f.png", "m.png"), windows(truth, shape), strict=True):
        iio.imwrite(name, to_8_bits(image))
    options = ("--shrink", "2", "--transform-file", "t.tfm", "-o", "a.png", *more)
    assert run("f.png", "m.png", *options) == 0
    scale = 0.5 if "--spacing" in more else 1.0
    found = read_itk("t.tfm")
    found[:2, 2] /= scale
    assert target_error(found, truth, shape) < 0.1
    assert iio.imread("a.png").shape == shape
    assert number(capsys.readouterr().out, "shift_1")[0] == pytest.approx(-8 * scale, abs=0.1)


def bent_brain(folder):
    """Write two volumes, one of them with its first axis backwards, and return their truth."""
    shape = (30, 34, 26)
    fixed, moving = windows(about_centre(np.eye(3), (2.0, -1.0, 1.5), shape), shape, 3, margin=0.5)
    one, two = np.diag([2.0, 2.0, 2.0, 1.0]), np.diag([-2.0, 2.0, 2.0, 1.0])
    one[:3, 3], two[:3, 3] = (-30, -34, -20), (28, -34, -20)
    nibabel.save(nibabel.Nifti1Image(fixed, one), folder / "f.nii.gz")
    nibabel.save(nibabel.Nifti1Image(moving[::-1], two), folder / "m.nii.gz")


@pytest.mark.slow
def test_nifti_and_its_transform_in_itk(folder, capsys):
    bent_brain(folder)
    options = ("--transform", "translation", "-o", "a.nii.gz", "--transform-file", "t.tfm")
    assert run("f.nii.gz", "m.nii.gz", *options) == 0
    assert number(capsys.readouterr().out, "shift_0") == (pytest.approx(4, abs=0.05), "mm")
    aligned, fixed = nibabel.load("a.nii.gz"), nibabel.load("f.nii.gz")
    np.testing.assert_allclose(aligned.affine, fixed.affine)
    sitk = pytest.importorskip("SimpleITK")
    images = [sitk.ReadImage(f"{name}.nii.gz", sitk.sitkFloat64) for name in "fm"]
    theirs = sitk.Resample(images[1], images[0], sitk.ReadTransform("t.tfm"), sitk.sitkLinear, -9.0)
    values = sitk.GetArrayFromImage(theirs).T
    both = (values > -9) & np.isfinite(aligned.get_fdata())
    assert both.mean() > 0.7
    assert np.corrcoef(values[both], aligned.get_fdata()[both])[0, 1] > 0.99
    for start in ("header", "t.tfm"):
        assert run("f.nii.gz", "m.nii.gz", *options[:2], "--initial", start) == 0
        assert number(capsys.readouterr().out, "shift_0")[0] == pytest.approx(4, abs=0.05)


def test_volumes_in_a_plane_format_are_refused(folder, capsys):
    bent_brain(folder)
    assert run("f.nii.gz", "m.nii.gz", "-o", "a.png", "--transform", "translation") == 2
    assert "write a .nii.gz file" in capsys.readouterr().err
    assert run("f.nii.gz", "fixed.png") == 2
    assert "fixed.png 2" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_noise_is_not_found(capsys):
    noise = np.random.default_rng(0).integers(0, 255, SHAPE).astype(np.uint8)
    iio.imwrite("noise.png", noise)
    assert run("fixed.png", "noise.png") == 1
    said = capsys.readouterr()
    assert "AMBIGUOUS" in said.out
    assert "ambiguous" in said.err


def make_bad_files(images):
    """Write files with something wrong."""
    iio.imwrite("constant.png", np.full((40, 50), 7, np.uint8))
    iio.imwrite("tiny.png", np.arange(30, dtype=np.uint8).reshape(5, 6))
    iio.imwrite("wrong_mask.png", np.ones((40, 50), np.uint8))
    open("empty.png", "w").close()
    for name in ("text.tif", "text.png", "text.nii"):
        with open(name, "w") as file:
            file.write("this is no image")
    one = to_8_bits(images[0])
    tifffile.imwrite("frames.tif", np.stack([one, one]), imagej=True, metadata={"axes": "TYX"})
    tifffile.imwrite("channels.tif", np.stack([one, one]), imagej=True, metadata={"axes": "CYX"})
    micro = {"imagej": True, "resolution": (4, 4)}
    tifffile.imwrite("um.tif", one, **micro, metadata={"unit": "um"})
    tifffile.imwrite("inch.tif", one, **micro, metadata={"unit": "inch"})
    np.save("complex.npy", np.zeros(3))


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("fixed.png missing.png", "no file missing.png"),
        ("fixed.png empty.png", "empty.png is empty"),
        ("fixed.png text.tif", "text.tif cannot be read"),
        ("fixed.png text.png", "text.png cannot be read"),
        ("fixed.png text.nii", "text.nii cannot be read"),
        ("fixed.png constant.png", "moving is constant"),
        ("fixed.png tiny.png", "too small|8 pixels"),
        ("fixed.png frames.tif", "register-stack"),
        ("fixed.png channels.tif", "--channel"),
        ("channels.tif moving.png --channel 5", "channels 0 to 1"),
        ("um.tif moving.png", "give --spacing"),
        ("um.tif inch.tif", "in one unit"),
        ("fixed.png moving.png --mask wrong_mask.png", "wrong_mask.png"),
        ("fixed.png moving.png --spacing 1,2,3", "--spacing has 3 numbers"),
        ("fixed.png moving.png --spacing 0", "must be positive"),
        ("fixed.png moving.png --moving-spacing 1", "needs --spacing"),
        ("fixed.png moving.png --shrink 0", "--shrink is 0"),
        ("fixed.png moving.png --initial nonsense", "neither a file nor numbers"),
        ("fixed.png moving.png --initial 1,2,3,4", "has 4 numbers"),
        ("fixed.png moving.png --initial header", "NIfTI"),
        ("fixed.png moving.png --initial text.tif", "0 transforms"),
        ("fixed.png moving.png --min-overlap 3", "min_overlap is 3"),
        ("fixed.png moving.png -o a.bmp", "suffix"),
        ("fixed.png moving.png -o nowhere/a.png", "no folder"),
        ("fixed.png moving.png --report nowhere/a.png", "no folder"),
        ("fixed.png moving.png --report a.xyz", "suffix"),
    ],
)
def test_bad_input_gives_advice_and_ends_with_2(arguments, said, images, capsys):
    make_bad_files(images)
    assert run(*arguments.split()) == 2
    error = capsys.readouterr().err
    assert re.search(said, error), error
    assert "Traceback" not in error


@pytest.mark.usefixtures("folder")
def test_huge_images_ask_for_shrinking(monkeypatch, capsys):
    monkeypatch.setattr("minimizer.commands.register_checks.MAX_PIXELS", 2000.0)
    assert run("fixed.png", "moving.png") == 2
    assert "give --shrink 2" in capsys.readouterr().err
    assert run("fixed.png", "moving.png", "--shrink", "2") == 0


@pytest.mark.parametrize("arguments", ["--spacing=a", "--metric=x", "--transform=bent"])
def test_wrong_options_are_told_by_the_parser(arguments):
    with pytest.raises(SystemExit) as stop:
        main(["register", "a.png", "b.png", arguments])
    assert stop.value.code == 2


@pytest.mark.parametrize("missing", ["tifffile", "nibabel", "scipy.ndimage"])
def test_without_a_package_the_extra_is_named(missing, monkeypatch, capsys):
    monkeypatch.setitem(__import__("sys").modules, missing, None)
    assert run("a.png", "b.png") == 2
    assert 'pip install "imagej-minimizer[cli]"' in capsys.readouterr().err


# ------------------------------------------------------------------------------------- stacks


@pytest.fixture
def series(tmp_path, monkeypatch):
    """Write a hyperstack TZCYX of one slice and two channels, and return its drift."""
    monkeypatch.chdir(tmp_path)
    large = scene((100, 110), 4)
    shifts = [(0, 0), (2, -3), (5, -4), (3, 1)]
    frames = np.stack([large[20 - r : 84 - r, 20 - c : 84 - c] for r, c in shifts])
    noise = np.random.default_rng(0).random(frames.shape)
    values = np.rint(60000 * np.stack([noise, frames], axis=1)).astype(np.uint16)
    metadata = {"axes": "TCYX", "unit": "um", "finterval": 2.5, "mode": "composite"}
    tifffile.imwrite("s.tif", values, imagej=True, resolution=(2, 2), metadata=metadata)
    return shifts


@pytest.mark.slow
@pytest.mark.parametrize("reference", ["previous", "first", "mean"])
def test_a_hyperstack_is_aligned_with_all_channels(series, reference, capsys):
    code = main(
        "register-stack s.tif --channel 1 --transform translation -o a.tif --drift d.csv "
        f"--report r.png --quiet --reference {reference}".split()
    )
    assert code == 0
    table = np.genfromtxt("d.csv", delimiter=",", skip_header=1)[:, 1:3]
    np.testing.assert_allclose(table, 0.5 * np.array(series), atol=0.05)
    assert "shift_0 [um]" in capsys.readouterr().out
    before, after = read_stack("s.tif"), read_stack("a.tif")
    assert (after.axes, after.values.shape) == ("TYXC", before.values.shape)
    assert (after.spacing, after.unit, after.extra) == (before.spacing, before.unit, before.extra)
    assert after.values.dtype == np.uint16
    inner = after.values[:, 10:-10, 10:-10, 1].astype(float)
    assert inner.std(axis=0).mean() < 600
    assert iio.imread("r.png").size


@pytest.mark.slow
@pytest.mark.usefixtures("series")
def test_stacks_of_colour_images_and_of_volumes(capsys):
    frames = tifffile.imread("s.tif")[:3, 1] // 256
    colour = np.stack([frames, frames // 2, frames], axis=-1).astype(np.uint8)
    tifffile.imwrite("rgb.tif", colour, imagej=True, photometric="rgb")
    options = ("--transform", "translation", "--quiet")
    assert main(["register-stack", "rgb.tif", "-o", "a.tif", *options]) == 0
    assert tifffile.imread("a.tif").shape == colour.shape
    large = scene((24, 50, 50), 2)
    series = np.stack([large[..., 4 + s : 40 + s] for s in (0, 2)], axis=-1)
    nibabel.save(nibabel.Nifti1Image(series, np.diag([1.5, 1, 1, 1])), "s.nii.gz")
    capsys.readouterr()
    assert main(["register-stack", "s.nii.gz", "-o", "a.nii.gz", *options]) == 0
    assert "shift_2 [mm]" in capsys.readouterr().out
    assert nibabel.load("a.nii.gz").shape == series.shape
    assert main(["register-stack", "s.nii.gz", "-o", "a.png", *options]) == 2


@pytest.mark.usefixtures("series")
def test_slices_stay_slices():
    values = tifffile.imread("s.tif")[:, 1]
    tifffile.imwrite("z.tif", values, imagej=True, metadata={"axes": "ZYX", "spacing": 3.0})
    assert (
        main(["register-stack", "z.tif", "--transform", "translation", "-o", "a.tif", "--quiet"])
        == 0
    )
    assert read_stack("a.tif").axes == "ZYX"


@pytest.mark.slow
@pytest.mark.usefixtures("series")
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ("s.tif", 2, "--channel"),
        ("s.tif --channel 4", 2, "channels 0 to 1"),
        ("s.tif --channel 0 --transform translation", 1, "ambiguous|Ambiguous"),
        ("s.tif --channel 1 --mask one.tif", 2, "--mask has shape"),
        ("one.tif", 2, "one frame"),
        ("blank.tif", 2, "frame 1 is constant"),
        ("s.tif --channel 1 --spacing 1,2,3", 2, "--spacing has 3"),
    ],
)
def test_stacks_that_are_refused(arguments, code, said, capsys):
    frames = tifffile.imread("s.tif")[:, 1]
    tifffile.imwrite("one.tif", frames[0, :30])
    frames[1] = 0
    tifffile.imwrite("blank.tif", frames, photometric="minisblack")
    assert main(["register-stack", *arguments.split(), "--quiet"]) == code
    assert re.search(said, capsys.readouterr().err)


# -------------------------------------------------------------------------------------- files


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
@pytest.mark.parametrize("axes", ["YX", "ZYX", "TYX", "TZYXC", "TYXC"])
def test_imagejs_tiff_comes_back(axes, dtype, tmp_path):
    lengths = {"T": 3, "Z": 4, "Y": 9, "X": 10, "C": 2}
    shape = [lengths[axis] for axis in axes]
    values = (np.random.default_rng(0).random(shape) * 250).astype(dtype)
    spacing = {axis: {"Z": 1.5, "Y": 0.5, "X": 0.25}[axis] for axis in axes if axis in "ZYX"}
    write_picture(tmp_path / "a.tif", Picture(values, axes, spacing, "µm", extra={"fps": 2.0}))
    back = read_picture(tmp_path / "a.tif")
    np.testing.assert_array_equal(back.values, values)
    assert (back.axes, back.spacing, back.unit) == (axes, spacing, "µm")
    assert back.extra["fps"] == 2.0


def test_units():
    assert factor("mm", "um") == 1000
    assert factor("inch", "inch") == 1
    assert factor("inch", "mm") is None


def test_png_does_not_hold_floats(tmp_path):
    with pytest.raises(ValueError, match="write a TIFF"):
        write_picture(tmp_path / "a.png", Picture(np.zeros((9, 9)), "YX"))


def test_spacing_of_ome_tiff(tmp_path):
    path = tmp_path / "volume.ome.tif"
    sizes = {"PhysicalSizeX": 0.25, "PhysicalSizeY": 0.5, "PhysicalSizeZ": 2.0}
    volume = np.arange(4 * 16 * 20, dtype=np.uint16).reshape(4, 16, 20)
    tifffile.imwrite(path, volume, metadata={"axes": "ZYX", "PhysicalSizeXUnit": "µm", **sizes})
    picture = read_picture(path)
    assert picture.spacing == {"X": 0.25, "Y": 0.5, "Z": 2.0}
    assert (picture.axes, picture.unit) == ("ZYX", "µm")
    np.testing.assert_array_equal(picture.values, volume)


@pytest.mark.usefixtures("folder")
def test_photographs_are_read_upright_and_written_as_jpeg(images):
    """A camera held upright writes its rows as they came, and in EXIF how to turn them."""
    pillow = pytest.importorskip("PIL.Image")
    turned = pillow.fromarray(np.rot90(to_8_bits(images[1])).copy())
    exif = turned.getexif()
    exif[0x0112] = 6  # Orientation: to be turned by 90 degrees clockwise
    turned.save("camera.jpg", exif=exif, quality=95)
    assert run("fixed.png", "camera.jpg", "-o", "a.jpg", "--transform-file", "t.tfm") == 0
    assert target_error(read_itk("t.tfm"), TRUTH, SHAPE) < 0.2
    assert iio.imread("a.jpg").shape == SHAPE
    with pytest.raises(BadInput, match="JPEG holds whole numbers of 8 bits"):
        write_picture("b.jpg", Picture(np.zeros((4, 4), np.uint16), "YX"))
