"""Transforms: a few named parameters in, one matrix out.

Every parameter is a length; see `base`. This package may import `geometry` and `common` only.

Names:
"""

from .registry import TRANSFORMS, TransformRow, make_transform

__all__ = ["TRANSFORMS", "TransformRow", "make_transform"]

__doc__ = (__doc__ or "") + "".join(  # one source: the rows
    f"\n``{row.name}``\n    {row.help}; {row.dimensions_in_words} dimensions\n"
    for row in TRANSFORMS.values()
)
