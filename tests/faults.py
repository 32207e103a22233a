"""Runs chude commands, with the faults one asks for, in children of one warm process; the tests of crashes talk to it.

A line of JSON in: {"args", "kill_at", "limit", "batch"}; a line out: {"status", "steps", "out", "err"}. Forked children
are real processes with a real SIGKILL, and save the second that a start costs.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
# What a command does to the disk, as Python tells its audit hooks, each before it happens.
STEPS = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.truncate", "tempfile.mkstemp")
WARM = ("classifier.cli.cluster", "classifier.cli.evaluate", "classifier.cli.predict", "classifier.reading")
WARM += ("classifier.cli.train", "classifier.clustering.cluster", "eval.plots.figures", "training.learn", "sklearn.svm")
SMALL_BATCHES = """
import sys
from classifier.vietnamese import segmenter
segmenter.BATCH_CHARACTERS = int(sys.argv.pop(1))
from classifier.cli import main
main()
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code or -signal; how many steps it took on the disk (0 if it was killed)."""

    status: int
    steps: int
    out: str
    err: str


class Faults:
    """The warm process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=environment(),
        )

    def run(self, *args: object, kill_at: int | None = None, limit: int | None = None, batch: int = 10**6) -> Ended:
        """Runs `chude ARGS…`, killed before step `kill_at`, with no file over `limit` bytes, in batches that small."""
        assert self._process.stdin
        assert self._process.stdout
        asked = {"args": [*map(str, args)], "kill_at": kill_at, "limit": limit, "batch": batch}
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        return Ended(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """Ends it."""
        self._process.communicate()


def environment() -> dict[str, str]:
    """For a process that finds the project and makes no threads."""
    return {**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}


def tree(path: Path) -> dict[str, bytes]:
    """Every file below a folder, or the file, with its bytes; {} where there is nothing."""
    if path.is_file():
        return {"": path.read_bytes()}
    return {str(file.relative_to(path)): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()}


def _serve() -> None:
    for module in WARM:
        import_module(module)
    for line in sys.stdin:
        asked = json.loads(line)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as steps:
            child = os.fork()
            if child == 0:
                os.dup2(out.fileno(), 1)
                os.dup2(err.fileno(), 2)
                _run(asked, steps.fileno())
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            written = [_text(stream) for stream in (out, err)]
            found = {"status": status, "steps": int(_text(steps) or 0), "out": written[0], "err": written[1]}
        print(json.dumps(found), flush=True)


def _run(asked: dict[str, Any], steps: int) -> None:
    """The child: never returns."""
    from classifier.cli import main
    from classifier.vietnamese import segmenter

    segmenter.BATCH_CHARACTERS = asked["batch"]
    taken = 0

    def hook(event: str, args: tuple[Any, ...]) -> None:
        nonlocal taken
        to_write = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
        exchange = event == "ctypes.dlsym" and args[1] == "renameat2"
        if event in STEPS or to_write or exchange:
            if taken == asked["kill_at"]:
                os.kill(os.getpid(), signal.SIGKILL)
            taken += 1

    if asked["limit"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (asked["limit"], asked["limit"]))
    sys.addaudithook(hook)
    sys.argv = ["chude", *asked["args"]]
    code = 70
    try:
        main()
    except SystemExit as ended:
        code = int(ended.code or 0)
        sys.stdout.flush()  # as the interpreter would, which must not complain
    finally:
        if asked["limit"] is None:
            os.write(steps, str(taken).encode())
        sys.stderr.flush()
        os._exit(code)


def _text(stream: Any) -> str:
    stream.seek(0)
    text: str = stream.read().decode()
    return text


if __name__ == "__main__":
    _serve()
