"""A table: columns with a format each, rows of raw values; written as Markdown and as CSV."""
from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field

UNKNOWN = "–"  # a figure that is not known, or not measured


@dataclass(frozen=True)
class Bound:
    """A mean that is at least this: some searches ended without a finding."""
    value: float


@dataclass(frozen=True)
class Capped:
    """A ratio whose lower part is only a bound: of the means at the cap, whatever searches without one would have said."""
    value: float


@dataclass
class Table:
    title: str
    columns: dict[str, str]  # heading: format of its values
    rows: list[list] = field(default_factory=list)
    bold_last: bool = False  # the last row sums up

    def add(self, *cells) -> None:
        assert len(cells) == len(self.columns), (cells, self.columns)
        self.rows.append(list(cells))

    def markdown(self) -> str:
        formats = list(self.columns.values())
        lines = ["| " + " | ".join(self.columns) + " |", "|" + "---|" * len(self.columns)]
        for i, row in enumerate(self.rows):
            cells = [shown(value, form) for value, form in zip(row, formats)]
            if self.bold_last and i == len(self.rows) - 1:
                cells = [f"**{c}**" if c not in ("", UNKNOWN) else c for c in cells]
            lines.append("| " + " | ".join(cells) + " |")
        return "\n".join(lines) + "\n"

    def csv(self) -> str:
        """Full precision. Unknown cells are empty; a column that has bounds gets a second one: 1 for a bound, 2 for a
        ratio at the cap."""
        bounded = [i for i in range(len(self.columns)) if any(_kind(row[i]) for row in self.rows)]
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([*self.columns, *(f"{list(self.columns)[i]}: bound" for i in bounded)])
        for row in self.rows:
            plain = [v.value if _kind(v) else "" if v is None else v for v in row]
            writer.writerow([*plain, *(_kind(row[i]) for i in bounded)])
        return out.getvalue()


def _kind(value) -> int:
    return 1 if isinstance(value, Bound) else 2 if isinstance(value, Capped) else 0


def shown(value, form: str) -> str:
    """`%` formats a share as percent; "" takes text as it is."""
    if value is None:
        return UNKNOWN
    if isinstance(value, Bound):
        return "≥ " + shown(value.value, form)
    if isinstance(value, Capped):
        return f"({shown(value.value, form)})"
    if isinstance(value, str) or not form:
        return str(value)
    if form == "%":
        return f"{100 * value:.1f} %"
    return format(value, form)
