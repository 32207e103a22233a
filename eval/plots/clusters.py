"""The pictures of clusters: a map of headlines, their silhouettes, and the weeks in which the largest clusters ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from classifier.clustering.layout import MOST, cluster_middles, layout
from classifier.clustering.weeks import all_weeks, weeks
from classifier.disk.atomic import resolved
from eval.plots.figures import headline_map, save, silhouette_chart, timeline

if TYPE_CHECKING:
    from pathlib import Path

    from classifier.clustering import ClusterResult

_LEAST = 3
"""Headlines below which there is nothing to draw."""
_MOST_CHARTED, _MOST_TIMELINES = 40, 16


def draw_clusters(result: ClusterResult, path: Path) -> dict[str, Path]:
    """Draws the map to `path`, the silhouette chart beside it and, where headlines have dates, their weeks.

    Returns the files by "map", "silhouette" and "timeline"; {} for fewer than three news headlines. Where there are too
    many to lay out, the map shows clusters.
    """
    if len(result.labels) < _LEAST:
        return {}
    several = np.array([cluster.number for cluster in result.clusters if cluster.kind == "news" and cluster.size > 1])
    grouped = np.where(np.isin(result.labels, several), result.labels, -1)  # what is alone has no name on the map
    news = [cluster for cluster in result.clusters if cluster.kind == "news"]
    names = {cluster.number: ", ".join(cluster.keywords[:2]) or cluster.representative for cluster in news}
    points, labels, sizes = result.points, grouped, None
    if len(labels) > MOST:
        points, labels, sizes = cluster_middles(points, labels)
    drawn = {"map": path, "silhouette": path.with_name(f"{path.stem}-silhouette{path.suffix}")}
    # Its own name was given and may be a link, as with -o; the names beside it were not, and no link there is followed.
    save(headline_map(layout(points), labels, names, sizes=sizes), resolved(path))
    largest = np.where(grouped < _MOST_CHARTED, grouped, -1)  # numbered by size
    save(silhouette_chart(result.silhouettes, largest, names), drawn["silhouette"])
    if periods := all_weeks(news):
        shown = news[:_MOST_TIMELINES]
        counts = [[weeks(cluster).get(period, 0) for period in periods] for cluster in shown]
        drawn["timeline"] = path.with_name(f"{path.stem}-weeks{path.suffix}")
        save(timeline(periods, counts, [names[cluster.number] for cluster in shown]), drawn["timeline"])
    return drawn
