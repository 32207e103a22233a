"""The archive of stories: one SQLite file, whose tables anyone may read (docs/stories.md says what is in them)."""

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
    "archive of stories",
    0x63687553,  # "chuS"
    (
        """
CREATE TABLE runs (run INTEGER PRIMARY KEY, as_of TEXT NOT NULL);
CREATE TABLE stories (
  story TEXT PRIMARY KEY,
  first_day TEXT NOT NULL,
  last_day TEXT NOT NULL,
  title TEXT NOT NULL DEFAULT '',
  keywords TEXT NOT NULL DEFAULT '[]',
  topic TEXT NOT NULL DEFAULT '',
  probability REAL NOT NULL DEFAULT 0,
  merged_into TEXT NOT NULL DEFAULT '',
  split_from TEXT NOT NULL DEFAULT '',
  stale INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX stories_stale ON stories (stale) WHERE stale;
CREATE INDEX stories_last_day ON stories (last_day);
CREATE TABLE headlines (
  headline INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  text TEXT NOT NULL,
  blurb TEXT NOT NULL,
  story TEXT NOT NULL,
  ticker TEXT NOT NULL,
  first_day TEXT NOT NULL,
  last_day TEXT NOT NULL
);
CREATE INDEX headlines_key ON headlines (key);
CREATE INDEX headlines_story ON headlines (story);
CREATE INDEX headlines_last_day ON headlines (last_day);
CREATE TABLE sightings (
  page TEXT NOT NULL,
  headline INTEGER NOT NULL REFERENCES headlines,
  day TEXT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (page, headline)
) WITHOUT ROWID;
CREATE INDEX sightings_headline ON sightings (headline);
CREATE INDEX sightings_day ON sightings (day);
CREATE TABLE changes (
  run INTEGER NOT NULL REFERENCES runs,
  story TEXT NOT NULL,
  change TEXT NOT NULL,
  other TEXT NOT NULL,
  headlines INTEGER NOT NULL
);
CREATE INDEX changes_run ON changes (run);
""",
    ),
)

_DAY = "typeof({0}) != 'text' OR date({0}) IS NOT {0} OR {0} < '1900' OR {0} >= '2101'"
_TEXT = "typeof({0}) != 'text'"
_COUNT = "typeof({0}) != 'integer'"
_WORDS = (
    "json_valid({0}) = 0 OR json_type({0}) != 'array' OR EXISTS (SELECT 1 FROM json_each({0}) WHERE type != 'text')"
)
_SHARE = "typeof({0}) NOT IN ('real', 'integer') OR {0} NOT BETWEEN 0 AND 1"
_COLUMNS = {
    "runs": {"as_of": _DAY},
    "stories": {
        **dict.fromkeys(("story", "title", "topic", "merged_into", "split_from", "keywords"), _TEXT),
        **dict.fromkeys(("first_day", "last_day"), _DAY),
        "keywords ": _WORDS,
        "probability": _SHARE,
        "stale": _COUNT,
    },
    "headlines": {
        **dict.fromkeys(("key", "text", "blurb", "story", "ticker"), _TEXT),
        **dict.fromkeys(("first_day", "last_day"), _DAY),
    },
    "sightings": {**dict.fromkeys(("page", "source"), _TEXT), "day": _DAY},
    "changes": {**dict.fromkeys(("story", "change", "other"), _TEXT), "headlines": _COUNT},
}
"""What makes a value of each column wrong, as SQL. The file may be a stranger's, and SQLite keeps anything anywhere."""
_LINKS = (
    ("headlines", "a headline without a sighting", "headline NOT IN (SELECT headline FROM sightings)"),
    ("headlines", "a headline of no story", "story != '' AND story NOT IN (SELECT story FROM stories)"),
    ("sightings", "a sighting without a headline", "headline NOT IN (SELECT headline FROM headlines)"),
)


def wrong_value(connection: sqlite3.Connection) -> str:
    """What is the first thing in the archive that chude does not write, "" where there is none."""
    for table, columns in _COLUMNS.items():
        for column, wrong in columns.items():
            if _any(connection, table, wrong.format(column.strip())):
                return f"its column {table}.{column.strip()} holds what chude does not write"
    return next((f"it holds {what}" for table, what, wrong in _LINKS if _any(connection, table, wrong)), "")


def _any(connection: sqlite3.Connection, table: str, condition: str) -> bool:
    query = f"SELECT 1 FROM {table} WHERE {condition} LIMIT 1"  # noqa: S608 (constants of this file)
    return connection.execute(query).fetchone() is not None


@contextmanager
def archive(path: str | Path, *, write: bool = True) -> Iterator[sqlite3.Connection]:
    """The archive at `path`, made if it is not there. Raises UsageError as `classifier.disk.database.database`, and for
    values that chude does not write.
    """
    with database(Path(path), SCHEMA, write=write) as connection:
        if wrong := wrong_value(connection):
            raise UsageError(str(path), wrong, "take a copy of it, or begin anew")
        yield connection
