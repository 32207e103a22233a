"""Opens the SQLite files that chude keeps: of a known schema or refused, one writer at a time, whole after a kill."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classifier.disk.atomic import locked
from classifier.errors import UsageError
from classifier.wording import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MAX_VALUE = 64 << 20
"""Bytes of a value or a row, as much as a row of a table that is read may have."""
_BESIDE = ("-wal", "-journal", "-shm", ".lock")
"""What SQLite and the lock keep beside a file, under names that anybody can foretell."""
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@dataclass(frozen=True, slots=True)
class Schema:
    """A kind of file: what it is called, the 32-bit number that marks it (SQLite's `application_id`), and the scripts
    that make each version out of the one before, from nothing on. The number of scripts is the version.
    """

    name: str
    mark: int
    steps: Sequence[str]


@contextmanager
def database(path: Path, schema: Schema, *, write: bool = True) -> Iterator[sqlite3.Connection]:
    """The file, made if it is not there, brought to the newest version; closed at the end of the block.

    Each `with connection:` of the caller is a transaction. Raises UsageError for what is no such file, for one of a
    later chude, for one that somebody else is writing to, and for one that is damaged.
    """
    _check_file(path)
    if not write and not path.exists():
        raise UsageError(
            str(path), "does not exist", f"name the file of {schema.name}, or give something to put into it"
        )
    with _alone(path, schema) if write else _nothing():
        connection = _connect(path)
        try:
            _settle(connection, path, schema, write=write)
            yield connection
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # the second of texts that are none
            what = f"cannot be used as {schema.name} ({' '.join(plain(str(error)).split())})"  # it may quote the file
            raise UsageError(str(path), what, "take a copy of it, or begin anew") from error
        finally:
            connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level="IMMEDIATE", timeout=10)
    # What a stranger put into the file, views and functions in a schema, must not run.
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE)
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _check_file(path: Path) -> None:
    """Neither a folder, nor a pipe, nor a link to another place."""
    if path.is_symlink():
        raise UsageError(str(path), "is a link", "name the file itself")
    if path.is_dir():
        raise UsageError(str(path), "is a folder", "name a file")
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):
        raise UsageError(str(path), "is no plain file", "name a file")
    for ending in _BESIDE:
        beside = path.with_name(path.name + ending)
        if beside.is_symlink() or (beside.exists() and not stat.S_ISREG(beside.lstat().st_mode)):
            raise UsageError(str(beside), "is a link or no plain file", "remove it: SQLite would follow it, or wait")
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)


@contextmanager
def _alone(path: Path, schema: Schema) -> Iterator[None]:
    """Keeps a second run out for as long as this one writes. The lock is a file beside: locks on the database itself
    are SQLite's.
    """
    beside = path.with_name(path.name + ".lock")
    try:
        handle = os.open(beside, os.O_RDWR | os.O_CREAT | _NO_FOLLOW, 0o600)
    except OSError as error:
        raise UsageError(str(beside), f"cannot be locked ({error.strerror})", "check its permissions") from error
    try:
        try:
            locked(handle)
        except BlockingIOError as error:
            what = f"another run is writing to this {schema.name}"
            raise UsageError(str(path), what, "wait until it has ended") from error
        yield
    finally:
        os.close(handle)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _settle(connection: sqlite3.Connection, path: Path, schema: Schema, *, write: bool) -> None:
    """Checks whose file it is and of which version, and takes the steps that are missing."""
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (things,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if things and mark != schema.mark:
        raise UsageError(str(path), f"is a database, but no {schema.name}", "name another file")
    if version > len(schema.steps):
        what = f"was written by a later chude (version {version}, this one knows {len(schema.steps)})"
        raise UsageError(str(path), what, "update chude")
    if things:
        _check_objects(connection, path, schema, version)
    if not write:
        if version < len(schema.steps):
            raise UsageError(
                str(path), "was written by an earlier chude", "give it something to take in: that renews it"
            )
        return
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    for number, step in enumerate(schema.steps[version:], start=version + 1):
        connection.executescript(
            f"BEGIN IMMEDIATE;\n{step}\nPRAGMA application_id = {schema.mark};\n"
            f"PRAGMA user_version = {number};\nCOMMIT;"
        )


def _check_objects(connection: sqlite3.Connection, path: Path, schema: Schema, version: int) -> None:
    """The file has the tables, indexes and views of its version and no others: a trigger of a stranger's would run."""
    model = sqlite3.connect(":memory:")
    try:
        for step in schema.steps[:version]:
            model.executescript(step)
        query = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
        if model.execute(query).fetchall() != connection.execute(query).fetchall():
            raise UsageError(str(path), f"has other tables than a {schema.name} of chude", "name another file")
    finally:
        model.close()
