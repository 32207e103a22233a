"""`chude train`: a corpus in, a model folder out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from classifier import wording
from classifier.cli import common, tuning, writers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from classifier.reading import Columns


def _names(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """The names by label."""
    for value in values:
        if "=" not in value:
            raise click.BadParameter(f"{value!r} is not LABEL=NAME")
    return {label: name.strip() for label, _, name in (value.partition("=") for value in values)}


@click.command("train", cls=tuning.Tunable, short_help="Trains a model on your corpus, or on the built-in one.")
@click.argument("corpora", metavar="[CORPUS…]", nargs=-1)
@click.option("-o", "--output", "target", metavar="FOLDER", required=True, help="Where to write the model.")
@click.option(
    "--topics",
    metavar="FILE",
    help="Topics named by words in a TOML file; CORPUS is then what nobody has labelled.",
)
@click.option(
    "--topic-name",
    "topic_names",
    metavar="LABEL=NAME",
    multiple=True,
    callback=_names,
    help="How people are to read a label in pages, pictures and tables.",
)
@common.training_options
@tuning.options
@common.encoding_option
@common.column_options
def command(
    corpora: tuple[str, ...],
    target: str,
    topics: str | None,
    topic_names: dict[str, str],
    encoding: str | None,
    **options: Any,
) -> int:
    """Trains a model on your own corpus, or on the built-in one, and prints its cross-validated scores.

    A corpus is a folder per label, or a JSONL, CSV, TSV, Parquet or fastText file with texts and labels.

    \b
    Examples:
      $ chude train -o artifacts/world-news
      $ chude train my-news.csv --text-column content --label-column section -o my-model
      $ chude train --topics topics.toml saved/ -o my-model
      $ chude train my-news.csv --tune 10 -o my-model
      $ chude train my-news.csv --topic-name the_thao="Thể thao" -o my-model
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
    if topics is not None:
        if topic_names:
            raise click.UsageError("--topic-name has no use with --topics: the file names its topics")
        if options.pop("tune") is not None or options.pop("tune_by"):
            raise click.UsageError("--tune has no use with --topics: without labels there is nothing to choose by")
        return _on_words(topics, corpora, target, columns, encoding, options, tally)
    corpus = read_corpus(corpora, columns=columns, encoding=encoding, on_skip=tally.skip)
    tally.used = len(corpus.articles)
    wording.say(
        f"chude: training on {wording.number(tally.used, 'article')}, {wording.number(len(corpus.labels), 'label')} …"
    )
    settings = common.settings_from(options)
    with tuning.tuning_from(options, settings) as search:
        trained = train(corpus, spec_for(corpus, **settings), folder=target, tuning=search, names=topic_names)
    click.echo(scores_table(trained.info, trained.model.display_names), nl=False)
    for line in trained.tuned.sentences() if trained.tuned else ():
        wording.say(f"chude: {line}")
    few = [f"{label} ({count})" for label, count in corpus.articles_with().items() if count < FEW]
    if few:
        wording.say(f"chude: labels with fewer than {FEW} articles, hardly learned and hardly judged: {', '.join(few)}")
    wording.say(f"chude: wrote {target}; try: chude predict PAGE… -m {target}")
    return tally.finish("used for training", what="article")


def _on_words(
    topics: str,
    paths: tuple[str, ...],
    target: str,
    columns: Columns,
    encoding: str | None,
    options: dict[str, Any],
    tally: common.Tally,
) -> int:
    """A model from the topics' words and articles without labels."""
    from classifier.reading import read_pages
    from classifier.reading.articles import with_article
    from training.desk.topics import read_topics
    from training.desk.words import train_on_words

    words = read_topics(Path(topics))
    if not paths:
        raise click.UsageError("name the articles that the topics of --topics are to be found in")
    pages = with_article(read_pages(paths, encoding=encoding, columns=columns, on_skip=tally.skip), tally.skip)
    found = list(tally.counted(pages))
    tally.flush()
    if not found:
        return tally.finish("read", what="article", asked=paths)
    made = train_on_words(words, found, target, **{key: value for key, value in options.items() if value is not None})
    rows = [[name, f"{count:,}"] for name, count in made.pointed.items()]
    writers.console_table(["topic", "articles that its words point to, of which it was learned"], rows, sys.stdout)
    if idle := [name for name, count in made.pointed.items() if not count]:
        wording.say(f"chude: no article for {', '.join(idle)}: not in the model; give them other words")
    wording.say("chude: no article is labelled, so nobody knows how good it is; `chude label` tells")
    wording.say(f"chude: wrote {target}; try: chude predict PAGE… -m {target}")
    return tally.finish("read", what="article")


def scores_table(info: dict[str, Any], names: Mapping[str, str]) -> str:
    """The cross-validated scores as text, with names for labels."""
    from io import StringIO

    from classifier.display import distinct
    from training.card import folds_of, headline

    stream, shown = StringIO(), distinct(names)
    scores = info["cross_validated"]
    rows = [
        [
            shown.get(label, label),
            f"{count:,}",
            *(f"{scores['per_topic'][label][key]:.3f}" for key in ("precision", "recall", "f1")),
        ]
        if label in scores["per_topic"]
        else [shown.get(label, label), f"{count:,}", "–", "–", "–"]
        for label, count in info["articles_by_topic"].items()
    ]
    writers.console_table(["topic", "articles", "precision", "recall", "F1"], rows, stream)
    return stream.getvalue() + (
        f"cross-validated, {folds_of(info)} {'outer ' if 'tuning' in info else ''}folds: "
        + ", ".join(f"{name} {scores[key]:.3f}" for key, name in headline(scores))
        + "\n"
    )
