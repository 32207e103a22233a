"""Guards that stories keep their ids while they grow, and that known things are known again, kills or no kills."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta

import pytest

from classifier.errors import UsageError
from classifier.stories import Sighting, archive, read_stories, read_story, take_in
from classifier.stories.joining import HALF_LIFE, JOIN, WINDOW, join, parts, placed
from classifier.stories.story import describe, state_of

DAY = date(2025, 3, 1)
STORM = [
    "Bão Sao La giật cấp 13 áp sát vịnh Bắc Bộ",
    "Bão Sao La: Quảng Ninh cấm tàu thuyền ra khơi",
    "Tàu thuyền về bến tránh bão Sao La",
    "Bão Sao La đổ bộ Quảng Ninh, nhiều nơi mất điện",
]
TALKS = [
    "Nga và Ukraine bước vào vòng đàm phán ở Istanbul",
    "Đàm phán Istanbul: Ukraine đòi ngừng bắn trước",
    "Vòng đàm phán Istanbul giữa Nga và Ukraine kết thúc sau một giờ",
    "Nga, Ukraine đồng ý đổi tù binh sau đàm phán Istanbul",
]


def seen(headlines, first=DAY, page="p"):
    """Each headline a day after the one before."""
    return [
        Sighting(headline, "", f"{page}{number}", first + timedelta(days=number), f"bao{number % 2}.example")
        for number, headline in enumerate(headlines)
    ]


def stories_of(connection):
    """{headline: story}."""
    return dict(connection.execute("SELECT text, story FROM headlines"))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "archive.db"


def test_headlines_of_one_event_are_a_story_and_strangers_are_not(file):
    """Two events over four days become two stories, which grow."""
    with archive(file) as connection:
        taken = take_in(connection, seen(STORM) + seen(TALKS, page="q"), DAY)
        of = stories_of(connection)
    assert {of[one] for one in STORM} == {of[STORM[0]]}
    assert {of[one] for one in TALKS} == {of[TALKS[0]]}
    assert of[STORM[0]] != of[TALKS[0]]
    assert taken.headlines == 8
    assert taken.changed == {"new": 2, "growing": 2}


def test_the_same_things_again_change_nothing(file):
    """A second run over the same sightings, in another order, leaves the archive as it is."""
    items = seen(STORM) + seen(TALKS, page="q")
    with archive(file) as connection:
        take_in(connection, items, DAY)
        before = list(connection.iterdump())
        taken = take_in(connection, items[::-1], DAY + timedelta(days=9))
        after = [line for line in connection.iterdump() if line not in before]
    assert (taken.headlines, taken.sightings, taken.changed) == (0, 0, {})
    assert [line for line in after if "runs" not in line] == []


def test_undated_things_are_known_again_on_another_day(file):
    """A page without a date is not seen anew each day that it is read."""
    with archive(file) as connection:
        items = [Sighting(STORM[0], "", "trang.txt", None)]
        take_in(connection, items, DAY)
        assert take_in(connection, items, DAY + timedelta(days=5)).sightings == 0


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_days_may_come_in_any_order(file, order):
    """A day that comes late joins the story that lived then."""
    days = list(zip(seen(STORM), seen(TALKS, page="q"), strict=True))
    with archive(file) as connection:
        for at in order:
            take_in(connection, days[at], DAY)
        of = stories_of(connection)
    assert len({of[one] for one in STORM}) == 1
    assert len(set(of.values())) == 2


def test_one_run_over_all_days_is_as_a_run_a_day(file, tmp_path):
    """The archive is the same whether it is fed day by day or at once."""
    days = list(zip(seen(STORM), seen(TALKS, page="q"), strict=True))
    with archive(file) as connection:
        for day in days:
            take_in(connection, day, DAY)
        singly = stories_of(connection)
    with archive(tmp_path / "other.db") as connection:
        take_in(connection, [one for day in days for one in day], DAY)
        assert stories_of(connection) == singly


def test_a_story_that_is_over_is_not_gone_on_with(file):
    """After WINDOW days of silence the like headline begins a story of its own."""
    late = DAY + timedelta(days=WINDOW + 1)
    with archive(file) as connection:
        take_in(connection, [Sighting(STORM[0], "", "a", DAY), Sighting(STORM[1], "", "b", late)], DAY)
        assert len(set(stories_of(connection).values())) == 2


def test_a_headline_cut_short_is_the_whole_one(file):
    """A site that cuts it short shows the same headline."""
    with archive(file) as connection:
        take_in(connection, [Sighting(STORM[3], "", "a", DAY)], DAY)
        taken = take_in(connection, [Sighting("Bão Sao La đổ bộ Quảng Ninh, nhiều…", "", "b", DAY)], DAY)
    assert (taken.headlines, taken.sightings) == (0, 1)


def test_service_items_are_in_no_story(file):
    """Lottery results recur without being one story."""
    with archive(file) as connection:
        take_in(connection, [Sighting("XSMB 21/10, kết quả xổ số miền Bắc hôm nay 21/10", "", "a", DAY)], DAY)
        assert stories_of(connection) == {"XSMB 21/10, kết quả xổ số miền Bắc hôm nay 21/10": ""}


def test_two_stories_that_turn_out_one_keep_the_larger_ones_id(file):
    """What links them merges them; the id that is given up leads to the one that stays."""
    with archive(file) as connection:
        take_in(connection, seen(STORM[:3]), DAY)
        kept = stories_of(connection)[STORM[0]]
        connection.execute("INSERT INTO stories (story, first_day, last_day) VALUES ('x', '2025-03-03', '2025-03-03')")
        connection.execute("UPDATE headlines SET story = 'x' WHERE text = ?", (STORM[2],))
        connection.commit()
        taken = take_in(connection, [Sighting(STORM[3], "", "z", DAY + timedelta(days=3))], DAY)
        assert set(stories_of(connection).values()) == {kept}
        assert taken.changed["merged"] == 1
        assert read_story(connection, "x", DAY + timedelta(days=9)).story == kept


def test_a_story_whose_halves_are_strangers_comes_apart(file):
    """The part without the first headline leaves with an id of its own."""
    with archive(file) as connection:
        take_in(connection, seen([*STORM[:3]]) + seen(TALKS[:3], page="q"), DAY)
        storm = stories_of(connection)[STORM[0]]
        connection.execute("UPDATE headlines SET story = ? WHERE story != ''", (storm,))
        connection.commit()
        taken = take_in(connection, [Sighting(STORM[3], "", "z", DAY + timedelta(days=3))], DAY)
        of = stories_of(connection)
    assert taken.changed["split"] == 1
    assert len({of[one] for one in STORM}) == 1
    assert len({of[one] for one in TALKS[:3]}) == 1
    assert of[STORM[0]] != of[TALKS[0]]


def test_what_a_stopped_run_has_written_is_whole_days(file):
    """A run that ends in the middle leaves the days before whole, and the next one takes in the rest."""
    items = seen(STORM)

    def stop(share):
        if share > 0.4:
            raise KeyboardInterrupt

    with archive(file) as connection, pytest.raises(KeyboardInterrupt):
        take_in(connection, items, DAY, progress=stop)
    with archive(file) as connection:
        assert list(stories_of(connection)) == STORM[:2]
        taken = take_in(connection, items, DAY)
        assert taken.headlines == 2
        assert len(set(stories_of(connection).values())) == 1


def test_two_runs_at_once_are_refused(file):
    """The second one says so, in one line, and changes nothing."""
    with archive(file), pytest.raises(UsageError, match="another run is writing"), archive(file):
        pass


@pytest.mark.parametrize("kind", ["other database", "trigger", "no database", "later", "link", "folder"])
def test_what_is_no_archive_is_refused(file, tmp_path, kind):
    """Nothing of a stranger's file runs, and nothing of it is changed."""
    target = file
    if kind == "folder":
        file.mkdir()
    elif kind == "no database":
        file.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    else:
        with archive(file):
            pass
        with sqlite3.connect(file) as connection:
            if kind == "other database":
                connection.execute("PRAGMA application_id = 7")
            if kind == "later":
                connection.execute("PRAGMA user_version = 99")
            if kind == "trigger":
                connection.execute("CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM stories; END")
        connection.close()
        if kind == "link":
            target = tmp_path / "link.db"
            target.symlink_to(file)
    with pytest.raises(UsageError), archive(target):
        pass


