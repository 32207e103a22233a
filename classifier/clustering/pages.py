"""From pages to clusters of the headlines they recommend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from classifier.clustering.cluster import ClusterResult, cluster_merged
from classifier.clustering.merge import MergedHeadline, headline_key, merge_headlines
from classifier.types import CLUSTER_METHODS, Skipped
from classifier.vietnamese.dates import UNREAD, column_of, dates_by_column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from classifier.model.model import Model
    from classifier.types import Page
    from classifier.vietnamese.dates import Dates

    OnSkip = Callable[[Skipped], None]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The related headlines of pages, copies merged; `used` pages and rows gave one or could have; `dates` tells how
    their dates were read.
    """

    headlines: tuple[MergedHeadline, ...]
    used: int
    dates: Dates


@dataclass(frozen=True, slots=True)
class ClusteredPages:
    """Clusters of the related headlines of pages: `result` the clusters and the points they were cut from, `headlines`
    what went in, copies merged, `used` how many pages and rows were read, `skipped` what could not be used, `dates` how
    their dates were read.
    """

    result: ClusterResult
    headlines: tuple[MergedHeadline, ...]
    used: int
    skipped: tuple[Skipped, ...]
    dates: Dates


def cluster_pages(
    pages: Iterable[Page],
    k: int | Literal["auto"] = "auto",
    *,
    max_outliers: int = 0,
    method: str = CLUSTER_METHODS[0],
    model: Model | None = None,
    on_skip: OnSkip | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> ClusteredPages:
    """Clusters the related headlines of pages, and the headlines of a table's rows, as `chude cluster` does.

    k: how many clusters, or "auto"; max_outliers: how many headlines may fit nowhere; method: one of
    `classifier.types.CLUSTER_METHODS`; model: names each cluster's topic; on_skip: called with each headline
    without a word as it is met; progress: with what is being done and the share of all done. Without a headline the
    result is empty. Raises UsageError for a k below 1 or above the number of different headlines, and for any where the
    method takes none.
    """
    skipped: list[Skipped] = []

    def skip(one: Skipped) -> None:
        skipped.append(one)
        if on_skip:
            on_skip(one)

    gathered = gather_headlines(pages, skip)
    if gathered.headlines:
        result = cluster_merged(
            gathered.headlines, k, max_outliers=max_outliers, method=method, model=model, progress=progress
        )
    else:
        result = ClusterResult((), np.zeros((0, 2), dtype=np.float32), np.zeros(0, dtype=np.int64), np.zeros(0))
    return ClusteredPages(result, gathered.headlines, gathered.used, tuple(skipped), gathered.dates)


def gather_headlines(pages: Iterable[Page], on_skip: OnSkip | None = None) -> Gathered:
    """The related headlines of pages, copies merged; a row of a table is itself one headline.

    A date is ISO, or UNREAD where it cannot be read. What holds no word, an address for one, is handed to `on_skip` and
    left out.
    """
    used = 0
    known: dict[str, tuple[str, ...]] = {}
    items: list[tuple[str, str, str]] = []
    written: list[tuple[str, str]] = []
    for page in pages:
        found = [(item.headline, item.blurb) for item in page.related]
        if not found and page.line and page.text:  # of a table's row its own headline is what is to be clustered
            found = [(page.title or page.lead or page.body, page.lead if page.title else "")]
        without = [headline for headline, _ in found if not headline_key(headline, known)]
        wordless = set(without)  # a page can have tens of thousands of both
        for headline in without:
            if on_skip:
                what = f"the headline {headline[:80]!r} holds no word"
                on_skip(Skipped(page.source, what, "it is in no cluster"))
        used += not (without and len(found) == 1)
        kept = [(headline, blurb, page.id) for headline, blurb in found if headline not in wordless]
        items += kept
        written += [(column_of(page), page.date)] * len(kept)
    dates = dates_by_column(written)
    shown = (day or (UNREAD if text.strip() else "") for day, (_, text) in zip(dates.days, written, strict=True))
    merged = merge_headlines((*item, day) for item, day in zip(items, shown, strict=True))
    return Gathered(tuple(merged), used, dates)
