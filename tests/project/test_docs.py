"""The documentation has pages for all that is public, and links to nothing that is not there."""

from __future__ import annotations

import importlib
import pkgutil
import re
import subprocess
import sys
from fnmatch import fnmatch
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import minimizer
import minimizer.curvature
import minimizer.plot

DOCS = Path(__file__).parents[2] / "docs"
SOURCES = {".rst", ".py", ".png"}
WITHOUT_PICTURE = {"on_a_cluster", "resume"}  # their output says all


def test_only_sources_are_in_docs() -> None:
    files = [path for path in DOCS.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {path.suffix for path in files} <= SOURCES
    assert not (DOCS / "_build").exists()


def test_every_public_name_is_in_the_reference() -> None:
    page = (DOCS / "reference" / "minimizer.rst").read_text(encoding="utf-8")
    for name in minimizer.__all__:
        assert name.startswith("__") or f":: {name}\n" in page, name


@pytest.mark.parametrize("name", ["blocks", "curvature", "plot", "registration"])
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


def test_every_page_is_in_the_contents() -> None:
    index = (DOCS / "index.rst").read_text(encoding="utf-8")
    entries = re.findall(r"^   ([\w*/]+)$", index, re.MULTILINE)
    names = [path.stem for path in DOCS.glob("*.rst") if path.stem != "index"]
    assert len(names) > 5
    assert [n for n in names if not any(fnmatch(n, entry) for entry in entries)] == []


def test_every_example_is_in_the_gallery() -> None:
    """With its picture, unless it has nothing to look at."""
    page = (DOCS / "gallery.rst").read_text(encoding="utf-8")
    names = {path.stem for path in (DOCS.parent / "examples").glob("*.py")}
    assert len(names) > 10
    assert {name for name in names if f"``{name}.py``" not in page} == set()
    shown = set(re.findall(r"image:: pictures/(\w+)\.png", page))
    assert names - shown == WITHOUT_PICTURE


def test_pictures_are_small_and_all_used() -> None:
    pictures = {path.relative_to(DOCS).as_posix(): path for path in DOCS.rglob("*.png")}
    sizes = {name: path.stat().st_size for name, path in pictures.items()}
    assert {name: size for name, size in sizes.items() if size > 60_000} == {}
    assert sum(sizes.values()) < 1_000_000
    text = "".join(path.read_text(encoding="utf-8") for path in DOCS.rglob("*.rst"))
    assert set(re.findall(r"(?:image|figure):: (\S+\.png)", text)) == set(pictures)


@pytest.mark.slow
def test_every_picture_is_drawn_by_the_script(monkeypatch: pytest.MonkeyPatch) -> None:
    """But for that of the benchmark, which takes hours."""
    for needed in ("matplotlib", "PIL"):
        pytest.importorskip(needed)
    monkeypatch.syspath_prepend(str(DOCS / "pictures"))
    draw = importlib.import_module("draw")
    assert {path.stem for path in DOCS.rglob("*.png")} == {*draw.PICTURES, "reliability"}


class Page(HTMLParser):
    """The links and anchors of a built page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.anchors.add(value)
            elif name in {"href", "src"} and value and not urlsplit(value).scheme:
                self.links.append(value)


def broken_links(directory: Path) -> list[str]:
    """Return the links of built pages to pages, pictures or anchors that are not there."""
    pages = {path: Page(path) for path in directory.rglob("*.html")}
    assert len(pages) > 1
    broken = []
    for path, page in pages.items():
        if "_modules" in path.parts:  # Sphinx's own, with links back of its own making
            continue
        for link in page.links:
            parts = urlsplit(link)
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchors = pages[target].anchors if target in pages else set()
            if not target.exists() or (parts.fragment and unquote(parts.fragment) not in anchors):
                broken.append(f"{path.relative_to(directory)}: {link}")
    return broken


@pytest.mark.slow
def test_the_documentation_is_built_without_warnings_and_its_links_lead_somewhere(
    tmp_path: Path,
) -> None:
    pytest.importorskip("numpydoc")
    html = tmp_path / "html"
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html"]
    done = subprocess.run(
        [*command, "-d", str(tmp_path / "trees"), str(DOCS), str(html)],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=DOCS.parent,
    )
    assert (done.returncode, done.stderr) == (0, "")
    text = (html / "reference" / "minimizer.html").read_text(encoding="utf-8")
    assert "max_rel_error" in text
    assert broken_links(html) == []


def test_a_broken_link_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<a href="b.html#there">x</a><a href="b.html#gone">x</a>')
    (tmp_path / "b.html").write_text('<p id="there"><img src="c.png"><a href="https://x.y/">x</a>')
    assert sorted(broken_links(tmp_path)) == ["a.html: b.html#gone", "b.html: c.png"]
