"""Guards the training: corpora of every form, the same model from the same corpus, meaningful calibrations."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from classifier.errors import ChudeError, NoInputError
from classifier.features.kinds import word_hashes
from classifier.features.spec import FeatureSpec
from classifier.types import OTHER, Page
from classifier.vietnamese import segment
from classifier.vietnamese.background import background
from classifier.vietnamese.normalise import NUMBER, normalise
from training.card import model_card
from training.corpus import Article, Corpus, gold_labels, read_corpus
from training.crossval import cross_validate, duplicate_groups, subset
from training.fit import linear as fit_module
from training.fit.calibrate import target_matrix
from training.fit.defaults import spec_for
from training.fit.fitting import fit
from training.fit.linear import fit_linear, sparse
from training.fit.matrix import build_vocabulary, tokenise, with_words
from training.fit.prior import folded, smoothing_matrix, widened
from training.fit.solvers import SOLVERS
from training.fit.spec import TrainingSpec
from training.learn import train
from training.validate import past_and_future

THEMES = {
    "a": "hiệp ước, hạt nhân, nước Nga, nước Mỹ, đàm phán, kiểm soát, vũ khí, tên lửa",
    "b": "cơn bão, đổ bộ, miền Trung, sơ tán, ngư dân, mưa lũ, thiệt hại, ven biển",
    "c": "trận đấu, bàn thắng, huấn luyện viên, cầu thủ, vòng loại, giải đấu, sân cỏ, trọng tài",
    OTHER: "giá vàng, chứng khoán, ngân hàng, lãi suất, doanh nghiệp, cổ phiếu, thị trường, nhà đầu tư",
}
PLAIN = TrainingSpec(FeatureSpec(("w1",)), prior=0.0)


def _articles(labels, count=12, *, rename=None):
    """Plainly separable articles: five of a theme's eight words each, in a fixed but varied choice."""
    rng = np.random.default_rng(4)
    found = []
    for label in labels:
        words = THEMES[label].split(", ")
        for number in range(count):
            text = ", ".join(rng.permutation(words)[:5])
            name = (rename or {}).get(label, label)
            found.append(Article(Page(f"{name}{number}", text, body=text), name, () if name == OTHER else (name,)))
    return found


def _texts_of(label):
    return Page("x", THEMES[label])


def _learned(model):
    """All that was learned, bit for bit."""
    calibration = model.calibration
    arrays = (model.hashes, model.idf, model.weights, model.intercepts)
    numbers = [np.asarray(array).tobytes() for array in (*arrays, calibration.scale, calibration.offset)]
    numbers.append(np.asarray(calibration.secondary).tobytes())
    return numbers, model.labels, model.features, calibration.threshold, calibration.secondary_threshold


def _same(first, second):
    return _learned(first) == _learned(second)


def test_the_same_corpus_gives_the_same_model(small_corpus):
    """Bit for bit, however often: no thread, clock or random state gets in."""
    first = fit(small_corpus, spec_for(small_corpus))
    for _ in range(3):
        again = fit(small_corpus, spec_for(small_corpus))
        assert _same(again.model, first.model)
        assert again.out_of_fold.tobytes() == first.out_of_fold.tobytes()


def test_training_in_several_processes_gives_the_same_model(monkeypatch):
    """Large corpora are fitted in processes; the numbers are those of one."""
    corpus = Corpus(_articles("abc"))
    alone = fit(corpus, PLAIN).model
    monkeypatch.setattr(fit_module, "PARALLEL_FROM", 0)
    assert _same(fit(corpus, PLAIN).model, alone)


def test_the_written_artifact_is_the_same_twice(tmp_path, trained, small_corpus):
    """All four files, byte for byte."""
    train(small_corpus, spec_for(small_corpus), folder=tmp_path / "small")
    for path in trained[1].iterdir():
        assert (tmp_path / "small" / path.name).read_bytes() == path.read_bytes(), path.name


