"""Headlines to named clusters: merge copies, place as points, cut into clusters, set outliers and service items apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from classifier.clustering.kmeans import kmeans, silhouettes
from classifier.clustering.merge import MergedHeadline, merge_headlines
from classifier.clustering.names import keywords
from classifier.clustering.vectors import latent_vectors, tf_idf_matrix
from classifier.errors import UsageError
from classifier.types import Headline, Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from classifier.model import Model

Kind = Literal["news", "ticker", "outliers"]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Headlines about one thing.

    kind: "news"; "ticker" for one kind of service items (lottery, weather …); "outliers" for headlines that fit nowhere.
    number: its place in the result. keywords: 3-6 terms that tell it from the others. representative: the headline nearest its
    middle. topic: what the classifier says of its headlines, "" without a model. silhouette: mean over its headlines, in [-1, 1].
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

    points (n, d), labels (n,): unit vectors of the news headlines and their cluster numbers (-1: outlier); silhouettes (n,).
    """

    clusters: tuple[Cluster, ...]
    points: NDArray[np.float32]
    labels: NDArray[np.int64]
    silhouettes: NDArray[np.float64]


def cluster_headlines(
    headlines: Iterable[str | Headline], k: int | Literal["auto"] = "auto", *, max_outliers: int = 0, model: Model | None = None
) -> list[Cluster]:
    """Clusters headlines (strings or `Headline`s). k: how many clusters, or "auto"; max_outliers: how many may fit nowhere.

    The same headlines give the same clusters in any order. Raises UsageError for a k below 1.
    """
    items = [(item, "", "", "") if isinstance(item, str) else (item.headline, item.blurb, "", "") for item in headlines]
    return list(cluster_merged(merge_headlines(items), k, max_outliers=max_outliers, model=model).clusters)


def cluster_merged(
    merged: Sequence[MergedHeadline], k: int | Literal["auto"] = "auto", *, max_outliers: int = 0, model: Model | None = None
) -> ClusterResult:
    """Clusters headlines that `merge_headlines` has merged."""
    if k != "auto" and k < 1:
        raise UsageError("k", f"cannot make {k} clusters", 'give a number from 1 on, or "auto"')
    news = [item for item in merged if not item.ticker]
    points, labels = np.zeros((0, 2), dtype=np.float32), np.zeros(0, dtype=np.int64)
    if news:
        points = latent_vectors(tf_idf_matrix([item.headline for item in news]))
        labels = kmeans(points, None if k == "auto" else k)
    fits = silhouettes(points, labels) if news else np.zeros(0)
    labels = _without_outliers(labels, fits, max_outliers)
    groups = _groups(labels)
    clusters: list[Cluster] = []
    words = keywords([[news[i].headline for i in group] for group in groups])
    for group, terms in zip(groups, words, strict=True):
        representative = news[_nearest(points, group)].headline
        clusters.append(Cluster(0, "news", tuple(news[i] for i in group), terms, representative, "", float(fits[group].mean())))
    clusters.sort(key=lambda cluster: (-cluster.size, cluster.representative))
    clusters += _tickers(merged)
    if (labels < 0).any():
        clusters.append(Cluster(0, "outliers", tuple(news[i] for i in np.flatnonzero(labels < 0).tolist())))
    numbered = [replace(cluster, number=number) for number, cluster in enumerate(clusters)]
    if model is not None:
        numbered = _with_topics(numbered, model)
    return ClusterResult(tuple(numbered), points, _final_labels(labels, news, numbered), fits)


def _without_outliers(labels: NDArray[np.int64], fits: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """Sets the headlines that fit worst apart, at most `most`: those nearer to another cluster, or alone in theirs."""
    if most <= 0 or labels.size == 0:
        return labels
    sizes = np.bincount(labels)[labels]
    worst = np.lexsort((np.arange(labels.size), sizes, fits))
    worst = worst[(fits[worst] <= 0)][:most]
    labels = labels.copy()
    labels[worst] = -1
    return labels


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
    return np.array([place[item] if label >= 0 else -1 for item, label in zip(news, labels.tolist(), strict=True)], dtype=np.int64)


def _with_topics(clusters: list[Cluster], model: Model) -> list[Cluster]:
    """The label whose probability is highest on the mean over a cluster's headlines and blurbs."""
    topics = []
    for cluster in clusters:
        pages = [Page(id="", title=item.headline, lead=item.blurb) for item in cluster.headlines]
        topics.append("" if cluster.kind != "news" else model.topic_of_group(pages))
    return [replace(cluster, topic=topic) for cluster, topic in zip(clusters, topics, strict=True)]
