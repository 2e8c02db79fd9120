"""Windows: what models return, unions, overlaps, chunks and classes that do not overlap."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minimizer.blocks.windows import chunks_of, colours_of, overlap, part_of, union, window_of

SHAPE = (12, 10)


@st.composite
def windows(draw: Any, kind: str) -> Any:
    if kind == "indices":
        found = draw(st.sets(st.integers(0, 119), min_size=1, max_size=40))
        return window_of(np.array(sorted(found)), (120,), "a")
    sides = []
    for n in SHAPE:
        start = draw(st.integers(0, n - 1))
        sides.append(slice(start, draw(st.integers(start + 1, n))))
    return window_of(tuple(sides), SHAPE, "a")


def numbers_of(window: Any) -> np.ndarray:
    """Return the residuals of a window as NumPy indexes them: the oracle."""
    shape = (120,) if window.box is None else SHAPE
    return np.arange(120).reshape(shape)[window.index].ravel()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["indices", "boxes"])
def test_overlaps_unions_and_parts_are_those_of_sets(kind: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(windows(kind), windows(kind))
    def check(a: Any, b: Any) -> None:
        common = np.intersect1d(numbers_of(a), numbers_of(b))
        both = overlap(a, b)
        if both is None:
            assert not common.size
        else:
            for window, where in zip((a, b), both, strict=True):
                found = numbers_of(window).reshape(window.shape)[where].ravel()
                np.testing.assert_array_equal(found, common)
        whole = union([a, b])
        assert np.isin(np.union1d(numbers_of(a), numbers_of(b)), numbers_of(whole)).all()
        np.testing.assert_array_equal(part_of(numbers_of(whole), whole, b), numbers_of(b))

    check()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["indices", "boxes"])
def test_windows_of_a_class_do_not_overlap(kind: str) -> None:
    @settings(max_examples=30, deadline=None)
    @given(st.lists(windows(kind), min_size=1, max_size=50))
    def check(found: list[Any]) -> None:
        classes = colours_of(found, (120,) if kind == "indices" else SHAPE)
        assert sorted(i for each in classes for i in each) == list(range(len(found)))
        for each in classes:
            assert all(overlap(found[i], found[j]) is None for i, j in combinations(each, 2))

    check()


def test_more_classes_than_bits() -> None:
    found = [window_of(slice(0, 3), (5,), "a")] * 70
    assert colours_of(found, (5,)) == [[i] for i in range(70)]


@pytest.mark.parametrize("most", [10, 25, 119])
def test_chunks_are_all_residuals_and_fit(most: int) -> None:
    for like in (None, window_of((slice(0, 2), slice(0, 2)), SHAPE, "a")):
        chunks = chunks_of(SHAPE, like, most)
        found = np.concatenate([np.arange(120).reshape(SHAPE)[c.index].ravel() for c in chunks])
        np.testing.assert_array_equal(np.sort(found), np.arange(120))
        assert all(chunk.size <= most for chunk in chunks)
        assert len(chunks) > 1


@pytest.mark.parametrize("shape", [(30, 300), (100, 100, 100), (7, 400, 90), (1000, 3, 40)])
def test_boxes_are_not_cut_thinner_than_needed(shape: tuple[int, ...]) -> None:
    """Flat chunks cut each component many times, the more often the larger the volume."""
    like = window_of((slice(0, 2),), shape, "a")
    chunks = chunks_of(shape, like, 2000)
    assert sum(chunk.size for chunk in chunks) == np.prod(shape)
    for chunk in chunks:
        assert 500 < chunk.size <= 2000
        cut = [n for n, whole in zip(chunk.shape, shape, strict=True) if n < whole]
        assert max(chunk.shape) <= 2 * min(cut)


def test_chunks_are_of_the_kind_that_the_model_knows() -> None:
    box = window_of((slice(0, 2), slice(0, 2)), SHAPE, "a")
    assert isinstance(chunks_of(SHAPE, box, 30)[0].index, tuple)
    plain = window_of(slice(0, 2), SHAPE, "a")
    assert isinstance(chunks_of(SHAPE, plain, 30)[0].index, slice)
    indices = window_of(np.arange(3), (120,), "a")
    assert isinstance(chunks_of((120,), indices, 30)[0].index, np.ndarray)
    assert chunks_of(SHAPE, box, 1000)[0].index is None


@pytest.mark.parametrize(
    ("window", "shape", "message"),
    [
        (np.array([3, 1]), (9,), "unsorted or repeated"),
        (np.array([1, 1]), (9,), "unsorted or repeated"),
        (np.array([7, 9]), (9,), "from 7 to 9; there are 9 residuals"),
        (np.array([1, 2]), (3, 3), "return a tuple of slices"),
        (np.array([0.5]), (9,), "must be a slice, a tuple of slices, or indices"),
        ((slice(0, 4, 2),), (9,), "slices of step 1"),
        ((slice(0, 4), 3), (9, 9), "slices of step 1"),
        ((slice(0, 4),) * 3, (9, 9), "at most one slice per dimension"),
    ],
)
def test_what_is_no_window_is_refused(window: Any, shape: tuple[int, ...], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message) as caught:
        window_of(window, shape, "peak 7")
    assert "the window of peak 7" in str(caught.value)


def test_slices_are_cut_at_the_ends() -> None:
    window = window_of((slice(-3, None), slice(5, 99)), SHAPE, "a")
    assert window.box == (slice(9, 12), slice(5, 10))
    assert window_of(slice(4, 2), (9,), "a").size == 0


def test_empty_windows_do_not_widen_a_union() -> None:
    empty = window_of((slice(0, 0), slice(0, 0)), SHAPE, "a")
    full = window_of((slice(5, 7), slice(3, 9)), SHAPE, "b")
    assert union([empty, full]) is full
    assert union([empty, empty]).size == 0


def test_ends_of_chunks_meet() -> None:
    chunks = chunks_of(SHAPE, None, 40)
    assert all(a.box[0].stop == b.box[0].start for a, b in pairwise(chunks))
