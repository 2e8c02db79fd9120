"""The command ``register-stack``: align the frames of a stack in one file or several."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..common.errors import BadInput
from . import register_options as options
from .outputs import check_outputs, picture_file, save_picture

if TYPE_CHECKING:
    from ..common.arrays import Array
    from ..registration import StackResult
    from ..registration.files import Picture

EXAMPLE = "python -m minimizer register-stack series.tif -o aligned.tif --drift drift.csv"

DESCRIPTION = """\
Align the frames of a time series, or the slices of a volume: those in a TIFF file of ImageJ, or one
per file, given as a folder, a pattern or several names, and taken in natural order (2 before 10).
Print the drift with its units, and write the aligned stack with the same axes and spacing. Volumes
over time are registered as volumes. The exit code is 0 for success, 1 if a frame did not converge
or is ambiguous, 2 for bad input."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser(
        "register-stack",
        help="align the frames of a time series, or the slices of a volume",
        description=DESCRIPTION,
        epilog=f"example: {EXAMPLE}",
    )
    command.add_argument(
        "stack",
        metavar="STACK",
        nargs="+",
        help="a file with frames (TIFF, or NIfTI, MetaImage or NRRD with time), or a folder, a "
        "quoted pattern such as 'slices/*.png' or several files, with one image or volume per file",
    )
    options.add_common(command)
    command.add_argument(
        "--reference",
        choices=("previous", "first", "mean"),
        default="previous",
        help="image each frame is registered to: the previous frame, the first, or the mean of all "
        "previous frames after alignment (default: %(default)s)",
    )
    command.add_argument(
        "--mask",
        metavar="FILE",
        help="image of the size of a frame; 0 for pixels that are not compared",
    )
    command.add_argument(
        "--search",
        choices=("auto", "global", "local"),
        help="try all rotations and shifts (auto, the default), in volumes more finely (global), "
        "or search from no drift alone (local)",
    )
    command.add_argument("--jobs", metavar="N", type=int, help="workers (default: all processors)")
    command.add_argument("-o", "--output", metavar="ALIGNED", help="write the aligned stack")
    command.add_argument("--drift", metavar="DRIFT.csv", help="write the drift as a table")
    command.add_argument("--report", metavar="REPORT.png", help="draw a picture of the result")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    options.require_packages()
    report = picture_file(arguments.report, extra="cli") if arguments.report else None
    outputs = {"--output": arguments.output, "--drift": arguments.drift, "--report": report}
    from ..registration import register_stack
    from ..registration.files.by_suffix import check_can_write, check_format
    from ..registration.files.series import find_files
    from .register_inputs import read_mask

    files = find_files(arguments.stack)
    check_outputs((*map(str, files), arguments.mask), outputs)
    if arguments.output:
        check_can_write(arguments.output)
    picture, grey, axes = read(arguments, files)
    if len(files) > 1:
        print(f"stack          {len(files)} files, {files[0]} to {files[-1]}")
    if arguments.output:
        check_format(arguments.output, picture)
    one = grey.take("T", 0)
    settings: dict[str, Any] = {"search": arguments.search} if arguments.search else {}
    settings |= options.limits_of(arguments)
    with options.as_bad_input(f"stack is {name_of(files)}"):
        result = register_stack(
            grey.values,
            arguments.transform,
            arguments.metric,
            reference=arguments.reference,
            spacing=one.spacings(),
            mask=read_mask(arguments.mask, one, "--mask"),
            channel_axis=-1 if "C" in grey.axes else None,
            n_jobs=arguments.jobs,
            progress=options.progress_of(arguments),
            min_overlap=arguments.min_overlap,
            **settings,
        )
    unit = (grey.unit or None) if one.spacings() else "px"
    result = replace(result, transform=replace(result.transform, length_unit=unit))
    print(result.summary())
    write(arguments, replace(picture, axes=axes), result)
    if report:
        save_picture(result.plot(drawn(grey)), report)
        print(f"picture        {report}")
    return options.exit_code(result)


def name_of(files: list[Path]) -> str:
    """Return the stack's files, in words."""
    return str(files[0]) if len(files) == 1 else f"{files[0]} to {files[-1]}"


def read(arguments: argparse.Namespace, files: list[Path]) -> tuple[Picture, Picture, str]:
    """Return the stack with frames first, one channel of it, and its original axes."""
    from ..registration.files.series import read_series
    from .register_checks import chosen_channels

    path = name_of(files)
    notes: list[str] = []
    picture = read_series(files, notes)
    for note in notes:
        print(note)
    axes = picture.axes
    if "T" not in picture.axes and "Z" in picture.axes and picture.affine is None:
        picture = replace(picture, axes=picture.axes.replace("Z", "T"))  # slices
    if "T" not in picture.axes:
        what = (
            "is one volume, whose slices have their places"
            if picture.affine is not None
            else ("has one frame")
        )
        raise BadInput(
            f"{path} {what}; give a stack, or several files, or use the command register"
        )
    if arguments.spacing:
        space = picture.space
        steps = options.spacing_of(arguments.spacing, space, "--spacing")
        unit = arguments.unit or "spacing units"
        picture = replace(picture, spacing={**picture.spacing, **steps}, unit=unit)
    return picture, chosen_channels(picture, path, arguments.channel), axes


def drawn(picture: Picture) -> Array:
    """Return the mean of all channels, as the picture of the result has only one."""
    values = picture.values
    return values.mean(axis=-1, dtype=np.float64) if "C" in picture.axes else values


def write(arguments: argparse.Namespace, picture: Picture, result: StackResult) -> None:
    """Write the aligned stack and the table."""
    from ..registration.files import write_picture

    if arguments.output:
        channel_axis = -1 if "C" in picture.axes else None
        order = options.ORDERS[arguments.interpolation]
        values = result.warp(picture.values, order, channel_axis)
        write_picture(arguments.output, picture.like(values))
        print(f"aligned stack  {arguments.output}")
    if arguments.drift:
        result.write_csv(arguments.drift)
        print(f"drift          {arguments.drift}")
