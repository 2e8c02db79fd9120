"""Scripts that are run, interrupted and killed as real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

TESTS = Path(__file__).parent
HEAD = """
import os, signal, sys, threading, time, warnings
signal.signal(signal.SIGINT, signal.default_int_handler)  # it may have been ignored by the parent
sys.path.insert(0, {tests!r})
import joblib
from minimizer import Minimizer, Status
from parallel_cases import START, SlowRosenbrock, rosenbrock
if __name__ == "__main__":
"""


def start(body: str, directory: Path) -> subprocess.Popen[str]:
    """Start a script in a session of its own; what is indented in `body` runs in the parent."""
    script = directory / "script.py"
    text = HEAD.format(tests=str(TESTS)) + textwrap.indent(textwrap.dedent(body), "    ")
    script.write_text(text, encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, "-X", "faulthandler", "-W", "always", str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=directory,
        start_new_session=True,
    )


def finish(process: subprocess.Popen[str], seconds: float = 60.0) -> tuple[list[str], str]:
    """Wait for the end; return the lines printed and what went to standard error."""
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGABRT)  # faulthandler tells where it hangs
        for member in members(process.pid):
            os.kill(member, signal.SIGKILL)
        out, err = process.communicate(timeout=10)
        raise AssertionError(f"the script did not end in {seconds} s: {out} {err}") from None
    return out.splitlines(), err


def members(session: int) -> list[int]:
    """Return the processes of a session that are alive."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == session and fields[0] not in "ZX":
                found.append(int(entry.name))
    return found


def all_gone(session: int, seconds: float = 5.0) -> bool:
    """Return whether all processes of a session end in time."""
    end = time.monotonic() + seconds
    while members(session):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
