"""The blocks of the page on options of a registration run as they stand there."""

import doctest
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "registration_options.rst"


@pytest.mark.slow
def test_the_blocks_run():
    pytest.importorskip("scipy")
    pytest.importorskip("SimpleITK")
    done = doctest.testfile(str(PAGE), module_relative=False)
    assert (done.failed, done.attempted > 30) == (0, True)
