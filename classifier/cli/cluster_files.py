"""The forms in which `chude cluster` writes its clusters: JSON lines, CSV, a table, pictures, a folder with a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from classifier import wording
from classifier.cli import common
from classifier.disk.atomic import Contents

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import IO

    from classifier.clustering import Cluster, ClusterResult

FORMATS = ("table", "jsonl", "csv")
CONTENTS = Contents(
    "clusters.jsonl", ("clusters.csv", "clusters.html", "map.png", "map-silhouette.png", "map-weeks.png")
)
_SHOWN = 5


def as_json(cluster: Cluster) -> dict[str, Any]:
    """The cluster as the contract's JSON object; `kind` tells news from service items and outliers."""
    from classifier.clustering.weeks import days_of, weeks

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
        from classifier.clustering.weeks import days_of

        clusters = list(clusters)
        dated = any(days_of(cluster) for cluster in clusters)
        rows = ([cell for cell in _row(cluster, dated=dated) if cell is not None] for cluster in clusters)
        columns = ["#", "size", "topic", "keywords", *(["ran"] if dated else []), "headlines"]
        common.console_table(columns, rows, stream)


def _row(cluster: Cluster, *, dated: bool) -> list[str | None]:
    from classifier.clustering.weeks import days_of

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
    from eval.pages.cluster_page import cluster_page

    for form in ("jsonl", "csv"):
        with (folder / f"clusters.{form}").open("w", encoding="utf-8", newline="") as stream:
            write(result.clusters, form, stream)
    pictures = {name: path.read_bytes() for name, path in draw(result, folder / "map.png").items()}
    (folder / "clusters.html").write_text(cluster_page(result, pictures), encoding="utf-8")


def draw(result: ClusterResult, path: Path) -> dict[str, Path]:
    """The pictures as `eval.plots.clusters` draws them; that there is nothing to draw is said."""
    from eval.plots.clusters import draw_clusters

    drawn = draw_clusters(result, path)
    if not drawn:
        wording.say("chude: too few headlines for a map")
    return drawn
