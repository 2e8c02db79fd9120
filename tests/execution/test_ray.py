"""Ray's joblib backend, where Ray is installed."""

from __future__ import annotations

from pathlib import Path

import pytest
from processes import TESTS, finish, start

pytest.importorskip("ray")


def test_ray_gives_the_same_bits(tmp_path: Path) -> None:
    script = start(
        f"""
        import ray
        from ray.util.joblib import register_ray
        paths = {{"env_vars": {{"PYTHONPATH": {str(TESTS)!r}}}}}
        ray.init(num_cpus=2, include_dashboard=False, runtime_env=paths)
        register_ray()
        expected, m = Minimizer(rosenbrock, n_jobs=1), Minimizer(rosenbrock, n_jobs=2)
        expected.minimize(START)
        with joblib.parallel_config("ray"):
            m.minimize(START)
        print("same:", repr(m) == repr(expected))
        """,
        tmp_path,
    )
    lines, err = finish(script, 90.0)
    assert lines[-1] == "same: True", err
