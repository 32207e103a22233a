"""Guards runs on a real scheduler and real workers against what kills them: nothing lost, nothing twice."""

from __future__ import annotations

import http.client
import http.server
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from conftest import PROJECT

pytest.importorskip("distributed")

import psutil
import pyarrow
from pyarrow import parquet

pytestmark = pytest.mark.slow

WORKERS = 4
KILLS = 20
DRIVER = """
import sys
from classifier.engines import dataset
from classifier.cli import main
if __name__ == "__main__":  # workers run the rest too
    dataset.PART_BYTES = int(sys.argv.pop(1))
    main()
"""


@pytest.fixture
def environment(tmp_path):
    """As a user has it, and patient with workers that are killed again and again."""
    return {
        **os.environ,
        "PYTHONPATH": str(PROJECT),
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "50",
        "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s",
        "OMP_NUM_THREADS": "1",
    }


@pytest.fixture
def command(tmp_path, environment, small_artifact):
    """Starts `chude predict … --engine dask` with parts of so many bytes, as a process."""
    driver = tmp_path / "chude.py"
    driver.write_text(DRIVER, encoding="utf-8")

    def start(part_bytes, *arguments, **more):
        line = [sys.executable, driver, part_bytes, "predict", *arguments, "-m", small_artifact, "--engine", "dask"]
        return subprocess.Popen(
            [str(word) for word in line], env={**environment, **more}, stderr=subprocess.PIPE, text=True, cwd=tmp_path
        )

    return start


@pytest.fixture
def table(tmp_path, corpus_rows):
    """Some thousand articles as JSON lines."""
    path = tmp_path / "rows.jsonl"
    with path.open("w", encoding="utf-8") as stream:
        for at in range(6_000):
            row = corpus_rows[at % len(corpus_rows)]
            row = {"id": str(at), "title": row["title"], "text": row["text"]}
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


@pytest.fixture
def expected(tmp_path, table, command, chude, small_artifact):
    """The bytes of plain `chude predict`."""
    chude("predict", table, "-m", small_artifact, "-o", tmp_path / "plain.jsonl")
    return (tmp_path / "plain.jsonl").read_bytes()


@contextmanager
def _started(module, *arguments, env):
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments], env=env, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _scheduler(tmp_path, env, port="0"):
    """A scheduler of its own process; gives the process and its address."""
    file = tmp_path / "scheduler.json"
    file.unlink(missing_ok=True)
    arguments = ("--host", "127.0.0.1", "--port", port, "--no-dashboard", "--scheduler-file", str(file))
    with _started("distributed.cli.dask_scheduler", *arguments, env=env) as process:
        for _ in range(300):
            if file.exists() and file.read_text(encoding="utf-8").strip():
                break
            time.sleep(0.1)
        yield process, json.loads(file.read_text(encoding="utf-8"))["address"]


@contextmanager
def _workers(address, env, folder):
    arguments = (address, "--nworkers", str(WORKERS), "--nthreads", "1", "--no-dashboard", "--local-directory", folder)
    with _started("distributed.cli.dask_worker", *map(str, arguments), env=env) as process:
        yield process


def _joined(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.glob("part-*.jsonl")))


def _finished(process, seconds=300):
    _, said = process.communicate(timeout=seconds)
    return process.returncode, said


def test_workers_are_killed_again_and_again(tmp_path, command, environment, table, chude, small_artifact):
    """Twenty SIGKILLs at random moments: every part is there once, the very bytes of a quiet run."""
    chude("predict", table, "-m", small_artifact, "-o", tmp_path / "plain.jsonl", "--explain", "3")
    expected = (tmp_path / "plain.jsonl").read_bytes()
    chance = random.Random(14)  # noqa: S311  moments, not secrets
    killed = 0
    with _scheduler(tmp_path, environment) as (_, address), _workers(address, environment, tmp_path / "w") as nannies:
        for attempt in range(KILLS):  # a run may end before so many are killed
            out = tmp_path / f"out{attempt}"
            run = command(60_000, table, "-o", out, "--scheduler", address, "--explain", "3")
            while killed < KILLS and run.poll() is None:
                time.sleep(chance.uniform(0.05, 0.5))
                alive = [one for one in psutil.Process(nannies.pid).children() if _works(one)]
                if alive and list(out.glob("part-*")):
                    chance.choice(alive).kill()
                    killed += 1
            code, said = _finished(run)
            assert code == 0, said
            assert _joined(out) == expected
            assert "6,000 pages labelled in" in said
            assert "Traceback" not in said
            if killed == KILLS:
                break
    assert killed == KILLS


def _works(process):
    """Whether this is a worker that has had the time to start: one killed before takes its nanny along."""
    try:
        return time.time() - process.create_time() > 2 and "spawn_main" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False


def test_the_scheduler_is_killed_and_the_run_goes_on_with_resume(tmp_path, command, environment, table, expected):
    """One clear line, the parts that were done stay as they are, and the next run makes the others."""
    out = tmp_path / "out"
    with (
        _scheduler(tmp_path, environment) as (scheduler, address),
        _workers(address, environment, tmp_path / "w"),
    ):
        run = command(60_000, table, "-o", out, "--scheduler", address)
        while len(list(out.glob("_done/*.json"))) < 5:
            time.sleep(0.05)
        scheduler.send_signal(signal.SIGKILL)
        code, said = _finished(run)
    assert code == 1, said
    assert "--resume" in said.splitlines()[-1]
    assert "Traceback" not in said
    done = {path.name: path.stat().st_mtime_ns for path in out.glob("part-*.jsonl")}
    assert done
    with _scheduler(tmp_path, environment) as (_, address), _workers(address, environment, tmp_path / "w"):
        code, said = _finished(command(60_000, table, "-o", out, "--scheduler", address, "--resume"))
    assert code == 0, said
    assert "done by an earlier run" in said
    assert _joined(out) == expected


