"""The forms in which `chude cluster` writes its clusters: JSON lines, CSV, a table, pictures, a folder with a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from classifier import wording
from classifier.cli import common
from classifier.cli.cluster_dates import all_weeks, days_of, weeks
from classifier.disk.atomic import Contents

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import IO

    from classifier.clustering import Cluster, ClusterResult

FORMATS = ("table", "jsonl", "csv")
PICTURES = (".png", ".svg")
CONTENTS = Contents(
    "clusters.jsonl", ("clusters.csv", "clusters.html", "map.png", "map-silhouette.png", "map-weeks.png")
)
_SHOWN = 5
_MOST_CHARTED, _MOST_TIMELINES = 40, 16


def as_json(cluster: Cluster) -> dict[str, Any]:
    """The cluster as the contract's JSON object; `kind` tells news from service items and outliers."""
    row: dict[str, Any] = {
        "cluster": cluster.number,
        "kind": cluster.kind,
        "size": cluster.size,
        "topic": cluster.topic,
        "keywords": list(cluster.keywords),
        "representative": cluster.representative,
        "silhouette": round(cluster.silhouette, 4),
        "headlines": [
            {"headline": item.headline, "blurb": item.blurb, "pages": list(item.pages)}
            | ({"dates": list(item.dates)} if item.dates else {})
            for item in cluster.headlines
        ],
    }
    if days := days_of(cluster):
        row |= {"first": days[0].isoformat(), "last": days[-1].isoformat()}
    if any(item.dates for item in cluster.headlines):
        row["weeks"] = weeks(cluster)
    return row


def write(clusters: Iterable[Cluster], form: str, stream: IO[str]) -> None:
    """Writes clusters in one of FORMATS."""
    if form == "jsonl":
        stream.writelines(common.json_line(as_json(cluster)) for cluster in clusters)
    elif form == "csv":
        columns = ["cluster", "kind", "topic", "keywords", "headline", "blurb", "pages", "dates"]
        stream.write(common.separated_line(columns, ","))
        for cluster in clusters:
            shared = [cluster.number, cluster.kind, cluster.topic, ", ".join(cluster.keywords)]
            for item in cluster.headlines:
                own = [item.headline, item.blurb, " ".join(item.pages), " ".join(item.dates)]
                stream.write(common.separated_line([*shared, *own], ","))
    else:
        clusters = list(clusters)
        dated = any(days_of(cluster) for cluster in clusters)
        rows = ([cell for cell in _row(cluster, dated=dated) if cell is not None] for cluster in clusters)
        columns = ["#", "size", "topic", "keywords", *(["ran"] if dated else []), "headlines"]
        common.console_table(columns, rows, stream)


def _row(cluster: Cluster, *, dated: bool) -> list[str | None]:
    days = days_of(cluster)
    ran = " – ".join(dict.fromkeys((days[0].isoformat(), days[-1].isoformat()))) if days else ""
    topic = cluster.topic or f"({cluster.kind})"
    words = ", ".join(cluster.keywords)
    return [str(cluster.number), str(cluster.size), topic, words, ran if dated else None, _examples(cluster)]


def _examples(cluster: Cluster) -> str:
    """The representative and a few more; how many are not shown is said."""
    others = [item.headline for item in cluster.headlines if item.headline != cluster.representative]
    first = [cluster.representative] if cluster.representative else []
    shown = [*first, *others][:_SHOWN]
    more = cluster.size - len(shown)
    return " | ".join(shown) + (f" | … and {more} more" if more > 0 else "")


def write_folder(result: ClusterResult, folder: Path) -> None:
    """clusters.jsonl, clusters.csv, clusters.html and, where there is something to draw, the pictures of `draw`."""
    from classifier.cli.cluster_page import cluster_page

    for form in ("jsonl", "csv"):
        with (folder / f"clusters.{form}").open("w", encoding="utf-8", newline="") as stream:
            write(result.clusters, form, stream)
    draw(result, folder / "map.png")
    drawn = {
        name: folder / f"map{end}.png"
        for name, end in (("map", ""), ("silhouette", "-silhouette"), ("timeline", "-weeks"))
    }
    pictures = {name: path.read_bytes() for name, path in drawn.items() if path.exists()}
    (folder / "clusters.html").write_text(cluster_page(result, pictures), encoding="utf-8")


def draw(result: ClusterResult, path: Path) -> None:
    """Draws the map to `path`, the silhouette chart beside it and, where headlines have dates, their weeks.

    Without three news headlines there is nothing to draw. Where there are too many to lay out, the map shows clusters.
    """
    import numpy as np

    from classifier.clustering.layout import MOST, cluster_middles, layout
    from eval.plots.figures import headline_map, save, silhouette_chart, timeline

    several = np.array([cluster.number for cluster in result.clusters if cluster.kind == "news" and cluster.size > 1])
    grouped = np.where(np.isin(result.labels, several), result.labels, -1)  # what is alone has no name on the map
    if len(result.labels) < 3:
        wording.say("chude: too few headlines for a map")
        return
    news = [cluster for cluster in result.clusters if cluster.kind == "news"]
    names = {cluster.number: ", ".join(cluster.keywords[:2]) or cluster.representative for cluster in news}
    points, labels, sizes = result.points, grouped, None
    if len(labels) > MOST:
        points, labels, sizes = cluster_middles(points, labels)
    # Its own name was given and may be a link, as with -o; the names beside it were not, and no link there is followed.
    save(headline_map(layout(points), labels, names, sizes=sizes), path.resolve())
    largest = np.where(grouped < _MOST_CHARTED, grouped, -1)  # numbered by size
    beside = path.with_name(f"{path.stem}-silhouette{path.suffix}")
    save(silhouette_chart(result.silhouettes, largest, names), beside)
    if periods := all_weeks(news):
        shown = news[:_MOST_TIMELINES]
        counts = [[weeks(cluster).get(period, 0) for period in periods] for cluster in shown]
        chart = timeline(periods, counts, [names[cluster.number] for cluster in shown])
        save(chart, path.with_name(f"{path.stem}-weeks{path.suffix}"))
