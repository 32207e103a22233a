"""`chude eval`: how far a model can be trusted, in numbers with intervals and in pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from classifier.cli import common

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classifier.types import Page, Prediction
    from eval.gold import Judged
    from training.corpus import Corpus

EXPLAINED = 8
_SLICES = ("site", "source", "hard", "kind")
_LENGTHS = ((60, "under 60 words"), (200, "60-199 words"), (500, "200-499 words"), (10**9, "500 words and more"))


@click.command("eval")
@click.argument("corpora", metavar="[CORPUS…]", nargs=-1)
@common.model_option
@click.option("--cv", type=click.IntRange(2), metavar="K", help="Cross-validate in K folds instead of judging a model.")
@click.option("--by-date", is_flag=True, help="Train on the past, test on the last fifth by date.")
@common.encoding_option
@common.column_options
@click.option(
    "-o", "--output", "target", metavar="DIR", required=True, help="Folder for report.json, report.html and plots."
)
def command(
    corpora: tuple[str, ...],
    model: str | None,
    cv: int | None,
    by_date: bool,
    encoding: str | None,
    target: str,
    **options: Any,
) -> int:
    """Judges a model on a labelled corpus, or cross-validates on the corpus itself (the built-in one unless named).

    \b
    Examples:
      $ chude eval gold.jsonl -o report/
      $ chude eval --cv 5 my-news.csv -o report/
    """
    from classifier.atomic import check_replaceable
    from training.corpus import read_corpus

    if cv and by_date:
        raise click.UsageError("--cv and --by-date exclude each other")
    if model and (cv or by_date):
        raise click.UsageError("-m has no use with --cv or --by-date: they train models of their own")
    if not corpora and not (cv or by_date):
        raise click.UsageError("name a CORPUS to judge the model on, or cross-validate with --cv K")
    check_replaceable(Path(target), "report.json")  # before the work, not after it
    tally = common.Tally()
    columns = common.columns_from(options)
    corpus = read_corpus(corpora, columns=columns, encoding=encoding, on_skip=tally.skip)
    tally.used = len(corpus.articles)
    names = [Path(path).name for path in corpora] or ["built-in corpus"]
    report = _trained_here(corpus, cv, names) if cv or by_date else judge_model(model, corpus, names)
    write(report, target)
    return tally.finish("judged", what="article")


def judge_model(model: str | None, corpus: Corpus, names: Sequence[str]) -> dict[str, Any]:
    """The report on an artifact."""
    loaded = common.load_model(model)
    predictions = loaded.predict(corpus.pages, explain=EXPLAINED)
    meta = {"what": "model on a corpus", "model": loaded.info.get("name", ""), "corpus": list(names)}
    trained_on = loaded.info.get("articles_by_topic", {})
    key_terms = loaded.info.get("top_terms", {})
    return report_on(corpus, predictions, meta, trained_on, key_terms, loaded.labels, leaked=_leaked(model, corpus))


def _leaked(model: str | None, corpus: Corpus) -> list[bool]:
    """Which articles of the corpus, or near-duplicates of them, the model was trained on."""
    from classifier.artifact import default_artifact, read_fingerprints
    from classifier.fingerprints import fingerprint
    from classifier.near_duplicates import find_copies

    copies = find_copies(read_fingerprints(model or default_artifact()), fingerprint(corpus.pages))
    return [number >= 0 for number in copies.known.tolist()]


def _trained_here(corpus: Corpus, cv: int | None, names: Sequence[str]) -> dict[str, Any]:
    from classifier.errors import UsageError
    from training.crossval import cross_validate, duplicate_groups, train_past_test_future
    from training.defaults import spec_for

    spec = spec_for(corpus)
    try:
        if cv:
            predictions = cross_validate(corpus, spec, cv, groups=duplicate_groups(corpus).tolist(), explain=EXPLAINED)
            meta = {"what": f"{cv}-fold cross-validation, near-duplicates kept together", "corpus": list(names)}
            judged = corpus
        else:
            dates = [str(page.extra.get("date") or "") for page in corpus.pages]
            judged, predictions, cut = train_past_test_future(corpus, spec, dates, 0.2, explain=EXPLAINED)
            meta = {"what": f"trained on articles before {cut}, judged on those from then on", "corpus": list(names)}
    except ValueError as error:  # too few articles for the folds, or no dates: the split says which
        raise UsageError(", ".join(names), str(error)) from error
    return report_on(judged, predictions, {**meta, "seed": spec.seed}, corpus.counts(), {}, corpus.labels)


def report_on(
    corpus: Corpus,
    predictions: Sequence[Prediction],
    meta: dict[str, Any],
    trained_on: dict[str, int],
    key_terms: dict[str, list[str]],
    known: Sequence[str],
    leaked: Sequence[bool] | None = None,
) -> dict[str, Any]:
    """The report on predictions beside gold, with the two trivial baselines."""
    from eval.baselines import largest_class, nearest_key_words
    from eval.report import build_report

    judged = judged_from(corpus, predictions, known)
    baselines = {}
    if trained_on:
        labels = [label for label, count in trained_on.items() for _ in range(count)]
        baselines["largest class"] = largest_class(labels, len(judged))
    if key_terms:
        terms = {topic: words for topic, words in key_terms.items() if topic != "other"}
        baselines["nearest key words"] = nearest_key_words((page.text for page in corpus.pages), terms)
    return build_report(judged, baselines=baselines, meta=meta, leaked=leaked)


def judged_from(corpus: Corpus, predictions: Sequence[Prediction], known: Sequence[str]) -> Judged:
    """Predictions beside the corpus's gold, with what it can be sliced by."""
    from eval.gold import judge

    topics = [set(article.topics) for article in corpus.articles] if corpus.multi_topic else None
    return judge(predictions, corpus.primaries, gold_topics=topics, slices=slices(corpus.pages), known=known)


