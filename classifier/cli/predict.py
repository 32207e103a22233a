"""`chude predict`: the topic of each page, how sure, and why."""

from __future__ import annotations

import re
from dataclasses import asdict
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from classifier import wording
from classifier.cli import common

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import IO

    from rich.text import Text

    from classifier.model.model import Model
    from classifier.types import Page, Prediction, Reason

    Row = str | list[str | Text]

FORMATS = ("table", "jsonl", "csv", "tsv")
_DELIMITERS = {"csv": ",", "tsv": "\t"}
_COLUMNS = ("id", "source", "title", "topic", "probability", "secondary", "topics", "reasons")


@click.command("predict", short_help="Labels saved pages or the rows of a table.")
@common.paths_argument
@common.model_option
@common.format_option(*FORMATS)
@click.option(
    "--threshold", type=common.FiniteRange(0, 1), metavar="P", help="Name a topic only from this probability on."
)
@click.option("--explain", type=common.Whole(0), default=0, metavar="N", help="Show the N words that decided most.")
@click.option("--jobs", type=common.Whole(1), default=1, metavar="N", help="Worker processes. [default: 1]")
@common.encoding_option
@common.column_options
@click.option("-o", "--output", "target", metavar="FILE", help="Write here instead of stdout.")
@click.option("--resume", is_flag=True, help="Keep the rows in FILE.part as they are made, and go on from those there.")
def command(
    paths: tuple[str, ...],
    model: str | None,
    form: str | None,
    threshold: float | None,
    explain: int,
    jobs: int,
    encoding: str | None,
    target: str | None,
    resume: bool,
    **options: Any,
) -> int:
    """Labels saved pages: files, folders, or the rows of a JSONL, CSV, TSV or Parquet file.

    \b
    Examples:
      $ chude predict saved/ --explain 5
      $ chude predict news.csv --text-column content --format jsonl -o labels.jsonl
      $ chude predict archive/ -o labels.jsonl --resume

    A run with --resume that was killed goes on when the same command is given again: what it had labelled is read again
    and compared, not labelled again. Changed inputs, another model or other options are refused. Where there is no
    FILE.part the run begins at the beginning; an old FILE stays until the new one is whole.
    """
    from classifier.reading import read_pages

    tally = common.Tally()
    form = common.form_for(form, target, FORMATS)
    common.check_target(target, paths)
    if resume:
        _check_resumable(paths, form, target)
    columns = common.columns_from(options)
    loaded = common.load_model(model)
    pages = _with_text(read_pages(paths, encoding=encoding, columns=columns, on_skip=tally.skip), tally)
    label = partial(_labelled, loaded, jobs=jobs, form=form, threshold=threshold, explain=explain)
    if resume:
        made_with: dict[str, Any] = {"format": form, "threshold": threshold, "explain": explain, "encoding": encoding}
        made_with |= {"columns": asdict(columns), "inputs": list(paths), "model": _fingerprint(model)}
        head = _head(form, explained=bool(explain))
        return _resumed(Path(str(target)), made_with, pages, label, head, tally, paths)
    rows = chain.from_iterable(label(pages))
    with common.output(target) as stream:
        write(_counted(rows, tally), form, stream, explained=bool(explain))
        return tally.finish("labelled", asked=paths)  # in here: without any input the old output stays


def _check_resumable(paths: Sequence[str], form: str, target: str | None) -> None:
    if target in (None, "-"):
        raise click.UsageError("--resume needs -o FILE: what goes to standard output cannot be gone on with")
    if form == "table":
        raise click.UsageError("--resume writes jsonl, csv or tsv: a table is laid out when all rows are known")
    if "-" in paths:
        raise click.UsageError("--resume cannot read standard input a second time: save it to a file first")


def _fingerprint(model: str | None) -> str:
    """Of the whole model: its description holds the digests of the other files."""
    from hashlib import sha256

    from classifier.model.artifact import default_artifact

    return sha256((Path(model or default_artifact()) / "model.json").read_bytes()).hexdigest()


def _resumed(
    target: Path,
    made_with: dict[str, Any],
    pages: Iterator[Page],
    label: Callable[[Iterable[Page]], Iterator[list[Row]]],
    head: str,
    tally: common.Tally,
    asked: Sequence[str],
) -> int:
    """Labels what an earlier run has not; the summary is of the whole."""
    from classifier import __version__
    from classifier.disk.resume import resuming

    with resuming(target, {"version of chude": __version__, **made_with}) as kept:
        rest = kept.rest(pages)
        if kept.pages:
            wording.say(f"chude: {wording.number(kept.pages, 'page')} labelled by an earlier run; going on from there")
        for rows in label(rest):
            kept.add([row for row in rows if isinstance(row, str)], head)
        tally.used = kept.pages
        return tally.finish("labelled", asked=asked)


