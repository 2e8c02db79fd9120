"""The runner of the benchmarks: what it counts, judges, draws, refuses and writes."""

from __future__ import annotations

import dataclasses
import functools
import json
import math
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")

from benchmarks import __main__ as runner
from benchmarks import ablation, arguments, growth, peers, planning, playing, profiles, report
from benchmarks.case import Case
from benchmarks.judge import Verdict, judge
from benchmarks.peers import PEERS, Answer, Peer
from benchmarks.reliability import HEADER, Score, reliability_table
from benchmarks.table import Table
from benchmarks.trial import Counted, Trial, attempt
from minimizer.simplex.rules import ROBUST


def parabola(x: np.ndarray) -> float:
    return float(((x - 1.0) ** 2).sum())


def edge(x: np.ndarray) -> float:
    """Two parabolas beside each other: minima of 0 at 1 and of 1 at -3; NaN beyond 4."""
    if x[0] > 4.0:
        return math.nan
    return float(min((x[0] - 1.0) ** 2, (x[0] + 3.0) ** 2 + 1.0))


TINY = [
    Case("parabola", parabola, np.array([3.0, 0.5]), 0.0, budget=2000),
    Case("edge", edge, np.array([3.0]), 0.0, others=(1.0,), budget=2000),
]
SETS = {"morewild": lambda _seed, quick: TINY[:1] if quick else TINY, "steps": lambda *_: TINY[1:]}


def answering(fun: Counted, case: Case, _seed: int, x: float, claimed: bool) -> Answer:
    fun(case.start)
    return Answer(np.array([x]), claimed)


def failing(fun: Counted, case: Case, _seed: int) -> Answer:
    raise ZeroDivisionError("no")


def peer(x: float, claimed: bool = True) -> Peer:
    return Peer("fake", functools.partial(answering, x=x, claimed=claimed))


def trial(of: str = "minimizer", case: str = "a", **given: object) -> Trial:
    plain: dict[str, object] = {
        "set": "morewild", "case": case, "n": 1, "peer": of, "seed": 0, "claimed": True,
        "good": True, "other": False, "value": 0.0, "minimum": 0.0, "evaluations": 10,
        "start_value": 100.0,
    }  # fmt: skip
    return Trial(**(plain | given))  # type: ignore[arg-type]


@pytest.fixture
def tiny_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arguments, "SETS", SETS)
    monkeypatch.setattr(planning, "SETS", SETS)


@pytest.mark.parametrize(
    ("x", "claimed", "verdict"),
    [
        (1.0, True, Verdict.GOOD_CLAIMED),
        (1.0, False, Verdict.GOOD_UNCLAIMED),
        (2.5, True, Verdict.FALSE),
        (2.5, False, Verdict.HONEST),
        (-3.0, True, Verdict.OTHER),
        (-3.0, False, Verdict.HONEST),
        (5.0, True, Verdict.FALSE),
        (math.nan, True, Verdict.FALSE),
        (math.inf, True, Verdict.FALSE),
    ],
)
def test_a_result_is_judged_by_its_value(x: float, claimed: bool, verdict: Verdict) -> None:
    played = attempt(TINY[1], peer(x, claimed), seed=0)
    assert played.verdict is verdict
    assert played.false is (verdict is Verdict.FALSE)


def test_the_judge_knows_five_things() -> None:
    kinds = {judge(c, g, o) for c in (0, 1) for g in (0, 1) for o in (0, 1)}
    assert kinds == set(Verdict)


def test_a_point_out_of_bounds_is_not_good() -> None:
    case = dataclasses.replace(TINY[1], bounds=((1.5, 4.0),), minimum=0.25)
    assert attempt(case, peer(1.5), seed=0).good
    assert math.isnan(attempt(case, peer(1.0), seed=0).value)


def test_what_a_point_is_worth_is_the_judge_of_the_case() -> None:
    noisy = dataclasses.replace(TINY[1], fun=lambda x: edge(x) - 7.0, judge=edge)
    played = attempt(noisy, peer(2.0), seed=0)
    assert (played.value, played.start_value, played.history) == (1.0, 4.0, ((1, 4.0),))


