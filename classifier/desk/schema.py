"""The tables of a desk's file, and what a value of each column must be: the file may come from a stranger."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from classifier.disk.database import Schema, database
from classifier.errors import UsageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

SCHEMA = Schema(
    "desk",
    0x63687544,  # "chuD"
    (
        """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
  article INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  twin_of INTEGER NOT NULL,
  sketch BLOB NOT NULL,
  id TEXT NOT NULL,
  source TEXT NOT NULL,
  title TEXT NOT NULL,
  lead TEXT NOT NULL,
  body TEXT NOT NULL,
  byline TEXT NOT NULL,
  date TEXT NOT NULL,
  url TEXT NOT NULL,
  site TEXT NOT NULL
);
CREATE INDEX articles_twin_of ON articles (twin_of) WHERE twin_of != article;
CREATE TABLE topics (
  topic INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  key TEXT NOT NULL,
  words TEXT NOT NULL,
  against TEXT NOT NULL,
  merged_into INTEGER NOT NULL DEFAULT 0,
  split_from INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE changes (
  change INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  what TEXT NOT NULL,
  topic INTEGER NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL
);
CREATE TABLE decisions (
  decision INTEGER PRIMARY KEY,
  article INTEGER NOT NULL REFERENCES articles,
  at TEXT NOT NULL,
  kind TEXT NOT NULL,
  topics TEXT NOT NULL,
  note TEXT NOT NULL,
  queue TEXT NOT NULL,
  model TEXT NOT NULL,
  opinion TEXT NOT NULL,
  batch INTEGER NOT NULL DEFAULT 0,
  undone TEXT NOT NULL DEFAULT ''
);
CREATE INDEX decisions_article ON decisions (article) WHERE undone = '';
CREATE TABLE estimates (
  estimate INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  labels INTEGER NOT NULL,
  judged INTEGER NOT NULL,
  accuracy REAL NOT NULL,
  accuracy_low REAL NOT NULL,
  accuracy_high REAL NOT NULL,
  macro_f1 REAL NOT NULL,
  macro_f1_low REAL NOT NULL,
  macro_f1_high REAL NOT NULL
);
""",
    ),
)

KINDS = ("label", "unsure", "skip")
_TEXT = "typeof({0}) != 'text'"
_COUNT = "typeof({0}) != 'integer' OR {0} < 0"
_SHARE = "typeof({0}) NOT IN ('real', 'integer') OR {0} NOT BETWEEN 0 AND 1"
_LIST = (
    "typeof({0}) != 'text' OR json_valid({0}) = 0 OR json_type({0}) != 'array'"
    " OR EXISTS (SELECT 1 FROM json_each({0}) WHERE type != '"
)
_WORDS, _NUMBERS = _LIST + "text')", _LIST + "integer')"
_SHARES = (
    "typeof({0}) != 'text' OR json_valid({0}) = 0 OR json_type({0}) != 'object' OR EXISTS"
    " (SELECT 1 FROM json_each({0}) WHERE type NOT IN ('real', 'integer') OR key GLOB '*[^0-9]*' OR key = '')"
)
_COLUMNS = {
    "facts": {"value": _TEXT},
    "articles": {
        **dict.fromkeys(("key", "id", "source", "title", "lead", "body", "byline", "date", "url", "site"), _TEXT),
        "twin_of": _COUNT,
        "sketch": "typeof({0}) != 'blob' OR length({0}) != 64",
    },
    "topics": {
        **dict.fromkeys(("name", "key"), _TEXT),
        **dict.fromkeys(("words", "against"), _WORDS),
        **dict.fromkeys(("merged_into", "split_from"), _COUNT),
    },
    "changes": {**dict.fromkeys(("at", "what", "before", "after"), _TEXT), "topic": _COUNT},
    "decisions": {
        **dict.fromkeys(("at", "note", "queue", "model", "undone"), _TEXT),
        "kind": "{0} NOT IN ('label', 'unsure', 'skip')",
        "topics": _NUMBERS,
        "opinion": _SHARES,
        "batch": _COUNT,
    },
    "estimates": {
        "at": _TEXT,
        **dict.fromkeys(("labels", "judged"), _COUNT),
        **dict.fromkeys(("accuracy", "accuracy_low", "accuracy_high"), _SHARE),
        **dict.fromkeys(("macro_f1", "macro_f1_low", "macro_f1_high"), _SHARE),
    },
}
"""What makes a value of each column wrong, as SQL. SQLite itself keeps anything anywhere."""
_LINKS = (
    ("topics", "a topic that was merged into none", "merged_into NOT IN (0, topic) AND merged_into NOT IN (TOPICS)"),
    ("topics", "a topic merged into itself", "merged_into = topic"),
    ("topics", "topics merged in a circle", "merged_into != 0 AND merged_into IN (MERGED)"),
    ("decisions", "a decision on no article", "article NOT IN (SELECT article FROM articles)"),
    ("articles", "a copy of no article", "twin_of NOT IN (SELECT article FROM articles WHERE twin_of = article)"),
    (
        "decisions",
        "a decision for no topic",
        "EXISTS (SELECT 1 FROM json_each(decisions.topics) WHERE value NOT IN (TOPICS))",
    ),
)
_SETS = {
    "TOPICS": "SELECT topic FROM topics",
    "MERGED": "SELECT topic FROM topics WHERE merged_into != 0",
}


@contextmanager
def desk_file(path: str | Path, *, write: bool = True) -> Iterator[sqlite3.Connection]:
    """The desk's file at `path`, made if it is not there. Raises UsageError as `classifier.disk.database.database`, and
    for values that chude does not write.
    """
    with database(Path(path), SCHEMA, write=write) as connection:
        if write:
            connection.execute("PRAGMA synchronous = FULL")  # a click is rare, and must outlive a power cut
        if wrong := wrong_value(connection):
            raise UsageError(str(path), wrong, "take a copy of it, or begin anew")
        yield connection


def wrong_value(connection: sqlite3.Connection) -> str:
    """What is the first thing in the file that chude does not write, "" where there is none."""
    for table, columns in _COLUMNS.items():
        for column, wrong in columns.items():
            if _any(connection, table, wrong.format(column)):
                return f"its column {table}.{column} holds what chude does not write"
    return next((f"it holds {what}" for table, what, wrong in _LINKS if _any(connection, table, wrong)), "")


def _any(connection: sqlite3.Connection, table: str, condition: str) -> bool:
    for name, query in _SETS.items():
        condition = condition.replace(name, query)
    query = f"SELECT 1 FROM {table} WHERE {condition} LIMIT 1"  # noqa: S608 (constants of this file)
    return connection.execute(query).fetchone() is not None
