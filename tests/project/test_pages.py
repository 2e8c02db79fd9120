"""The pages of the documentation do what they show, and show what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pages
import pytest
from test_readme import ALONE, COMMANDS

from minimizer import Minimizer, Status

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.glob("*.rst"), ROOT / "README.md"])
MAX_WIDTH = 88


def page(name: str) -> str:
    return (DOCS / f"{name}.rst").read_text(encoding="utf-8")


def rows_of(table: str) -> list[list[str]]:
    """Return the cells of the first list-table in a text, without its head."""
    body = table.partition(".. list-table::")[2]
    body = re.split(r"\n(?=\S)", body.partition("\n\n")[2])[0]
    rows = [re.split(r"\n     - ", row) for row in re.split(r"^   \* - ", body, flags=re.M)[1:]]
    return [[" ".join(cell.split()) for cell in row] for row in rows][1:]


@pytest.mark.slow
@pytest.mark.timeout(900)  # numba compiles the algorithm where its cache is empty
@pytest.mark.parametrize("path", sorted({*PAGES} - {*ALONE}), ids=lambda path: path.name)
def test_every_block_prints_what_it_says(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the first to the last, as the page says; those of the first pages are tested alone."""
    for needed in ("matplotlib", "numba", "scipy", "asteval"):
        pytest.importorskip(needed)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.chdir(tmp_path)
    pages.run_page(path, {"__name__": "page"})


@pytest.mark.slow
def test_every_command_prints_what_it_says() -> None:
    pytest.importorskip("asteval")
    assert sum(pages.run_commands(path, ROOT) for path in PAGES) > 0


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_line_of_code_is_cut_off(path: Path) -> None:
    lines = [line for line in pages.code_lines(path) if line[1] not in COMMANDS]
    assert [f"{path.name}:{n}: {line}" for n, line in lines if len(line) > MAX_WIDTH] == []


def test_what_is_not_run_says_why() -> None:
    excused = [block for path in PAGES for block in pages.blocks(path) if block.excuse]
    assert len(excused) < 5
    assert all(block.excuse.startswith("needs ") for block in excused)


def test_what_replaces_imagej_s_methods_exists() -> None:
    """Every ``m.name`` beside a method of ImageJ's."""
    m = Minimizer(lambda x: x[0] ** 2)
    m.minimize([1.0])
    rows = rows_of(page("coming_from_imagej"))
    names = [name for row in rows for name in re.findall(r"\bm\.(\w+)", row[-1])]
    assert len(names) > 15
    assert [name for name in names if not hasattr(m, name)] == []


def test_every_repair_is_explained() -> None:
    text = page("coming_from_imagej")
    assert [i for i in range(1, 23) if not re.search(rf"\bR{i}[,) ]", text)] == []


def test_every_status_is_explained_with_what_to_do() -> None:
    rows = rows_of(page("guide").partition("\nStatus codes\n")[2])
    assert [row[0] for row in rows] == [f"{int(s)} ``{s.name}``" for s in Status]
    assert all(len(row) == 3 and all(row) for row in rows)


def test_the_machinery_finds_blocks_and_their_output(tmp_path: Path) -> None:
    """Of both kinds of pages: what it overlooks would never be run."""
    markdown, rst = tmp_path / "a.md", tmp_path / "a.rst"
    markdown.write_text(
        "x\n\n```python\nprint(2)\n```\n\n```text\n2\n```\n\nx\n\n```text\n3\n```\n"
    )
    rst.write_text(
        ".. code-block:: python\n\n   if 1:\n\n       print(2)\n\n"
        ".. code-block:: text\n\n   2\n\nx\n\n.. code-block:: text\n\n   3\n"
    )
    for path in (markdown, rst):
        python, *others = pages.blocks(path)
        assert python.language == "python"
        assert pages.output_after(path, python) == "2\n"
        assert pages.output_after(path, others[0]) is None
        assert pages.run_page(path) == 1


@pytest.mark.parametrize(
    "text",
    [
        "```python\nprint(1)\n```\n\n```text\n2\n```\n",
        "```python\nprint(1)\n```\n",
        "```python\nprint(1)  # 2\n```\n",
        "```python\npass\n```\n\n```text\n2\n```\n",
    ],
)
def test_wrong_output_is_seen(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.md"
    path.write_text(text)
    with pytest.raises(AssertionError, match=r"a\.md, line 1 prints"):
        pages.run_page(path)


def test_a_wrong_doctest_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.rst"
    path.write_text("x\n\n>>> 1 + 1\n3\n")
    with pytest.raises(AssertionError, match="Expected"):
        pages.run_page(path)


def test_a_block_with_an_excuse_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "a.rst"
    path.write_text(".. not run: needs a file\n.. code-block:: python\n\n   1 / 0\n")
    assert pages.run_page(path) == 1
