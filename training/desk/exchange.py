"""Labels into a desk, from any corpus or Label Studio's JSON, and out of it, for these, for tables and for fastText."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.desk.store import Decision, labelled_rows
from classifier.errors import NoInputError, UsageError
from classifier.reading.articles import with_article
from classifier.reading.limits import MAX_JSON
from classifier.types import OTHER, Page, Skipped
from training.corpus import Article, read_corpus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from classifier.desk.store import Added, Desk
    from classifier.reading import Columns

FORMS = {
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".txt": "fasttext",
    ".fasttext": "fasttext",
    ".json": "label studio",
}
"""What is written, by the ending of the file's name."""
_A_TIME = 20_000
"""Articles that are taken in together."""
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Imported:
    """What came in: labels that are new or other than before, labels that were there, topics that were made."""

    labels: int
    known: int
    topics: tuple[str, ...]


def add_articles(desk: Desk, pages: Iterator[Page], skip: Callable[[Skipped], None]) -> Added:
    """Takes in what there is to label, so many at a time; a page without an article of its own is skipped."""
    from classifier.desk.store import Added

    total = Added()
    waiting: list[Page] = []

    def take() -> None:
        nonlocal total
        added = desk.add(waiting)
        total = Added(total.new + added.new, total.known + added.known, total.twins + added.twins)
        waiting.clear()

    for page in with_article(pages, skip):
        waiting.append(page)
        if len(waiting) == _A_TIME:
            take()
    take()
    return total


def take_labels(
    desk: Desk,
    path: str,
    *,
    columns: Columns | None = None,
    encoding: str | None = None,
    skip: Callable[[Skipped], None] | None = None,
) -> Imported:
    """Labels made elsewhere become decisions; articles and topics that are missing are added.

    Raises NoInputError where there is no label in the file.
    """
    found = label_studio_articles(Path(path), skip)
    if found is None:
        found = read_corpus([path], columns=columns, encoding=encoding, on_skip=skip).articles
    desk.add([article.page for article in found])
    there = {topic.name.casefold(): topic.topic for topic in desk.topics()}
    made = []
    for name in dict.fromkeys(_SPACE.sub(" ", name) for article in found for name in _names(article)):
        if name.casefold() not in there:
            there[name.casefold()] = desk.add_topic(name).topic
            made.append(name)
    standing = {one.article: (one.kind, one.topics) for one in desk.decisions()}
    batch, new = desk.new_batch(), []
    for article in found:
        topics = tuple(dict.fromkeys(there[_SPACE.sub(" ", name).casefold()] for name in _names(article)))
        number = desk.number_of(article.page)
        if standing.get(number) != ("label", topics):
            standing[number] = ("label", topics)
            new.append(Decision(number, "label", topics, queue="import", batch=batch))
    desk.decide(new)
    return Imported(len(new), len(found) - len(new), tuple(made))


def _names(article: Article) -> list[str]:
    """Its topics, the primary one first; none for "other"."""
    names = [] if article.primary == OTHER else [article.primary]
    return [*names, *(topic for topic in article.topics if topic not in (OTHER, article.primary))]


def label_studio_articles(path: Path, skip: Callable[[Skipped], None] | None = None) -> list[Article] | None:
    """The labelled tasks of a Label Studio export (JSON), None where the file is none.

    Of several annotations the last one that was not cancelled counts. A task's text is in `text` (and `title`), the
    choices are its topics, the first one the primary.
    """
    if path.suffix.lower() != ".json" or not path.is_file() or path.stat().st_size > MAX_JSON:
        return None
    try:
        tasks = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return None  # the reader of corpora says what is wrong with it
    if not isinstance(tasks, list) or not any(isinstance(task, dict) and "annotations" in task for task in tasks):
        return None
    found = []
    for number, task in enumerate(tasks, start=1):
        made = _of_task(task, f"{path}:{number}", number)
        if isinstance(made, Article):
            found.append(made)
        elif skip:
            skip(made)
    if not found:
        raise NoInputError(str(path), "holds no labelled task", "export tasks with annotations and choices as JSON")
    return found


def _of_task(task: Any, source: str, number: int) -> Article | Skipped:
    from classifier.errors import UnreadableError
    from classifier.reading.tables.rows import USUAL, page_from_row

    data = task.get("data") if isinstance(task, dict) else None
    if not isinstance(data, dict):
        return Skipped(source, "is no task of Label Studio (it has no `data`)")
    try:
        page = page_from_row(data, USUAL, fallback_id=str(task.get("id", number)), source=source)
    except UnreadableError as error:
        return Skipped(error.where, error.what, error.remedy)
    choices = _choices(task)
    if choices is None:
        return Skipped(source, "has no annotation with choices", "label it, or leave it out of the export")
    topics = tuple(name for name in dict.fromkeys(" ".join(choice.split()) for choice in choices) if name)
    topics = tuple(name for name in topics if name != OTHER)
    return Article(page, topics[0] if topics else OTHER, topics)


def _choices(task: dict[str, Any]) -> list[str] | None:
    annotations = task.get("annotations")
    for annotation in reversed(annotations if isinstance(annotations, list) else []):
        if not isinstance(annotation, dict) or annotation.get("was_cancelled"):
            continue
        results = annotation.get("result")
        for result in results if isinstance(results, list) else []:
            value = result.get("value") if isinstance(result, dict) else None
            choices = value.get("choices") if isinstance(value, dict) else None
            if isinstance(choices, list) and choices and all(isinstance(choice, str) for choice in choices):
                return choices
    return None


def form_of(target: str) -> str:
    """How a file is written, by its name. Raises UsageError for an ending that says nothing."""
    form = FORMS.get(Path(target).suffix.lower())
    if form is None:
        what = f"does not say how to write the labels; {', '.join(FORMS)} do (.txt: fastText, .json: Label Studio)"
        raise UsageError(target, what, "end its name in one of these")
    return form


def label_studio_tasks(rows: Sequence[dict[str, Any]]) -> str:
    """The rows as tasks of Label Studio with an annotation each, for a `Choices` field called "topic" on "text"."""
    tasks = []
    for number, row in enumerate(rows, start=1):
        choices = row.get("labels") or [row["label"]]
        kept = {name: row[name] for name in ("id", "title", "date", "url", "site") if row[name]}
        text = "\n".join(part for part in (row["lead"], row["body"]) if part) or row["title"]
        result = {"from_name": "topic", "to_name": "text", "type": "choices", "value": {"choices": choices}}
        annotation = {"result": [result], "created_at": row["decided"], "was_cancelled": False}
        tasks.append({"id": number, "data": kept | {"text": text}, "annotations": [annotation]})
    return json.dumps(tasks, ensure_ascii=False, indent=1) + "\n"


def fasttext_lines(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The rows as fastText lines: a text on one line, its labels before it without spaces."""
    for row in rows:
        labels = row.get("labels") or [row["label"]]
        text = _SPACE.sub(" ", " ".join(part for part in (row["title"], row["lead"], row["body"]) if part)).strip()
        yield " ".join([*(f"__label__{_SPACE.sub('_', label)}" for label in labels), text]) + "\n"


def exported(desk: Desk) -> list[dict[str, Any]]:
    """The labelled articles as they are written. Raises NoInputError where there are none."""
    rows = list(labelled_rows(desk))
    if not rows:
        raise NoInputError("the desk", "holds no labelled article", "label some first, or bring labels with --import")
    return rows
