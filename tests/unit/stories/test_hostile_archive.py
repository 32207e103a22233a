"""Guards archives that a stranger made or had a hand in: refused in one line, nothing runs, nothing else is touched."""

from __future__ import annotations

import os
import shutil
import sqlite3
from datetime import date

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from classifier.disk import database
from classifier.errors import UsageError
from classifier.stories import Sighting, archive, joining, read_stories, take_in
from classifier.stories.archive import _COLUMNS
from classifier.stories.story import describe

DAY = date(2025, 3, 1)
HEADLINES = ("Bão Sao La áp sát vịnh Bắc Bộ", "Vịnh Bắc Bộ đón bão Sao La", "Giá cà phê xuất khẩu lập kỷ lục")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An archive of two stories."""
    path = tmp_path_factory.mktemp("made") / "archive.db"
    with archive(path) as connection:
        take_in(connection, [Sighting(one, "", str(number), DAY, "a") for number, one in enumerate(HEADLINES)], DAY)
        describe(connection, None)
    return path


@pytest.fixture
def store(made, tmp_path):
    """A copy of it, to be spoilt."""
    return shutil.copy(made, tmp_path / "archive.db")


def spoil(path, *statements):
    connection = sqlite3.connect(path)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


WRONG = [
    "X'ff00'",
    "7",
    "-1.5",
    "9e999",
    "'9999-99-99'",
    "'0001-01-01'",
    "'{}'",
    "'[1]'",
    "'" + "[" * 5_000 + "'",
    "'x'",
]
WHERE = [(table, column) for table, columns in _COLUMNS.items() for column in columns if column == column.strip()]


@pytest.mark.slow  # some 800 runs
@pytest.mark.parametrize(("table", "column"), WHERE)
def test_any_value_in_any_column_is_harmless(chude, store, tmp_path, table, column):
    """Refused (exit 2), or used without harm; shown, written as a page, and gone on with."""
    page = tmp_path / "page.csv"
    page.write_text(f"id,headline,date\n9,{HEADLINES[0]} lần nữa,2025-03-02\n", encoding="utf-8")
    before = store.read_bytes()
    codes = set()
    for value in WRONG:
        store.write_bytes(before)
        try:
            last = "page = '2'" if table == "sightings" else f"rowid = (SELECT max(rowid) FROM {table})"  # noqa: S608 (its own copy)
            spoil(store, f"UPDATE {table} SET {column} = {value} WHERE {last}")  # noqa: S608 (its own copy)
        except sqlite3.IntegrityError:  # the schema itself forbids it
            continue
        for args in (["--since", "4w", "--format", "jsonl"], [page]):
            run = chude("stories", *args, "-s", store)
            codes.add(run.code)
            assert run.code in (0, 2)
            assert "Traceback" not in run.err
            said = "" if run.code == 0 else run.errors[0]
            assert run.code == 0 or (str(store) in said and ("does not write" in said or "it holds a" in said))
    assert 2 in codes or column in ("key", "change", "other", "split_from", "text", "title", "topic", "blurb", "ticker")


def test_what_hangs_together_no_more_is_refused(store):
    """A headline that was never seen, one of no story, a sighting of nothing."""
    before = store.read_bytes()
    for statement in (
        "DELETE FROM sightings WHERE page = '1'",
        "UPDATE headlines SET story = 'nowhere' WHERE headline = 1",
        "DELETE FROM headlines WHERE headline = 2",
    ):
        store.write_bytes(before)
        spoil(store, statement)
        with pytest.raises(UsageError, match="it holds a"), archive(store, write=False):
            pass


def test_stories_that_were_merged_in_a_ring_end(store):
    """Whoever asks for one gets an answer."""
    spoil(store, "UPDATE stories SET merged_into = (SELECT max(story) FROM stories)",
          "UPDATE stories SET merged_into = (SELECT min(story) FROM stories) WHERE story ="
          " (SELECT max(story) FROM stories)")  # fmt: skip
    with archive(store, write=False) as connection:
        assert list(read_stories(connection, DAY)) == []


def test_views_triggers_and_functions_of_a_stranger_are_refused(store):
    """Nothing in the file runs: it is looked at before anything is asked of it."""
    before = store.read_bytes()
    for statement in (
        "CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM stories; END",
        "CREATE VIEW v AS SELECT load_extension('evil')",
        "CREATE TABLE more (x)",
        "DROP INDEX headlines_key",
    ):
        store.write_bytes(before)
        spoil(store, statement)
        with pytest.raises(UsageError, match="other tables"), archive(store):
            pass


def test_a_huge_value_is_refused(store, monkeypatch):
    """It never comes into memory."""
    spoil(store, f"UPDATE headlines SET text = '{'x' * 100_000}'")  # noqa: S608 (spoils its own copy)
    monkeypatch.setattr(database, "MAX_VALUE", 50_000)
    with pytest.raises(UsageError, match="cannot be used"), archive(store) as connection:
        connection.execute("SELECT text FROM headlines").fetchall()


@pytest.mark.parametrize("ending", ["-wal", "-journal", "-shm", ".lock"])
@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_what_is_planted_beside_an_archive_is_not_followed(made, tmp_path, ending, kind):
    """The names that SQLite and the lock use: their target stays as it is, and nothing waits."""
    store = shutil.copy(made, tmp_path / "archive.db")
    victim, planted = tmp_path / "victim", tmp_path / f"archive.db{ending}"
    victim.write_text("precious")
    if kind == "link":
        planted.symlink_to(victim)
    else:
        os.mkfifo(planted)
    try:
        with archive(store) as connection:
            take_in(connection, [Sighting("Tin khác hẳn", "", "z", DAY, "a")], DAY)
    except UsageError as error:
        assert "\n" not in str(error)  # noqa: PT017 (either is right, as long as the target stays)
    assert victim.read_text() == "precious"


@pytest.mark.slow
def test_damaged_bytes_are_refused_or_harmless(made, tmp_path):
    """A few bytes anywhere, five hundred times."""
    rng = np.random.default_rng(11)
    store, whole = tmp_path / "archive.db", made.read_bytes()
    for _ in range(500):
        raw = bytearray(whole)
        for at in rng.integers(0, len(raw), 6).tolist():
            raw[at] = int(rng.integers(256))
        store.write_bytes(raw)
        for name in ("-wal", "-shm", "-journal"):
            (tmp_path / f"archive.db{name}").unlink(missing_ok=True)
        try:
            with archive(store) as connection:
                take_in(connection, [Sighting(HEADLINES[0], "", "z", DAY, "a")], DAY)
                describe(connection, None)
                list(read_stories(connection, DAY))
        except UsageError as error:
            assert "\n" not in str(error)  # noqa: PT017 (both ends are right)


def test_a_story_of_thousands_costs_no_square(monkeypatch):
    """Past SPLIT_UP_TO headlines nobody asks whether it comes apart."""
    monkeypatch.setattr(joining, "SPLIT_UP_TO", 7)
    apart = csr_matrix(np.kron(np.eye(2), np.ones((4, 1))))
    assert joining.parts(apart) is None
    assert joining.parts(apart[1:]) is not None
