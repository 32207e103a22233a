"""When clusters ran: dates as people and feeds write them, counted by week."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, timedelta, timezone
from email.utils import parsedate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from classifier.clustering.cluster import Cluster

_MOST_WEEKS = 520
"""A date mistyped by centuries must not make a page of millions of weeks."""
_DAY_FIRST = re.compile(r"(?<!\d)(?P<d>\d{1,2})(?:[/.-]| tháng )(?P<m>\d{1,2})(?:[/.-]|,? năm )(?P<y>\d{4})(?!\d)")
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})[/.-]?(?P<m>\d\d)[/.-]?(?P<d>\d\d)(?!\d)")
_ENGLISH = re.compile(r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4}\b")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?(?:\.\d*)?")


def days_of(cluster: Cluster) -> list[date]:
    """The days on which its headlines ran, ascending, as often as they ran; what is no date is left out."""
    days = (as_day(text) for item in cluster.headlines for text in item.dates)
    return sorted(day for day in days if day is not None)


def as_day(text: str) -> date | None:
    """The day of a date as written; None for what is none.

    `2026-02-03`, `2026-02-03T10:00+07:00`, `2026/02/03`, `20260203`; `3/2/2026`, `Thứ Ba, 03-02-2026 10:15`, `3 tháng 2
    năm 2026` (day first, as in Vietnam); `Tue, 03 Feb 2026 10:15:00 +0700` (feeds); seconds or milliseconds since 1970
    (the day in Vietnam).
    """
    text = text.strip()
    try:
        if _EPOCH.fullmatch(text):
            seconds = int(text[:10])
            return datetime.fromtimestamp(seconds, timezone(timedelta(hours=7))).date()
        if _ENGLISH.match(text) and (parsed := parsedate(text)):
            return date(*parsed[:3])
        if found := _YEAR_FIRST.match(text) or _DAY_FIRST.search(text):
            return date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:  # of the form of a date, but no day of the calendar
        return None
    return None


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
