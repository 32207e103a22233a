"""Guards `chude predict --resume`: every page labelled once, whatever kills the run and wherever, and nothing mixed."""

from __future__ import annotations

import fcntl
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from faults import SMALL_BATCHES, environment

from classifier.cli import predict as predict_command
from classifier.disk.atomic import NamedFile
from classifier.vietnamese import segmenter

BATCH = 5_000
USAGE = 2


@pytest.fixture
def table(tmp_path, corpus_rows):
    """Sixty articles and two rows without one, as JSON lines."""
    return _write(tmp_path / "rows.jsonl", corpus_rows[:60])


@pytest.fixture
def predict(chude, small_artifact, monkeypatch):
    """`chude predict …` in small batches, in this process."""
    monkeypatch.setattr(segmenter, "BATCH_CHARACTERS", BATCH)
    return lambda *args: chude("predict", *args, "-m", small_artifact)


def _write(path, rows):
    rows = [{"id": row["id"], "title": row["title"], "text": row["text"]} for row in rows]
    for at in (len(rows) // 3, len(rows) // 2):
        rows.insert(at, {"id": f"empty {at}", "title": "", "text": "", "related": [{"headline": "Một tin"}]})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


class Pulled(BaseException):
    """The plug, in this process."""


@pytest.fixture
def pulled(predict, monkeypatch):
    """Runs `predict` and pulls the plug at its n-th write, of which only a part is done; tells if it came so far."""
    whole = NamedFile.write

    def run(at, share, *args):
        count = 0

        def write(self, data):
            nonlocal count
            count += 1
            if count >= at:
                if count == at:
                    whole(self, bytes(data)[: int(len(data) * share)])
                raise OSError(5, "the power is gone")
            return whole(self, data)

        with monkeypatch.context() as patch:
            patch.setattr(NamedFile, "write", write)
            predict(*args)
        return count >= at

    return run


def _left(folder):
    return sorted(path.name for path in folder.iterdir() if ".part" in path.name)


@pytest.mark.parametrize("form", ["jsonl", "tsv"])
def test_output_is_the_same_as_without(predict, table, tmp_path, form):
    """Undisturbed, with one job: the same bytes, summary and exit code, and nothing beside the file."""
    plain, resumed = tmp_path / f"plain.{form}", tmp_path / f"resumed.{form}"
    one, two = predict(table, "-o", plain), predict(table, "-o", resumed, "--resume")
    assert plain.read_bytes() == resumed.read_bytes()
    assert (one.code, one.err) == (two.code, two.err)
    assert plain.stat().st_mode == resumed.stat().st_mode
    assert _left(tmp_path) == []


@pytest.fixture
def cut_off(pulled, predict, table, tmp_path):
    """Cuts a run off at its n-th write, goes on, and compares; tells whether there was an n-th write."""

    def run(form, at, share):
        plain, target = tmp_path / f"plain.{form}", tmp_path / f"out.{form}"
        if not plain.exists():
            predict(table, "-o", plain, "--explain", "2")
        if not pulled(at, share, table, "-o", target, "--resume", "--explain", "2"):
            return False
        assert not target.exists()
        again = predict(table, "-o", target, "--resume", "--explain", "2")
        assert target.read_bytes() == plain.read_bytes()
        assert again.code == 1
        assert again.err.endswith("chude: 60 pages labelled, 2 inputs skipped (named above)\n")
        assert _left(tmp_path) == []
        target.unlink()
        return True

    return run


@pytest.mark.parametrize(("form", "at", "share"), [("csv", 1, 0.5), ("csv", 2, 0), ("csv", 7, 0.5), ("jsonl", 8, 0.5)])
def test_a_run_cut_off_in_a_write_goes_on(cut_off, form, at, share):
    """In the log's first line, before the first rows, in the middle of rows and of a line of the log."""
    assert cut_off(form, at, share)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["jsonl", "csv"])