def test_a_story_has_a_title_words_and_sources(file, small_model):
    """What a reader wants to know of it: the hero headline, key words, a topic, who was first."""
    with archive(file) as connection:
        take_in(connection, seen(TALKS), DAY)
        describe(connection, small_model)
        (story,) = read_stories(connection, DAY + timedelta(days=3))
    assert story.title in TALKS
    assert "đàm phán Istanbul" in story.keywords
    assert story.topic in small_model.labels
    assert 0 < story.probability <= 1
    assert story.first_source == ("bao0.example",)
    assert story.days == {DAY + timedelta(days=step): 1 for step in range(4)}
    assert (story.first, story.last, story.headlines) == (DAY, DAY + timedelta(days=3), 4)


def test_as_of_a_day_nothing_later_is_known(file):
    """The past is told as it stood."""
    with archive(file) as connection:
        take_in(connection, seen(TALKS), DAY)
        (story,) = read_stories(connection, DAY + timedelta(days=1))
        assert (story.headlines, story.last, story.state) == (2, DAY + timedelta(days=1), "new")
        assert list(read_stories(connection, DAY - timedelta(days=1))) == []


@pytest.mark.parametrize(
    ("days", "state"),
    [
        ({-1: 1, 0: 1}, "new"),
        ({-6: 1, -4: 1, -1: 2, 0: 2}, "growing"),
        ({-6: 1, -4: 2, -1: 1, 0: 1}, "steady"),
        ({-6: 1, -4: 9, -1: 1}, "fading"),
        ({-9: 3, -5: 1}, "fading"),
        ({-30: 3, -11: 1}, "over"),
    ],
)
def test_the_state_follows_the_rule(days, state):
    """Each state by its days before today."""
    found = {DAY + timedelta(days=day): count for day, count in days.items()}
    assert state_of(found, min(found), DAY) == state


