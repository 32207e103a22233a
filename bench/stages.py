"""Where the time of `chude predict` goes, and what cannot be saved: python -m bench.stages CORPUS [-m MODEL].

The pipeline runs as it is, with a clock around each stage; times are CPU seconds of this process, set-up left out.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import time
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.measure import about, table
from classifier.cli import writers
from classifier.cli.predict import Asked, row_form, rows_of
from classifier.model.artifact import default_artifact, load
from classifier.reading import read_pages
from classifier.reading.raw.streams import open_file
from classifier.reading.walk import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from classifier.model.model import Model
    from classifier.types import Page

STAGES = ("read", "syllables", "lattice", "features", "scores", "write")


class Clock:
    """CPU seconds by stage; a stage inside another one counts for itself alone."""

    def __init__(self, outermost: str) -> None:
        self.seconds = dict.fromkeys(STAGES, 0.0)
        self._stack = [outermost]
        self._last = time.process_time()

    def _turn(self) -> None:
        now = time.process_time()
        self.seconds[self._stack[-1]] += now - self._last
        self._last = now

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """What runs inside counts as this stage."""
        self._turn()
        self._stack.append(name)
        yield
        self._turn()
        self._stack.pop()

    def wrap(self, owner: object, method: str, name: str) -> None:
        """Clocks a method of one object."""
        inner: Callable[..., Any] = getattr(owner, method)

        def clocked(*arguments: Any) -> Any:
            with self.stage(name):
                return inner(*arguments)

        setattr(owner, method, clocked)

    def each(self, items: Iterable[Page], name: str) -> Iterator[Page]:
        """Clocks what it takes to get each item."""
        iterator = iter(items)
        while True:
            with self.stage(name):
                item = next(iterator, None)
            if item is None:
                return
            yield item


def profile(model: Model, source: str, limit: int | None) -> tuple[dict[str, float], list[Page]]:
    """CPU seconds by stage of reading, labelling and writing as JSON lines; and the pages."""
    tokeniser = model.tokeniser
    segmenter = tokeniser.segmenter
    clock = Clock("write")
    clock.wrap(segmenter.table, "encode", "syllables")
    clock.wrap(segmenter, "encode", "lattice")
    clock.wrap(model, "_rows", "features")
    clock.wrap(model, "_scores", "scores")
    pages: list[Page] = []

    def kept() -> Iterator[Page]:
        for page in clock.each(islice(read_pages([source]), limit), "read"):
            pages.append(page)
            yield page

    asked = Asked("jsonl")
    rows = rows_of(model, kept(), asked)
    writers.write(rows, "jsonl", io.StringIO(), row_form(asked))
    with clock.stage("write"):
        pass
    return clock.seconds, pages


def floors(source: str, pages: Sequence[Page]) -> dict[str, float]:
    """CPU seconds of what no program in Python that does the stage can avoid."""
    found = {}
    place = Path(source)
    started = time.process_time()
    with closing(open_file(place, kind_of(place.name)[1], source)) as stream:
        lines = list(islice(stream, len(pages)))
    found["reading (and unpacking) the bytes"] = time.process_time() - started
    texts = [page.text for page in pages]
    jobs: dict[str, Callable[[], object]] = {
        "json.loads of each line": lambda: [json.loads(line) for line in lines if line.startswith(b"{")],
        "str.split of each text": lambda: [text.split() for text in texts],
        "one pass of a word regex": lambda: [re.findall(r"\w+|[^\w\s]", text) for text in texts],
    }
    for name, job in jobs.items():
        started = time.process_time()
        job()
        found[name] = time.process_time() - started
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", help="one file of rows")
    parser.add_argument("-m", "--model", default=str(default_artifact()))
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N articles")
    options = parser.parse_args(arguments)
    seconds, pages = profile(load(options.model), options.corpus, options.limit)
    total = sum(seconds.values())
    print(about())
    print(f"{len(pages):,} articles, {sum(len(page.text) for page in pages) / 1e6:.1f} million characters")
    rows = [[stage, f"{taken:.2f}", f"{taken / total:.0%}"] for stage, taken in seconds.items()]
    print(table(["stage", "CPU seconds", "share"], [*rows, ["all", f"{total:.2f}", "100%"]]))
    rows = [[name, f"{taken:.2f}", f"{taken / total:.0%}"] for name, taken in floors(options.corpus, pages).items()]
    print(table(["floor", "CPU seconds", "of all"], rows))


if __name__ == "__main__":
    main()
