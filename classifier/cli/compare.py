"""`chude compare`: whether one model is better than another by more than luck."""

from __future__ import annotations

from collections import Counter
from textwrap import shorten
from typing import Any

import click

from classifier import wording
from classifier.cli import common, writers

_SHOWN = 20
_TITLE = 50


@click.command("compare", short_help="Tells whether B is better than A by more than luck.")
@click.argument("a", type=common.ModelPath())
@click.argument("b", type=common.ModelPath())
@click.argument("corpora", metavar="CORPUS…", nargs=-1, required=True)
@click.option(
    "--format", "form", type=click.Choice(["table", "jsonl"]), default="table", help="Output format. [default: table]"
)
@common.encoding_option
@common.column_options
def command(a: str, b: str, corpora: tuple[str, ...], form: str, encoding: str | None, **options: Any) -> int:
    """Compares A and B on the same gold: two models, or prediction files (JSONL or CSV with `id` and `topic`) of any
    tool.

    \b
    Examples:
      $ chude compare artifacts/world-news my-model gold.jsonl
      $ chude compare ours.jsonl fasttext.csv gold.jsonl
    """
    from training import compare, read_corpus

    tally = common.Tally()
    corpus = read_corpus(corpora, columns=common.columns_from(options), encoding=encoding, on_skip=tally.skip)
    tally.used = len(corpus.articles)
    result = compare(a, b, corpus)
    if form == "jsonl":
        click.echo(writers.json_line(result.as_json()), nl=False)
    else:
        _show(result.as_json(), result.sets, {page.id: wording.opening(page.title, page.text) for page in corpus.pages})
    return tally.finish("compared", what="article")


def _show(result: dict[str, Any], sets: bool, titles: dict[str, str]) -> None:
    import sys

    from eval.scores.registry import brief

    rows = []
    for metric in brief(sets=sets):
        key = metric.key
        difference = result[f"{key}_difference"]
        rows.append(
            [
                metric.called(sets=sets),
                *(_score(result[key][side]) for side in ("a", "b")),
                _score(difference, sign="+"),
            ]
        )
    names = result["names"]
    writers.console_table(["", f"A: {names['a']}", f"B: {names['b']}", "B - A"], rows, sys.stdout)
    changes = result["changes"]
    if changes:
        shown = ([_article(c["id"], titles), c["gold"], c["a"], c["b"], c["kind"]] for c in changes[:_SHOWN])
        writers.console_table(["article", "gold", "A", "B", "change"], shown, sys.stdout)
        if len(changes) > _SHOWN:
            click.echo(f"… and {len(changes) - _SHOWN} more (all with --format jsonl)")
        kinds = Counter(change["kind"] for change in changes)
        counts = ", ".join(f"{kinds[kind]} {kind}" for kind in ("fixed", "broken", "both wrong") if kinds[kind])
        click.echo(f"{wording.number(len(changes), 'article')} labelled differently by B: {counts}")
    click.echo(wording.plain(result["sentence"]))


def _article(one: str, titles: dict[str, str]) -> str:
    title = shorten(titles.get(one, ""), _TITLE, placeholder=" …")
    return f"{one}: {title}" if title else one


def _score(score: dict[str, Any], sign: str = "") -> str:
    if score["value"] is None:
        return "–"
    return f"{score['value']:{sign}.3f} [{score['low']:{sign}.3f}, {score['high']:{sign}.3f}]"
