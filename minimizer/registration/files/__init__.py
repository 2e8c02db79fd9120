"""Image files with their spacing, and volumes with their place in the world; ITK's transforms.

A picture is read into `Picture`, whatever its format; `by_suffix` has the table of formats.

This package may import `common` only; packages that read and write files are imported on use.
"""

from .by_suffix import read_picture, write_picture
from .picture import Picture
from .tiff import read_stack, write_stack

__all__ = ["Picture", "read_picture", "read_stack", "write_picture", "write_stack"]
