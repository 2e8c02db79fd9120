"""The command ``warp``: apply a transform from a file to an image, and to points."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

import numpy as np

from ..common.errors import BadInput
from . import register_options as options
from .outputs import check_outputs

if TYPE_CHECKING:
    from ..registration.affine_map import AffineMap
    from ..registration.files import Picture

EXAMPLE = "python -m minimizer warp moving.tif -t transform.tfm --like fixed.tif -o aligned.tif"

DESCRIPTION = """\
Apply a transform that was found before, by the command register, SimpleITK, ANTs or 3D Slicer, to
the image MOVING (or another one of the same scene, such as its labels) and write it on the grid of
the image FIXED; or to points in a table. The exit code is 0, or 2 for bad input, also if no part of
MOVING lies in FIXED."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser(
        "warp",
        help="apply a transform from a file to an image, to labels, and to points",
        description=DESCRIPTION,
        epilog=f"example: {EXAMPLE}",
    )
    command.add_argument("moving", metavar="MOVING", help="the image that is moved")
    command.add_argument(
        "-t",
        "--transform",
        metavar="T.tfm",
        required=True,
        help="transform file of ITK, from positions in FIXED to positions in MOVING, as the "
        "command register and ITK's own registrations write it",
    )
    command.add_argument(
        "--like", metavar="FIXED", required=True, help="the image on whose grid MOVING is written"
    )
    command.add_argument("-o", "--output", metavar="ALIGNED", help="write MOVING, moved")
    options.add_interpolation(command)
    command.add_argument(
        "--inverse",
        action="store_true",
        help="the transform is from positions in MOVING to positions in FIXED",
    )
    command.add_argument(
        "--points",
        metavar="P.csv",
        help="table of points in columns x, y (and z), which may be named; other columns stay",
    )
    command.add_argument("--points-output", metavar="Q.csv", help="write the table, moved")
    command.add_argument(
        "--points-in",
        choices=("moving", "fixed"),
        default="moving",
        help="the image that the points are in: those in MOVING become points of FIXED, as the "
        "image itself (default), those in FIXED become points of MOVING",
    )
    command.add_argument(
        "--points-unit",
        choices=("pixels", "physical"),
        default="pixels",
        help="pixels (default): x counts columns, y rows, z slices (or the axes of a volume in "
        "the order of its file), and the centre of the first pixel is 0; physical: positions as "
        "in ITK, with the unit, origin and directions of the files (NIfTI's x and y backwards)",
    )
    options.add_spacing(command)
    options.add_moving_spacing(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    options.require_packages()
    check_arguments(arguments)
    from ..registration.files import read_picture, write_picture
    from ..registration.files.by_suffix import check_format
    from .grids import grid_of
    from .register_checks import check_together
    from .register_initial import read_map
    from .register_inputs import add_spacings
    from .warping import warp_picture

    moving, fixed = read_picture(arguments.moving), read_picture(arguments.like)
    check_together([fixed, moving], (arguments.like, arguments.moving))
    arguments.fixed = arguments.like
    fixed, moving = add_spacings([fixed, moving], arguments)
    found = read_map(arguments.transform, grid_of(fixed), grid_of(moving), arguments.inverse)
    if arguments.output:
        check_format(arguments.output, moving.on_grid_of(fixed))
        check_overlap(arguments, found)
    if arguments.points:
        move_points(arguments, found, fixed, moving)
    if arguments.output:
        moved = warp_picture(moving, found, arguments.interpolation)
        write_picture(arguments.output, moved.on_grid_of(fixed))
        print(f"aligned image     {arguments.output} ({arguments.interpolation})")
    return 0


def check_arguments(arguments: argparse.Namespace) -> None:
    """Refuse files that could not be written, and a command that would write none."""
    from ..registration.files.by_suffix import check_can_write

    if not arguments.output and not arguments.points:
        raise BadInput("nothing to do; give -o ALIGNED, or --points and --points-output")
    if bool(arguments.points) != bool(arguments.points_output):
        raise BadInput("--points and --points-output are given together")
    outputs = {"--output": arguments.output, "--points-output": arguments.points_output}
    inputs = (arguments.moving, arguments.transform, arguments.like, arguments.points)
    check_outputs(inputs, outputs)
    if arguments.output:
        check_can_write(arguments.output)


def check_overlap(arguments: argparse.Namespace, found: AffineMap) -> None:
    """Refuse a transform that leaves nothing of MOVING in FIXED."""
    shape = found.fixed.shape
    most = [min(length, 65) for length in shape]  # points along each axis that are looked at
    lines = [np.linspace(0, n - 1, m) for n, m in zip(shape, most, strict=True)]
    points = np.stack(np.meshgrid(*lines, indexing="ij"), axis=-1).reshape(-1, len(shape))
    there = found.transform_points(points)
    inside = ((there >= -0.5) & (there <= np.array(found.moving.shape) - 0.5)).all(axis=1)
    if not inside.any():
        raise BadInput(
            f"by {arguments.transform} no part of {arguments.moving} lies in {arguments.like}; is "
            "it for these images, in their unit, and in this direction (else --inverse)?"
        )
    if inside.mean() < 0.1:
        part = f"{inside.mean():.1%}"
        print(f"note: {arguments.moving} fills {part} of {arguments.like}", file=sys.stderr)


def move_points(
    arguments: argparse.Namespace, found: AffineMap, fixed: Picture, moving: Picture
) -> None:
    """Move the points of a table; print from which image to which, and in which unit."""
    from .grids import knows_world
    from .points import PointTable, in_axes_of_file

    table = PointTable.read(arguments.points, "xyz"[: found.fixed.ndim])
    is_moving = arguments.points_in == "moving"
    here, there = (moving, fixed) if is_moving else (fixed, moving)
    through = found.inverse() if is_moving else found
    if arguments.points_unit == "pixels":
        before = in_axes_of_file(here, table.points, to_memory=True)
        after = in_axes_of_file(there, through.transform_points(before), to_memory=False)
        unit = "pixels, the centre of the first at 0"
    else:
        after = through.transform_points(table.points[:, ::-1], "physical")[:, ::-1]
        where = "as in ITK" if knows_world(fixed, moving) else "from the centre of the first pixel"
        unit = f"{fixed.unit or 'pixels'}, {where}"
    table.write(arguments.points_output, after)
    names = (arguments.moving, arguments.like)[:: 1 if is_moving else -1]
    print(
        f"points            {arguments.points_output}: {len(after)} points of {names[0]}, moved "
        f"to where they are in {names[1]} (x, y{', z' * (len(after.T) == 3)} in {unit})"
    )
