"""Images in files, with their spacing: PNG and other photographs, TIFF as ImageJ's, NIfTI."""

from .by_suffix import read_picture, write_picture
from .picture import Picture
from .tiff import read_stack, write_stack

__all__ = ["Picture", "read_picture", "read_stack", "write_picture", "write_stack"]
