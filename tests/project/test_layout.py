"""The rooms of the package, who may import whom, and what each may be called.

A rule is a function of a package that returns what breaks it, one line each. Each is also tried
on a made-up package that breaks it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from source_tree import Module, Package

ROOT = Path(__file__).parents[2] / "minimizer"
MINIMIZER = Package(ROOT)

# A room imports from those before it; those in one line are on one floor, and strangers.
FLOORS = (
    ("common",),
    ("simplex", "levenberg_marquardt"),
    ("execution",),
    ("settings",),
    ("minimizer",),
    ("residuals",),
    ("many", "scipy_interface", "fitting", "blocks", "registration", "plot"),
    ("curvature", "derivatives"),  # old or short import paths, one line each
    ("commands",),
    ("__main__",),
)
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
NEIGHBOURS = {  # on one floor, but not strangers
    ("fitting", "plot"),  # draws in its style
    ("plot", "scipy_interface"),  # draws an OptimizeResult, too
}

NUMBA = (
    "simplex.compiled",
    "many.compiled_chunks",
    "many.compiled_residuals",
    "execution.compiled_driver",
    "registration.metrics.numba_kernels",
    "registration.metrics.backend",  # asks whether it is there
)
MATPLOTLIB = (
    "commands.demo",  # its picture is its own
    "commands.outputs",  # asks for the formats it can write
)
MAX_LINES = 300
LONG = ("minimizer",)  # the public class, whose docstrings are its manual
ON_TOP = {"__init__.py", "__main__.py", "minimizer.py", "settings.py", "py.typed"}
ROOMS = {room for room in FLOOR if room not in {"settings", "minimizer", "__main__"}}


def inside(package: Package, module: Module | str) -> str:
    """Return a module's name without that of the package: "" for the package itself."""
    name = module if isinstance(module, str) else module.name
    return name.removeprefix(package.root.name).removeprefix(".")


def room_of(package: Package, module: Module | str) -> str:
    return inside(package, module).partition(".")[0]


def is_of(name: str, rooms: tuple[str, ...]) -> bool:
    """Return whether a module is one of these, or in one of them."""
    return any(f"{name}.".startswith(f"{room}.") for room in rooms)


def wrong_directions(package: Package, room: str) -> list[str]:
    """Return a room's imports from a higher floor, or from strangers on its own; types count."""
    wrong = []
    for module, target, line in package.inner_imports(for_types=True):
        here, there = room_of(package, module), room_of(package, target)
        if here != room or there in {here, ""}:
            continue
        if there not in FLOOR:
            wrong.append(f"{package.where(module, line)}: {there} is on no floor")
        elif FLOOR[there] >= FLOOR[here] and (here, there) not in NEIGHBOURS:
            wrong.append(f"{package.where(module, line)}: {here} may not import {target}")
    return wrong


def of_one_method(package: Package) -> list[str]:
    """Return imports of an algorithm by the room that evaluates for all; types count, too."""
    return [
        f"{package.where(module, line)}: {inside(package, module)} imports {target}"
        for module, target, line in package.inner_imports(for_types=True)
        if room_of(package, module) == "execution"
        and room_of(package, target) in FLOORS[1]
        and inside(package, module) != "execution.compiled_driver"
    ]


def out_of_place(package: Package, library: str, allowed: Callable[[str], bool]) -> list[str]:
    """Return imports of a library by modules that may not."""
    return [
        f"{package.where(module, line)}: {inside(package, module)} imports {library}"
        for module, _, line in package.outer_imports(library)
        if not allowed(inside(package, module))
    ]


def outside_of_plots(package: Package) -> list[str]:
    """Return imports of matplotlib but in rooms and modules called plot."""
    return out_of_place(
        package, "matplotlib", lambda name: "plot" in name.split(".") or is_of(name, MATPLOTLIB)
    )


def circles(package: Package) -> list[str]:
    """Return groups of modules that import each other, types aside."""
    return [" <-> ".join(group) for group in package.circles()]


def ambiguous_names(package: Package) -> list[str]:
    """Return modules named as something in their package: what is imported last would win."""
    wrong = []
    for name, module in package.modules.items():
        parent, _, own = name.rpartition(".")
        if parent and own in package.modules[parent].exports | package.modules[parent].defined:
            wrong.append(f"{package.where(module, 1)}: {parent} has something else named {own}")
    return wrong


