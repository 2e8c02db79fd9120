"""Stacks: drift against the truth, in all three ways, and TIFF files as ImageJ's."""

from concurrent.futures import ThreadPoolExecutor

import joblib
import numpy as np
import pytest

pytest.importorskip("scipy")
from scenes import about_centre, scene, turned
from scipy import ndimage

from minimizer import Status
from minimizer.registration import register, register_stack

SHAPE = (72, 80)
DEGREES = np.array([0.0, 1.5, 4.0, 3.0, 7.0])
SHIFTS = np.array([[0, 0], [2.5, -1], [4, -3.25], [1, -6], [-3, -4.5]])


@pytest.fixture(scope="module")
def stack():
    """Return frames that turn and shift, with noise."""
    large = scene([3 * n for n in SHAPE], 4)
    frames = []
    for degrees, shift in zip(DEGREES, SHIFTS, strict=True):
        back = np.linalg.inv(about_centre(turned(degrees), shift, SHAPE))
        offset = back[:2, 2] + np.array(SHAPE)
        frames.append(ndimage.affine_transform(large, back[:2, :2], offset, SHAPE, order=3))
    return np.stack(frames) + np.random.default_rng(0).normal(0, 0.01, (5, *SHAPE))


@pytest.mark.slow
@pytest.mark.parametrize("reference", ["previous", "first", "mean"])
def test_the_drift_is_the_true_one(stack, reference):
    result = register_stack(stack, reference=reference, n_jobs=1)
    assert (result.status, result.ambiguous, result.failed) == (Status.SUCCESS, False, [])
    np.testing.assert_allclose(result.drift["rotation"], DEGREES, atol=0.1)
    found = np.stack([result.drift["shift_0"], result.drift["shift_1"]], axis=1)
    np.testing.assert_allclose(found, SHIFTS, atol=0.1)
    assert result.units == {"rotation": "degrees", "shift_0": "px", "shift_1": "px"}
    assert result.n_frames == 5
    assert len(result.steps) == 4
    assert all(step.cost_function is None for step in result.steps)


@pytest.mark.slow
def test_the_matrices_are_scipys(stack):
    result = register_stack(stack, n_jobs=1)
    aligned = result.warp(stack)
    assert aligned.shape == stack.shape
    np.testing.assert_array_equal(result.matrices[0], np.eye(3))
    np.testing.assert_allclose(aligned[0], stack[0], atol=1e-12)
    theirs = ndimage.affine_transform(stack[3], result.matrices[3], order=3)
    inside = np.isfinite(aligned[3])
    np.testing.assert_allclose(aligned[3][inside], theirs[inside])
    before, after = (np.nanstd(s[:, 20:-20, 20:-20], axis=0).mean() for s in (stack, aligned))
    assert after < 0.2 * before


@pytest.mark.slow
def test_steps_are_multiplied_in_order(stack):
    result = register_stack(stack[:3], n_jobs=1)
    steps = [register(stack[i], stack[i + 1]).matrix for i in range(2)]
    np.testing.assert_array_equal(result.matrices[2], steps[1] @ steps[0])


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_workers_do_not_change_the_result(stack, backend):
    alone = register_stack(stack[:3], "translation", n_jobs=1)
    with joblib.parallel_config(backend=backend, n_jobs=2):
        together = register_stack(stack[:3], "translation")
    np.testing.assert_array_equal(alone.matrices, together.matrices)


def test_the_workers_of_a_pool_do_not_change_the_result(stack):
    alone = register_stack(stack[:3], "translation", n_jobs=1)
    with ThreadPoolExecutor(2) as pool:
        together = register_stack(stack[:3], "translation", pool=pool)
    np.testing.assert_array_equal(alone.matrices, together.matrices)


def test_a_jump_is_found_with_the_mean_too():
    large = scene((160, 160), 2)
    stack = [large[40:104, 40 + s : 104 + s] for s in (0, 2, 4, 30)]
    result = register_stack(stack, "translation", reference="mean")
    np.testing.assert_allclose(result.drift["shift_1"], [0, -2, -4, -30], atol=0.05)