def test_an_exception_is_no_claim_and_is_told() -> None:
    played = attempt(TINY[1], Peer("fake", failing), seed=0)
    assert (played.claimed, played.good, played.error) == (False, False, "ZeroDivisionError: no")
    assert Score("fake", [played]).notes() == [
        "fake, ended by an exception: edge: ZeroDivisionError: no"
    ]


def test_evaluations_are_counted_and_improvements_remembered() -> None:
    fun = Counted(edge, most=5)
    for x in (3.0, math.pi, 2.0, 9.0, 1.5):
        fun(np.array([x]))
    assert fun.evaluations == 5
    assert fun.history == [(1, 4.0), (3, 1.0), (5, 0.25)]
    with pytest.raises(RuntimeError, match="stopped after 5"):
        fun(np.array([1.0]))


@pytest.mark.parametrize("name", PEERS)
def test_every_peer_finds_a_minimum(name: str) -> None:
    if not PEERS[name].is_installed:
        pytest.skip(f"{name} is not installed")
    for case in (
        TINY[0],
        dataclasses.replace(TINY[0], bounds=((-5.0, 5.0), (0.0, 0.75)), minimum=0.0625),
    ):
        played = attempt(case, PEERS[name], seed=0)
        assert played.good, played
        assert played.evaluations >= played.history[-1][0]


def test_reliability_counts_by_peer() -> None:
    trials = [
        trial("a", evaluations=10),
        trial("a", good=False, case="x", evaluations=30),
        trial("a", good=False, claimed=False, evaluations=80),
        trial("b", good=False, other=True, case="y"),
        trial("b", claimed=False),
    ]
    table = reliability_table("some", trials, "make it", telling=True)
    assert table.header == HEADER
    assert table.rows == [("a", 3, 2, 1, 1, 1, 0, 30, 120), ("b", 2, 1, 1, 0, 0, 1, 10, 20)]
    assert table.notes == ["a, false: x", "b, in another minimum: y"]
    assert "(`make it`)" in table.markdown()


def test_a_peer_that_is_missing_is_skipped_and_named(
    tiny_sets: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(peers, "package_version", lambda p: None if p == "nlopt" else "9.9")
    runner.main(["--only", "steps", "--peers", "minimizer,nlopt-bobyqa", "--jobs", "1"])
    printed = capsys.readouterr().out
    assert "Skipped, because not installed: nlopt-bobyqa" in printed
    assert "| nlopt-bobyqa" not in printed
    assert "| minimizer" in printed


def test_an_old_package_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "package_version", lambda _: "1.11.4")
    assert PEERS["scipy-neldermead"].is_installed
    assert not PEERS["scipy-cobyqa"].is_installed


