"""`chude label`: a desk in the browser where an analyst labels articles; its file is a corpus."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from classifier import wording
from classifier.cli import common, writers
from classifier.types import OTHER

if TYPE_CHECKING:
    import socket

    from classifier.desk.store import Desk
    from classifier.model.model import Model


@click.command("label", short_help="Labels articles in the browser; the file is a corpus.")
@click.argument("paths", metavar="[PATH…]", nargs=-1)
@click.option("-s", "--store", metavar="FILE", required=True, help="The desk's file: made, or gone on with.")
@click.option(
    "-m",
    "--model",
    metavar="ARTIFACT",
    type=common.ModelPath(),
    help="A model that has the first word: its topics, and what it thinks of the articles.",
)
@click.option("--topics", metavar="FILE", help="Topics named by words in a TOML file (docs/desk.md).")
@click.option(
    "--import", "labels", metavar="FILE", help="Take in labels made elsewhere: a corpus, or Label Studio's JSON."
)
@click.option(
    "--export",
    "export",
    metavar="FILE",
    help="Write the labels to FILE.jsonl, .csv, .tsv, .txt (fastText) or .json (Label Studio).",
)
@click.option("--port", type=click.IntRange(1, 65535), metavar="N", help="Listen on this port. [default: any]")
@click.option("--no-browser", is_flag=True, help="Print the page's address, open no browser.")
@common.encoding_option
@common.column_options
def command(
    paths: tuple[str, ...],
    store: str,
    model: str | None,
    topics: str | None,
    labels: str | None,
    export: str | None,
    port: int | None,
    no_browser: bool,
    encoding: str | None,
    **options: Any,
) -> int:
    """Opens a page in the browser where articles are labelled, and a model learns between the clicks.

    PATH is what `chude predict` reads. The same command again goes on where it stopped. The file is a corpus for every
    command that reads one. With --import or --export labels go in or out, and no page is opened. The page is seen on
    this machine alone.

    \b
    Examples:
      $ chude label saved/ -s desk.db --topics topics.toml
      $ chude label -s desk.db --import gold.csv --label-column topic
      $ chude label -s desk.db --export gold.jsonl
    """
    from classifier.desk.schema import desk_file
    from classifier.desk.store import Desk
    from training.desk.exchange import form_of
    from training.desk.serve import check_desk_installed, desk_socket
    from training.desk.topics import give_topics, read_topics

    common.check_target(export, (*paths, store))
    if export:
        form_of(export)  # before the work, not after it
    opens = not labels and not export
    if opens:
        check_desk_installed()
        if not paths and not Path(store).exists():
            raise click.UsageError(f"{store} does not exist yet; name a PATH with articles")
    elif model:
        raise click.UsageError("-m is for the page, which --import and --export do not open")
    first = common.load_model(model) if model else None
    words = read_topics(Path(topics)) if topics else []
    tally = common.Tally()
    columns = common.columns_from(options)
    with desk_file(store, write=bool(paths or labels or topics or opens)) as connection:
        desk = Desk(connection)
        if new := give_topics(desk, words):
            wording.say(f"chude: new topics: {', '.join(new)}")
        if paths:
            _take_in(desk, paths, encoding, columns, tally)
        if labels:
            _import(desk, labels, encoding, columns, tally)
        if export:
            _export(desk, export)
        if opens:
            with desk_socket(port) as bound:
                _open(desk, store, bound, first, browser=not no_browser)
    return 1 if tally.skipped else 0


def _open(desk: Desk, store: str, bound: socket.socket, model: Model | None, *, browser: bool) -> None:
    """The page, until Ctrl-C."""
    from training.desk.serve import serve

    if model:
        there = {topic.name.casefold() for topic in desk.topics()}
        for name in model.labels:
            if name != OTHER and name.casefold() not in there:
                desk.add_topic(name)

    def opened(address: str) -> None:
        wording.say(f"chude: the desk is open at {address} (Ctrl-C closes it; every label is kept at once)")
        if browser:
            import webbrowser

            webbrowser.open(address)

    serve(desk, Path(store).name, bound, model=model, say=wording.say, opened=opened)
    labels = sum(one.kind == "label" for one in desk.decisions())
    wording.say(f"chude: closed; {wording.number(labels, 'label')} in {store}; try: chude train {store} -o my-model")


def _take_in(desk: Desk, paths: tuple[str, ...], encoding: str | None, columns: Any, tally: common.Tally) -> None:
    from classifier.reading import read_pages
    from training.desk.exchange import add_articles

    pages = read_pages(paths, encoding=encoding, columns=columns, on_skip=tally.skip)
    added = add_articles(desk, pages, tally.skip)
    tally.used += added.new + added.known
    tally.finish("read", what="article", asked=paths)
    twins = f", {added.twins:,} of them nearly the same as another" if added.twins else ""
    wording.say(f"chude: {wording.number(added.new, 'new article')}{twins}; {added.known:,} known already")


def _import(desk: Desk, path: str, encoding: str | None, columns: Any, tally: common.Tally) -> None:
    from training.desk.exchange import take_labels

    came = take_labels(desk, path, columns=columns, encoding=encoding, skip=tally.skip)
    topics = f"; new topics: {', '.join(came.topics)}" if came.topics else ""
    wording.say(f"chude: {wording.number(came.labels, 'label')} taken in, {came.known:,} known already{topics}")


def _export(desk: Desk, target: str) -> None:
    from training.desk.exchange import exported, fasttext_lines, form_of, label_studio_tasks

    rows, form = exported(desk), form_of(target)
    with writers.output(target) as stream:
        if form == "fasttext":
            stream.writelines(fasttext_lines(rows))
        elif form == "label studio":
            stream.write(label_studio_tasks(rows))
        elif form == "jsonl":
            stream.writelines(writers.json_line(row) for row in rows)
        else:
            delimiter, columns = (
                "," if form == "csv" else "\t",
                list(dict.fromkeys(name for row in rows for name in row)),
            )
            stream.write(writers.separated_line(columns, delimiter))
            cells = ([_cell(row.get(name, "")) for name in columns] for row in rows)
            stream.writelines(writers.separated_line(row, delimiter) for row in cells)
    wording.say(f"chude: {wording.number(len(rows), 'label')} written to {target}")


def _cell(value: Any) -> str:
    return "; ".join(value) if isinstance(value, list) else str(value)
