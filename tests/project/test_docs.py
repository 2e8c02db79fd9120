"""The documentation has no built output in it, and a page for every public module."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import minimizer
import minimizer.curvature
import minimizer.plot

DOCS = Path(__file__).parents[2] / "docs"
SOURCES = {".rst", ".py", ".png"}


def test_only_sources_are_in_docs() -> None:
    files = [path for path in DOCS.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {path.suffix for path in files} <= SOURCES
    assert not (DOCS / "_build").exists()


def test_every_public_name_is_in_the_reference() -> None:
    page = (DOCS / "reference" / "minimizer.rst").read_text(encoding="utf-8")
    for name in minimizer.__all__:
        assert name.startswith("__") or f":: {name}\n" in page, name


@pytest.mark.parametrize("name", ["curvature", "plot", "registration"])
def test_every_public_module_has_a_page(name: str) -> None:
    assert name in {module.name for module in pkgutil.iter_modules(minimizer.__path__)}
    page = (DOCS / "reference" / f"{name}.rst").read_text(encoding="utf-8")
    assert f"automodule:: minimizer.{name}\n" in page
    assert f"reference/{name}\n" in (DOCS / "index.rst").read_text(encoding="utf-8")


def test_every_command_is_described() -> None:
    from minimizer.commands import COMMANDS

    page = (DOCS / "command_line.rst").read_text(encoding="utf-8")
    for command in COMMANDS:
        name = command.__name__.rpartition(".")[2].replace("_", "-")
        assert f"\n{name}\n---" in page, name


@pytest.mark.slow
def test_the_documentation_is_built_without_warnings(tmp_path: Path) -> None:
    pytest.importorskip("numpydoc")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html"]
    done = subprocess.run(
        [*command, "-d", str(tmp_path / "trees"), str(DOCS), str(tmp_path / "html")],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=DOCS.parent,
    )
    assert (done.returncode, done.stderr) == (0, "")
    text = (tmp_path / "html" / "reference" / "minimizer.html").read_text(encoding="utf-8")
    assert "max_rel_error" in text
