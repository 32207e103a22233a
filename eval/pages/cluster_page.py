"""The page that `chude cluster -o DIR` writes: clusters, key words, headlines with their pages, a search box; one
file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from classifier.clustering.weeks import all_weeks, days_of, weeks
from classifier.wording import number
from eval.pages.html import Html, bullets, escape, figure, foreign, join, own, page, paragraph, section
from eval.pages.template import piece

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classifier.clustering import Cluster, ClusterResult
    from classifier.clustering.merge import MergedHeadline

LANGUAGE = "vi"
_TITLES = {"ticker": "Service items, set apart", "outliers": "Headlines that fit nowhere"}

_SHOWN = 12
"""Of a cluster so many headlines are open to the eye; the others unfold, and a search finds and unfolds them."""


def cluster_page(result: ClusterResult, pictures: dict[str, bytes] | None = None) -> str:
    """The whole page; `pictures` may hold "map" and "silhouette" as PNG bytes."""
    news = [cluster for cluster in result.clusters if cluster.kind == "news"]
    apart = [cluster for cluster in result.clusters if cluster.kind != "news"]
    headlines = sum(cluster.size for cluster in result.clusters)
    periods = all_weeks(result.clusters)
    groups = [cluster for cluster in news if cluster.size > 1]
    alone = [cluster for cluster in news if cluster.size == 1]
    parts: list[str] = [
        paragraph(_summary(headlines, groups, alone, apart), "lead"),
        piece("clusters", "find"),
        *_pictures(pictures or {}, ("map",)),
    ]
    if groups:
        parts.append(section("Clusters", *(cluster_block(cluster, periods) for cluster in groups)))
    if alone:
        lines = sorted((cluster.headlines[0] for cluster in alone), key=lambda item: (-len(item.pages), item.headline))
        parts.append(section("Headlines alone, like nothing else", bullets((_line(item) for item in lines), "alone")))
    for kind, title in _TITLES.items():
        blocks = [cluster_block(cluster, periods) for cluster in apart if cluster.kind == kind]
        if blocks:
            parts.append(section(title, *blocks))
    if charts := _pictures(pictures or {}, ("timeline", "silhouette")):
        parts.append(section("Charts", *charts))
    return page("Clusters of related headlines", join(parts), script=own("clusters.js"), style=own("clusters.css"))


def _summary(headlines: int, groups: Sequence[Cluster], alone: Sequence[Cluster], apart: Sequence[Cluster]) -> str:
    """How many headlines are where, so that none is missed."""
    counts = [
        f"{sum(cluster.size for cluster in groups):,} in {number(len(groups), 'cluster')}" if groups else "",
        f"{len(alone):,} alone" if alone else "",
        f"{sum(c.size for c in apart if c.kind == 'ticker'):,} service items" if apart else "",
        f"{sum(c.size for c in apart if c.kind == 'outliers'):,} that fit nowhere" if apart else "",
    ]
    said = [count for count in counts if count and not count.startswith("0 ")]
    return f"{number(headlines, 'different headline')}: {', '.join(said)}."


def cluster_block(cluster: Cluster, periods: Sequence[str] = ()) -> Html:
    """One cluster: name, topic, size, when it ran (a bar for each of `periods`, the ISO weeks), headlines."""
    name = (
        foreign(", ".join(cluster.keywords) or cluster.representative, LANGUAGE)
        if cluster.kind != "ticker"
        else escape(cluster.keywords[0])
    )
    facts = [number(cluster.size, "headline")]
    if cluster.topic:
        facts.append(f"topic: {cluster.topic}")
    if cluster.kind == "news" and cluster.size > 1:
        facts.append(f"silhouette {cluster.silhouette:.2f}")
    ordered = sorted(
        cluster.headlines, key=lambda item: (item.headline != cluster.representative, -len(item.pages), item.headline)
    )
    lines = bullets(_line(item) for item in ordered[:_SHOWN])
    if rest := ordered[_SHOWN:]:
        more = bullets(_line(item) for item in rest)
        lines = piece("clusters", "lines", lines, more, len(rest))
    facts += _when(cluster)
    return piece("clusters", "cluster", name, paragraph(", ".join(facts), "soft"), _bars(cluster, periods), lines)


def _when(cluster: Cluster) -> list[str]:
    """First and last day, where there are dates."""
    days = days_of(cluster)
    if not days:
        return []
    return [f"on {days[0]}" if days[0] == days[-1] else f"from {days[0]} to {days[-1]}"]


def _bars(cluster: Cluster, periods: Sequence[str]) -> Html:
    """The weeks as a small plot, each cluster's on the same axis of time; its highest week as high as the plot."""
    counted = {week: count for week, count in weeks(cluster).items() if week in periods}
    if len(periods) < 2 or not counted:
        return Html("")
    most = max(counted.values())
    busiest = max(counted, key=lambda week: (counted[week], week))
    alt = f"Headlines by week, {periods[0]} to {periods[-1]}; most in {busiest}: {most}"
    return Html(bars("weeks", [counted.get(week, 0) for week in periods], most, alt) + "\n")


def bars(kind: str, counts: Sequence[int], most: int, alt: str) -> Html:
    """A small plot: a bar for each count, as high as the plot for `most`, none for 0; `alt` says it in words."""
    heights = [(place, 20 * count / most) for place, count in enumerate(counts) if count]
    return piece("clusters", "bars", kind, len(counts), alt, heights)


def _line(item: MergedHeadline) -> Html:
    """The headline with its pages; how many these are is said where they are several."""
    pages = ", ".join(item.pages)
    if len(item.pages) > 1:
        pages = f"{number(len(item.pages), 'page')}: {pages}"
    return headline_line(item.headline, pages)


def headline_line(headline: str, where: str) -> Html:
    """A headline, and where it was seen ("": not said)."""
    return piece("clusters", "line", foreign(headline, LANGUAGE), where)


def _pictures(pictures: dict[str, bytes], names: Sequence[str]) -> list[Html]:
    alts = {
        "map": (
            "Headlines as points, near ones alike, coloured by cluster",
            "Map of the headlines. The largest have names and colours; of very many headlines a point is a cluster.",
        ),
        "silhouette": (
            "For each cluster, how much nearer its headlines are to it than to the next",
            "Silhouettes of the largest clusters",
        ),
        "timeline": (
            "A small bar chart for each of the largest clusters: headlines by week",
            "When the largest clusters ran",
        ),
    }
    return [figure(pictures[name], *alts[name]) for name in names if name in pictures]
