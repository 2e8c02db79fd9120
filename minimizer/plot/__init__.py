"""Pictures of a minimization, with matplotlib: ``pip install ".[plot]"``.

All functions return the axes that they drew into, take axes to draw into as `ax`, and need no
display. Colours, line styles and markers can be distinguished in grey and by the colour-blind.

This package may import `common`, `simplex` and the results of `scipy_interface`; matplotlib is
imported on use.
"""

from .convergence import plot_convergence
from .profile import plot_profile
from .runs import plot_runs
from .simplex import plot_simplex

__all__ = ["plot_convergence", "plot_profile", "plot_runs", "plot_simplex"]