def test_another_seed_gives_another_model_of_the_same_worth():
    """The seed reaches the fit."""
    corpus = Corpus(_articles("abc"))
    one, other = (fit(corpus, TrainingSpec(FeatureSpec(("w1",)), prior=0.0, seed=seed)) for seed in (1, 2))
    assert one.out_of_fold.tobytes() != other.out_of_fold.tobytes()
    assert one.model.predict([_texts_of("b")])[0].topic == other.model.predict([_texts_of("b")])[0].topic == "b"


@pytest.mark.parametrize("solver", SOLVERS)
def test_every_solver_learns_and_is_recorded(tmp_path, solver):
    """Its model tells the labels apart, by weights of its own, the same twice; card and command name it."""
    corpus, spec = Corpus(_articles("abc")), replace(PLAIN, solver=solver)
    model = train(corpus, spec, folder=tmp_path / "m").model
    assert [one.topic for one in model.predict([_texts_of(label) for label in "abc"])] == list("abc")
    assert _same(fit(corpus.in_one_order(), spec).model, model)
    others = [fit(corpus.in_one_order(), replace(PLAIN, solver=name)).model for name in SOLVERS if name != solver]
    assert all(np.abs(other.weights - model.weights).max() > 1e-3 for other in others)
    card = (tmp_path / "m" / "card.md").read_text()
    assert {"svm": "one linear SVM", "logistic": "one linear logistic regression"}[solver] in card
    assert model.info["training"]["solver"] == solver
    assert (f"--solver {solver}" in model.info["command"]) == (solver != "svm")


def test_balance_lets_a_rare_label_speak():
    """With four articles against a hundred, among them words of its own, only weights for the rare side find it."""
    matrix = csr_matrix(np.array([[1.0, 0.0]] * 100 + [[0.95, 0.31]] * 4))
    target = np.arange(104) >= 100
    spec = TrainingSpec(C=0.3)
    plain, fair = (fit_linear(matrix, target[:, None], replace(spec, balance=balance)) for balance in (0.0, 1.0))
    assert not (matrix @ plain[0] + plain[1] > 0).any()
    assert ((matrix @ fair[0] + fair[1] > 0).ravel() == target).all()


@pytest.mark.parametrize("prior", [0.0, 1.5])
@pytest.mark.parametrize("labels", [("a", "b"), ("a", OTHER), ("a", "b", "c"), ("a", "b", "c", OTHER)])
def test_plain_corpora_are_learned(labels, prior):
    """Two labels or more, with "other" or without, with word vectors or without: every label is recognised."""
    model = fit(Corpus(_articles(labels)), TrainingSpec(FeatureSpec(("w1", "w2")), prior=prior)).model
    assert model.labels == labels
    found = model.predict([_texts_of(label) for label in labels])
    assert [prediction.topic for prediction in found] == list(labels)
    assert all(prediction.probability > 1.2 / len(labels) for prediction in found)


def test_a_corpus_without_other_labels_every_article_unless_told_otherwise():
    """Without negatives the likeliest label is given; a threshold of the user's makes "other" possible."""
    model = fit(Corpus(_articles("abc")), PLAIN).model
    odd = Page("x", "mèo lạc trở lại nhà")
    assert model.predict([odd])[0].topic in "abc"
    assert model.predict([odd], threshold=0.99)[0].topic == OTHER


def test_labels_that_are_numbers_are_labels(tmp_path):
    """A column of codes trains as one of names, and predictions name the codes as they were written."""
    rename = {"a": 0, "b": 1, "c": 22}
    path = tmp_path / "coded.jsonl"
    rows = [{"text": a.page.body, "label": a.primary} for a in _articles("abc", rename=rename)]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    corpus = read_corpus([path])
    assert corpus.labels == ["0", "1", "22"]
    model = fit(corpus, PLAIN).model
    assert [p.topic for p in model.predict([_texts_of(label) for label in "abc"])] == ["0", "1", "22"]


def test_one_label_is_refused():
    """There is nothing to tell apart, also where further topics make a second label."""
    for articles in (_articles("a"), [Article(a.page, "a", ("a", "b")) for a in _articles("a")]):
        with pytest.raises(ChudeError, match="one label only"):
            fit(Corpus(articles, multi_topic=True), PLAIN)


