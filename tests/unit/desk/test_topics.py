"""Guards topics.toml and the model that is made of its words alone."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager

import pytest

from classifier import load
from classifier.desk.schema import desk_file
from classifier.desk.store import Desk
from classifier.errors import UsageError
from classifier.types import OTHER, Page
from training.corpus import read_corpus
from training.desk.topics import TopicWords, give_topics, read_topics
from training.desk.words import corpus_of_words, train_on_words

GOOD = """
[[topic]]
name = "Cà phê"
key = 2
words = ["cà phê", "hạt  robusta"]
not = "quán cà phê"

[[topic]]
name = "Bóng đá"
words = ["cầu thủ"]
"""


@contextmanager
def refused(where, words):
    with pytest.raises(UsageError, match=re.escape(words)) as raised:
        yield
    assert raised.value.where == where
    assert raised.value.remedy


def test_a_file_is_read(tmp_path):
    """Names, keys as text or number, one word for a list; spaces are one."""
    file = tmp_path / "topics.toml"
    file.write_text(GOOD, encoding="utf-8")
    coffee, ball = read_topics(file)
    assert coffee == TopicWords("Cà phê", "2", ("cà phê", "hạt robusta"), ("quán cà phê",))
    assert ball == TopicWords("Bóng đá", "", ("cầu thủ",), ())


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[[topic]\nname = 1", 1, "is no TOML"),
        ("", 0, "names no topic"),
        ("topic = 3", 0, "names no topic"),
        ('title = "x"\n[[topic]]\nname = "a"', 0, "has 'title'"),
        ("[[topic]]\nwords = []", 1, "has no name"),
        ('[[topic]]\nname = "a"\n\n[[topic]]\nname = " A "', 4, "'a' stands twice"),
        ('[[topic]]\nname = "a"\nkey = "1"\n[[topic]]\nname = "b"\nkey = 1', 4, "the key '1' stands twice"),
        ('[[topic]]\nname = "Other"', 1, "a topic is called 'Other'"),
        ('[[topic]]\nname = "a"\nkey = "u"', 1, "'u' is no key"),
        ('[[topic]]\nname = "a"\nkey = true', 1, "True is no key"),
        ('[[topic]]\nname = "a"\nwords = [1]', 1, "'words' is no list of words"),
        ('[[topic]]\nname = "a"\nnot = {x = 1}', 1, "'not' is no list of words"),
        ('[[topic]]\nname = "a"\nword = ["x"]', 1, "the topic has 'word'"),
        (f'[[topic]]\nname = "{"a" * 100}"', 1, "has no name"),
        (f'[[topic]]\nname = "a"\nwords = ["{"a" * 300}"]', 1, "letters"),
        ("".join(f'[[topic]]\nname = "t{n}"\n' for n in range(201)), 0, "names 201 topics"),
        ("a = " + "[" * 5000, 0, "nested too deep"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path, text, line, words):
    """One line: where, what, what to do."""
    file = tmp_path / "topics.toml"
    file.write_text(text, encoding="utf-8")
    with refused(f"{file}:{line}" if line else str(file), words):
        read_topics(file)


def test_other_encodings_and_sizes_are_refused(tmp_path):
    """Neither is read as if it were nothing."""
    file = tmp_path / "topics.toml"
    file.write_bytes('[[topic]]\nname = "cà"'.encode("utf-16"))
    with refused(str(file), "is not UTF-8"):
        read_topics(file)
    file.write_bytes(b"#" * (2 << 20))
    with refused(str(file), "is larger"):
        read_topics(file)


def test_a_desk_takes_topics_and_keeps_its_own(tmp_path):
    """Known ones get the file's words, by name; a key that is taken is given anew."""
    with desk_file(tmp_path / "desk.db") as connection:
        desk = Desk(connection)
        desk.add_topic("cà phê", key="1")
        desk.add_topic("Gạo", key="2")
        new = give_topics(
            desk, [TopicWords("Cà Phê", "5", ("robusta",)), TopicWords("Cá", "2"), TopicWords("Tôm", "3")]
        )
        assert new == ["Cá", "Tôm"]
        assert [(one.name, one.key, one.words) for one in desk.topics()] == [
            ("cà phê", "1", ("robusta",)),
            ("Gạo", "2", ()),
            ("Cá", "3", ()),
            ("Tôm", "4", ()),
        ]


def test_words_make_a_model(tmp_path):
    """Of unlabelled articles; most that it names are of the topic, and the card says that nobody labelled any."""
    articles = [one for one in read_corpus().articles if one.primary in ("syria", "arms_control", OTHER)]
    pages = [one.page for one in articles]
    topics = [
        TopicWords("S", "", ("Syria", "Damascus", "Assad")),
        TopicWords("A", "", ("hiệp ước", "New START", "vũ khí hạt nhân"), ("nhà máy điện",)),
        TopicWords("Không", "", ("xyzzy",)),
    ]
    gold = {"syria": "S", "arms_control": "A", OTHER: OTHER}
    made = train_on_words(topics, pages, tmp_path / "model", folds=3)
    assert made.pointed["S"] > 20
    assert made.pointed["Không"] == 0
    model = load(tmp_path / "model")
    right = [one.topic == gold[article.primary] for one, article in zip(model.predict(pages), articles, strict=True)]
    assert sum(right) / len(right) > 0.8
    assert "No article was labelled" in (tmp_path / "model" / "card.md").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "model" / "model.json").read_text(encoding="utf-8"))["info"]["from_words"]["topics"][
        "A"
    ] == {
        "words": ["hiệp ước", "New START", "vũ khí hạt nhân"],
        "not": ["nhà máy điện"],
    }
    shuffled = corpus_of_words(topics, pages[::-1])
    assert shuffled.fingerprint() == corpus_of_words(topics, pages).fingerprint()


def test_words_that_stand_nowhere_are_an_error(tmp_path):
    """There is nothing to learn from then."""
    pages = [Page(f"{n}", f"Tàu cá số {n} ra khơi đánh bắt ở vùng biển phía nam") for n in range(20)]
    with refused("topics", "fewer than two topics"):
        train_on_words([TopicWords("S", "", ("xyzzy",))], pages, tmp_path / "model")
