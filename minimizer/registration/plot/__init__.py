"""Pictures of a registration, drawn with matplotlib from plain fields.

This package may import `common`, and of the registration `cost`, `geometry`, `images`, `metrics`
and `transforms`; it is the only part of `registration` that imports matplotlib.
"""
