"""Where the tests of a client package run: its own virtual environment, and its source if need be.

What is installed is pinned in ``clients.ini``. This package is not installed there but copied, with
the plugin that counts, and put on the path.
"""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
EVERYWHERE = ("pytest", "pytest-timeout", "joblib>=1.4")
INSTALL_SECONDS = 1200


@dataclass(frozen=True)
class Client:
    """A section of ``clients.ini``.

    Attributes
    ----------
    name, requirement : str
    also : tuple of str
        What its tests need.
    from_source : bool
        Whether its tests are only in its source distribution.
    paths : tuple of str
        Of its tests: modules if they are installed, else files below the source.
    select : str
        For pytest's ``-k``.
    reasons : tuple of (str, str)
        Ends of names of tests, and why they may fail with this package.
    """

    name: str
    requirement: str
    also: tuple[str, ...]
    from_source: bool
    paths: tuple[str, ...]
    select: str
    reasons: tuple[tuple[str, str], ...]

    @property
    def version(self) -> str:
        """The version that is pinned."""
        return self.requirement.partition("==")[2]

    @property
    def tested(self) -> str:
        """What is tested, in a line."""
        return " ".join((self.requirement, *self.paths, self.select))


def read_clients(path: Path = HERE / "clients.ini") -> list[Client]:
    """Return all clients."""
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(path)
    return [client_of(parser[name]) for name in parser.sections()]


def client_of(section: configparser.SectionProxy) -> Client:
    """Return the client of a section."""
    reasons = [(k, v) for k, v in section.items() if k.startswith("reason ")]
    return Client(
        name=section.name,
        requirement=section["requirement"],
        also=tuple(section.get("also", "").split()),
        from_source=section["tests"] == "sdist",
        paths=tuple(section["paths"].split()),
        select=section.get("select", ""),
        reasons=tuple((key.removeprefix("reason ").strip(), why) for key, why in reasons),
    )


class Environment:
    """The virtual environment of a client, made below a directory and kept there."""

    def __init__(self, client: Client, directory: Path) -> None:
        self.client, self.folder = client, directory.resolve() / client.name
        self.python = self.folder / "bin" / "python"

    def make(self) -> None:
        """Install the client unless this version is there; a CalledProcessError says why not."""
        done = self.folder / "installed.txt"
        if not (done.exists() and done.read_text() == self.client.requirement):
            subprocess.run([sys.executable, "-m", "venv", self.folder], check=True)
            self._pip("install", self.client.requirement, *self.client.also, *EVERYWHERE)
            if self.client.from_source:
                self._unpack()
            # Where a client has no configuration of its own, pytest would take one from above.
            (self.folder / "pytest.ini").write_text("[pytest]\n")
            done.write_text(self.client.requirement)
        package = self.folder / "package"
        shutil.rmtree(package, ignore_errors=True)
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(HERE.parent / "minimizer", package / "minimizer", ignore=ignored)
        shutil.copy(HERE / "client_plugin" / "nelder_mead_plugin.py", package)

    def test(self, made_by: str, only: Path | None, out: Path, seconds: float) -> None:
        """Run the tests, or only some, with SciPy's Nelder-Mead or that of this package."""
        variables = {
            **os.environ,
            "PYTHONPATH": str(self.folder / "package"),
            "NM_WITH": made_by,
            "NM_OUT": str(out),
            **({} if only is None else {"NM_ONLY": str(only)}),
        }
        selected = ["-k", self.client.select] if self.client.select else []
        where = [*self.client.paths] if self.client.from_source else self._modules()
        options = f"-q --tb=line -p nelder_mead_plugin -p no:cacheprovider --timeout={seconds:g}"
        command = [str(self.python), "-m", "pytest", *options.split(), "-o", "addopts="]
        subprocess.run(
            [*command, *selected, *where],
            env=variables,
            cwd=self._source() if self.client.from_source else self.folder,
            stdout=out.with_suffix(".log").open("w"),
            stderr=subprocess.STDOUT,
            check=False,
        )

    @property
    def has_tested(self) -> bool:
        """Whether SciPy's half is there, which does not change with this package."""
        return self._tested.exists() and self._tested.read_text() == self.client.tested

    def note_tested(self) -> None:
        """Note that SciPy's half is there."""
        self._tested.write_text(self.client.tested)

    @property
    def _tested(self) -> Path:
        return self.folder / "tested.txt"

    def _modules(self) -> list[str]:
        return ["--pyargs", *self.client.paths]

    def _pip(self, *arguments: str) -> None:
        command = [str(self.python), "-m", "pip", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*command, *arguments], check=True, timeout=INSTALL_SECONDS)

    def _unpack(self) -> None:
        """Get the source distribution, without what it depends on."""
        source = self.folder / "source"
        name = self.client.requirement.partition("==")[0]
        where = ["--no-deps", "--no-binary", name, "--dest", str(source)]
        self._pip("download", *where, self.client.requirement)
        [archive] = source.glob("*.tar.gz")
        with tarfile.open(archive) as content:
            content.extractall(source, filter="data")
        archive.unlink()

    def _source(self) -> Path:
        [folder] = (self.folder / "source").iterdir()
        return folder
