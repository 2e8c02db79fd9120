"""A file that is damaged, foreign, hostile or of another version is refused in one sentence."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import io
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parallel_cases import START, rosenbrock, with_extra
from quick import examples

import minimizer
from minimizer import Minimizer
from minimizer.execution import checkpoint_file
from minimizer.execution.answer_log import OtherPoint


def saved(path: Path, evaluations: int = 40, **settings: Any) -> dict[str, Any]:
    """Write a call to a file; return its data."""
    m = Minimizer(None, 2, **settings)
    fun = with_extra if settings.get("extra_array_elements") else rosenbrock
    for _ in range(evaluations):
        m.tell(fun(m.ask(START)))
    m.save(path)
    return checkpoint_file.read(path)


def refusal(path: Path) -> str:
    """Load a file that must be refused; return the sentence."""
    with pytest.raises(ValueError, match=r"call'") as raised:
        Minimizer.load(path, rosenbrock)
    text = str(raised.value)
    assert "\n" not in text
    assert len(text) < 300
    return text


@pytest.fixture(scope="module")
def whole(tmp_path_factory: Any) -> bytes:
    path: Path = tmp_path_factory.mktemp("whole") / "call"
    saved(path)
    return path.read_bytes()


def test_one_cut_short_anywhere(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "call"
    for length in [*range(0, len(whole), 37), len(whole) - 1]:
        path.write_bytes(whole[:length])
        assert "damaged" in (text := refusal(path)) or "no checkpoint" in text


def test_any_bit_that_is_flipped(whole: bytes, tmp_path: Path) -> None:
    path, rng = tmp_path / "call", np.random.default_rng(0)
    for place in [*range(200), *rng.integers(200, len(whole), 300).tolist()]:
        data = bytearray(whole)
        data[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(data)
        refusal(path)


def test_a_byte_too_many(whole: bytes, tmp_path: Path) -> None:
    (tmp_path / "call").write_bytes(whole + b"\n")
    assert "damaged" in refusal(tmp_path / "call")


class Bomb:
    """Executes something when it is read by pickle."""

    def __reduce__(self) -> Any:
        return Path.touch, (Path("exploded"),)


def with_numpy(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


FOREIGN: dict[str, bytes] = {
    "nothing": b"",
    "text": b"Chapter 1\n\nIt was a dark night.\n",
    "a pickle": pickle.dumps(Bomb()),
    "arrays": with_numpy(x=np.arange(3)),
    "pickled arrays": with_numpy(x=np.array([Bomb()], dtype=object)),
    "other JSON": b'{"a": 1}\n{}',
    "a list": b"[]\n{}",
    "deep": b"[" * 100_000,
    "a long line": b'"' + b"x" * 10_000_000 + b'"',
    "zeros": bytes(100_000),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_something_else(name: str, tmp_path: Path, monkeypatch: Any) -> None:
    """And nothing in it is executed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "call").write_bytes(FOREIGN[name])
    assert "is no checkpoint of minimizer" in refusal(tmp_path / "call")
    assert not Path("exploded").exists()


