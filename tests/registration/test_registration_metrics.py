"""Metrics against NumPy, scikit-image and hand-written definitions, and both backends."""

import math
import pickle
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

pytest.importorskip("scipy")
from scenes import scene
from scipy import ndimage

from minimizer.registration import RegistrationCost
from minimizer.registration.metrics import definitions as metrics

METRICS = ("ssd", "robust", "ncc", "lncc", "nmi", "mi", "pluim")
OF_VALUES = tuple(name for name in METRICS if name != "lncc")  # lncc: of what is around them
RNG = np.random.default_rng(0)


def values(n=500):
    f = RNG.random(n)
    return f, np.sin(3 * f) + 0.1 * RNG.random(n)


def test_ssd_and_ncc_are_numpys():
    f, m = values()
    assert metrics.ssd(f, m) == pytest.approx(np.mean((f - m) ** 2), rel=1e-12)
    assert metrics.ncc(f, m) == pytest.approx(-np.corrcoef(f, m)[0, 1], rel=1e-12)
    assert metrics.ncc(f + 1e6, 1e-3 * m) == pytest.approx(metrics.ncc(f, m), rel=1e-6)


def test_nmi_is_scikit_images():
    # On the centres of the bins nothing is shared between two bins.
    skimage = pytest.importorskip("skimage.metrics")
    f = RNG.integers(0, 32, 5000).astype(float)
    m = np.clip(f // 2 + RNG.integers(0, 16, 5000), 0, 31)
    f[:2], m[:2] = (0, 31), (0, 31)
    expected = skimage.normalized_mutual_information(f, m, bins=32)
    assert metrics.nmi(f, m) == pytest.approx(-expected, rel=1e-12)


def test_mutual_information_of_known_tables():
    f = np.repeat([0.0, 1.0], 50)
    assert metrics.mi(f, f, bins=2) == pytest.approx(-math.log(2))
    assert metrics.nmi(f, f, bins=2) == pytest.approx(-2)
    crossed = np.tile([0.0, 1.0], 50)
    assert metrics.mi(f, crossed, bins=2) == pytest.approx(0, abs=1e-12)
    assert metrics.nmi(f, crossed, bins=2) == pytest.approx(-1)
    halfway = np.array([0.0, 0.5, 1.0, 1.0])  # half of the second in either bin
    counts = metrics.histogram(np.array([0.0, 0, 1, 1]), halfway, 1.0, 2)
    np.testing.assert_allclose(counts[:, :2], [[1.5, 0.5], [0, 2]])


@pytest.mark.parametrize("name", ["ssd", "robust", "ncc", "nmi", "mi"])
def test_weights_count_like_repetitions(name):
    f, m = values(60)
    w = RNG.integers(1, 4, 60)
    metric = getattr(metrics, name)
    centred = (f - np.average(f, weights=w), m - np.average(m, weights=w))
    repeated = metric(np.repeat(centred[0], w), np.repeat(centred[1], w))
    assert metric(*centred, w.astype(float)) == pytest.approx(repeated, rel=1e-9)


@pytest.mark.parametrize("name", ["ssd", "robust", "ncc", "nmi", "mi"])
def test_constant_values_are_out_of_bounds(name):
    f, m = values(50)
    metric = getattr(metrics, name)
    assert math.isnan(metric(np.full(50, 0.3), m))
    if name in ("ssd", "robust", "ncc"):
        assert math.isnan(metric(f, np.full(50, 0.3)))


# -------------------------------------------------------------------------------- the cost

SHAPES = {"rigid": ((50, 61), (58, 49)), "affine": ((16, 20, 23), (18, 19, 25))}


def images(transform):
    """Return two images with holes."""
    fixed, moving = (scene(shape, seed) for seed, shape in enumerate(SHAPES[transform]))
    fixed[3:6, 4:9] = np.nan
    moving[10:12, 3:9] = moving[0, 0] = np.nan
    return fixed, moving


def step(cost, size=1.5):
    return np.random.default_rng(1).normal(0, size, cost.n_params)


@pytest.mark.slow
@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("transform", SHAPES)
@pytest.mark.parametrize("settings", [{}, {"sampling": 0.3}, {"level": 1, "smoothing": 0.7}])
def test_both_backends_agree(metric, transform, settings):
    pytest.importorskip("numba")
    if transform == "affine" and settings.get("level"):
        settings = settings | {"spacing": (2.0, 1.0, 1.0), "moving_spacing": 1.5}
    fast, plain = (
        RegistrationCost(*images(transform), transform, metric, backend=backend, **settings)
        for backend in ("numba", "scipy")
    )
    assert (fast.comparison.backend, plain.comparison.backend) == ("numba", "scipy")
    for params in (fast.identity, step(fast), step(fast, 4)):
        assert fast.overlap(params) == plain.overlap(params) > 0
        assert fast(params) == pytest.approx(plain(params), rel=1e-10, nan_ok=True)
    assert np.isfinite(fast(step(fast)))


def warped_values(fixed, moving, matrix):
    """Return the values of both images where both have data, from the definition."""
    index = np.indices(fixed.shape).reshape(fixed.ndim, -1)
    place = (matrix @ np.vstack([index, np.ones(index.shape[1])]))[:-1]
    edge = np.array(moving.shape)[:, None] - 1
    inside = ((place >= 0) & (place <= edge)).all(axis=0)
    warped = ndimage.map_coordinates(moving, place[:, inside], order=1)
    return fixed.ravel()[inside], warped


@pytest.mark.parametrize("backend", [None, "scipy"])
def test_the_cost_is_the_metric_of_the_warped_values(backend):
    fixed, moving = scene((50, 61)), scene((58, 49), 1)
    for metric in ("ssd", "ncc"):
        cost = RegistrationCost(fixed, moving, "affine", metric, backend=backend)
        f, m = warped_values(fixed, moving, cost.transform.matrix(step(cost)))
        assert cost(step(cost)) == pytest.approx(getattr(metrics, metric)(f, m), rel=1e-10)


def test_nmi_of_the_cost_is_scikit_images():
    skimage = pytest.importorskip("skimage.metrics")
    fixed, moving = (RNG.integers(0, 32, (40, 45)).astype(float) for _ in range(2))
    moving = np.minimum(31, fixed // 2 + moving // 2)
    moving[0, :2] = 0, 31
    cost = RegistrationCost(fixed, moving, "translation", "nmi", min_overlap=0.1)
    cut = slice(0, -4), slice(3, None)  # of fixed: it is moved by 4 rows and -3 columns
    there = slice(4, None), slice(0, -3)
    counts = np.zeros((32, 32))
    np.add.at(counts, (fixed[cut].astype(int).ravel(), moving[there].astype(int).ravel()), 1)
    p = counts / counts.sum()
    entropy = [-(q[q > 0] * np.log(q[q > 0])).sum() for q in (p.sum(0), p.sum(1), p)]
    assert cost([4, -3]) == pytest.approx(-(entropy[0] + entropy[1]) / entropy[2], rel=1e-12)
    expected = skimage.normalized_mutual_information(fixed, moving, bins=32)
    assert cost([0, 0]) == pytest.approx(-expected, rel=1e-12)


@pytest.mark.parametrize("ndim", [2, 3])
def test_pluim_is_nmi_times_gradient_similarity(ndim):
    shape = (40, 44, 24)[:ndim]
    fixed, moving = scene(shape), scene(shape, 1)
    fixed, moving = fixed, 0.6 * moving + 0.4 * (1 - fixed) ** 2
    product, nmi = (RegistrationCost(fixed, moving, metric=m) for m in ("pluim", "nmi"))
    f, m = (np.stack(np.gradient(image)) for image in (fixed, moving))
    f, m = (g / np.linalg.norm(g, axis=0).mean() for g in (f, m))
    norms = np.linalg.norm(f, axis=0), np.linalg.norm(m, axis=0)
    angle = np.arccos(np.clip((f * m).sum(axis=0) / (norms[0] * norms[1]), -1, 1))
    similarity = np.mean((np.cos(2 * angle) + 1) / 2 * np.minimum(*norms))
    at = product.identity
    assert product(at) == pytest.approx(nmi(at) * similarity, rel=1e-9)


def test_gradients_are_turned_with_the_image():
    # An image and itself turned by 90 degrees have the same gradients, once these are turned.
    image = scene((41, 41))
    cost = RegistrationCost(image, np.rot90(image), metric="pluim")
    upright = RegistrationCost(image, image, metric="pluim")
    params = [cost.transform.rotation(90), 0, 0]
    assert cost(params) == pytest.approx(upright(upright.identity), rel=1e-6)
    nmi = RegistrationCost(image, image, metric="nmi")
    # The smaller norm is the norm, whose mean is 1.
    assert upright(upright.identity) == pytest.approx(nmi(nmi.identity), rel=1e-6)


@pytest.mark.parametrize("metric", OF_VALUES)
def test_an_overlap_where_an_image_is_constant_is_out_of_bounds(metric):
    fixed, moving = scene((40, 40)), scene((40, 40), 1)
    moving[:, :20] = 0.5
    cost = RegistrationCost(fixed, moving, "translation", metric)
    assert math.isnan(cost([0, -21]))
    assert np.isfinite(cost([0, -10]))
    swapped = RegistrationCost(moving, fixed, "translation", metric)
    assert math.isnan(swapped([0, 21]))


def mean_absolute(fixed, warped, weights):
    """Return the mean absolute difference, as a custom metric."""
    return float((abs(fixed - warped) * weights).sum() / weights.sum())


def test_a_custom_metric():
    fixed, moving = scene((40, 40)), scene((40, 40), 1)
    cost = RegistrationCost(fixed, moving, "translation", mean_absolute)
    assert cost([3, 0]) == pytest.approx(abs(fixed[:-3] - moving[3:]).mean())
    assert math.isnan(cost([0, 35]))
    assert pickle.loads(pickle.dumps(cost))([3, 0]) == cost([3, 0])


@pytest.mark.parametrize("metric", METRICS)
def test_threads_and_pickles_give_the_same(metric):
    cost = RegistrationCost(*images("rigid"), "rigid", metric)
    points = list(np.random.default_rng(0).normal(0, 4, (30, 3)))
    expected = [cost(point) for point in points]
    with ThreadPoolExecutor(4) as pool:
        np.testing.assert_array_equal(list(pool.map(cost, points * 3)), expected * 3)
    copy = pickle.loads(pickle.dumps(cost))
    np.testing.assert_array_equal([copy(point) for point in points], expected)


def test_masks_are_missing_data(tmp_path):
    fixed, moving = scene((40, 40)), scene((40, 40), 1)
    here, there = np.ones((2, 40, 40), dtype=bool)
    here[:12], there[:, 30:] = False, False
    stored = np.lib.format.open_memmap(tmp_path / "f.npy", mode="w+", shape=(40, 40))
    stored[:] = fixed
    read_only = np.load(tmp_path / "f.npy", mmap_mode="r")
    cost = RegistrationCost(read_only, moving, fixed_mask=here, moving_mask=there)
    assert cost(cost.identity) == pytest.approx(np.mean((fixed - moving)[12:, :30] ** 2))
    assert cost.overlap(cost.identity) == pytest.approx(30 / 40)


def test_sampling_compares_part_of_the_pixels_and_is_seeded():
    fixed, moving = scene((100, 100)), scene((100, 100), 1)
    full, some, same, other = (
        RegistrationCost(fixed, moving, sampling=part, sampling_seed=seed)
        for part, seed in ((None, 0), (0.2, 0), (0.2, 0), (0.2, 1))
    )
    at = full.identity
    assert some.comparison.n_pixels == pytest.approx(2000, rel=0.01)
    assert some(at) == same(at) != other(at)
    assert some(at) == pytest.approx(full(at), rel=0.2)


@pytest.mark.parametrize("shape", [(60,), (12, 10, 11, 9)])
def test_other_dimensions_use_scipy(shape):
    fixed = scene(shape)
    for metric in METRICS:
        cost = RegistrationCost(fixed, scene(shape, 1), "affine", metric)
        assert np.isfinite(cost(step(cost, 0.3)))
        assert cost.comparison.backend == "scipy"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sampling": 0.0}, "sampling is 0.0.*above 0"),
        ({"bins": 1}, "bins is 1"),
        ({"backend": "cuda"}, "backend is 'cuda'"),
        ({"spacing": (1, 2, 3)}, "spacing has shape.*each of the 2 axes"),
        ({"moving_spacing": -1}, "moving_spacing is .*positive"),
        ({"fixed_mask": np.ones((3, 3))}, "fixed_mask has shape"),
        ({"moving_mask": np.zeros((20, 20))}, "moving_mask is false everywhere"),
    ],
)
def test_wrong_settings_are_refused_with_advice(settings, message):
    with pytest.raises(ValueError, match=message):
        RegistrationCost(scene((20, 20)), scene((20, 20), 1), **settings)


