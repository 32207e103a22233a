"""Guards what a card says to hubs: keys that they know, YAML that they read, scores that were measured."""

from __future__ import annotations

import json

import pytest
from conftest import PROJECT

from training.hub import front_matter, metadata

INFO = {
    "name": 'my "model": 1 # no',
    "built_in": False,
    "cross_validated": {"accuracy": 0.91234567, "macro_f1": 0.5},
    "real_news": {"accuracy": 0.8, "macro_f1": 0.75},
}


def test_scores_stand_in_the_index():
    found = metadata(INFO)
    assert (found["language"], found["library_name"], found["pipeline_tag"]) == ("vi", "chude", "text-classification")
    assert "license" not in found  # whose the corpus is, nobody has said
    (entry,) = found["model-index"]
    values = [[metric["value"] for metric in one["metrics"]] for one in entry["results"]]
    assert (entry["name"], values) == (INFO["name"], [[0.8, 0.75], [0.912346, 0.5]])


def test_a_model_from_words_claims_no_score():
    assert "model-index" not in metadata(INFO | {"from_words": {"articles": 3, "topics": {}}})


def test_any_yaml_reader_reads_it():
    """Values are JSON, which is YAML; names with quotes, colons and hashes stay what they are."""
    yaml = pytest.importorskip("yaml")
    found = metadata(INFO)
    first, text, rest = front_matter(found).split("---\n")
    assert (first, rest) == ("", "")
    assert yaml.safe_load(text) == found


def test_the_shipped_card_is_one_that_hubs_read():
    """As text, and as huggingface_hub reads it: scores and all."""
    text = (PROJECT / "artifacts" / "world-news" / "card.md").read_text(encoding="utf-8")
    info = json.loads((PROJECT / "artifacts" / "world-news" / "model.json").read_text(encoding="utf-8"))["info"]
    assert text.startswith(front_matter(info["card"]) + "# world-news")
    assert info["card"]["license"] == "mit"
    hub = pytest.importorskip("huggingface_hub")
    data = hub.ModelCard(text).data
    assert (data.library_name, data.language, data.license) == ("chude", "vi", "mit")
    scores = {(one.dataset_type, one.metric_type): one.metric_value for one in data.eval_results}
    assert scores["real_news", "f1"] == round(info["real_news"]["macro_f1"], 6)
