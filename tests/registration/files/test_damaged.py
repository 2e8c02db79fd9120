"""Damaged and lying files are refused in one line; `benchmarks.damaged` tries thousands."""

from __future__ import annotations

import signal
import struct
from pathlib import Path

import numpy as np
import pytest
import tifffile
from nibabel import Nifti1Image  # type: ignore[attr-defined]

from benchmarks.damaged import KINDS, fault_of, too_late
from minimizer.common.errors import BadInput
from minimizer.registration.files import read_picture

SEED = 20_000  # printed by pytest with a failing case


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_damage_ends_in_one_line(kind: str, tmp_path: Path) -> None:
    signal.signal(signal.SIGALRM, too_late)
    original = KINDS[kind][1]()
    faults = {
        seed: fault
        for seed in range(SEED, SEED + 40)
        if (fault := fault_of(kind, seed, tmp_path, original))
    }
    assert not faults


def test_a_header_that_claims_more_than_the_file_has_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, np.zeros((16, 16), np.uint8), compression="zlib")
    data = bytearray(path.read_bytes())
    with tifffile.TiffFile(path) as file:
        for name in ("ImageWidth", "ImageLength"):
            tag = file.pages[0].tags[name]  # type: ignore[union-attr]
            data[tag.valueoffset : tag.valueoffset + 4] = struct.pack("<I", 60_000)
            data[tag.offset + 2 : tag.offset + 4] = struct.pack("<H", 4)
    path.write_bytes(bytes(data))
    with pytest.raises(BadInput, match=r"a\.tif is damaged: its header claims 3,600,000,000 bytes"):
        read_picture(path)


def test_a_nifti_header_that_claims_more_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "a.nii"
    Nifti1Image(np.zeros((9, 9, 9), np.float32), np.eye(4)).to_filename(path)  # type: ignore[no-untyped-call]
    data = bytearray(path.read_bytes())
    data[42:48] = struct.pack("<3h", 30_000, 30_000, 30_000)
    path.write_bytes(bytes(data))
    with pytest.raises(BadInput, match="is damaged: its header claims"):
        read_picture(path)


def test_directories_that_lead_back_are_not_followed_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, np.zeros((16, 16), np.uint8))
    data = bytearray(path.read_bytes())
    (first,) = struct.unpack("<I", data[4:8])
    (entries,) = struct.unpack("<H", data[first : first + 2])
    end = first + 2 + 12 * entries
    data[end : end + 4] = struct.pack("<I", first)
    path.write_bytes(bytes(data))
    with pytest.raises(BadInput, match="directories lie over each other"):
        read_picture(path)
