"""The defaults for anybody's corpus: what they keep of it, what it decides itself, and no step at one more article."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from classifier.types import Page
from training.corpus import Article, Corpus
from training.fit.choose import SAMPLE, chosen, decided, known_share, stronger
from training.fit.defaults import PLAIN, spec_for
from training.fit.fitting import fit
from training.fit.matrix import tokenise

THINGS = ("phòng học", "thư viện", "bài giảng", "sân trường", "máy in", "lịch thi")
GOOD, BAD = ("rộng rãi", "đẹp", "dễ hiểu", "nhanh"), ("chật chội", "cũ", "khó hiểu", "chậm")


def feelings(number: int, seed: int) -> Corpus:
    """Half of the texts deny what they say: only what stands beside "không" tells them apart."""
    draw = np.random.default_rng(seed)
    articles = []
    for at in range(number):
        good, denied = draw.random() < 0.5, draw.random() < 0.5
        word = draw.choice(GOOD if good != denied else BAD)
        text = f"{draw.choice(THINGS)} {'không' if denied else 'rất'} {word}"
        label = "khen" if good else "chê"
        articles.append(Article(Page(f"{at:06d}", "", body=text), label, (label,)))
    return Corpus(articles)


def right(corpus: Corpus, tested: Corpus) -> float:
    """The share of another corpus that a model trained on the first has right."""
    predictions = fit(corpus, spec_for(corpus)).model.predict(tested.pages)
    return float(np.mean([one.topic == gold for one, gold in zip(predictions, tested.primaries, strict=True)]))


def test_denials_count():
    """ "nhanh" and "không nhanh" are told apart, which takes the words that stand in every text."""
    assert right(feelings(400, 1), feelings(200, 2)) > 0.95


def test_text_beyond_the_opening_counts():
    """The word that decides stands after 3,000 characters."""
    filler = " ".join(["hôm nay trời có mây và gió nhẹ ở nhiều nơi trong vùng."] * 60)
    texts = [(f"{filler} Kết quả là {word}.", label) for label in ("thắng", "thua") for word in (label,) * 20]
    corpus = Corpus(
        [Article(Page(str(at), "", body=f"Số {at}. {text}"), label, (label,)) for at, (text, label) in enumerate(texts)]
    )
    found = fit(corpus, spec_for(corpus)).model.predict([Page("n", "", body=f"{filler} Kết quả là thua.")])
    assert found[0].topic == "thua"


@pytest.mark.parametrize("more", [0, 1])
def test_one_more_article_is_no_step(more):
    """Where the sample is full and where one article is left out of it, the same features are chosen."""
    corpus = feelings(SAMPLE + more, 3)
    tokens = tokenise(corpus.pages)
    spec = chosen(corpus, tokens, spec_for(corpus), list(range(len(corpus.articles))), PLAIN)
    assert spec.features == spec_for(corpus).features


def test_a_large_corpus_whose_words_say_it_all_stays_cheap():
    """Where pairs of syllables add nothing, a corpus above the sample is learned by words alone."""
    draw = np.random.default_rng(4)
    words = {"a": ("bóng", "sân", "bàn", "giải"), "b": ("vàng", "giá", "đô", "sàn")}
    articles = []
    for at in range(4 * SAMPLE):
        label = "ab"[int(draw.integers(2))]
        text = " ".join(draw.choice(words[label if draw.random() < 0.7 else "ab".strip(label)]) for _ in range(5))
        articles.append(Article(Page(f"{at:06d}", "", body=text), label, (label,)))
    corpus = Corpus(articles)
    spec = chosen(corpus, tokenise(corpus.pages), spec_for(corpus), list(range(len(articles))), PLAIN)
    assert spec.features.terms == PLAIN.features.terms
    assert spec.prior == 0
    wished = spec_for(corpus, folds=4, min_df=9)
    spec = chosen(corpus, tokenise(corpus.pages), wished, list(range(len(articles))), PLAIN)
    assert (spec.features.terms, spec.folds, spec.min_df) == (PLAIN.features.terms, 4, 9)


@pytest.mark.parametrize(("behind", "C"), [(14, 1.0), (20, 0.3)])
def test_a_sample_that_leaves_c_open_gets_the_larger(behind, C):
    """Scaled to all articles the smaller one would be too small; clearly behind the larger one is not taken."""

    def hits_of(spec):
        hits = np.ones(200, dtype=bool)
        hits[: behind if spec.C == 1.0 else 0] = False
        hits[100:] = spec.features != PLAIN.features  # the default is clearly ahead of words alone
        hits[190:] = spec.C == 1.0
        return hits

    spec = replace(spec_for(Corpus([])), features=replace(PLAIN.features, terms=("w1", "s1")))
    assert decided(hits_of, spec, PLAIN, 200, 2_000).C == C


def test_word_vectors_are_for_their_own_language():
    """Another language, of which real news knows few words, is learned without them; a given C stays."""
    draw = np.random.default_rng(6)
    words = {"a": "goal match striker keeper league penalty", "b": "market shares bond yield profit dividend"}
    articles = []
    for at in range(60):
        label = "ab"[at % 2]
        text = " ".join(draw.choice(words[label].split()) for _ in range(8)) + f" {at}x"
        articles.append(Article(Page(f"{at:03d}", "", body=text), label, (label,)))
    corpus = Corpus(articles)
    assert known_share(tokenise(corpus.pages)) < 0.25
    spec = fit(corpus, spec_for(corpus, c=0.5)).spec
    assert (spec.prior, spec.C) == (0.0, 0.5)


def test_the_choice_is_the_same_twice(small_corpus):
    """Nothing but the corpus and the seed decides."""
    first, again = (fit(small_corpus, replace(spec_for(small_corpus), real_news=False)).spec for _ in range(2))
    assert first == again


def test_word_vectors_may_count_the_more_the_fewer_articles():
    """Without a step, within bounds; corpora of a thousand and more are not asked."""
    counts = [stronger(1.25, articles) for articles in range(1, 3_000)]
    assert counts == sorted(counts, reverse=True)
    assert max(before / after for before, after in pairwise(counts)) < 1.01
    assert [stronger(1.25, articles) for articles in (10, 1_000, 100_000)] == [4.0, 1.25, 1.25]
    assert stronger(0.0, 10) == 0.0


@pytest.mark.parametrize(("ahead", "prior"), [(1, 1.25), (9, 2.795)])
def test_they_do_where_the_corpus_says_so(ahead, prior):
    """Only where more articles are right by it than luck explains."""

    def hits_of(spec):
        hits = np.ones(200, dtype=bool)
        hits[:2] = spec.prior == 1.25
        hits[2 : 4 + ahead] = spec.prior > 1.25
        return hits

    assert decided(hits_of, spec_for(Corpus([])), PLAIN, 200, 200).prior == prior