def forged(path: Path, body: bytes, **head: Any) -> None:
    """Write a file whose checksum is right."""
    right: dict[str, Any] = {
        "minimizer checkpoint": checkpoint_file.FORMAT,
        "version": minimizer.__version__,
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    path.write_bytes(json.dumps(right | head).encode() + b"\n" + body)


@pytest.mark.parametrize(
    "head",
    [{"minimizer checkpoint": 2}, {"version": "9.9"}, {"version": ["x" * 100]}, {"version": None}],
    ids=str,
)
def test_another_version(head: dict[str, Any], whole: bytes, tmp_path: Path) -> None:
    forged(tmp_path / "call", whole.partition(b"\n")[2], **head)
    text = refusal(tmp_path / "call")
    assert "was written by version" in text
    assert "delete it" in text


@pytest.mark.parametrize("body", [b"", b"[]", b"3", b"{", b"[" * 100_000, b"{}", b"\xff"], ids=len)
def test_a_right_checksum_of_something_else(body: bytes, tmp_path: Path) -> None:
    forged(tmp_path / "call", body)
    assert "damaged" in refusal(tmp_path / "call")


def numbers(*rows: Any) -> dict[str, Any]:
    return checkpoint_file.as_text(np.array(rows, dtype=np.float64))


# where in the file, and what stands there
HOSTILE: list[tuple[tuple[Any, ...], Any]] = [
    (("settings",), None),
    (("settings",), []),
    (("settings",), {}),
    (("settings", "fun"), "os.system"),
    (("settings", "n_params"), 10**15),
    (("settings", "n_params"), -1),
    (("settings", "n_params"), 3),
    (("settings", "extra_array_elements"), 10**15),
    (("settings", "extra_array_elements"), -1),
    (("settings", "extra_array_elements"), 1),
    (("settings", "extra_array_elements"), "many"),
    (("settings", "max_restarts"), "two"),
    (("settings", "max_rel_error"), []),
    (("settings", "rules"), "robust"),
    (("settings", "rules"), {"nan_ranks_worst": True}),
    (("settings", "rules", "quadratic_surface"), "yes"),
    (("settings", "rules", "__class__"), True),
    (("settings", "bounds"), [[1, 0], [0, 1]]),
    (("settings", "bounds"), [[0, 1]] * 3),
    (("settings", "checkpoint"), 7),
    (("settings", "checkpoint_interval"), -1),
    (("settings", "random_seed"), 2**70),
    (("start",), None),
    (("start",), []),
    (("start", 0), [1.0]),
    (("start", 0), "abc"),
    (("start", 0), [[1.0, 2.0]]),
    (("start", 0), [float("inf"), 0.0]),
    (("start", 0), [0.0] * 4000),
    (("start", 1), [-1.0, 1.0]),
    (("start", 2), [[0.0, 0.0]]),
    (("start", 2), 7),
    (("runs",), []),
    (("runs",), {"one": {}}),
    (("runs", "0"), None),
    (("runs", "0"), {}),
    (("runs", "0", "numbers"), "~~~"),
    (("runs", "0", "numbers"), "AAAA"),
    (("runs", "0", "numbers"), 3),
    (("runs", "0", "columns"), 0),
    (("runs", "0", "columns"), -3),
    (("runs", "0", "columns"), 7),
    (("runs", "0", "columns"), 10**15),
    (("runs", "0", "columns"), 3.0),
    (("runs", "0"), numbers([1.0, 0.0])),
    (("runs", "0"), numbers([1.0, 0.0, np.nan])),
    (("runs", "0"), numbers([1.0, 0.0, np.inf])),
    (("waiting",), None),
    (("waiting",), [[0]]),
    (("waiting",), [[0, "zz", 1.0, []]]),
    (("waiting",), [[0, "00", "x", []]]),
    (("waiting",), [[0, "00", 1.0, [1.0]]]),
    (("seconds",), "long"),
    (("seconds",), [1]),
]


def changed(data: dict[str, Any], place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """Return the data of a file with another value somewhere."""
    data = copy.deepcopy(data)
    inner: Any = data
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return data


@pytest.mark.parametrize(("place", "value"), HOSTILE, ids=lambda each: repr(each)[:60])
def test_wrong_things_under_a_right_checksum(
    place: tuple[Any, ...], value: Any, whole: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "call"
    path.write_bytes(whole)
    data = checkpoint_file.read(path)
    checkpoint_file.write(path, changed(data, place, value))
    assert "damaged" in refusal(path)


@pytest.mark.slow
@settings(max_examples=examples(150), deadline=None)
@given(data=st.data())
def test_anything_anywhere_is_refused_or_goes_on(
    tmp_path_factory: Any, whole: bytes, data: st.DataObject
) -> None:
    """No other exception than the refusal, whatever stands where."""
    path: Path = tmp_path_factory.mktemp("forged") / "call"
    path.write_bytes(whole)
    saved_data = checkpoint_file.read(path)
    places: list[tuple[Any, ...]] = []

    def find(inner: Any, place: tuple[Any, ...]) -> None:
        places.append(place)
        if isinstance(inner, dict | list):
            for key, each in inner.items() if isinstance(inner, dict) else enumerate(inner):
                find(each, (*place, key))

    for key, each in saved_data.items():
        find(each, (key,))
    json_values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=5,
    )
    place = data.draw(st.sampled_from(places))
    checkpoint_file.write(path, changed(saved_data, place, data.draw(json_values)))
    with contextlib.suppress(ValueError, OtherPoint):
        Minimizer.load(path, rosenbrock)


def test_answers_of_other_points_are_refused(tmp_path: Path) -> None:
    """As from another version of the algorithm, or a machine that computes otherwise."""
    path = tmp_path / "call"
    data = saved(path)
    data["settings"]["random_seed"] = 1
    checkpoint_file.write(path, data)
    with pytest.raises(RuntimeError, match="other points than those that are asked for"):
        Minimizer.load(path, rosenbrock)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Minimizer.load(tmp_path / "call", rosenbrock)


def test_a_function_that_is_none_is_refused_before_the_file_is_read(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"^fun is 3"):
        Minimizer.load(tmp_path / "call", 3)  # type: ignore[arg-type]


def test_every_bit_of_a_value_is_kept(tmp_path: Path) -> None:
    """Negative zero, denormals and NaN among them, and extra elements."""
    path = tmp_path / "call"
    odd = [-0.0, 5e-324, float("nan"), 1e308, -1e308, 0.1]
    m = Minimizer(None, 1, extra_array_elements=1, trace=True, rules="imagej")
    for value in odd:
        point = m.ask([1.0])
        assert point is not None
        point[1] = -value
        m.tell(value)
    m.save(path)
    (rows,) = (checkpoint_file.from_text(t) for t in checkpoint_file.read(path)["runs"].values())
    assert rows[:, 0].tobytes() == np.array(odd).tobytes()
    assert rows[:, 3].tobytes() == (-np.array(odd)).tobytes()


def test_the_file_is_small(tmp_path: Path) -> None:
    """32 bytes for an evaluation, as text, and some 1500 for the settings."""
    saved(tmp_path / "few", 10)
    saved(tmp_path / "call", 110)
    few, many = ((tmp_path / name).stat().st_size for name in ("few", "call"))
    assert few < 2500
    assert (many - few) / 100 == pytest.approx(32, abs=1)
