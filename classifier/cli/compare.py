"""`chude compare`: whether one model is better than another by more than luck."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from classifier.cli import common

if TYPE_CHECKING:
    from training.corpus import Corpus

_SHOWN = 20


@click.command("compare")
@click.argument("a")
@click.argument("b")
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
    from eval.compare import compare
    from training.corpus import read_corpus

    tally = common.Tally()
    corpus = read_corpus(corpora, columns=common.columns_from(options), encoding=encoding, on_skip=tally.skip)
    tally.used = len(corpus.articles)
    ids = [page.id for page in corpus.pages]
    first, second = _labels(a, corpus), _labels(b, corpus)
    names = (Path(a).name, Path(b).name) if Path(a).name != Path(b).name else (a, b)
    result = compare(corpus.primaries, first, second, ids=ids, names=names)
    if form == "jsonl":
        click.echo(common.json_line(result.as_json()), nl=False)
    else:
        _show(result.as_json())
    return tally.finish("compared", what="article")


def _labels(source: str, corpus: Corpus) -> list[str]:
    """What an artifact or a prediction file says of each article of the corpus."""
    from eval.compare import aligned

    if Path(source).is_dir():
        return [prediction.topic for prediction in common.load_model(source).predict(corpus.pages)]
    labels, missing, further = aligned([page.id for page in corpus.pages], read_predictions(Path(source)))
    if missing:
        common.say(
            f"chude: {source}: has no prediction for {common.number(len(missing), 'article')}; each counts as a miss"
        )
    if further:
        common.say(
            f"chude: {source}: {common.number(len(further), 'prediction')} for ids that the gold lacks; not used"
        )
    return labels


def read_predictions(path: Path) -> dict[str, str]:
    """Id -> topic, from JSONL or CSV. Raises UsageError, which names the line, for a row without either."""
    import csv

    from classifier.errors import UsageError

    remedy = "give a model folder, or JSONL or CSV with `id` and `topic`"
    found: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            tabular = path.suffix.lower() in (".csv", ".tsv")
            delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
            rows = csv.DictReader(stream, delimiter=delimiter) if tabular else map(_json_row, stream)
            for number, row in enumerate(rows, start=2 if tabular else 1):
                if row is None:
                    continue
                if row.get("id") in (None, "") or row.get("topic") in (None, ""):
                    raise UsageError(f"{path}:{number}", "has no `id` and `topic`", remedy)
                found[str(row["id"])] = str(row["topic"])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(str(path), f"cannot be read ({getattr(error, 'strerror', None) or error})", remedy) from error
    return found


def _json_row(line: str) -> dict[str, Any] | None:
    if not line.strip():
        return None
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return row if isinstance(row, dict) else {}


def _show(result: dict[str, Any]) -> None:
    import sys

    rows = []
    for key, name in (("accuracy", "accuracy"), ("macro_f1", "macro-F1")):
        difference = result[f"{key}_difference"]
        rows.append([name, *(_score(result[key][side]) for side in ("a", "b")), _score(difference, sign="+")])
    names = result["names"]
    common.console_table(["", f"A: {names['a']}", f"B: {names['b']}", "B - A"], rows, sys.stdout)
    changes = result["changes"]
    if changes:
        shown = ([c["id"], c["gold"], c["a"], c["b"], c["kind"]] for c in changes[:_SHOWN])
        common.console_table(["article", "gold", "A", "B", "change"], shown, sys.stdout)
        if len(changes) > _SHOWN:
            click.echo(f"… and {len(changes) - _SHOWN} more (all with --format jsonl)")
    click.echo(result["sentence"])


def _score(score: dict[str, Any], sign: str = "") -> str:
    if score["value"] is None:
        return "–"
    return f"{score['value']:{sign}.3f} [{score['low']:{sign}.3f}, {score['high']:{sign}.3f}]"
