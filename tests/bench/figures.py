"""What was measured, beside the bar it must clear."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; without a bar it is only told."""

    what: str
    value: float
    unit: str
    bar: float | None = None
    note: str = ""

    @property
    def missed(self) -> bool:
        return self.bar is not None and self.value >= self.bar

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        bar = "" if self.bar is None else f"under {self.bar:g} {self.unit}"
        verdict = "" if self.bar is None else "MISSED" if self.missed else "pass"
        return (self.what, f"{shown(self.value)} {self.unit}", bar, verdict, self.note)


def shown(value: float) -> str:
    """Three digits that count, more of none."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def table(figures: list[Figure]) -> str:
    """A row per figure, each column as wide as it needs."""
    rows = [("", "measured", "bar", "", ""), *(figure.cells for figure in figures)]
    widths = [max(len(row[at]) for row in rows) for at in range(5)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
