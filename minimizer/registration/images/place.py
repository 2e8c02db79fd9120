"""What is inside a frame, and what is a hole in it; the same for both backends."""

EDGE = 1e-9
"""A position so many pixels outside the frame counts as on its edge: rounding loses no row."""

TOUCHED = 1e-9
"""A resampled pixel with more than this weight of missing pixels has no data."""
