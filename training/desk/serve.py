"""Opens a desk: reads its articles into a matrix, listens on this machine, and ends when it is told to."""

from __future__ import annotations

import secrets
import signal
import socket
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.errors import NoInputError, UsageError
from classifier.types import OTHER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType

    from numpy.typing import NDArray

    from classifier.desk.store import Desk
    from classifier.model.model import Model
    from classifier.types import Page

HOST = "127.0.0.1"
USUAL_PORT = 8767
NEEDED = ("starlette", "uvicorn", "jinja2")
MOST_ARTICLES = 200_000


def check_installed() -> None:
    """Raises UsageError, which names the extra, where a library of the page is missing."""
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise UsageError(
            "chude label", f"the page needs {', '.join(missing)}", "install them with: pip install 'chude[desk]'"
        )


def listening(port: int | None) -> socket.socket:
    """A socket on this machine alone, on the port that was asked for, else on the usual one or any.

    Raises UsageError where the port that was asked for is taken.
    """
    for wanted in (port,) if port is not None else (USUAL_PORT, 0):
        found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((HOST, wanted))
        except OSError as error:
            found.close()
            if port is not None:
                what = f"port {port} cannot be listened on ({(error.strerror or str(error)).lower()})"
                raise UsageError("--port", what, "name another, or none") from error
            continue
        return found
    raise AssertionError("port 0 is any that is free")


def told_by(model: Model, pages: Sequence[Page]) -> dict[str, NDArray[np.float32]]:
    """What a model thinks of the articles: (n,) probabilities by topic, "other" left out."""
    shares = model.calibration.primary(model.scores(pages)).astype(np.float32)
    return {name: shares[:, column] for column, name in enumerate(model.labels) if name != OTHER}


def serve(
    desk: Desk,
    name: str,
    bound: socket.socket,
    *,
    model: Model | None = None,
    say: Callable[[str], None],
    opened: Callable[[str], None],
) -> None:
    """Serves the desk on a bound socket until it is told to end. opened: called with the address once it listens.

    Raises NoInputError for a desk without articles, UsageError for one with more than MOST_ARTICLES.
    """
    from training.desk.features import features_of
    from training.desk.server import application
    from training.desk.session import Session

    there = list(desk.pages())
    if not there:
        raise NoInputError(name, "holds no article", "name a PATH with articles to label")
    if len(there) > MOST_ARTICLES:
        raise UsageError(name, f"holds {len(there):,} articles", f"a desk takes at most {MOST_ARTICLES:,}")
    say(f"chude: making {len(there):,} articles ready …")
    pages = [page for _, page in there]
    features = features_of([number for number, _ in there], pages)
    session = Session(desk, features, told_by(model, pages) if model else None)
    del there, pages
    port = bound.getsockname()[1]
    token = secrets.token_urlsafe(24)
    guarded = application(session, name, hosts=(f"{HOST}:{port}", f"localhost:{port}"), token=token)
    try:
        _run(guarded, bound, lambda: opened(f"http://{HOST}:{port}/?token={token}"))
    finally:
        session.close()


def _run(application: Any, bound: socket.socket, opened: Callable[[], None]) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        """Ends in peace when it is told to: that is how a desk is closed."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            opened()

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            def end(_number: int, _frame: FrameType | None) -> None:
                self.should_exit = True

            numbers = [getattr(signal, one) for one in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, one)]
            before = {number: signal.signal(number, end) for number in numbers}
            told = signal.set_wakeup_fd(-1)  # who waits there would end a program that seems deaf to its signals
            try:
                yield
            finally:
                signal.set_wakeup_fd(told)
                for number, handler in before.items():
                    signal.signal(number, handler)

    config = uvicorn.Config(
        application,
        loop="asyncio",
        http="h11",
        ws="none",
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    Server(config).run(sockets=[bound])
