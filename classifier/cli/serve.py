"""`chude serve`: an HTTP service with the same fields as the command line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from classifier import wording
from classifier.cli import common
from classifier.errors import UsageError

if TYPE_CHECKING:
    import socket

    from classifier.service.guard import Limits

LOOPBACK = ("127.0.0.1", "localhost", "::1")
NEEDED = ("fastapi", "uvicorn", "jinja2")
TOKEN = "CHUDE_TOKEN"  # noqa: S105 (the name of a variable)
_SHORTEST = 16
_GRACE = 30
_MIB = 2**20


@click.command("serve", short_help="Answers over HTTP: labels, pages, clusters, words.")
@click.option(
    "-m",
    "--model",
    "models",
    multiple=True,
    type=common.ModelPath(),
    metavar="ARTIFACT",
    help="Model folder, .zip or address; may be given again.",
)
@click.option("--host", default=LOOPBACK[0], metavar="H", help="Listen on this address. [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), metavar="N", help="Listen on this port. [default: 8768, or any]")
@click.option("--jobs", type=common.Whole(1), default=1, metavar="N", help="Worker processes. [default: 1]")
@click.option("--token-file", metavar="FILE", help=f"Holds the bearer token. [default: {TOKEN} in the environment]")
@click.option("--seconds", type=common.FiniteRange(1), default=60, metavar="S", help="Longest answer. [default: 60]")
@click.option("--waiting", type=common.Whole(1), default=64, metavar="N", help="Most requests at once. [default: 64]")
@click.option("--body", type=common.Whole(1), default=16, metavar="MIB", help="Largest request. [default: 16 MiB]")
def command(
    models: tuple[str, ...],
    host: str,
    port: int | None,
    jobs: int,
    token_file: str | None,
    seconds: float,
    waiting: int,
    body: int,
) -> int:
    """Answers POST /v1/predict, /v1/extract, /v1/cluster, /v1/segment, GET /v1/models and /healthz; / shows how.

    On another address than this machine's own a bearer token is needed. A model whose folder changes is taken over
    without a dropped request, at once with SIGHUP. SIGTERM finishes what is under way.

    \b
    Examples:
      $ chude serve
      $ chude serve -m my-model --port 8000 --jobs 2
      $ curl -H 'Content-Type: text/html' --data-binary @page.html http://127.0.0.1:8768/v1/predict
    """
    from classifier.service.listen import check_installed, listening

    check_installed("chude serve", NEEDED, "serve")
    from classifier.service.guard import Limits

    token = _token(token_file)
    if host not in LOOPBACK and token is None:
        raise UsageError("--host", f"{host} is seen by others and needs a token", f"set {TOKEN}, or give --token-file")
    ports = (8768, 0) if port is None else (port,)
    with listening(host, ports, asked=port is not None) as bound:
        _serve(models, bound, host, jobs, token, Limits(body * _MIB, waiting, seconds))
    return 0


def _token(file: str | None) -> str | None:
    """The token that was given, None where none was. Raises UsageError for one that could be guessed."""
    where, token = TOKEN, os.environ.get(TOKEN)
    if file is not None:
        try:
            where, token = file, Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError) as error:
            raise UsageError(file, "the token cannot be read", "give a file with one line of letters") from error
    if token is not None and (len(token) < _SHORTEST or not token.isascii() or not token.isprintable()):
        what = f"the token is none of at least {_SHORTEST} letters"
        raise UsageError(where, what, "make one: python -c 'import secrets; print(secrets.token_urlsafe())'")
    return token


def _serve(
    folders: tuple[str, ...], bound: socket.socket, host: str, jobs: int, token: str | None, limits: Limits
) -> None:
    from classifier.service.app import application
    from classifier.service.listen import run
    from classifier.service.models import Models
    from classifier.service.workers import Workers

    models = Models(folders, wording.say)
    port = bound.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    own = frozenset(f"{name}:{port}" for name in (shown, "localhost", "127.0.0.1", "[::1]"))
    working = Workers(jobs, limits.seconds)
    try:
        hosts = own if host in LOOPBACK else None  # elsewhere it may have any name
        guarded, service = application(models, working, hosts=hosts, token=token, limits=limits)
        names = ", ".join(one["name"] for one in models.listed())
        said = f"chude: serving {names} at http://{shown}:{port}/ (Ctrl-C ends it)"
        run(guarded, bound, lambda: wording.say(said), on={"SIGHUP": service.look.set}, grace=_GRACE)
    finally:
        working.close()
    wording.say("chude: ended")
