"""Runs the parts of a dataset on Dask: a cluster of this machine's own processes, or a scheduler that is there."""

from __future__ import annotations

import errno
import logging
import os
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from itertools import islice
from typing import TYPE_CHECKING, Any

from classifier.disk.atomic import scratch_folder
from classifier.engines.part import Job, do_part
from classifier.errors import ChudeError, UsageError
from classifier.isolation import strangers_modules_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from classifier.engines.dataset import Input, Piece

    Record = dict[str, Any]

DEATHS = 10
"""So many workers may die at a part before it is given up: those killed from outside are nobody's fault."""
AHEAD = 3
"""Parts a thread that are given out at a time: enough that none idles, few enough for a scheduler's memory."""
WORKERS_WAIT = 60
"""Seconds in which a scheduler must have its first worker."""
NEEDS = "pip install 'chude[dask]'"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)


class EngineError(ChudeError):
    """The engine is gone or cannot be had; what is done is kept."""


@contextmanager
def client(scheduler: str | None, jobs: int, *, threads: bool = False) -> Iterator[Any]:
    """A Dask client of the scheduler at an address, or of `jobs` processes (or threads) that end with the block.

    The cluster of its own listens on this machine alone, with certificates that live as long as it does, and its
    processes import nothing from the current folder. Raises UsageError without Dask, EngineError where none answers.
    """
    if find_spec("distributed") is None:
        raise UsageError("--engine dask", "needs Dask", NEEDS)
    import dask
    from distributed import Client, LocalCluster

    for name in [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]:
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is said in lines of our own
    settings = {
        "distributed.scheduler.allowed-failures": DEATHS,
        "distributed.worker.daemon": True,
        "distributed.worker.profile.enabled": False,  # looks at the stack a hundred times a second
    }
    with ExitStack() as stack:
        stack.enter_context(dask.config.set(settings))
        if scheduler:
            try:
                found = stack.enter_context(Client(scheduler, timeout="15s", set_as_default=False))
                found.wait_for_workers(1, timeout=WORKERS_WAIT)
            except (OSError, ValueError, TimeoutError) as error:
                what = f"no Dask scheduler with workers answers ({' '.join(str(error).split())})"
                raise EngineError(scheduler, what, "check the address, and start workers there") from error
            yield found
            return
        stack.enter_context(strangers_modules_out())
        scratch = stack.enter_context(scratch_folder("chude-dask"))
        cluster = LocalCluster(
            n_workers=1 if threads else jobs,
            threads_per_worker=jobs if threads else 1,
            processes=not threads,
            host="127.0.0.1" if not threads else None,
            protocol=None if threads else "tls",
            security=None if threads else _own_certificates(),
            dashboard_address="127.0.0.1:0" if find_spec("bokeh") else None,
            local_directory=str(scratch),
            silence_logs=logging.CRITICAL,
        )
        stack.enter_context(cluster)
        yield stack.enter_context(Client(cluster, set_as_default=False))


def _own_certificates() -> Any:
    from distributed.security import Security

    return Security.temporary()  # anyone on this machine could else give the workers code to run


def do_parts(
    dask_client: Any,
    job: Job,
    todo: Mapping[int, Sequence[tuple[Input, Piece]]],
    done: Callable[[int, Record], None],
    lost: Callable[[int, str], None],
) -> None:
    """Has every part done by the workers and tells of each as it ends; `lost` is given the reason in a few words.

    A part whose worker dies is done by another. Raises what no other part would escape (an artifact or chude that
    differs, an input that has changed, no room where the parts are written), and EngineError where the scheduler is
    gone.
    """
    from distributed import as_completed

    waiting = iter(sorted(todo))
    numbers: dict[str, int] = {}
    under_way = as_completed(loop=dask_client.loop)

    def give_out(count: int) -> None:
        for number in islice(waiting, count):
            key = f"chude-part-{os.getpid()}-{number}"
            numbers[key] = number
            under_way.add(dask_client.submit(do_part, job, number, list(todo[number]), key=key, pure=False))

    threads = sum(dask_client.nthreads().values()) or 1
    give_out(AHEAD * threads)
    for future in under_way:
        number = numbers.pop(future.key)
        if future.status in ("cancelled", "lost"):
            raise EngineError(_address(dask_client), "the scheduler is gone", "start it; --resume does what is missing")
        error = future.exception() if future.status == "error" else None
        if error is None:
            done(number, future.result())
        else:
            lost(number, _reason(error))
        future.release()
        give_out(1)


def _reason(error: BaseException) -> str:
    """Why one part failed; raises the error where it is no fault of that part."""
    from distributed.scheduler import KilledWorker

    if isinstance(error, KilledWorker):
        return f"{DEATHS + 1} workers died at it (out of memory?)"
    if isinstance(error, MemoryError):
        return "a worker ran out of memory"
    if isinstance(error, OSError) and error.errno not in _FULL and error.filename:
        return f"{error.filename}: {error.strerror}"
    raise error


def _address(dask_client: Any) -> str:
    return str(dask_client.scheduler.address)
