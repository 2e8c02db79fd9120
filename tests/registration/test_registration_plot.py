"""Pictures of registrations: what is in the axes."""

import dataclasses

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("matplotlib")
from scenes import about_centre, bent, scene, turned, windows

from minimizer.registration import register, register_stack
from minimizer.registration.plot import cost as plot_cost
from minimizer.registration.plot import images as plot_images
from minimizer.registration.plot.registration import make_figure

SHAPE = (64, 72)


@pytest.fixture(scope="module")
def flat():
    """Return a result in the plane, and its images."""
    fixed, moving = windows(about_centre(turned(9), (3.0, -5.0), SHAPE), SHAPE)
    return register(fixed, moving), fixed, moving


def profiles(result):
    """Return the cost along each parameter of a result."""
    return plot_cost.profiles(result.cost_function, result.transform, result.params)


def titled(figure):
    """Return all axes by their titles."""
    return {ax.get_title(): ax for ax in figure.axes if ax.get_title()}


@pytest.mark.slow
def test_the_picture_has_everything(flat, tmp_path):
    figure = flat[0].plot()
    axes = titled(figure)
    names = [title.partition(",")[0] for title in axes]
    for name in (
        "checkerboard before",
        "checkerboard after",
        "difference before",
        "difference after",
        "joint histogram before",
        "joint histogram after",
        "lowest cost so far",
        "cost along rotation",
        "cost along shift_0",
        "cost along shift_1",
    ):
        assert name in names
    figure.savefig(tmp_path / "picture.png")
    assert (tmp_path / "picture.png").stat().st_size > 10_000
    assert "SUCCESS" in figure.get_suptitle()
    assert "rotation 9" in figure.get_suptitle()


@pytest.mark.slow
def test_the_difference_is_that_of_the_registered_image(flat):
    result, fixed, moving = flat
    axes = titled(result.plot())
    shown = {title[:16]: ax.images[0].get_array() for title, ax in axes.items() if ax.images}
    expected = fixed - result.warp(moving, order=1)
    drawn = np.ma.filled(shown["difference after"], np.nan)
    np.testing.assert_allclose(drawn, expected, atol=1e-12)
    before = np.ma.filled(shown["difference befor"], np.nan)
    np.testing.assert_allclose(before, fixed - moving, atol=1e-12)
    assert np.nanstd(drawn) < 0.2 * np.nanstd(before)


@pytest.mark.slow
def test_the_checkerboard_shows_both_images(flat):
    result, fixed, moving = flat
    ax = titled(result.plot())["checkerboard before"]
    board = ax.images[0].get_array()
    size = 64 // plot_images.FIELDS
    np.testing.assert_allclose(board[:size, :size], plot_images.grey(fixed)[:size, :size])
    field = np.s_[:size, size : 2 * size]
    np.testing.assert_allclose(board[field], plot_images.grey(moving)[field])


def test_the_profile_is_the_cost_and_least_at_the_result(flat):
    result = flat[0]
    for i, profile in enumerate(profiles(result)):
        assert np.nanargmin(profile.cost) == plot_cost.POINTS
        assert profile.deviation[plot_cost.POINTS] == 0
        params = result.params.copy()
        params[i] += 5.0
        scale = 1.0 if i else np.degrees(1 / result.transform.lever)
        between = np.interp(5.0 * scale, profile.deviation, profile.cost)
        assert between == pytest.approx(result.cost_function(params), rel=0.05)
    assert [profile.unit for profile in profiles(result)] == ["degrees", "px", "px"]


def test_the_way_there_is_the_trace_of_each_level(flat):
    ax = titled(flat[0].plot())["lowest cost so far, at each pyramid level"]
    traces = [line for line in ax.lines if line.get_label().endswith(" s")]
    assert len(traces) == len(flat[0].levels)
    for line, level in zip(traces, flat[0].levels, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), level.trace)
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels[-1] == "nothing moved"
    assert len({str(line.get_linestyle()) for line in traces}) == len(traces)


