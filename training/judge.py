"""Judges models on a labelled corpus: an artifact, a prediction file of any tool, or models trained for the purpose."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier import wording
from classifier.vietnamese.dates import page_dates
from eval.prediction_files import matched, named, read_predictions
from eval.scores.gold import check_labels

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from classifier.types import Page, Prediction
    from eval.scores.clusters import Clustered
    from eval.scores.gold import Judged
    from eval.scores.shape import Report
    from training.corpus import Corpus
    from training.validate import Validated

EXPLAINED = 8
CURVE_UP_TO = 5_000
"""Past so many articles a learning curve, which about doubles the time, is only made when asked for."""
_SLICES = ("site", "source", "hard", "kind")
_LENGTHS = ((60, "under 60 words"), (200, "60-199 words"), (500, "200-499 words"), (10**9, "500 words and more"))


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was found out about predictions: `report` is the value of report.json, field by field as
    docs/report-fields.md says (`report["scores"]["macro_f1"]["value"]`). `names` of labels are for people to read.
    """

    report: Report
    names: Mapping[str, str] = field(default_factory=dict)

    def write(self, folder: str | Path) -> list[Path]:
        """Writes report.json, report.html and the pictures into the folder; gives the files written."""
        from eval.report.report import write_report

        return write_report(self.report, folder, self.names)


def evaluate(
    corpus: Corpus,
    model: str | Path | None = None,
    *,
    predictions: str | Path | None = None,
    cv: int | None = None,
    repeats: int | None = None,
    by_date: bool = False,
    curve: bool | None = None,
    settings: Mapping[str, Any] | None = None,
    headlines: Clustered | None = None,
    names: Sequence[str] = ("corpus",),
    tell: Callable[[str], None] = lambda _line: None,
) -> Evaluation:
    """Judges a model on a corpus, as `chude eval` does.

    model: an artifact's folder, by default the world-news model; or one of `predictions` (a file of any tool), `cv`
    (the number of folds to cross-validate in, `repeats` times) and `by_date` (train on the past, judge the last fifth).
    curve: whether to train on parts of the articles too, by default up to CURVE_UP_TO of them. settings: of the models
    trained for it, as `spec_for` takes them. headlines: clusters to report on, see `training.headlines`. names: what
    the report calls the corpus. tell: called with a line before training, which takes the time. Raises ValueError for
    ways that exclude each other, UsageError where the corpus cannot be split so or the file does not fit it,
    ArtifactError for a folder that is no model.
    """
    if sum(way is not None and way is not False for way in (model, predictions, cv, by_date)) > 1:
        raise ValueError("model, predictions, cv and by_date exclude each other: give one")
    if settings and not (cv or by_date):
        raise ValueError("settings need cv or by_date: nothing else trains a model")
    if repeats and not cv:
        raise ValueError("repeats needs cv: only folds can be dealt again")
    from training.names import display_names

    check_labels(corpus.labels)
    corpus = corpus.in_one_order()
    if cv or by_date:
        found = judge_training(
            corpus, names, headlines, cv=cv, repeats=repeats, curve=curve, settings=settings, tell=tell
        )
        return Evaluation(found, display_names(corpus.labels))
    if predictions is not None:
        return Evaluation(judge_file(str(predictions), corpus, names, headlines))
    return judge_model(model, corpus, names, headlines)


def judge_model(
    model: str | Path | None, corpus: Corpus, names: Sequence[str], headlines: Clustered | None = None
) -> Evaluation:
    """The report on an artifact, with the names that it has for its labels."""
    from classifier.duplicates.fingerprints import fingerprint
    from classifier.duplicates.near_duplicates import find_copies
    from classifier.errors import ArtifactError
    from classifier.model.artifact import default_artifact, load, read_fingerprints, read_vocabulary
    from training.learn import weighted_terms

    folder = model or default_artifact()
    loaded = load(folder)
    vocabulary = read_vocabulary(folder)
    if len(vocabulary) != loaded.hashes.size:
        raise ArtifactError(str(folder), "was replaced by another model meanwhile", "run it again")
    copies = find_copies(read_fingerprints(folder), fingerprint(corpus.pages))
    report = report_on(
        corpus,
        loaded.predict(corpus.pages, explain=EXPLAINED),
        {"what": "model on a corpus", "model": loaded.info.get("name", ""), "corpus": list(names)},
        loaded.info.get("articles_by_topic", {}),
        loaded.info.get("top_terms", {}),
        loaded.labels,
        leaked=[number >= 0 for number in copies.known.tolist()],
        top_terms=weighted_terms(loaded, vocabulary),
        clusters=headlines,
    )
    return Evaluation(report, loaded.display_names)


