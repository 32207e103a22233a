"""Opens a desk: reads its articles into a matrix, listens on this machine, and ends when it is told to."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import numpy as np

from classifier.errors import NoInputError, UsageError
from classifier.service.listen import check_installed, listening, run
from classifier.types import OTHER

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from classifier.desk.store import Desk
    from classifier.model.model import Model
    from classifier.types import Page

HOST = "127.0.0.1"
USUAL_PORT = 8767
NEEDED = ("starlette", "uvicorn", "jinja2")
MOST_ARTICLES = 200_000


def check_desk_installed() -> None:
    """Raises UsageError, which names the extra, where a library of the page is missing."""
    check_installed("chude label", NEEDED, "desk")


def desk_socket(port: int | None) -> socket.socket:
    """A socket on this machine alone, on the port that was asked for, else on the usual one or any.

    Raises UsageError where the port that was asked for is taken.
    """
    return listening(HOST, (USUAL_PORT, 0) if port is None else (port,), asked=port is not None)


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
        run(guarded, bound, lambda: opened(f"http://{HOST}:{port}/?token={token}"))
    finally:
        session.close()
