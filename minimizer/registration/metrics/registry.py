"""The metrics by name: one row per metric. All other code reads the facts of a metric here.

A new metric needs its definition and a row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from .preparation import Preparation, local_normalization, prepared

if TYPE_CHECKING:
    from ...common.arrays import Array
    from ..images.pixels import Pair
    from .comparison import Comparison
    from .definitions import Metric

    MakeComparison = Callable[[Pair, str | None, int, Array, Array], Comparison]


class MetricRow(NamedTuple):
    """A metric: its computation, and the facts about it that other code reads.

    Attributes
    ----------
    name : str
        Its name in `register`, `RegistrationCost` and the command line.
    comparison : callable
        ``comparison(pair, backend, bins, spacing, moving_spacing)`` returns the `Comparison` that
        computes it.
    definition, values, use : str
        Its definition, the range of its values, and the images it is for: for the documentation
        and the help of the command line.
    one_modality : bool
        Whether matching images are correlated; otherwise any dependence may be a match.
    same_contrast : bool
        Whether matching images have equal values, so that a picture can show their difference.
    ranks_alignments : bool
        Whether its values say which of two alignments is better, however much they overlap.
    least_squares : bool
        Whether its comparison has `squares`, for Levenberg-Marquardt.
    coarse : str, optional
        Metric to minimize in its place at the pyramid levels between the coarsest and full
        resolution; by default the metric itself.
    coarsest : str, optional
        Metric to minimize in its place, on fine detail only, at the coarsest level after a global
        search; by default the metric itself, on the images as they are.
    preparation : callable, optional
        Changes both images before any comparison, at each level.
    alternative : str, optional
        Metric to try instead if the result with this one is doubtful.
    second_opinion : str, optional
        Metric by which a result in the plane is judged as well.
    """

    name: str
    comparison: MakeComparison
    definition: str = ""
    values: str = ""
    use: str = ""
    one_modality: bool = False
    same_contrast: bool = False
    ranks_alignments: bool = False
    least_squares: bool = False
    coarse: str | None = None
    coarsest: str | None = None
    preparation: Preparation | None = None
    alternative: str | None = None
    second_opinion: str | None = None

    @property
    def expects_equal_detail(self) -> bool:
        """Whether matching images have the same fine detail, except where it is covered."""
        return self.one_modality or self.same_contrast


def imported(
    kind: str, finish: str, squares: str | None = None, **settings: bool
) -> MakeComparison:
    """Return a function that makes comparisons, and imports their code on the first call.

    The command line reads the rows at every start, and should not wait for the code.
    """

    def make(
        pair: Pair, backend: str | None, bins: int, spacing: Array, moving_spacing: Array
    ) -> Comparison:
        from . import comparison, definitions, least_squares

        make_kind: Callable[..., Comparison] = getattr(comparison, kind)
        definition = getattr(definitions, finish)
        more = {"squares": getattr(least_squares, squares)} if squares else {}
        return make_kind(
            pair, backend, bins, spacing, moving_spacing, finish=definition, **settings, **more
        )

    return make


ROWS = (
    MetricRow(
        "ssd",
        imported("Moments", "ssd_of", "ssd_squares"),
        definition="mean squared difference",
        values="0 or more",
        use="same contrast",
        one_modality=True,
        same_contrast=True,
        least_squares=True,
        alternative="robust",
        second_opinion="lncc",
    ),
    MetricRow(
        "ncc",
        imported("Moments", "ncc_of", "ncc_squares", normalize=True),
        definition="minus the normalized cross-correlation",
        values="-1 to 1",
        use="brightness and contrast differ",
        one_modality=True,
        least_squares=True,
        alternative="lncc",
        second_opinion="lncc",
    ),
    MetricRow(
        "robust",
        imported("Robust", "robust_of"),
        definition="mean of a bounded loss of the differences (Geman and McClure)",
        values="0 to 1",
        use="same contrast, parts covered",
        same_contrast=True,
        second_opinion="lncc",
    ),
    MetricRow(
        "lncc",
        imported("Moments", "ncc_of", normalize=True),
        definition="minus the normalized cross-correlation of locally normalized images",
        values="-1 to 1",
        use="brightness and contrast differ from place to place",
        one_modality=True,
        preparation=local_normalization,
        second_opinion="ncc",
    ),
    MetricRow(
        "nmi",
        imported("Joint", "nmi_of"),
        definition="minus Studholme's normalized mutual information",
        values="-2 to -1",
        use="two modalities",
        coarse="pluim",
        coarsest="nmi",
    ),
    MetricRow(
        "mi",
        imported("Joint", "mi_of"),
        definition="minus the mutual information, in nats",
        values="0 or less",
        use="two modalities",
        coarse="pluim",
        coarsest="nmi",
    ),
    MetricRow(
        "pluim",
        imported("Gradient", "nmi_of"),
        definition="minus NMI times the gradient similarity of Pluim et al.",
        values="0 or less",
        use="two modalities",
        ranks_alignments=True,
        coarse="pluim",
        coarsest="nmi",
    ),
)

METRICS: dict[str, MetricRow] = {row.name: row for row in ROWS}


def find_metric(metric: str | Metric) -> MetricRow:
    """Return the row of a metric, for a custom one (a function) a row made for it.

    Raises
    ------
    ValueError
        For a name that is not known.

    Examples
    --------
    >>> find_metric("ncc").definition
    'minus the normalized cross-correlation'
    """
    if callable(metric):
        from .custom import Values

        name = str(getattr(metric, "__name__", metric))
        return MetricRow(name, lambda pair, *settings: Values(pair, metric))
    if metric not in METRICS:
        known = ", ".join(map(repr, METRICS))
        raise ValueError(
            f"metric is {metric!r}; it must be one of {known}, or a function "
            "metric(fixed_values, warped_values, weights) -> float"
        )
    return METRICS[metric]


def compare(
    pair: Pair,
    metric: str | Metric,
    spacing: Array,
    moving_spacing: Array,
    backend: str | None,
    bins: int,
) -> Comparison:
    """Return the comparison of a pair of images by a metric."""
    row = find_metric(metric)
    if row.preparation:
        pair = prepared(pair, row.preparation, (spacing, moving_spacing))
    return row.comparison(pair, backend, bins, spacing, moving_spacing)
