"""What all pictures share, and those of clusters: numbers in, a Figure out. The only file that imports matplotlib.

Colours are Okabe and Ito's (2008), told apart with any colour vision; a number or a name stands beside what it belongs
to, so that no picture depends on colour alone. DejaVu Sans, which comes with matplotlib, has all Vietnamese accents.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
import textwrap
import warnings
from contextlib import contextmanager, nullcontext
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from classifier.disk.atomic import write_whole
from eval.plots.placement import clear_places, edge_towards

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import ModuleType

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

    Names = Mapping[int, str] | Sequence[str]

BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY = "#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9"
INK, GREY, PALE = "#222222", "#666666", "#dddddd"
CYCLE = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, "#000000")
MARKERS = "os^DvPX"
STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": INK,
    "text.parse_math": False,  # two dollar signs in a headline are money, and a broken formula would end the run
    "axes.axisbelow": True,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "grid.color": PALE,
    "grid.linewidth": 0.7,
    "svg.hashsalt": "chude",
    "xtick.color": INK,
    "ytick.color": INK,
}
WIDTH = 7.2
# No letters: what cannot be drawn (or, unpaired halves of characters, ends matplotlib) or turns the line around.
_NOT_DRAWN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@cache
def matplotlib_of_its_own() -> ModuleType:
    """matplotlib, imported without a matplotlibrc of the current folder and without MPLBACKEND.

    It reads `./matplotlibrc` before all others, which may be a stranger's: prints what it does not know, ends at
    what is not UTF-8, waits for a pipe for ever. In its own data folder that file is its own. Pictures are made without
    a window, so that no backend of the environment matters, nor whether it exists.
    """
    found = find_spec("matplotlib")
    if "matplotlib" in sys.modules or found is None or found.origin is None:
        return import_module("matplotlib")
    backend = os.environ.pop("MPLBACKEND", None)
    try:
        elsewhere = contextlib.chdir(Path(found.origin).parent / "mpl-data") if _is_somewhere() else nullcontext()
        with elsewhere:
            return import_module("matplotlib")
    finally:
        if backend is not None:
            os.environ["MPLBACKEND"] = backend


def _is_somewhere() -> bool:
    """Whether there is a current folder: it can have been removed."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return False
    return True


@contextmanager
def styled() -> Iterator[None]:
    """Our settings over matplotlib's defaults, whatever the user's matplotlibrc says, for the time of one drawing."""
    mpl = matplotlib_of_its_own()
    with mpl.rc_context(), warnings.catch_warnings():
        # A script that the font lacks is drawn as boxes; whoever runs chude can do nothing about it.
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        yield


def drawable(text: str, longest: int = 80) -> str:
    """A name as a picture can show it: on one line, without control characters, not longer than any place for it."""
    whole = " ".join(_NOT_DRAWN.sub(" ", text).split())
    return whole if len(whole) <= longest else f"{whole[: longest - 1]}…"


def new_figure(height: float, width: float = WIDTH) -> Figure:
    """An empty picture of that many inches, outside pyplot: no window, no state."""
    matplotlib_of_its_own()
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


@styled()
def render(figure: Figure, kind: str = "png", dpi: int = 150) -> bytes:
    """The picture as PNG or SVG bytes, the same for the same picture: no date, no version, fixed ids."""
    if kind not in {"png", "svg"}:
        raise ValueError(f"cannot draw as {kind!r}; take png or svg")
    out = io.BytesIO()
    metadata = {"Software": None} if kind == "png" else {"Date": None, "Creator": None}
    figure.savefig(out, format=kind, dpi=dpi, metadata=metadata)
    return out.getvalue()


def save(figure: Figure, path: str | Path, dpi: int = 150) -> None:
    """Puts the picture in place whole, as its name ends (.png or .svg); a link there is replaced.

    Raises ValueError for another ending.
    """
    path = Path(path)
    write_whole(path, render(figure, path.suffix.lower().removeprefix("."), dpi))