def slices(pages: Sequence[Page]) -> dict[str, list[str]]:
    """What the corpus's own columns say of each article, where they do for every second one; and its length."""
    found = {}
    for name in _SLICES:
        values = [page.extra.get(name) for page in pages]
        if sum(value is not None for value in values) * 2 >= len(values) and len(set(map(str, values))) > 1:
            found[name] = ["unknown" if value is None else str(value).lower() for value in values]
    years = [str(page.extra.get("date") or "")[:4] for page in pages]
    if any(years):
        found["year"] = [year or "undated" for year in years]
    lengths = [len(page.text.split()) for page in pages]
    found["length"] = [next(name for limit, name in _LENGTHS if words < limit) for words in lengths]
    return found


def write(report: dict[str, Any], target: str) -> None:
    """Writes the report's folder and prints the scores."""
    from classifier.atomic import replacing_folder
    from eval.report import write_report

    with replacing_folder(Path(target), marker="report.json") as folder:
        write_report(report, folder)
    click.echo(summary(report), nl=False)
    common.say(f"chude: wrote {target}; open {target}/report.html")


def summary(report: dict[str, Any]) -> str:
    """The scores of a report as a table for the terminal, and what to know first."""
    from io import StringIO

    stream = StringIO()
    columns = ("precision", "recall", "f1")
    rows = [
        [row["label"], f"{row['support']:,}", *(_score(row[name]) for name in columns)] for row in report["per_topic"]
    ]
    common.console_table(["topic", "articles", "precision", "recall", "F1"], rows, stream)
    scores = report["scores"]
    named = {"accuracy": "accuracy", "macro_f1": "macro-F1"}
    lines = [f"{shown} {_score(scores[key])}" for key, shown in named.items()]
    reliability = report["reliability"]
    if reliability:
        lines.append(f"calibration error {_score(reliability['calibration_error'])}")
    lines += [f"baseline, {name}: macro-F1 {_score(found['macro_f1'])}" for name, found in report["baselines"].items()]
    lines.append("(value [95 % interval])")
    return stream.getvalue() + "".join(f"{line}\n" for line in (*lines, *(f"note: {note}" for note in report["notes"])))


def _score(score: dict[str, Any]) -> str:
    if score["value"] is None:
        return "–"
    if score["low"] is None:
        return f"{score['value']:.3f}"
    return f"{score['value']:.3f} [{score['low']:.3f}, {score['high']:.3f}]"
