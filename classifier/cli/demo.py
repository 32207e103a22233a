"""`chude demo`: the whole job on what ships with chude, as a tour."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from classifier import wording
from classifier.cli import writers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classifier.clustering import ClusterResult
    from classifier.model.model import Model
    from classifier.types import Page, Prediction
    from eval.scores.shape import Report

REASONS = 6
MARKED = 25
"""Words of an article that its page marks."""
FOLDS = 5


@click.command("demo", short_help="The main job, on what ships with chude.")
@click.option(
    "-o", "--output", "target", metavar="DIR", default="artifacts/demo", show_default=True, help="Where to write."
)
def command(target: str) -> int:
    """Trains, labels, clusters and evaluates on the corpus and the sample pages that ship with chude.

    \b
    Example:
      $ chude demo
    """
    from classifier.cli.cluster_files import CONTENTS as CLUSTERS
    from classifier.disk.atomic import Contents, replacing_folder
    from classifier.model.artifact import CONTENTS as MODEL
    from eval.report.report import CONTENTS as EVALUATION

    clusters = (CLUSTERS.marker, *CLUSTERS.names)
    inside = (*MODEL.inside("model"), *EVALUATION.inside("evaluation"))
    contents = Contents("report.html", ("pages.jsonl", "predictions.jsonl", *clusters, *inside))
    started = time.monotonic()
    click.echo("chude: what are these saved Vietnamese news pages about, why, and how far is that to be trusted?\n")
    with replacing_folder(Path(target), contents) as folder:
        model = _train(folder, target)
        pages = _read(folder)
        predictions = _label(model, pages, folder, target)
        result = _cluster(model, pages, folder, target)
        report = _evaluate(folder, target)
        from classifier.disk.atomic import write_whole
        from classifier.display import shown_clusters, shown_predictions
        from eval.pages.tour import demo_page

        names = model.display_names
        predictions, result = shown_predictions(predictions, names), shown_clusters(result, names)

        write_whole(folder / "report.html", demo_page(pages, predictions, result, report, folder).encode())
    page = wording.plain(f"{target}/report.html")
    click.echo(f"\nDone in {time.monotonic() - started:.0f} s. Open {page} for all of it on one page.")
    return 0


def samples() -> Path:
    """The folder of sample pages inside the package."""
    import classifier

    return Path(classifier.__file__).parent / "samples"


def _step(number: int, title: str, repeat: str) -> None:
    click.echo(click.style(f"{number}. {title}", bold=True))
    click.echo(f"   $ {wording.plain(repeat)}")


def _train(folder: Path, target: str) -> Model:
    from classifier.cli.train import scores_table
    from training import read_corpus, train

    _step(1, "Train on the built-in corpus", f"chude train -o {target}/model")
    corpus = read_corpus()
    trained = train(corpus, folder=folder / "model")
    kinds = ", ".join(f"{count} {label}" for label, count in corpus.counts().items())
    click.echo(f"   {len(corpus.articles):,} short articles, written for chude: {kinds}.")
    click.echo(
        "".join(
            f"  {line}\n"
            for line in scores_table(trained.info, trained.model.display_names).splitlines()
            if line.strip()
        )
    )
    return trained.model


def _read(folder: Path) -> list[Page]:
    from classifier.disk.atomic import replacing_file
    from classifier.reading import read_pages
    from classifier.records import page_record

    _step(2, "Read the sample pages", "chude extract PAGE…")
    pages = list(read_pages([samples()]))
    with replacing_file(folder / "pages.jsonl") as stream:
        stream.writelines(writers.json_line(page_record(page)) for page in pages)
    related = sum(len(page.related) for page in pages)
    click.echo(f"   {len(pages)} saved pages with {related} related headlines; menus, captions and tags left out.\n")
    return pages


def _label(model: Model, pages: Sequence[Page], folder: Path, target: str) -> list[Prediction]:
    from classifier.disk.atomic import replacing_file
    from classifier.display import shown_predictions
    from classifier.records import prediction_record

    _step(3, "Label them, with reasons", f"chude predict PAGE… -m {target}/model --explain {REASONS}")
    predictions = model.predict(pages, explain=MARKED)
    shorter = [replace(one, reasons=(one.reasons or ())[:REASONS]) for one in predictions]
    with replacing_file(folder / "predictions.jsonl") as stream:
        stream.writelines(writers.json_line(prediction_record(prediction)) for prediction in shorter)
    for one in shown_predictions(shorter, model.display_names):
        also = f", also {', '.join(one.secondary)}" if one.secondary else ""
        click.echo(f"   {one.topic:14}{one.probability:5.0%}  {wording.plain(one.title)}{also}")
        terms = ", ".join(reason.term for reason in one.reasons or () if reason.weight > 0)
        click.echo(f"   {'':21}because of: {terms}")
    click.echo()
    return predictions


def _cluster(model: Model, pages: Sequence[Page], folder: Path, target: str) -> ClusterResult:
    from classifier.cli.cluster_files import write_folder
    from classifier.clustering import cluster_pages

    _step(4, "Group the headlines they recommend", f"chude cluster PAGE… -m {target}/model -o clusters/")
    found = cluster_pages(pages, model=model)
    result = found.result
    write_folder(result, folder, model.display_names)
    news = [cluster for cluster in result.clusters if cluster.kind == "news"]
    apart = sum(cluster.size for cluster in result.clusters if cluster.kind == "ticker")
    click.echo(
        f"   {len(found.headlines)} different headlines in {len(news)} clusters; {apart} lottery, weather … set apart."
        " The largest:"
    )
    for cluster in news[:5]:
        click.echo(f"   {cluster.size:3}  {', '.join(cluster.keywords)}: {wording.plain(cluster.representative)}")
    click.echo()
    return result


def _evaluate(folder: Path, target: str) -> Report:
    from classifier.cli.evaluate import summary
    from eval.report.names import shown_report
    from eval.report.report import write_report
    from training.corpus import read_corpus
    from training.crossval import cross_validate, duplicate_groups
    from training.fit.defaults import spec_for
    from training.judge import report_on
    from training.names import display_names

    _step(5, "Evaluate by cross-validation", f"chude eval --cv {FOLDS} -o {target}/evaluation")
    corpus = read_corpus()
    spec = spec_for(corpus)
    predictions = cross_validate(corpus, spec, FOLDS, groups=duplicate_groups(corpus).tolist(), explain=REASONS)
    meta = {
        "what": f"{FOLDS}-fold cross-validation on the built-in corpus",
        "corpus": ["built-in corpus"],
        "seed": spec.seed,
    }
    report = report_on(corpus, predictions, meta, corpus.counts(), {}, corpus.labels)
    names = display_names(corpus.labels)
    write_report(report, folder / "evaluation", names)
    report = shown_report(report, names)
    click.echo("".join(f"   {line}\n" for line in summary(report).splitlines()), nl=False)
    click.echo(
        "   These articles were written by one team; on real news expect less (README: measured on 759 real articles)."
    )
    return report
