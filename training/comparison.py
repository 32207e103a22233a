"""Two models, or the predictions of any two tools, on the same gold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from classifier.model.artifact import load
from classifier.model.model import Model
from eval.prediction_files import Given, matched, read_predictions
from eval.scores.compare import NO_PREDICTION, Comparison
from eval.scores.compare import compare as compare_labels
from eval.scores.gold import check_labels
from eval.scores.label_sets import compare_sets

if TYPE_CHECKING:
    from training.corpus import Corpus

    Source = str | Path | Model
    """A model, its folder, or a prediction file (JSONL, CSV or TSV with `id` and `topic`)."""


def compare(a: Source, b: Source, corpus: Corpus, *, names: tuple[str, str] | None = None) -> Comparison:
    """Whether B is better than A on a labelled corpus by more than luck, as `chude compare` does.

    names: what to call them; else the names of their files. An article that a prediction file does not mention counts
    as a miss. Raises ArtifactError for a folder that is no model, UsageError for a file that does not fit the corpus.
    """
    corpus = corpus.in_one_order()
    first, second = (_said(source, corpus) for source in (a, b))
    check_labels(corpus.labels, *([one.topic for one in side] for side in (first, second)))
    ids, names = [page.id for page in corpus.pages], names or _names(a, b)
    if corpus.of_sets:
        gold = [article.topics for article in corpus.articles]
        sets = ([one.topics for one in side] for side in (first, second))
        return compare_sets(gold, *sets, ids=ids, names=names)
    labels = ([one.topic for one in side] for side in (first, second))
    return compare_labels(corpus.primaries, *labels, ids=ids, names=names)


def _said(source: Source, corpus: Corpus) -> list[Given]:
    """What a model or a prediction file says of each article of the corpus."""
    if not isinstance(source, Model) and not Path(source).is_dir():
        given = matched([page.id for page in corpus.pages], read_predictions(Path(source)), str(source))
        return [one or Given(NO_PREDICTION) for one in given]
    model = source if isinstance(source, Model) else load(source)
    return [Given(one.topic, one.probability, tuple(one.secondary)) for one in model.predict(corpus.pages)]


def _names(a: Source, b: Source) -> tuple[str, str]:
    first, second = (str(one.info.get("name", "")) if isinstance(one, Model) else Path(one).name for one in (a, b))
    if first != second:
        return first, second
    first, second = ("" if isinstance(one, Model) else str(one) for one in (a, b))
    return (first, second) if first != second else ("A", "B")
