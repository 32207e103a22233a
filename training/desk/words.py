"""`chude train --topics`: a model of topics that are named by words alone, from articles that nobody has labelled."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.duplicates.fingerprints import fingerprint
from classifier.errors import UsageError
from classifier.model.artifact import save
from classifier.types import OTHER
from training.card import model_card
from training.corpus import Article, Corpus
from training.desk.features import features_of
from training.desk.seeds import UNKNOWN, as_if_labelled, point
from training.fit.defaults import spec_for
from training.hub import metadata
from training.learn import Trained, train

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classifier.types import Page
    from training.desk.topics import TopicWords

CONFIDENCE = 0.5
"""The log-odds shrink by it: articles that point to a topic clearly are easier than those that will come."""


@dataclass(frozen=True, slots=True)
class FromWords:
    """A model, how many articles it was made from, and how many of these pointed to each topic."""

    trained: Trained
    articles: int
    pointed: dict[str, int]


def train_on_words(
    topics: Sequence[TopicWords], pages: Sequence[Page], folder: str | Path, **changes: Any
) -> FromWords:
    """Writes a model of the topics to a folder; `changes` as `training.fit.defaults.spec_for`.

    Raises UsageError where fewer than two topics (or one and "other") have an article that points to them.
    """
    corpus = corpus_of_words(topics, pages)
    if len(set(corpus.primaries)) < 2:
        what = "the words of fewer than two topics stand in these articles"
        raise UsageError("topics", what, "give more words, or more articles")
    spec = spec_for(corpus, **({"confidence": CONFIDENCE} | changes))
    trained = train(corpus, spec, name=Path(folder).name)
    model = trained.model
    model.info["from_words"] = {
        "articles": len(pages),
        "topics": {topic.name: {"words": list(topic.words), "not": list(topic.against)} for topic in topics},
    }
    model.info["command"] = f"chude train --topics TOPICS PAGES -o {model.info['name']}"
    model.info["card"] = metadata(model.info)  # without scores
    save(folder, model, trained.vocabulary, model_card(model), fingerprint(corpus.pages))
    counts = corpus.counts()
    names = [*(topic.name for topic in topics), *([OTHER] if OTHER in counts else [])]
    return FromWords(trained, len(pages), {name: counts.get(name, 0) for name in names})


def corpus_of_words(topics: Sequence[TopicWords], pages: Sequence[Page]) -> Corpus:
    """The articles that point to one topic clearly, labelled with it; with "other" those that point to none."""
    pages = sorted(pages, key=lambda page: (page.text, page.id))
    features = features_of(range(1, len(pages) + 1), pages)
    rows, places = as_if_labelled(point(features, topics))
    names = [OTHER if place == UNKNOWN else topics[place].name for place in places.tolist()]
    articles = [
        Article(pages[row], name, () if name == OTHER else (name,))
        for row, name in zip(rows.tolist(), names, strict=True)
    ]
    return Corpus(articles)
