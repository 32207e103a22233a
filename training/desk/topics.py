"""`topics.toml`: topics that an analyst names by a few words, before there is a single label."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from classifier.desk.store import KEYS, MOST_NAME, MOST_TOPICS, MOST_WORDS
from classifier.errors import UsageError
from classifier.types import OTHER

if TYPE_CHECKING:
    from pathlib import Path

    from classifier.desk.store import Desk

FIELDS = ("name", "key", "words", "not")
MOST_BYTES = 1 << 20
MOST_LETTERS = 200
"""Of a word or phrase."""
_HEAD = re.compile(r"\s*\[\[\s*topic\s*\]\]")
_AT_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)")
_EXAMPLE = 'write [[topic]], name = "…", words = ["…"] for each topic'


@dataclass(frozen=True, slots=True)
class TopicWords:
    """A topic before it has labels: its name, its key ("": the next free one), words for it, words against it."""

    name: str
    key: str = ""
    words: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


def read_topics(path: Path) -> list[TopicWords]:
    """The topics of a file. Raises UsageError, FILE:LINE, for what is none."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(str(path), f"is larger than {MOST_BYTES >> 20} MiB", "a list of topics is short")
        text = path.read_bytes().decode("utf-8-sig")
        given = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise UsageError(str(path), "is not UTF-8", "save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        line = _AT_LINE.search(str(error))
        where = f"{path}:{line[1]}" if line else str(path)
        raise UsageError(where, f"is no TOML ({_AT_LINE.sub('', str(error)).lower()})", _EXAMPLE) from error
    except RecursionError as error:
        raise UsageError(str(path), "is nested too deep", _EXAMPLE) from error
    return _checked(given, path, [number for number, line in enumerate(text.split("\n"), 1) if _HEAD.match(line)])


def _checked(given: dict[str, Any], path: Path, heads: list[int]) -> list[TopicWords]:
    rows = given.get("topic")
    if strange := [name for name in given if name != "topic"]:
        raise UsageError(str(path), f"has {strange[0]!r}, which means nothing here", _EXAMPLE)
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise UsageError(str(path), "names no topic", _EXAMPLE)
    if len(rows) > MOST_TOPICS:
        raise UsageError(str(path), f"names {len(rows):,} topics", f"a desk has at most {MOST_TOPICS}")
    found: list[TopicWords] = []
    for number, row in enumerate(rows):
        where = f"{path}:{heads[number]}" if number < len(heads) else str(path)
        topic = _topic(row, where)
        for what, mine, theirs in (
            ("name", topic.name.casefold(), {one.name.casefold() for one in found}),
            ("key", topic.key, {one.key for one in found}),
        ):
            if mine and mine in theirs:
                raise UsageError(where, f"the {what} {mine!r} stands twice", f"give each topic a {what} of its own")
        found.append(topic)
    return found


def _topic(row: dict[str, Any], where: str) -> TopicWords:
    if strange := [name for name in row if name not in FIELDS]:
        raise UsageError(where, f"the topic has {strange[0]!r}", f"a topic has {', '.join(FIELDS)}")
    name, key = row.get("name"), row.get("key", "")
    if isinstance(key, int) and not isinstance(key, bool):
        key = str(key)
    if not isinstance(name, str) or not name.split() or len(" ".join(name.split())) > MOST_NAME:
        raise UsageError(where, "the topic has no name", f'write name = "…", 1 to {MOST_NAME} letters')
    name = " ".join(name.split())
    if name.casefold() == OTHER:
        raise UsageError(where, f"a topic is called {name!r}", "that is what fits no topic; leave it out")
    if not isinstance(key, str) or (key and (len(key) != 1 or key not in KEYS)):
        raise UsageError(where, f"{key!r} is no key", f"take one of {KEYS}, or leave it out")
    return TopicWords(name, key, _words(row, "words", where), _words(row, "not", where))


def _words(row: dict[str, Any], field: str, where: str) -> tuple[str, ...]:
    words = row.get(field, [])
    words = [words] if isinstance(words, str) else words
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
        raise UsageError(where, f"{field!r} is no list of words", f'write {field} = ["…", "…"]')
    if len(words) > MOST_WORDS or max(map(len, words), default=0) > MOST_LETTERS:
        what = f"{field!r} is more than {MOST_WORDS} words, or one of more than {MOST_LETTERS} letters"
        raise UsageError(where, what, "a few words are enough")
    return tuple(dict.fromkeys(" ".join(word.split()) for word in words))


def give_topics(desk: Desk, topics: list[TopicWords]) -> list[str]:
    """Adds the topics that the desk lacks, and gives those that it has the file's words; the names of the new ones."""
    there, new = {topic.name.casefold(): topic for topic in desk.topics()}, []
    taken = {topic.key for topic in there.values()}
    for one in topics:
        known = there.get(one.name.casefold())
        if known is None:
            desk.add_topic(one.name, key="" if one.key in taken else one.key, words=one.words, against=one.against)
            taken = {topic.key for topic in desk.topics()}
            new.append(one.name)
        else:
            desk.change_topic(known.topic, words=one.words, against=one.against)
    return new