def too_long(package: Package) -> list[str]:
    """Return modules of more lines than one idea needs."""
    lines = {module: len(module.text.splitlines()) for module in package.modules.values()}
    return [
        f"{package.where(module, count)}: has {count} lines, may have {MAX_LINES}"
        for module, count in lines.items()
        if count > MAX_LINES and inside(package, module) not in LONG
    ]


def unexpected_on_top(package: Package) -> list[str]:
    """Return what lies in the package's folder, but public modules, rooms and old paths."""
    wrong = []
    for path in sorted(package.root.iterdir()):
        if path.name in ON_TOP | {"__pycache__"} or (path.is_dir() and path.name in ROOMS):
            continue
        module = package.modules.get(f"{package.root.name}.{path.stem}")
        if path.is_dir() or module is None or not module.is_alias:
            wrong.append(f"{path.relative_to(package.root.parent)}: has no place here")
    return wrong


def needed_by_import(package: Package) -> list[str]:
    """Return what the package's ``__init__`` imports besides the standard library."""
    top = package.modules[package.root.name]
    return [
        f"{package.where(top, each.line)}: imports {each.target}"
        for each in top.imports
        if not each.for_types and each.target.partition(".")[0] not in sys.stdlib_module_names
    ]


@pytest.mark.parametrize("room", FLOOR)
def test_imports_go_one_way(room: str) -> None:
    assert wrong_directions(MINIMIZER, room) == []


def test_every_module_is_on_a_floor() -> None:
    assert {room_of(MINIMIZER, name) for name in MINIMIZER.modules} <= {*FLOOR, ""}


def test_who_evaluates_knows_no_algorithm() -> None:
    assert of_one_method(MINIMIZER) == []


@pytest.mark.parametrize("library", ["threading", "joblib"])
def test_an_algorithm_knows_no_workers(library: str) -> None:
    wrong = out_of_place(MINIMIZER, library, lambda name: not is_of(name, FLOORS[1]))
    assert wrong == []


def test_numba_is_imported_by_what_is_compiled_only() -> None:
    assert out_of_place(MINIMIZER, "numba", lambda name: is_of(name, NUMBA)) == []


def test_matplotlib_is_imported_by_plots_only() -> None:
    assert outside_of_plots(MINIMIZER) == []


@pytest.mark.parametrize("name", [*NUMBA, *MATPLOTLIB, *LONG])
def test_no_exception_is_for_what_does_not_exist(name: str) -> None:
    assert f"minimizer.{name}" in MINIMIZER.modules


def test_no_modules_import_each_other() -> None:
    assert circles(MINIMIZER) == []


def test_no_module_is_named_as_something_beside_it() -> None:
    assert ambiguous_names(MINIMIZER) == []


def test_no_module_is_long() -> None:
    assert too_long(MINIMIZER) == []


def test_on_top_are_only_the_public_modules_and_the_rooms() -> None:
    assert unexpected_on_top(MINIMIZER) == []


