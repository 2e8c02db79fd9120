"""The random pairs of registration: what is drawn, and how a result is judged."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("skimage")
from scipy import ndimage

from benchmarks import pair_changes as c
from benchmarks import pair_kinds, random_pairs
from benchmarks import pair_scenes as s
from benchmarks.pair_kinds import Kind
from minimizer.registration.metrics import METRICS
from minimizer.registration.transforms import TRANSFORMS

TEXTURE = Kind("a texture", "ssd", s.texture)


def test_there_are_sixty_kinds_with_names_of_their_own() -> None:
    kinds = pair_kinds.kinds()
    assert len({kind.name for kind in kinds}) == len(kinds) >= 60
    assert {kind.metric for kind in kinds} <= set(METRICS)
    assert {kind.transform for kind in kinds} <= set(TRANSFORMS)


def test_a_pair_is_drawn_from_its_seed() -> None:
    one, same, other = (pair_kinds.pair(TEXTURE, seed, 48) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.moving, same.moving)
    np.testing.assert_array_equal(one.truth, same.truth)
    assert abs(one.truth - other.truth).max() > 0.1


@pytest.mark.parametrize("change", [c.same, c.cropped])
def test_the_truth_lays_one_picture_on_the_other(change: c.Change) -> None:
    kind = Kind("a texture", "ssd", s.texture, moving_change=change)
    case = pair_kinds.pair(kind, 3, 64)
    t = case.truth
    warped = ndimage.affine_transform(case.moving, t[:2, :2], t[:2, 2], (64, 64), cval=np.nan)
    inside = np.isfinite(warped)
    assert inside.mean() > 0.3
    assert np.corrcoef(case.fixed[inside], warped[inside])[0, 1] > 0.8


def test_every_round_has_each_kind_once() -> None:
    some = [kind.name for kind, _ in pair_kinds.pairs(4, 0, 32, "unrelated clouds")]
    assert some == ["unrelated clouds, ncc", "unrelated clouds, nmi"] * 2


def test_changes_keep_the_shape_and_change_something() -> None:
    image = s.texture(40, np.random.default_rng(0))
    changes = (c.vignette, c.uneven, c.shadow, c.brighter, c.gamma, c.clipped, c.coarse_greys)
    more = (c.ramp_plus(0.5), c.ramp_times(0.5), c.noisy(0.1), c.grains, c.blurred, c.dark_lines)
    for change in (*changes, *more, c.covered(0.3), c.bent_greys, c.folded, c.black_outside):
        changed = change(image, np.random.default_rng(1))
        assert changed.shape == image.shape
        assert abs(changed - image).max() > 0.01
    covered = c.covered(0.3)(image, np.random.default_rng(1)) != image
    assert covered.mean() == pytest.approx(0.3, abs=0.03)


@pytest.mark.slow
def test_results_are_judged_by_the_truth() -> None:
    case = pair_kinds.pair(TEXTURE, 1, 96)
    assert random_pairs.verdict(TEXTURE, case)[0] == "found"
    far = case.truth.copy()
    far[0, 2] += 20
    assert random_pairs.verdict(TEXTURE, case._replace(truth=far))[0] == "WRONG"
    pattern = Kind("stripes", "ncc", s.stripes, has_answer=False)
    assert random_pairs.verdict(pattern, pair_kinds.pair(pattern, 1, 96))[0] == "rightly"


def test_the_table_counts_by_kind_and_in_all() -> None:
    counts = {("a", "ssd"): Counter(found=2), ("b", "nmi"): Counter(found=1, WRONG=3)}
    rows = random_pairs.table(counts, "command").rows
    assert rows[0] == ["a", "ssd", 2, 0, 0, 0, 0, 0]
    assert rows[-1] == ["all", "", 3, 0, 0, 0, 0, 3]
