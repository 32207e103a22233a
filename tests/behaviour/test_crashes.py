"""Guards what is left when a run is killed, the disk is full or may not be written, and how a run ends when told to."""

from __future__ import annotations

import csv
import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import PROJECT
from faults import Faults, environment, tree

SAMPLES = PROJECT / "classifier" / "samples"
FAILED = 1
LABELS = ("syria", "alliances")
WRITING = ("train", "predict", "resume", "cluster", "cluster-file", "eval")
BOUND = 5.0
"""Seconds in which a run has to end when told to; measured: docs/robustness.md."""


def _slow(*names):
    """These parameters in the long checks only."""
    return [pytest.param(name, marks=pytest.mark.slow) for name in names]


linux = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="looks into Linux's /proc")


@pytest.fixture(scope="module")
def faults():
    """A warm process that runs commands with faults."""
    process = Faults()
    yield process
    process.close()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory, corpus_rows):
    """Twenty articles of each of two labels, as CSV."""
    path = tmp_path_factory.mktemp("corpus") / "corpus.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "title", "text", "label"])
        for label in LABELS:
            rows = [row for row in corpus_rows if row["id"].rpartition("-")[0] == label][:20]
            writer.writerows([row["id"], row["title"], row["text"], label] for row in rows)
    return path


@pytest.fixture(scope="module")
def headlines(tmp_path_factory, corpus_rows):
    """A dozen headlines as JSON lines."""
    path = tmp_path_factory.mktemp("headlines") / "headlines.jsonl"
    rows = [{"headline": row["title"], "blurb": ""} for row in corpus_rows[:12]]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def job(corpus, headlines, small_artifact):
    """The arguments of a command that writes to a target; `other`: so that something else comes out."""

    def arguments(name, target, *, other=False):
        model = ("-m", small_artifact)
        return {
            "train": ("train", corpus, "--folds", "2", "--min-df", "3" if other else "2", "-o", target),
            "predict": ("predict", corpus, *model, "--threshold", "0.9" if other else "0.1", "-o", target),
            "resume": ("predict", corpus, *model, "--threshold", "0.9" if other else "0.1", "-o", target, "--resume"),
            "cluster": ("cluster", headlines, *model, "--k", "3" if other else "2", "-o", target),
            "cluster-file": ("cluster", headlines, *model, "--k", "3" if other else "2", "-o", target),
            "eval": ("eval", *model, headlines.with_name("gold.csv") if other else corpus, "-o", target),
        }[name]

    gold = corpus.read_text(encoding="utf-8").splitlines(keepends=True)
    headlines.with_name("gold.csv").write_text("".join(gold[:30]), encoding="utf-8")
    return arguments


def _target(folder, name):
    return folder / ("out.jsonl" if name in ("predict", "resume", "cluster-file") else "out")


def _copy(source, target):
    """A file or folder in the place of another."""
    if source.is_file():
        shutil.copy(source, target)
        return
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


def _killed_everywhere(faults, job, folder, name, choose):
    """Kills a run that replaces an old output before each of the steps that `choose` picks; gives how many."""
    target, fresh = _target(folder, name), _target(folder / "fresh", name)
    whole = faults.run(*job(name, fresh, other=True), batch=5_000)
    assert whole.status == 0, whole.err
    new = tree(fresh)
    assert faults.run(*job(name, target), batch=5_000).status == 0
    old = tree(target)
    assert old != new
    kept = folder.parent / f"{folder.name} old"
    _copy(target, kept)
    steps = faults.run(*job(name, target, other=True), batch=5_000).steps
    chosen = choose(range(steps))
    for step in chosen:
        _copy(kept, target)
        killed = faults.run(*job(name, target, other=True), kill_at=step, batch=5_000)
        assert killed.status in (-signal.SIGKILL, 0)  # 0: it took a step less this time
        assert tree(target) in (old, new), f"killed before step {step} of {steps}: neither the old nor the new"
        again = faults.run(*job(name, target, other=True), batch=5_000)
        assert again.status == 0, again.err
        assert tree(target) == new
        assert sorted(path.name for path in folder.iterdir()) == sorted({"fresh", target.name})
    return len(chosen)