@pytest.mark.slow
def test_spacing_masks_and_volumes():
    large = scene((20, 60, 60), 3)
    stack = np.stack([large[:, 8 : 8 + 40, 8 + s : 48 + s] for s in (0, 2)])
    mask = np.ones(stack.shape[1:], dtype=bool)
    mask[:3] = False
    result = register_stack(stack, "translation", spacing=(3, 0.5, 0.5), mask=mask)
    np.testing.assert_allclose(result.params[1], [0, 0, -1.0], atol=0.05)
    assert result.units["shift_2"] == "spacing units"
    each = register_stack(stack, "translation", spacing=(3, 0.5, 0.5), mask=np.stack([mask, mask]))
    np.testing.assert_array_equal(result.matrices, each.matrices)


def test_all_channels_of_colour_frames_are_compared(stack):
    colour = np.stack([stack, 0.5 * stack, stack], axis=-1)[:2]
    result = register_stack(colour, "translation", channel_axis=-1)
    grey = register_stack(stack[:2], "translation")
    np.testing.assert_allclose(result.matrices, grey.matrices, atol=0.01)
    assert result.warp(colour, channel_axis=-1).shape == colour.shape


@pytest.mark.slow
def test_a_doubtful_frame_is_named(stack):
    frames = stack[:4].copy()
    frames[2] = np.random.default_rng(1).normal(size=SHAPE)
    result = register_stack(frames, reference="first", n_jobs=1)
    assert result.doubtful == [2]
    assert result.ambiguous
    assert "frames 2;" in result.message
    assert ", ambiguous" in result.summary().splitlines()[4]
    assert "ambiguous" in repr(result)
    page = result._repr_html_()
    assert page.count("<tr>") == 2 + 1 + 4  # status and message, header, frames
    assert "frames 2;" in page
    assert "carries over to all later ones" in register_stack(frames[1:3], n_jobs=1).message


@pytest.mark.slow
def test_the_table_has_units_and_a_row_for_each_frame(stack, tmp_path):
    result = register_stack(stack[:3], n_jobs=1)
    rows = result.rows()
    assert rows[0][:4] == ["frame", "rotation [degrees]", "shift_0 [px]", "shift_1 [px]"]
    assert [row[0] for row in rows[1:]] == ["0", "1", "2"]
    assert float(rows[2][1]) == pytest.approx(1.5, abs=0.1)
    result.write_csv(tmp_path / "drift.csv")
    assert (tmp_path / "drift.csv").read_text().splitlines()[0].startswith("frame,rotation")
    assert len(str(result).splitlines()) == 5


@pytest.mark.parametrize(
    ("make", "settings", "error", "match"),
    [
        (lambda s: s, {"reference": "last"}, ValueError, "reference is 'last'"),
        (lambda s: s, {"fixed_mask": 1}, TypeError, "give mask"),
        (lambda s: s, {"nonsense": 1}, TypeError, "nonsense"),
        (lambda s: s[0], {}, ValueError, "at least two frames"),
        (lambda s: s[:1], {}, ValueError, "at least two frames"),
        (lambda s: [s[0], s[1][:50]], {}, ValueError, "same shape"),
        (lambda s: np.stack([s[0], 0 * s[0]]), {}, ValueError, "frame 1 is constant"),
        (lambda s: np.stack([s, s, s], axis=-1), {}, ValueError, "channel_axis"),
        (lambda s: s, {"mask": np.ones((3, 3))}, ValueError, "mask has shape"),
        (lambda s: s, {"min_overlap": 2}, ValueError, "min_overlap"),
    ],
)
def test_bad_stacks_are_refused(stack, make, settings, error, match):
    with pytest.raises(error, match=match):
        register_stack(make(stack), **settings)


def test_another_number_of_frames_is_not_warped(stack):
    result = register_stack(stack[:2], "translation")
    with pytest.raises(ValueError, match="3 frames"):
        result.warp(stack[:3])


def test_progress_counts_frames(stack, capsys):
    register_stack(stack[:3], "translation", progress="line", n_jobs=1)
    assert "2 of 2 frames" in capsys.readouterr().err
    pytest.importorskip("tqdm")
    register_stack(stack[:3], "translation", progress=True, n_jobs=1)
    assert "2/2" in capsys.readouterr().err