def test_wrong_parameters_are_refused_and_infinite_ones_out_of_bounds():
    cost = RegistrationCost(scene((20, 20)), scene((20, 20), 1))
    with pytest.raises(ValueError, match=r"params has shape .*rotation, shift_0, shift_1"):
        cost([0, 1])
    assert math.isnan(cost([0, np.inf, 0]))
    assert math.isnan(cost([0, 1e300, np.nan]))


def test_importing_costs_nothing():
    code = (
        "import sys, minimizer.registration\n"
        "print([name for name in ('scipy', 'numba', 'skimage') if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout.strip() == "[]"


@pytest.mark.slow
def test_it_works_without_numba():
    code = (
        "import sys; sys.modules['numba'] = None\n"
        "import numpy as np\n"
        "from minimizer.registration import RegistrationCost\n"
        "image = np.random.default_rng(0).random((20, 20))\n"
        "cost = RegistrationCost(image, image[::-1])\n"
        "print(cost.comparison.backend, cost([0, 1, 2]))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    name, value = run.stdout.split()
    image = np.random.default_rng(0).random((20, 20))
    assert name == "scipy"
    assert RegistrationCost(image, image[::-1])([0, 1, 2]) == pytest.approx(float(value))


def test_no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for metric in METRICS:
            cost = RegistrationCost(*images("rigid"), "rigid", metric)
            assert math.isnan(cost([0, 1e6, 0]))
