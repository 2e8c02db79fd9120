"""The README is short, its blocks can be pasted alone, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pages
import pytest

README = Path(__file__).parents[2] / "README.md"
INSTALL = 'python3 -m venv .venv && .venv/bin/pip install ".[{}]" && .venv/bin/python -m {}'
COMMANDS = (
    INSTALL.format("demo", "minimizer demo"),
    INSTALL.format("test", "pytest -n 2 --dist loadfile"),
)
MAX_LINES = 150
ALONE = [README, README.parent / "docs" / "index.rst"]  # pages whose blocks need no others


@pytest.fixture(scope="module")
def text() -> str:
    return README.read_text(encoding="utf-8")


def test_it_is_short(text: str) -> None:
    assert len(text.splitlines()) <= MAX_LINES


@pytest.mark.slow
@pytest.mark.parametrize("path", ALONE)
def test_every_block_can_be_pasted_alone(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each runs in a new namespace, and prints what it says; so it is on the landing page."""
    pytest.importorskip("scipy")  # for the registration
    monkeypatch.chdir(tmp_path)
    assert pages.run_page(path) > 4


@pytest.mark.parametrize("command", COMMANDS)
def test_the_two_commands_are_in_the_readme(command: str, text: str) -> None:
    assert command in text.splitlines()


def test_pictures_and_linked_files_exist(text: str) -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", text)
    assert len(targets) > 5
    assert [target for target in targets if not (README.parent / target).exists()] == []


def test_every_extra_exists(text: str) -> None:
    setup = (README.parent / "setup.cfg").read_text(encoding="utf-8")
    for extra in re.findall(r"\.\[(\w+)\]", text):
        assert re.search(rf"^{extra} =\s*$", setup, re.MULTILINE), extra
