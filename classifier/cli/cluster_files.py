"""The forms in which `chude cluster` writes its clusters: rows, pictures, a folder with a page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from classifier import wording
from classifier.cli import writers
from classifier.disk.atomic import Contents, replacing_file, write_whole
from classifier.display import shown_clusters
from classifier.records import cluster_record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import IO

    from classifier.clustering import Cluster, ClusterResult

_SHAPE: dict[str, Any] = {
    "cluster": int,
    "kind": str,
    "topic": str,
    "keywords": [str],
    "headline": str,
    "blurb": str,
    "pages": [str],
    "dates": [str],
}
CONTENTS = Contents(
    "clusters.jsonl", ("clusters.csv", "clusters.html", "map.png", "map-silhouette.png", "map-weeks.png")
)
_SHOWN = 5


def write(clusters: Sequence[Cluster], form: str, stream: IO[Any]) -> None:
    """Writes clusters in one of the formats; the flat ones have a row a headline."""
    from classifier.clustering.weeks import days_of

    dated = any(days_of(cluster) for cluster in clusters)
    heading = ("#", "size", "topic", "keywords", *(["ran"] if dated else []), "headlines")
    rows = writers.RowForm(cluster_record, _SHAPE, partial(_table_row, dated=dated), heading, _records, _cells)
    writers.write_things(clusters, form, stream, rows)


def _records(cluster: Cluster) -> list[dict[str, Any]]:
    return [
        {
            "cluster": cluster.number,
            "kind": cluster.kind,
            "topic": cluster.topic,
            "keywords": list(cluster.keywords),
            "headline": item.headline,
            "blurb": item.blurb,
            "pages": list(item.pages),
            "dates": list(item.dates),
        }
        for item in cluster.headlines
    ]


def _cells(record: dict[str, Any]) -> list[object]:
    joined = {"keywords": ", ", "pages": " ", "dates": " "}
    return [joined[name].join(value) if name in joined else value for name, value in record.items()]


def _table_row(cluster: Cluster, *, dated: bool) -> list[str]:
    from classifier.clustering.weeks import days_of

    days = days_of(cluster)
    ran = " – ".join(dict.fromkeys((days[0].isoformat(), days[-1].isoformat()))) if days else ""
    cells = [str(cluster.number), str(cluster.size), cluster.topic or f"({cluster.kind})", ", ".join(cluster.keywords)]
    return [*cells, *([ran] if dated else []), _examples(cluster)]


def _examples(cluster: Cluster) -> str:
    """The representative and a few more; how many are not shown is said."""
    others = [item.headline for item in cluster.headlines if item.headline != cluster.representative]
    first = [cluster.representative] if cluster.representative else []
    shown = [*first, *others][:_SHOWN]
    more = cluster.size - len(shown)
    return " | ".join(shown) + (f" | … and {more} more" if more > 0 else "")


def write_folder(result: ClusterResult, folder: Path, names: Mapping[str, str] | None = None) -> None:
    """clusters.jsonl, clusters.csv, clusters.html and, where there is something to draw, the pictures of `draw`.

    The page has names for labels.
    """
    from eval.pages.cluster_page import cluster_page

    for form in ("jsonl", "csv"):
        with replacing_file(folder / f"clusters.{form}") as stream:
            write(result.clusters, form, stream)
    pictures = {name: path.read_bytes() for name, path in draw(result, folder / "map.png").items()}
    write_whole(folder / "clusters.html", cluster_page(shown_clusters(result, names or {}), pictures).encode())


def draw(result: ClusterResult, path: Path) -> dict[str, Path]:
    """The pictures as `eval.plots.clusters` draws them; that there is nothing to draw is said."""
    from eval.plots.clusters import draw_clusters

    drawn = draw_clusters(result, path)
    if not drawn:
        wording.say("chude: too few headlines for a map")
    return drawn
