"""A story as a reader sees it: its title, words, topic and days, and whether it is new, growing or over."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.clustering.names import keywords
from classifier.errors import UsageError
from classifier.stories.joining import WINDOW, placed
from classifier.types import Page

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from classifier.model.model import Model

STATES = ("new", "growing", "steady", "fading", "over")
RECENT = 3
"""Days that are compared with the RECENT days before them."""
GROWTH = 1.5
"""Sightings in the last RECENT days, by those in the RECENT days before, from which a story is growing."""
_AT_ONCE = 4_000
_MOST_READ = 200
"""Headlines of a story that its title, words and topic are made from: the newest."""


@dataclass(frozen=True, slots=True)
class Story:
    """A story as of a day.

    state: by `state_of`. days: sightings a day, ascending; sources: sightings a site, most first; first_source: the
    sites that had it on its first day. headlines: how many different ones; pages: how many pages showed one.
    """

    story: str
    title: str
    state: str
    topic: str
    probability: float
    keywords: tuple[str, ...]
    first: date
    last: date
    headlines: int
    pages: int
    days: Mapping[date, int]
    sources: Mapping[str, int]
    first_source: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    items: tuple[Mapping[str, Any], ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """The story as the JSON object that `chude stories --format jsonl` writes."""
        row: dict[str, Any] = {
            "story": self.story,
            "title": self.title,
            "state": self.state,
            "topic": self.topic,
            "probability": round(self.probability, 6),
            "keywords": list(self.keywords),
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "headlines": self.headlines,
            "pages": self.pages,
            "days": {day.isoformat(): count for day, count in self.days.items()},
            "sources": dict(self.sources),
            "first_source": list(self.first_source),
            "changes": list(self.changes),
        }
        return row | ({"items": [dict(item) for item in self.items]} if self.items else {})


def state_of(days: Mapping[date, int], first: date, as_of: date) -> str:
    """What has become of a story, by the days it was seen on.

    "new": it began that day or the day before. "over": nothing for more than WINDOW days, so nothing joins it any more.
    "growing": seen GROWTH times as often in the last RECENT days as in the RECENT before. "fading": not seen in the
    last RECENT days, or less than 1 / GROWTH times as often as in those before. "steady": all others.
    """
    last = max(days)
    if (as_of - last).days > WINDOW:
        return "over"
    if (as_of - first).days <= 1:
        return "new"
    now = sum(count for day, count in days.items() if (as_of - day).days < RECENT)
    before = sum(count for day, count in days.items() if RECENT <= (as_of - day).days < 2 * RECENT)
    if now and now >= GROWTH * before and now > 1:
        return "growing"
    return "fading" if not now or now * GROWTH < before else "steady"


def read_stories(
    connection: sqlite3.Connection, as_of: date, *, since: date | None = None, run: int | None = None
) -> Iterator[Story]:
    """The stories that were seen from `since` to `as_of`, those seen last first; as they stood on that day.

    run: only what this run changed.
    """
    until = as_of.isoformat()
    begin = (since or date.min).isoformat()
    query = (
        "SELECT story FROM stories WHERE merged_into = '' AND last_day >= ? AND first_day <= ?"
        " AND (? IS NULL OR story IN (SELECT story FROM changes WHERE run = ?)) ORDER BY last_day DESC, story"
    )
    changed: dict[str, set[str]] = defaultdict(set)
    if run is not None:  # at once: of a run that begins an archive each story would read all of them
        for story, change in connection.execute("SELECT story, change FROM changes WHERE run = ?", (run,)):
            changed[story].add(change)
    for (story,) in connection.execute(query, (begin, until, run, run)).fetchall():
        found = read_story(connection, story, as_of, changes=changed[story], items=False)
        if found is not None and (since is None or found.last >= since):
            yield found


def read_story(
    connection: sqlite3.Connection, story: str, as_of: date, *, changes: Iterable[str] = (), items: bool = True
) -> Story | None:
    """One story, with its headlines if `items`, and what changed in it if that is told.

    The id of one that was merged gives what it was merged into. None where nothing of it was seen until `as_of`; raises
    UsageError for an id that there is none of.
    """
    row = connection.execute("SELECT * FROM stories WHERE story = ?", (story,)).fetchone()
    seen = set()
    while row is not None and row[7] and row[0] not in seen:
        seen.add(row[0])
        row = connection.execute("SELECT * FROM stories WHERE story = ?", (row[7],)).fetchone()
    if row is None:
        raise UsageError(story, "is no story of this archive", "take an id from `chude stories`")
    name, _, _, title, words, topic, probability, _, _, _ = row
    sightings = connection.execute(
        "SELECT day, source, page, text, blurb, headline FROM headlines JOIN sightings USING (headline)"
        " WHERE story = ? AND day <= ? ORDER BY day, headline, page",
        (name, as_of.isoformat()),
    ).fetchall()
    if not sightings:
        return None
    days = Counter(date.fromisoformat(one[0]) for one in sightings)
    sources = Counter(one[1] for one in sightings if one[1])
    first = min(days)
    return Story(
        name,
        title,
        state_of(days, first, as_of),
        topic,
        probability,
        tuple(json.loads(words)),
        first,
        max(days),
        len({one[5] for one in sightings}),
        len({one[2] for one in sightings}),
        dict(sorted(days.items())),
        dict(sorted(sources.items(), key=lambda pair: (-pair[1], pair[0]))),
        tuple(sorted({one[1] for one in sightings if one[1] and one[0] == first.isoformat()})),
        tuple(sorted(changes)),
        _items(sightings) if items else (),
    )


def _items(sightings: Sequence[tuple[str, str, str, str, str, int]]) -> tuple[dict[str, Any], ...]:
    found: dict[int, dict[str, Any]] = {}
    for day, source, page, text, blurb, number in sightings:
        item = found.setdefault(number, {"headline": text, "blurb": blurb, "first": day, "pages": [], "sources": []})
        item["pages"].append(page)
        if source and source not in item["sources"]:
            item["sources"].append(source)
    return tuple(found.values())


def describe(
    connection: sqlite3.Connection, model: Model | None, *, progress: Callable[[float], None] | None = None
) -> int:
    """Gives every story that has changed its title, keywords and topic; returns how many these were.

    Keywords tell a story from all that were seen in the same weeks, so living stories are read along.
    """
    stale = [row[0] for row in connection.execute("SELECT story FROM stories WHERE stale = 1 ORDER BY last_day, story")]
    batches = list(_batches(connection, stale))
    for done, batch in enumerate(batches, start=1):
        rows = _described(connection, batch, model)
        with connection:
            connection.executemany(
                "UPDATE stories SET title = ?, keywords = ?, topic = ?, probability = ?, stale = 0 WHERE story = ?",
                rows,
            )
        if progress:
            progress(done / len(batches))
    return len(stale)


_Item = tuple[str, str, int]


def _batches(connection: sqlite3.Connection, stale: Sequence[str]) -> Iterator[dict[str, list[_Item]]]:
    """Stories with their newest headlines, (text, blurb, pages) each, about _AT_ONCE headlines at a time."""
    batch: dict[str, list[_Item]] = {}
    size = 0
    for story in stale:
        items = connection.execute(
            "SELECT text, blurb, (SELECT count(*) FROM sightings WHERE sightings.headline = headlines.headline)"
            " FROM headlines WHERE story = ? ORDER BY last_day DESC, headline DESC LIMIT ?",
            (story, _MOST_READ),
        ).fetchall()
        if items:
            batch[story] = sorted(items)
            size += len(items)
        if size >= _AT_ONCE:
            yield batch
            batch, size = {}, 0
    if batch:
        yield batch


def _described(
    connection: sqlite3.Connection, batch: dict[str, list[_Item]], model: Model | None
) -> list[tuple[str, str, str, float, str]]:
    groups = list(batch.values())
    beside = _beside(connection, batch)
    words = keywords([[text for text, _, _ in group] for group in (*groups, *beside)])
    flat = [item for group in groups for item in group]
    rows = placed([item[0] for item in flat], [item[1] for item in flat])
    topics = _topics(groups, model)
    found, begin = [], 0
    for story, group, named, (topic, probability) in zip(batch, groups, words, topics, strict=False):
        part = rows[begin : begin + len(group)]
        begin += len(group)
        central = np.asarray(part @ part.sum(axis=0).T).ravel() / len(group)
        printed = 1 + np.log(np.maximum([pages for _, _, pages in group], 1))
        hero = group[int(np.argmax(np.round(central * printed, 9)))][0]
        found.append((hero, json.dumps(named, ensure_ascii=False), topic, probability, story))
    return found


def _beside(connection: sqlite3.Connection, batch: dict[str, list[_Item]]) -> list[list[tuple[str, str, int]]]:
    """The headlines of other stories of the same weeks, where the batch is too small to tell its stories from each
    other by.
    """
    if sum(map(len, batch.values())) >= _AT_ONCE // 2:
        return []
    (last,) = connection.execute("SELECT max(last_day) FROM stories").fetchone()
    begin = (date.fromisoformat(last) - timedelta(days=WINDOW)).isoformat()
    query = (
        "SELECT story, text FROM headlines WHERE last_day >= ? AND story != '' ORDER BY last_day DESC, headline LIMIT ?"
    )
    found: dict[str, list[tuple[str, str, int]]] = {}
    for story, text in connection.execute(query, (begin, _AT_ONCE)):
        if story not in batch:
            found.setdefault(story, []).append((text, "", 1))
    return list(found.values())


def _topics(groups: Sequence[Sequence[_Item]], model: Model | None) -> list[tuple[str, float]]:
    """The label of the mean over each story's headlines and blurbs, and its probability."""
    if model is None:
        return [("", 0.0)] * len(groups)
    pages = [Page(id="", title=text, lead=blurb) for group in groups for text, blurb, _ in group]
    shares = model.calibration.primary(model.scores(pages))
    ends = np.cumsum([len(group) for group in groups])[:-1]
    means = [part.mean(axis=0) for part in np.split(shares, ends)]
    return [(model.labels[int(mean.argmax())], float(mean.max())) for mean in means]
