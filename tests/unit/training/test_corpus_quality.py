"""Guards the built-in corpus: enough articles of each kind, well-formed, all different, and in nobody else's words."""

from __future__ import annotations

import json
import lzma
import re
import unicodedata
from collections import Counter, defaultdict
from itertools import islice

import pytest

from classifier.duplicates.fingerprints import fingerprint
from classifier.duplicates.near_duplicates import near_pairs
from classifier.types import OTHER, Page

FIELDS = ["id", "date", "kind", "label", "labels", "title", "text"]
SHARED_RUN = 10
"""So many consecutive syllables in common with somebody's text are no accident, unless they are names."""
FREE_WORDS = 3
"""A run with no more words than this beside names, offices and numbers is free: they cannot be said in other words."""
OFFICIAL = """
| bán đảo Triều Tiên | bộ trưởng | bộ tổng tham mưu các lực lượng vũ trang | cấp phó | châu Á Thái Bình Dương
| chủ tịch | chủ tịch nước | chương trình Lương thực Thế giới | cơ quan Hợp tác An ninh quốc phòng
| cơ quan Năng lượng Nguyên tử Quốc tế | cơ quan Tình báo Quốc gia | cố vấn an ninh quốc gia | cố vấn nhà nước
| cựu | diễn đàn Hợp tác kinh tế châu Á | diễn đàn Kinh tế phương Đông | giám đốc | hãng thông tấn trung ương
| hiệp ước Toàn cầu về Di cư an toàn trật tự | hiệp ước các lực lượng hạt nhân tầm trung
| hiệp ước cấm thử hạt nhân toàn diện | hiệp ước cấm thử vũ khí hạt nhân toàn diện
| hiệp ước không phổ biến vũ khí hạt nhân | hội nghị cấp cao | hội nghị thượng đỉnh
| hội đồng An ninh và Quốc phòng | hội đồng An ninh | hội đồng Bảo an | hội đồng Tham mưu trưởng liên quân
| kế hoạch hành động chung toàn diện | khu phi quân sự | liên hợp quốc | lữ đoàn | lực lượng không gian vũ trụ
| máy bay | ngoại giao | ngoại trưởng | người phát ngôn | người đồng cấp | nhà lãnh đạo | phát ngôn
| phó chủ tịch | quần đảo Trường Sa | quốc vụ viện | sư đoàn | tàu sân bay | tên lửa đạn đạo liên lục địa
| thanh sát viên | thiết giáp | bộ binh | thượng viện | tổ chức Cấm vũ khí hoá học
| tổ chức Hiệp ước An ninh Tập thể | tổ chức Hiệp ước cấm thử hạt nhân toàn diện | tổ chức các quốc gia châu Mỹ
| tổng giám đốc | tổng thư ký | tổng thống | vùng đặc quyền kinh tế | văn phòng thông tin | ủy ban châu Âu
| cha con | công tố viên đặc biệt
"""
"""Names and titles that are written in small letters, or partly so."""
REPEATED_RUN = 8

_WORD = re.compile(r"\w+")
OFFICIAL_NAMES = {tuple(_WORD.findall(name.lower())) for name in re.split(r"[|\n]", OFFICIAL)} - {()}
OFFICIAL_SIZES = sorted({len(name) for name in OFFICIAL_NAMES})


def words_of(text):
    """The words of a text as they are written."""
    return _WORD.findall(unicodedata.normalize("NFC", text))


def runs(words, size):
    """Every run of `size` words, in small letters."""
    lower = [word.lower() for word in words]
    return zip(*(lower[start:] for start in range(size)), strict=False)


def article_words(row):
    """The words of an article, title first."""
    return words_of(f"{row['title']}\n{row['text']}")


def _free(words):
    """Of each word whether it could be another: not capitalised, no number, not part of an official name or title."""
    lower = [word.lower() for word in words]
    free = [not (word[0].isupper() or word[0].isdigit()) for word in words]
    for start in range(len(words)):
        for size in OFFICIAL_SIZES:
            if tuple(lower[start : start + size]) in OFFICIAL_NAMES:
                free[start : start + size] = [False] * size
    return free


def _runs_of_free_words(row, size):
    """The runs of an article that are more than names."""
    words = article_words(row)
    free = _free(words)
    for start, run in enumerate(runs(words, size)):
        if sum(free[start : start + size]) > FREE_WORDS:
            yield run


@pytest.fixture(scope="module")
def topics(corpus_rows):
    """The labels but "other"."""
    return {row["label"] for row in corpus_rows} - {OTHER}


def test_every_topic_has_enough_articles(corpus_rows, topics):
    """Four topics at least, sixty articles of each, two hundred others, of which many look like a topic."""
    labels = Counter(row["label"] for row in corpus_rows)
    assert topics >= {"alliances", "arms_control", "syria", "ukraine_talks"}
    assert all(labels[topic] >= 60 for topic in topics)
    assert labels[OTHER] >= 200
    assert Counter(row["kind"] for row in corpus_rows)["near_miss"] >= 120


def test_rows_are_well_formed(corpus_rows):
    """The same fields in the same order (a list of checked findings may follow), each of its kind."""
    for row in corpus_rows:
        assert [key for key in row if key != "checked"] == FIELDS, row["id"]
        assert list(row)[: len(FIELDS)] == FIELDS, row["id"]
        assert all(isinstance(row[key], str) and row[key] == row[key].strip() for key in FIELDS if key != "labels"), (
            row["id"]
        )
        assert re.fullmatch(r"20[12]\d-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?", row["date"]), row["id"]
        assert all(re.fullmatch(r"CH\d{3}", code) for code in row.get("checked", [])), row["id"]


