"""DICOM files for tests: the slices of a series that is turned, and tilted as by a gantry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000, CTImageStorage, ExplicitVRLittleEndian, generate_uid

SERIES = "1.2.826.0.1.3680043.8.498.1"
STEP = np.array([0.3, 0.4, 2.5])


def write_slice(path: Path, k: int, pixels: np.ndarray, **changed: Any) -> None:
    """Write slice k with some elements changed; None leaves one out or empty."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = changed.pop("TransferSyntaxUID", ExplicitVRLittleEndian)
    data = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    data.Modality, data.SeriesInstanceUID, data.InstanceNumber = "CT", SERIES, 100 - k
    data.Rows, data.Columns = pixels.shape[:2]
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit = 16, 12, 11
    data.PixelRepresentation = 0
    data.PixelSpacing = [1.5, 0.75]
    data.ImageOrientationPatient = [0.0, 1.0, 0.0, 1.0, 0.0, 0.0]
    data.ImagePositionPatient = (np.array([-10.0, 20.0, 30.0]) + k * STEP).tolist()
    data.RescaleSlope, data.RescaleIntercept = 1, -1024
    for name, value in changed.items():
        setattr(data, name, value)
    data.PixelData = pixels.astype(np.uint16).tobytes()
    if meta.TransferSyntaxUID == JPEG2000:
        data.PixelData = encapsulate([data.PixelData])
        data["PixelData"].VR = "OB"
    data.save_as(path, enforce_file_format=True)
