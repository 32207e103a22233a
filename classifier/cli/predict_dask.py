"""`chude predict --engine dask`: a dataset labelled part by part on many processes, into a folder of parts."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from classifier import wording
from classifier.cli import common, predict, writers
from classifier.errors import ChudeError, NoInputError
from classifier.reading.articles import with_article

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import IO

    from classifier.engines.dataset import Plan
    from classifier.engines.part import Job
    from classifier.engines.store import Folder
    from classifier.model.model import Model
    from classifier.reading import Columns
    from classifier.types import Page, Skipped

    Record = dict[str, Any]

FORMATS = ("jsonl", "parquet")


def run(
    paths: Sequence[str],
    target: str | None,
    model: str | None,
    form: str | None,
    jobs: int,
    scheduler: str | None,
    columns: Columns,
    *,
    resume: bool,
    encoding: str | None,
    asked: predict.Asked,
) -> int:
    """Labels the dataset and gives the exit code: 0, or 1 where rows were skipped or parts are missing."""
    from classifier.engines import dataset, manifest
    from classifier.engines.callables import model_digest
    from classifier.engines.part import Job
    from classifier.engines.store import Folder, is_remote, local_path

    form = form or FORMATS[0]
    _check(paths, target, form)
    address = str(target) if is_remote(str(target)) else str(local_path(str(target)).absolute())
    if model is not None:
        model = str(Path(model).resolve())
    asked = replace(asked, form=form)
    if asked.cover is not None:
        common.load_model(model).least_share(asked.cover)  # before the work
    write = partial(write_rows, asked=asked)
    job = Job(address, form, model, model_digest(model), encoding, columns, write)
    folder = Folder(address)
    plan = dataset.plan(paths, part_bytes=dataset.PART_BYTES, encoding=encoding)
    if not plan.parts:
        for skipped in plan.skipped:
            wording.say(f"chude: error: {skipped}")
        raise NoInputError(", ".join(paths), "holds no file to read", "give files, folders, globs or addresses")
    made_with = manifest.options(job, list(paths), dataset.PART_BYTES, **asked.told())
    with _held(folder):
        records: dict[int, Record] = {}
        if resume:
            records = manifest.resume(folder, made_with, plan, job)
            if records:
                there = wording.number(len(records), "part")
                wording.say(f"chude: {there} of {len(plan.parts):,} done by an earlier run; going on from there")
        else:
            manifest.begin(folder, made_with, plan)
        _work(job, plan, records, jobs, scheduler)
        sums = manifest.finish(folder, made_with, plan, records)
    return _summary(plan, records, sums)


def _check(paths: Sequence[str], target: str | None, form: str) -> None:
    from classifier.engines.store import is_remote, local_path

    if target in (None, "-"):
        raise click.UsageError("--engine dask needs -o OUT, a folder: parts cannot go to standard output")
    if form not in FORMATS:
        raise click.UsageError(f"--engine dask writes {' or '.join(FORMATS)}, not {form}")
    if "-" in paths:
        raise click.UsageError("--engine dask cannot read standard input: save it to a file first")
    if not is_remote(str(target)):
        common.check_target(str(local_path(str(target))), [path for path in paths if not is_remote(path)])


def _held(folder: Folder) -> Any:
    """Keeps a second run out of the folder, where that can be told."""
    from contextlib import nullcontext

    from classifier.engines.lock import held

    return nullcontext() if folder.is_remote else held(folder.address)


def _work(job: Job, plan: Plan, records: dict[int, Record], jobs: int, scheduler: str | None) -> None:
    """Has the parts done that have no record yet; names what is skipped as it comes, and parts that fail."""
    from classifier.engines import dask_run
    from classifier.types import Skipped

    missing = [number for number in range(len(plan.parts)) if number not in records]
    todo = {number: [(plan.inputs[piece.input], piece) for piece in plan.parts[number]] for number in missing}
    started, rows = time.monotonic(), 0
    note = "the parts that are done are kept: the same command with --resume does the others"

    for skipped in plan.skipped:
        wording.say(f"chude: error: {skipped}")
    for number in sorted(records):
        _say_skipped(records[number])
    if not todo:
        return
    in_memory = any(address.startswith("memory://") for address in (job.folder, *(i.address for i in plan.inputs)))
    try:
        with common.progress() as tell, dask_run.client(scheduler, jobs, threads=in_memory) as client:
            wording.say(f"chude: {wording.number(len(todo), 'part')} to do{_dashboard(client)}")

            def done(number: int, record: Record) -> None:
                nonlocal rows
                records[number] = record
                _say_skipped(record)
                rows += int(record["rows_out"])
                share = len(records) / len(plan.parts)
                seconds = time.monotonic() - started
                left = seconds / max(len(records) - (len(plan.parts) - len(todo)), 1) * (len(plan.parts) - len(records))
                speed = f"{rows / max(seconds, 1e-9):,.0f} articles/s, {_clock(left)} left"
                tell(f"{len(records):,} of {len(plan.parts):,} parts, {speed}", share)

            def failed(number: int, why: str) -> None:
                first = plan.inputs[plan.parts[number][0].input].source
                more = len(plan.parts[number]) - 1
                files = first + (f" and {wording.number(more, 'file')} more" if more else "")
                message = Skipped(
                    job.name(number), f"was not made: {why}", f"it is of {files}; --resume tries it again"
                )
                wording.say(f"chude: error: {message}")

            dask_run.do_parts(client, job, todo, done, failed)
    except ChudeError as error:
        if records and error.exit_code == ChudeError.exit_code:
            raise type(error)(error.where, error.what, f"{error.remedy}; {note}") from error
        raise
    except BaseException as error:
        error.add_note(note)
        raise


def _say_skipped(record: Record) -> None:
    from classifier.types import Skipped

    for kind, name in (("note", "remarks"), ("error", "skipped")):
        for source, reason, remedy in record.get(name, ()):
            wording.say(f"chude: {kind}: {Skipped(source, reason, remedy)}")


def _dashboard(client: Any) -> str:
    from importlib.util import find_spec

    return f"; dashboard: {client.dashboard_link}" if find_spec("bokeh") and client.dashboard_link else ""


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


def _summary(plan: Plan, records: dict[int, Record], sums: Record) -> int:
    """Says what came of it all, in numbers that add up."""
    used, skipped = int(sums["rows_out"]), sum(sums["skipped"].values()) + len(plan.skipped)
    of = f"{wording.number(len(records), 'part')} of {wording.number(len(plan.inputs), 'file')}"
    lost = len(plan.parts) - len(records)
    more = f", {wording.number(skipped, 'input')} skipped (named above)" if skipped else ""
    if lost:
        more += f", {wording.number(lost, 'part')} missing (named above)"
    if not used and not lost:
        raise NoInputError("", f"no input could be read ({wording.number(skipped, 'input')} skipped)", "see above")
    wording.say(f"chude: {wording.number(used, 'page')} labelled in {of}{more}")
    return 1 if skipped or lost else 0


def write_rows(
    model: Model,
    pages: Iterator[Page],
    skip: Callable[[Skipped], None],
    stream: IO[bytes],
    *,
    asked: predict.Asked,
) -> int:
    """Labels the pages of a part and writes their rows; returns how many. It runs in the engine's workers."""
    count = 0

    def rows() -> Iterator[writers.Encoded]:
        nonlocal count
        used = with_article(pages, skip)
        for row in predict.rows_of(model, used, asked):
            count += 1
            yield row

    shape, form = predict.row_form(asked), asked.form
    if form == "parquet":
        writers.write(rows(), form, stream, shape)
        return count
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    writers.write(rows(), form, text, shape)
    text.flush()
    text.detach()
    return count
