"""Damaged files: ``python -m benchmarks.damaged [--files N] [--seed S]``.

Files of every kind that is read are cut, and bytes of them changed, inserted and removed; then they
are read. Each must be read, or be refused in one line that names the file. What else comes out is
printed, with the exception and the seed that makes the file again; the exit code is 1.
"""

from __future__ import annotations

import argparse
import io
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imageio.v3 as imageio
import nibabel
import nrrd
import numpy as np
import SimpleITK
import tifffile
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from minimizer.common.errors import BadInput
from minimizer.fitting.table import read
from minimizer.registration.files import read_picture
from minimizer.registration.files.itk import read_itk

SECONDS = 10  # for a file: more is a fault, too
PIXELS = (np.random.default_rng(0).random((48, 64)) * 255).astype(np.uint8)
VOLUME = np.stack([PIXELS[:16, :20], PIXELS[16:32, :20], PIXELS[32:, :20]]).astype(np.int16)
NUMBERS = "t,y\n" + "".join(f'{i},"{1000 + i:,}",2024-01-{1 + i % 28:02}\n' for i in range(40))
ITK = (
    "#Insight Transform File V1.0\n#Transform 0\nTransform: AffineTransform_double_2_2\n"
    "Parameters: 1 0 0 1 3 -5\nFixedParameters: 0 0\n"
)


def tiff(**options: Any) -> bytes:
    """Return a TIFF file."""
    file = io.BytesIO()
    tifffile.imwrite(file, PIXELS, **options)
    return file.getvalue()


def hyperstack() -> bytes:
    """Return a TIFF file of ImageJ."""
    file = io.BytesIO()
    notes = {"axes": "ZYX", "spacing": 2.0, "unit": "um"}
    tifffile.imwrite(file, VOLUME.astype(np.uint16), imagej=True, metadata=notes, resolution=(2, 2))
    return file.getvalue()


def photo(suffix: str) -> bytes:
    """Return a file that Pillow writes."""
    return bytes(imageio.imwrite("<bytes>", PIXELS, extension=suffix))


def nifti(suffix: str) -> bytes:
    """Return a NIfTI file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        image: Any = nibabel
        image.save(image.Nifti1Image(VOLUME, np.eye(4)), path)
        return path.read_bytes()


def metaimage(packed: bool) -> bytes:
    """Return a MetaImage file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.mha"
        SimpleITK.WriteImage(SimpleITK.GetImageFromArray(VOLUME), str(path), packed)
        return path.read_bytes()


def nrrd_file(encoding: str) -> bytes:
    """Return an NRRD file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.nrrd"
        header = {"encoding": encoding, "space": "LPS", "space directions": np.eye(3)}
        nrrd.write(str(path), VOLUME, header)
        return path.read_bytes()


def dicom() -> bytes:
    """Return a DICOM file with one slice."""
    file = io.BytesIO()
    data: Any = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID = CTImageStorage
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID = "1.2.3"
    data.Rows, data.Columns = PIXELS.shape
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 8, 8, 7, 0
    data.PixelSpacing, data.RescaleSlope, data.RescaleIntercept = [0.5, 0.5], 1, -1024
    data.PixelData = PIXELS.tobytes()
    data.save_as(file, enforce_file_format=True)
    return file.getvalue()


Read = Callable[[str], Any]
KINDS: dict[str, tuple[str, Callable[[], bytes], Read]] = {
    "TIFF": (".tif", tiff, read_picture),
    "TIFF, zlib": (".tif", lambda: tiff(compression="zlib"), read_picture),
    "TIFF, tiles": (".tif", lambda: tiff(tile=(16, 16)), read_picture),
    "TIFF, OME": (".ome.tif", lambda: tiff(ome=True, metadata={"axes": "YX"}), read_picture),
    "TIFF, ImageJ": (".tif", hyperstack, read_picture),
    "PNG": (".png", lambda: photo(".png"), read_picture),
    "JPEG": (".jpg", lambda: photo(".jpg"), read_picture),
    "BMP": (".bmp", lambda: photo(".bmp"), read_picture),
    "GIF": (".gif", lambda: photo(".gif"), read_picture),
    "WebP": (".webp", lambda: photo(".webp"), read_picture),
    "NIfTI": (".nii", lambda: nifti(".nii"), read_picture),
    "NIfTI, gzip": (".nii.gz", lambda: nifti(".nii.gz"), read_picture),
    "MetaImage": (".mha", lambda: metaimage(False), read_picture),
    "MetaImage, zlib": (".mha", lambda: metaimage(True), read_picture),
    "NRRD": (".nrrd", lambda: nrrd_file("raw"), read_picture),
    "NRRD, gzip": (".nrrd", lambda: nrrd_file("gzip"), read_picture),
    "DICOM": (".dcm", dicom, read_picture),
    "CSV": (".csv", NUMBERS.encode, lambda path: read(path).numbers([0, 1])),
    "ITK": (".tfm", ITK.encode, read_itk),
}


def damaged(data: bytes, random: np.random.Generator) -> bytes:
    """Return data with a few bytes changed, removed or inserted, or cut."""
    buffer = bytearray(data)
    for _ in range(random.integers(1, 9)):
        # Most of what decides anything stands near the beginning.
        span = len(buffer) if random.random() < 0.4 else min(len(buffer), 400)
        place, way = int(random.integers(0, max(1, span))), random.integers(0, 5)
        if way == 0:
            del buffer[place:]
        elif way == 1:
            del buffer[place : place + int(random.integers(1, 9))]
        elif way == 2:
            buffer[place:place] = random.bytes(int(random.integers(1, 9)))
        else:
            buffer[place : place + 1] = random.bytes(1)
    return bytes(buffer)


def fault_of(kind: str, seed: int, folder: Path, original: bytes) -> str:
    """Return what is wrong with how a damaged file is treated: a traceback, or words; else ""."""
    suffix, _, reader = KINDS[kind]
    path = folder / f"damaged{suffix}"
    path.write_bytes(damaged(original, np.random.default_rng(seed)))
    signal.alarm(SECONDS)
    try:
        reader(str(path))
    except BadInput as error:
        words = str(error)
        return "" if "\n" not in words and len(words) < 400 else f"not one line: {words}"
    except BaseException:
        return traceback.format_exc()
    finally:
        signal.alarm(0)
    return ""


def too_late(number: int, frame: Any) -> None:
    """End reading a file."""
    raise KeyboardInterrupt(f"not read within {SECONDS} s")


def main(argv: list[str] | None = None) -> int:
    """Damage and read files of every kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1000, help="of each kind (default: 1000)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", help="one kind")
    given = parser.parse_args(argv)
    wrong = 0
    signal.signal(signal.SIGALRM, too_late)
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS if given.only is None else (given.only,):
            original, faults = KINDS[kind][1](), Counter[str]()
            for seed in range(given.seed, given.seed + given.files):
                fault = fault_of(kind, seed, Path(folder), original)
                if fault:
                    faults[fault.strip().splitlines()[-1][:100]] += 1
                    if sum(faults.values()) == 1:
                        print(f"{kind}, seed {seed}:\n{fault}", file=sys.stderr)
            wrong += sum(faults.values())
            print(f"{kind:<16}{given.files:>7} files{sum(faults.values()):>6} wrong", flush=True)
            for words, times in faults.most_common(8):
                print(f"{times:>10} x {words}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
