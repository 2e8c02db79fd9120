"""Image files with their spacing: PNG and other photographs, ImageJ's TIFF, NIfTI; ITK transforms.

This package may import `common` only; packages that read and write files are imported on use.
"""

from .by_suffix import read_picture, write_picture
from .picture import Picture
from .tiff import read_stack, write_stack

__all__ = ["Picture", "read_picture", "read_stack", "write_picture", "write_stack"]