@styled()
def headline_map(
    points: ArrayLike, clusters: ArrayLike, names: Names, *, sizes: ArrayLike | None = None, most_labels: int = 32
) -> Figure:
    """Headlines as points, (n, 2), in the colour and shape of their cluster, (n,); a negative cluster is none at all.

    `names` gives each cluster's label; `sizes` (n,) how many headlines a point stands for (one unless given), which its
    area shows. The largest clusters are labelled, at most `most_labels`, where there is room: no label covers another,
    nor a point if that can be avoided, and a thin line leads from one that had to move to the middle of its cluster.
    Clusters without a label are grey.
    """
    xy, ids = np.asarray(points, dtype=float).reshape(-1, 2), np.asarray(clusters, dtype=int)
    weights = np.ones(len(ids)) if sizes is None else np.asarray(sizes, dtype=float)
    areas = (
        float(np.clip(9_000 / max(len(ids), 1), 7, 26)) * weights / max(float(np.median(weights)), 1)
        if len(ids)
        else weights
    )
    areas = np.clip(areas, 4, 500)
    figure = new_figure(6.8, 8.4)
    axes = figure.subplots()
    found = np.unique(ids[ids >= 0])
    totals = np.array([weights[ids == cluster].sum() for cluster in found])
    largest = found[np.lexsort((found, -totals))][:most_labels]
    rest = ~np.isin(ids, largest)
    axes.scatter(xy[rest, 0], xy[rest, 1], s=areas[rest], color="#c4c4c4", linewidth=0)
    for place, cluster in enumerate(largest.tolist()):
        x, y = xy[ids == cluster].T
        marker = MARKERS[place // len(CYCLE) % len(MARKERS)]
        colour = CYCLE[place % len(CYCLE)]
        axes.scatter(x, y, s=areas[ids == cluster], color=colour, marker=marker, alpha=0.8, linewidth=0)
    axes.set_axis_off()
    axes.margins(0.09)
    centres = [np.median(xy[ids == cluster], axis=0) for cluster in largest]
    _label(figure, axes, centres, [textwrap.fill(drawable(names[int(cluster)]), 26) for cluster in largest], xy)
    return figure


def _label(
    figure: Figure,
    axes: Axes,
    centres: Sequence[NDArray[np.float64]],
    names: Sequence[str],
    points: NDArray[np.float64],
) -> None:
    """Writes each name at its centre, or as near as nothing else is written; off the points where that can be."""
    from matplotlib.patheffects import withStroke

    figure.draw_without_rendering()  # fixes the layout, so that pixels mean something
    figure.set_layout_engine("none")
    halo = [withStroke(linewidth=3, foreground="white")]
    texts = [
        axes.text(x, y, name, fontsize=8.5, ha="center", va="center", path_effects=halo, zorder=4)
        for (x, y), name in zip(centres, names, strict=True)
    ]
    extents = [text.get_window_extent() for text in texts]
    anchors = [(float(x), float(y)) for x, y in (axes.transData.transform(at) for at in centres)]
    area = tuple(float(edge) for edge in axes.get_window_extent().extents)
    sizes = [(e.width + 6, e.height + 3) for e in extents]
    places = clear_places(anchors, sizes, (area[0], area[1], area[2], area[3]), axes.transData.transform(points))
    back = axes.transData.inverted().transform
    for text, anchor, place, size in zip(texts, anchors, places, sizes, strict=True):
        if place is None:
            text.remove()
        elif place != anchor:
            x, y = back(place)
            text.set_position((float(x), float(y)))
            edge = edge_towards(place, size, anchor)
            if edge is not None:
                axes.plot(*zip(back(edge), back(anchor), strict=True), color=GREY, linewidth=0.8, zorder=3)


@styled()
def silhouette_chart(values: ArrayLike, clusters: ArrayLike, names: Names) -> Figure:
    """Each headline's silhouette (n,) as a bar, sorted within its cluster (n,); beside it name, size and mean.

    Headlines in a negative cluster are left out.
    """
    widths, ids = np.asarray(values, dtype=float), np.asarray(clusters, dtype=int)
    found = np.unique(ids[ids >= 0])
    blocks = [np.sort(widths[ids == cluster])[::-1] for cluster in found]
    # The y axis is in inches: a block is as high as its headlines, but never lower than its line of text.
    each = min(0.05, 6 / max(len(widths), 1))
    heights = [max(0.2, each * len(bars)) for bars in blocks]
    bottom = sum(heights) + 0.08 * len(heights)
    figure = new_figure(bottom + 1.1)
    axes = figure.subplots()
    top = 0.0
    for place, (cluster, bars, height) in enumerate(zip(found, blocks, heights, strict=True)):
        thick, middle = height / len(bars), top + height / 2
        axes.barh(top + (np.arange(len(bars)) + 0.5) * thick, bars, height=thick, color=CYCLE[place % len(CYCLE)])
        name = f"{textwrap.shorten(drawable(names[int(cluster)]), 44, placeholder=' …')} ({len(bars)})"
        beside = axes.get_yaxis_transform()
        axes.text(-0.02, middle, name, transform=beside, ha="right", va="center", fontsize=9)
        axes.text(1.01, middle, f"{bars.mean():.2f}", transform=beside, va="center", fontsize=9)
        top += height + 0.08
    mean = float(widths[ids >= 0].mean()) if len(found) else 0.0
    axes.axvline(mean, color=INK, linestyle="--", linewidth=1)
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.set_title(f"Mean silhouette {mean:.2f} (dashed line), each cluster's at the right", fontsize=10)
    axes.set_ylim(max(bottom, 0.2), -0.06)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlim(min(-0.1, float(widths.min(initial=0.0))), 1)
    axes.set_xlabel("1: deep in its own cluster\nbelow 0: nearer to another one", fontsize=9)
    return figure


@styled()
def timeline(periods: Sequence[str], counts: ArrayLike, names: Sequence[str], *, columns: int = 2) -> Figure:
    """A small panel for each cluster, all on the same axes: headlines by period, counts (clusters, periods)."""
    table = np.asarray(counts, dtype=int).reshape(len(names), len(periods))
    rows = max(1, -(-len(names) // columns))
    figure = new_figure(0.95 * rows + 0.9)
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    shown = sorted({0, len(periods) // 2, len(periods) - 1}) if periods else []
    for place, axes in enumerate(panels.ravel()):
        if place >= len(names):
            axes.set_visible(False)
            continue
        axes.bar(range(len(periods)), table[place], color=BLUE, width=0.9)
        title = textwrap.shorten(drawable(names[place]), 46, placeholder=" …")
        axes.set_title(f"{title} ({table[place].sum()})", fontsize=9)
        axes.set_xticks(shown, [periods[i] for i in shown])
        lowest = place + columns >= len(names)
        axes.tick_params(labelsize=8, labelbottom=lowest)
        axes.locator_params(axis="y", nbins=3, integer=True)
    figure.supylabel("headlines", fontsize=9)
    return figure