def test_silence_cools_a_story():
    """The like headline joins a story at once, and not after several half-lives."""
    import numpy as np

    rows = placed(STORM[:2], ["", ""])
    alike = float((rows[0] @ rows[1].T).toarray()[0, 0])
    silent = HALF_LIFE * (np.log2(alike / JOIN) + 0.5)
    joined = [join(rows[1], rows[0], np.array([1]), np.array([days]), [0]).groups.tolist() for days in (0.0, silent)]
    assert joined == [[0], [1]]


def test_a_story_of_one_thing_holds_together():
    """Only parts that have nothing in common come apart."""
    assert parts(placed([*STORM, *STORM], [""] * 8)) is None
    both = parts(placed([*STORM, *TALKS], [""] * 8))
    assert both is not None
    assert both.tolist() == [False] * 4 + [True] * 4


def test_what_a_run_changed_is_read_once_for_all_stories(tmp_path):
    """Else the page of an archive that a single run began takes the square of its stories."""
    with archive(tmp_path / "a.db") as connection:
        taken = take_in(connection, [*seen(STORM), *seen(TALKS, page="q")], DAY + timedelta(days=9))
        asked = []
        connection.set_trace_callback(asked.append)
        found = list(read_stories(connection, DAY + timedelta(days=9), run=taken.run))
        connection.set_trace_callback(None)
    assert len(found) > 1
    assert all(one.changes for one in found)
    assert sum(one.startswith("SELECT story, change FROM changes") for one in asked) == 1
    assert not any("DISTINCT change" in one for one in asked)
