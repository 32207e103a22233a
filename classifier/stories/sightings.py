"""Pages and rows to sightings: which headline a page showed, on which day, on which site."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from classifier.clustering.merge import headline_key
from classifier.stories.follow import Sighting
from classifier.types import Skipped
from classifier.vietnamese.dates import page_dates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from classifier.types import Page


def sightings(pages: Iterable[Page], on_skip: Callable[[Skipped], object]) -> tuple[list[Sighting], list[str]]:
    """The related headlines of pages, and the headlines of a table's rows, as seen on the day of the page or row.

    Also what is to be said of dates that cannot be read; what has such a date, or none, has the day None. Headlines
    without a word are handed to `on_skip`. A page without related headlines shows nothing.
    """
    kept = list(pages)
    dates = page_dates(kept)
    found = []
    known: dict[str, tuple[str, ...]] = {}
    for page, day in zip(kept, dates.days, strict=True):
        when = date.fromisoformat(day) if len(day) == len("2018-04-14") else None
        items = [(item.headline, item.blurb) for item in page.related]
        if not items and page.line:
            items = [(page.title or page.lead or page.body, page.lead if page.title else "")]
        for headline, blurb in items:
            if headline_key(headline, known):
                found.append(Sighting(headline, blurb, page.id, when, page.site or str(page.extra.get("source") or "")))
            else:
                on_skip(Skipped(page.source, f"the headline {headline[:80]!r} holds no word", "it is in no story"))
    return found, dates.remarks()
