"""The command ``demo``: register a photograph with a noisy, turned copy, or find spheres."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..common.arrays import Array
from ..common.extras import require
from ..plot import style
from .outputs import check_outputs, picture_file, save_picture
from .spheres_demo import spheres_demo

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..registration import RegistrationResult

EXAMPLE = "python -m minimizer demo --output minimizer-demo.png"

ANGLE = 60.0
NOISE_VARIANCE = 1e-3
ANGLE_TOLERANCE = 0.05
CENTRE_TOLERANCE = 0.5


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser(
        "demo",
        help="register a photograph with a noisy copy of it, or find spheres in a volume",
        description="Register scikit-image's astronaut with a noisy copy that is turned by 60 "
        "degrees, print the result beside the true values, and draw a picture. With --spheres, "
        "find 200 spheres in a volume from a guess with missing, merged and spurious ones. The "
        "exit code is 0 if the result is correct.",
        epilog=f"example: {EXAMPLE}",
    )
    command.add_argument(
        "--spheres",
        action="store_true",
        help="find spheres in a volume instead, which takes about a minute",
    )
    command.add_argument(
        "-o",
        "--output",
        metavar="PICTURE.png",
        default="minimizer-demo.png",
        help="file for the picture (default: %(default)s, here)",
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    output = picture_file(arguments.output, extra="demo")
    check_outputs((), {"--output": output})
    return spheres_demo(output) if arguments.spheres else demo(output)


def demo(output: str | Path = "minimizer-demo.png") -> int:
    """Register the astronaut with its turned copy, print the result and draw a picture.

    Parameters
    ----------
    output : str or Path
        File for the picture; the suffix selects the format.

    Returns
    -------
    int
        0 if the angle is correct to 0.05 degrees and the centre to 0.5 pixel, otherwise 1.

    Raises
    ------
    ImportError
        Without the packages of the extra ``demo``.
    """
    for module in ("scipy.ndimage", "skimage", "matplotlib"):
        require(module, extra="demo")
    from ..registration import register

    fixed, moving = make_images()
    print(
        f"Registering the astronaut, {fixed.shape[0]} x {fixed.shape[1]} pixels, with a copy "
        f"turned by {ANGLE:g} degrees,\nwith Gaussian noise of variance {NOISE_VARIANCE:g} ...\n"
    )
    start = time.perf_counter()
    result = register(fixed, moving, transform="rigid", metric="ssd")
    seconds = time.perf_counter() - start
    print(report(result, seconds))
    save_picture(draw(fixed, moving, result), str(output))
    print(f"\nPicture: {Path(output).resolve()}")
    return 0 if is_found(result) else 1


def make_images(seed: int = 0) -> tuple[Array, Array]:
    """Return the photograph in grey, 0 to 1, and the copy: turned about its centre, with noise."""
    data, color, transform = (
        require(f"skimage.{name}", extra="demo") for name in ("data", "color", "transform")
    )
    fixed: Array = color.rgb2gray(data.astronaut())
    turned = transform.rotate(fixed, ANGLE, order=3)  # corners without data are black
    noise = np.random.default_rng(seed).normal(0.0, np.sqrt(NOISE_VARIANCE), fixed.shape)
    return fixed, turned + noise


def is_found(result: RegistrationResult) -> bool:
    """Return whether the result is correct within the tolerances."""
    assert result.angle is not None
    return abs(result.angle - ANGLE) <= ANGLE_TOLERANCE and centre_error(result) <= CENTRE_TOLERANCE


def centre_error(result: RegistrationResult) -> float:
    """Return the distance in pixels by which the image centre is moved; the true value is 0."""
    return float(np.hypot(*result.shift))


def report(result: RegistrationResult, seconds: float) -> str:
    """Return the result beside the true values, and the effort per level."""
    assert result.angle is not None
    row, column = result.shift
    verdict = "found" if is_found(result) else "NOT FOUND"
    lines = [
        f"{'':<16}{'found':>10}{'true':>10}{'error':>10}",
        f"{'angle':<16}{result.angle:>10.4f}{ANGLE:>10.4f}{result.angle - ANGLE:>+10.4f}  degrees",
        f"{'shift, rows':<16}{row:>10.4f}{0:>10.4f}{row:>+10.4f}  pixels, of the centre",
        f"{'shift, columns':<16}{column:>10.4f}{0:>10.4f}{column:>+10.4f}  pixels, of the centre",
        "",
        f"{'level':>5}{'pixels':>12}{'cost':>14}{'evaluations':>14}{'seconds':>10}",
        *(
            f"{level.level:>5}{' x '.join(map(str, level.shape)):>12}{level.cost:>14.4e}"
            f"{level.evaluations:>14}{level.seconds:>10.2f}"
            for level in result.levels
        ),
        f"{'total':>5}{'':>26}{sum(level.evaluations for level in result.levels):>14}"
        f"{seconds:>10.2f}",
        "",
        "The images are smoothed slightly for the comparison. Without smoothing, at full "
        "resolution,",
        f"their mean squared difference is {result.cost:.4e}; with nothing moved it is "
        f"{result.cost_at_identity:.4e}.",
        f"Status {result.status.name}; {verdict}: tolerances {ANGLE_TOLERANCE} degrees and "
        f"{CENTRE_TOLERANCE} pixel.",
    ]
    return "\n".join(lines)


def draw(fixed: Array, moving: Array, result: RegistrationResult) -> Figure:
    """Return the picture: the images, their differences, and the cost at every level."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12.0, 8.2), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)  # needs no display
    figure.suptitle(
        f"Found {result.angle:.4f}° (true {ANGLE:g}°), centre to {centre_error(result):.4f} pixel",
        fontsize=15,
    )
    axes = figure.subplots(2, 3)
    registered = result.warp(moving)
    grey = {"vmin": 0.0, "vmax": 1.0, "cmap": "gray"}
    show(axes[0, 0], fixed, "fixed", **grey)
    show(axes[0, 1], moving, f"moving: turned by {ANGLE:g}°, with noise", **grey)
    show(axes[0, 2], registered, "registered: moving, moved back", **grey)
    draw_costs(axes[1, 0], result)
    signed = {"vmin": -0.5, "vmax": 0.5, "cmap": "RdBu_r"}
    before, after = moving - fixed, registered - fixed
    show(axes[1, 1], before, f"difference before, rms {rms(before):.3f}", **signed)
    drawn = show(axes[1, 2], after, f"difference after, rms {rms(after):.3f}", **signed)
    beside = axes[1, 2].inset_axes((1.04, 0.0, 0.05, 1.0))
    figure.colorbar(drawn, cax=beside, label="difference of intensity")
    return figure


