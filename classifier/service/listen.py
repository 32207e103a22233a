"""Runs an ASGI application on a socket until the process is told to end; what is under way is finished."""

from __future__ import annotations

import signal
import socket
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from classifier.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import FrameType


def check_installed(command: str, needed: Sequence[str], extra: str) -> None:
    """Raise UsageError, which names the extra, where a library of a page or a service is missing."""
    if missing := [name for name in needed if find_spec(name) is None]:
        raise UsageError(command, f"needs {', '.join(missing)}", f"install them with: pip install 'chude[{extra}]'")


def listening(host: str, ports: Sequence[int], *, asked: bool) -> socket.socket:
    """Return a socket on the first of these ports that is free (0: any).

    asked: whether the user named it. Raises UsageError where none can be had.
    """
    problem: OSError | None = None
    for port in ports:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        found = socket.socket(family, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((host, port))
        except OSError as error:
            found.close()
            problem = error
            continue
        return found
    said = (problem.strerror or str(problem)).lower() if problem else ""
    where = f"port {ports[0]}" if asked else f"host {host}"
    raise UsageError(
        "--port" if asked else "--host", f"{where} cannot be listened on ({said})", "name another, or none"
    )


def run(
    application: Any,
    bound: socket.socket,
    opened: Callable[[], None],
    *,
    on: Mapping[str, Callable[[], None]] | None = None,
    grace: int = 2,
) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP comes. opened: called once it listens. on: what other signals do instead.

    grace: seconds that requests under way have then.
    """
    import uvicorn

    actions = dict(on or {})

    class Server(uvicorn.Server):
        """Ends in peace when it is told to: that is how it is closed."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            opened()

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            def told(number: int, _frame: FrameType | None) -> None:
                action = actions.get(signal.Signals(number).name)
                if action:
                    action()
                else:
                    self.should_exit = True

            names = dict.fromkeys(("SIGINT", "SIGTERM", "SIGHUP", *actions))
            numbers = [getattr(signal, one) for one in names if hasattr(signal, one)]
            before = {number: signal.signal(number, told) for number in numbers}
            woken = signal.set_wakeup_fd(-1)  # who waits there would end a program that seems deaf to its signals
            try:
                yield
            finally:
                signal.set_wakeup_fd(woken)
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
        timeout_graceful_shutdown=grace,
    )
    Server(config).run(sockets=[bound])
