"""Volumes turned far are found, or the result says that it is ambiguous; and the parts of that."""

import numpy as np
import pytest

pytest.importorskip("scipy")
from scenes import target_error
from scipy import ndimage
from scipy.spatial.transform import Rotation

from benchmarks.rotation_cases import KINDS, Kind, symmetric, tissue, turned, unrelated
from minimizer import Status
from minimizer.registration import register, register_stack
from minimizer.registration.images.cubes import block_means, into_cubes
from minimizer.registration.images.pyramid import Pyramid
from minimizer.registration.metrics.backend import find_backend
from minimizer.registration.metrics.settings import CostSettings
from minimizer.registration.search import pose_fit
from minimizer.registration.search.pose_fit import PoseSums
from minimizer.registration.search.pose_level import PoseLevel
from minimizer.registration.search.poses import poses_at
from minimizer.registration.search.rotation_search import doubt_of

BY_NAME = {kind.name: kind for kind in KINDS}


def is_sure(result):
    return result.status is Status.SUCCESS and not result.ambiguous


def found(case, **settings):
    result = register(case.fixed, case.moving, **case.settings | settings)
    return target_error(result.matrix, case.truth, case.fixed.shape), result


@pytest.mark.slow
@pytest.mark.parametrize("name", ["egg", "box", "blobs", "texture", "cut", "values bent"])
def test_volumes_turned_far_are_found(name):
    distance, result = found(turned(BY_NAME[name], 40, 32, (90, 180)))
    assert distance < 0.5
    assert is_sure(result)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["egg", "texture", "values bent"])
def test_volumes_turned_little_are_not_flagged(name):
    distance, result = found(turned(BY_NAME[name], 41, 32, (0, 45)))
    assert distance < 0.5
    assert is_sure(result)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "seed"),
    [("values squared", 34001), ("values squared", 54001), ("noise 0.25", 54003)],
)
def test_bent_values_and_noise_make_no_rivals(name, seed):
    distance, result = found(turned(BY_NAME[name], seed, 40, (0, 45)))
    assert distance < 1
    assert is_sure(result)


@pytest.mark.slow
def test_unrelated_volumes_are_ambiguous():
    for name, case in list(unrelated(42, 24))[::3]:
        assert not is_sure(register(case.fixed, case.moving, **case.settings)), name


@pytest.mark.slow
def test_bodies_nearly_round_of_another_texture_are_ambiguous():
    """Poses that turn into each other become one, so that no rival is left but those beside it."""
    name, case = next(iter(unrelated(92001, 40)))
    assert name == "egg, egg"
    assert not is_sure(register(case.fixed, case.moving, **case.settings))


@pytest.mark.slow
def test_symmetric_volumes_are_ambiguous():
    for name, case in list(symmetric(43, 24))[::2]:
        assert not is_sure(register(case.fixed, case.moving, **case.settings)), name


@pytest.mark.slow
@pytest.mark.parametrize("transform", ["similarity", "affine"])
def test_other_transforms_turn_as_far(transform):
    distance, result = found(turned(BY_NAME["egg"], 44, 32, (150, 180)), transform=transform)
    assert distance < 0.5
    assert not result.ambiguous


@pytest.mark.slow
@pytest.mark.parametrize("scale", [0.7, 1.4])
def test_volumes_turned_far_may_be_magnified(scale):
    case = turned(BY_NAME["blobs"], 49, 32, (90, 180), scale)
    distance, result = found(case, transform="similarity")
    assert distance < 0.5
    assert is_sure(result)
    assert result.transform.describe(result.params)["scale"][0] == pytest.approx(scale, rel=0.02)


@pytest.mark.slow
@pytest.mark.parametrize(("scale", "min_overlap"), [(0.5, 0.25), (2.0, 0.08)])
def test_volumes_turned_far_may_be_half_or_twice_as_large(scale, min_overlap):
    case = turned(BY_NAME["blobs"], 61, 32, (60, 180), scale)
    distance, result = found(case, transform="similarity", min_overlap=min_overlap)
    assert distance < 0.6  # at twice the size 12 % overlap, and the cost is lower than at the truth
    assert result.transform.describe(result.params)["scale"][0] == pytest.approx(scale, rel=0.02)