def test_a_corpus_without_common_terms_is_refused():
    """No term in two articles, or no words at all: an error that says what to do, not an empty vocabulary."""
    for texts in (("alpha", "beta"), ("", "..."), ("1 2", "3 4")):
        articles = [Article(Page(text, text), label, (label,)) for text, label in zip(texts, "ab", strict=True)]
        with pytest.raises(ChudeError, match="lower --min-df"):
            fit(Corpus(articles), PLAIN)


def test_a_label_that_is_only_ever_a_further_topic_takes_nothing_from_the_others():
    """With two primary labels and a third that only accompanies, the two are still told apart by the calibration."""
    articles = [
        Article(a.page, a.primary, (a.primary, "with") if n % 3 == 0 else (a.primary,))
        for n, a in enumerate(_articles("ab"))
    ]
    model = fit(Corpus(articles, multi_topic=True), PLAIN).model
    assert model.labels == ("a", "b", "with")
    for label in "ab":
        prediction = model.predict([_texts_of(label)])[0]
        assert prediction.topic == label
        assert prediction.probability > 0.8
        assert {s.topic: s.probability for s in prediction.topics}["with"] < 0.01


def test_further_topics_come_from_corpora_with_topic_lists_only():
    """Exclusive labels never get a second topic; articles about two themes teach that there are some."""
    both = Page("x", f"{THEMES['a']} {THEMES['b']}", body=f"{THEMES['a']} {THEMES['b']}")
    mixed = [Article(Page(f"m{n}", both.title + f" {n}", body=both.body), "a", ("a", "b")) for n in range(12)]
    plain = _articles(("a", "b", "c", OTHER))
    multi = fit(Corpus([*plain, *mixed], multi_topic=True), PLAIN).model
    single = fit(Corpus([*plain, *(Article(a.page, "a", ("a",)) for a in mixed)]), PLAIN).model
    assert multi.predict([both])[0].secondary in (("a",), ("b",))
    assert single.predict([both])[0].secondary == ()
    assert multi.predict([_texts_of("c")])[0].secondary == ()


small_texts = st.lists(st.sampled_from(["Nga", "Mỹ", "bão", "giá vàng", "12", ",", ""]), max_size=5).map(" ".join)
small_rows = st.tuples(
    small_texts, st.sampled_from(["a", "b", "c", OTHER]), st.sets(st.sampled_from("abc"), max_size=2)
)


@given(st.lists(small_rows, min_size=1, max_size=12), st.booleans(), st.sampled_from([0.0, 1.0]), st.integers(1, 2))
@settings(max_examples=12, deadline=None)
def test_any_tiny_corpus_trains_or_is_refused_clearly(rows, multi_topic, prior, min_df):
    """Single articles a label, empty texts, equal texts under other labels: a model that predicts, or a ChudeError."""
    articles = []
    for number, (text, primary, further) in enumerate(rows):
        own = () if primary == OTHER else (primary,)
        topics = tuple(dict.fromkeys((*own, *sorted(further)))) if multi_topic else own
        articles.append(Article(Page(str(number), text), primary, topics))
    corpus = Corpus(articles, multi_topic=multi_topic)
    try:
        model = fit(corpus, TrainingSpec(FeatureSpec(("w1",)), prior=prior, min_df=min_df)).model
    except ChudeError as error:
        assert error.remedy  # noqa: PT017 (either end is right, and both are looked at)
        return
    assert set(corpus.labels) == set(model.labels)
    assert len(model.predict(corpus.pages, explain=2)) == len(articles)


