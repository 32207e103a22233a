"""`chude predict`: the topic of each page, how sure, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from classifier.cli import common

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import IO

    from classifier.types import Page, Prediction

FORMATS = ("table", "jsonl", "csv", "tsv")
_COLUMNS = ("id", "source", "title", "topic", "probability", "secondary", "topics", "reasons")


@click.command("predict")
@common.paths_argument
@common.model_option
@common.format_option(*FORMATS)
@click.option("--threshold", type=click.FloatRange(0, 1), metavar="P", help="Name a topic only from this probability on.")
@click.option("--explain", type=click.IntRange(0), default=0, metavar="N", help="Show the N words that decided most.")
@click.option("--jobs", type=click.IntRange(1), default=1, metavar="N", help="Worker processes. [default: 1]")
@common.encoding_option
@common.column_options
@click.option("-o", "--output", "target", metavar="FILE", help="Write here instead of stdout.")
def command(
    paths: tuple[str, ...],
    model: str | None,
    form: str | None,
    threshold: float | None,
    explain: int,
    jobs: int,
    encoding: str | None,
    target: str | None,
    **options: Any,
) -> int:
    """Labels saved pages: files, folders, or the rows of a JSONL, CSV, TSV or Parquet file.

    \b
    Examples:
      $ chude predict saved/ --explain 5
      $ chude predict news.csv --text-column content --format jsonl -o labels.jsonl
    """
    from classifier.reading import read_pages

    tally = common.Tally()
    form = common.form_for(form, target, FORMATS)
    columns = common.columns_from(options)
    loaded = common.load_model(model)
    pages = read_pages(paths, encoding=encoding, columns=columns, on_skip=tally.skip)
    if jobs > 1:
        from classifier.parallel import predict_parallel

        predictions = predict_parallel(loaded, pages, jobs=jobs, threshold=threshold, explain=explain)
    else:
        predictions = loaded.iter_predict(_with_text(pages, tally), threshold=threshold, explain=explain)
    with common.output(target) as stream:
        write(_counted(predictions, tally), form, stream, explained=bool(explain))
    return tally.finish("labelled", asked=paths)


def _counted(predictions: Iterable[Prediction], tally: common.Tally) -> Iterator[Prediction]:
    for prediction in predictions:
        tally.used += 1
        yield prediction


def _with_text(pages: Iterable[Page], tally: common.Tally) -> Iterator[Page]:
    """Names the pages that hold nothing to label."""
    from classifier.types import Skipped

    for page in pages:
        if page.text.strip():
            yield page
        else:
            tally.skip(Skipped(page.source or page.id, "holds no article text", "see what `chude extract` reads from it"))


def as_json(prediction: Prediction) -> dict[str, Any]:
    """The prediction as the contract's JSON object; probabilities to six digits."""
    row: dict[str, Any] = {
        "id": prediction.id,
        "source": prediction.source,
        "title": prediction.title,
        "topic": prediction.topic,
        "probability": round(prediction.probability, 6),
        "topics": [{"topic": s.topic, "probability": round(s.probability, 6)} for s in prediction.topics],
        "secondary": list(prediction.secondary),
    }
    if prediction.reasons is not None:
        row["reasons"] = [{"term": r.term, "weight": round(r.weight, 6)} for r in prediction.reasons]
    return row


def write(predictions: Iterable[Prediction], form: str, stream: IO[str], *, explained: bool) -> None:
    """Writes predictions in one of FORMATS."""
    if form == "jsonl":
        stream.writelines(common.json_line(as_json(prediction)) for prediction in predictions)
    elif form == "table":
        columns = ["topic", "prob.", "also", "title", "page", *(["because of"] if explained else [])]
        common.console_table(columns, (_table_row(p, explained=explained) for p in predictions), stream)
    else:
        delimiter = "," if form == "csv" else "\t"
        columns = list(_COLUMNS if explained else _COLUMNS[:-1])
        stream.write(common.separated_line(columns, delimiter))
        for prediction in predictions:
            stream.write(common.separated_line(_flat_row(prediction, columns), delimiter))


def _flat_row(prediction: Prediction, columns: list[str]) -> list[object]:
    row = as_json(prediction)
    row["secondary"] = " ".join(row["secondary"])
    row["topics"] = " ".join(f"{t['topic']}:{t['probability']}" for t in row["topics"])
    row["reasons"] = "; ".join(f"{r['term']} {r['weight']:+.3f}" for r in row.get("reasons", ()))
    return [row[column] for column in columns]


def _table_row(prediction: Prediction, *, explained: bool) -> list[str]:
    row = [prediction.topic, f"{prediction.probability:.2f}", ", ".join(prediction.secondary)]
    row += [prediction.title, prediction.id]
    if explained:
        row.append(", ".join(f"{reason.term} {reason.weight:+.2f}" for reason in prediction.reasons or ()))
    return row
