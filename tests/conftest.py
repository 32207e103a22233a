"""Fixtures that several test files share: a small corpus, a model trained on it, its folder, and the command line."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections import defaultdict
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from skips import fail_if_skipped

PROJECT = Path(__file__).resolve().parent.parent
SHARED = PROJECT.parent / "shared"
ARTICLES_A_LABEL = 36


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """In CI a skip is a failure, unless tests/skips.py allows it."""
    report = yield
    fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    """The same for files that are skipped whole."""
    report = yield
    fail_if_skipped(report)
    return report


@pytest.fixture(scope="session", autouse=True)
def signals_as_at_a_terminal():
    """A suite that runs in the background is born deaf to Ctrl-C, and so would be every command that it starts."""
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is signal.SIG_IGN:
                signal.signal(number, signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)


def built_in_rows() -> list[dict[str, Any]]:
    """Every row of the built-in corpus, as plain JSON, in the order of its files and lines."""
    files = sorted((PROJECT / "training" / "built_in").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module", params=["pure", "native"])
def core(request):
    """Runs a module's tests on each of the cores; what they find must be the same."""
    from classifier.core import native
    from classifier.errors import UsageError

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHUDE_CORE", request.param)
        try:
            native()
        except UsageError as error:
            pytest.skip(str(error))
        yield request.param


@pytest.fixture(scope="session")
def corpus_rows():
    """The built-in corpus as rows."""
    return built_in_rows()


@pytest.fixture(scope="session")
def shared():
    """The folder with real data beside the project; tests that use it are skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("no ../shared beside the project")
    return SHARED


@pytest.fixture(scope="session")
def small_corpus():
    """The first articles of each label of the built-in corpus, as a corpus."""
    from training.corpus import Corpus, read_corpus

    by_label = defaultdict(list)
    whole = read_corpus()
    for article in whole.articles:
        by_label[article.primary].append(article)
    return Corpus(
        [article for label in sorted(by_label) for article in by_label[label][:ARTICLES_A_LABEL]],
        multi_topic=whole.multi_topic,
    )


@pytest.fixture(scope="session")
def trained(small_corpus, tmp_path_factory):
    """A model trained on the small corpus and written to a folder: (Trained, folder). Not to be changed."""
    from training.fit.defaults import spec_for
    from training.learn import train

    folder = tmp_path_factory.mktemp("model") / "small"
    return train(small_corpus, spec_for(small_corpus), folder=folder), folder


@pytest.fixture(scope="session")
def small_model(trained):
    """The trained model as another process would load it."""
    from classifier import load

    return load(trained[1])


@pytest.fixture(scope="session")
def small_artifact(trained):
    """The folder of the trained model. Not to be changed."""
    return trained[1]


@dataclass
class Run:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def rows(self):
        """stdout as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def errors(self):
        """The error lines."""
        return [line for line in self.err.splitlines() if "error" in line]


def exit_code(*args, stdin: bytes = b"") -> int:
    """Runs `chude ARGS…` in this process, through the same entry as the console script."""
    from classifier import cli

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["chude", *map(str, args)])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            cli.main()
    return int(ended.value.code or 0)


def captured(*args) -> Run:
    """`chude ARGS…` in this process, for fixtures that live longer than a test, and so longer than `chude`."""
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        code = exit_code(*args)
    return Run(code, out.getvalue(), err.getvalue())


@pytest.fixture
def chude(capfd):
    """Runs `chude ARGS…` in this process, with the given bytes as standard input."""

    def run(*args, stdin: bytes = b"") -> Run:
        capfd.readouterr()
        code = exit_code(*args, stdin=stdin)
        found = capfd.readouterr()
        return Run(code, found.out, found.err)

    return run


@pytest.fixture
def png_alone(monkeypatch):
    """Reports have each picture once: drawing takes longest, and where SVG is not the point it may be left out."""
    monkeypatch.setattr("eval.report.report.KINDS", ("png",))


@pytest.fixture
def chude_process():
    """Runs `python -m classifier ARGS…` in a process of its own, with the given bytes as standard input."""

    def run(*args, stdin: bytes = b"", cwd: Path | None = None, env: dict[str, str] | None = None) -> Run:
        done = subprocess.run(
            [sys.executable, "-m", "classifier", *map(str, args)],
            input=stdin,
            capture_output=True,
            check=False,
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(PROJECT), **(env or {})},
            timeout=120,
        )
        return Run(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run