def test_poisoned_inputs_are_named_and_the_rest_goes_on(tmp_path, command, table, expected):
    """A line of 2 GB and a broken row group of Parquet: a line each, in little memory; all other rows are labelled."""
    news = tmp_path / "news"
    news.mkdir()
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    with (news / "huge.jsonl").open("w", encoding="utf-8") as stream:
        stream.writelines(lines[:50])
        stream.write('{"text": "')
        for _ in range(2048):
            stream.write("a b " * (1 << 18))
        stream.write('"}\n')
        stream.writelines(lines[50:100])
    rows = [json.loads(line) for line in lines[100:400]]
    parquet.write_table(pyarrow.Table.from_pylist(rows), news / "torn.parquet", row_group_size=100, compression="none")
    facts = parquet.ParquetFile(news / "torn.parquet").metadata.row_group(1).column(2)
    data = bytearray((news / "torn.parquet").read_bytes())
    data[facts.data_page_offset : facts.data_page_offset + 40] = b"\xff" * 40
    (news / "torn.parquet").write_bytes(data)
    run = command(1 << 20, news, "-o", tmp_path / "out", "--jobs", "2")
    largest = 0
    while run.poll() is None:
        for one in [psutil.Process(run.pid), *psutil.Process(run.pid).children(recursive=True)]:
            try:
                largest = max(largest, one.memory_info().rss)
            except psutil.NoSuchProcess:
                continue
        time.sleep(0.2)
    code, said = _finished(run)
    assert code == 1, said
    named = [line for line in said.splitlines() if "error" in line]
    assert len(named) == 2, said
    assert "huge.jsonl:51: the line is longer than 64 MiB" in said
    assert "torn.parquet: is no readable Parquet after row 100" in said
    assert "200 pages labelled in" in said
    assert largest < 700 << 20, largest


def test_a_full_disk_is_said_and_the_run_goes_on_when_there_is_room(tmp_path, command, table, expected):
    """A real file system without room: one line, no half part, and --resume on it once it has grown."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", disk], check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        code, said = _finished(command(60_000, table, "-o", disk / "out", "--jobs", "2"))
        assert code == 1, said
        assert "no space left on device; make room" in said
        assert "--resume" in said
        assert "Traceback" not in said
        subprocess.run(["mount", "-o", "remount,size=60m", disk], check=True)
        code, said = _finished(command(60_000, table, "-o", disk / "out", "--jobs", "2", "--resume"))
        assert code == 0, said
        assert _joined(disk / "out") == expected
    finally:
        subprocess.run(["umount", disk], check=True)


class _Flaky(http.server.BaseHTTPRequestHandler):
    """Hands requests on to the real store, but answers every third with 500, and for a while all of them."""

    protocol_version = "HTTP/1.1"
    upstream = 0
    count = 0
    refused = 0

    def _hand_on(self):
        kind = type(self)
        kind.count += 1
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if kind.count % 3 == 0 or 20 <= kind.count < 40:
            kind.refused += 1
            self.send_response(500)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        upstream = http.client.HTTPConnection("127.0.0.1", kind.upstream)
        upstream.request(self.command, self.path, body, dict(self.headers))
        answer = upstream.getresponse()
        data = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else str(len(data))
        self.send_header("Content-Length", length or "0")
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _hand_on  # noqa: N815 (names that http.server looks for)

    def log_message(self, *_):
        pass


def test_a_store_that_fails_and_recovers(tmp_path, command, table, expected, monkeypatch):
    """S3 over a real connection that answers 500 now and then and for a while always: the same parts, nothing lost."""
    server = pytest.importorskip("moto.server", exc_type=ImportError)
    s3fs = pytest.importorskip("s3fs")
    from werkzeug.serving import make_server

    store = make_server("127.0.0.1", 0, server.DomainDispatcherApplication(server.create_backend_app), threaded=True)
    _Flaky.upstream, _Flaky.count, _Flaky.refused = store.port, 0, 0
    flaky = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Flaky)
    for one in (store, flaky):
        threading.Thread(target=one.serve_forever, daemon=True).start()
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    try:
        system = s3fs.S3FileSystem(endpoint_url=f"http://127.0.0.1:{store.port}")
        system.mkdir("news")
        lines = table.read_bytes().splitlines(keepends=True)
        for at in range(6):
            system.pipe_file(f"news/in/{at}.jsonl", b"".join(lines[at * 1000 : (at + 1) * 1000]))
        more = {**keys, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{flaky.server_port}"}
        code, said = _finished(command(60_000, "s3://news/in", "-o", "s3://news/out", "--jobs", "2", **more))
        assert code == 0, said
        assert _Flaky.refused > 10
        system.invalidate_cache()
        found = [
            json.loads(line)
            for at in sorted(system.glob("news/out/part-*"))
            for line in system.cat_file(at).splitlines()
        ]
        plain = [json.loads(line) for line in expected.splitlines()]
        assert [(row["id"], row["topics"]) for row in found] == [(row["id"], row["topics"]) for row in plain]
    finally:
        for one in (store, flaky):
            one.shutdown()