@pytest.mark.slow
def test_everything_is_grey(flat):
    for ax in flat[0].plot().axes:
        assert all(image.get_cmap().name in ("gray", "gray_r") for image in ax.images)
        assert all(isinstance(line.get_color(), str) for line in ax.lines)


@pytest.mark.slow
def test_two_modalities_are_compared_by_expected_values():
    truth = about_centre(turned(5), (2.0, 3.0), SHAPE)
    fixed, moving = windows(truth, SHAPE, change=bent)
    result = register(fixed, moving, metric="nmi")
    axes = titled(result.plot())
    rms = {title.split(",")[0]: float(title.split()[-1]) for title in axes if "rms" in title}
    assert rms["difference after"] < 0.5 * rms["difference before"]


@pytest.mark.slow
def test_volumes_are_three_slices_with_their_aspect():
    large = scene((20, 50, 54), 1)
    fixed, moving = large[:16, 5:45, 5:45], large[:16, 7:47, 5:45]
    result = register(fixed, moving, "translation", spacing=(2.0, 1.0, 1.0))
    figure = result.plot()
    slices = [ax for ax in figure.axes if ax.images and "axis" in ax.get_ylabel()]
    assert len(slices) == 12
    shapes = [ax.images[0].get_array().shape for ax in slices[::4]]
    assert shapes == [(40, 40), (16, 40), (16, 40)]
    assert [ax.get_aspect() for ax in slices[::4]] == [1.0, 2.0, 2.0]


@pytest.mark.slow
def test_many_parameters_take_more_rows():
    large = scene((30, 50, 54), 1)
    result = register(large[:24, 5:45, 5:45], large[:24, 7:47, 5:45], "affine", search="local")
    assert sum("cost along" in title for title in titled(result.plot())) == 12


@pytest.mark.slow
def test_it_draws_into_a_given_figure(flat):
    figure = make_figure(12, 9)
    assert flat[0].plot(figure) is figure
    assert figure.axes


def test_without_images_it_says_so(flat):
    with pytest.raises(ValueError, match="has no images"):
        dataclasses.replace(flat[0], cost_function=None).plot()


def test_other_dimensions_are_refused():
    line = np.sin(np.arange(64) / 5.0) * np.arange(64)
    result = register(line[:-4], line[4:], "translation")
    with pytest.raises(ValueError, match="1 dimensions"):
        result.plot()


def test_images_that_do_not_overlap_before_are_drawn():
    large = scene((60, 400), 3)
    fixed, moving = large[:, :60], np.full((60, 160), np.nan)
    moving[:, 90:150] = fixed
    result = register(fixed, moving, "translation", search="global", min_overlap=0.5)
    axes = titled(result.plot())
    assert [text.get_text() for text in axes["joint histogram before"].texts] == ["no overlap"]
    assert "difference before, rms nan" in axes


def test_the_sampled_profile_is_close_to_the_cost(flat, monkeypatch):
    monkeypatch.setattr(plot_cost, "MAX_SAMPLES", 2000)
    function = plot_cost.sampled(flat[0].cost_function)
    assert function.comparison.n_pixels == pytest.approx(2000, rel=0.05)
    params = flat[0].params + 4.0
    assert function(params) == pytest.approx(flat[0].cost_function(params), rel=0.2)


@pytest.mark.slow
def test_the_picture_of_a_stack():
    large = scene((100, 100), 5)
    stack = np.stack([large[20:84, 20 + s : 84 + s] for s in (0, 2, 5, 3)])
    result = register_stack(stack, "rigid", n_jobs=1)
    axes = titled(result.plot(stack))
    drift = [
        ax for ax in result.plot(stack).axes if ax.get_title() == "drift since the first frame"
    ]
    assert [ax.get_ylabel() for ax in drift] == ["degrees", "px"]
    np.testing.assert_allclose(drift[1].lines[1].get_ydata(), [0, -2, -5, -3], atol=0.05)
    assert {"mean before", "mean after"} <= axes.keys()
