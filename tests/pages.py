"""The code on a page of the documentation, Markdown or reStructuredText, and how it is run.

A Python block prints what the text block after it shows; without one, what the comments behind its
calls of ``print`` say: ``print(2 + 2)  # 4``. Doctests (``>>>``) are run as such. A command whose
output is shown is run, too. What cannot be run says why in a comment before the block:
``.. not run: needs your own file``, or ``<!-- not run: … -->`` in Markdown.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DIRECTIVE = re.compile(r"^( *)\.\. code-block:: (\w+)\n(?: +:[^\n]*\n)*\n", re.MULTILINE)
LITERAL = re.compile(r"^( *)(?!\.\. )[^\n]*::\n\n", re.MULTILINE)
EXCUSE = re.compile(r"(?:<!--|\.\.) not run: (.+?)(?: -->)?\n\n?$")
PRINTED = re.compile(r"^ *print\(.*\)  # (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of a page: its language ("" if it names none), text, line, and why it is not run."""

    language: str
    text: str
    line: int
    start: int
    end: int
    excuse: str = ""


def blocks(page: Path) -> list[Block]:
    """Return the blocks of a page, in their order."""
    text = page.read_text(encoding="utf-8")
    found = list(fenced(text) if page.suffix == ".md" else indented(text))
    return sorted(found, key=lambda block: block.start)


def fenced(text: str) -> Iterator[Block]:
    """Yield the blocks of Markdown."""
    for match in FENCE.finditer(text):
        yield block_at(text, match[1], match[2], match.start(), match.end())


def indented(text: str) -> Iterator[Block]:
    """Yield the blocks of reStructuredText: with a language, or after a double colon."""
    for pattern in (DIRECTIVE, LITERAL):
        for match in pattern.finditer(text):
            margin = len(match[1]) + 1
            body = re.compile(rf"(?: {{{margin},}}[^\n]*\n|\n)*").match(text, match.end())
            assert body is not None
            lines = body[0].rstrip("\n").split("\n")
            depth = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
            code = "\n".join(line[depth:] for line in lines) + "\n"
            language = match[2] if pattern is DIRECTIVE else ""
            end = match.end() + len(body[0].rstrip("\n"))
            yield block_at(text, language, code, match.start(), end)


def block_at(text: str, language: str, code: str, start: int, end: int) -> Block:
    """Return a block with its line, and with its excuse if one stands before it."""
    excuse = EXCUSE.search(text[:start])
    line = text.count("\n", 0, start) + 1
    return Block(language, code, line, start, end, excuse[1] if excuse else "")


def output_after(page: Path, block: Block) -> str | None:
    """Return the text block that follows a block, with nothing in between but blank lines."""
    text = page.read_text(encoding="utf-8")
    for other in blocks(page):
        if other.language == "text" and other.start >= block.end:
            return None if text[block.end : other.start].strip() else other.text
    return None


def run_page(page: Path, names: dict[str, object] | None = None) -> int:
    """Run the Python of a page from the first block to the last; return how many pieces.

    Without `names`, each block is run on its own, as if pasted into a new interpreter.
    """
    text = page.read_text(encoding="utf-8")
    pieces: list[tuple[int, Block | doctest.Example]] = [
        (block.line, block) for block in blocks(page) if block.language == "python"
    ]
    if page.suffix == ".rst":
        pieces += [(e.lineno + 1, e) for e in doctest.DocTestParser().get_examples(text)]
    for _, piece in sorted(pieces, key=lambda each: each[0]):
        namespace: dict[str, object] = {"__name__": "page"} if names is None else names
        if isinstance(piece, doctest.Example):
            run_example(page, piece, namespace)
        elif not piece.excuse:
            run_block(page, piece, namespace)
    return len(pieces)


def run_example(page: Path, example: doctest.Example, names: dict[str, object]) -> None:
    """Run a line with a prompt, and compare what it prints."""
    test = doctest.DocTest([example], {}, page.name, str(page), 0, None)
    test.globs = names
    report = io.StringIO()
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    runner.run(test, out=report.write, clear_globs=False)
    assert not runner.failures, report.getvalue()


def run_block(page: Path, block: Block, names: dict[str, object]) -> None:
    """Run a Python block, and compare what it prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(block.text, f"{page.name}:{block.line}", "exec"), names)
    shown = output_after(page, block)
    if shown is None:
        shown = "".join(f"{line}\n" for line in PRINTED.findall(block.text))
    where = f"{page.name}, line {block.line}"
    assert printed.getvalue() == shown, f"{where} prints:\n{printed.getvalue()}not:\n{shown}"


def run_commands(page: Path, root: Path) -> int:
    """Run the commands whose output is shown, in the project's directory; return how many."""
    shown = [
        (block, output)
        for block in blocks(page)
        if block.language == "sh" and not block.excuse
        if (output := output_after(page, block)) is not None
    ]
    for block, output in shown:
        python, *arguments = shlex.split(block.text.replace("\\\n", " "))
        assert python == "python", f"{page.name}, line {block.line}"
        done = subprocess.run(
            [sys.executable, *arguments], capture_output=True, text=True, cwd=root, timeout=120
        )
        assert (done.returncode, done.stdout) == (0, output), done.stderr
    return len(shown)


def code_lines(page: Path) -> Iterator[tuple[int, str]]:
    """Yield number and text of every line that is shown as it is typed, doctests included."""
    for block in blocks(page):
        lines = block.text.splitlines()
        yield from ((block.line + i, line) for i, line in enumerate(lines))
    if page.suffix == ".rst":
        text = page.read_text(encoding="utf-8")
        for example in doctest.DocTestParser().get_examples(text):
            typed = [f">>> {line}" for line in example.source.splitlines()]
            yield from ((example.lineno + 1, line) for line in typed + example.want.splitlines())
