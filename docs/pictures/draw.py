"""Draw the pictures of the documentation, small: ``python docs/pictures/draw.py [NAME ...]``.

Without a name all are drawn; it needs ``pip install ".[demo,cli,plot,numba]" nilearn``. Some
examples draw their own picture; for the others a function of `drawings` draws what they compute.
The picture of the reliability of minimizers is drawn by ``python -m benchmarks``
(``docs/evidence.rst`` has the command) and made small by
``python docs/pictures/draw.py reliability=FILE.png``.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import drawings
from PIL import Image

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parents[1] / "examples"
WIDTH = 760  # pixels
MOST = 60_000  # bytes
OWN = (  # examples whose main takes the file to draw into
    "nan_edge",
    "registration_brain",
    "registration_own_metric",
    "registration_shifts",
    "registration_stack",
    "registration_two_modalities",
    "surface",
)


def by_example(name: str) -> Callable[[Path], None]:
    """Return a function that has an example draw its own picture."""

    def draw(path: Path) -> None:
        importlib.import_module(name).main(str(path))

    return draw


def pixelwise_fit(path: Path) -> None:
    """Draw the maps of the example, smaller than it does."""
    example = importlib.import_module("pixelwise_fit")
    maps = example.true_maps(256)
    result = example.fit(example.make_images(maps))
    status = result.status.reshape(maps.shape[:2])
    example.draw(maps, result.params.reshape(maps.shape), status, path)


def by_command(*command: str) -> Callable[[Path], None]:
    """Return a function that has a command draw into the file that is its last argument."""

    def draw(path: Path) -> None:
        words = [sys.executable, "-m", *command, str(path)]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd=HERE.parents[1])

    return draw


def elegant_registration(path: Path) -> None:
    """Draw all pictures of the example, and keep that of funnels and traps."""
    with tempfile.TemporaryDirectory() as folder:
        importlib.import_module("elegant_registration").main(folder)
        path.write_bytes((Path(folder) / "2_funnel_or_trap.png").read_bytes())


PICTURES: dict[str, Callable[[Path], None]] = {
    **{name: by_example(name) for name in OWN},
    "pixelwise_fit": pixelwise_fit,
    "demo": by_command("minimizer", "demo", "--output"),
    "spheres": by_command("minimizer", "demo", "--spheres", "--output"),
    "elegant_registration": elegant_registration,
    "rotations_worst": by_command(
        *("benchmarks.rotations", "far", "--kind", "noise 0.25", "--n", "12", "--picture")
    ),
    **{name: drawings.saved(draw) for name, draw in drawings.ALL.items()},
}


def made_small(path: Path, target: Path) -> None:
    """Write a picture with as many pixels and colours as its file may have bytes."""
    picture = Image.open(path).convert("RGB")
    for colours, width in itertools.product((128, 48, 24), (WIDTH, 680, 600, 520)):
        width = min(width, picture.width)
        size = (width, round(picture.height * width / picture.width))
        smaller = picture.resize(size, Image.Resampling.LANCZOS)
        few = smaller.quantize(colours, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        few.save(target, optimize=True)
        if target.stat().st_size <= MOST:
            return
    raise SystemExit(f"{target.name} has more than {MOST} bytes")


def main(*names: str) -> None:
    """Draw the pictures named, or all."""
    sys.path[:0] = [str(EXAMPLES), str(HERE.parents[1])]
    with tempfile.TemporaryDirectory() as directory:
        for name in names or PICTURES:
            name, _, given = name.partition("=")
            path = Path(directory) / f"{name}.png"
            if not given:
                with contextlib.redirect_stdout(io.StringIO()):
                    PICTURES[name](path)
            target = HERE / f"{name}.png"
            made_small(Path(given or path), target)
            print(f"{target.name:<34} {target.stat().st_size:>6} bytes")


if __name__ == "__main__":
    os.environ.setdefault("MPLBACKEND", "Agg")
    main(*sys.argv[1:])
