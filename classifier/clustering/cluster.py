"""Headlines to named clusters: merge copies, place as points, cut into clusters, set outliers and service items
apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from classifier.clustering.merge import MergedHeadline, merge_headlines
from classifier.clustering.methods import method_named
from classifier.clustering.methods.scattered import parted
from classifier.clustering.names import keywords
from classifier.clustering.silhouette import fits, silhouettes
from classifier.clustering.vectors import SCATTERED_UP_TO, place
from classifier.errors import UsageError
from classifier.given import headlines as as_headlines
from classifier.types import CLUSTER_METHODS, Headline, Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from classifier.model.model import Model

Kind = Literal["news", "ticker", "outliers"]
_MOST_FOR_A_TOPIC = 200
"""A cluster's topic is settled by so many of its headlines, those on most pages first."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Headlines about one thing.

    kind: "news"; "ticker" for one kind of service items (lottery, weather …); "outliers" for headlines that fit
    nowhere. number: its place in the result. keywords: 3-6 terms that tell it from the others. representative: the
    headline nearest its middle. topic: what the classifier says of its headlines, "" without a model. silhouette: mean
    over its headlines, in [-1, 1].
    """

    number: int
    kind: Kind
    headlines: tuple[MergedHeadline, ...]
    keywords: tuple[str, ...] = ()
    representative: str = ""
    topic: str = ""
    silhouette: float = 0.0

    @property
    def size(self) -> int:
        """How many different headlines it has."""
        return len(self.headlines)


@dataclass(frozen=True, slots=True)
class ClusterResult:
    """All clusters, largest first, then tickers, then outliers; and the points they were cut from, for plots.

    points (n, d), labels (n,): unit vectors of the news headlines and their cluster numbers (-1: outlier); silhouettes
    (n,).
    """

    clusters: tuple[Cluster, ...]
    points: NDArray[np.float32]
    labels: NDArray[np.int64]
    silhouettes: NDArray[np.float64]


def cluster_headlines(
    headlines: Iterable[str | Headline],
    k: int | Literal["auto"] = "auto",
    *,
    max_outliers: int = 0,
    method: str = CLUSTER_METHODS[0],
    model: Model | None = None,
) -> list[Cluster]:
    """Clusters headlines (strings or `Headline`s). k: how many clusters, or "auto"; max_outliers: how many may fit
    nowhere; method: one of `classifier.types.CLUSTER_METHODS`.

    The same headlines give the same clusters in any order. Raises UsageError for a k below 1, TypeError for one text by
    itself and for what is no headline.
    """
    items = [(item.headline, item.blurb, "", "") for item in as_headlines(headlines)]
    return list(
        cluster_merged(merge_headlines(items), k, max_outliers=max_outliers, method=method, model=model).clusters
    )


def cluster_merged(
    merged: Sequence[MergedHeadline],
    k: int | Literal["auto"] = "auto",
    *,
    max_outliers: int = 0,
    method: str = CLUSTER_METHODS[0],
    model: Model | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> ClusterResult:
    """Clusters headlines that `merge_headlines` has merged.

    With a number for k there are exactly so many news clusters. progress: called with what is being done and the share
    of all done.
    Raises UsageError for a k below 1 or above the number of different headlines that are no service items.
    """
    tell = progress or (lambda _what, _share: None)
    news = [item for item in merged if not item.ticker]
    if k != "auto":
        _check(k, len(news))
    points, labels, well = np.zeros((0, 2), dtype=np.float32), np.zeros(0, dtype=np.int64), np.zeros(0)
    if news:
        tell("placing", 0.05)
        placed = place([item.headline for item in news])
        points, wanted = placed.vectors, None if k == "auto" else k
        cut = partial(method_named(method), scattered=placed.scattered)
        labels = cut(points, wanted, progress=lambda share: tell("clustering", 0.3 + 0.5 * share))
        kept = np.flatnonzero(labels >= 0)  # a method may say of some that they fit nowhere
        if wanted is None and len(news) > SCATTERED_UP_TO and kept.size:
            labels[kept] = parted(placed.matrix[kept], labels[kept])
        well = np.zeros(labels.size)
        if kept.size:
            labels[kept], well[kept] = _outliers_apart(points[kept], labels[kept], max_outliers, wanted, cut)
    tell("naming", 0.85)
    groups = _groups(labels)
    clusters: list[Cluster] = []
    words = keywords([[news[i].headline for i in group] for group in groups])
    for group, terms in zip(groups, words, strict=True):
        representative = news[_nearest(points, group)].headline
        clusters.append(
            Cluster(0, "news", tuple(news[i] for i in group), terms, representative, "", float(well[group].mean()))
        )
    clusters.sort(key=lambda cluster: (-cluster.size, cluster.representative))
    clusters += _tickers(merged)
    if (labels < 0).any():
        clusters.append(Cluster(0, "outliers", tuple(news[i] for i in np.flatnonzero(labels < 0).tolist())))
    numbered = [replace(cluster, number=number) for number, cluster in enumerate(clusters)]
    if model is not None:
        numbered = _with_topics(numbered, model)
    return ClusterResult(tuple(numbered), points, _final_labels(labels, news, numbered), well)


def _check(k: int, news: int) -> None:
    if k < 1:
        raise UsageError("k", f"cannot make {k} clusters", 'give a number from 1 on, or "auto"')
    if k > max(news, 1):
        raise UsageError(
            "k",
            f"cannot make {k:,} clusters of {news:,} different headline{'' if news == 1 else 's'}",
            'give a smaller number, or "auto"',
        )


def _outliers_apart(
    points: NDArray[np.float32],
    labels: NDArray[np.int64],
    most: int,
    k: int | None,
    cut: Callable[[NDArray[np.float32], int], NDArray[np.int64]],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Labels with -1 for the headlines that fit worst, at most `most`, and all silhouettes.

    Only what is alone in its cluster, or nearer to another one, can be an outlier; first those that are farthest from
    every cluster. Where that empties clusters and k is given, the others are cut into k once more.
    """
    well, distances = fits(points, labels)
    worst = np.lexsort((np.arange(labels.size), well, -np.round(distances, 6)))
    worst = worst[well[worst] <= 0][: max(0, min(most, labels.size - (k or 1)))]
    if worst.size == 0:
        return labels, well
    labels, kept = labels.copy(), np.ones(labels.size, dtype=bool)
    labels[worst], kept[worst] = -1, False
    if k is not None and np.unique(labels[kept]).size < k:
        labels[kept] = cut(points[kept], k)
        well[kept] = silhouettes(points[kept], labels[kept])
    return labels, well


