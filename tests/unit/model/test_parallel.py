"""Guards labelling in several processes: order, equal output, and that a dying worker loses no page."""

from __future__ import annotations

import errno
import json
import os
import signal
import tempfile
from functools import partial

import pytest

from classifier.model.parallel import map_batches, map_work
from classifier.types import Page
from classifier.vietnamese import segmenter


@pytest.fixture
def pages(corpus_rows, monkeypatch):
    """Some articles, cut into many small batches."""
    monkeypatch.setattr(segmenter, "BATCH_CHARACTERS", 5_000)
    return [Page(row["id"], row["title"], body=row["text"]) for row in corpus_rows[:60]]


def label(model, batch, *, parent, deadly):
    """Ids and topics; a worker (not the parent) that meets the page `deadly` is killed, as for want of memory."""
    if os.getpid() != parent and any(page.id == deadly for page in batch):
        os.kill(os.getpid(), signal.SIGKILL)
    return [(p.id, p.topic, os.getpid() == parent) for p in model.predict(batch)]


def flat(results):
    """The pairs of (id, topic) of all batches, and which of them this process did itself."""
    rows = [row for batch in results for row in batch]
    return [row[:2] for row in rows], [row[2] for row in rows]


def test_batches_come_back_in_order_from_other_processes(small_model, pages):
    """Every page once, in the order given; this process labels none."""
    work = partial(label, parent=os.getpid(), deadly="")
    found, here = flat(map_batches(small_model, iter(pages), work, jobs=2))
    assert found == [(p.id, p.topic) for p in small_model.predict(pages)]
    assert not any(here)


def test_nothing_behind_a_wait_is_read_before_all_results_were_taken(small_model, pages):
    """Wherever it stands, also before any worker has begun."""
    taken = []

    def units(places):
        for number, page in enumerate(pages[:8]):
            if number in places:
                yield None
                assert len(taken) == number
            yield [page]

    work = partial(label, parent=os.getpid(), deadly="")
    for places in ({1}, {0, 5}, {7}):
        taken.clear()
        taken.extend(result[0][0] for result in map_work(small_model, units(places), work, jobs=4))
        assert taken == [page.id for page in pages[:8]]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes are not killed like this here")
@pytest.mark.parametrize("at", [30, *(pytest.param(at, marks=pytest.mark.slow) for at in (0, 59))])
def test_a_worker_that_dies_loses_no_page(small_model, pages, at):
    """What was under way and what was still to come is labelled here, in order, and the user is told once."""
    told = []
    work = partial(label, parent=os.getpid(), deadly=pages[at].id)
    results = map_batches(small_model, iter(pages), work, jobs=2, on_loss=told.append)
    found, here = flat(results)
    assert found == [(p.id, p.topic) for p in small_model.predict(pages)]
    assert here[at]
    assert told == ["a worker process died (out of memory?)"]


def which_process(_model, batch):
    """The process that was given the batch, once a page."""
    return [os.getpid()] * len(batch)


def test_no_more_processes_than_batches_or_cores(small_model, pages, monkeypatch):
    """A thousand jobs are few processes; one batch needs none."""
    cores = max(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count())
    used = {pid for batch in map_batches(small_model, pages, which_process, jobs=1_000) for pid in batch}
    assert os.getpid() not in used
    assert len(used) <= cores
    monkeypatch.setattr(segmenter, "BATCH_CHARACTERS", 10**6)
    assert {pid for batch in map_batches(small_model, pages, which_process, jobs=1_000) for pid in batch} == {
        os.getpid()
    }


def test_where_no_process_can_be_started_this_one_does_the_work(small_model, pages, monkeypatch, tmp_path):
    """No lock can be shared (/dev/shm read-only), or others could exchange the model's file: said, and no page lost."""
    work = partial(label, parent=os.getpid(), deadly="")
    expected = [(p.id, p.topic) for p in small_model.predict(pages)]
    told = []
    open_to_all = tmp_path / "temporary"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(open_to_all))
        assert flat(map_batches(small_model, pages, work, jobs=2, on_loss=told.append)) == (expected, [True] * 60)
    assert "TMPDIR" in told[0]
    assert list(open_to_all.iterdir()) == []

    def read_only(*_args, **_options):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("joblib.externals.loky.ProcessPoolExecutor", read_only)
    assert flat(map_batches(small_model, pages, work, jobs=2, on_loss=told.append))[0] == expected
    assert "no lock can be shared" in told[1]
    assert len(told) == 2


def test_what_a_killed_run_left_in_the_temporary_folder_is_removed(small_model, pages, monkeypatch, tmp_path):
    """A kill before its first worker was there leaves the model's file; what else lies there stays."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / ".chude.abcdefgh.part").mkdir()
    (tmp_path / ".chude.abcdefgh.part" / "model.joblib").write_text("x")
    (tmp_path / "chude").write_text("x")
    list(map_batches(small_model, pages, which_process, jobs=2))
    assert [path.name for path in tmp_path.iterdir()] == ["chude"]


def test_an_error_in_the_work_is_raised_and_nothing_is_left_running(small_model, pages):
    """Only death is made up for; a mistake is not hidden."""
    with pytest.raises(TypeError):
        list(map_batches(small_model, iter(pages), partial(label, parent=0, deadly="", wrong=1), jobs=2))


@pytest.mark.parametrize("form", ["jsonl", "table", pytest.param("csv", marks=pytest.mark.slow)])
def test_the_command_writes_the_same_with_two_jobs(chude, small_artifact, corpus_rows, tmp_path, form):
    """Rows without text and files that are missing are named and left out either way."""
    file = tmp_path / "rows.jsonl"
    rows = [{"id": row["id"], "title": row["title"], "text": row["text"]} for row in corpus_rows[:20]]
    rows.insert(3, {"id": "empty", "title": "", "text": "", "related": [{"headline": "Một tin", "blurb": ""}]})
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    asked = ["predict", file, tmp_path / "missing", "-m", small_artifact, "--format", form, "--explain", "2"]
    one, two = (chude(*asked, "--jobs", jobs) for jobs in (1, 2))
    assert (one.code, one.out) == (two.code, two.out)
    assert sorted(one.err.splitlines()) == sorted(two.err.splitlines())
    assert one.code == 1
    assert "20 pages labelled, 2 inputs skipped" in one.err
