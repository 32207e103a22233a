"""`chude label`: a desk where an analyst labels articles; its file is a corpus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from classifier import wording
from classifier.cli import common, writers

if TYPE_CHECKING:
    from classifier.desk.store import Desk


@click.command("label", short_help="Keeps articles and their labels in one file, which is a corpus.")
@click.argument("paths", metavar="[PATH…]", nargs=-1)
@click.option("-s", "--store", metavar="FILE", required=True, help="The desk's file: made, or gone on with.")
@click.option(
    "--import", "labels", metavar="FILE", help="Take in labels made elsewhere: a corpus, or Label Studio's JSON."
)
@click.option(
    "--export",
    "export",
    metavar="FILE",
    help="Write the labels to FILE.jsonl, .csv, .tsv, .txt (fastText) or .json (Label Studio).",
)
@common.encoding_option
@common.column_options
def command(
    paths: tuple[str, ...],
    store: str,
    labels: str | None,
    export: str | None,
    encoding: str | None,
    **options: Any,
) -> int:
    """Takes in the articles of saved pages or of the rows of a table, and labels made elsewhere; writes labels.

    The file is a corpus for every command that reads one.

    \b
    Examples:
      $ chude label saved/ -s desk.db
      $ chude label -s desk.db --import gold.csv --label-column topic
      $ chude label -s desk.db --export gold.jsonl
    """
    from classifier.desk.schema import desk_file
    from classifier.desk.store import Desk
    from training.desk.exchange import form_of

    common.check_target(export, (*paths, store))
    if export:
        form_of(export)  # before the work, not after it
    if not paths and not labels and not export:
        raise click.UsageError("name a PATH with articles, or labels with --import, or --export FILE")
    tally = common.Tally()
    columns = common.columns_from(options)
    with desk_file(store, write=bool(paths or labels)) as connection:
        desk = Desk(connection)
        if paths:
            _take_in(desk, paths, encoding, columns, tally)
        if labels:
            _import(desk, labels, encoding, columns, tally)
        if export:
            _export(desk, export)
    return 1 if tally.skipped else 0


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
