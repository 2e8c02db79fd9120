"""A table: Markdown for a README, CSV for a program."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

Cell = str | int | float


@dataclass
class Table:
    """Rows under a header, the command that makes them, and what is to be said of them.

    Attributes
    ----------
    name : str
        Of a file.
    title, command : str
    header : sequence of str
    rows : list of sequences
    notes : list of str
        Lines below the table.
    """

    name: str
    title: str
    command: str
    header: Sequence[str]
    rows: list[Sequence[Cell]]
    notes: list[str] = field(default_factory=list)

    def markdown(self) -> str:
        """Return the table for a README."""
        cells = [[text_of(cell) for cell in row] for row in self.rows]
        columns = list(zip(self.header, *cells, strict=True))
        widths = [max(3, *map(len, column)) for column in columns]
        right = [all(is_number(row[i]) for row in self.rows) for i in range(len(self.header))]
        rule = ["-" * (w - 1) + ":" if r else "-" * w for w, r in zip(widths, right, strict=True)]
        lines = [self.header, rule, *cells]
        body = [
            "| "
            + " | ".join(
                cell.rjust(w) if r else cell.ljust(w)
                for cell, w, r in zip(line, widths, right, strict=True)
            )
            + " |"
            for line in lines
        ]
        notes = [f"- {note}" for note in self.notes]
        above = [f"**{self.title}** (`{self.command}`)", ""]
        return "\n".join([*above, *body, *([""] if notes else []), *notes])

    def csv(self) -> str:
        """Return the table for a program."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.header)
        writer.writerows(self.rows)
        return text.getvalue()


def is_number(cell: Cell) -> bool:
    return not isinstance(cell, str)


def text_of(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell
    return f"{cell:,}" if isinstance(cell, int) else f"{cell:,.6g}"
