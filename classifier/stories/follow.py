"""Takes in what is new: each headline goes to a story that lives on its day, or begins one."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from classifier.clustering.merge import MergedHeadline, headline_key, is_cut_short, merge_headlines
from classifier.stories.joining import MOST, WINDOW, join, parts, placed

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence


CHANGES = ("new", "growing", "merged", "split")


class Sighting(NamedTuple):
    """A headline as a page showed it. page: what tells one page from another; day: None where it is not known; source:
    the site.
    """

    headline: str
    blurb: str
    page: str
    day: date | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a run changed. headlines, sightings: how many were new; changed: how many stories by CHANGES, each story
    counted once a kind.
    """

    run: int
    headlines: int
    sightings: int
    changed: dict[str, int]


@dataclass(slots=True)
class _Live:
    """A headline that can be joined: its number, row and story, and the days (ordinals) it was seen first and last."""

    number: int
    row: int
    first: int
    last: int
    story: str

    def away(self, day: int) -> int:
        """How many days before or after `day` it was seen."""
        return max(self.first - day, day - self.last, 0)


def take_in(
    connection: sqlite3.Connection,
    sightings: Iterable[Sighting],
    as_of: date,
    *,
    progress: Callable[[float], None] | None = None,
) -> Taken:
    """Gives each headline that is not known yet to a story, day by day; undated ones are of the day `as_of`.

    Each day is written whole or not at all: what a kill interrupts is taken in by the next run. The days may come in
    any order. The same sightings once more change nothing.
    """
    by_day = _by_day(_unseen(connection, sightings), as_of)
    days = sorted(by_day)
    with connection:
        run = connection.execute("INSERT INTO runs (as_of) VALUES (?)", (as_of.isoformat(),)).lastrowid or 0
    if not days:
        return Taken(run, 0, 0, {})
    follower = _Follower(connection, run, by_day)
    for done, day in enumerate(days, start=1):
        with connection:
            follower.follow(day)
        if progress:
            progress(done / len(days))
    changed = Counter(change for change, _ in follower.changed)
    return Taken(
        run, follower.headlines, follower.sightings, {kind: changed[kind] for kind in CHANGES if changed[kind]}
    )


def _unseen(connection: sqlite3.Connection, sightings: Iterable[Sighting]) -> list[Sighting]:
    """Without what is known: the same headline on the same page, whatever day the run is of."""
    known: dict[str, tuple[str, ...]] = {}
    seen: set[tuple[str, str]] = set()
    found = []
    query = "SELECT 1 FROM headlines JOIN sightings USING (headline) WHERE key = ? AND page = ?"
    for sighting in sightings:
        key = " ".join(headline_key(sighting.headline, known))
        mark = (key, sighting.page)
        if not key or mark in seen:
            continue
        seen.add(mark)
        if connection.execute(query, mark).fetchone() is None:
            found.append(sighting)
    return found


class _Day(NamedTuple):
    merged: list[MergedHeadline]
    source: dict[str, str]