@pytest.mark.parametrize("name", ["predict", "resume"])
def test_a_killed_run_leaves_the_old_output_whole_and_no_litter(faults, job, tmp_path, name):
    """SIGKILL before steps chosen at random, the last among them; the next run tidies up."""
    rng = random.Random(name)  # noqa: S311  not for secrets
    assert _killed_everywhere(faults, job, tmp_path, name, lambda steps: [rng.choice(steps), steps[-1]]) == 2


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITING)
def test_a_run_killed_at_any_step_leaves_the_old_output_whole_and_no_litter(faults, job, tmp_path, name):
    """SIGKILL before every single thing that the command does to the disk; of reports, before every third."""
    every = 3 if name in ("cluster", "eval") else 1
    kills = _killed_everywhere(faults, job, tmp_path, name, lambda steps: steps[::-every])
    assert kills > 5
    print(f"{name}: {kills} kills")


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITING)
def test_a_run_killed_at_any_time_leaves_the_old_output_whole_and_no_litter(faults, job, tmp_path, name):
    """SIGKILL from outside at random times, in the middle of a write too."""
    target, fresh = _target(tmp_path, name), _target(tmp_path / "fresh", name)
    assert faults.run(*job(name, fresh, other=True)).status == 0
    assert faults.run(*job(name, target)).status == 0
    old, new = tree(target), tree(fresh)
    command = [sys.executable, "-m", "classifier", *map(str, job(name, target, other=True))]
    started = time.monotonic()
    subprocess.run(command, env=environment(), check=True, capture_output=True)
    lasts = time.monotonic() - started
    rng = random.Random(name)  # noqa: S311  not for secrets
    for _ in range(10):
        process = subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0.5, 1) * lasts)  # the first half is imports
        process.kill()
        process.wait()
        assert tree(target) in (old, new)
    assert faults.run(*job(name, target, other=True)).status == 0
    assert tree(target) == new
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted({"fresh", target.name})


# ---- full and read-only disks ----


def _assert_one_line(run, *parts):
    """One clear line, nothing like a traceback, and what it must hold."""
    lines = [line for line in run.err.splitlines() if line.startswith("chude: error: ")]
    assert len(lines) == 1, run.err
    assert "Traceback" not in run.err
    assert "Exception ignored" not in run.err
    for part in parts:
        assert part in lines[0]


@pytest.mark.parametrize("name", ["train", "predict", "resume", *_slow("cluster", "cluster-file", "eval")])
def test_a_file_that_cannot_grow_is_one_line_and_the_old_output_stays(faults, job, tmp_path, name):
    """A limit on the size of files, as a quota: the target is named, and what to do."""
    target = _target(tmp_path, name)
    assert faults.run(*job(name, target)).status == 0
    old = tree(target)
    limit = 500 if name == "cluster-file" else 3_000
    run = faults.run(*job(name, target, other=True), limit=limit, batch=5_000)
    assert run.status == FAILED
    _assert_one_line(run, str(target), os.strerror(errno.EFBIG).lower(), "; make room there or write to another place")
    assert tree(target) == old
    kept = [f"{target.name}.part", f"{target.name}.part.log"] if name == "resume" else []
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([target.name, *kept])
    if name == "resume":
        assert "the same command goes on from there" in run.err
        assert faults.run(*job(name, target, other=True), batch=5_000).status == 0
        assert tree(target) != old


@contextmanager
def _small_disk(path, size):
    """A disk of `size` of its own, where this user may mount one."""
    path.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this user may not mount a disk")
    try:
        yield path
    finally:
        subprocess.run(["umount", str(path)], check=True)


@pytest.mark.parametrize("name", ["predict", "resume", *_slow("train", "cluster", "cluster-file", "eval")])
def test_a_full_disk_is_one_line_and_the_old_output_stays(faults, job, tmp_path, name):
    """Even if not even the temporary file can be made."""
    with _small_disk(tmp_path / "disk", "2m") as disk:
        target = _target(disk, name)
        assert faults.run(*job(name, target)).status == 0
        old = tree(target)
        with pytest.raises(OSError, match="No space"):
            (disk / "filler").write_bytes(bytes(4 << 20))
        run = faults.run(*job(name, target, other=True))
        assert run.status == FAILED
        _assert_one_line(run, str(target), "no space left on device; make room there or write to another place")
        assert tree(target) == old
        assert {path.name for path in disk.iterdir()} <= {"filler", target.name}


