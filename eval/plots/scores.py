"""The pictures of scores, from the confusion matrix to the learning curve. Numbers in, a Figure out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eval.plots.figures import BLUE, CYCLE, GREY, MARKERS, ORANGE, SKY, VERMILION, WIDTH, drawable, new_figure, styled
from eval.plots.placement import spread
from eval.scores.metrics import ratio

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

MOST_LABELS = 60
"""Labels of a confusion matrix that are told apart; a picture's size grows with the square of their number."""
_LONGEST = 32
"""Characters of a label: more would leave no room for the numbers."""
_LUMINANCE = (0.2126, 0.7152, 0.0722)  # of linear red, green and blue (Rec. 709)


@styled()
def confusion_matrix(counts: ArrayLike, labels: Sequence[str]) -> Figure:
    """Articles by gold label (row) and predicted label (column), (L, L): counts, and what share of the row they are.

    Blue is right, orange is wrong, the darker the larger the share of the row. Of more than MOST_LABELS labels those
    with most articles have rows and columns, and one more column is what was given of the others.
    """
    table, names = np.asarray(counts, dtype=int), [drawable(label, _LONGEST) for label in labels]
    others = len(names) - MOST_LABELS
    if others > 0:
        kept = np.sort(np.lexsort((np.arange(len(names)), -table.sum(axis=1)))[:MOST_LABELS])
        rest = np.setdiff1d(np.arange(len(names)), kept)
        table = np.column_stack((table[np.ix_(kept, kept)], table[np.ix_(kept, rest)].sum(axis=1)))
        names = [names[row] for row in kept.tolist()]
    support, L = table.sum(axis=1), len(names)
    columns = [*names, f"{others:,} other{'s' if others > 1 else ''}"] if others > 0 else names
    shares = ratio(table, support[:, None])
    cell = 0.95 if L <= 6 else 0.7 if L <= 14 else 0.42
    figure = new_figure(max(2.6, cell * L * 0.7 + 1.6), max(WIDTH if L > 6 else 6.2, cell * L + 2.4))
    axes = figure.subplots()
    right = np.arange(L)[:, None] == np.arange(len(columns))
    colours = _tint(shares, right)
    axes.imshow(colours, aspect="auto")
    for i, j in np.argwhere((table > 0) | right) if L <= 25 else ():
        ink = "white" if colours[i, j] ** 2.2 @ _LUMINANCE < 0.18 else "black"  # whichever has more contrast
        share = f"\n{_percent(shares[i, j])}" if L <= 14 else ""
        axes.text(j, i, f"{table[i, j]}{share}", ha="center", va="center", color=ink, fontsize=10 if L <= 8 else 8)
    # Names wider than their column are set aslant, each ending below its column.
    aslant = max(map(len, columns), default=0) * 0.085 > cell
    axes.set_xticks(range(len(columns)), columns)
    axes.tick_params(axis="x", rotation=30 if aslant else 0)
    for tick in axes.get_xticklabels():
        tick.set(horizontalalignment="right" if aslant else "center", rotation_mode="anchor" if aslant else "default")
    axes.set_yticks(range(L), _counted(names, support))
    axes.tick_params(length=0)
    axes.set_xlabel("predicted")
    axes.set_ylabel("gold (articles)")
    axes.set_title("Articles by gold and predicted label, with their share of the row", fontsize=10)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return figure


