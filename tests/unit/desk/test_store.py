"""Guards the desk's file: nothing decided is lost, articles are known again, topics change and labels stay."""

from __future__ import annotations

import json
import shutil
import sqlite3

import pytest

from classifier.desk.schema import _COLUMNS, desk_file
from classifier.desk.store import Decision, Desk, labelled_rows
from classifier.errors import NoInputError, UnreadableError, UsageError
from classifier.reading import read_pages
from classifier.types import Page
from training import read_corpus

TEXTS = (
    "Đội tuyển thắng trận chung kết bằng quả phạt đền ở phút bù giờ trước hàng vạn khán giả nhà.",
    "Giá vàng trong nước tăng mạnh phiên sáng nay, vượt đỉnh cũ sau khi ngân hàng trung ương giảm lãi suất.",
    "Bão đổ bộ vào miền Trung đêm qua, nhiều nhà tốc mái và hàng nghìn người phải sơ tán đến nơi an toàn.",
    "Nhà hát mở lại sau ba năm sửa chữa với một vở kịch mới của đạo diễn trẻ người Huế.",
)
PAGES = [Page(f"a{number}", f"Tin {number}", body=text, source="x.csv") for number, text in enumerate(TEXTS)]


@pytest.fixture
def desk(tmp_path):
    with desk_file(tmp_path / "desk.db") as connection:
        found = Desk(connection)
        found.add(PAGES)
        yield found


def test_articles_are_known_again_by_content(desk):
    """By another id and with other spacing too; a near copy is a twin of the first; the same text twice is one."""
    again = [Page("other id", PAGES[0].title, body=TEXTS[0].replace(", ", ",  ").upper())]
    assert desk.add(again) == desk.add(again)
    assert desk.add(again).known == 1
    near = Page("near", PAGES[2].title, body=TEXTS[2] + " Hết.")
    added = desk.add([near, near, Page("new", body="Một bài viết hoàn toàn khác về du lịch biển đảo mùa hè năm nay")])
    assert (added.new, added.known, added.twins) == (2, 1, 1)
    assert desk.twins() == {1: 1, 2: 2, 3: 3, 4: 4, 5: 3, 6: 6}
    assert [page.id for _, page in desk.pages()] == ["a0", "a1", "a2", "a3", "near", "new"]
    assert desk.number_of(PAGES[1]) == 2


def test_the_last_decision_stands_and_undoing_brings_back_the_one_before(desk):
    """Every decision stays in the file; a batch is undone as one; there is an end to undoing."""
    sport, money = (desk.add_topic(name).topic for name in ("thể thao", "kinh tế"))
    desk.decide([Decision(1, "label", (sport,), opinion={sport: 0.7, 0: 0.3})])
    desk.decide([Decision(1, "label", (money, sport, money), note="hai mặt")])
    batch = desk.new_batch()
    desk.decide([Decision(2, "label", (money,), batch=batch), Decision(3, "label", (), batch=batch)])
    assert [(one.article, one.topics) for one in desk.decisions()] == [(1, (money, sport)), (2, (money,)), (3, ())]
    assert [one.article for one in desk.undo()] == [2, 3]
    assert [one.topics for one in desk.undo()] == [(money, sport)]
    (left,) = desk.decisions()
    assert (left.topics, left.opinion) == ((sport,), {sport: 0.7, 0: 0.3})
    assert len(desk.undo()) == 1
    assert desk.undo() == []
    connection = desk._connection
    assert connection.execute("SELECT count(*), sum(undone != '') FROM decisions").fetchone() == (4, 4)


def test_topics_change_and_labels_stay(desk):
    """A rename shows at once; a merge joins the labels, also through two steps; keys are the first free ones."""
    first, second, third = (desk.add_topic(name) for name in ("một", "hai", "ba"))
    assert [one.key for one in (first, second, third)] == ["1", "2", "3"]
    desk.decide([Decision(n, "label", (topic.topic,)) for n, topic in enumerate((first, second, third), start=1)])
    desk.change_topic(first.topic, name="  Một   mới ", words=["a"])
    desk.merge_topic(first.topic, second.topic)
    desk.merge_topic(second.topic, third.topic)
    assert [(one.name, one.words) for one in desk.topics()] == [("ba", ("a",))]
    assert {one.topics for one in desk.decisions()} == {(third.topic,)}
    part = desk.add_topic("bốn", split_from=third.topic)
    assert (part.split_from, part.key) == (third.topic, "1")
    assert {row["label"] for row in labelled_rows(desk)} == {"ba"}
    for wrong in ("", "BA", "other", "x" * 100):
        with pytest.raises(UsageError):
            desk.add_topic(wrong)
    for key in ("3", "u", "1"):
        with pytest.raises(UsageError):
            desk.add_topic("năm", key=key)
    with pytest.raises(UsageError):
        desk.merge_topic(third.topic, third.topic)
    with pytest.raises(UsageError):
        desk.decide([Decision(1, "label", (first.topic,))])
    with pytest.raises(UsageError):
        desk.decide([Decision(2, "skip"), Decision(99, "skip")])
    assert len(desk.decisions()) == 3


