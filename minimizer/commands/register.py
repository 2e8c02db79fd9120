"""The command ``register``: align two images in files."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..common.errors import BadInput
from . import register_options as options
from .for_itk import check_copies, note_for_itk, write_copies
from .outputs import check_outputs, picture_file, save_picture
from .warping import warp_picture

if TYPE_CHECKING:
    from ..registration import RegistrationResult
    from ..registration.files import Picture
    from .register_inputs import ImagePair

TEXT_SUFFIXES = (".tfm", ".txt")

EXAMPLE = "python -m minimizer register fixed.tif moving.tif -o aligned.tif --report report.png"

DESCRIPTION = """\
Find the rotation and shift (or another transform) that aligns the image MOVING with the image
FIXED, print it with its units, and write the moved image, the transform, and a picture of the
result. Reads PNG and other photographs, ImageJ's TIFF, OME-TIFF, NIfTI, MetaImage, NRRD, and
folders of DICOM slices, each with its spacing. The exit code is 0 for success, 1 if the search did
not converge or the result is ambiguous, 2 for bad input."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser(
        "register",
        help="align one image with another: 2-D or 3-D, one modality or two",
        description=DESCRIPTION,
        epilog=f"example: {EXAMPLE}",
    )
    command.add_argument("fixed", metavar="FIXED", help="the image that stays")
    command.add_argument("moving", metavar="MOVING", help="the image that is moved to match it")
    options.add_common(command)
    options.add_moving_spacing(command)
    command.add_argument(
        "--mask",
        metavar="FILE",
        help="image of the size of FIXED; 0 for pixels that are not compared",
    )
    command.add_argument("--moving-mask", metavar="FILE", help="the same for MOVING")
    command.add_argument(
        "--initial",
        metavar="START",
        help="start of the search: an ITK transform file; 'header' for the positions in volumes' "
        "headers; 'moments' for one object on a background; a table .csv of pairs of points in "
        "pixels, with the columns fixed_x, fixed_y, moving_x, moving_y (and z); or comma-separated "
        "numbers, for a rigid transform in 2-D the degrees first, then the shift along each axis "
        "(write --initial=-5,2,3 if the first is negative)",
    )
    command.add_argument(
        "--search",
        choices=("auto", "global", "local"),
        default="auto",
        help="try all rotations and shifts unless there is a start (auto, the default); try them "
        "in any case, in volumes more finely (global); or search from the start alone (local)",
    )
    command.add_argument(
        "--shrink",
        metavar="N",
        type=int,
        default=1,
        help="for huge images: compare the means of blocks of N pixels along each axis",
    )
    command.add_argument(
        "-o", "--output", metavar="ALIGNED", help="write MOVING, aligned with FIXED"
    )
    command.add_argument(
        "--transform-file",
        metavar="T.tfm",
        help="write the transform for ITK (SimpleITK, ANTs, elastix, 3D Slicer)",
    )
    command.add_argument(
        "--for-itk",
        metavar=("FIXED.mha", "MOVING.mha"),
        nargs=2,
        help="write copies of both images (MetaImage, NRRD or NIfTI) whose spacing ITK reads, so "
        "that the transform fits them; it reads TIFF and PNG with a spacing of 1",
    )
    command.add_argument("--report", metavar="REPORT.png", help="draw a picture of the result")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    options.require_packages()
    report = picture_file(arguments.report, extra="cli") if arguments.report else None
    check_files(arguments, report)
    from ..registration import register
    from ..registration.files.by_suffix import check_format
    from .register_inputs import read_pair

    pair = read_pair(arguments)
    if arguments.output:
        check_format(arguments.output, aligned_as(pair, pair.pictures[1]))
    if arguments.transform_file and pair.transform.ndim not in (2, 3):
        raise BadInput("--transform-file is for two and three dimensions")
    if arguments.for_itk:
        check_copies(arguments.for_itk, pair.pictures)
    for note in pair.notes:
        print(note)
    with options.as_bad_input(f"fixed is {arguments.fixed}, moving is {arguments.moving}"):
        found = register(
            pair.fixed,
            pair.moving,
            arguments.transform,
            arguments.metric,
            spacing=pair.spacing,
            moving_spacing=pair.moving_spacing,
            fixed_mask=pair.fixed_mask,
            moving_mask=pair.moving_mask,
            channel_axis=pair.channel_axis,
            **options.limits_of(arguments),
            initial=pair.initial,
            search=arguments.search,
            min_overlap=arguments.min_overlap,
            progress=options.progress_of(arguments),
        )
    found = replace(found, transform=replace(found.transform, length_unit=pair.unit))
    result = pair.enlarged(found)
    print(result.summary())
    if result.at_bounds:
        print(f"note: {', '.join(result.at_bounds)} at a bound; the best value may be beyond")
    write(arguments, pair, result)
    if report:
        save_picture(found.plot(), report)
        print(f"picture           {report}")
    return options.exit_code(result)


def check_files(arguments: argparse.Namespace, report: str | None) -> None:
    """Refuse files that could not be written, before the registration."""
    from ..registration.files.by_suffix import check_can_write

    initial = arguments.initial
    inputs = (arguments.fixed, arguments.moving, arguments.mask, arguments.moving_mask, initial)
    outputs = {
        "--output": arguments.output,
        "--transform-file": arguments.transform_file,
        "--report": report,
        "--for-itk": arguments.for_itk,
    }
    check_outputs(inputs, outputs)
    if arguments.output:
        check_can_write(arguments.output)
    if arguments.transform_file and Path(arguments.transform_file).suffix not in TEXT_SUFFIXES:
        raise BadInput(
            f"--transform-file {arguments.transform_file}: ITK reads such files by their suffix, "
            f"which must be {' or '.join(TEXT_SUFFIXES)}"
        )


def aligned_as(pair: ImagePair, moving: Picture) -> Picture:
    """Return a picture that is aligned with the fixed one, and thus has its spacing."""
    return moving.on_grid_of(pair.pictures[0])


def write(arguments: argparse.Namespace, pair: ImagePair, result: RegistrationResult) -> None:
    """Write the moved image, the transform, and copies for ITK."""
    from ..registration.files import write_picture

    if arguments.output:
        moved = warp_picture(pair.pictures[1], result.affine_map(), arguments.interpolation)
        write_picture(arguments.output, aligned_as(pair, moved))
        print(f"aligned image     {arguments.output}")
    if arguments.transform_file:
        result.write_itk(arguments.transform_file, *pair.grids)
        print(f"transform         {arguments.transform_file}")
    if arguments.for_itk:
        write_copies(arguments.for_itk, pair.pictures)
        print(f"images for ITK    {' and '.join(arguments.for_itk)}")
    if arguments.transform_file and not arguments.for_itk:
        paths = arguments.fixed, arguments.moving
        if note := note_for_itk(arguments.transform_file, paths, pair.pictures, pair.unit):
            print(note)
