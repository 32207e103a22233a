"""The clusters of related headlines as `chude eval` judges them: how deep each sits, and how stable they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from classifier.clustering.cluster import cluster_merged
from classifier.clustering.merge import merge_headlines
from classifier.clustering.pages import gather_headlines
from classifier.errors import NoInputError
from classifier.reading import Columns, read_pages
from eval.scores.clusters import Clustered, Group, stability

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from classifier.clustering.merge import MergedHeadline
    from classifier.types import Page, Skipped

MOST_FOR_STABILITY = 1_000
"""Stability takes ten more clusterings; of more headlines than this an even sample is taken for them."""


def clustered(
    pages: Sequence[Page],
    paths: Sequence[str | Path] = (),
    *,
    encoding: str | None = None,
    columns: Columns | None = None,
    on_skip: Callable[[Skipped], None] | None = None,
) -> Clustered | None:
    """The related headlines of the corpus's pages in clusters, or those of `paths` where some are named.

    None where there are none. Raises NoInputError if the named paths hold none.
    """
    if not paths:
        related = ((item.headline, item.blurb, page.id, "") for page in pages for item in page.related)
        merged = merge_headlines(related)
        return judged(merged) if merged else None
    read = read_pages(paths, encoding=encoding, columns=columns or Columns(), on_skip=on_skip)
    gathered = gather_headlines(read, on_skip)
    if not gathered.headlines:
        names = ", ".join(map(str, paths))
        raise NoInputError(names, "holds no related headline", "see what `chude extract` reads from it")
    return judged(gathered.headlines)


def judged(merged: Sequence[MergedHeadline]) -> Clustered:
    """Clusters merged headlines as `chude cluster` does, and parts of them, to see what stays together."""
    result = cluster_merged(merged)
    news = [item for item in merged if not item.ticker]
    sample = np.arange(len(news))
    if len(news) > MOST_FOR_STABILITY:
        sample = np.linspace(0, len(news) - 1, MOST_FOR_STABILITY).astype(np.int64)

    def again(rows: NDArray[np.int64]) -> NDArray[np.int64]:
        return cluster_merged([news[at] for at in sample[rows].tolist()]).labels

    groups = [
        Group(", ".join(cluster.keywords) or cluster.representative, cluster.size, cluster.silhouette)
        for cluster in result.clusters
        if cluster.kind == "news"
    ]
    return Clustered(result.silhouettes, groups, stability(len(sample), again), len(merged) - len(news), len(sample))