def test_importing_the_package_imports_nothing_else() -> None:
    assert needed_by_import(MINIMIZER) == []
    code = (
        "import sys; before = set(sys.modules); import minimizer\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(new - sys.stdlib_module_names - {'minimizer'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "[]\n"


# Every rule can be broken.

Made = Callable[[dict[str, str]], Package]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Make a package from the texts of its modules, with an ``__init__`` in each folder."""

    def make(texts: dict[str, str]) -> Package:
        root = tmp_path / "minimizer"
        for name, text in texts.items():
            path = root / f"{name}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for folder in [root, *(path for path in root.rglob("*") if path.is_dir())]:
            (folder / "__init__.py").touch()
        return Package(root)

    return make


@pytest.mark.parametrize(
    "text",
    [
        "from ..execution import driver",
        "from ..execution.driver import Driver",
        "import minimizer.execution.driver",
        "def late():\n    from ..execution import driver",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ..execution import driver",
        "import importlib\nimportlib.import_module('..execution.driver', __package__)",
    ],
)
def test_an_import_upwards_is_seen(made: Made, text: str) -> None:
    package = made({"simplex/run": text, "execution/driver": ""})
    (wrong,) = wrong_directions(package, "simplex")
    assert "minimizer/simplex/run.py:" in wrong
    assert "simplex may not import minimizer.execution" in wrong
    assert wrong_directions(package, "execution") == []


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("common", "simplex"),
        ("simplex", "levenberg_marquardt"),
        ("execution", "settings"),
        ("settings", "minimizer"),
        ("minimizer", "many"),
        ("many", "fitting"),
        ("scipy_interface", "plot"),
        ("registration", "commands"),
        ("fitting", "attic"),
    ],
)
def test_an_import_of_a_stranger_is_seen(made: Made, here: str, there: str) -> None:
    package = made({here: f"from . import {there}", there: ""})
    assert len(wrong_directions(package, here)) == 1
    assert wrong_directions(package, there) == []


def test_an_import_downwards_is_right(made: Made) -> None:
    text = "from ..common import checks\nfrom ..common.checks import finite\nimport numpy\n"
    package = made({"simplex/run": text, "common/checks": ""})
    assert wrong_directions(package, "simplex") == []
    assert [target for _, target, _ in package.inner_imports()] == ["minimizer.common.checks"] * 2


def test_an_algorithm_in_the_execution_is_seen(made: Made) -> None:
    text = "from ..simplex import rules"
    package = made(
        {"execution/driver": text, "execution/compiled_driver": text, "simplex/rules": ""}
    )
    (wrong,) = of_one_method(package)
    assert wrong.startswith("minimizer/execution/driver.py:1: ")


@pytest.mark.parametrize(
    "text",
    [
        "import numba",
        "from numba.core import types",
        "def f():\n    import numba.types",
        "from ..common.extras import require\nrequire('numba', 'numba')",
        "import importlib\nimportlib.import_module('numba')",
        "try:\n    import numba\nexcept ImportError:\n    pass",
    ],
)
def test_a_library_out_of_place_is_seen(made: Made, text: str) -> None:
    package = made({"simplex/run": text, "simplex/compiled/jit": text})
    wrong = out_of_place(package, "numba", lambda name: is_of(name, NUMBA))
    assert ["simplex.run imports numba" in line for line in wrong] == [True]
    assert out_of_place(package, "joblib", lambda name: False) == []


def test_matplotlib_for_types_is_no_import(made: Made) -> None:
    text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import matplotlib\n{}"
    package = made(
        {
            "many/results": text.format(""),
            "many/chunks": text.format("else:\n    import matplotlib"),
            "registration/plot/stack": "import matplotlib",
        }
    )
    (wrong,) = outside_of_plots(package)
    assert wrong.startswith("minimizer/many/chunks.py:5: ")


def test_a_circle_is_seen(made: Made) -> None:
    types = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .a import A"
    package = made(
        {"a": "from .b import B", "b": "def f():\n    from . import c", "c": "from .a import A"}
    )
    assert circles(package) == ["minimizer.a <-> minimizer.b <-> minimizer.c"]
    assert circles(made({"c": types})) == []


@pytest.mark.parametrize(
    "text",
    [
        "__all__ = ['fit']",
        "def fit(): pass",
        "class fit: pass",
        "fit = 3",
        "from .curve import fit",
        "from .curve import f as fit",
    ],
)
def test_a_module_named_as_a_public_function_is_seen(made: Made, text: str) -> None:
    package = made({"fitting/__init__": text, "fitting/fit": "", "fitting/curve": ""})
    (wrong,) = ambiguous_names(package)
    assert wrong == "minimizer/fitting/fit.py:1: minimizer.fitting has something else named fit"


def test_a_module_that_its_package_imports_is_not_ambiguous(made: Made) -> None:
    assert (
        ambiguous_names(made({"commands/__init__": "from . import fit", "commands/fit": ""})) == []
    )


def test_a_long_module_is_seen(made: Made) -> None:
    package = made(
        {"settings": "pass\n" * 301, "minimizer": "pass\n" * 301, "many": "pass\n" * 300}
    )
    assert too_long(package) == ["minimizer/settings.py:301: has 301 lines, may have 300"]


def test_what_has_no_place_on_top_is_seen(made: Made) -> None:
    package = made(
        {
            "curvature": '"""Old path."""\nfrom .fitting.uncertainty import f\n\n__all__ = ["f"]\n',
            "settings": "x = 1",
            "core": "x = 1",
            "attic/old": "",
            "many/core": "",
        }
    )
    (package.root / "notes.txt").touch()
    assert [line.partition(":")[0] for line in unexpected_on_top(package)] == [
        "minimizer/attic",
        "minimizer/core.py",
        "minimizer/notes.txt",
    ]


def test_what_is_imported_with_the_package_is_seen(made: Made) -> None:
    assert needed_by_import(made({"__init__": "import sys\nimport numpy"})) == [
        "minimizer/__init__.py:2: imports numpy"
    ]
    assert len(needed_by_import(made({"__init__": "from .minimizer import Minimizer"}))) == 1
