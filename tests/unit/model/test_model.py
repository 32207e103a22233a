"""Guards predictions: what a label depends on, what it does not, and that explanations add up."""

from __future__ import annotations

import random
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier import load
from classifier.features import tokens as features
from classifier.features.kinds import readable, word_hashes
from classifier.features.spec import FeatureSpec
from classifier.model.artifact import save
from classifier.model.calibration import Calibration
from classifier.model.model import Model
from classifier.model.parallel import predict_parallel
from classifier.types import OTHER, Headline, Page
from classifier.vietnamese import segmenter, syllables
from eval.scores.metrics import per_label


@pytest.fixture(scope="module")
def pages(corpus_rows):
    """Every seventh article of the built-in corpus, without its label."""
    return [Page(row["id"], row["title"], body=row["text"], source=f"x:{row['id']}") for row in corpus_rows[::7]]


@pytest.fixture(scope="module")
def alone(small_model, pages):
    """What each page gets alone, with reasons."""
    return [small_model.predict([page], explain=8)[0] for page in pages]


def _assert_same(found, expected):
    """Equal predictions; probabilities up to the last bit, which the shape of a matrix product may change."""
    assert [(p.id, p.topic, p.secondary, p.title, p.source) for p in found] == [
        (p.id, p.topic, p.secondary, p.title, p.source) for p in expected
    ]
    for one, other in zip(found, expected, strict=True):
        assert one.probability == pytest.approx(other.probability, abs=1e-12)
        assert dict(_scores(one)) == pytest.approx(dict(_scores(other)), abs=1e-12)
        assert one.reasons == other.reasons


def _scores(prediction):
    return [(score.topic, score.probability) for score in prediction.topics]


def test_predictions_have_the_form_that_is_promised(small_model, pages):
    """Every label with a probability, most likely first, adding up to 1; "other" is never a further topic."""
    for page, prediction in zip(pages, small_model.predict(pages), strict=True):
        assert (prediction.id, prediction.title, prediction.source) == (page.id, page.title, page.source)
        probabilities = [score.probability for score in prediction.topics]
        assert probabilities == sorted(probabilities, reverse=True)
        assert sum(probabilities) == pytest.approx(1)
        assert {score.topic for score in prediction.topics} == set(small_model.labels)
        assert (prediction.topic, prediction.probability) in _scores(prediction)
        assert OTHER not in prediction.secondary
        assert prediction.topic not in prediction.secondary
        assert prediction.reasons is None


def test_the_model_has_learned_its_topics(small_model, small_corpus, corpus_rows):
    """Of the articles of each label that it has not seen it names most, far more than guessing gives."""
    seen = {page.id for page in small_corpus.pages}
    unseen = [row for row in corpus_rows if row["id"] not in seen]
    found = small_model.predict([Page(row["id"], row["title"], body=row["text"]) for row in unseen])
    rows = per_label([row["label"] for row in unseen], [one.topic for one in found])
    assert {row.label for row in rows if row.support} == set(small_model.labels)
    assert sum(row.recall for row in rows) / len(rows) > 0.7


def test_a_prediction_does_not_depend_on_its_company(small_model, pages, alone):
    """One by one, all at once, in another order, twice, in tiny batches, from a generator: the same."""
    _assert_same(small_model.predict(pages, explain=8), alone)
    order = list(range(len(pages)))
    random.Random(5).shuffle(order)  # noqa: S311  not for secrets
    _assert_same(small_model.predict([pages[i] for i in order], explain=8), [alone[i] for i in order])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segmenter, "BATCH_CHARACTERS", 2_000)
        _assert_same(list(small_model.iter_predict(iter(pages), explain=8)), alone)