def test_a_peer_without_bounds_is_skipped_where_there_are_some() -> None:
    bounded = dataclasses.replace(TINY[0], bounds=((0.0, 1.0), (0.0, 1.0)))
    unable = dataclasses.replace(PEERS["minimizer"], takes_bounds=False)
    assert len(planning.tasks_of("steps", [TINY[0], bounded], [unable], seed=0)) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--only", "morewyld"], "'morewyld' is none of reliability, profiles, growth, ablation, "),
        (["--peers", "bobyqa"], "'bobyqa' is none of minimizer, imagej, "),
        (["--seeds", "0"], "0 is not positive"),
        (["--seed", "-1"], "-1 is not in 0"),
        (["--jobs", "0"], "0 is no number of processes"),
        (["--quick", "--full"], "not allowed with argument"),
    ],
)
def test_wrong_arguments_are_refused(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        arguments.request(words)
    assert told in capsys.readouterr().err


@pytest.mark.usefixtures("tiny_sets")
def test_what_is_asked_for() -> None:
    everything = arguments.request([])
    assert everything.quick
    assert everything.parts == arguments.PARTS
    assert everything.command() == "python -m benchmarks --quick --seed 0 --seeds 1"
    full = arguments.request(["--full", "--seed", "5", "--seeds", "3", "--only", "ablation,steps"])
    assert (full.seeds, full.parts, full.sets) == ((5, 6, 7), ("ablation",), ("steps",))
    assert full.command().endswith("--seeds 3 --only ablation,steps")
    assert arguments.request(["--only", "steps"]).parts == ("reliability",)


@pytest.mark.usefixtures("tiny_sets")
def test_the_seed_decides_not_the_number_of_jobs() -> None:
    asked = arguments.request(
        ["--full", "--seeds", "3", "--only", "morewild", "--peers", "minimizer,imagej"]
    )
    one, two = (runner.measure(dataclasses.replace(asked, jobs=jobs)) for jobs in (1, 2))
    assert one.trials == two.trials
    assert [t.seed for t in one.trials if t.peer == "imagej"] == [0, 0, 1, 1, 2, 2]


def test_what_draws_no_numbers_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr(playing, "attempt", lambda *task: made.append(task) or attempt(*task))
    chosen = [PEERS["minimizer"], PEERS["scipy-neldermead"]]
    tasks = [t for seed in (4, 5) for t in planning.tasks_of("steps", TINY[:1], chosen, seed)]
    trials = playing.play(tasks, 1, "")
    assert [(t.peer, t.seed) for t in trials] == [(t.peer.name, t.seed) for t in tasks]
    assert len(made) == 3


def test_quick_cases_come_from_all_over() -> None:
    many = [dataclasses.replace(TINY[0], name=str(at)) for at in range(100)]
    chosen = planning.quick_cases(many)
    assert len(chosen) == planning.QUICK_CASES
    assert (chosen[0].name, chosen[-1].name) == ("0", "99")
    big = dataclasses.replace(TINY[0], budget=100_000)
    assert planning.quick_cases([big])[0].budget == 3 * planning.QUICK_BUDGET


def test_a_data_profile_by_hand() -> None:
    fast = [
        trial("fast", "a", history=((1, 100.0), (4, 0.05), (6, 0.0))),
        trial("fast", "b", n=3, minimum=11.0, history=((2, 50.0), (40, 10.05))),
    ]
    slow = [
        trial("slow", "a", history=((20, 0.0009),)),
        trial("slow", "b", n=3, minimum=11.0, history=((80, 10.0),)),  # the best known
    ]
    drawn = {(p.peer, p.accuracy): p for p in profiles.profiles_of("morewild", fast + slow)}
    assert drawn["fast", 1e-3].gradients == (2.0, 10.0)
    assert drawn["fast", 1e-5].gradients == (3.0, math.inf)
    assert drawn["slow", 1e-5].gradients == (10.0, 20.0)
    assert drawn["slow", 1e-7].gradients == (math.inf, 20.0)
    assert [drawn["fast", 1e-3].share(g) for g in (1.9, 2, 9.9, 10)] == [0.0, 0.5, 0.5, 1.0]
    assert drawn["slow", 1e-7].steps() == [(20.0, 0.5)]
    table = profiles.profile_table("morewild", list(drawn.values()), "make it")
    assert table.rows[0] == ["fast", 100, 100, 100, 100, 50, 50, 50, 50, 50, 50, 50, 50]


def test_ablation_turns_off_every_switch_that_is_on() -> None:
    assert {"nan_ranks_worst", "regrow_after_nan"} <= set(ablation.switches())
    assert not {"start_at_zeros", "adaptive_coefficients"} & set(ablation.switches())
    for name in ablation.switches():
        changed = (
            dataclasses.asdict(ablation.off(name)).items() ^ dataclasses.asdict(ROBUST).items()
        )
        assert dict(changed).keys() == {name}


def test_ablation_sees_a_rule_that_is_off() -> None:
    far = Case("far", lambda x: float(abs(x).sum()), np.array([3.0, 2.0]), 0.0, budget=4000)
    wanted = (ablation.FULL, ablation.PREFIX + "tiny_simplex_converges")
    variants = [variant for variant in ablation.variants() if variant.name in wanted]
    trials = [attempt(far, variant, 0, "steps") for variant in variants]
    (effect,) = ablation.effects_of(trials)
    assert effect.different == 1
    assert effect.evaluations > 1.0
    assert "is worth something, without it worse: steps:" in ablation.summary(
        "tiny_simplex_converges", [effect]
    )


def test_ablation_in_words() -> None:
    nothing = ablation.Effect("r", "steps", 0, 0, 0, 0.9, 3)
    dear = ablation.Effect("r", "boxes", 1, 0, 0, -5.0, 3)
    same = ablation.Effect("r", "steps", 0, 0, 0, 0.0, 0)
    assert ablation.summary("r", [nothing]) == "r earns nothing"
    assert ablation.summary("r", [nothing, dear]) == (
        "r earns nothing | without it better: boxes: good +1, evaluations -5.0 %"
    )
    assert ablation.summary("r", [same]) == "r earns nothing: no minimization here depends on it"


def test_growth_says_from_where_on() -> None:
    def row(name: str, n: int, good: bool, evaluations: int) -> growth.Growing:
        return growth.Growing("bowl", n, name, 0, good, True, evaluations, 0.1)

    rows = [row("nlopt-bobyqa", n, True, 10 * n) for n in (1, 2, 4, 8)]
    rows += [
        row("minimizer", n, n != 2, count) for n, count in ((1, 9), (2, 9), (4, 401), (8, 801))
    ]
    table = growth.growth_table(rows, "make it")
    assert table.notes[1] == "nlopt-bobyqa. bowl: good up to n = 8"
    assert table.notes[2] == "minimizer. bowl: not good at n = 2, costly from n = 4 on"
    assert table.rows[1] == ["bowl", 2, "20 (0.1)", "9 (0.1, not good)"]


def test_a_table_in_markdown_and_csv() -> None:
    table = Table("t", "Title", "make it", ("name", "n"), [("a", 1000), ("b", 2)], ["so it is"])
    assert table.markdown().splitlines()[2:] == [
        "| name |     n |",
        "| ---- | ----: |",
        "| a    | 1,000 |",
        "| b    |     2 |",
        "",
        "- so it is",
    ]
    assert table.csv() == "name,n\na,1000\nb,2\n"


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_sets")
def test_results_are_written_and_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.setattr(runner, "QUICK_SIZES", (1, 2))
    names = "minimizer,scipy-neldermead"
    runner.main(["--peers", names, "--jobs", "1", "-o", str(tmp_path)])
    read = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert read["command"].endswith(f"--peers {names}")
    assert len(read["minimizations"]) == 2 * (2 + len(ablation.switches()))
    assert read["minimizations"][0]["peer"] == "minimizer"
    assert {"case", "claimed", "false", "minimum"} < set(read["minimizations"][0])
    assert read["packages"]["scipy"]
    assert len(read["profiles"]) == 6
    assert len(read["ablation"]) == 2 * len(ablation.switches())
    stems = {path.stem for path in tmp_path.glob("*.csv")}
    assert stems == {path.stem for path in tmp_path.glob("*.png")}
    assert {"reliability-steps", "profile-morewild", "growth", "ablation"} < stems
    printed = capsys.readouterr().out
    assert printed.count("(`python -m benchmarks --quick ") == len(stems)


def test_numbers_that_json_lacks_are_null() -> None:
    assert report.minimization(trial(value=math.nan))["value"] is None


@pytest.mark.slow
def test_bars_and_lines_of_the_pictures() -> None:
    pytest.importorskip("matplotlib")
    from benchmarks import pictures

    trials = [
        trial(name, case, history=((3, 0.0),)) for name in ("minimizer", "imagej") for case in "ab"
    ]
    (axes,) = pictures.reliability_picture("some", trials).axes
    assert len(axes.patches) == 2 * len(Verdict)
    assert sum(bar.get_width() for bar in axes.patches) == pytest.approx(200)
    assert len(axes.texts) == 3

    drawn = pictures.profile_picture("morewild", profiles.profiles_of("morewild", trials))
    assert [len(panel.lines) for panel in drawn.axes] == [2, 2, 2]
    assert drawn.axes[0].lines[0].get_ydata()[-1] == 100

    rows = [growth.Growing("bowl", n, "minimizer", 0, n < 2, True, 9, 0.1) for n in (1, 2, 3)]
    grown = pictures.growth_picture(rows)
    assert [len(panel.lines) for panel in grown.axes] == [1, 1]
    assert [len(panel.collections[0].get_offsets()) for panel in grown.axes] == [2, 2]

    effects = [ablation.Effect("r", name, -1, 0, 0, 9.0, 3) for name in ("steps", "boxes")]
    assert [len(p.texts) for p in pictures.ablation_picture(effects).axes] == [2, 0, 0, 2]
