"""`chude predict`: the topic of each page, how sure, and why."""

from __future__ import annotations

import gc
from dataclasses import asdict, dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from classifier import wording
from classifier.budget import each_or_alone
from classifier.cli import common, writers
from classifier.cli.plain_rows import FORMS, plain_rows
from classifier.display import shown_predictions
from classifier.records import COVERING, KNOWN, PAGE, PREDICTION, REASONS, page_record, prediction_record
from classifier.types import FEW_KNOWN, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rich.text import Text

    from classifier.cli.writers import Encoded
    from classifier.model.model import Model
    from classifier.types import Page, Prediction, Reason

_HEADING = ("topic", "prob.", "also", "title", "page")


def _known_fields(_context: click.Context, _option: click.Parameter, value: str | None) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in (value or "").split(",") if name.strip()))
    there = [name for name in PAGE if name not in PREDICTION]
    if unknown := [name for name in names if name not in there]:
        raise click.BadParameter(f"there is no {unknown[0]!r}; there are {', '.join(there)}")
    return names


@click.command("predict", short_help="Labels saved pages or the rows of a table.")
@common.paths_argument
@common.model_option
@writers.format_option(*writers.FORMATS)
@click.option(
    "--threshold", type=common.FiniteRange(0, 1), metavar="P", help="Name a topic only from this probability on."
)
@click.option(
    "--set",
    "cover",
    type=common.FiniteRange(0, 1, min_open=True, max_open=True),
    metavar="P",
    help="Add the smallest set of topics that holds the right one in P of cases (docs/evaluation.md).",
)
@click.option(
    "--fields", callback=_known_fields, metavar="NAMES", help="Add columns of the page: date,url,site,section …"
)
@click.option("--explain", type=common.Whole(0), default=0, metavar="N", help="Show the N words that decided most.")
@click.option("--jobs", type=common.Whole(1), default=1, metavar="N", help="Worker processes. [default: 1]")
@common.encoding_option
@common.column_options
@click.option("-o", "--output", "target", metavar="FILE", help="Write here instead of stdout.")
@click.option("--resume", is_flag=True, help="Keep the rows in FILE.part as they are made, and go on from those there.")
@click.option("--engine", type=click.Choice(["local", "dask"]), help="What does the work. [default: local]")
@click.option("--scheduler", metavar="ADDRESS", help="Dask scheduler (tcp://…). [default: --jobs processes here]")
def command(
    paths: tuple[str, ...],
    model: str | None,
    form: str | None,
    threshold: float | None,
    cover: float | None,
    fields: tuple[str, ...],
    explain: int,
    jobs: int,
    encoding: str | None,
    target: str | None,
    resume: bool,
    engine: str | None,
    scheduler: str | None,
    **options: Any,
) -> int:
    """Labels saved pages: files, folders, or the rows of a JSONL, CSV, TSV or Parquet file.

    \b
    Examples:
      $ chude predict saved/ --explain 5
      $ chude predict news.csv --text-column content --format jsonl -o labels.jsonl
      $ chude predict archive/ -o labels.jsonl --resume
      $ chude predict "s3://news/*.parquet" -o s3://news/labels --engine dask

    A run with --resume that was killed goes on when the same command is given again: what it had labelled is read again
    and compared, not labelled again. Changed inputs, another model or other options are refused. Where there is no
    FILE.part the run begins at the beginning; an old FILE stays until the new one is whole.

    With --engine dask, PATHs may be globs and fsspec addresses, and -o is a folder: of parts in JSON lines, or with
    --format parquet in Parquet, with a manifest; there --resume does the parts that are missing.
    """
    if engine == "dask":
        from classifier.cli import predict_dask

        return predict_dask.run(
            paths,
            target,
            model,
            form,
            jobs,
            scheduler,
            common.columns_from(options),
            resume=resume,
            encoding=encoding,
            asked=Asked(form or "", threshold, explain, cover, fields),
        )
    if scheduler:
        raise click.UsageError("--scheduler goes with --engine dask")
    from classifier.reading import read_pages
    from classifier.reading.articles import with_article

    tally = common.Tally()
    form = writers.form_for(form, target)
    common.check_target(target, paths)
    if resume:
        _check_resumable(paths, form, target)
    columns = common.columns_from(options)
    loaded = common.load_model(model)
    gc.freeze()  # what is here stays: no pass of the collector need look at it again
    pages = with_article(read_pages(paths, encoding=encoding, columns=columns, on_skip=tally.skip), tally.skip)
    asked = Asked(form, threshold, explain, cover, fields)
    if cover is not None:
        loaded.least_share(cover)  # before the work
    label = partial(_labelled, loaded, jobs=jobs, asked=asked)
    if resume:
        made_with: dict[str, Any] = {"format": form, **asked.told(), "encoding": encoding}
        made_with |= {"columns": asdict(columns), "inputs": list(paths), "model": _fingerprint(model)}
        head = writers.head(form, row_form(asked))
        return _resumed(Path(str(target)), made_with, pages, label, head, tally, paths)
    strange = Strange()
    if jobs > 1 and form in FORMS:
        from classifier.cli import predict_jobs

        batches = predict_jobs.labelled(
            loaded, paths, columns, encoding=encoding, asked=asked, jobs=jobs, skip=tally.skip, on_loss=_say_lost
        )
    else:
        batches = label(pages)
    rows = _made(chain.from_iterable(strange.counted(batches)), tally.skip)
    with writers.output(target, form) as stream:
        writers.write(tally.counted(rows), form, stream, row_form(asked))
        strange.say()
        return tally.finish("labelled", asked=paths)  # in here: without any input the old output stays


