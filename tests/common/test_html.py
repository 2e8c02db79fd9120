"""Tables for notebooks: whatever the text, it is shown and not obeyed."""

from __future__ import annotations

import html
from html.parser import HTMLParser
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from minimizer import Minimizer, OptimizeResult, minimize
from minimizer.common.html import table

ATTACK = "<script>alert(1)</script><img src=x onerror='a()'>\"&"


class Tags(HTMLParser):
    """The tags of a page, their attributes, and the text of its cells."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.cells: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        self.tags.append(tag)
        if tag in {"td", "th"}:
            self.cells.append("")
        assert all(name == "style" for name, _ in attributes)

    def handle_data(self, data: str) -> None:
        self.cells[-1] += data


ALLOWED = {"table", "thead", "tbody", "tr", "td", "th"}


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2)))
def test_every_text_is_shown_as_it_is(rows: list[list[str]]) -> None:
    rows = [[text.replace("\r", "").replace("\0", "") for text in row] for row in rows]
    page = Tags(table(rows, ["a", ATTACK]))
    assert set(page.tags) <= ALLOWED
    assert page.cells == ["a", ATTACK, *(text for row in rows for text in row)]


def test_a_result_of_scipys_interface() -> None:
    result = minimize(lambda x: (x[0] - 1) ** 2 + 5, 3.0)
    result[ATTACK] = ATTACK
    page = Tags(result._repr_html_())
    assert set(page.tags) <= ALLOWED
    assert page.cells.count(ATTACK) == 2
    assert page.cells[page.cells.index("success") + 1] == "True"
    assert "x" in page.cells


def test_a_minimizer() -> None:
    m = Minimizer(lambda x: (x[0] - 1) ** 2 + 5)
    assert "not run" in Tags(m._repr_html_()).cells
    m.minimize([3.0])
    cells = Tags(m._repr_html_()).cells
    assert cells[cells.index("status") + 1] == "SUCCESS"
    assert cells[cells.index("evaluations") + 1] == str(m.evaluations)


def test_an_empty_result() -> None:
    assert Tags(OptimizeResult()._repr_html_()).cells == []


def test_numbers_need_no_escape() -> None:
    text = html.unescape(OptimizeResult(x=np.arange(3.0))._repr_html_())
    assert "[0. 1. 2.]" in text