def judge_file(path: str, corpus: Corpus, names: Sequence[str], headlines: Clustered | None = None) -> Report:
    """The report on what another tool has predicted; without a probability for every article none is looked at."""
    import numpy as np

    from eval.report.report import build_report
    from eval.scores.compare import NO_PREDICTION
    from eval.scores.gold import Judged, nearest

    found = read_predictions(Path(path))
    given = matched([page.id for page in corpus.pages], found, path)
    check_labels(corpus.labels, (one.topic for one in found.values()))
    sure = [one.probability for one in given if one is not None and one.probability is not None]
    remarks = texts_missing(corpus)
    lacking = sum(one is None for one in given)
    if lacking:
        remarks.append(
            f"{Path(path).name} has no prediction for {wording.number(lacking, 'article')}: counted as missed."
        )
    if len(sure) < len(given):
        count = wording.number(len(given) - len(sure), "article")
        remarks.append(f"Without a probability for {count} there is no calibration and no threshold to look at.")
    topics = [set(article.topics) for article in corpus.articles] if corpus.of_sets else None
    predicted = [NO_PREDICTION if one is None else one.topic for one in given]
    judged = Judged(
        ids=[page.id for page in corpus.pages],
        titles=openings(corpus.pages),
        gold=nearest(corpus.primaries, predicted, topics),
        predicted=predicted,
        gold_topics=topics,
        predicted_topics=None if topics is None else [set() if one is None else one.topics for one in given],
        sets=corpus.of_sets,
        probability=np.array(sure) if len(sure) == len(given) else None,
        slices=slices(corpus.pages),
        known=sorted({label for one in found.values() for label in (one.topic, *one.further)}),
    )
    meta = {"what": "predictions of another tool on a corpus", "predictions": Path(path).name, "corpus": list(names)}
    return build_report(judged, baselines={}, meta=meta, remarks=remarks, clusters=headlines)


def judge_training(
    corpus: Corpus,
    names: Sequence[str],
    headlines: Clustered | None,
    *,
    cv: int | None = None,
    repeats: int | None = None,
    curve: bool | None = None,
    settings: Mapping[str, Any] | None = None,
    tell: Callable[[str], None] = lambda _line: None,
) -> Report:
    """The report on models trained for it: on the other ones of `cv` folds, or on the past where there are no folds."""
    from classifier.errors import UsageError
    from training.fit.defaults import spec_for
    from training.validate import past_and_future, repeated_cross_validation

    spec = spec_for(corpus, **(settings or {}))
    curve = len(corpus.articles) <= CURVE_UP_TO if curve is None else curve
    meta: dict[str, Any] = {"corpus": list(names), "seed": spec.seed}
    if settings:
        meta["settings"] = dict(settings)
    undated: list[str] = []
    try:
        if cv:
            tell(_announcement(cv * (repeats or 1) + 1, 3 * cv if curve else 0))
            found = repeated_cross_validation(corpus, spec, cv, repeats or 1, curve=curve, explain=EXPLAINED)
            meta |= {"what": f"{cv}-fold cross-validation, near-duplicates kept together", "repeats": repeats or 1}
        else:
            tell(_announcement(1, 3 if curve else 0))
            found, split = past_and_future(corpus, spec, curve=curve, explain=EXPLAINED)
            undated = [corpus.articles[row].page.id for row in split.undated.tolist()]
            meta |= {
                "what": f"trained on articles before {split.first_future}, judged on those from then on",
                "first_future": split.first_future,
                "trained_on": len(split.past),
            }
    except ValueError as error:  # too few articles for the folds, or no dates: the split says which
        remedy = "" if cv else "name the column of dates with --date-column; they are read as 2026-02-03 or 3/2/2026"
        raise UsageError(", ".join(names), str(error), remedy) from error
    return _validated_report(found, meta, headlines, undated)


