"""Search: from coarse to fine, where to start, which candidates to refine, and when to doubt.

This package may import `common`, `simplex` and `minimizer`, and of the registration everything but
`pairwise`, `stack`, `plot` and `files`.
"""