def test_ids_are_unique(corpus_rows):
    """No two articles have one id."""
    assert [one for one, count in Counter(row["id"] for row in corpus_rows).items() if count > 1] == []


def test_texts_are_composed_and_plain(corpus_rows):
    """NFC, paragraphs on lines of their own, no control characters, no mark-up."""
    for row in corpus_rows:
        for text in (row["title"], row["text"]):
            assert unicodedata.normalize("NFC", text) == text, row["id"]
            assert not re.search(r"[^\S \n]|[\x00-\x09\x0b-\x1f\x7f]|\ufffd|</?[a-z]+>|https?://|\*\*", text), row["id"]
        assert "\n" not in row["title"], row["id"]
        assert "" not in row["text"].split("\n"), row["id"]


def test_articles_have_words_to_learn_from(corpus_rows):
    """At least a headline and a sentence."""
    for row in corpus_rows:
        assert len(words_of(row["title"])) >= 2, row["id"]
        assert len(words_of(row["text"])) >= 8, row["id"]


def test_labels_follow_the_codebook(corpus_rows, topics):
    """The primary topic comes first of its list; "other" is never in a list, and rarely has one; kinds fit labels."""
    for row in corpus_rows:
        labels = row["labels"]
        assert isinstance(labels, list), row["id"]
        assert len(set(labels)) == len(labels), row["id"]
        assert set(labels) <= topics, row["id"]
        if row["label"] == OTHER:
            assert row["kind"] in ("near_miss", "everyday"), row["id"]
            assert row["kind"] == "near_miss" or not labels, row["id"]
        else:
            assert labels[0] == row["label"], row["id"]
            assert row["kind"] == "topic", row["id"]
    others = [row for row in corpus_rows if row["label"] == OTHER]
    assert sum(bool(row["labels"]) for row in others) < len(others) / 20
    assert all(sum(row["label"] == topic and len(row["labels"]) > 1 for row in corpus_rows) >= 5 for topic in topics)


def test_no_two_articles_are_nearly_the_same(corpus_rows):
    """Not one pair of near-duplicates: each article says something else."""
    pages = [Page(row["id"], row["title"], body=row["text"]) for row in corpus_rows]
    pairs = near_pairs(fingerprint(pages).sketches, threshold=0.4)
    assert [(pages[a].id, pages[b].id) for a, b in zip(pairs.first, pairs.second, strict=True)] == []


def test_no_stock_phrase_runs_through_the_corpus(corpus_rows):
    """No eight words in a row stand in three articles: a model would learn the writer's habits."""
    found = defaultdict(set)
    for row in corpus_rows:
        for run in _runs_of_free_words(row, REPEATED_RUN):
            found[run].add(row["id"])
    assert {" ".join(run): sorted(ids) for run, ids in found.items() if len(ids) >= 3} == {}


@pytest.fixture(scope="module")
def our_runs(corpus_rows):
    """The articles in which each run of ten words stands, lists of names excepted."""
    found = defaultdict(set)
    for row in corpus_rows:
        for run in _runs_of_free_words(row, SHARED_RUN):
            found[run].add(row["id"])
    return found


def _shared_runs(texts, our_runs):
    """Which of our runs stand in somebody else's texts, and in which of our articles."""
    # Nearly every text fails at its first rare pair, so looking at pairs first saves most of the work.
    pairs = {run[:2] for run in our_runs}
    found = {}
    for text in texts:
        words = [word.lower() for word in words_of(text)]
        for start, pair in enumerate(zip(words, islice(words, 1, None), strict=False)):
            if pair in pairs and (run := tuple(words[start : start + SHARED_RUN])) in our_runs:
                found[" ".join(run)] = sorted(our_runs[run])
    return found


def _texts(path):
    """Every text column of every row of a JSON Lines file."""
    opened = lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8")  # noqa: SIM115 (closed below)
    with opened as stream:
        for line in stream:
            row = json.loads(line)
            yield "\n".join(str(row.get(key) or "") for key in ("title", "headline", "text", "blurb"))


def test_nothing_is_copied_from_the_gold_and_the_seeds(shared, our_runs):
    """No ten words in a row are those of the articles that models are measured on."""
    assert _shared_runs(_texts(shared / "data" / "gold_dev.jsonl"), our_runs) == {}
    seeds = [path.read_text(encoding="utf-8", errors="replace") for path in sorted((shared / "seeds").glob("*.txt"))]
    assert seeds
    assert _shared_runs(seeds, our_runs) == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["rss_headlines", "world_unlabelled", "vntc10_train", "vntc10_test"])
def test_nothing_is_copied_from_other_real_texts(shared, our_runs, name):
    """No ten words in a row are those of any newspaper text at hand."""
    assert _shared_runs(_texts(shared / "data" / f"{name}.jsonl.xz"), our_runs) == {}


def test_copied_runs_would_be_found(our_runs, corpus_rows):
    """The check itself: our own sentences are found, in any case and punctuation, and changed ones are not."""
    words = words_of(corpus_rows[0]["text"])[-14:]
    assert _shared_runs([" - ".join(words).upper()], our_runs)
    words[3], words[9] = "khác", "khác"
    assert _shared_runs([" ".join(words)], our_runs) == {}