@styled()
def topic_scores(labels: Sequence[str], scores: Mapping[str, ArrayLike], support: Sequence[int]) -> Figure:
    """A panel for each score, a row for each topic: value and 95% interval.

    `scores` maps a name ("precision", "recall", "F1") to (L, 3): value, low, high; NaN where there is none.
    """
    L = len(labels)
    figure = new_figure(max(2.0, 0.4 * L + 1.1))
    panels = figure.subplots(1, len(scores), sharey=True, squeeze=False)[0]
    lowest = np.concatenate([np.asarray(numbers, dtype=float).reshape(-1) for numbers in scores.values()])
    # Points, not bars: where all is in the upper half, only that is drawn, so that intervals can be told apart.
    start = 0.5 if np.nanmin(lowest, initial=1.0) >= 0.52 else 0.0
    for axes, (name, numbers), colour in zip(panels, scores.items(), CYCLE, strict=False):
        table = np.asarray(numbers, dtype=float).reshape(L, 3)
        axes.hlines(np.arange(L), table[:, 1], table[:, 2], color=colour, linewidth=4, alpha=0.4)
        axes.plot(table[:, 0], np.arange(L), "|", color=colour, markersize=11, markeredgewidth=2.5)
        for row, value in enumerate(table[:, 0]):
            text = "–" if np.isnan(value) else f"{value:.2f}"
            axes.text(1.03, row, text, va="center", fontsize=9, transform=axes.get_yaxis_transform())
        axes.set_title(name, color=colour, fontweight="bold")
        axes.set_xlim(start, 1 + 0.02 * (1 - start))
        axes.set_xticks([start, (1 + start) / 2, 1], [f"{start:g}", f"{(1 + start) / 2:g}", "1"])
        axes.grid(axis="x")
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    panels[0].set_yticks(range(L), _counted(labels, support))
    panels[0].set_ylim(L - 0.5, -0.5)
    return figure


@styled()
def reliability_diagram(
    confidence: ArrayLike, accuracy: ArrayLike, interval: ArrayLike, counts: ArrayLike, error: float
) -> Figure:
    """Said probability against accuracy in equal-width bins, and below how many articles each bin has.

    `confidence`, `accuracy` and `counts` are (bins,), `interval` (bins, 2) is the accuracy's; NaN where a bin is empty.
    `error` is the calibration error.
    """
    said, right, number = np.asarray(confidence, dtype=float), np.asarray(accuracy, dtype=float), np.asarray(counts)
    ends = np.asarray(interval, dtype=float).reshape(-1, 2)
    figure = new_figure(5.6, 6.2)
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=[3.2, 1])
    top.plot([0, 1], [0, 1], "--", color=GREY, linewidth=1)
    top.text(0.01, 0.2, "as it should be", color=GREY, fontsize=9)  # in the corner where there are hardly any articles
    used = number > 0
    top.vlines(said[used], ends[used, 0], ends[used, 1], color=SKY, linewidth=3)
    top.plot(said[used], right[used], "o", color=BLUE)
    top.set_title(f"Calibration error (ECE) {error:.3f}; above the line: better than it says", fontsize=10)
    top.set_ylabel("accuracy (95% interval)")
    top.set_ylim(0, 1.02)
    top.grid()
    edges = np.linspace(0, 1, len(number) + 1)
    bars = bottom.bar(edges[:-1], number, width=np.diff(edges), align="edge", color=SKY, edgecolor="white")
    bottom.bar_label(bars, [str(n) if n else "" for n in number], fontsize=8)
    bottom.set_ylim(0, max(1, number.max(initial=0)) * 1.25)
    bottom.set_ylabel("articles")
    bottom.set_xlabel("probability of the predicted label")
    bottom.set_xlim(0, 1.01)
    return figure


@styled()
def coverage_accuracy(
    coverage: ArrayLike, accuracy: ArrayLike, interval: ArrayLike, marks: Sequence[tuple[float, float, float]] = ()
) -> Figure:
    """Accuracy of the articles kept against the share kept, (points,), with its interval, (points, 2).

    Marks are (threshold, coverage, accuracy).
    """
    x, y = np.asarray(coverage, dtype=float), np.asarray(accuracy, dtype=float)
    ends = np.asarray(interval, dtype=float).reshape(-1, 2)
    figure = new_figure(4.2)
    axes = figure.subplots()
    axes.fill_between(x, ends[:, 0], ends[:, 1], color=BLUE, alpha=0.15, linewidth=0)
    axes.plot(x, y, color=BLUE, linewidth=2)
    ends_of = {"below": 0.0, "above": 0.0}  # of the last label there; one that would run into it is left out
    for number, (threshold, kept, right) in enumerate(sorted(marks, key=lambda mark: mark[1])):
        axes.plot([kept], [right], "o", color=VERMILION)
        # The curve falls to the right, so there is room below and to the left of a dot, and above and to the right.
        place = "below" if number % 2 == 0 else "above"
        left = place == "below" and kept >= 0.12
        start = kept - 0.09 if left else kept
        if start >= ends_of[place] and start < 0.97:
            shift = (-2 if left else 4, -15 if place == "below" else 7)
            axes.annotate(
                f"≥ {threshold:g}", (kept, right), shift, textcoords="offset points", ha="right" if left else "left"
            )
            ends_of[place] = start + 0.1
    # The first few articles swing between 0 and 1; they shall not set the scale.
    floor = min([1.0, *y[x > 0.1].tolist(), *(right for *_, right in marks)])
    axes.set_ylim(max(0.0, floor - 0.12), 1.005)
    axes.set_xlim(0, 1.07)
    axes.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1])
    axes.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    axes.yaxis.set_major_formatter(lambda share, _: f"{round(share * 100, 1):g}%")  # ticks may be half a per cent apart
    axes.set_xlabel("share of articles that keep their label")
    axes.set_ylabel("accuracy on these")
    axes.set_title("Dots: only labels with at least this probability are kept", fontsize=10)
    axes.grid()
    return figure


