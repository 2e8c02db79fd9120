"""Colours, lines and markers that are told apart in grey and by the colour-blind.

M. Okabe, K. Ito, Color Universal Design, https://jfly.uni-koeln.de/color/.
"""

from __future__ import annotations

from typing import Any

from .judge import Verdict
from .peers import PEERS

BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE = (
    "#000000",
    "#E69F00",
    "#56B4E9",
    "#009E73",
    "#F0E442",
    "#0072B2",
    "#D55E00",
    "#CC79A7",
)
GREY = "#D9D9D9"

BARS: dict[Verdict, dict[str, Any]] = {
    Verdict.GOOD_CLAIMED: {"color": BLUE},
    Verdict.GOOD_UNCLAIMED: {"color": SKY, "hatch": ".."},
    Verdict.HONEST: {"color": GREY},
    Verdict.OTHER: {"color": YELLOW, "hatch": "//"},
    Verdict.FALSE: {"color": VERMILION, "hatch": "xxx"},
}

LINES: dict[str, dict[str, Any]] = {
    "minimizer": {"color": BLACK, "linestyle": "-", "marker": "o", "linewidth": 2.4},
    "imagej": {"color": BLACK, "linestyle": ":", "marker": "o"},
    "scipy-neldermead": {"color": VERMILION, "linestyle": ":", "marker": "s"},
    "scipy-neldermead-tight": {"color": VERMILION, "linestyle": "-", "marker": "s"},
    "scipy-neldermead-adaptive": {"color": ORANGE, "linestyle": "--", "marker": "D"},
    "scipy-powell": {"color": PURPLE, "linestyle": ":", "marker": "^"},
    "scipy-powell-tight": {"color": PURPLE, "linestyle": "-", "marker": "^"},
    "scipy-cobyqa": {"color": GREEN, "linestyle": "-.", "marker": "P"},
    "nlopt-neldermead": {"color": SKY, "linestyle": ":", "marker": "v"},
    "nlopt-sbplx": {"color": SKY, "linestyle": "--", "marker": "<"},
    "nlopt-bobyqa": {"color": BLUE, "linestyle": "-.", "marker": "X"},
}


def line(peer: str) -> dict[str, Any]:
    """Return how to draw a peer."""
    plain = {"color": "#777777", "linestyle": "-", "marker": "."}
    return {"linewidth": 1.5, "markersize": 5, **LINES.get(peer, plain)}


assert set(LINES) == set(PEERS)