def _groups(labels: NDArray[np.int64]) -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for index, label in enumerate(labels.tolist()):
        if label >= 0:
            found.setdefault(label, []).append(index)
    return [found[label] for label in sorted(found)]


def _nearest(points: NDArray[np.float32], group: list[int]) -> int:
    """The member nearest the middle of a group; of equals the first."""
    members = points[group].astype(np.float64)
    return group[int(np.argmax(np.round(members @ members.mean(axis=0), 9)))]


def _tickers(merged: Sequence[MergedHeadline]) -> list[Cluster]:
    kinds = sorted({item.ticker for item in merged if item.ticker})
    clusters = []
    for kind in kinds:
        headlines = tuple(item for item in merged if item.ticker == kind)
        clusters.append(Cluster(0, "ticker", headlines, (kind,), headlines[0].headline))
    return sorted(clusters, key=lambda cluster: (-cluster.size, cluster.keywords))


def _final_labels(
    labels: NDArray[np.int64], news: Sequence[MergedHeadline], clusters: Sequence[Cluster]
) -> NDArray[np.int64]:
    place = {item: cluster.number for cluster in clusters if cluster.kind == "news" for item in cluster.headlines}
    return np.array(
        [place[item] if label >= 0 else -1 for item, label in zip(news, labels.tolist(), strict=True)], dtype=np.int64
    )


def _with_topics(clusters: list[Cluster], model: Model) -> list[Cluster]:
    """The label whose probability is highest on the mean over a cluster's headlines and blurbs."""
    news = [cluster for cluster in clusters if cluster.kind == "news"]
    groups = []
    for cluster in news:
        members = sorted(cluster.headlines, key=lambda item: (-len(item.pages), item.headline))[:_MOST_FOR_A_TOPIC]
        groups.append([Page(id="", title=item.headline, lead=item.blurb) for item in members])
    topics = iter(model.topics_of_groups(groups) if groups else [])
    return [replace(cluster, topic=next(topics)) if cluster.kind == "news" else cluster for cluster in clusters]
