"""Nothing is lost: what cannot be written is refused before the work, and written whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import imageio.v3 as imageio
import numpy as np
import pytest

from minimizer.__main__ import main
from minimizer.commands.outputs import check_outputs
from minimizer.common.errors import BadInput
from minimizer.common.whole_file import check_place, whole_file

TABLE = "x,y\n" + "".join(f"{i},{2 * i + 1}\n" for i in range(9))
LINE = ["a*x+b", "--start", "a=1,b=0"]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "data.csv"
    path.write_text(TABLE)
    return path


def test_an_output_that_is_an_input_is_refused(tmp_path: Path) -> None:
    read = tmp_path / "a.tif"
    read.write_bytes(b"image")
    link = tmp_path / "link.tif"
    link.symlink_to(read)
    for other in (read, link, tmp_path / "." / "a.tif"):
        with pytest.raises(BadInput, match=r"--output .*tif is read, too; choose another name"):
            check_outputs([str(read)], {"--output": str(other)})


def test_two_outputs_in_one_file_are_refused(tmp_path: Path) -> None:
    name = str(tmp_path / "a.png")
    with pytest.raises(BadInput, match=r"--report .* is also written by --output"):
        check_outputs([], {"--output": name, "--report": name})


@pytest.mark.parametrize("option", ["-o", "--transform-file", "--report"])
def test_register_refuses_to_overwrite_what_it_reads(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "fixed.png"
    imageio.imwrite(path, np.eye(32, dtype=np.uint8) * 255)
    before = path.read_bytes()
    assert main(["register", str(path), str(path), option, str(path)]) == 2
    assert "is read, too" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_a_place_that_cannot_be_written_is_known_before(tmp_path: Path) -> None:
    assert check_place(tmp_path / "new.png") is None
    assert check_place(tmp_path) == "it is a folder"
    assert check_place(tmp_path / "none" / "a.png") == f"there is no folder {tmp_path / 'none'}"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_write_protected_place_is_known_before(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch(mode=0o444)
    assert check_place(tmp_path / "a.png") == "it is write-protected"
    tmp_path.chmod(0o555)
    assert "nothing can be written" in str(check_place(tmp_path / "b.png"))
    tmp_path.chmod(0o755)


def test_whatever_happens_the_old_file_stays_or_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(0o640)
    with pytest.raises(FileExistsError), whole_file(path) as name:
        Path(name).touch(exist_ok=False)  # it is there already
    assert path.read_text() == "old"
    with whole_file(path) as name:
        Path(name).write_text("new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_followed_and_a_pipe_written_itself(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
    with whole_file(tmp_path / "link.txt") as name:
        Path(name).write_text("new")
    assert (tmp_path / "a.txt").read_text() == "new"
    assert (tmp_path / "link.txt").is_symlink()
    with whole_file("/dev/null") as name:
        assert name == "/dev/null"


def test_an_error_names_the_file(tmp_path: Path) -> None:
    with (
        pytest.raises(FileNotFoundError, match=r"none/a\.txt"),
        whole_file(tmp_path / "none/a.txt"),
    ):
        pass


def test_a_plot_over_the_data_is_refused(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    link = table.with_suffix(".png")
    link.symlink_to(table)
    assert main(["fit", str(table), *LINE, "--plot", str(link)]) == 2
    assert "is read, too" in capsys.readouterr().err
    assert table.read_text() == TABLE


@pytest.mark.parametrize("missing", ["no-such-file.csv", "/"])
def test_a_missing_file_is_bad_input(missing: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", missing, *LINE]) == 2
    assert capsys.readouterr().err.startswith("python -m minimizer fit: error: ")


@pytest.mark.slow
def test_a_closed_pipe_ends_quietly(table: Path) -> None:
    command = [sys.executable, "-m", "minimizer", "fit", str(table), *LINE]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 141
