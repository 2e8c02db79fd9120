"""What the README shows is what happens: its Python blocks print what stands below them."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from minimizer import Minimizer, Status

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"```python\n(?P<code>.*?)```\n\n```text\n(?P<output>.*?)```", re.DOTALL)
SHELL = re.compile(r"```sh\npython (-m [^\n]*)\n```\n\n```text\n(.*?)```", re.DOTALL)
INSTALL = 'python3 -m venv .venv && .venv/bin/pip install ".[{}]" && .venv/bin/python -m {}'
COMMANDS = (
    INSTALL.format("demo", "minimizer demo"),
    INSTALL.format("test", "pytest -n 2 --dist loadfile"),
)


@pytest.mark.slow
def test_every_python_block_prints_what_it_says() -> None:
    pytest.importorskip("scipy")  # for the registration
    text = README.read_text(encoding="utf-8")
    blocks = list(BLOCK.finditer(text))
    assert len(blocks) == text.count("```python") > 0
    names: dict[str, object] = {}
    for block in blocks:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(block["code"], names)
        assert printed.getvalue() == block["output"]


@pytest.mark.slow
def test_every_command_prints_what_it_says() -> None:
    """Those whose output is shown; they run from the project's directory."""
    pytest.importorskip("asteval")
    shown = SHELL.findall(README.read_text(encoding="utf-8"))
    assert shown
    for command, output in shown:
        done = subprocess.run(
            [sys.executable, *shlex.split(command)],
            capture_output=True,
            text=True,
            cwd=README.parent,
            timeout=120,
        )
        assert (done.returncode, done.stdout) == (0, output), done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_the_two_commands_stand_in_the_readme(command: str) -> None:
    assert command in README.read_text(encoding="utf-8").splitlines()


def test_pictures_and_linked_files_exist() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README.read_text(encoding="utf-8")):
        assert (README.parent / target).exists(), target


def test_every_example_is_in_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    names = [path.name for path in (README.parent / "examples").glob("*.py")]
    assert len(names) > 10
    assert [name for name in names if f"`{name}`" not in text] == []


def rows_after(heading: str) -> list[list[str]]:
    """Return the cells of the tables in a section."""
    section = README.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2]
    lines = section.partition("\n## ")[0].splitlines()
    return [line.strip("| ").split(" | ") for line in lines if line.startswith("|")]


def test_what_replaces_imagej_s_methods_exists() -> None:
    """Every ``m.name`` and ``Status.NAME`` beside a method of ImageJ's."""
    m = Minimizer(lambda x: x[0] ** 2)
    m.minimize([1.0])
    table = " ".join(row[-1] for row in rows_after("Coming from ImageJ"))
    names = re.findall(r"\bm\.(\w+)", table)
    assert len(names) > 15
    assert [name for name in names if not hasattr(m, name)] == []


def test_every_repair_is_told() -> None:
    text = README.read_text(encoding="utf-8")
    assert [i for i in range(1, 23) if not re.search(rf"\bR{i}[,) ]", text)] == []


def test_every_status_is_told_with_what_to_do() -> None:
    rows = [row for row in rows_after("Status codes") if row[0][0].isdigit()]
    assert [row[0] for row in rows] == [f"{int(s)} `{s.name}`" for s in Status]
    assert all(len(row) == 3 and all(row) for row in rows)


def test_every_extra_exists() -> None:
    setup = (README.parent / "setup.cfg").read_text(encoding="utf-8")
    for extra in re.findall(r"\.\[(\w+)\]", README.read_text(encoding="utf-8")):
        assert re.search(rf"^{extra} =\s*$", setup, re.MULTILINE), extra