def test_a_desk_is_a_corpus(tmp_path):
    """What is labelled is read, by every reader of a corpus; unsure, skipped and undone articles are not."""
    path = tmp_path / "desk.db"
    with desk_file(path) as connection:
        desk = Desk(connection)
        desk.add(PAGES)
        topic = desk.add_topic("thể thao").topic
        empty = tmp_path / "empty.db"
        shutil.copy(path, empty)
        desk.decide([Decision(1, "label", (topic,)), Decision(2, "label"), Decision(3, "unsure"), Decision(4, "skip")])
        corpus = read_corpus([path])  # while the desk is open
        assert [(one.page.id, one.primary, one.topics) for one in corpus.articles] == [
            ("a0", "thể thao", ("thể thao",)),
            ("a1", "other", ()),
        ]
        assert not corpus.multi_topic
        assert corpus.articles[0].page.body == TEXTS[0]
        other = desk.add_topic("giải trí").topic
        desk.decide([Decision(1, "label", (topic, other), queue="doubt")])
    corpus = read_corpus([path])
    assert corpus.multi_topic
    assert corpus.articles[1].topics == ("thể thao", "giải trí")
    assert corpus.articles[1].page.extra["checked"] == ["CH501"]
    with pytest.raises(NoInputError):
        read_corpus([tmp_path / "empty.db"], on_skip=lambda _: None)


def test_texts_no_file_can_hold_are_kept_without_them(desk):
    """Half a surrogate pair, a NUL."""
    desk.add([Page("\ud800", "\ud800a\0b", body="nội dung có \udfff một ký tự hỏng và một vài chữ khác nữa")])
    topic = desk.add_topic("\ud800x").topic
    desk.decide([Decision(5, "label", (topic,), note="\ud800")])
    row = list(labelled_rows(desk))[-1]
    assert (row["title"], row["note"], row["label"]) == ("?a\0b", "?", "?x")


def test_the_seed_is_kept(desk):
    """The order of the random draws is one for the life of the file."""
    assert desk.seed == desk.seed


@pytest.fixture
def spoilt(desk, tmp_path):
    """A function that changes a whole desk by SQL and opens it."""
    topic = desk.add_topic("một").topic
    desk.decide([Decision(1, "label", (topic,), opinion={topic: 0.5})])
    desk.keep_estimate(1, 1, (0.5, 0.1, 0.9), (0.5, 0.1, 0.9))
    desk.keep_fact("x", "y")
    desk.merge_topic(desk.add_topic("hai").topic, topic)
    desk._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def spoil(*statements):
        path = shutil.copy(tmp_path / "desk.db", tmp_path / "spoilt.db")
        connection = sqlite3.connect(path)
        with connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()
        with desk_file(path, write=False) as opened:
            return len(list(labelled_rows(Desk(opened))))

    return spoil


TEXTS_OF_ALL_KINDS = {"name", "key", "at", "note", "queue", "model", "undone", "what", "before", "after", "value"}


@pytest.mark.parametrize("table", _COLUMNS)
def test_what_chude_does_not_write_is_refused(spoilt, table):
    """A wrong value in any column, in one line; a whole file is read."""
    assert spoilt() == 1
    for column in _COLUMNS[table]:
        text = column in TEXTS_OF_ALL_KINDS or (table == "articles" and column not in {"twin_of", "sketch"})
        for value in ("X'ff00'",) if text else ("X'ff00'", "-1.5", "9e999", "'x'", "'" + "[" * 5_000 + "'"):
            with pytest.raises(UsageError, match="holds what chude does not write"):
                spoilt(f"UPDATE {table} SET {column} = {value} WHERE rowid = 1" if table != "facts" else  # noqa: S608
                       f"UPDATE {table} SET {column} = {value}")  # noqa: S608  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decisions SET topics = '[7]'",
        "UPDATE decisions SET article = 99",
        "UPDATE articles SET twin_of = 99",
        "UPDATE topics SET merged_into = topic",
        "UPDATE topics SET merged_into = 3 - topic",
        "CREATE TRIGGER t AFTER INSERT ON decisions BEGIN DELETE FROM articles; END",
        "CREATE TABLE more (x)",
        "PRAGMA user_version = 7",
        "PRAGMA application_id = 7",
    ],
)
def test_a_strangers_file_is_refused(spoilt, statement):
    """Links that lead nowhere or in a circle, triggers, another kind or version of file."""
    with pytest.raises(UsageError):
        spoilt(statement)


def test_other_databases_are_named(tmp_path):
    """By the reader of pages too, which goes on."""
    sqlite3.connect(tmp_path / "x.db").execute("CREATE TABLE a (b)").connection.close()
    skipped = []
    assert list(read_pages([tmp_path / "x.db"], on_skip=skipped.append)) == []
    assert "is a database, but no desk" in str(skipped[0])
    assert UnreadableError.exit_code == 1
    assert json.dumps(str(skipped[0]))