def _announcement(models: int, further: int) -> str:
    curve = f", and {further} on parts of the articles for the learning curve" if further else ""
    return f"training {wording.number(models, 'model')}{curve} …"


def _validated_report(
    found: Validated, meta: Mapping[str, Any], headlines: Clustered | None, undated: Sequence[str]
) -> Report:
    from eval.report.report import build_report

    judged = judged_from(found.corpus, found.runs[0], found.known, further_runs=found.runs[1:])
    remarks = [*found.remarks, *texts_missing(found.corpus)]
    if undated:
        remarks.insert(
            0, f"{wording.number(len(undated), 'article')} without a readable date left out: {named(undated)}."
        )
    return build_report(
        judged,
        baselines=found.baselines,
        meta=meta,
        leaked=found.leaked,
        learning_curve=found.learning_curve,
        top_terms=found.top_terms,
        clusters=headlines,
        remarks=remarks,
        left_out=undated,
    )


def report_on(
    corpus: Corpus,
    predictions: Sequence[Prediction],
    meta: dict[str, Any],
    trained_on: Mapping[str, int],
    key_terms: Mapping[str, Sequence[str]],
    known: Sequence[str],
    *,
    leaked: Sequence[bool] | None = None,
    top_terms: Mapping[str, Sequence[tuple[str, float]]] | None = None,
    clusters: Clustered | None = None,
) -> Report:
    """The report on predictions beside gold, with the two trivial baselines."""
    from eval.report.report import build_report
    from eval.scores.baselines import largest_class, nearest_key_words

    judged = judged_from(corpus, predictions, known)
    baselines = {}
    if trained_on:
        baselines["largest class"] = largest_class(trained_on, len(judged))
    if key_terms:
        terms = {topic: words for topic, words in key_terms.items() if topic != "other"}
        otherwise = "other" if "other" in known or not baselines else baselines["largest class"][0]
        baselines["nearest key words"] = nearest_key_words((page.text for page in corpus.pages), terms, otherwise)
    return build_report(
        judged,
        baselines=baselines,
        meta=meta,
        leaked=leaked,
        top_terms=top_terms,
        clusters=clusters,
        remarks=texts_missing(corpus),
    )


def judged_from(
    corpus: Corpus,
    predictions: Sequence[Prediction],
    known: Sequence[str],
    *,
    further_runs: Sequence[Sequence[Prediction]] = (),
) -> Judged:
    """Predictions beside the corpus's gold, with what it can be sliced by."""
    from eval.scores.gold import judge

    topics = [set(article.topics) for article in corpus.articles] if corpus.multi_topic else None
    return judge(
        predictions,
        corpus.primaries,
        gold_topics=topics,
        slices=slices(corpus.pages),
        known=known,
        further_runs=further_runs,
        sets=corpus.of_sets,
        titles=openings(corpus.pages),
    )


def openings(pages: Sequence[Page]) -> list[str]:
    """What a reader knows each page by: its title, or how its text begins."""
    return [wording.opening(page.title, page.text) for page in pages]


def texts_missing(corpus: Corpus) -> list[str]:
    """A sentence about the articles without text, which are judged by what is said of nothing."""
    empty = [page.id for page in corpus.pages if not page.text.strip()]
    count = wording.number(len(empty), "article")
    return [f"{count} without any text ({named(empty)}): judged like the others."] if empty else []


def slices(pages: Sequence[Page]) -> dict[str, list[str]]:
    """What the corpus's own columns say of each article, where they do for every second one; and its length."""
    found = {}
    for name in _SLICES:
        values = [page.site or None if name == "site" else page.extra.get(name) for page in pages]
        if sum(value is not None for value in values) * 2 >= len(values) and len(set(map(str, values))) > 1:
            found[name] = ["unknown" if value is None else _value(value) for value in values]
    years = [day[:4] for day in page_dates(pages).days]
    if any(years):
        found["year"] = [year or "undated" for year in years]
    lengths = [len(page.text.split()) for page in pages]
    found["length"] = [next(name for limit, name in _LENGTHS if words < limit) for words in lengths]
    return found


def _value(value: Any) -> str:
    return unicodedata.normalize("NFC", str(value).strip().lower())
