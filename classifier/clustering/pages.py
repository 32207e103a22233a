"""From pages to clusters of the headlines they recommend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from classifier.clustering.cluster import ClusterResult, cluster_merged
from classifier.clustering.merge import MergedHeadline, headline_key, merge_headlines
from classifier.types import Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from classifier.model.model import Model
    from classifier.types import Page

    OnSkip = Callable[[Skipped], None]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The related headlines of pages, copies merged; `used` pages and rows gave one or could have."""

    headlines: tuple[MergedHeadline, ...]
    used: int


@dataclass(frozen=True, slots=True)
class ClusteredPages:
    """Clusters of the related headlines of pages: `result` the clusters and the points they were cut from, `headlines`
    what went in, copies merged, `used` how many pages and rows were read, `skipped` what could not be used.
    """

    result: ClusterResult
    headlines: tuple[MergedHeadline, ...]
    used: int
    skipped: tuple[Skipped, ...]


def cluster_pages(
    pages: Iterable[Page],
    k: int | Literal["auto"] = "auto",
    *,
    max_outliers: int = 0,
    model: Model | None = None,
    on_skip: OnSkip | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> ClusteredPages:
    """Clusters the related headlines of pages, and the headlines of a table's rows, as `chude cluster` does.

    k: how many clusters, or "auto"; max_outliers: how many headlines may fit nowhere; model: names each cluster's
    topic; on_skip: called with each headline without a word as it is met; progress: with what is being done and the
    share of all done. Without a headline the result is empty. Raises UsageError for a k below 1 or above the number of
    different headlines.
    """
    skipped: list[Skipped] = []

    def skip(one: Skipped) -> None:
        skipped.append(one)
        if on_skip:
            on_skip(one)

    gathered = gather_headlines(pages, skip)
    if gathered.headlines:
        result = cluster_merged(gathered.headlines, k, max_outliers=max_outliers, model=model, progress=progress)
    else:
        result = ClusterResult((), np.zeros((0, 2), dtype=np.float32), np.zeros(0, dtype=np.int64), np.zeros(0))
    return ClusteredPages(result, gathered.headlines, gathered.used, tuple(skipped))


def gather_headlines(pages: Iterable[Page], on_skip: OnSkip | None = None) -> Gathered:
    """The related headlines of pages, copies merged; a row of a table is itself one headline.

    What holds no word, an address for one, is handed to `on_skip` and left out.
    """
    used = 0

    def items() -> Iterator[tuple[str, str, str, str]]:
        nonlocal used
        known: dict[str, tuple[str, ...]] = {}
        for page in pages:
            date = str(page.extra.get("date") or "")
            found = [(item.headline, item.blurb) for item in page.related]
            if not found and _is_row(page):
                found = [(page.title or page.lead or page.body, page.lead if page.title else "")]
            wordless = [headline for headline, _ in found if not headline_key(headline, known)]
            for headline in wordless:
                if on_skip:
                    what = f"the headline {headline[:80]!r} holds no word"
                    on_skip(Skipped(page.source, what, "it is in no cluster"))
            used += not (wordless and len(found) == 1)
            yield from ((headline, blurb, page.id, date) for headline, blurb in found if headline not in wordless)

    merged = tuple(merge_headlines(items()))
    return Gathered(merged, used)


def _is_row(page: Page) -> bool:
    """Whether the page is a table's row without related headlines: then its own headline is what is to be clustered."""
    return page.source.rpartition(":")[2].isdigit() and bool(page.text)
