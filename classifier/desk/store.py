"""What a desk knows: its articles, its topics, and every decision with its time, undone or not."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.desk.schema import KINDS
from classifier.duplicates.fingerprints import BINS, Fingerprints, fingerprint
from classifier.duplicates.near_duplicates import duplicate_groups, find_copies
from classifier.errors import UsageError
from classifier.types import OTHER, Page

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence

KEYS = "123456789qwertyiopdfgjkzcvbm"
"""What topics are chosen by; the other letters are commands of the page."""
MOST_TOPICS, MOST_NAME, MOST_WORDS = 200, 80, 200
OTHER_NUMBER = 0
"""Stands for "other" where a topic's number stands."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic by its number: how it is called, its key, and the words that stand for it and against it."""

    topic: int
    name: str
    key: str = ""
    words: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    split_from: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on an article. `topics`: numbers, the primary one first, none for "other". `opinion`: what the
    model held likely at that moment, by topic (0: other). `batch`: decisions that are undone together (0: by itself).
    """

    article: int
    kind: str
    topics: tuple[int, ...] = ()
    note: str = ""
    queue: str = ""
    model: str = ""
    opinion: Mapping[int, float] | None = None
    batch: int = 0
    at: str = ""
    decision: int = 0


@dataclass(frozen=True, slots=True)
class Added:
    """How many articles were new, how many known, and how many of the new ones repeat another nearly."""

    new: int = 0
    known: int = 0
    twins: int = 0


class Desk:
    """A desk's file, open. Every change is on the disk when its function returns. Not for several threads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    # Facts

    def fact(self, name: str) -> str:
        """What was kept under a name, "" if nothing."""
        row = self._connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return "" if row is None else str(row[0])

    def keep_fact(self, name: str, value: str) -> None:
        """Keeps it."""
        with self._connection:
            self._connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    @property
    def seed(self) -> int:
        """The number that the order of the random draws comes from: made once, kept in the file."""
        if not (kept := self.fact("seed")):
            kept = str(secrets.randbits(31))
            self.keep_fact("seed", kept)
        return int(kept)

    # Articles

    def add(self, pages: Sequence[Page]) -> Added:
        """Takes in the articles that are not there yet, known by their text; near-duplicates become one's twins."""
        prints, known = fingerprint(pages), self.numbers()
        keys = [_key(page, key) for page, key in zip(pages, prints.keys.tolist(), strict=True)]
        first = {key: row for row, key in reversed(list(enumerate(keys))) if key not in known}
        rows = sorted(first.values())
        added = Added(len(rows), len(pages) - len(rows))
        if not rows:
            return added
        there, twins = self._known_prints()
        new = Fingerprints(prints.sizes[rows], prints.keys[rows], prints.sketches[rows])
        copies = find_copies(there, new).known.tolist() if len(there) else [-1] * len(rows)
        groups = duplicate_groups(new).tolist()
        begin = max(known.values(), default=0) + 1
        head: dict[int, int] = {}
        for place, (group, copy) in enumerate(zip(groups, copies, strict=True)):
            if copy >= 0:
                head[group] = min(head.get(group, twins[copy]), twins[copy])
            else:
                head.setdefault(group, begin + place)
        count = 0
        with self._connection:
            for place, row in enumerate(rows):
                page, number, twin = pages[row], begin + place, head[groups[place]]
                count += twin != number
                texts = (
                    page.id,
                    page.source,
                    page.title,
                    page.lead,
                    page.body,
                    page.byline,
                    page.date,
                    page.url,
                    page.site,
                )
                values = number, keys[row], twin, prints.sketches[row].tobytes(), *map(_storable, texts)
                self._connection.execute(f"INSERT INTO articles VALUES ({', '.join('?' * 13)})", values)  # noqa: S608 (question marks)
        return replace(added, twins=count)

    def numbers(self) -> dict[str, int]:
        """The number of each article by its content's key."""
        return dict(self._connection.execute("SELECT key, article FROM articles ORDER BY article"))

    def number_of(self, page: Page) -> int:
        """The number of the article with this text, 0 if it is not there."""
        key = _key(page, int(fingerprint([page]).keys[0]))
        row = self._connection.execute("SELECT article FROM articles WHERE key = ?", (key,)).fetchone()
        return 0 if row is None else int(row[0])

    def _known_prints(self) -> tuple[Fingerprints, list[int]]:
        """Fingerprints of the articles that stand for their group, and their numbers."""
        query = "SELECT article, sketch FROM articles WHERE twin_of = article ORDER BY article"
        rows = self._connection.execute(query).fetchall()
        sketches = np.frombuffer(b"".join(sketch for _, sketch in rows), dtype=np.uint8).reshape(-1, BINS)
        nothing = np.zeros(len(rows), dtype=np.uint64)  # equal ones have been left out by their keys
        return Fingerprints(np.ones(len(rows), dtype=np.int32), nothing, sketches), [number for number, _ in rows]

    def twins(self) -> dict[int, int]:
        """The article that stands for its near-duplicates, by article."""
        return dict(self._connection.execute("SELECT article, twin_of FROM articles ORDER BY article"))

    def pages(self, numbers: Iterable[int] | None = None) -> Iterator[tuple[int, Page]]:
        """The articles (all, or these) with their numbers, ascending."""
        query = "SELECT article, id, source, title, lead, body, byline, date, url, site FROM articles"
        if numbers is None:
            rows: Iterable[tuple[Any, ...]] = self._connection.execute(f"{query} ORDER BY article")
        else:
            found = (self._connection.execute(f"{query} WHERE article = ?", (one,)).fetchone() for one in numbers)
            rows = (row for row in found if row is not None)
        for number, name, source, title, lead, body, byline, date, url, site in rows:
            yield (
                number,
                Page(name, title, byline, lead, body, source=source, date=date, url=url, site=site),
            )

    # Topics

    def topics(self) -> list[Topic]:
        """The topics that there are, in the order in which they came; merged ones are gone."""
        query = "SELECT topic, name, key, words, against, split_from FROM topics WHERE merged_into = 0 ORDER BY topic"
        return [
            Topic(number, name, key, tuple(json.loads(words)), tuple(json.loads(against)), split_from)
            for number, name, key, words, against, split_from in self._connection.execute(query)
        ]

    def add_topic(
        self, name: str, *, key: str = "", words: Sequence[str] = (), against: Sequence[str] = (), split_from: int = 0
    ) -> Topic:
        """A new topic, by default under the first free key. Raises UsageError for a name or a key that is taken."""
        there = self.topics()
        name = self._checked_name(name, there)
        if split_from:
            self._topic(split_from, there)
        if len(there) >= MOST_TOPICS:
            raise UsageError(name, f"would be topic {len(there) + 1}", f"a desk has at most {MOST_TOPICS}")
        taken = {topic.key for topic in there}
        if key and (len(key) != 1 or key not in KEYS or key in taken):
            what = "is another topic's key" if key in taken else "is no key for a topic"
            raise UsageError(name, f"{key!r} {what}", f"name one of {KEYS}, or none")
        key = key or next((one for one in KEYS if one not in taken), "")
        values = name, key, _json(words), _json(against), split_from
        with self._connection:
            insert = "INSERT INTO topics (name, key, words, against, split_from) VALUES (?, ?, ?, ?, ?)"
            number = int(self._connection.execute(insert, values).lastrowid or 0)
            self._note_change("split" if split_from else "add", number, str(split_from or ""), name)
        return Topic(number, name, key, tuple(words), tuple(against), split_from)

    def change_topic(
        self,
        number: int,
        *,
        name: str | None = None,
        words: Sequence[str] | None = None,
        against: Sequence[str] | None = None,
    ) -> Topic:
        """Renames a topic or gives it other words. Raises UsageError for a name that is taken."""
        there = self.topics()
        before = self._topic(number, there)
        after = replace(
            before,
            name=before.name if name is None else self._checked_name(name, [one for one in there if one != before]),
            words=before.words if words is None else tuple(words),
            against=before.against if against is None else tuple(against),
        )
        if after != before:
            with self._connection:
                update = "UPDATE topics SET name = ?, words = ?, against = ? WHERE topic = ?"
                self._connection.execute(update, (after.name, _json(after.words), _json(after.against), number))
                was = _json([before.name, list(before.words), list(before.against)])
                self._note_change("change", number, was, _json([after.name, list(after.words), list(after.against)]))
        return after

    def merge_topic(self, number: int, into: int) -> None:
        """Every label of one topic counts as the other's from now on; the decisions stay as they were made."""
        there = self.topics()
        one, other = self._topic(number, there), self._topic(into, there)
        if one == other:
            raise UsageError(one.name, "cannot be merged with itself", "name another topic")
        with self._connection:
            self._connection.execute(
                "UPDATE topics SET merged_into = ? WHERE ? IN (topic, merged_into)", (into, number)
            )
            words = _json(dict.fromkeys((*other.words, *one.words)))
            self._connection.execute("UPDATE topics SET words = ? WHERE topic = ?", (words, into))
            self._note_change("merge", number, one.name, other.name)

    def _topic(self, number: int, there: Sequence[Topic]) -> Topic:
        found = next((topic for topic in there if topic.topic == number), None)
        if found is None:
            raise UsageError(str(number), "is no topic of this desk", "name one that is")
        return found

    def _checked_name(self, name: str, others: Sequence[Topic]) -> str:
        name = _storable(" ".join(name.split()))
        if not name or len(name) > MOST_NAME:
            raise UsageError("topic", "has no name" if not name else "has too long a name", f"1 to {MOST_NAME} letters")
        if name.casefold() == OTHER or name.casefold() in {topic.name.casefold() for topic in others}:
            raise UsageError(name, "is there already", "name the topic otherwise")
        return name

    def _note_change(self, what: str, topic: int, before: str, after: str) -> None:
        insert = "INSERT INTO changes (at, what, topic, before, after) VALUES (?, ?, ?, ?, ?)"
        self._connection.execute(insert, (_now(), what, topic, before, after))

    def merged(self) -> dict[int, int]:
        """What each topic's number counts as: itself, or what it was merged into."""
        query = "SELECT topic, CASE merged_into WHEN 0 THEN topic ELSE merged_into END FROM topics"
        return dict(self._connection.execute(query))

    # Decisions

    def decide(self, decisions: Sequence[Decision]) -> list[int]:
        """Keeps decisions, all or none, and gives their numbers. Raises UsageError for what is no decision."""
        known = {topic.topic for topic in self.topics()}
        for one in decisions:
            if one.kind not in KINDS or not set(one.topics) <= known or (one.topics and one.kind != "label"):
                raise UsageError(str(one.article), "is decided for no topic of this desk", "name one that is")
        there = "SELECT 1 FROM articles WHERE article = ?"
        numbers = []
        with self._connection:
            for one in decisions:
                if self._connection.execute(there, (one.article,)).fetchone() is None:
                    raise UsageError(str(one.article), "is no article of this desk", "name one that is")
                opinion = {str(topic): round(share, 4) for topic, share in (one.opinion or {}).items()}
                topics = list(dict.fromkeys(one.topics))
                values = (
                    one.article,
                    one.at or _now(),
                    one.kind,
                    _json(topics),
                    _storable(one.note),
                    one.queue,
                    one.model,
                )
                insert = (
                    "INSERT INTO decisions (article, at, kind, topics, note, queue, model, opinion, batch)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                )
                done = self._connection.execute(insert, (*values, json.dumps(opinion), one.batch))
                numbers.append(int(done.lastrowid or 0))
        return numbers

    def new_batch(self) -> int:
        """A number for decisions that belong together."""
        (last,) = self._connection.execute("SELECT max(batch) FROM decisions").fetchone()
        return int(last or 0) + 1

    def undo(self) -> list[Decision]:
        """Takes back the last decision that stands (all of its batch), and gives what was taken back."""
        query = "SELECT decision, batch FROM decisions WHERE undone = '' AND queue != 'import' ORDER BY decision DESC"
        last = self._connection.execute(query).fetchone()
        if last is None:
            return []
        where, value = ("batch", last[1]) if last[1] else ("decision", last[0])
        taken = list(self._decisions(f"WHERE undone = '' AND {where} = ?", (value,)))
        with self._connection:
            update = f"UPDATE decisions SET undone = ? WHERE undone = '' AND {where} = ?"  # noqa: S608 (one of two constants)
            self._connection.execute(update, (_now(), value))
        return taken

    def decisions(self) -> list[Decision]:
        """The decision that stands for each article, in the order they were made; merged topics counted as one."""
        where = "WHERE decision IN (SELECT max(decision) FROM decisions WHERE undone = '' GROUP BY article)"
        return list(self._decisions(where, ()))

    def _decisions(self, where: str, values: tuple[Any, ...]) -> Iterator[Decision]:
        merged = self.merged()
        query = (
            "SELECT article, kind, topics, note, queue, model, opinion, batch, at, decision FROM decisions"  # noqa: S608 (constants)
            f" {where} ORDER BY decision"
        )
        for article, kind, topics, note, queue, model, opinion, batch, at, decision in self._connection.execute(
            query, values
        ):
            numbers = tuple(dict.fromkeys(merged[topic] for topic in json.loads(topics)))
            shares = {int(topic): share for topic, share in json.loads(opinion).items()}
            yield Decision(article, kind, numbers, note, queue, model, shares, batch, at, decision)

    # The curve

    def keep_estimate(self, labels: int, judged: int, accuracy: Sequence[float], macro_f1: Sequence[float]) -> None:
        """Adds a point to the curve: value, low and high of either score."""
        with self._connection:
            self._connection.execute(
                "INSERT INTO estimates (at, labels, judged, accuracy, accuracy_low, accuracy_high, macro_f1,"
                " macro_f1_low, macro_f1_high) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (_now(), labels, judged, *accuracy, *macro_f1),
            )

    def estimates(self) -> list[dict[str, float]]:
        """The points of the curve, one a number of labels (the last), by it."""
        names = (
            "labels",
            "judged",
            "accuracy",
            "accuracy_low",
            "accuracy_high",
            "macro_f1",
            "macro_f1_low",
            "macro_f1_high",
        )
        query = f"SELECT {', '.join(names)} FROM estimates ORDER BY estimate"  # noqa: S608 (constants)
        points = {row[0]: dict(zip(names, row, strict=True)) for row in self._connection.execute(query)}
        return [points[labels] for labels in sorted(points)]


def labelled_rows(desk: Desk) -> Iterator[dict[str, Any]]:
    """The labelled articles as rows of a corpus, in the order of their decisions; unsure and skipped ones are none.

    `labels` only where the desk has an article of several topics. A label that a person has confirmed against the
    model's doubt is `checked`.
    """
    names = {topic.topic: topic.name for topic in desk.topics()}
    found = [one for one in desk.decisions() if one.kind == "label"]
    several = any(len(one.topics) > 1 for one in found)
    pages = dict(desk.pages(one.article for one in found))
    for one in found:
        page, topics = pages[one.article], [names[topic] for topic in one.topics]
        row = {
            "id": page.id,
            "title": page.title,
            "lead": page.lead,
            "body": page.body,
            "byline": page.byline,
            "date": page.date,
            "url": page.url,
            "site": page.site,
            "label": topics[0] if topics else OTHER,
            **({"labels": topics} if several else {}),
            "from": page.source,
            "decided": one.at,
        }
        yield row | ({"note": one.note} if one.note else {}) | ({"checked": ["CH501"]} if one.queue == "doubt" else {})


def _key(page: Page, key: int) -> str:
    """By which an article is known again: its letters and digits; where it has none, all of its text."""
    return f"{key:016x}" if key else hashlib.sha256(page.text.encode("utf-8", "surrogatepass")).hexdigest()


def _storable(text: str) -> str:
    """Half a surrogate pair, which JSON can hold, is no text for SQLite."""
    return text.encode("utf-8", "replace").decode()


def _json(values: Iterable[object]) -> str:
    return _storable(json.dumps(list(values), ensure_ascii=False))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