@styled()
def precision_recall(curves: Mapping[str, ArrayLike], areas: Sequence[float]) -> Figure:
    """Precision against recall of each label's own probability; `curves` maps a label to (points, 2): recall,
    precision. `areas` are the average precisions, in the same order.
    """
    figure = new_figure(4.4)
    axes = figure.subplots()
    for (label, points), area, colour, marker in zip(curves.items(), areas, CYCLE, MARKERS, strict=False):
        table = np.asarray(points, dtype=float).reshape(-1, 2)
        x, y = np.concatenate(([0.0], table[:, 0])), np.concatenate((table[:1, 1], table[:, 1]))
        axes.step(x, y, where="pre", color=colour, linewidth=2)
        name = f"{drawable(label, _LONGEST)} {area:.3f}"
        every = max(1, len(table) // 6)
        axes.plot(table[every - 1 :: every, 0], table[every - 1 :: every, 1], marker, color=colour, label=name)
    if len(curves):
        axes.legend(title="average precision", frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    axes.set_xlim(0, 1.01)
    axes.set_ylim(0, 1.02)
    axes.set_xlabel("recall: share of the label's articles that are found")
    axes.set_ylabel("precision: share that is right")
    axes.grid()
    return figure


@styled()
def learning_curve(sizes: Sequence[int], series: Mapping[str, ArrayLike], unit: str = "training articles") -> Figure:
    """Scores by the number of training articles; `series` maps a score's name to (sizes, 3): value, low, high."""
    figure = new_figure(4.0)
    axes = figure.subplots()
    tables = {name: np.asarray(numbers, dtype=float).reshape(len(sizes), 3) for name, numbers in series.items()}
    for table, colour, marker in zip(tables.values(), CYCLE, MARKERS, strict=False):
        axes.fill_between(sizes, table[:, 1], table[:, 2], color=colour, alpha=0.15, linewidth=0)
        axes.plot(sizes, table[:, 0], marker=marker, color=colour, linewidth=2)
    low, high = axes.get_ylim()
    last = [float(table[-1, 0]) for table in tables.values()]
    for name, value, y, colour in zip(tables, last, spread(last, (high - low) * 0.07), CYCLE, strict=False):
        text = f"{name} {value:.3f}"
        axes.text(sizes[-1] * 1.03, y, text, va="center", color=colour, fontweight="bold", clip_on=False)
    axes.set_xlabel(unit)
    axes.set_ylabel("score (95% interval)")
    axes.set_xlim(0, sizes[-1] * 1.02)
    axes.grid()
    return figure


def _tint(shares: NDArray[np.float64], right: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Colours from white to blue (right) or orange (wrong) by share, (L, L) -> (L, L, 3)."""
    full = np.where(right[..., None], _rgb(BLUE), _rgb(ORANGE))
    strength = np.sqrt(shares)[..., None]  # so that a few per cent can be seen
    return np.asarray(1 - strength * (1 - full))


def _percent(share: float) -> str:
    return "<1%" if 0 < share < 0.005 else ">99%" if 0.995 <= share < 1 else f"{share:.0%}"


def _rgb(colour: str) -> NDArray[np.float64]:
    return np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])


def _counted(labels: Sequence[str], support: Sequence[int] | NDArray[np.int64]) -> list[str]:
    return [f"{drawable(label, _LONGEST)} ({n})" for label, n in zip(labels, support, strict=True)]
