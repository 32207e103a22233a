"""The search for a corpus's settings: its features are a fit's, its score is not what it chose by, its budget holds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from classifier.errors import UsageError
from classifier.features.spec import FeatureSpec
from classifier.types import Page
from training.corpus import Article, Corpus, read_corpus
from training.fit.fitting import design
from training.fit.matrix import tokenise
from training.fit.spec import TrainingSpec
from training.tune.budget import Budget, rungs
from training.tune.candidates import Facts, combined, first_round, in_words, refinements
from training.tune.counts import Counted
from training.tune.nested import Tuning, tune
from training.tune.search import Search
from training.tune.task import Task

THINGS = ("phòng học", "thư viện", "bài giảng", "sân trường", "máy in", "lịch thi")
GOOD, BAD = ("rộng rãi", "đẹp", "dễ hiểu", "nhanh"), ("chật chội", "cũ", "khó hiểu", "chậm")
WORDS = TrainingSpec(FeatureSpec(("w1",)), C=0.3, prior=0.0, news_idf=False, most_common=1.0)


def feelings(number: int, seed: int = 1) -> Corpus:
    """Half of the texts deny what they say: only what stands beside "không" tells them apart."""
    draw = np.random.default_rng(seed)
    articles = []
    for at in range(number):
        good, denied = draw.random() < 0.5, draw.random() < 0.5
        word = draw.choice(GOOD if good != denied else BAD)
        text = f"{draw.choice(THINGS)} số {at} {'không' if denied else 'rất'} {word}"
        articles.append(
            Article(Page(f"{at:06d}", "", body=text), *(("khen", ("khen",)) if good else ("chê", ("chê",))))
        )
    return Corpus(articles)


def at_random(number: int, copies: int = 1) -> Corpus:
    """Texts whose label is drawn, each so many times with a word of its own added."""
    draw = np.random.default_rng(5)
    articles = []
    for at in range(number):
        text = " ".join(draw.choice([*THINGS, *GOOD, *BAD], size=25))
        label = "ab"[int(draw.integers(2))]
        pages = [Page(f"{at}-{copy}", "", body=f"{text} bản {copy}") for copy in range(copies)]
        articles += [Article(page, label, (label,)) for page in pages]
    return Corpus(articles)


def alone(corpus: Corpus) -> list[int]:
    return list(range(len(corpus.articles)))


@pytest.mark.parametrize(
    "spec",
    [
        WORDS,
        replace(WORDS, features=FeatureSpec(("w1", "s1", "s2", "m1")), min_df=3),
        replace(WORDS, features=FeatureSpec(("w1", "w2")), prior=1.25, min_df=1),
        replace(WORDS, features=FeatureSpec(("w1",), (2.0, 2.0, 1.0, 0.25), 800, sublinear=False), max_terms=40),
        replace(WORDS, features=FeatureSpec(("c3", "c4"))),
    ],
)
def test_a_trial_has_the_features_of_a_fit(spec, built_in):
    """Counted once for all trials or anew for one: the same inner products of all articles."""
    pages = built_in.pages[::40]
    counted = Counted(pages)
    counted.design(replace(spec, min_df=1, prior=0.0), np.arange(len(pages)))  # another trial before it
    found = counted.design(spec, np.arange(len(pages)))
    expected = design(tokenise(pages, spec.features.body_characters), spec)
    assert found.vocabulary.hashes.size <= expected.vocabulary.hashes.size
    gram, other = (matrix @ matrix.T for matrix in (found.features, expected.features))
    assert np.allclose(gram.toarray(), other.toarray(), atol=1e-5)


def test_an_article_left_out_has_no_part_in_the_features(built_in):
    """Terms and document frequencies are those of the articles asked, as if there were no others."""
    pages, spec = built_in.pages[::40], replace(WORDS, features=FeatureSpec(("w1", "s2")))
    rows = np.arange(0, len(pages), 2)
    found = Counted(pages).design(spec, rows).features
    expected = design(tokenise([pages[row] for row in rows.tolist()]), spec).features
    assert np.allclose((found @ found.T).toarray(), (expected @ expected.T).toarray(), atol=1e-5)


def test_what_wins_over_the_default_is_said_with_its_interval():
    """Of words alone a denial cannot be told; the search finds the terms that can, and the outer folds confirm it."""
    corpus = feelings(150)
    tuned = tune(corpus, alone(corpus), WORDS, Tuning(fixed=("prior", "min_df", "C")))
    assert set(tuned.spec.features.terms) & {"w2", "s2"}
    assert tuned.comparison.accuracy_difference.low > 0.1
    told = tuned.as_json()
    assert len(told["trials"]) >= 8
    assert told["default"]["terms"] == "w1"
    assert "more than luck" in told["against_default"]["sentence"]
    assert any("terms" in line for line in tuned.sentences())


def test_what_articles_not_seen_do_not_confirm_is_not_kept(monkeypatch):
    """A search that takes whatever is best on its own articles, where there is nothing to learn."""
    monkeypatch.setattr(Search, "_worth_it", lambda *_: True)
    corpus = at_random(130)
    tuned = tune(corpus, alone(corpus), WORDS, Tuning(fixed=("prior", "solver", "min_df")))
    assert tuned.found.best.spec != WORDS
    assert not tuned.confirmed
    assert tuned.spec == WORDS
    assert tuned.as_json()["found"] != tuned.as_json()["chosen"] == tuned.as_json()["default"]
    assert "not confirmed" in tuned.sentences()[-1]


@pytest.mark.parametrize("copies", [1, 3])
def test_the_score_is_not_what_it_chose_by(copies):
    """Where there is nothing to learn the outer folds say so, though near-duplicates stand in the corpus."""
    corpus = at_random(150 // copies, copies)
    groups = [article.page.id.partition("-")[0] for article in corpus.articles]
    tuned = tune(corpus, groups, WORDS, Tuning(fixed=("prior", "solver", "min_df")))
    right = np.mean([one.topic == gold for one, gold in zip(tuned.predictions, corpus.primaries, strict=True)])
    assert 0.3 < right < 0.7


def test_the_same_search_ends_the_same():
    """Every trial, score and choice again, and what the user set is left alone."""
    corpus = feelings(60)
    first, second = (tune(corpus, alone(corpus), WORDS, Tuning(fixed=("C", "prior"))) for _ in range(2))
    assert first.as_json() == second.as_json()
    assert {trial.spec.C for trial in first.found.trials} == {0.3}
    assert {trial.spec.prior for trial in first.found.trials} == {0.0}


def test_a_budget_that_runs_out_is_said():
    """With no time at all the default is what is left, and the summary says that the search was cut."""
    corpus = feelings(60)
    said = []
    tuned = tune(corpus, alone(corpus), WORDS, Tuning(minutes=1e-9, fixed=("prior",), say=said.append))
    assert tuned.cut
    assert tuned.spec == WORDS
    assert "budget" in tuned.sentences()[0]
    assert "tuning takes about" in said[0]
    assert tuned.as_json()["budget_cut"]


def test_time_left_over_goes_to_the_next_search():
    """Of two equal searches the first may take half; what it leaves the second one has."""
    now = [0.0]
    budget = Budget(10, (1.0, 1.0), clock=lambda: now[0])
    now[0] = 4.9
    assert budget.allows()
    now[0] = 5.1
    assert not budget.allows()
    budget.next_search()
    assert budget.allows()
    assert budget.cut


def test_rungs_grow_to_all_articles():
    """A quarter, half and all of them, but never too few to tell anything."""
    assert rungs(8_000, 1_000) == [2_000, 4_000, 8_000]
    assert rungs(2_500, 1_000) == [1_000, 1_250, 2_500]
    assert rungs(300, 1_000) == [300]


def test_only_choices_that_a_corpus_has_are_tried():
    """No zones without titles, no openings of short texts, no characters of long ones, no vectors of unknown words."""
    short = Facts(500, titled=False, long=False, usual=60, vectors=False, fixed={})
    tried = [*first_round(short, WORDS), *refinements(short, WORDS)]
    assert {spec.prior for spec in tried} == {0.0}
    assert {spec.features.zone_weights for spec in tried} == {(1.0, 1.0, 1.0, 1.0)}
    assert any("c3" in spec.features.terms for spec in tried)
    news = Facts(5_000, titled=True, long=True, usual=3_000, vectors=True, fixed={})
    tried = [*first_round(news, WORDS), *refinements(news, WORDS)]
    assert not any("c3" in spec.features.terms for spec in tried)
    assert {spec.features.body_characters for spec in tried} == {0, 800}
    assert WORDS not in refinements(news, WORDS)


def test_changes_that_pay_are_joined():
    """Of two that change one thing, the first, which was ahead, wins."""
    ahead = [replace(WORDS, C=1.0), replace(WORDS, C=3.0), replace(WORDS, min_df=3)]
    assert combined(WORDS, ahead) == replace(WORDS, C=1.0, min_df=3)
    assert in_words(replace(WORDS, C=1.0), WORDS) == "C 1 (0.3)"


def test_a_rare_label_is_found_by_its_weight():
    """Judged by the mean F1 of labels, class weights are tried and a rare label is worth as much as a frequent one."""
    corpus = feelings(200)
    rare = [one for one in corpus.articles if one.primary == "khen"][:12]
    corpus = Corpus([one for one in corpus.articles if one.primary != "khen"] + rare)
    task = Task.of(corpus, Counted(corpus.pages), alone(corpus), "macro_f1")
    facts = Facts.of(corpus.pages, vectors=False, fixed={})
    found = Search(task, np.arange(len(corpus.articles)), facts, Budget()).find(WORDS)
    assert {trial.spec.balance for trial in found.trials} == {0.0, 1.0}
    assert found.best.score >= found.default.score


def test_trials_are_judged_as_calibrated():
    """Scores that lean to one label by the same for every article are as good as those that do not."""
    corpus = feelings(120)
    task, rows = Task.of(corpus, Counted(corpus.pages), alone(corpus)), np.arange(120)
    fair = np.where(task.targets, 1.0, -1.0)
    leaning = fair + np.array([9.0, 0.0])
    assert task.hits(leaning, rows).mean() < 0.7
    assert task.hits(task.calibrated(leaning, WORDS, rows), rows).all()


def test_what_cannot_be_tuned_is_refused():
    """The built-in corpus, and one with fewer articles than folds within folds."""
    with pytest.raises(UsageError, match="built-in"):
        tune(replace(feelings(20), built_in=True), list(range(20)), WORDS, Tuning())
    with pytest.raises(UsageError, match="takes 9"):
        tune(feelings(8), list(range(8)), WORDS, Tuning())


@pytest.fixture(scope="module")
def built_in():
    """The corpus that ships with chude."""
    return read_corpus()
