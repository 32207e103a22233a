"""Labels a stream of pages in several processes; order and output are those of one."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections import deque
from contextlib import contextmanager
from functools import lru_cache, partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar

from classifier.budget import watched
from classifier.disk.atomic import scratch_folder
from classifier.disk.own import is_own_folder
from classifier.isolation import strangers_modules_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from classifier.model.model import Model
    from classifier.types import Page, Prediction

R = TypeVar("R")
U = TypeVar("U")

BATCHES_AHEAD = 2
"""So many batches a worker are under way: enough that none idles, few enough that memory stays flat."""
FEWEST = 2
"""Workers that may be asked for wherever it is; more than there are cores beyond that only cost memory."""


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
    on_loss: Callable[[str], object] = lambda _why: None,
) -> Iterator[R]:
    """`work(model, batch)` for each batch of pages, in order, done by `jobs` worker processes: no more than there are
    batches or cores. What makes one batch alone is done here.

    `work` has to be a function that pickles, and should return little: what workers send back is unpacked here. They
    read the model from a file, its arrays memory-mapped. Where a worker dies (killed, out of memory) or none can be
    started, `on_loss` is called once with the reason and all batches that are left are done here, so that no page is
    lost.
    """
    yield from map_work(model, model.batches(pages), work, jobs=jobs, on_loss=on_loss)


def map_work(
    model: Model,
    units: Iterator[U | None],
    work: Callable[[Model, U], R],
    *,
    jobs: int,
    on_loss: Callable[[str], object] = lambda _why: None,
) -> Iterator[R]:
    """As `map_batches`, for whatever a worker can do something about; units have to pickle.

    Where None stands among them nothing behind it is read before all results of what is in front of it were taken.
    """
    first: list[U | None] = []
    most = min(jobs, max(_cores(), FEWEST))
    while len(first) < most and None not in first and (some := list(islice(units, 1))):
        first += some
    units = chain(first, units)
    waiting: deque[tuple[U, Any]] = deque()
    if len(first) > 1:
        try:
            with scratch_folder("chude") as folder:
                workers = most if None in first else len(first)
                yield from _by_workers(model, units, waiting, work, workers, folder / "model.joblib")
        except _NoWorkers as error:
            on_loss(f"no worker process can be started ({error})")
        except _died():
            on_loss("a worker process died (out of memory?)")
    for unit, _ in waiting:
        yield work(model, unit)
    for each in units:
        if each is not None:
            yield work(model, each)


class _NoWorkers(Exception):  # noqa: N818 (it never leaves this file)
    """The system does not let processes start, or share a lock or a file; the text says why."""


def _cores() -> int:
    """How many this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _by_workers(
    model: Model,
    units: Iterator[U | None],
    waiting: deque[tuple[U, Any]],
    work: Callable[[Model, U], R],
    jobs: int,
    file: Path,
) -> Iterator[R]:
    """The results that workers give; a unit is in `waiting`, with its future, until its result is there."""
    executor = _executor(model, jobs, file)

    def results(left: int) -> Iterator[R]:
        while len(waiting) > left:
            result = waiting[0][1].result()
            waiting.popleft()
            yield result

    try:
        for unit in units:
            if unit is None:
                yield from results(0)
                continue
            waiting.append((unit, None))  # first, so that it is not lost if the pool is broken already
            waiting[-1] = unit, _submitted(executor, work, file, unit)
            yield from results(BATCHES_AHEAD * jobs)
        yield from results(0)
    finally:
        executor.shutdown(wait=True, kill_workers=bool(waiting))


def _executor(model: Model, jobs: int, file: Path) -> Any:
    import joblib
    from joblib.externals.loky import ProcessPoolExecutor

    if not is_own_folder(file.parent):  # workers unpickle it
        raise _NoWorkers(f"others can write in {file.parent.parent}; name a folder of your own in TMPDIR")
    threads = {name: os.environ.get(name, "1") for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    try:
        joblib.dump(model.without_caches(), file)
    except OSError as error:
        raise _NoWorkers(f"{file.parent.parent}: {(error.strerror or str(error)).lower()}") from error
    # The executor below joblib.Parallel: there a batch whose worker died could not be told from one that is done.
    try:
        return ProcessPoolExecutor(jobs, env=threads, initializer=end_with, initargs=(os.getpid(), str(file.parent)))
    except OSError as error:  # a lock that processes share lies in /dev/shm, which may be full, read-only or missing
        raise _NoWorkers(f"no lock can be shared: {(error.strerror or str(error)).lower()}; see /dev/shm") from error


def _submitted(executor: Any, work: Callable[[Model, U], R], file: Path, unit: U) -> Any:
    with strangers_modules_out(), signals_held():
        try:
            return executor.submit(_call, work, str(file), unit)
        except OSError as error:  # the first batch starts the processes
            raise _NoWorkers((error.strerror or str(error)).lower()) from error


@contextmanager
def signals_held() -> Iterator[None]:
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


def end_with(parent: int, folder: str) -> None:
    """Has this worker end, and remove the folder ("": none), soon after its parent was killed: nobody else would."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _died() -> type[BaseException]:
    from joblib.externals.loky import BrokenProcessPool  # TerminatedWorkerError is one of its kinds

    broken: type[BaseException] = BrokenProcessPool
    return broken


def _call(work: Callable[[Model, U], R], file: str, unit: U) -> R:
    with watched():
        return work(_model_in(file), unit)


@lru_cache(maxsize=1)
def _model_in(file: str) -> Model:
    """The model a worker was told to use; it stays, with its tables warm, from one batch to the next."""
    import joblib

    model: Model = joblib.load(file, mmap_mode="r")  # written by the parent, into a folder only this user can read
    return model


def _predict(model: Model, pages: list[Page], threshold: float | None, explain: int) -> list[Prediction]:
    return model.predict(pages, threshold=threshold, explain=explain)
