"""Draws the plots of the benchmarks' page: one SVG a picture, from the figures that are committed in docs/benchmarks."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402

Rows = list[dict[str, str]]
BLUE, ORANGE, GRAY = "#0b6bcb", "#d9730d", "#8a94a0"


class Plot(NamedTuple):
    name: str
    title: str
    source: str
    draw: Callable[[Any, Rows], None]


def number(text: str) -> float:
    return float(text.replace(" ", "").rstrip("%") or 0)


def bars(names: str, values: str, label: str, of: str | None = None) -> Callable[[Any, Rows], None]:
    """A bar for each row; with `of`, the share of another column in percent."""

    def draw(axes: Any, rows: Rows) -> None:
        rows = [row for row in rows if not of or number(row[of])]
        shares = [100 * number(row[values]) / number(row[of]) if of else number(row[values]) for row in rows]
        axes.barh([row[names] for row in rows], shares, color=BLUE)
        axes.invert_yaxis()
        axes.set_xlabel(label)
        for index, share in enumerate(shares):
            axes.text(share, index, f" {share:.3g}", va="center", fontsize=8)
        axes.margins(x=0.12)

    return draw


def reliability(axes: Any, rows: Rows) -> None:
    keys = list(rows[0])
    axes.plot([0, 1], [0, 1], color=GRAY, linewidth=1, linestyle="--", label="what is said is what is so")
    points = [(number(row[keys[0]]), number(row[keys[-1]]), number(row[keys[1]])) for row in rows if number(row[keys[1]])]
    axes.plot([one[0] for one in points], [one[1] for one in points], color=BLUE, marker="o", label="measured")
    axes.set_xlabel("confidence, from")
    axes.set_ylabel("share of answers that are right")
    axes.legend(frameon=False)


def lines(x: str, y: str, x_label: str, y_label: str) -> Callable[[Any, Rows], None]:
    def draw(axes: Any, rows: Rows) -> None:
        axes.loglog([number(row[x]) for row in rows], [number(row[y]) for row in rows], color=BLUE, marker="o")
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        axes.grid(True, which="major", color="#e5e8ec", linewidth=0.6)

    return draw


def engines(axes: Any, rows: Rows) -> None:
    """The same measure for each edit and each engine, beside one another."""
    measure = next(key for key in rows[0] if "precision" in key)
    edits = list(dict.fromkeys(row["edit"] for row in rows))
    names = list(dict.fromkeys(row["engine"] for row in rows))
    height = 0.8 / len(names)
    for index, name in enumerate(names):
        values = {row["edit"]: number(row[measure]) for row in rows if row["engine"] == name}
        places = [position + index * height for position in range(len(edits))]
        axes.barh(places, [values.get(edit, 0) for edit in edits], height, label=name, color=[BLUE, ORANGE, GRAY, "#4c9a6a", "#8661b3"][index % 5])
    axes.set_yticks([position + 0.4 - height / 2 for position in range(len(edits))], edits)
    axes.invert_yaxis()
    axes.set_xlabel(measure)
    axes.legend(frameon=False)


def selected(kind: str, draw: Callable[[Any, Rows], None], scale: float = 1) -> Callable[[Any, Rows], None]:
    def of(axes: Any, rows: Rows) -> None:
        value = list(rows[0])[-1]
        draw(axes, [{**row, value: str(number(row[value]) / scale)} for row in rows if row["kind"] == kind])

    return of


MEASURED = "bytes or microseconds"
PLOTS = (
    Plot("size", "Size of the shared object by part", "size.csv", selected("size by part", bars("what", MEASURED, "MB"), 1e6)),
    Plot("dlopen", "Loading the shared object, by part", "size.csv", selected("dlopen by part", bars("what", MEASURED, "ms"), 1e3)),
    Plot("import", "Import in Python, beyond a bare start", "size.csv", selected("import, CPU", bars("what", MEASURED, "ms"), 1e3)),
    Plot("client", "CPU of a call, ours as a share of the peer's", "client.csv", bars("call", "ours", "percent of the peer (less is better)", of="peer")),
    Plot("edits", "Copies found first, by edit", "edits.csv", bars("edit", "found first", "percent of the copies", of="copies")),
    Plot("reliability", "Is the confidence true?", "reliability.csv", reliability),
    Plot("augly", "Edits of AugLy, beside other engines", "augly.csv", engines),
    Plot("command", "duplicates: copies found", "command.csv", bars("program", "found", "percent of the copies", of="copies")),
    Plot("start", "From start to end of a command", "start.csv", bars("command", "median ms", "ms (median)")),
    Plot("groups", "All groups of a collection", "groups.csv", lines("images", "seconds", "images", "seconds")),
)


def draw_all(figures: Path, target: Path) -> list[Plot]:
    """Draws what there are figures for, and returns those plots."""
    plt.rcParams.update({"svg.hashsalt": "imagesearch", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "svg.fonttype": "none"})
    drawn = []
    for plot in PLOTS:
        path = figures / plot.source
        if not path.exists():
            continue
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        figure, axes = plt.subplots(figsize=(7.6, 3.6), layout="constrained")
        plot.draw(axes, rows)
        # A row of bars needs its height; curves have theirs.
        if axes.patches:
            figure.set_size_inches(7.6, 0.9 + 0.24 * len(axes.patches))
        axes.set_title(plot.title, loc="left", fontweight="bold")
        figure.savefig(target / f"{plot.name}.svg", metadata={"Date": None})
        plt.close(figure)
        drawn.append(plot)
    return drawn