@dataclass(frozen=True, slots=True)
class Asked:
    """What a row is to hold, and in which format: see the command's options."""

    form: str
    threshold: float | None = None
    explain: int = 0
    cover: float | None = None
    fields: tuple[str, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether nothing is asked for beyond what every row has."""
        return not (self.explain or self.cover is not None or self.fields)

    def told(self) -> dict[str, Any]:
        """What tells rows apart, without what is not asked for."""
        more = {"set": self.cover, "fields": list(self.fields)}
        return {"threshold": self.threshold, "explain": self.explain} | {key: one for key, one in more.items() if one}


@dataclass(frozen=True, slots=True)
class Labelled:
    """The rows of a batch of pages, and of how many of these (`of`) most syllables are unknown. A page that time or
    memory ran out for has what to say of it in place of its row.
    """

    rows: list[Encoded | Skipped]
    strange: int
    of: int


class Strange:
    """Counts the pages of which most is unknown to the model, for the summary."""

    def __init__(self) -> None:
        self.pages = self.of = 0

    def counted(self, batches: Iterable[Labelled]) -> Iterator[list[Encoded | Skipped]]:
        """The rows of each batch, counted."""
        for batch in batches:
            self.pages += batch.strange
            self.of += batch.of
            yield batch.rows

    def say(self) -> None:
        """One line where there are any."""
        if self.pages:
            many = f"{self.pages:,} of {wording.number(self.of, 'page')}"
            why = f'is unknown to this model ("known" below {FEW_KNOWN}): another language or damaged text?'
            wording.say(
                f"chude: note: most of {many} {why} their probabilities say how often it met each topic, not much more"
            )


def _check_resumable(paths: Sequence[str], form: str, target: str | None) -> None:
    if target in (None, "-"):
        raise click.UsageError("--resume needs -o FILE: what goes to standard output cannot be gone on with")
    if form in ("table", "parquet"):
        why = "a table is laid out when all rows are known" if form == "table" else "Parquet is one whole"
        raise click.UsageError(f"--resume writes jsonl, csv or tsv: {why}")
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
    label: Callable[[Iterable[Page]], Iterator[Labelled]],
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
        strange, unmade = Strange(), 0
        for rows in strange.counted(label(rest)):
            made = list(_made(rows, tally.skip, gap=""))  # a page without a row keeps its place in the log
            kept.add([row for row in made if isinstance(row, str)], head)
            unmade += len(made) - sum(map(bool, made))
        tally.used = kept.pages - unmade
        strange.say()
        return tally.finish("labelled", asked=asked)


def _labelled(model: Model, pages: Iterable[Page], *, jobs: int, asked: Asked) -> Iterator[Labelled]:
    """The rows of each batch of pages, in order."""
    work = partial(rows_of_batch, asked=asked)
    if jobs == 1:
        yield from (work(model, batch) for batch in model.batches(pages))
        return
    from classifier.model.parallel import map_batches

    # Workers send rows, not predictions: unpacking those would keep this process as busy as labelling does.
    yield from map_batches(model, pages, work, jobs=jobs, on_loss=_say_lost)


def rows_of(model: Model, pages: Iterable[Page], asked: Asked) -> Iterator[Encoded]:
    """The row of each page in one of the formats, as `writers.write` takes it."""
    for batch in model.batches(pages):
        for row, _ in _made_of(model, batch, asked):
            yield row


def encoded(predictions: Iterable[Prediction], pages: Iterable[Page], model: Model, asked: Asked) -> Iterator[Encoded]:
    """Predictions of pages as rows in one of the formats; a table has names for labels."""
    if asked.form == "table":
        predictions = shown_predictions(predictions, model.display_names)
    rows = row_form(asked)
    return (writers.encode(Row(*both), asked.form, rows) for both in zip(predictions, pages, strict=True))


def _made_of(model: Model, pages: list[Page], asked: Asked) -> Iterator[tuple[Encoded, bool]]:
    """The row of each page of a batch, and whether most of its syllables are unknown."""
    if asked.form in FORMS and asked.plain:
        judged = model.judged(pages)
        strange = (judged.known < FEW_KNOWN).tolist()
        return zip(plain_rows(model, judged, asked.form, asked.threshold), strange, strict=True)
    predictions = model.predict(pages, threshold=asked.threshold, explain=asked.explain, cover=asked.cover)
    strange = [prediction.known < FEW_KNOWN for prediction in predictions]
    return zip(encoded(predictions, pages, model, asked), strange, strict=True)


def rows_of_batch(model: Model, pages: list[Page], *, asked: Asked) -> Labelled:
    """The rows of a batch of pages; of a page that time or memory ran out for, what to say of it."""
    found = each_or_alone(lambda some: list(_made_of(model, some, asked)), pages)
    rows = [one if isinstance(one, Skipped) else one[0] for one in found]
    return Labelled(rows, sum(one[1] for one in found if not isinstance(one, Skipped)), len(rows))


class Row(NamedTuple):
    """A prediction and the page that it is of."""

    prediction: Prediction
    page: Page


def _made(
    rows: Iterable[Encoded | Skipped], skip: Callable[[Skipped], None], *, gap: Encoded | None = None
) -> Iterator[Encoded]:
    """The rows that were made; the pages that have none are named, and `gap` stands for each."""
    for row in rows:
        if not isinstance(row, Skipped):
            yield row
            continue
        skip(row)
        if gap is not None:
            yield gap


def _say_lost(why: str) -> None:
    wording.say(f"chude: {why}; going on with one process, no page is lost")


def row_form(asked: Asked) -> writers.RowForm[Row]:
    """How predictions are written; with reasons, sets and columns of their pages where these are asked for."""
    explained, covered = bool(asked.explain), asked.cover is not None
    own = {name: PAGE[name] for name in asked.fields}
    shape = {**PREDICTION, **(REASONS if explained else {}), **(COVERING if covered else {}), **KNOWN, **own}
    heading = (*_HEADING, *(["one of"] if covered else []), *(["because of"] if explained else []), *asked.fields)
    return writers.RowForm(
        partial(_record, fields=asked.fields),
        shape,
        partial(_table_row, asked=asked),
        heading,
        cells=partial(_cells, columns=tuple(shape)),
    )


def _record(row: Row, fields: Sequence[str]) -> dict[str, Any]:
    record = prediction_record(row.prediction)
    if fields:
        of_page = page_record(row.page)
        record |= {name: of_page[name] for name in fields}
    return record


def marked(title: str, reasons: Iterable[Reason]) -> Text:
    """The title with the words that decided in it: bold and underlined for the topic, struck through against it."""
    from rich.text import Text

    from eval.pages.marks import mark

    text = Text()
    for piece in mark(wording.plain(title), reasons):
        text.append(piece.text, ("bold underline" if piece.weight > 0 else "strike") if piece.terms else "")
    return text


def _cells(row: dict[str, Any], columns: Sequence[str]) -> list[object]:
    flat = {
        **row,
        **{name: writers.flat_cell(value) for name, value in row.items() if name in PAGE},
        "secondary": " ".join(row["secondary"]),
        "set": " ".join(row.get("set", ())),
        "topics": " ".join(f"{t['topic']}:{t['probability']}" for t in row["topics"]),
        "reasons": "; ".join(f"{r['term']} {r['weight']:+.3f}" for r in row.get("reasons", ())),
    }
    return [flat[column] for column in columns]


def _table_row(row: Row, *, asked: Asked) -> list[str | Text]:
    prediction = row.prediction
    cells: list[str | Text] = [prediction.topic, f"{prediction.probability:.2f}", ", ".join(prediction.secondary)]
    cells += [marked(prediction.title, prediction.reasons or ()), prediction.id]
    if asked.cover is not None:
        cells.append(", ".join(prediction.covering or ()))
    if asked.explain:
        cells.append(", ".join(f"{reason.term} {reason.weight:+.2f}" for reason in prediction.reasons or ()))
    if asked.fields:
        record = page_record(row.page)
        cells += [str(writers.flat_cell(record[name])) for name in asked.fields]
    return cells
