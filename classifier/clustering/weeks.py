"""When clusters ran: the dates of their headlines, counted by week."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from classifier.vietnamese.dates import day_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from classifier.clustering.cluster import Cluster

_MOST_WEEKS = 520
"""A date mistyped by centuries must not make a page of millions of weeks."""


def days_of(cluster: Cluster) -> list[date]:
    """The days on which its headlines ran, ascending, as often as they ran; what is no date is left out."""
    days = (day_of(text) for item in cluster.headlines for text in item.dates)
    return sorted(day for day in days if day is not None)


def week_of(day: date) -> str:
    """The ISO week, "2026-W05"."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def weeks(cluster: Cluster) -> dict[str, int]:
    """How often its headlines ran in each ISO week; what has no date, or an unreadable one, counts under "undated"."""
    counted = Counter(week_of(day) for day in days_of(cluster))
    unread = sum(max(len(item.dates), 1) for item in cluster.headlines) - counted.total()
    return dict(sorted(counted.items())) | ({"undated": unread} if unread else {})


def all_weeks(clusters: Iterable[Cluster]) -> list[str]:
    """Every ISO week from the first to the last in which a headline of these clusters ran, without gaps; [] without
    dates.
    """
    days = [day for cluster in clusters for day in days_of(cluster)]
    if not days:
        return []
    first, last = min(days), max(days)
    steps = min((last - first).days // 7 + 1, _MOST_WEEKS)
    return sorted({week_of(last - timedelta(weeks=step)) for step in range(steps)} | {week_of(first), week_of(last)})
