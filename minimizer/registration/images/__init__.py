"""Images: checked, shrunk, smoothed, converted to pixels to compare, and warped.

This package may import `common` and `geometry` only.
"""
