"""The archive of stories: one SQLite file, whose tables anyone may read (docs/stories.md says what is in them)."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from classifier.disk.database import Schema, database

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


@contextmanager
def archive(path: str | Path, *, write: bool = True) -> Iterator[sqlite3.Connection]:
    """The archive at `path`, made if it is not there. Raises UsageError as `classifier.disk.database.database`."""
    with database(Path(path), SCHEMA, write=write) as connection:
        yield connection
