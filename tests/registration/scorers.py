"""Pairs of images with what scores their alignments, for the tests of doubt."""

from scenes import about_centre, turned, windows

from benchmarks.pair_kinds import kinds
from benchmarks.pair_kinds import pair as pair_of
from minimizer.registration.images.pyramid import Pyramid
from minimizer.registration.metrics.definitions import BINS
from minimizer.registration.metrics.settings import CostSettings
from minimizer.registration.search.candidates import CandidateScorer
from minimizer.registration.transforms.registry import make_transform

SHAPE = (80, 80)


def scorer_of(fixed, moving, metric="ssd", transform="rigid", min_overlap=0.25, edges=True):
    """Return a scorer of shifts, with fine detail of the images as they are."""
    transform = make_transform(transform, fixed.shape, (1.0, 1.0), (1.0, 1.0))
    levels = tuple(Pyramid(image, (1.0, 1.0), 1.0) for image in (fixed, moving))
    settings = CostSettings(metric, min_overlap, 0.0, None, 0, BINS, None)
    return CandidateScorer(transform, levels, 0, settings, detail=True, edges=edges)


def true_pair(metric="ssd", edges=True):
    """Return the scorer of two images of one scene, and the parameters of the truth."""
    true = about_centre(turned(20), (3, -2), SHAPE)
    scorer = scorer_of(*windows(true, SHAPE), metric, edges=edges)
    return scorer, scorer.transform.params_of(true)


def random_pair(name, seed):
    """Return a random pair of a kind."""
    return pair_of(next(kind for kind in kinds() if kind.name == name), seed, 160)
