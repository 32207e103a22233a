"""Guards labelling in several processes: order, equal output, and that a dying worker loses no page."""

from __future__ import annotations

import json
import os
import signal
from functools import partial

import pytest

from classifier.model.parallel import map_batches
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


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes are not killed like this here")
@pytest.mark.parametrize("at", [30, *(pytest.param(at, marks=pytest.mark.slow) for at in (0, 59))])
def test_a_worker_that_dies_loses_no_page(small_model, pages, at):
    """What was under way and what was still to come is labelled here, in order, and the user is told once."""
    told = []
    work = partial(label, parent=os.getpid(), deadly=pages[at].id)
    results = map_batches(small_model, iter(pages), work, jobs=2, on_loss=lambda: told.append("lost"))
    found, here = flat(results)
    assert found == [(p.id, p.topic) for p in small_model.predict(pages)]
    assert here[at]
    assert told == ["lost"]


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
