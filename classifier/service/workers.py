"""The processes that do the service's work, so that its loop always answers and a page that dies takes none along."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

from classifier.budget import OverBudget, limited, spent, watched
from classifier.errors import ChudeError
from classifier.isolation import strangers_modules_out
from classifier.model.parallel import end_with, signals_held

if TYPE_CHECKING:
    from collections.abc import Callable

    from classifier.engines.callables import Labeller

Rows = list[dict[str, Any]]


class BusyError(Exception):
    """The work could not be done now: it took too long, or its process died."""


class RefusedError(Exception):
    """What was given cannot be used; the text says why."""


class Workers:
    """`jobs` processes; each keeps the models that it has been given."""

    def __init__(self, jobs: int, seconds: float) -> None:
        self.jobs, self._seconds = jobs, seconds
        self._executor = self._made()

    def _made(self) -> Any:
        from joblib.externals.loky import ProcessPoolExecutor

        threads = {name: os.environ.get(name, "1") for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
        return ProcessPoolExecutor(self.jobs, env=threads, initializer=end_with, initargs=(os.getpid(), ""))

    def submit(self, work: Callable[..., Any], size: int, *given: Any) -> Any:
        """Return the future of `work(*given)` on something of `size` characters."""
        with strangers_modules_out(), signals_held():
            return self._executor.submit(_done, work, size, given)

    async def do(self, work: Callable[..., Any], size: int, *given: Any) -> Any:
        """Return `work(*given)`. Raises RefusedError for what chude refuses, BusyError where it cannot be done now."""
        from joblib.externals.loky import BrokenProcessPool

        executor = self._executor
        try:
            future = self.submit(work, size, *given)
            found, said = await asyncio.wait_for(asyncio.wrap_future(future), self._seconds)
        except TimeoutError as error:
            self._renew(executor)
            raise BusyError(f"it took over {self._seconds:g} seconds") from error
        except BrokenProcessPool as error:
            self._renew(executor)
            raise BusyError("its process died (out of memory?)") from error
        if said:
            raise RefusedError(said)
        return found

    def _renew(self, broken: Any) -> None:
        """Begin with new processes; whoever comes second finds that done."""
        if self._executor is broken:
            self._executor = self._made()
            broken.shutdown(wait=False, kill_workers=True)

    def close(self) -> None:
        """End the processes."""
        self._executor.shutdown(wait=False, kill_workers=True)


def _done(work: Callable[..., Any], size: int, given: tuple[Any, ...]) -> tuple[Any, str]:
    """The result, or why there is none."""
    with watched():
        try:
            with limited(size):
                return work(*given), ""
        except (OverBudget, MemoryError) as error:
            said: ChudeError = spent(error, "")
        except ChudeError as error:
            said = error
    return None, f"{said.what}; {said.remedy}" if said.remedy else said.what


def warm(labeller: Labeller) -> int:
    """Load a model into this process, and what the first text needs."""
    labeller([{"text": "Mỹ và Nga ký hiệp ước."}])
    return os.getpid()


def label(labeller: Labeller, rows: Rows) -> Rows:
    """Return a row of predictions a row; pages in `html` are read first."""
    read = [_read(row) if isinstance(row.get("html"), str) else (row, "") for row in rows]
    made: Rows = labeller([row for row, _ in read])
    for row, (_, why) in zip(made, read, strict=True):
        row["skipped"] = why or row["skipped"]
    return made


def label_page(labeller: Labeller, page: bytes) -> Rows:
    """Return the prediction for a page in any form of file."""
    return label(labeller, [_page(page, "")])


def extract(rows: Rows) -> Rows:
    """Return a record of the page in each row's `html` or `text`."""
    from classifier.engines.callables import Extractor

    pages = [{"id": row.get("id", ""), "html": row.get("html", row.get("text"))} for row in rows]
    made: Rows = Extractor()(pages)
    return made


def extract_page(page: bytes) -> Rows:
    """Return the record of a page in any form of file."""
    from classifier.engines.callables import Extractor

    made: Rows = Extractor()([{"html": page}])
    return made


def segment(texts: list[str]) -> list[str]:
    """Return the texts with the syllables of words joined, as pyvi joins them."""
    from classifier.engines.callables import Segmenter

    return [row["segmented"] for row in Segmenter()([{"text": text} for text in texts])]


def cluster(labeller: Labeller, headlines: list[tuple[str, str]], k: Any) -> Rows:
    """Return the clusters of headlines with their blurbs, as `chude cluster` writes them."""
    from classifier.clustering import cluster_headlines
    from classifier.engines.callables import loaded
    from classifier.records import cluster_record
    from classifier.types import Headline

    model, _ = loaded(labeller.model, labeller.digest)
    found = cluster_headlines([Headline(*one) for one in headlines], k, model=model)
    return [cluster_record(one) for one in found]


def _read(row: dict[str, Any]) -> tuple[dict[str, Any], str]:
    try:
        return row | _page(row["html"], row.get("id", "")), ""
    except ChudeError as error:
        return {"id": row.get("id", "")}, f"{error.what}; {error.remedy}" if error.remedy else error.what


def _page(page: bytes | str, name: Any) -> dict[str, Any]:
    from classifier.reading.files import page_from_bytes
    from classifier.records import page_record

    read = page_from_bytes(page, "" if name is None else str(name))
    return {key: value for key, value in page_record(read).items() if key != "source"}
