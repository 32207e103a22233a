"""Real news as counts of words: small, without order, the same bytes, and the rows that the texts themselves give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from classifier.errors import ChudeError
from classifier.features.kinds import word_hashes
from classifier.features.spec import FeatureSpec
from classifier.types import Page
from training.corpus import Article, Corpus
from training.fit.matrix import count, tokenise
from training.real_news import FILE, LEAST, OPENING, counted, packed, read, real_news

if TYPE_CHECKING:
    from classifier.features.counts import Counts

SPEC = FeatureSpec(terms=("w1",), zone_weights=(4.0, 2.0, 1.0, 0.25), body_characters=OPENING)


@pytest.fixture(scope="module")
def some(corpus_rows):
    """Sixty built-in articles, with the columns of a gold file."""
    articles = []
    for number, row in enumerate(corpus_rows[::25][:60]):
        extra = {"hard": number % 7 == 0, "source": "ab"[number % 2]}
        date = "2026-03-01" if number % 2 else ""
        page = Page(row["id"], row["title"], lead="Tin trong ngày", body=row["text"], extra=extra, date=date)
        topics = tuple(row.get("labels", [] if row["label"] == "other" else [row["label"]]))
        articles.append(Article(page, row["label"], topics))
    return Corpus(articles)


def dense(counts: Counts, terms: int) -> np.ndarray:
    rows = np.zeros((counts.indptr.size - 1, terms))
    rows[np.repeat(np.arange(len(rows)), np.diff(counts.indptr)), counts.columns] = counts.values
    return rows


def test_counts_give_the_rows_of_the_texts(some):
    """Learning from the counts is learning from the texts: the same weighted counts of the same words."""
    news = counted(some)
    hashes = word_hashes(news.words)
    of_texts = count(tokenise(some.pages, OPENING), hashes, SPEC)
    assert (dense(news.counts(hashes, SPEC), hashes.size) == dense(of_texts, hashes.size)).all()


def test_the_file_holds_what_was_counted_in_the_same_bytes(some, tmp_path):
    """What is read is what was written; writing it again gives the same bytes."""
    news = counted(some)
    (tmp_path / "news.npz").write_bytes(packed(news))
    again = read(tmp_path / "news.npz")
    for name in type(news).__dataclass_fields__:
        one, other = getattr(news, name), getattr(again, name)
        assert one == other if isinstance(one, tuple) else np.array_equal(one, other), name
    assert packed(again) == packed(news)
    assert again.hard.sum() == sum(article.page.extra["hard"] for article in some.articles)
    assert set(again.month.tolist()) == {0, 202603}


def test_no_order_of_words_is_kept():
    """Texts with the same words in another order give the same bytes: no sentence can be restored from them."""
    words = ["Nga", "Syria", "Iran", "Kiev", "Minsk", "Assad", "hiệp ước", "tên lửa", "NATO", "Tokyo", "Seoul", "Aden"]

    def corpus(step: int) -> Corpus:
        articles = []
        for number in range(LEAST):
            mine = [words[at] for at in range(len(words)) if at % (number + 3)][::step]
            page = Page(id=str(number), title=f"Bài {number}", lead="; ".join(mine), body="; ".join(mine * 2))
            articles.append(Article(page, "a" if number else "b", ()))
        return Corpus(articles)

    assert corpus(1).articles[0].page.body != corpus(-1).articles[0].page.body
    forward, backward = counted(corpus(1)), counted(corpus(-1))
    assert packed(forward) == packed(backward)
    assert {"aden", "iran", "syria", "tên_lửa"} <= set(forward.words)
    cell = (forward.zone * len(forward) + forward.item) * len(forward.words) + forward.word
    assert (np.diff(cell) > 0).all()  # one entry a word, in alphabetical order


def test_rare_words_are_left_out(some):
    """A word of fewer than three items is not in the file: no name or number that could tell which article it was."""
    for news in (counted(some), real_news()):
        pairs = np.unique(news.item * len(news.words) + news.word)
        assert np.bincount(pairs % len(news.words), minlength=len(news.words)).min() >= LEAST


def test_the_shipped_file_is_small_and_whole():
    """Under a megabyte, the labels of the default model, and written as `packed` writes it."""
    news = real_news()
    assert FILE.stat().st_size < 1_000_000
    assert len(news) == 2_850
    assert news.labels == ("alliances", "arms_control", "syria", "ukraine_talks", "other")
    assert packed(news) == FILE.read_bytes()
    assert news.number.min() >= 1


def test_the_shipped_file_is_what_its_texts_give(shared):
    """`python -m training.real_news gold_train.jsonl.xz` makes it again, byte for byte."""
    from training.corpus import read_corpus

    assert packed(counted(read_corpus([shared / "data" / "gold_train.jsonl.xz"]))) == FILE.read_bytes()


def test_other_features_than_were_counted_are_refused():
    """Pairs of words and another opening cannot be had from counts of single words."""
    hashes = word_hashes(["syria"])
    for spec in (
        FeatureSpec(terms=("w1", "w2"), zone_weights=SPEC.zone_weights, body_characters=OPENING),
        FeatureSpec(terms=("w1",), zone_weights=SPEC.zone_weights, body_characters=2 * OPENING),
    ):
        with pytest.raises(ValueError, match="only single words"):
            real_news().counts(hashes, spec)


def test_a_damaged_file_is_named(tmp_path):
    """Anything else under that name is one clear error."""
    (tmp_path / "news.npz").write_bytes(FILE.read_bytes()[:2_000])
    with pytest.raises(ChudeError, match=r"news\.npz.*holds no counts"):
        read(tmp_path / "news.npz")
