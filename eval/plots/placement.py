"""Where labels go on a map so that none covers another: rectangles in, positions out, no drawing."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Point = tuple[float, float]
    Box = tuple[float, float, float, float]

_RINGS = 10
_DIRECTIONS = 16
_DOT = 5.0
"""Pixels that a point of the map takes up; labels keep off it, but past _MOST_DOTS there is no clear place."""
_MOST_DOTS = 2_000


def place_labels(
    anchors: Sequence[Point], sizes: Sequence[Point], area: Box, *, obstacles: Sequence[Box] = (), step: float = 9.0
) -> list[Point | None]:
    """The centre of each label, or None where it finds no free place; units are pixels, y in either direction.

    Greedy: labels are placed in the given order (give the important ones first), each as near to its anchor as it can
    be, first on it, then on rings `step` further out each. A label stays inside `area` (x0, y0, x1, y1) and touches no
    earlier label and no obstacle.
    """
    taken: list[Box] = list(obstacles)
    places: list[Point | None] = []
    for anchor, size in zip(anchors, sizes, strict=True):
        place = next((c for c in _candidates(anchor, size, step) if _free(_box(c, size), area, taken)), None)
        places.append(place)
        if place is not None:
            taken.append(_box(place, size))
    return places


def clear_places(
    anchors: Sequence[Point], sizes: Sequence[Point], area: Box, points: NDArray[np.float64]
) -> list[Point | None]:
    """Where labels go: clear of the points (n, 2) if there is such a place near by, else only clear of each other."""
    cells = np.unique(np.round(points / _DOT).astype(int), axis=0) * _DOT
    dots = [_box((x, y), (_DOT, _DOT)) for x, y in cells.tolist()] if len(cells) <= _MOST_DOTS else []
    places: list[Point | None] = [None] * len(anchors)
    if dots:
        places = place_labels(anchors, sizes, area, obstacles=dots)
    taken = [_box(place, size) for place, size in zip(places, sizes, strict=True) if place is not None]
    waiting = [i for i, place in enumerate(places) if place is None]
    second = place_labels([anchors[i] for i in waiting], [sizes[i] for i in waiting], area, obstacles=taken)
    for i, place in zip(waiting, second, strict=True):
        places[i] = place
    return places


def edge_towards(place: Point, size: Point, target: Point) -> Point | None:
    """Where the line from a label's centre to its target leaves the label's rectangle; None if it never does."""
    dx, dy = target[0] - place[0], target[1] - place[1]
    outside = max(abs(dx) / (size[0] / 2), abs(dy) / (size[1] / 2))
    return (place[0] + dx / outside, place[1] + dy / outside) if outside > 1 else None


def overlaps(one: Box, other: Box) -> bool:
    """Whether two rectangles share more than an edge."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _candidates(anchor: Point, size: Point, step: float) -> list[Point]:
    found = [anchor]
    for ring in range(1, _RINGS + 1):
        for direction in range(_DIRECTIONS):
            angle = math.pi / 2 + 2 * math.pi * direction / _DIRECTIONS
            # An ellipse as flat as the label: sideways it must go further to get clear of what is below it.
            dx, dy = step * ring + size[0] / 3, step * ring + size[1] / 3
            found.append((anchor[0] + dx * math.cos(angle), anchor[1] + dy * math.sin(angle)))
    return found


def _box(centre: Point, size: Point) -> Box:
    return (
        centre[0] - size[0] / 2,
        centre[1] - size[1] / 2,
        centre[0] + size[0] / 2,
        centre[1] + size[1] / 2,
    )


def _free(box: Box, area: Box, taken: Sequence[Box]) -> bool:
    inside = box[0] >= area[0] and box[1] >= area[1] and box[2] <= area[2] and box[3] <= area[3]
    return inside and not any(overlaps(box, other) for other in taken)


def spread(values: Sequence[float], gap: float) -> list[float]:
    """The values moved apart, as little as a pass from below can, until neighbours are at least `gap` apart."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    moved = list(values)
    for before, after in itertools.pairwise(order):
        moved[after] = max(moved[after], moved[before] + gap)
    shift = sum(m - v for m, v in zip(moved, values, strict=True)) / len(values) if values else 0.0
    return [value - shift for value in moved]
