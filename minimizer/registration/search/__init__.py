"""Search: from coarse to fine, with its starts, the refinement of candidates, and the doubt.

This package may import `common`, `simplex` and `minimizer`, and of the registration everything but
`pairwise`, `stack`, `plot` and `files`.
"""