def show(ax: Any, image: Array, title: str, **colours: Any) -> Any:
    """Draw one image; it is grey where there are no data."""
    ax.set_title(title, fontsize=11)
    ax.set_xlabel("column")
    ax.set_ylabel("row")
    ax.set_facecolor("0.85")
    return ax.imshow(image, interpolation="nearest", **colours)


def rms(difference: Array) -> float:
    """Return the root mean square over the pixels with data."""
    return float(np.sqrt(np.nanmean(difference**2)))


def draw_costs(ax: Any, result: RegistrationResult) -> None:
    """Draw the lowest cost so far against the evaluations, one line per level."""
    ax.axhline(result.cost_at_identity, color="0.4", ls="--", lw=1.2, label="nothing moved")
    for i, level in enumerate(result.levels):
        label = f"{' x '.join(map(str, level.shape))}, {level.seconds:.2f} s"
        evaluations = np.arange(1, len(level.trace) + 1)
        ax.loglog(evaluations, level.trace, lw=1.8, label=label, **style.line(i))
        ax.loglog(evaluations[-1], level.trace[-1], ms=5, **style.marker(i))
    ax.set_title("lowest cost so far, at each pyramid level", fontsize=11)
    ax.set_xlabel("evaluations at this level")
    ax.set_ylabel("mean squared difference")
    ax.set_box_aspect(1)
    ax.grid(alpha=0.3)
    ax.legend(fontsize=8.5)