@pytest.mark.parametrize("share", [0, 0.5, 1])
def test_a_run_cut_off_at_any_write_goes_on(cut_off, form, share):
    """Before, in the middle of and after every single write."""
    faults = 0
    while cut_off(form, faults + 1, share):
        faults += 1
    assert faults > 10
    print(f"{form}: cut off at {faults} writes")


def test_what_is_done_is_not_labelled_again(pulled, predict, table, tmp_path, monkeypatch):
    """Only the batch that was under way is."""
    labelled = []
    whole = predict_command.rows_of_batch

    def counting(model, pages, **options):
        labelled.append([page.id for page in pages])
        return whole(model, pages, **options)

    monkeypatch.setattr(predict_command, "rows_of_batch", counting)
    pulled(10, 0.5, table, "-o", tmp_path / "out.jsonl", "--resume")
    first, cut_off = labelled[:-1], labelled[-1]
    assert len(first) > 2
    labelled.clear()
    run = predict(table, "-o", tmp_path / "out.jsonl", "--resume")
    assert labelled[0] == cut_off
    assert not {id_ for batch in labelled for id_ in batch} & {id_ for batch in first for id_ in batch}
    assert f"chude: {sum(map(len, first))} pages labelled by an earlier run; going on from there" in run.err


@pytest.fixture
def begun(pulled, table, tmp_path):
    """A run that stopped: its table, its output, the rows that are kept."""
    assert pulled(10, 0.5, table, "-o", tmp_path / "out.jsonl", "--resume")
    return table, tmp_path / "out.jsonl", (tmp_path / "out.jsonl.part").read_bytes()


@pytest.mark.parametrize(
    ("option", "what"),
    [
        (("--threshold", "0.9"), "threshold"),
        (("--explain", "3", "--format", "csv"), "format, explain"),
        (("--title-column", "id", "--encoding", "utf-8"), "encoding, columns"),
    ],
)
def test_rows_made_in_another_way_are_not_mixed(begun, predict, option, what):
    """Refused in one line that names the difference; nothing is touched, and the right command still goes on."""
    table, target, kept = begun
    run = predict(table, "-o", target, "--resume", *option)
    assert run.code == USAGE
    assert run.err.count("\n") == 1
    assert f"{target}.part: is of a run that differs in {what}; " in run.err
    assert Path(f"{target}.part").read_bytes() == kept
    assert predict(table, "-o", target, "--resume").code == 1


def test_another_model_and_other_inputs_are_not_mixed(begun, chude, predict, small_model, tmp_path):
    """A model is another if a byte of it is; inputs are compared by name, then by what was read."""
    from classifier.model.artifact import save

    table, target, _ = begun
    save(tmp_path / "other", small_model, ["term"] * len(small_model.hashes), "another card")
    run = chude("predict", table, "-o", target, "--resume", "-m", tmp_path / "other")
    assert (run.code, "differs in model;" in run.err) == (USAGE, True)
    run = predict(table, table, "-o", target, "--resume")
    assert (run.code, "differs in inputs;" in run.err) == (USAGE, True)


@pytest.mark.parametrize("change", ["text", "order", "fewer"])
def test_inputs_that_have_changed_are_refused(begun, predict, change):
    """A page edited, moved or gone in the part that is done: one line, nothing touched."""
    table, target, kept = begun
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    changed = {
        "text": [lines[0].replace("a", "o"), *lines[1:]],
        "order": [lines[1], lines[0], *lines[2:]],
        "fewer": lines[:2],
    }
    table.write_text("".join(changed[change]), encoding="utf-8")
    run = predict(table, "-o", target, "--resume")
    assert run.code == USAGE
    assert f"{target}.part: was made from other pages: those from 1 to " in run.errors[-1]
    assert Path(f"{target}.part").read_bytes() == kept