def _labelled(
    model: Model, pages: Iterable[Page], *, jobs: int, form: str, threshold: float | None, explain: int
) -> Iterator[list[Row]]:
    """The rows of each batch of pages, in order."""
    work = partial(_rows_of_batch, form=form, threshold=threshold, explain=explain)
    if jobs == 1:
        from classifier.features.tokens import page_batches

        yield from (work(model, batch) for batch in page_batches(pages))
        return
    from classifier.model.parallel import map_batches

    # Workers send rows, not predictions: unpacking those would keep this process as busy as labelling does.
    yield from map_batches(model, pages, work, jobs=jobs, on_loss=_say_lost)


def rows_of(model: Model, pages: Iterable[Page], *, form: str, threshold: float | None, explain: int) -> Iterator[Row]:
    """The row of each page in one of FORMATS, as `write` takes it."""
    predictions = model.iter_predict(pages, threshold=threshold, explain=explain)
    return (_row(prediction, form, explained=bool(explain)) for prediction in predictions)


def _rows_of_batch(model: Model, pages: list[Page], *, form: str, threshold: float | None, explain: int) -> list[Row]:
    return list(rows_of(model, pages, form=form, threshold=threshold, explain=explain))


def _say_lost(why: str) -> None:
    wording.say(f"chude: {why}; going on with one process, no page is lost")


def _counted(rows: Iterable[Row], tally: common.Tally) -> Iterator[Row]:
    for row in rows:
        tally.used += 1
        yield row


def _with_text(pages: Iterable[Page], tally: common.Tally) -> Iterator[Page]:
    """Names the pages that hold nothing to label."""
    from classifier.types import Skipped

    for page in pages:
        if page.text.strip():
            yield page
        else:
            tally.skip(
                Skipped(page.source or page.id, "holds no article text", "see what `chude extract` reads from it")
            )


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


def write(rows: Iterable[Row], form: str, stream: IO[str], *, explained: bool) -> None:
    """Writes rows in one of FORMATS."""
    if form == "table":
        columns = ["topic", "prob.", "also", "title", "page", *(["because of"] if explained else [])]
        common.console_table(columns, (row for row in rows if not isinstance(row, str)), stream)
        return
    stream.write(_head(form, explained=explained))
    stream.writelines(row for row in rows if isinstance(row, str))


def _row(prediction: Prediction, form: str, *, explained: bool) -> Row:
    """A line, or for a table its cells."""
    if form == "jsonl":
        return common.json_line(as_json(prediction))
    if form == "table":
        return _table_row(prediction, explained=explained)
    return common.separated_line(_flat_row(prediction, _columns(explained=explained)), _DELIMITERS[form])


def _head(form: str, *, explained: bool) -> str:
    """What stands above the rows."""
    return common.separated_line(_columns(explained=explained), _DELIMITERS[form]) if form in _DELIMITERS else ""


def _columns(*, explained: bool) -> list[str]:
    return list(_COLUMNS if explained else _COLUMNS[:-1])


def marked(title: str, reasons: Iterable[Reason]) -> Text:
    """The title with the words that decided in it: bold and underlined for the topic, struck through against it."""
    from rich.text import Text

    text = Text(wording.plain(title))
    for reason in reasons:
        words = r"[\s_-]+".join(map(re.escape, reason.term.split()))
        text.highlight_regex(
            re.compile(rf"\b{words}\b", re.IGNORECASE), "bold underline" if reason.weight > 0 else "strike"
        )
    return text


def _flat_row(prediction: Prediction, columns: list[str]) -> list[object]:
    row = as_json(prediction)
    row["secondary"] = " ".join(row["secondary"])
    row["topics"] = " ".join(f"{t['topic']}:{t['probability']}" for t in row["topics"])
    row["reasons"] = "; ".join(f"{r['term']} {r['weight']:+.3f}" for r in row.get("reasons", ()))
    return [row[column] for column in columns]


def _table_row(prediction: Prediction, *, explained: bool) -> list[str | Text]:
    row: list[str | Text] = [prediction.topic, f"{prediction.probability:.2f}", ", ".join(prediction.secondary)]
    row += [marked(prediction.title, prediction.reasons or ()), prediction.id]
    if explained:
        row.append(", ".join(f"{reason.term} {reason.weight:+.2f}" for reason in prediction.reasons or ()))
    return row
