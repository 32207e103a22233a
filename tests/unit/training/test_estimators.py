"""Guards chude's estimators: scikit-learn's own checks, its tools around them, the same numbers as `chude train`."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.svm import LinearSVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from classifier import load
from classifier.types import Page
from training import SegmentedTfidf, TopicClassifier, read_corpus

LABELS = ("syria", "arms_control", "other")


@pytest.fixture(scope="module")
def articles(corpus_rows):
    """Texts and labels: thirty of each of three topics."""
    return [row for label in LABELS for row in [row for row in corpus_rows if row["label"] == label][:30]]


@pytest.fixture(scope="module")
def texts(articles):
    """Title and text of each, as one text."""
    return [f"{row['title']}. {row['text']}" for row in articles]


@pytest.fixture(scope="module")
def labels(articles):
    """The label of each."""
    return np.array([row["label"] for row in articles])


@pytest.fixture(scope="module")
def fitted(texts, labels):
    """A classifier of all."""
    return TopicClassifier(random_state=7).fit(texts, labels)


@parametrize_with_checks([TopicClassifier(), SegmentedTfidf()])
@pytest.mark.filterwarnings("ignore:Can't test estimator")
def test_scikit_learns_own_checks(estimator, check):
    """Of estimators that take texts scikit-learn checks what needs no data; none is expected to fail."""
    check(estimator)


def test_the_same_numbers_as_the_command_gives(articles, tmp_path, chude):
    """On the same corpus: the probabilities of `chude train` and `chude predict`, to the digits that these print."""
    file = tmp_path / "c.jsonl"
    rows = [{name: row[name] for name in ("id", "title", "text", "label")} for row in articles]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert chude("train", file, "-o", tmp_path / "m", "--seed", "7").code == 0
    rows = chude("predict", file, "-m", tmp_path / "m", "--format", "jsonl").rows
    corpus = read_corpus([file])
    made = TopicClassifier(random_state=7).fit(corpus.pages, corpus.primaries)
    shares = made.predict_proba(corpus.pages)
    for row, own, topic in zip(rows, shares, made.predict(corpus.pages), strict=True):
        theirs = {one["topic"]: one["probability"] for one in row["topics"]}
        assert [theirs[name] for name in made.classes_] == pytest.approx(own.tolist(), abs=1e-6)
        assert row["topic"] == topic


def test_in_all_shapes_that_texts_come_in(fitted, articles, texts):
    """Lists, Series, arrays, frames with titles, dicts and pages."""
    usual = fitted.predict_proba(texts)
    assert np.allclose(usual.sum(axis=1), 1)
    for same in (tuple(texts), pd.Series(texts), np.array(texts, dtype=object), np.array(texts, dtype=object)[:, None]):
        assert (fitted.predict_proba(same) == usual).all()
    frame = pd.DataFrame(articles)[["title", "text"]]
    rows = fitted.predict_proba(frame)
    assert (rows == fitted.predict_proba(frame.to_dict("records"))).all()
    assert (fitted.predict_proba([Page("0", body=texts[0])]) == usual[:1]).all()
    assert fitted.predict_proba([]).shape == (0, 3)


def test_its_answers_fit_together(fitted, texts, labels):
    """Classes in order, the likeliest predicted, scores of the same order of size, accuracy as score."""
    assert fitted.classes_.tolist() == sorted(set(labels))
    shares, scores = fitted.predict_proba(texts), fitted.decision_function(texts)
    assert shares.shape == scores.shape == (len(texts), 3)
    assert (fitted.predict(texts) == fitted.classes_[shares.argmax(axis=1)]).all()
    assert fitted.score(texts, labels) > 0.95
    assert fitted.model_.labels[-1] == "other"  # which stands last there, and by the alphabet here
    assert (fitted.classes_[scores.argmax(axis=1)] == labels).mean() > 0.95


@pytest.mark.parametrize("kind", [int, float, bool, str])
def test_classes_of_any_kind_come_back(texts, labels, kind, tmp_path):
    """Also from a folder; two classes have one score."""
    two = np.array([kind(label == "syria") for label in labels])
    made = TopicClassifier().fit(texts, two)
    assert made.predict(texts[:3]).dtype.kind == np.array([kind(1)]).dtype.kind
    assert made.decision_function(texts).shape == (len(texts),)
    assert (made.classes_[(made.decision_function(texts) > 0).astype(int)] == two).mean() > 0.95
    made.save(tmp_path / "m")
    again = TopicClassifier.load(tmp_path / "m")
    assert again.classes_.tolist() == made.classes_.tolist()
    assert (again.predict_proba(texts) == made.predict_proba(texts)).all()


def test_several_topics_an_article(texts, labels, tmp_path):
    """As a matrix, and as sets, which are the same; each class has a probability by itself."""
    sets = [set() if label == "other" else {label} for label in labels]
    for one in sets[:10]:
        one.add("đầu tuần")
    binarizer = MultiLabelBinarizer()
    matrix = binarizer.fit_transform(sets)
    by_matrix, by_sets = TopicClassifier().fit(texts, matrix), TopicClassifier().fit(texts, sets)
    assert by_sets.classes_.tolist() == binarizer.classes_.tolist()
    shares = by_matrix.predict_proba(texts)
    assert shares.shape == matrix.shape
    assert np.allclose(shares, by_sets.predict_proba(texts), atol=1e-6)
    assert (binarizer.transform(by_sets.predict(texts)) == by_matrix.predict(texts)).all()
    assert by_matrix.score(texts, matrix) > 0.6
    by_sets.save(tmp_path / "m")
    assert TopicClassifier.load(tmp_path / "m").predict(texts) == by_sets.predict(texts)


def test_weights_count(texts, labels):
    """An article of weight 0 is as none; a heavy wrong label outweighs; equal weights change nothing."""
    assert (
        TopicClassifier().fit(texts, labels, sample_weight=np.ones(len(texts))).predict_proba(texts)
        == TopicClassifier().fit(texts, labels).predict_proba(texts)
    ).all()
    some = np.arange(len(texts)) % 3 > 0
    left_out = TopicClassifier().fit(texts, labels, sample_weight=some)
    without = TopicClassifier().fit([text for text, one in zip(texts, some, strict=True) if one], labels[some])
    assert (left_out.predict_proba(texts) == without.predict_proba(texts)).all()
    wrong = labels.copy()
    wrong[0] = "other"
    weights = np.ones(len(texts))
    light = TopicClassifier(C=1.0).fit(texts, wrong, sample_weight=weights).decision_function(texts[:1])
    weights[0] = 50
    heavy = TopicClassifier(C=1.0).fit(texts, wrong, sample_weight=weights).decision_function(texts[:1])
    assert heavy[0, 1] > light[0, 1] + 0.1
    for bad in (weights[1:], -weights, np.full(len(texts), np.nan)):
        with pytest.raises(ValueError, match="sample_weight"):
            TopicClassifier().fit(texts, labels, sample_weight=bad)


def test_scikit_learns_tools_take_them(texts, labels):
    """Searches, cross-validation, calibration, votes and pipelines."""
    found = GridSearchCV(TopicClassifier(), {"C": [0.3, 1.0], "terms": [("w1",), ("w1", "w2")]}, cv=2).fit(
        texts, labels
    )
    assert found.best_score_ > 0.8
    assert (cross_val_predict(TopicClassifier(C=1.0), texts, labels, cv=3) == labels).mean() > 0.8
    shares = cross_val_predict(TopicClassifier(C=1.0), texts, labels, cv=3, method="predict_proba")
    assert np.allclose(shares.sum(axis=1), 1)
    calibrated = CalibratedClassifierCV(TopicClassifier(C=1.0), cv=2).fit(texts, labels)
    assert calibrated.predict_proba(texts).shape == (len(texts), 3)
    piped = make_pipeline(SegmentedTfidf(min_df=2), LinearSVC()).fit(texts, labels)
    assert piped.score(texts, labels) > 0.95
    votes = VotingClassifier([("a", TopicClassifier(C=1.0)), ("b", piped)]).fit(texts, labels)
    assert votes.score(texts, labels) > 0.95


def test_words_as_pyvi_joins_them(texts):
    """Rows of unit length over terms that have names; unknown texts are empty rows."""
    made = SegmentedTfidf(min_df=2)
    rows = made.fit_transform(texts)
    names = made.get_feature_names_out()
    assert rows.shape == (len(texts), names.size)
    assert "hạt_nhân" in names
    assert np.allclose(np.sqrt(rows.multiply(rows).sum(axis=1)), 1)
    assert abs(rows - made.transform(texts)).max() == 0
    assert made.transform(["zzz qqq"]).nnz == 0
    assert set(SegmentedTfidf(terms=("w1", "w2"), min_df=2).fit(texts).get_feature_names_out()) > set(names)
    assert SegmentedTfidf(max_terms=50).fit_transform(texts).shape[1] == 50
    with pytest.raises(ValueError, match="no term"):
        SegmentedTfidf(min_df=3).fit(["a", "b"])
    with pytest.raises(ValueError, match="unknown kinds"):
        SegmentedTfidf(terms=("x9",)).fit(texts)


def test_it_travels_and_is_kept_without_pickle(fitted, texts, tmp_path, labels):
    """Pickled for workers, saved as any model of chude's; shown with labels and terms."""
    assert (pickle.loads(pickle.dumps(fitted)).predict_proba(texts) == fitted.predict_proba(texts)).all()  # noqa: S301 (our own)
    fitted.save(tmp_path / "m")
    assert [one.topic for one in load(tmp_path / "m").predict(texts)] == fitted.predict(texts).tolist()
    again = TopicClassifier.load(tmp_path / "m")
    assert again.get_params() == fitted.get_params()
    again.save(tmp_path / "n")
    assert (tmp_path / "n" / "weights.npz").read_bytes() == (tmp_path / "m" / "weights.npz").read_bytes()
    page = fitted._repr_html_()
    assert "syria" in page
    assert "heaviest terms" in page
    assert "TopicClassifier" in TopicClassifier()._repr_html_()
    assert "<script" not in TopicClassifier().fit(texts, np.where(labels == "syria", "<script>", labels))._repr_html_()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("một bài", ["a"]), "takes a list"),
        ((["a", None], ["x", "y"]), "item 1"),
        ((["a", "b"], ["x"]), "2 texts and 1 labels"),
        ((np.zeros((4, 3)), list("abab")), r"shape \(4, 3\)"),
        ((["a b", "c d"], [1, "1"]), "several types"),
    ],
)
def test_what_is_wrong_is_said(given, said):
    """With the right call, or the place."""
    with pytest.raises((TypeError, ValueError), match=said):
        TopicClassifier().fit(given[0], np.array(given[1], dtype=object) if given[1] == [1, "1"] else given[1])


def test_the_specification_is_the_commands(articles):
    """What is not named is chosen as `chude train` chooses."""
    pages = [Page(row["id"], row["title"], body=row["text"]) for row in articles]
    made = TopicClassifier(solver="logistic", min_df=3).fit(pages, [row["label"] for row in articles])
    assert (made.spec_["solver"], made.spec_["min_df"], made.spec_["seed"]) == ("logistic", 3, 13)