@pytest.mark.parametrize("times", [2, pytest.param(30, marks=pytest.mark.slow)])
@pytest.mark.parametrize("file", ["out.jsonl.part", "out.jsonl.part.log"])
def test_damage_costs_work_and_nothing_else(begun, predict, file, tmp_path, times):
    """Rows or log cut, overwritten or followed by rubbish at random places, as a power cut may leave them."""
    table, target, _ = begun
    predict(table, "-o", tmp_path / "plain.jsonl")
    rows, log = Path(f"{target}.part"), Path(f"{target}.part.log")
    kept = {path: path.read_bytes() for path in (rows, log)}
    rng = random.Random(file)  # noqa: S311 (no secret)
    header = len(kept[log].splitlines(keepends=True)[0])
    for _ in range(times):
        for path, data in kept.items():
            path.write_bytes(data)
        path = target.parent / file
        data, at = kept[path], rng.randrange(header, len(kept[path]))
        path.write_bytes(rng.choice([data[:at], data[:at] + bytes(20) + data[at + 20 :], data + bytes(20)]))
        assert predict(table, "-o", target, "--resume").code == 1
        assert target.read_bytes() == (tmp_path / "plain.jsonl").read_bytes()
        assert _left(tmp_path) == []


def test_somebodys_files_are_not_taken_for_ours(predict, table, tmp_path):
    """FILE.part without a log, or with a log of somebody else's, is not written to."""
    part, log = tmp_path / "out.jsonl.part", tmp_path / "out.jsonl.part.log"
    part.write_text("my thesis")
    for text in (None, "my diary", "[" * 100_000, "{}\n"):
        if text is not None:
            log.write_text(text)
        run = predict(table, "-o", tmp_path / "out.jsonl", "--resume")
        assert (run.code, run.err.count("\n")) == (USAGE, 1)
        assert part.read_text() == "my thesis"
        assert text is None or log.read_text() == text


def test_two_runs_do_not_write_the_same_rows(begun, predict):
    """While one is at it, another is refused."""
    table, target, kept = begun
    with Path(f"{target}.part.log").open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        run = predict(table, "-o", target, "--resume")
    assert run.code == USAGE
    assert run.err == f"chude: error: {target}.part: is being written by another run; wait for its end\n"
    assert Path(f"{target}.part").read_bytes() == kept


@pytest.mark.parametrize(
    "args",
    [
        ("-o", "-"),
        (),
        ("-o", "out.txt"),
        ("-o", "out.jsonl", "--format", "table"),
        ("-o", os.devnull, "--format", "csv"),
    ],
)
def test_where_resuming_makes_no_sense_it_is_wrong_usage(predict, table, args, monkeypatch, tmp_path):
    """Standard output, tables, devices."""
    monkeypatch.chdir(tmp_path)
    run = predict(table, "--resume", *args)
    assert (run.code, run.err.count("\n"), run.out) == (USAGE, 1, "")
    assert _left(tmp_path) == []


def test_standard_input_cannot_be_gone_on_with(predict, table, tmp_path):
    """It cannot be read a second time."""
    run = predict(table, "-", "-o", tmp_path / "out.jsonl", "--resume")
    assert (run.code, "standard input" in run.err) == (USAGE, True)


def test_a_finished_output_is_made_anew(predict, table, tmp_path):
    """Nobody knows what an old FILE was made with; so --resume gives what the command gives, always."""
    target = tmp_path / "out.jsonl"
    predict(table, "-o", target, "--resume")
    expected = target.read_bytes()
    target.write_text("old")
    Path(f"{target}.part.log").write_text("left by a run that was killed after its last step\n")
    assert predict(table, "-o", target, "--resume").code == 1
    assert target.read_bytes() == expected
    assert _left(tmp_path) == []


def test_without_input_the_old_output_stays(predict, tmp_path):
    """And nothing is kept for a next run."""
    target = tmp_path / "out.jsonl"
    target.write_text("old")
    run = predict(tmp_path / "missing", "-o", target, "--resume")
    assert (run.code, target.read_text(), _left(tmp_path)) == (3, "old", [])


# ---- real processes, really killed ----