@pytest.mark.parametrize("name", ["predict", *_slow("train", "resume", "cluster", "cluster-file", "eval")])
def test_a_read_only_disk_is_one_line_and_the_old_output_stays(faults, job, tmp_path, name):
    """The target is named, not a temporary file that nobody asked for."""
    with _small_disk(tmp_path / "disk", "2m") as disk:
        target = _target(disk, name)
        assert faults.run(*job(name, target)).status == 0
        old = tree(target)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        run = faults.run(*job(name, target, other=True))
        assert run.status == FAILED
        _assert_one_line(run, f"{target}", "read-only file system; check its permissions, or write to another place")
        assert tree(target) == old


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind root")
@pytest.mark.parametrize("name", ["train", "predict", "resume", "cluster", "eval"])
def test_a_folder_without_permission_is_one_line(faults, job, tmp_path, name):
    """As a user who is not root meets it."""
    tmp_path.chmod(0o555)
    try:
        run = faults.run(*job(name, _target(tmp_path, name)))
    finally:
        tmp_path.chmod(0o755)
    assert run.status == FAILED
    _assert_one_line(run, str(_target(tmp_path, name)), "permission denied; check its permissions")


@pytest.mark.slow
def test_the_demo_meets_a_full_disk_in_one_line(tmp_path):
    """It writes a folder; nothing of it is left."""
    with _small_disk(tmp_path / "disk", "300k") as disk:
        command = [sys.executable, "-m", "classifier", "demo", "-o", str(disk / "demo")]
        run = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
        assert run.returncode == FAILED
        assert run.stderr.count("\n") == 1
        assert run.stderr.startswith(f"chude: error: {disk / 'demo' / 'model'}")
        said = ": no space left on device; make room there or write to another place, then run it again\n"
        assert run.stderr.endswith(said)
        assert list(disk.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize(
    "args",
    [
        ("extract", SAMPLES),
        ("predict", SAMPLES, "-o", "/dev/full"),
        *_slow(
            ("segment", next(SAMPLES.glob("*.txt"))),
            ("predict", SAMPLES, "--format", "csv"),
            ("cluster", SAMPLES, "--format", "jsonl"),
            ("show", PROJECT / "artifacts" / "world-news"),
        ),
    ],
    ids=lambda args: " ".join(map(str, args[:1] + args[2:])),
)
def test_a_full_standard_output_is_one_line(args):
    """`chude … > FILE` on a full disk: exit 1, and Python has nothing to add when it ends."""
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "classifier", *map(str, args)]
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=environment())
    where = "/dev/full" if "-o" in args else "standard output"
    line = f"chude: error: {where}: no space left on device; make room there or write to another place, "
    assert (run.returncode, run.stderr) == (FAILED, f"{line}then run it again\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_where_nobody_can_be_told_the_exit_code_tells():
    """stderr on a full disk."""
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "classifier", "predict", "/nowhere"]
        assert subprocess.run(command, stderr=full, check=False, env=environment()).returncode == FAILED


# ---- Ctrl-C and other ways to tell a run to end ----


@contextmanager
def _running(args, folder):
    """A command in a session of its own, from when it can be told to end; its temporary files go to `folder`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "classifier", *map(str, args)],
        env={**environment(), "TMPDIR": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while process.poll() is None and not _catches(process.pid, signal.SIGTERM):
        time.sleep(0.005)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _catches(pid, number):
    """Whether the process has a handler of its own for the signal."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


