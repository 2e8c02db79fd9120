"""A file is what both its name and its content say; volumes are never taken for colours."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import imageio.v3 as imageio
import numpy as np
import pytest
import SimpleITK
import tifffile

from minimizer.common.errors import BadInput
from minimizer.registration.files import Picture, read_picture, write_picture
from minimizer.registration.files.by_suffix import check_format

GREY = (np.random.default_rng(0).random((24, 32)) * 255).astype(np.uint8)
VOLUME: Any = np.stack([GREY] * 4)


@pytest.mark.parametrize("suffix", [".nrrd", ".mha", ".mhd"])
def test_a_volume_of_itk_is_no_picture_in_colours(suffix: str, tmp_path: Path) -> None:
    """It was read as one: its last axis averaged away, its spacing dropped."""
    path = tmp_path / f"a{suffix}"
    image = SimpleITK.GetImageFromArray(VOLUME)
    image.SetSpacing((1.0, 2.0, 3.0))
    SimpleITK.WriteImage(image, str(path))
    read = read_picture(path)
    assert (read.axes, read.is_rgb) == ("ZYX", False)
    assert sorted(read.spacing.values()) == [1.0, 2.0, 3.0]


CONTENTS = {
    ".czi": (b"ZISRAWFILE" + b"\0" * 100, "Bio-Formats"),
    ".h5": (b"\x89HDF\r\n\x1a\n" + b"0" * 100, "Bio-Formats"),
    ".jp2": (b"\0\0\0\x0cjP  \r\n\x87\n" + b"0" * 100, r"\.png or \.tif"),
    ".npy": (b"\x93NUMPY" + b"0" * 100, "tifffile.imwrite"),
    ".xyz": (b"neither this nor that", "unknown format; images are read from"),
    ".png": (b"neither this nor that", "not a PNG file, or damaged"),
}


@pytest.mark.parametrize("suffix", CONTENTS)
def test_what_is_not_read_is_refused_with_what_to_do(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    content, remedy = CONTENTS[suffix]
    path.write_bytes(content)
    with pytest.raises(BadInput, match=remedy):
        read_picture(path)


def test_dicom_is_known_under_any_name(tmp_path: Path) -> None:
    path = tmp_path / "IM0001.tif"
    path.write_bytes(b"\0" * 128 + b"DICM" + b"0" * 100)
    with pytest.raises(BadInput, match=r"it is a DICOM file; rename it to end in \.dcm"):
        read_picture(path)


def test_a_file_under_a_wrong_name_is_refused_with_the_right_one(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(imageio.imwrite("<bytes>", GREY, extension=".jpg"))
    with pytest.raises(BadInput, match=r"it is a JPEG file; rename it to end in \.jpg"):
        read_picture(path)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".webp", ".gif", ".pgm"])
def test_photographs_are_read(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(imageio.imwrite("<bytes>", GREY, extension=suffix))
    assert read_picture(path).axes[:2] == "YX"
    assert read_picture(path).shape == GREY.shape


def test_an_animation_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    imageio.imwrite(path, VOLUME * np.arange(1, 5, dtype=np.uint8)[:, None, None])
    with pytest.raises(BadInput, match="4 frames; save them as a TIFF stack"):
        read_picture(path)


@pytest.mark.parametrize("n", [3, 4])
def test_an_axis_of_three_or_four_is_colour_only_if_the_file_says_so(
    n: int, tmp_path: Path
) -> None:
    values = np.stack([GREY] * n, axis=-1)
    samples, colours = tmp_path / "samples.tif", tmp_path / "colours.tif"
    tifffile.imwrite(samples, values, photometric="minisblack", planarconfig="contig")
    tifffile.imwrite(colours, values, photometric="rgb")
    assert read_picture(colours).is_rgb
    read = read_picture(samples)
    assert not read.is_rgb
    assert (read.axes, read.length("C")) == ("YXC", n)


def test_a_stack_of_four_slices_stays_a_stack(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", VOLUME, photometric="minisblack")
    assert read_picture(tmp_path / "a.tif").axes == "TYX"


def test_cmyk_is_turned_into_red_green_and_blue(tmp_path: Path) -> None:
    """And not read without its black."""
    from PIL import Image

    colours = np.stack([GREY, 255 - GREY, GREY // 2], axis=-1)
    Image.fromarray(colours).convert("CMYK").save(tmp_path / "a.jpg", quality=100)
    read = read_picture(tmp_path / "a.jpg")
    assert read.is_rgb
    assert abs(read.values.astype(float) - colours).mean() < 25.0


@pytest.mark.parametrize("axes", ["YX", "ZYX", "TYX", "ZYXC", "TZYXC"])
@pytest.mark.parametrize("dtype", ["uint8", "int32", "float64"])
def test_ome_tiff_is_written_with_spacing_unit_and_channels(
    axes: str, dtype: str, tmp_path: Path
) -> None:
    lengths = {"T": 3, "Z": 4, "Y": 9, "X": 10, "C": 2}
    values = np.arange(np.prod([lengths[axis] for axis in axes]), dtype=dtype)
    values = values.reshape([lengths[axis] for axis in axes])
    spacing = {axis: {"Z": 1.5, "Y": 0.5, "X": 0.25}[axis] for axis in axes if axis in "ZYX"}
    names = ("DAPI", "<GFP> & µ") if "C" in axes else ()
    extra = {"finterval": 2.5} if "T" in axes else {}
    given = Picture(values, axes, spacing, "µm", channels=names, extra=extra)
    write_picture(tmp_path / "a.ome.tif", given)
    back = read_picture(tmp_path / "a.ome.tif")
    np.testing.assert_array_equal(back.values, values)
    assert (back.axes, back.spacing, back.unit) == (axes, spacing, "µm")
    assert (back.channels, back.extra, back.values.dtype) == (names, extra, values.dtype)
    with tifffile.TiffFile(tmp_path / "a.ome.tif") as file:
        assert file.is_ome
        pixels = ElementTree.fromstring(file.ome_metadata or "").find("{*}Image/{*}Pixels")
    assert pixels is not None
    assert (pixels.get("PhysicalSizeX"), pixels.get("PhysicalSizeXUnit")) == ("0.25", "µm")
    assert tuple(channel.get("Name") for channel in pixels.findall("{*}Channel"))[:2] == (
        names or (None,)
    )


def test_colours_come_back_from_ome_tiff(tmp_path: Path) -> None:
    colours = np.stack([GREY, 255 - GREY, GREY // 2], axis=-1)
    write_picture(tmp_path / "a.ome.tif", Picture(colours, "YXC", is_rgb=True))
    back = read_picture(tmp_path / "a.ome.tif")
    np.testing.assert_array_equal(back.values, colours)
    assert back.is_rgb


def test_a_unit_that_ome_does_not_have_is_refused(tmp_path: Path) -> None:
    picture = Picture(GREY, "YX", {"Y": 1.0, "X": 1.0}, "cubit")
    with pytest.raises(BadInput, match=r"OME has the units µm, nm, .*, and not 'cubit'"):
        check_format(tmp_path / "a.ome.tif", picture)
    check_format(tmp_path / "a.ome.tif", Picture(GREY, "YX", {"Y": 1.0, "X": 1.0}, "um"))


def test_a_unit_that_a_tiff_file_cannot_hold_is_refused_before_the_work(tmp_path: Path) -> None:
    picture = Picture(GREY, "YX", {"Y": 1.0, "X": 1.0}, "Å")
    with pytest.raises(BadInput, match="ASCII letters and µ"):
        check_format(tmp_path / "a.tif", picture)


def test_a_picture_that_a_format_cannot_hold_is_refused_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="PNG holds whole numbers of 8 or 16 bits"):
        check_format(tmp_path / "a.png", Picture(GREY.astype(np.float32), "YX"))


def test_a_file_that_cannot_be_finished_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.tif"
    write_picture(path, Picture(GREY, "YX"))
    before = path.read_bytes()

    def full(path: str, *args: Any, **options: Any) -> None:
        Path(path).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tifffile, "imwrite", full)
    with pytest.raises(OSError, match=r"No space left on device: .*a\.tif"):
        write_picture(path, Picture(GREY, "YX"))
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.tif"]