def _by_day(sightings: Iterable[Sighting], as_of: date) -> dict[date, _Day]:
    """The headlines of each day, copies merged, and each page's source."""
    grouped: defaultdict[date, list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        grouped[sighting.day or as_of].append(sighting)
    return {
        day: _Day(
            merge_headlines((one.headline, one.blurb, one.page, "") for one in found),
            {one.page: one.source for one in found},
        )
        for day, found in grouped.items()
    }


class _Follower:
    """One run: what lives, and what has changed."""

    def __init__(self, connection: sqlite3.Connection, run: int, by_day: dict[date, _Day]) -> None:
        self.connection, self.run, self.by_day = connection, run, by_day
        self.headlines = self.sightings = 0
        self.changed: set[tuple[str, str]] = set()
        days = sorted(by_day)
        reach = timedelta(days=WINDOW)
        alive = connection.execute(
            "SELECT headline, text, blurb, story, first_day, last_day FROM headlines"
            " WHERE ticker = '' AND last_day >= ? AND first_day <= ? ORDER BY headline",
            ((days[0] - reach).isoformat(), (days[-1] + reach).isoformat()),
        ).fetchall()
        fresh = [item for day in days for item in by_day[day].merged]
        self.rows = placed(
            [row[1] for row in alive] + [item.headline for item in fresh],
            [row[2] for row in alive] + [item.blurb for item in fresh],
        )
        self.live = {
            number: _Live(number, row, _ordinal(first), _ordinal(last), story)
            for row, (number, _, _, story, first, last) in enumerate(alive)
        }
        self.next_row = len(alive)
        query = "SELECT story, count(*), min(first_day) FROM headlines WHERE ticker = '' GROUP BY story"
        self.total: dict[str, tuple[int, str]] = {}
        if alive:
            wanted = {row[3] for row in alive}
            self.total = {story: (count, first) for story, count, first in connection.execute(query) if story in wanted}

    def follow(self, day: date) -> None:
        """A day's headlines: known ones are seen again, others joined, at most MOST at once."""
        # Days ascend, so what is out of reach now stays so.
        over = day.toordinal() - WINDOW
        self.live = {number: one for number, one in self.live.items() if one.last >= over}
        merged, sources = self.by_day[day]
        rows = range(self.next_row, self.next_row + len(merged))
        self.next_row += len(merged)
        waiting: list[tuple[MergedHeadline, int]] = []
        for item, row in zip(merged, rows, strict=True):
            number = self._known(item, day)
            if number is not None:
                self._see_again(number, item, day, sources)
            elif item.ticker:
                self._write(item, day, "", sources)
            else:
                waiting.append((item, row))
        for begin in range(0, len(waiting), MOST):
            self._join(waiting[begin : begin + MOST], day, sources)

    def _known(self, item: MergedHeadline, day: date) -> int | None:
        """The headline's number, if it ran within WINDOW days; one cut short is known by its beginning."""
        key = " ".join(headline_key(item.headline))
        near = "last_day >= ? AND first_day <= ? ORDER BY last_day DESC, headline LIMIT 1"
        reach = ((day - timedelta(days=WINDOW)).isoformat(), (day + timedelta(days=WINDOW)).isoformat())
        query = f"SELECT headline FROM headlines WHERE key = ? AND {near}"  # noqa: S608 (a constant)
        found = self.connection.execute(query, (key, *reach)).fetchone()
        if found is None and is_cut_short(item.headline):
            query = f"SELECT headline FROM headlines WHERE key > ? AND key < ? AND {near}"  # noqa: S608 (a constant)
            found = self.connection.execute(query, (f"{key} ", f"{key}!", *reach)).fetchone()
        return None if found is None else int(found[0])

    def _see_again(self, number: int, item: MergedHeadline, day: date, sources: dict[str, str]) -> None:
        added = self._see(number, item, day, sources)
        if not added:
            return
        story, first, last = self.connection.execute(
            "SELECT story, first_day, last_day FROM headlines WHERE headline = ?", (number,)
        ).fetchone()
        span = (min(first, day.isoformat()), max(last, day.isoformat()))
        self.connection.execute("UPDATE headlines SET first_day = ?, last_day = ? WHERE headline = ?", (*span, number))
        if number in self.live:
            self.live[number].first, self.live[number].last = _ordinal(span[0]), _ordinal(span[1])
        if story:
            self._touch(story, day)
            self._say(story, "growing", "", 0)

    def _see(self, number: int, item: MergedHeadline, day: date, sources: dict[str, str]) -> int:
        rows = [(page, number, day.isoformat(), sources.get(page, "")) for page in item.pages or (item.headline,)]
        before = self.connection.total_changes
        self.connection.executemany("INSERT OR IGNORE INTO sightings VALUES (?, ?, ?, ?)", rows)
        added = self.connection.total_changes - before
        self.sightings += added
        return added

    def _write(self, item: MergedHeadline, day: date, story: str, sources: dict[str, str]) -> int:
        key = " ".join(headline_key(item.headline))
        number = self.connection.execute(
            "INSERT INTO headlines (key, text, blurb, story, ticker, first_day, last_day) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (key, item.headline, item.blurb, story, item.ticker, day.isoformat(), day.isoformat()),
        ).lastrowid
        self.headlines += 1
        self._see(number or 0, item, day, sources)
        return number or 0

    def _join(self, waiting: Sequence[tuple[MergedHeadline, int]], day: date, sources: dict[str, str]) -> None:
        from scipy.sparse import csr_matrix

        near = self._near(day)
        stories = sorted({one.story for one in near})
        number_of = {story: number for number, story in enumerate(stories)}
        of = np.array([number_of[one.story] for one in near], dtype=np.int64)
        silence = np.full(len(stories), float(WINDOW))
        np.minimum.at(silence, of, [one.away(day.toordinal()) for one in near])
        gather = csr_matrix((np.ones(of.size), (of, np.arange(of.size))), shape=(len(stories), of.size))
        sums = gather @ self.rows[[one.row for one in near]]
        order = sorted(range(len(stories)), key=lambda at: self._rank(stories[at]))
        rank = [0] * len(order)
        for position, at in enumerate(order):
            rank[at] = position
        fresh = self.rows[[row for _, row in waiting]]
        joined = join(fresh, csr_matrix(sums), np.bincount(of, minlength=len(stories)), silence, rank)
        for kept, given in joined.merges:
            self._merge(stories[kept], stories[given])
        ids: dict[int, str] = {}
        for (item, row), group in zip(waiting, joined.groups.tolist(), strict=True):
            story = ids.get(group)
            if story is None:
                story = ids[group] = stories[group] if group < len(stories) else self._begin(item, day)
            number = self._write(item, day, story, sources)
            self.live[number] = _Live(number, row, day.toordinal(), day.toordinal(), story)
            self._grow(story, 1, day)
        members: defaultdict[str, list[_Live]] = defaultdict(list)
        for one in self._near(day):
            members[one.story].append(one)
        for group, story in ids.items():
            count = int((joined.groups == group).sum())
            self._say(story, "growing" if group < len(stories) else "new", "", count)
            self._split(story, members[story], day)

    def _near(self, day: date) -> list[_Live]:
        """What was seen within WINDOW days, before or after."""
        return [one for one in self.live.values() if one.away(day.toordinal()) <= WINDOW]

    def _rank(self, story: str) -> tuple[int, str, str]:
        count, first = self.total[story]
        return -count, first, story

    def _begin(self, item: MergedHeadline, day: date, split_from: str = "") -> str:
        """A new story. Its id is its day and a digest of its first headline: the same input gives the same id."""
        seed = " ".join(headline_key(item.headline))
        turn = 0
        while True:
            digest = hashlib.sha256(f"{seed} {turn}".encode()).hexdigest()[:6]
            story = f"{day:%Y%m%d}-{digest}"
            if self.connection.execute("SELECT 1 FROM stories WHERE story = ?", (story,)).fetchone() is None:
                break
            turn += 1
        self.connection.execute(
            "INSERT INTO stories (story, first_day, last_day, split_from) VALUES (?, ?, ?, ?)",
            (story, day.isoformat(), day.isoformat(), split_from),
        )
        self.total[story] = (0, day.isoformat())
        return story

    def _grow(self, story: str, count: int, day: date) -> None:
        had, first = self.total.get(story, (0, day.isoformat()))
        self.total[story] = (had + count, min(first, day.isoformat()))
        self._touch(story, day)

    def _touch(self, story: str, day: date) -> None:
        self.connection.execute(
            "UPDATE stories SET first_day = min(first_day, ?), last_day = max(last_day, ?), stale = 1 WHERE story = ?",
            (day.isoformat(), day.isoformat(), story),
        )

    def _merge(self, kept: str, given: str) -> None:
        self.connection.execute("UPDATE headlines SET story = ? WHERE story = ?", (kept, given))
        self.connection.execute("UPDATE stories SET merged_into = ?, stale = 0 WHERE story = ?", (kept, given))
        self.connection.execute(
            "UPDATE stories SET stale = 1, first_day = min(first_day, (SELECT first_day FROM stories WHERE story = ?)),"
            " last_day = max(last_day, (SELECT last_day FROM stories WHERE story = ?)) WHERE story = ?",
            (given, given, kept),
        )
        for one in self.live.values():
            if one.story == given:
                one.story = kept
        count, first = self.total.pop(given)
        had, began = self.total[kept]
        self.total[kept] = (had + count, min(first, began))
        self._say(kept, "merged", given, count)

    def _split(self, story: str, members: list[_Live], day: date) -> None:
        """Takes the second part out of a story that no longer holds together."""
        second = parts(self.rows[[one.row for one in members]])
        if second is None:
            return
        out = [one for one, leaves in zip(members, second.tolist(), strict=True) if leaves]
        query = "SELECT text FROM headlines WHERE headline = ?"
        (text,) = self.connection.execute(query, (out[0].number,)).fetchone()
        other = self._begin(MergedHeadline(text), date.fromordinal(min(one.first for one in out)), story)
        for one in out:
            self.connection.execute("UPDATE headlines SET story = ? WHERE headline = ?", (other, one.number))
            one.story = other
            self._grow(other, 1, date.fromordinal(one.last))
        had, first = self.total[story]
        self.total[story] = (had - len(out), first)
        self._touch(story, day)
        self._say(other, "split", story, len(out))

    def _say(self, story: str, change: str, other: str, count: int) -> None:
        self.changed.add((change, story))
        self.connection.execute("INSERT INTO changes VALUES (?, ?, ?, ?, ?)", (self.run, story, change, other, count))


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()
