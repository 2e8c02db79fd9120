"""Tables in HTML, by which notebooks show results."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence


def table(rows: Iterable[Sequence[str]], header: Sequence[str] = ()) -> str:
    """Return a table whose rows begin with their names; all text is escaped."""
    head = "".join(f"<th>{_escaped(text)}</th>" for text in header)
    parts = ["<table>"]
    if head:
        parts.append(f"<thead><tr>{head}</tr></thead>")
    parts.append("<tbody>")
    for name, *cells in rows:
        data = "".join(
            f'<td style="text-align:left;white-space:pre-wrap">{_escaped(text)}</td>'
            for text in cells
        )
        parts.append(f"<tr><th>{_escaped(name)}</th>{data}</tr>")
    parts.append("</tbody></table>")
    return "".join(parts)


def _escaped(text: str) -> str:
    return html.escape(str(text), quote=True)
