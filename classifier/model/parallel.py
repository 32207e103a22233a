"""Labels a stream of pages in several processes; order and output are those of one."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
import time
from collections import deque
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from classifier.features.tokens import page_batches
from classifier.isolation import strangers_modules_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from classifier.model.model import Model
    from classifier.types import Page, Prediction

R = TypeVar("R")

BATCHES_AHEAD = 2
"""So many batches a worker are under way: enough that none idles, few enough that memory stays flat."""


def predict_parallel(
    model: Model, pages: Iterable[Page], *, jobs: int, threshold: float | None = None, explain: int = 0
) -> Iterator[Prediction]:
    """As `model.iter_predict`, in `jobs` worker processes that each take whole batches."""
    for predictions in map_batches(model, pages, partial(_predict, threshold=threshold, explain=explain), jobs=jobs):
        yield from predictions


def map_batches(
    model: Model,
    pages: Iterable[Page],
    work: Callable[[Model, list[Page]], R],
    *,
    jobs: int,
    on_loss: Callable[[], object] = lambda: None,
) -> Iterator[R]:
    """`work(model, batch)` for each batch of pages, in order, done by `jobs` worker processes.

    `work` has to be a function that pickles, and should return little: what workers send back is unpacked here. They
    read the model from a file, its arrays memory-mapped. Where a worker dies (killed, out of memory), `on_loss` is
    called once and all batches that are left are done here, so that no page is lost.
    """
    batches = page_batches(pages)
    waiting: deque[tuple[list[Page], Any]] = deque()
    with tempfile.TemporaryDirectory(prefix="chude-") as folder:
        try:
            yield from _by_workers(model, batches, waiting, work, jobs, Path(folder) / "model.joblib")
        except _died():
            on_loss()
    for batch, _ in waiting:
        yield work(model, batch)
    for batch in batches:
        yield work(model, batch)


def _by_workers(
    model: Model,
    batches: Iterator[list[Page]],
    waiting: deque[tuple[list[Page], Any]],
    work: Callable[[Model, list[Page]], R],
    jobs: int,
    file: Path,
) -> Iterator[R]:
    """The results that workers give; a batch is in `waiting`, with its future, until its result is there."""
    import joblib
    from joblib.externals.loky import ProcessPoolExecutor

    joblib.dump(model.without_caches(), file)
    threads = {name: os.environ.get(name, "1") for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    # The executor below joblib.Parallel: there a batch whose worker died could not be told from one that is done.
    executor = ProcessPoolExecutor(jobs, env=threads, initializer=_end_with, initargs=(os.getpid(), str(file.parent)))
    try:
        for batch in batches:
            waiting.append((batch, None))  # first, so that it is not lost if the pool is broken already
            with strangers_modules_out(), _signals_held():
                waiting[-1] = batch, executor.submit(_call, work, str(file), batch)
            if len(waiting) > BATCHES_AHEAD * jobs:
                result = waiting[0][1].result()
                waiting.popleft()
                yield result
        while waiting:
            result = waiting[0][1].result()
            waiting.popleft()
            yield result
    finally:
        executor.shutdown(wait=True, kill_workers=bool(waiting))


@contextmanager
def _signals_held() -> Iterator[None]:
    """Workers that start in the block never get Ctrl-C, which a terminal sends to all processes, nor what `timeout`
    sends: to end them is their parent's part. They inherit the mask; the parent gets its signals after the block.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    from joblib.externals.loky.backend import resource_tracker as loky_tracker

    for tracker in (resource_tracker, loky_tracker):
        tracker.ensure_running()  # started in the block, they would let the signals through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with(parent: int, folder: str) -> None:
    """Has this worker end, and remove the folder, soon after its parent was killed: nobody else would."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _died() -> type[BaseException]:
    from joblib.externals.loky import BrokenProcessPool  # TerminatedWorkerError is one of its kinds

    broken: type[BaseException] = BrokenProcessPool
    return broken


def _call(work: Callable[[Model, list[Page]], R], file: str, batch: list[Page]) -> R:
    return work(_model_in(file), batch)


@lru_cache(maxsize=1)
def _model_in(file: str) -> Model:
    """The model a worker was told to use; it stays, with its tables warm, from one batch to the next."""
    import joblib

    model: Model = joblib.load(file, mmap_mode="r")  # written by the parent, into a folder only this user can read
    return model


def _predict(model: Model, pages: list[Page], threshold: float | None, explain: int) -> list[Prediction]:
    return model.predict(pages, threshold=threshold, explain=explain)
