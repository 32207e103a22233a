"""What every engine calls: `Labeller`, `Extractor` and `Segmenter` pickle small, load what they need once a process,
take a batch and give a batch of the same kind.

A batch is a list of dicts, a pandas or polars DataFrame, or a pyarrow Table or RecordBatch. A row in is a row out, in
order: one that cannot be used has nothing in its columns but the reason in `skipped`.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.engines.batches import like, rows_of
from classifier.errors import ArtifactError, UnreadableError
from classifier.records import COVERING, KNOWN, PAGE, PREDICTION, REASONS, page_record, prediction_record

if TYPE_CHECKING:
    from classifier.model.model import Model
    from classifier.types import Page
    from classifier.vietnamese.segmenter import Segmenter as Pyvi

    Record = dict[str, Any]

SKIPPED = "skipped"
"""The column that says why a row has no result; None where it has one."""


@dataclass(frozen=True, slots=True)
class Labeller:
    """Labels batches of articles with the columns of `chude predict`: id, source, title, topic, probability, secondary,
    topics, with `explain` reasons, and `skipped`.

    model: an artifact's folder, or None for the one that ships with chude; where a batch is labelled it must be the one
    it is here, or ArtifactError is raised. threshold, explain and cover: as `Model.predict`. keep: columns of the batch
    that go along. columns: names of the text, title and id where they are not the usual ones, as
    `classifier.reading.Columns` has them. An id is the row's own, or "".
    """

    model: str | None = None
    explain: int = 0
    threshold: float | None = None
    cover: float | None = None
    keep: tuple[str, ...] = ()
    columns: Any = None
    digest: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.model is not None:  # a worker may work in another folder
            object.__setattr__(self, "model", str(Path(self.model).resolve()))
        object.__setattr__(self, "digest", self.digest or model_digest(self.model))
        object.__setattr__(self, "keep", tuple(self.keep))

    @property
    def shape(self) -> Record:
        """The columns that are added and what is in them."""
        further = {**(REASONS if self.explain else {}), **({} if self.cover is None else COVERING)}
        return {**PREDICTION, **further, **KNOWN, SKIPPED: str}

    def __call__(self, batch: Any) -> Any:
        """A batch of this one's kind with a row for each of its rows."""
        found = _Found(rows_of(batch), self.shape)
        pages = found.pages(self.columns)
        model, lock = loaded(self.model, self.digest)
        with lock:  # a model keeps tables of what it has met; an engine may call from several threads
            predictions = model.predict(pages, threshold=self.threshold, explain=self.explain, cover=self.cover)
        found.fill([prediction_record(prediction) for prediction in predictions])
        return like(batch, found.rows, self.shape, self.keep)


@dataclass(frozen=True, slots=True)
class Extractor:
    """Reads saved pages with the columns of `chude extract`, and `skipped`.

    column: where a page stands, as text or bytes: HTML, text, or in any other form of file in which a page stands
    alone. encoding: of bytes (None: found
    out for each). keep: columns of the batch that go along, but those that are made. An id is the row's own, or "".
    """

    column: str = "html"
    encoding: str | None = None
    keep: tuple[str, ...] = ()

    @property
    def shape(self) -> Record:
        """The columns that are added and what is in them."""
        return {**PAGE, SKIPPED: str}

    def __call__(self, batch: Any) -> Any:
        """A batch of this one's kind with a row for each of its rows."""
        from classifier.reading.files import page_from_bytes

        found = _Found(rows_of(batch), self.shape)
        made = []
        for number, row in enumerate(found.given):
            try:
                value = _page_in(row, self.column)
                made.append(page_record(page_from_bytes(value, _id_of(row), encoding=self.encoding)))
                found.at.append(number)
            except UnreadableError as error:
                found.skip(number, error)
        found.fill(made)
        return like(batch, found.rows, self.shape, self.keep)


@dataclass(frozen=True, slots=True)
class Segmenter:
    """Joins the syllables of words exactly as pyvi does: columns `segmented` and `skipped`.

    column: where the text stands. keep: columns of the batch that go along.
    """

    column: str = "text"
    keep: tuple[str, ...] = ()

    @property
    def shape(self) -> Record:
        """The columns that are added and what is in them."""
        return {"segmented": str, SKIPPED: str}

    def __call__(self, batch: Any) -> Any:
        """A batch of this one's kind with a row for each of its rows."""
        found = _Found(rows_of(batch), self.shape)
        for number, row in enumerate(found.given):
            if isinstance(row.get(self.column), str):
                found.at.append(number)
            else:
                found.skip(number, UnreadableError("", f"column {self.column!r} holds no text"))
        segmenter, lock = _segmenter()
        with lock:
            texts = list(segmenter.segment([found.given[number][self.column] for number in found.at]))
        found.fill([{"segmented": text} for text in texts])
        return like(batch, found.rows, self.shape, self.keep)


class _Found:
    """The rows of a batch and what came of each: `at` are the numbers of those that can be used."""

    def __init__(self, given: list[Record], shape: Record) -> None:
        self.given, self.at = given, list[int]()
        self.rows: list[Record] = [dict.fromkeys(shape) for _ in given]

    def skip(self, number: int, error: UnreadableError) -> None:
        """Says why a row cannot be used."""
        self.rows[number][SKIPPED] = f"{error.what}; {error.remedy}" if error.remedy else error.what

    def pages(self, columns: Any) -> list[Page]:
        """The pages of all rows that have text."""
        from classifier.reading.articles import check_article
        from classifier.reading.tables.rows import USUAL, page_from_row

        pages = []
        for number, row in enumerate(self.given):
            try:
                page = page_from_row(row, columns or USUAL, fallback_id="", source="")
                check_article(page)
            except UnreadableError as error:
                self.skip(number, error)
                continue
            pages.append(page)
            self.at.append(number)
        return pages

    def fill(self, made: list[Record]) -> None:
        """Puts the results where their rows are."""
        for number, record in zip(self.at, made, strict=True):
            self.rows[number].update(record)


def model_digest(model: str | None) -> str:
    """The sha256 of an artifact's description, which holds those of its other files. Raises ArtifactError."""
    from classifier.model.artifact import default_artifact

    path = Path(model or default_artifact(), "model.json")
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ArtifactError(str(path.parent), "there is no such model folder", "check the path") from error


@lru_cache(maxsize=2)
def loaded(model: str | None, digest: str) -> tuple[Model, threading.Lock]:
    """The model that has this digest, read once a process, and what keeps two threads from using it at a time."""
    from classifier.model.artifact import default_artifact, load

    where = str(model or default_artifact())
    if model_digest(model) != digest:
        raise ArtifactError(
            where, "is another model here than where the work was given out", "put the same on all machines"
        )
    return load(where), threading.Lock()


@lru_cache(maxsize=1)
def _segmenter() -> tuple[Pyvi, threading.Lock]:
    from classifier.vietnamese.segmenter import Segmenter as Pyvi

    return Pyvi(), threading.Lock()


def _page_in(row: Record, column: str) -> str | bytes:
    if column not in row:
        raise UnreadableError("", f"the row has no column {column!r}", "name the one that holds the page")
    value = row[column]
    if not isinstance(value, str | bytes):
        raise UnreadableError("", "holds no page")
    return value


def _id_of(row: Record) -> str:
    value = row.get("id")
    return "" if value is None else str(value)
