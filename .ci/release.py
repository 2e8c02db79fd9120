"""Check a release: build it, look at what is in it, install it where nothing else is, use it.

Usage: python .ci/release.py [DIRECTORY for the sdist and the wheel]; needs the extra ``release``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INFO = {"METADATA", "RECORD", "WHEEL", "top_level.txt"}
IN_SDIST = (
    "CHANGELOG.md",
    "CITATION.cff",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "benchmarks/data/nist.json",
    "docs/index.rst",
    "examples/curve_fit.py",
    "pyproject.toml",
    "setup.cfg",
    "tests/test_minimizer.py",
)
SMOKE = """
import math, sys
from minimizer import Minimizer, __version__, fmin, minimize
loaded = {name.partition(".")[0] for name in sys.modules}
other = {"scipy", "matplotlib", "skimage", "tqdm", "asteval", "numba"} & loaded
assert not other, f"importing minimizer imports {other}"
m = Minimizer(lambda x: math.nan if x[0] < 2 else x[0] ** 2)
assert m.minimize([3.0]) == 0 and abs(m.params[0] - 2) < 1e-6
assert minimize(lambda x: (x[0] - 1) ** 2, 3.0).success
assert abs(fmin(lambda x: (x[0] - 1) ** 2, 3.0, disp=False)[0] - 1) < 1e-4
import minimizer
assert "site-packages" in minimizer.__file__, minimizer.__file__
print("minimizer", __version__, "works")
"""


def main(directory: Path) -> None:
    """Build, look, install and use both kinds."""
    run(sys.executable, "-m", "build", "--outdir", str(directory), str(ROOT))
    (sdist,), (wheel,) = directory.glob("*.tar.gz"), directory.glob("*.whl")
    check_wheel(wheel)
    check_sdist(sdist)
    for archive in (wheel, sdist):
        try_out(archive, directory / f"venv-{archive.suffix[1:]}")


def check_wheel(wheel: Path) -> None:
    """Check that a wheel has every module of the package and nothing else, and what it needs."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        info = {name for name in names if ".dist-info/" in name}
        (metadata,) = (name for name in info if name.endswith("/METADATA"))
        text = archive.read(metadata).decode()
    package = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "minimizer").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    same(names - info, package, "the wheel's modules")
    same({Path(name).name for name in info}, INFO | {"LICENSE"}, "the wheel's notes")
    needs = re.findall(r"^Requires-Dist: ([\w-]+)[^;\n]*$", text, re.MULTILINE)
    same(set(needs), {"numpy", "joblib"}, "what the wheel needs")


def check_sdist(sdist: Path) -> None:
    """Check that an sdist has what is needed to build and test."""
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    lacking = set(IN_SDIST) - names
    wrong = re.compile(r"\.venv|\.pyc|^build/|^docs/_build|\.git/")
    strange = {name for name in names if wrong.search(name)}
    if lacking or strange:
        raise SystemExit(f"{sdist.name}: lacking {sorted(lacking)}, strange {sorted(strange)}")


def try_out(archive: Path, place: Path) -> None:
    """Install into a new virtual environment, and use it from there."""
    venv.create(place, with_pip=False)  # this one's pip will do, and saves the time
    python = str(place / "bin" / "python")
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", str(archive))
    print(run(python, "-W", "error", "-c", SMOKE, cwd=place).strip())
    run(python, "-m", "minimizer", cwd=place)


def same(found: set[str], expected: set[str], what: str) -> None:
    """Stop if two sets of names differ."""
    if found != expected:
        raise SystemExit(
            f"{what}: lacking {sorted(expected - found)}, too many {sorted(found - expected)}"
        )


def run(*command: str, cwd: Path | None = None) -> str:
    """Run a command without this directory on its path; return what it prints."""
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]).resolve())
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary))
    print("The release is as it should be.")
