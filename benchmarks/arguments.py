"""The command line of ``python -m benchmarks``."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from .peers import PEERS
from .sets import SETS

PARTS = ("reliability", "profiles", "growth", "ablation")


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes
    ----------
    quick : bool
        A part of the cases only.
    seeds : tuple of int
    sets, parts, peers : tuple of str
    output : Path or None
        Directory of the results.
    jobs : int
        Processes; nothing that is timed uses them.
    """

    quick: bool = True
    seeds: tuple[int, ...] = (0,)
    sets: tuple[str, ...] = tuple(SETS)
    parts: tuple[str, ...] = PARTS
    peers: tuple[str, ...] = tuple(PEERS)
    output: Path | None = None
    jobs: int = -1

    def command(self, *only: str) -> str:
        """Return the command that makes the same, or only some of it."""
        words = ["python", "-m", "benchmarks", "--quick" if self.quick else "--full"]
        words += ["--seed", str(self.seeds[0]), "--seeds", str(len(self.seeds))]
        if named := self.named(*only):
            words += ["--only", ",".join(named)]
        if self.peers != tuple(PEERS):
            words += ["--peers", ",".join(self.peers)]
        return shlex.join(words)

    def named(self, *only: str) -> list[str]:
        """Return what must be named for the same, or for only some of it; not all of the sets."""
        parts = [part for part in PARTS if part in (only or self.parts)]
        sets = [name for name in SETS if name in (only or self.sets)]
        everything = parts == list(PARTS) and len(sets) == len(SETS)
        return [] if everything else parts + (sets if len(sets) < len(SETS) else [])


def request(words: Sequence[str] | None = None) -> Request:
    """Read the command line; a wrong one ends the program, saying what is allowed."""
    parser = parser_of_all()
    given = parser.parse_args(words)
    try:
        only = among((*PARTS, *SETS), given.only)
        peers = among(PEERS, given.peers)
    except ValueError as error:
        parser.error(str(error))
    sets = tuple(name for name in SETS if name in only)
    default = ("reliability",) if sets else PARTS
    return Request(
        quick=not given.full,
        seeds=tuple(range(given.seed, given.seed + given.seeds)),
        sets=sets or tuple(SETS),
        parts=tuple(part for part in PARTS if part in only) or default,
        peers=tuple(peers) or tuple(PEERS),
        output=given.output,
        jobs=given.jobs,
    )


def parser_of_all() -> argparse.ArgumentParser:
    """Return the parser."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Minimizers side by side: who claims success, who is right, what it costs.",
        epilog=f"Parts: {', '.join(PARTS)}. Sets: {', '.join(SETS)}. Peers: {', '.join(PEERS)}.",
    )
    how_much = parser.add_mutually_exclusive_group()
    how_much.add_argument("--quick", action="store_true", help="two minutes: some cases (default)")
    how_much.add_argument("--full", action="store_true", help="half an hour a seed: many cases")
    parser.add_argument("--seed", type=count, default=0, help="the first seed (0)")
    parser.add_argument("--seeds", type=positive, default=1, help="how many (1)")
    parser.add_argument(
        "--only",
        default="",
        metavar="NAME,…",
        help="these parts, on these sets; sets without a part: their reliability",
    )
    parser.add_argument("--peers", default="", metavar="NAME,…", help="these minimizers (all)")
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="write JSON, CSV and PNG")
    parser.add_argument("--jobs", type=jobs, default=-1, help="processes, as joblib counts (all)")
    return parser


def among(allowed: Collection[str], names: str) -> list[str]:
    """Return the names in a list with commas; those that are not allowed are refused."""
    given = [name.strip() for name in names.split(",") if name.strip()]
    for name in given:
        if name not in allowed:
            raise ValueError(f"{name!r} is none of {', '.join(allowed)}")
    return given


def count(text: str) -> int:
    """Return a seed."""
    value = int(text)
    if not 0 <= value < 2**31:
        raise argparse.ArgumentTypeError(f"{value} is not in 0 … {2**31 - 1}")
    return value


def positive(text: str) -> int:
    """Return a number of seeds."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not positive")
    return value


def jobs(text: str) -> int:
    """Return a number of processes; -1 are all, -2 all but one."""
    value = int(text)
    if value == 0:
        raise argparse.ArgumentTypeError("0 is no number of processes; -1 are all")
    return value
