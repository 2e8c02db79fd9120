"""The demonstration of spheres, in a small volume."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("scipy")

from minimizer.__main__ import main
from minimizer.blocks.spheres.made import SHARED
from minimizer.commands.spheres_demo import run
from minimizer.commands.spheres_demo.scene import Scene, closest_pairs, make_scene


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Make the demonstration quick."""
    scene = make_scene((24, 48, 48), 12, seed=1)
    monkeypatch.setattr(run, "make_scene", lambda: scene)
    return scene


@pytest.mark.slow
def test_spheres_are_found_and_drawn(small, tmp_path, capsys) -> None:
    image = pytest.importorskip("matplotlib.image")
    picture = tmp_path / "spheres.png"
    assert main(["demo", "--spheres", "--output", str(picture)]) == 0
    printed = capsys.readouterr().out
    assert "12 spheres, 0 missed, 0 spurious" in printed
    assert "Status SUCCESS" in printed
    assert str(picture) in printed
    pixels = image.imread(picture)
    assert min(pixels.shape[:2]) > 500
    assert np.ptp(pixels[..., :3]) == 1.0


def test_the_scene_is_as_it_is_said(small) -> None:
    true, guess = ((len(x) - len(SHARED)) // 4 for x in (small.truth, small.guess))
    counts = small.counts
    assert counts == {"missing": 1, "pairs": 1, "spurious": 0}
    assert true == 12
    assert guess == true - counts["missing"] - counts["pairs"] + counts["spurious"]
    r = small.model.with_spheres(small.truth, small.truth[9:].reshape(-1, 4))[0].residuals(
        small.truth
    )
    assert np.mean(r**2) == pytest.approx(1.0, abs=4.0 * np.sqrt(2.0 / r.size))


def test_the_closest_pairs_have_no_sphere_in_common() -> None:
    spheres = np.array([[0.0, 0.0, x, 1.0] for x in (0.0, 2.5, 5.1, 20.0, 23.0)])
    assert closest_pairs(spheres, 2).tolist() == [[0, 1], [3, 4]]
    assert closest_pairs(spheres, 0).shape == (0, 2)


@pytest.mark.parametrize(
    ("missed", "spurious", "success", "sigmas", "right"),
    [
        ([], [], True, 3.9, True),
        ([1], [], True, 0.0, False),
        ([], [1], True, 0.0, False),
        ([], [], False, 0.0, False),
        ([], [], True, -4.1, False),
    ],
)
def test_what_is_right(missed, spurious, success, sigmas, right) -> None:
    comparison = SimpleNamespace(missed=missed, spurious=spurious)
    result = SimpleNamespace(success=success)
    assert run.Outcome(result, comparison, 1.0, sigmas, 0.0, {}).is_right is right


def test_without_spheres_it_is_the_other_demonstration(capsys) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["demo", "-h"])
    assert stop.value.code == 0
    assert "--spheres" in capsys.readouterr().out
