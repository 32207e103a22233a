"""The pictures of stories: the largest as a stream through time, and the topics of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eval.plots.figures import CYCLE, GREY, INK, MARKERS, drawable, new_figure, styled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

_TICKS = 6


@styled()
def story_stream(periods: Sequence[str], counts: ArrayLike, names: Sequence[str]) -> Figure:
    """Stories as bands around a middle line, as broad as they were seen often (Byron & Wattenberg 2008).

    counts (stories, periods): sightings; each band is named where it is broadest, and in the legend.
    """
    values = np.asarray(counts, dtype=float)
    figure = new_figure(4.6)
    axes = figure.subplots()
    at = np.arange(len(periods))
    colours = [CYCLE[number % len(CYCLE)] for number in range(len(values))]
    bands = axes.stackplot(at, values, baseline="sym", colors=colours, edgecolor="white", linewidth=0.4, alpha=0.9)
    middle = -values.sum(axis=0) / 2
    for number, (band, name) in enumerate(zip(bands, names, strict=True)):
        peak = int(values[number].argmax())
        height = middle[peak] + values[:number, peak].sum() + values[number, peak] / 2
        if values[number, peak] >= 0.08 * values.sum(axis=0).max():
            axes.annotate(str(number + 1), (peak, height), ha="center", va="center", color="white", weight="bold")
        band.set_label(f"{number + 1}  {drawable(name, 60)}")
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_title("The largest stories, by how often they were seen")
    _periods(axes, periods)
    figure.legend(loc="outside lower center", ncols=1, frameon=False, fontsize=8.5)
    return figure


@styled()
def topics_over_time(
    periods: Sequence[str], counts: ArrayLike, names: Sequence[str], unit: str = "sightings"
) -> Figure:
    """Lines of how often each topic was seen; counts (topics, periods) of `unit`."""
    values = np.asarray(counts, dtype=float)
    figure = new_figure(3.4)
    axes = figure.subplots()
    at = np.arange(len(periods))
    for number, (row, name) in enumerate(zip(values, names, strict=True)):
        colour, marker = CYCLE[number % len(CYCLE)], MARKERS[number % len(MARKERS)]
        axes.plot(at, row, color=colour, marker=marker, markevery=max(1, len(periods) // 12), label=drawable(name, 40))
    axes.set_ylim(bottom=0)
    axes.set_ylabel(unit, color=INK)
    axes.grid(axis="y")
    axes.set_title("Topics over time")
    _periods(axes, periods)
    figure.legend(loc="outside lower center", ncols=min(4, max(1, len(names))), frameon=False)
    return figure


def _periods(axes: Axes, periods: Sequence[str]) -> None:
    step = max(1, -(-len(periods) // _TICKS))
    axes.set_xticks(range(0, len(periods), step), list(periods)[::step])
    axes.tick_params(axis="x", colors=GREY)
    axes.margins(x=0.01)
