"""What is missing is named, with the command that installs it."""

from __future__ import annotations

import pytest

from minimizer.common.extras import require


def test_the_extra_is_named() -> None:
    with pytest.raises(ImportError) as caught:
        require("no_such_module.inside", extra="fit")
    message = str(caught.value)
    assert message.startswith('no_such_module is needed here: pip install "imagej-minimizer[fit]"')
    assert 'pip install ".[fit]"' in message
    assert caught.value.name == "no_such_module"