def merged(values):
    """Return values of which two kinds of content became one, so that there is no way back."""
    return np.where(values < 0.2, 0.1 * values, np.where(values < 0.52, 1.0, 0.3))


@pytest.mark.slow
@pytest.mark.parametrize("swapped", [False, True])
def test_two_modalities_are_found_in_both_directions(swapped):
    case = turned(Kind("merge", tissue, "nmi", 0.02, merged), 0, 32, (90, 180))
    images, truth = (case.fixed, case.moving), case.truth
    if swapped:
        images, truth = images[::-1], np.linalg.inv(truth)
    result = register(*images, metric="nmi")
    assert target_error(result.matrix, truth, case.fixed.shape) < 0.5
    assert is_sure(result)


@pytest.mark.slow
def test_rotations_are_found_without_numba():
    distance, result = found(turned(BY_NAME["egg"], 45, 24, (90, 180)), backend="scipy")
    assert distance < 0.5
    assert is_sure(result)


@pytest.mark.slow
def test_anisotropic_voxels_and_missing_ones():
    case = turned(BY_NAME["egg"], 46, 48, (90, 180))
    fixed, moving = block_means(case.fixed, np.array([2, 1, 1])), case.moving.copy()
    moving[:, :, 40:] = np.nan
    result = register(fixed, moving, spacing=(2, 1, 1), moving_spacing=1, metric="ncc")
    truth = case.truth @ [[2, 0, 0, 0.5], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    assert target_error(result.matrix, truth, fixed.shape) < 0.5
    assert is_sure(result)


@pytest.mark.slow
def test_a_start_makes_the_search_local_unless_it_is_global():
    case = turned(BY_NAME["egg"], 47, 32, (150, 180))
    near = np.eye(4)
    assert found(case, initial=near)[0] > 1
    assert found(case, initial=near, search="global")[0] < 0.5
    assert found(case, search="local")[0] > 1


@pytest.mark.slow
@pytest.mark.parametrize("reference", ["previous", "mean"])
def test_a_frame_of_volumes_may_be_turned_far(reference):
    rng = np.random.default_rng(0)
    case = turned(BY_NAME["egg"], 48, 24, (120, 150))
    stack = [case.fixed, case.fixed + rng.normal(0, 0.05, case.fixed.shape), case.moving]
    result = register_stack(stack, metric="ncc", reference=reference, n_jobs=1)
    assert target_error(result.matrices[1], np.eye(4), case.fixed.shape) < 0.3
    assert target_error(result.matrices[2], case.truth, case.fixed.shape) < 0.5


# The sums, the fit and the step


def level_of_two(nodes, backend, hole=False):
    rng = np.random.default_rng(5)
    fixed, moving = (ndimage.gaussian_filter(rng.random((14, 15, 16)), 2) for _ in range(2))
    if hole:
        moving[3:6, 4:8, 9:] = np.nan
    pyramids = tuple(Pyramid(image, (1.0,) * 3, 1.0) for image in (fixed, moving))
    settings = CostSettings("ncc" if nodes == 2 else "nmi", backend=backend)
    return PoseLevel(pyramids, settings, 16)


def some_poses(k, shift=1.0):
    rng = np.random.default_rng(6)
    linear = Rotation.from_rotvec(rng.normal(0, 0.3, (k, 3))).as_matrix()
    return poses_at(linear, np.array([6.5, 7.0, 7.5]) + rng.normal(0, shift, (k, 3)))


@pytest.mark.parametrize("hole", [False, True])
@pytest.mark.parametrize("nodes", [2, 12])
def test_the_kernel_and_numpy_add_up_the_same(nodes, hole):
    pytest.importorskip("numba")
    level, poses = level_of_two(nodes, "numba", hole), some_poses(5)
    fast = level.add_up(poses, with_slopes=True)
    level.sums = find_backend("scipy", 3).poses
    plain = level.add_up(poses, with_slopes=True)
    assert 0 < fast.overlap.min() < len(level.points)
    for one, other in zip(fast, plain, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9)


def test_missing_voxels_are_not_compared():
    level = level_of_two(2, "scipy", hole=True)
    whole = level_of_two(2, "scipy")
    pose = poses_at(np.eye(3)[None], np.array([[6.5, 7.0, 7.5]]))
    # Of the block of 3 x 4 x 7 voxels; exactly at the voxels the cell before is not touched.
    assert whole.compare(pose).overlap[0] == 14 * 15 * 16
    assert level.compare(pose).overlap[0] < 14 * 15 * 16 - 3 * 4 * 7


@pytest.mark.parametrize("parameter", range(7))
def test_slopes_are_derivatives(parameter):
    level, pose = level_of_two(2, "scipy"), some_poses(1, 0.3)
    inner = abs(level.points).max(axis=1) < 3  # no point crosses the edge of the volume
    level.points, level.node, level.part = level.points[inner], level.node[inner], level.part[inner]
    sums = level.add_up(pose, with_slopes=True)
    h = 1e-6
    move = np.zeros((1, 7))
    move[0, parameter] = h
    squares = [level.add_up(level.moved(pose, s * move), False).squares[0] for s in (1, -1)]
    expected = (squares[0] - squares[1]) / (2 * h)
    assert 2 * sums.slopes[0, -1, parameter] == pytest.approx(expected, rel=1e-4, abs=1e-6)


def sums_of(f, m, nodes):
    position = np.clip((f - f.min()) / np.ptp(f) * (nodes - 1), 0, nodes - 1)
    node = np.minimum(position.astype(int), nodes - 2)
    hats = np.zeros((len(f), nodes))
    hats[np.arange(len(f)), node] = 1 - (position - node)
    hats[np.arange(len(f)), node + 1] = position - node
    sums = PoseSums.zeros(1, nodes, with_slopes=False)
    sums.overlap[0], sums.squares[0], sums.total[0] = len(f), m @ m, hats.T @ m
    sums.gram[0, :, 0] = (hats**2).sum(axis=0)
    sums.gram[0, :-1, 1] = (hats[:, :-1] * hats[:, 1:]).sum(axis=0)
    return sums, hats


def test_a_line_explains_the_squared_correlation():
    rng = np.random.default_rng(0)
    f = rng.random(400)
    m = f + rng.normal(0, 0.3, 400)
    part = pose_fit.explained(sums_of(f, m, 2)[0])[0]
    r2 = np.corrcoef(f, m)[0, 1] ** 2
    assert part == pytest.approx(1 - (1 - r2) * 400 / 398, rel=1e-6)
    assert pose_fit.explained(sums_of(f, -m, 2)[0])[0] == 0  # inverted contrast is no match


def test_a_function_explains_as_much_as_least_squares():
    rng = np.random.default_rng(0)
    f = rng.random(400)
    m = np.cos(6 * f) + rng.normal(0, 0.3, 400)
    sums, hats = sums_of(f, m, 12)
    residual = np.linalg.lstsq(hats, m)[1][0]
    r2 = 1 - residual / (400 * m.var())
    assert pose_fit.explained(sums)[0] == pytest.approx(1 - (1 - r2) * 400 / 388, rel=1e-6)


def test_tridiagonal_systems_are_solved_and_empty_nodes_are_zero():
    rng = np.random.default_rng(0)
    diagonal, beside, right = rng.random((5, 6)) + 2, rng.random((5, 5)), rng.random((5, 6, 3))
    gram = np.stack([diagonal, np.pad(beside, ((0, 0), (0, 1)))], axis=-1)
    full = np.stack(
        [np.diag(d) + np.diag(b, 1) + np.diag(b, -1) for d, b in zip(diagonal, beside, strict=True)]
    )
    np.testing.assert_allclose(
        pose_fit.solved(gram, right), np.linalg.solve(full, right), atol=1e-6
    )
    nothing = np.zeros((1, 4, 2))
    np.testing.assert_array_equal(pose_fit.solved(nothing, np.zeros((1, 4, 1))), 0)


def test_no_step_makes_the_evidence_less():
    level = level_of_two(2, "scipy")
    before = level.compare(some_poses(4))
    after = level.refine(before, 4)
    assert (after.evidence >= before.evidence - 1e-9).all()
    assert after.evidence.sum() > before.evidence.sum()


@pytest.mark.parametrize("free", [6, 7])
def test_poses_beside_another_lie_on_either_side_in_all_directions(free):
    level = level_of_two(2, "scipy")
    first = some_poses(1)
    beside = level.beside(first, free)
    assert len(beside) == 2 * free
    moved = np.abs(beside.linear - first.linear).max(axis=(1, 2)) + np.linalg.norm(
        beside.place - first.place, axis=1
    )
    assert (moved > 0.1).all()
    along = pose_fit.directions(level.add_up(first, with_slopes=True), free)
    np.testing.assert_allclose(along @ along.T, np.eye(free), atol=1e-12)
    assert along.shape == (free, 7)


# Poses and cubes


def test_poses_that_are_near_a_better_one_are_left_out():
    linear = Rotation.from_rotvec([[0, 0, 0], [0, 0, 0.05], [0, 0, 1], [0, 0, 0]]).as_matrix()
    place = np.array([[0.0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 9, 0]])
    poses = poses_at(linear, place)
    poses.overlap[:], poses.explained[:] = 100, (0.5, 0.6, 0.3, 0.4)
    chosen = poses.separated(arm=10, distance=2, most=4)
    np.testing.assert_allclose(chosen.explained, (0.6, 0.4, 0.3))
    assert len(poses.separated(10, 2, 2)) == 2


def test_poses_apart_from_the_first_keep_it_and_their_order():
    linear = Rotation.from_rotvec([[0, 0, 0], [0, 0, 0.05], [0, 0, 1], [0, 0, 0]]).as_matrix()
    poses = poses_at(linear, np.array([[0.0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 9, 0]]))
    poses.overlap[:], poses.explained[:] = 100, (0.5, 0.6, 0.3, 0.4)
    np.testing.assert_allclose(poses.apart_from_first(10, 2).explained, (0.5, 0.3, 0.4))
    nothing = poses.take(np.array([], dtype=int))
    assert len(nothing.apart_from_first(10, 2)) == 0


def test_inverse_poses_have_inverse_matrices():
    poses, centre, other = some_poses(3), np.array([6.5, 7.0, 7.5]), np.array([3.0, 4.0, 9.0])
    there = poses.physical_matrices(centre)
    back = poses.inverse(centre, other).physical_matrices(other)
    np.testing.assert_allclose(np.linalg.inv(there), back, atol=1e-12)


@pytest.mark.parametrize(
    ("explained", "is_doubtful"),
    [((0.8,), False), ((0.8, 0.3), False), ((0.8, 0.75), True), ((0.0, 0.0), True)],
)
def test_another_pose_as_good_is_a_doubt(explained, is_doubtful):
    poses = poses_at(np.stack([np.eye(3)] * len(explained)), np.zeros((len(explained), 3)))
    poses.overlap[:], poses.explained[:] = 100, explained
    assert (doubt_of(poses, 0.5) > 1) is is_doubtful


@pytest.mark.parametrize("spacing", [(1.0, 1.0, 1.0), (2.5, 1.0, 1.2)])
def test_a_ramp_in_cubes_is_the_same_ramp(spacing):
    places = np.moveaxis(np.indices((20, 40, 33)), 0, -1) * spacing
    ramp = places @ [1.0, -2.0, 0.5]
    ramp[:, 30:] = np.nan
    cubes = into_cubes(ramp, np.array(spacing), np.zeros(3), 3.0, 0.0)
    there = np.moveaxis(np.indices(cubes.values.shape), 0, -1) * cubes.size + cubes.first
    inner = tuple(slice(1, n - 1) for n in cubes.values.shape)
    difference = (cubes.values - there @ [1.0, -2.0, 0.5])[inner]
    assert np.isnan(difference).any()
    near_hole = ndimage.maximum_filter(np.isnan(difference), 3)
    np.testing.assert_allclose(difference[~near_hole], 0, atol=1e-6)


def test_the_centre_of_mass_is_that_of_the_object():
    volume = np.full((20, 24, 28), 7.0)
    volume[4:8, 10:12, 20:26] = 9.0
    cubes = into_cubes(volume, np.ones(3), np.zeros(3), 1.0, 0.0)
    np.testing.assert_allclose(cubes.centre_of_mass(), (5.5, 10.5, 22.5))
    flat = into_cubes(np.ones((9, 9, 9)), np.ones(3), np.zeros(3), 1.0, 0.0)
    np.testing.assert_allclose(flat.centre_of_mass(), (4, 4, 4))