def test_folded_weights_score_as_the_widened_rows_do(small_corpus):
    """Folding the word vectors into the terms' weights changes no score."""
    spec = TrainingSpec(FeatureSpec(("w1",)), prior=1.5)
    tokens = tokenise(small_corpus.pages)
    vocabulary, counts = build_vocabulary(tokens, spec.features)
    matrix = sparse(counts, len(vocabulary.terms))
    smoothing = smoothing_matrix(vocabulary.hashes, spec)
    wide = widened(matrix, smoothing)
    assert wide.shape[1] == matrix.shape[1] + background().vectors.shape[1]
    weights, _ = fit_linear(wide, target_matrix(small_corpus, small_corpus.labels), spec)
    assert matrix @ folded(weights, smoothing) == pytest.approx(wide @ weights, abs=1e-3)
    assert smoothing_matrix(vocabulary.terms, PLAIN) is None
    assert widened(matrix, None) is matrix


def _plain_frequencies(pages):
    """In how many pages each word stands, counted by hand."""
    counted = Counter()
    segmented = iter(segment([zone for page in pages for zone in (page.title, page.lead, page.body)]))
    for _ in pages:
        words = set()
        for zone in islice(segmented, 3):
            for written in zone.split(" "):
                forms = [normalise(part) for part in written.split("_") if part]
                words.add("_".join(form for form in forms if form not in ("", NUMBER)))
        counted.update(words - {""})
    return counted


def test_the_vocabulary_is_what_counting_by_hand_finds(small_corpus):
    """Every word in two or more articles, in alphabetical order, with its document frequency and its hash."""
    pages = small_corpus.pages[:60]
    vocabulary, counts = build_vocabulary(tokenise(pages), FeatureSpec(("w1",)), min_df=2)
    expected = {word: number for word, number in _plain_frequencies(pages).items() if number >= 2}
    assert dict(zip(vocabulary.terms, vocabulary.document_frequency.tolist(), strict=True)) == expected
    assert vocabulary.terms == sorted(vocabulary.terms)
    assert vocabulary.hashes.tolist() == word_hashes(vocabulary.terms).tolist()
    assert np.bincount(counts.columns, minlength=len(expected)).tolist() == vocabulary.document_frequency.tolist()
    assert counts.indptr.size == 61


def test_of_too_many_terms_the_most_frequent_are_kept(small_corpus):
    """--max-terms keeps the terms with the highest document frequency."""
    tokens = tokenise(small_corpus.pages[:60])
    whole, _ = build_vocabulary(tokens, FeatureSpec(("w1", "s2")))
    cut, counts = build_vocabulary(tokens, FeatureSpec(("w1", "s2")), max_terms=50)
    assert len(cut.terms) == 50
    assert cut.document_frequency.min() >= np.sort(whole.document_frequency)[::-1][50]
    assert counts.columns.max() < 50


def test_further_words_are_added_once():
    """Words that the corpus has keep their numbers, new ones have none yet."""
    vocabulary, _ = build_vocabulary(tokenise([Page("1", "Nga Mỹ"), Page("2", "Nga Mỹ")]), FeatureSpec(("w1",)))
    more = with_words(vocabulary, ["nga", "bão", "đối_thoại"])
    assert more.terms == ["bão", "mỹ", "nga", "đối_thoại"]
    assert more.document_frequency.tolist() == [0, 2, 2, 0]
    assert more.hashes.tolist() == word_hashes(more.terms).tolist()


def test_the_background_is_figures_of_real_news():
    """Function words are common, names rarer, and what nobody has counted is rarest."""
    figures = background()
    common, name, unknown = figures.document_frequency(word_hashes(["và", "ukraine", "xyzzyx"])).tolist()
    assert figures.documents > common > 0.3 * figures.documents
    assert common > name > 100
    assert unknown == 1
    idf = figures.idf(word_hashes(["và", "ukraine", "xyzzyx"]))
    assert (np.diff(idf) > 0).all()
    assert len(figures.words) == len(figures.vectors) == len(set(figures.words))
    place = {word: row for row, word in enumerate(figures.words)}
    missile, nuclear, player = (figures.vectors[place[word]] for word in ("tên_lửa", "hạt_nhân", "cầu_thủ"))
    assert missile @ nuclear > 2 * abs(missile @ player)


