"""`chude eval`: how far a model can be trusted, in numbers with intervals and in pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from classifier import wording
from classifier.cli import common, writers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eval.scores.intervals import ScoreJson
    from eval.scores.shape import Repeats, Report
    from training.judge import Evaluation


@click.command("eval", short_help="Judges a model, or cross-validates: a report with plots.")
@click.argument("corpora", metavar="[CORPUS…]", nargs=-1)
@common.model_option
@click.option(
    "--predictions", metavar="FILE", help="Judge what any tool has predicted: JSONL or CSV with `id` and `topic`."
)
@click.option("--cv", type=common.Whole(2), metavar="K", help="Cross-validate in K folds instead of judging a model.")
@click.option("--repeats", type=common.Whole(1, 100), metavar="R", help="Cross-validate R times, with other folds.")
@click.option("--by-date", is_flag=True, help="Train on the past, test on the last fifth by date.")
@click.option(
    "--learning-curve/--no-learning-curve",
    "curve",
    default=None,
    help="Also train on parts of the articles. [default: with --cv and --by-date, up to 5,000 articles]",
)
@click.option(
    "--clusters",
    metavar="PATH",
    multiple=True,
    help="Judge clusters of the headlines of these pages or rows, not of the corpus's own related headlines.",
)
@common.training_options
@common.encoding_option
@common.column_options
@click.option(
    "-o", "--output", "target", metavar="DIR", required=True, help="Folder for report.json, report.html and plots."
)
def command(
    corpora: tuple[str, ...],
    model: str | None,
    predictions: str | None,
    clusters: tuple[str, ...],
    encoding: str | None,
    target: str,
    **options: Any,
) -> int:
    """Judges a model on a labelled corpus, or cross-validates on the corpus itself (the built-in one unless named).

    \b
    Examples:
      $ chude eval gold.jsonl -o report/
      $ chude eval --cv 5 --repeats 3 my-news.csv -o report/
      $ chude eval --cv 5 --solver logistic -C 2 my-news.csv -o report/
      $ chude eval --by-date my-news.csv -o report/
      $ chude eval --predictions fasttext.csv gold.jsonl -o report/
    """
    from classifier.disk.atomic import check_replaceable
    from eval.report.report import CONTENTS
    from training import evaluate, read_corpus
    from training.headlines import clustered

    settings = common.settings_from(options)
    _check_usage(corpora, model, predictions, options)
    if settings and not (options["cv"] or options["by_date"]):
        raise click.UsageError("options of training need --cv K or --by-date: nothing else trains a model")
    common.check_target(target, (*corpora, *clusters))
    check_replaceable(Path(target), CONTENTS)  # before the work, not after it
    tally = common.Tally()
    columns = common.columns_from(options)
    corpus = read_corpus(corpora, columns=columns, encoding=encoding, on_skip=tally.skip).in_one_order()
    found = evaluate(
        corpus,
        model,
        predictions=predictions,
        headlines=clustered(corpus.pages, clusters, encoding=encoding, columns=columns, on_skip=tally.skip),
        settings=settings,
        names=sorted(Path(path).name for path in corpora) or ["built-in corpus"],
        tell=lambda line: wording.say(f"chude: {line}"),
        **options,
    )
    write(found, target)
    tally.used = found.report["articles"]
    return tally.finish("judged", what="article")


def _check_usage(
    corpora: tuple[str, ...], model: str | None, predictions: str | None, options: Mapping[str, Any]
) -> None:
    """Options that contradict each other are refused, none is quietly left out of account."""
    trains = options["cv"] or options["by_date"]
    if options["cv"] and options["by_date"]:
        raise click.UsageError("--cv and --by-date exclude each other")
    if model and trains:
        raise click.UsageError("-m has no use with --cv or --by-date: they train models of their own")
    if predictions and (model or trains):
        raise click.UsageError("--predictions has no use with -m, --cv or --by-date: the file is what is judged")
    if options["repeats"] and not options["cv"]:
        raise click.UsageError("--repeats needs --cv K: only folds can be dealt again")
    if options["curve"] and not trains:
        raise click.UsageError("--learning-curve needs --cv K or --by-date: a finished model is not trained again")
    if not corpora and not trains:
        raise click.UsageError("name a CORPUS to judge the model on, or cross-validate with --cv K")


def write(found: Evaluation, target: str) -> None:
    """Writes the report's folder and prints the scores."""
    from classifier.disk.atomic import replacing_folder
    from eval.report.names import shown_report
    from eval.report.report import CONTENTS

    with replacing_folder(Path(target), CONTENTS) as folder:
        found.write(folder)
    click.echo(summary(shown_report(found.report, found.names)), nl=False)
    wording.say(f"chude: wrote {target}; open {target}/report.html")


def summary(report: Report) -> str:
    """The scores of a report as a table for the terminal, and what to know first."""
    from io import StringIO

    from eval.scores.registry import brief
    from eval.scores.shape import of_metric

    stream = StringIO()
    rows = [
        [row["label"], f"{row['support']:,}", *map(_score, (row["precision"], row["recall"], row["f1"]))]
        for row in report["per_topic"]
    ]
    writers.console_table(["topic", "articles", "precision", "recall", "F1"], rows, stream)
    scores, sets = report["scores"], report["judged_as"] == "sets"
    lines = [
        f"{one.called(sets=sets)} {_score(of_metric(scores, one.key))}{_spread(report['repeats'], one.key)}"
        for one in brief(sets=sets)
    ]
    if scores["top_in_gold"]:
        lines.append(f"most probable label in the gold {_score(scores['top_in_gold'])}")
    reliability = report["reliability"]
    if reliability:
        lines.append(f"calibration error {_score(reliability['calibration_error'])}")
    lines += [f"baseline, {name}: macro-F1 {_score(found['macro_f1'])}" for name, found in report["baselines"].items()]
    curve = report["learning_curve"]
    if curve:
        pairs = zip(curve["sizes"], curve["scores"]["macro_f1"], strict=True)
        lines.append("macro-F1 by training articles: " + ", ".join(f"{n:,} {_plain(score)}" for n, score in pairs))
    clusters = report["clusters"]
    if clusters and clusters["headlines"]:
        stable = f", stability {clusters['stability']['mean']:.2f}" if clusters["stability"] else ""
        lines.append(
            f"{clusters['clusters']:,} clusters of {clusters['headlines']:,} related headlines: "
            f"silhouette {_score(clusters['silhouette'])}{stable}"
        )
    lines.append("(value [95 % interval])")
    lines += [f"note: {note}" for note in report["notes"]]
    return stream.getvalue() + "".join(f"{wording.plain(line)}\n" for line in lines)


def _spread(repeats: Repeats | None, key: str) -> str:
    if not repeats:
        return ""
    each = [value for value in repeats["scores"][key]["each"] if value is not None]
    return f", mean of {repeats['number']} repeats from {min(each):.3f} to {max(each):.3f}"


def _score(score: ScoreJson) -> str:
    if score["value"] is None or score["low"] is None or score["high"] is None:
        return _plain(score)
    return f"{score['value']:.3f} [{score['low']:.3f}, {score['high']:.3f}]"


def _plain(score: ScoreJson) -> str:
    return "–" if score["value"] is None else f"{score['value']:.3f}"