def _killed_and_resumed(folder, model, rows, jobs, kills, seed):
    """Kills so many runs with SIGKILL, each at a random time after it labelled something; the last runs to its end.

    Gives its stderr. A kill in the first second, before anything is labelled, is among them too.
    """
    table, target = _write(folder / "rows.jsonl", rows), folder / "out.jsonl"
    part = Path(f"{target}.part")
    command = [sys.executable, "-c", SMALL_BATCHES, str(BATCH), "predict", str(table), "-m", str(model)]
    subprocess.run([*command, "-o", str(folder / "plain.jsonl")], env=environment(), check=False, capture_output=True)
    whole = (folder / "plain.jsonl").stat().st_size
    rng = random.Random(seed)  # noqa: S311 (no secret)
    command += ["-o", str(target), "--resume", "--jobs", str(jobs)]
    for kill in range(kills):
        # Each gets its share of what is left, so that all of them find something to do.
        size = part.stat().st_size if part.exists() else 0
        goal = size + rng.random() * (whole - size) / (kills - kill)
        process = subprocess.Popen(command, env=environment(), stderr=subprocess.DEVNULL, start_new_session=True)
        give_up = time.monotonic() + (rng.random() if kill % 10 == 9 else 60)
        while process.poll() is None and time.monotonic() < give_up:
            if part.exists() and part.stat().st_size > goal:
                break
            time.sleep(0.002)
        time.sleep(rng.random() * 0.01)
        assert process.poll() is None, "it ended before it was killed: more rows are needed"
        os.killpg(process.pid, signal.SIGKILL)  # workers too, as when the machine goes down
        process.wait()
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert target.read_bytes() == (folder / "plain.jsonl").read_bytes()
    assert _left(folder) == []
    assert done.returncode == 1
    return done.stderr


@pytest.mark.parametrize(("jobs", "kills"), [(1, 2), (2, 1)])
def test_killed_at_random_points_the_output_is_that_of_an_undisturbed_run(
    tmp_path, small_artifact, corpus_rows, jobs, kills
):
    """SIGKILL, several times; every input is labelled once and counted in the last summary."""
    said = _killed_and_resumed(tmp_path, small_artifact, corpus_rows[:400], jobs, kills, seed=jobs)
    assert said.endswith("chude: 400 pages labelled, 2 inputs skipped (named above)\n")


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_killed_twenty_times_the_output_is_that_of_an_undisturbed_run(tmp_path, small_artifact, corpus_rows, jobs):
    """The same, twenty times in one go."""
    said = _killed_and_resumed(tmp_path, small_artifact, corpus_rows * 2, jobs, 20, seed=20 + jobs)
    assert said.endswith(f"chude: {2 * len(corpus_rows):,} pages labelled, 2 inputs skipped (named above)\n")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the worker in Linux's /proc")
@pytest.mark.parametrize("resume", [("--resume",), pytest.param((), marks=pytest.mark.slow)])
def test_a_worker_that_dies_loses_no_page_of_the_output(tmp_path, small_artifact, corpus_rows, resume):
    """A worker is killed while the command runs: it says so, goes on alone, and writes what it would have written."""
    table, target = _write(tmp_path / "rows.jsonl", corpus_rows[:600]), tmp_path / "out.jsonl"
    command = [sys.executable, "-c", SMALL_BATCHES, str(BATCH), "predict", str(table), "-m", str(small_artifact)]
    subprocess.run([*command, "-o", str(tmp_path / "plain.jsonl")], env=environment(), check=False, capture_output=True)
    process = subprocess.Popen(
        [*command, "-o", str(target), "--jobs", "2", *resume], env=environment(), stderr=subprocess.PIPE, text=True
    )
    worker = None
    while worker is None and process.poll() is None:
        worker = next(iter(_workers(process.pid)), None)
    os.kill(worker, signal.SIGKILL)
    _, said = process.communicate(timeout=60)
    assert "a worker process died" in said
    assert said.endswith("chude: 600 pages labelled, 2 inputs skipped (named above)\n")
    assert target.read_bytes() == (tmp_path / "plain.jsonl").read_bytes()


def _workers(parent):
    """The ids of the worker processes of a process."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(pid) for pid in children if b"LokyProcess" in Path(f"/proc/{pid}/cmdline").read_bytes()]