def test_the_facts_of_a_training_are_recorded(trained, small_corpus):
    """Enough to repeat and to judge it, and a card that says it in words."""
    info = trained[0].info
    assert info["articles"] == len(small_corpus.articles)
    assert info["articles_by_topic"] == small_corpus.counts()
    assert info["corpus_fingerprint"] == small_corpus.fingerprint()
    assert info["training"]["seed"] == spec_for(small_corpus).seed
    scores = info["cross_validated"]
    assert 0.5 < scores["macro_f1"] <= 1
    assert list(scores["per_topic"]) == list(info["articles_by_topic"]) or set(scores["per_topic"]) == set(
        small_corpus.labels
    )
    assert set(info["top_terms"]) == set(small_corpus.labels)
    assert any("ukraine" in term for term in info["top_terms"]["ukraine_talks"])
    card = model_card(trained[0].model)
    for label in small_corpus.labels:
        assert label in card
    assert f"{scores['accuracy']:.3f}" in card
    assert info["corpus_fingerprint"][:16] in card


def test_users_changes_reach_the_specification(small_corpus):
    """Options of `chude train` override the defaults."""
    spec = spec_for(small_corpus, c=0.2, min_df=4, max_terms=9, folds=3, seed=5)
    assert (spec.C, spec.min_df, spec.max_terms, spec.folds, spec.seed) == (0.2, 4, 9, 3, 5)


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ({"label": "a"}, ("a", ("a",), False)),
        ({"label": OTHER}, (OTHER, (), False)),
        ({"label": " a "}, ("a", ("a",), False)),
        ({"label": 3}, ("3", ("3",), False)),
        ({"label": ""}, None),
        ({"label": None}, None),
        ({"label": True}, ("true", ("true",), False)),
        ({"label": float("nan")}, None),
        ({"label": ["a"]}, ("a", ("a",), False)),
        ({}, None),
        ({"folder": "a"}, ("a", ("a",), False)),
        ({"label": "b", "folder": "a"}, ("b", ("b",), False)),
        ({"labels": ["a", "b"]}, ("a", ("a", "b"), True)),
        ({"labels": []}, (OTHER, (), True)),
        ({"label": "b", "labels": ["a", "b"]}, ("b", ("a", "b"), True)),
        ({"label": "c", "labels": ["a"]}, ("c", ("c", "a"), True)),
        ({"label": OTHER, "labels": []}, (OTHER, (), True)),
        ({"label": OTHER, "labels": ["a"]}, (OTHER, ("a",), True)),
        ({"labels": ["a", "a", OTHER]}, ("a", ("a",), True)),
        ({"labels": "a, b"}, ("a", ("a", "b"), True)),
        ({"labels": "a;b"}, ("a", ("a", "b"), True)),
        ({"labels": '["a", "b"]'}, ("a", ("a", "b"), True)),
        ({"labels": '["a", "b"'}, None),
        ({"labels": "[" * 100_000}, None),
        ({"labels": {"a": 1}}, None),
        ({"labels": 3}, None),
    ],
    ids=lambda value: str(value)[:40],
)
def test_labels_are_read_in_every_usual_form(extra, expected):
    """One label, a list, a list as text, a folder's name; what is none of these is no label, and no crash."""
    assert gold_labels(Page("x", extra=extra)) == expected


def test_a_corpus_is_read_from_folders_tables_and_fasttext(tmp_path):
    """The usual forms give the same articles."""
    for label in "ab":
        (tmp_path / "folders" / label).mkdir(parents=True)
        (tmp_path / "folders" / label / "1.txt").write_text(
            f"Tiêu đề {label}\n\nNga và Mỹ đàm phán về {label}.", encoding="utf-8"
        )
    (tmp_path / "table.csv").write_text("label,text\na,Nga và Mỹ\nb,Bão số 5\n", encoding="utf-8")
    (tmp_path / "lines.txt").write_text("__label__a Nga và Mỹ\n__label__b Bão số 5\n", encoding="utf-8")
    for name in ("folders", "table.csv", "lines.txt"):
        corpus = read_corpus([tmp_path / name])
        assert corpus.counts() == {"a": 1, "b": 1}
        assert corpus.primaries == [article.topics[0] for article in corpus.articles]