def _group(pid):
    """The ids of the live processes of a session."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == pid and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def _stopped(args, folder, number, after, *, twice=False):
    """Tells a command to end some seconds after it began to work; gives how long that took, None if it was done."""
    temporary = folder / "temporary"
    temporary.mkdir(exist_ok=True)
    with _running(args, temporary) as process:
        time.sleep(after)
        started = time.monotonic()
        if process.poll() is not None:
            return None
        for _ in range(1 + twice):
            process.send_signal(number)
        _, said = process.communicate(timeout=60)
        took = time.monotonic() - started
        if process.returncode in (0, 1) and "error: interrupted" not in said:
            return None  # it was at its last words
        assert process.returncode == 128 + number, said
        lines = said.splitlines()
        assert lines[-1].startswith("chude: error: interrupted; "), said
        assert sum("error" in line for line in lines) == 1
        assert "Traceback" not in said
        assert "" not in lines
        deadline = time.monotonic() + BOUND
        while _group(process.pid) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert _group(process.pid) == []
        assert sorted(temporary.iterdir()) == []
    return took


def _long(name, folder, corpus_rows):
    """A command that has enough to do, and where it writes."""
    table = folder / "rows.jsonl"
    if not table.exists():
        rows = [
            {"id": str(n), "title": row["title"], "text": row["text"], "label": row["id"].rpartition("-")[0]}
            for n, row in enumerate(corpus_rows * (12 if "resume" in name or name in ("predict", "two jobs") else 4))
        ]
        table.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return {
        "train": ("train", "-o", folder / "model"),
        "predict": ("predict", table, "-o", folder / "out.jsonl"),
        "resume": ("predict", table, "-o", folder / "out.jsonl", "--resume"),
        "two jobs": ("predict", table, "-o", folder / "out.jsonl", "--jobs", "2"),
        "two jobs resume": ("predict", table, "-o", folder / "out.jsonl", "--jobs", "2", "--resume"),
        "extract": ("extract", *[table] * 20, "--format", "jsonl", "-o", folder / "out.jsonl"),
        "segment": ("segment",),
        "cluster": ("cluster", table, "-o", folder / "clusters"),
        "eval": ("eval", "--cv", "5", "-o", folder / "report"),
        "compare": ("compare", PROJECT / "artifacts/world-news", PROJECT / "artifacts/world-news", table),
        "check": ("check", table),
        "demo": ("demo", "-o", folder / "demo"),
    }[name]


COMMANDS = ("train", "predict", "resume", "two jobs", "two jobs resume", "extract", "segment", "cluster", "eval")
COMMANDS += ("compare", "check", "demo")


@linux
@pytest.mark.parametrize(
    ("name", "number", "after"),
    [("segment", signal.SIGINT, 0.3), ("two jobs", signal.SIGINT, 0.9), ("train", signal.SIGTERM, 1.0)],
)
def test_a_run_that_is_told_to_end_does_so_tidily(tmp_path, corpus_rows, name, number, after):
    """Ctrl-C is exit 130, SIGTERM 143; one line, at once, no workers and nothing half-written left."""
    took = _stopped(_long(name, tmp_path, corpus_rows), tmp_path, number, after)
    assert took is not None
    assert took < BOUND
    assert {path.name for path in tmp_path.iterdir()} <= {"temporary", "rows.jsonl"}


@linux
def test_what_a_run_with_resume_has_done_survives_ctrl_c(tmp_path, corpus_rows):
    """The line says where it is, and that the same command goes on."""
    args = _long("resume", tmp_path, corpus_rows)
    part = tmp_path / "out.jsonl.part"
    (tmp_path / "temporary").mkdir()
    with _running(args, tmp_path / "temporary") as process:
        while not (part.exists() and part.stat().st_size):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.splitlines()[-1] == (
        f"chude: error: interrupted; what is labelled so far is kept in {part}: the same command goes on from there"
    )
    assert part.stat().st_size


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_long_calculation_does_not_keep_a_run_from_ending(number):
    """Python hears no signal while it waits for C code, as when a large corpus is fitted: it is ended all the same."""
    code = (
        "import hashlib\nfrom classifier.cli.stopping import stoppable\n"
        "with stoppable():\n"
        "    print('working', flush=True)\n"
        "    hashlib.pbkdf2_hmac('sha256', b'x', b'y', 2 * 10**8)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == "working\n"
        time.sleep(0.5)
        started = time.monotonic()
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 128 + number
    assert said == "chude: error: interrupted in a long calculation; the old output is whole\n"
    assert time.monotonic() - started < BOUND


@linux
@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_ends_tidily_whenever_it_is_told_to(tmp_path, corpus_rows, name, record_property):
    """At random times, by Ctrl-C, SIGTERM and a closed terminal, also twice in a row as `timeout` does."""
    rng = random.Random(name)  # noqa: S311  not for secrets
    times = []
    for trial in range(9):
        number = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)[trial % 3]
        args = _long(name, tmp_path, corpus_rows)
        took = _stopped(args, tmp_path, number, rng.random() * 3, twice=trial >= 6)
        if took is not None:
            times.append(took)
    assert max(times) < BOUND
    assert len(times) >= 3
    record_property("seconds", sorted(times))
    print(f"{name}: {len(times)} stopped, {min(times):.2f} to {max(times):.2f} s")
    allowed = {"temporary", "rows.jsonl"}
    if "resume" in name:
        allowed |= {"out.jsonl.part", "out.jsonl.part.log", "out.jsonl"}
    else:
        allowed |= {"out.jsonl", "model", "clusters", "report", "demo"}  # of a run that was done before
    assert {path.name for path in tmp_path.iterdir()} <= allowed
