"""`chude train`: a corpus in, a model folder out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from classifier import wording
from classifier.cli import common, writers


@click.command("train", short_help="Trains a model on your corpus, or on the built-in one.")
@click.argument("corpora", metavar="[CORPUS…]", nargs=-1)
@click.option("-o", "--output", "target", metavar="FOLDER", required=True, help="Where to write the model.")
@click.option("--min-df", type=common.Whole(1), metavar="N", help="Drop terms that stand in fewer articles.")
@click.option("--max-terms", type=common.Whole(0), metavar="N", help="Keep the N most frequent terms. [default: all]")
@click.option(
    "-C",
    "c",
    type=common.FiniteRange(0, min_open=True),
    metavar="X",
    help="Inverse regularisation of the machine.",
)
@click.option(
    "--solver",
    type=click.Choice(["svm", "logistic"]),
    help="The linear machine: an SVM or logistic regression. [default: svm]",
)
@click.option("--folds", type=common.Whole(2), metavar="K", help="Folds of the cross-validation. [default: 5]")
@click.option("--seed", type=common.Whole(0), metavar="N", help="Seed of every random choice.")
@common.encoding_option
@common.column_options
def command(corpora: tuple[str, ...], target: str, encoding: str | None, **options: Any) -> int:
    """Trains a model on your own corpus, or on the built-in one, and prints its cross-validated scores.

    A corpus is a folder per label, or a JSONL, CSV, TSV, Parquet or fastText file with texts and labels.

    \b
    Examples:
      $ chude train -o artifacts/world-news
      $ chude train my-news.csv --text-column content --label-column section -o my-model
    """
    from classifier.disk.atomic import check_replaceable
    from classifier.model.artifact import CONTENTS
    from training import read_corpus, train
    from training.card import FEW
    from training.fit.defaults import spec_for

    common.check_target(target, corpora)
    check_replaceable(Path(target), CONTENTS)  # before the work, not after it
    tally = common.Tally()
    columns = common.columns_from(options)
    corpus = read_corpus(corpora, columns=columns, encoding=encoding, on_skip=tally.skip)
    tally.used = len(corpus.articles)
    wording.say(
        f"chude: training on {wording.number(tally.used, 'article')}, {wording.number(len(corpus.labels), 'label')} …"
    )
    trained = train(
        corpus, spec_for(corpus, **{key: value for key, value in options.items() if value is not None}), folder=target
    )
    click.echo(scores_table(trained.info), nl=False)
    few = [f"{label} ({count})" for label, count in corpus.articles_with().items() if count < FEW]
    if few:
        wording.say(f"chude: labels with fewer than {FEW} articles, hardly learned and hardly judged: {', '.join(few)}")
    wording.say(f"chude: wrote {target}; try: chude predict PAGE… -m {target}")
    return tally.finish("used for training", what="article")


def scores_table(info: dict[str, Any]) -> str:
    """The cross-validated scores as text."""
    from io import StringIO

    stream = StringIO()
    scores = info["cross_validated"]
    rows = [
        [label, f"{count:,}", *(f"{scores['per_topic'][label][key]:.3f}" for key in ("precision", "recall", "f1"))]
        if label in scores["per_topic"]
        else [label, f"{count:,}", "–", "–", "–"]
        for label, count in info["articles_by_topic"].items()
    ]
    writers.console_table(["topic", "articles", "precision", "recall", "F1"], rows, stream)
    return stream.getvalue() + (
        f"cross-validated, {info['training']['folds']} folds: "
        f"accuracy {scores['accuracy']:.3f}, macro-F1 {scores['macro_f1']:.3f}\n"
    )