def test_a_prediction_does_not_depend_on_what_was_read_before(small_artifact, pages, alone, monkeypatch):
    """With tables that are emptied all the time, and other questions asked in between, labels and reasons stay the
    same.
    """
    model = load(small_artifact)
    monkeypatch.setattr(segmenter, "BATCH_CHARACTERS", 3_000)
    monkeypatch.setattr(syllables, "MAX_RUNS", 200)
    monkeypatch.setattr(features, "MAX_SYLLABLES", 100)
    found = []
    for prediction in model.iter_predict(iter(pages), explain=8):
        found.append(prediction)
        if len(found) % 10 == 0:
            model.explain(pages[-len(found)])
            model.scores([pages[len(found) // 2]])
    _assert_same(found, alone)


def test_several_processes_give_what_one_gives(small_model, pages, monkeypatch):
    """The same predictions in the same order, whatever the number of jobs."""
    monkeypatch.setattr(segmenter, "BATCH_CHARACTERS", 20_000)
    one = list(small_model.iter_predict(pages, threshold=0.6, explain=3))
    several = list(predict_parallel(small_model, iter(pages), jobs=2, threshold=0.6, explain=3))
    assert several == one


def test_no_pages_give_no_predictions(small_model):
    """An empty list is no error, anywhere."""
    assert small_model.predict([]) == []
    assert small_model.scores([]).shape == (0, len(small_model.labels))
    assert list(predict_parallel(small_model, [], jobs=2, threshold=None, explain=0)) == []


def test_pages_without_words_get_the_label_of_nothing(small_model):
    """No text, or nothing that can be read: the intercepts decide, and there is nothing to explain."""
    first, *others = small_model.predict([Page("a"), Page("b", " ", body=" \n"), Page("c", body="\ud800")], explain=5)
    for prediction in (first, *others):
        assert _scores(prediction) == _scores(first)
        assert prediction.reasons == ()
    assert small_model.scores([Page("a")])[0] == pytest.approx(small_model.intercepts)


def test_only_title_lead_and_body_count(small_model, pages):
    """The related headlines, the byline, the id and the source have no influence."""
    page = pages[0]
    noise = (Headline("Syria: quân chính phủ giành lại Aleppo", "NATO họp thượng đỉnh"),) * 50
    other = Page("y", page.title, "NATO, Syria, Ukraine", page.lead, page.body, noise, "syria/nato.txt")
    assert small_model.scores([other]).tolist() == small_model.scores([page]).tolist()


@pytest.mark.parametrize("length", [300, 5_000])
def test_composed_and_decomposed_text_are_the_same(small_model, pages, length):
    """A page typed with combining accents gets the same labels, also where only a part of its body is looked at."""
    for page in pages[:20]:
        body = (page.body + "\n" + page.body * 3)[:length]
        forms = [
            Page("x", *(unicodedata.normalize(form, text) for text in (page.title, "", "", body)))
            for form in ("NFC", "NFD")
        ]
        composed, decomposed = small_model.predict(forms)
        assert (composed.topics, composed.secondary) == (decomposed.topics, decomposed.secondary)


def test_reasons_and_intercept_add_up_to_the_score(small_model, pages):
    """For every label: the contributions of all terms plus the intercept are its score."""
    for page in pages[:25]:
        scores = small_model.scores([page])[0]
        for column, label in enumerate(small_model.labels):
            reasons = small_model.explain(page, label)
            total = sum(reason.weight for reason in reasons) + float(small_model.intercepts[column])
            assert total == pytest.approx(scores[column], rel=1e-5, abs=1e-7)


def test_reasons_are_terms_of_the_page_strongest_first(small_model, pages):
    """What is named stands in the page, the strongest first; the default label is the predicted one."""
    for page in pages[:25]:
        prediction = small_model.predict([page], explain=5)[0]
        reasons = small_model.explain(page)
        assert list(prediction.reasons) == reasons[:5]
        weights = [abs(reason.weight) for reason in reasons]
        assert weights == sorted(weights, reverse=True)
        assert len({reason.term for reason in reasons}) == len(reasons)
        assert all("_" not in reason.term for reason in reasons)
        folded = " ".join(page.text.lower().split())
        assert sum(reason.term in folded for reason in reasons) >= 0.8 * len(reasons)  # the rest has a second spelling
    assert small_model.explain(pages[0], "no such topic") == []
    assert readable("đối_thoại chiến_lược") == "đối thoại chiến lược"


def test_a_threshold_of_zero_names_the_likeliest_and_of_one_nothing(small_model, pages):
    """At 0 the first of the list is named, at 1 everything is "other", with its probability."""
    for prediction in small_model.predict(pages, threshold=0.0):
        assert prediction.topic == prediction.topics[0].topic
    for prediction in small_model.predict(pages, threshold=1.0):
        assert prediction.topic == OTHER
        assert (OTHER, prediction.probability) in _scores(prediction)


def test_a_higher_threshold_names_fewer_topics(small_model, pages):
    """A topic is named exactly where it comes first and reaches the threshold."""
    for threshold in (0.3, 0.6, 0.9):
        for prediction in small_model.predict(pages, threshold=threshold):
            best = prediction.topics[0]
            named = best.topic != OTHER and best.probability >= threshold
            assert prediction.topic == (best.topic if named else OTHER)


def _toy(labels, **calibration):
    size = len(labels)
    fitted = {
        "scale": np.eye(size, dtype=np.float32),
        "offset": np.zeros(size, dtype=np.float32),
        "secondary": np.tile(np.array([1.0, 0.0], dtype=np.float32), (size, 1)),
        "threshold": 0.0,
        "secondary_threshold": 2.0,
    }
    return Model(
        labels=labels,
        features=FeatureSpec(terms=("w1",)),
        hashes=word_hashes(["nga", "mỹ"]),
        idf=np.ones(2, dtype=np.float32),
        weights=np.array([[1, -1, 0][:size], [-1, 1, 0][:size]], dtype=np.float32),
        intercepts=np.zeros(size, dtype=np.float32),
        calibration=Calibration(**{**fitted, **calibration}),
    )


def test_a_model_without_other_says_how_unlikely_its_best_label_is():
    """Below the threshold the answer is "other", with the chance that the likeliest label is wrong."""
    model = _toy(["a", "b"])
    named, unsure = (model.predict([Page("x", "Nga")], threshold=t)[0] for t in (0.5, 0.95))
    assert named.topic == "a"
    assert unsure.topic == OTHER
    assert unsure.probability == pytest.approx(1 - named.probability)
    assert [score.topic for score in unsure.topics] == ["a", "b"]
    assert model.predict([Page("x", "Nga")], threshold=0.95, explain=3)[0].reasons == ()


def test_further_topics_are_those_that_apply():
    """Every label that is likely enough by itself, but not the primary one and never "other"."""
    model = _toy(["a", "b", OTHER], secondary_threshold=0.4)
    assert model.predict([Page("x", "Nga Mỹ")])[0].secondary == ("b",)
    assert model.predict([Page("x", "Nga")])[0].secondary == ()
    assert _toy(["a", "b", OTHER]).predict([Page("x", "Nga Mỹ")])[0].secondary == ()


def test_equally_likely_labels_come_in_their_own_order():
    """A tie is broken the same way every time."""
    assert [score.topic for score in _toy(["b", "a"]).predict([Page("x", "Nga Mỹ")])[0].topics] == ["b", "a"]


@given(st.lists(st.floats(-1e30, 1e30), min_size=3, max_size=3))
@settings(max_examples=100, deadline=None)
def test_probabilities_stay_probabilities_for_any_score(scores):
    """No overflow, no NaN, sums of 1, whatever the score."""
    calibration = _toy(["a", "b", "c"]).calibration
    primary, applies = (how(np.array([scores])) for how in (calibration.primary, calibration.applies))
    assert primary.sum() == pytest.approx(1)
    assert ((primary >= 0) & (primary <= 1) & (applies >= 0) & (applies <= 1)).all()


def test_a_group_of_texts_has_the_label_of_their_mean(small_model):
    """A cluster of headlines about one thing is labelled once, whatever their order."""
    group = [
        Page("1", "Nga và Mỹ đàm phán gia hạn hiệp ước cắt giảm vũ khí hạt nhân"),
        Page("2", "START mới: hai bên bàn về kiểm chứng đầu đạn"),
        Page("3", "Thời tiết hôm nay"),
    ]
    assert small_model.topics_of_groups([group, group[::-1]]) == ["arms_control", "arms_control"]


def test_any_text_gets_a_prediction(small_model, tmp_path):
    """Arbitrary Unicode neither fails nor changes the model."""
    rng = random.Random(3)  # noqa: S311  not for secrets
    many = [
        Page(str(n), *("".join(chr(rng.randrange(1, 0x11000)) for _ in range(rng.randrange(300))) for _ in range(4)))
        for n in range(60)
    ]
    assert len(small_model.predict(many, explain=3)) == 60
    save(tmp_path / "m", small_model, ["x"] * small_model.hashes.size, "")
    assert load(tmp_path / "m").predict(many) == small_model.predict(many)