def test_articles_without_a_label_are_named_and_counted(tmp_path):
    """They are skipped with file and line; a corpus of nothing else is an error."""
    path = tmp_path / "c.jsonl"
    rows = [{"text": "Nga", "label": "a"}, {"text": "Mỹ"}, {"text": "Bão", "labels": '["x'}]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    named = []
    corpus = read_corpus([path], on_skip=named.append)
    assert len(corpus.articles) == 1
    assert [skipped.source for skipped in corpus.skipped] == [f"{path}:2", f"{path}:3"]
    assert named == corpus.skipped
    path.write_text('{"text": "Nga"}\n', encoding="utf-8")
    with pytest.raises(NoInputError, match="no labelled article"):
        read_corpus([path], on_skip=named.append)


def test_labels_are_in_alphabetical_order_with_other_last():
    """So are the counts, whatever the order of the articles."""
    corpus = Corpus(_articles((OTHER, "c", "a"), 2))
    assert corpus.labels == ["a", "c", OTHER]
    assert list(corpus.counts()) == ["a", "c", OTHER]


def test_a_fingerprint_tells_corpora_apart_but_not_orders():
    """It depends on texts and labels, not on their order or their ids."""
    articles = _articles("ab", 3)
    whole = Corpus(articles).fingerprint()
    assert Corpus(articles[::-1]).fingerprint() == whole
    assert Corpus(articles[:-1]).fingerprint() != whole
    relabelled = [*articles[:-1], Article(articles[-1].page, "a", ("a",))]
    assert Corpus(relabelled).fingerprint() != whole


def test_cross_validation_predicts_every_article_once_and_in_order():
    """A prediction for each article, in the order of the corpus, and no article's own words are known to its model."""
    articles = _articles("abc", 8)
    marked = [
        Article(Page(a.page.id, f"{a.page.title} dấu{a.primary}{n}", body=a.page.body), a.primary, a.topics)
        for n, a in enumerate(articles)
    ]
    found = cross_validate(Corpus(marked), TrainingSpec(FeatureSpec(("w1",)), prior=0.0, min_df=1), 4, explain=50)
    assert [prediction.id for prediction in found] == [article.page.id for article in marked]
    assert sum(p.topic == a.primary for p, a in zip(found, marked, strict=True)) >= 22
    for number, prediction in enumerate(found):
        assert not any(f"dấu{marked[number].primary}{number}" in reason.term for reason in prediction.reasons)


def test_near_duplicates_stay_together_in_cross_validation(corpus_rows):
    """A copy of an article is in the same group, so that it is never judged by a model that has seen the other."""
    rows = corpus_rows[:20]
    articles = [Article(Page(row["id"], row["title"], body=row["text"]), row["label"], ()) for row in rows]
    copies = [
        Article(Page(f"{a.page.id}-copy", a.page.title, body=a.page.body + " Hết."), a.primary, ()) for a in articles
    ]
    groups = duplicate_groups(Corpus([*articles, *copies]))
    assert groups[:20].tolist() == groups[20:].tolist()
    assert len(set(groups.tolist())) == 20


def test_the_future_is_judged_by_the_past():
    """Trained on the first dates, judged on the last; the date of the cut is named."""
    dates = [f"2026-01-{1 + n % 10:02}" for n in range(20)]
    articles = [
        replace(article, page=replace(article.page, date=date))
        for article, date in zip(_articles("ab", 10), dates, strict=True)
    ]
    found, split = past_and_future(Corpus(articles), PLAIN, 0.2)
    assert len(found.corpus.articles) == len(found.runs[0]) >= 4
    assert all(article.page.date >= split.first_future for article in found.corpus.articles)
    assert [prediction.id for prediction in found.runs[0]] == [article.page.id for article in found.corpus.articles]


def test_a_subset_keeps_the_asked_order(small_corpus):
    """Rows as given."""
    part = subset(small_corpus, np.array([5, 1]))
    assert part.articles == [small_corpus.articles[5], small_corpus.articles[1]]
    assert part.multi_topic == small_corpus.multi_topic
