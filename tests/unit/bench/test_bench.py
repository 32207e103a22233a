"""Guards that the benchmarks run and say what they should; how fast anything is, they measure elsewhere."""

from __future__ import annotations

import json
import sys
from collections import Counter

import pytest

from bench import measure, pipeline, segmentation, stages, startup


@pytest.fixture
def corpus(tmp_path, corpus_rows):
    """A few built-in articles of three labels, as JSONL."""
    counts: Counter[str] = Counter()
    file = tmp_path / "corpus.jsonl"
    with file.open("w", encoding="utf-8") as stream:
        for row in corpus_rows:
            label = row["labels"][0] if row.get("labels") else row.get("label", "other")
            if label != "other" and counts[label] < 12:
                counts[label] += 1
                plain = {"id": row["id"], "title": row["title"], "text": row["text"], "label": label}
                stream.write(json.dumps(plain) + "\n")
    assert len(counts) > 2
    return file


def test_a_process_is_measured_with_its_children_and_its_output():
    """The CPU time and memory are the child's, however much it prints."""
    code = "import sys; data = bytearray(80_000_000); data[::4096] = b'x' * len(data[::4096]); print('y' * 300_000)"
    found = measure.python(code + "; sys.stderr.write('z' * 300_000)")
    assert len(found.output) == 300_001
    assert found.peak > 70
    assert found.cpu > 0


def test_a_job_that_fails_is_an_error_with_its_message():
    """A missing module is not taken for chude's exit code 1."""
    with pytest.raises(measure.subprocess.CalledProcessError, match="exit status 1") as caught:
        measure.python("import no_such_module")
    assert b"ModuleNotFoundError" in caught.value.stderr


def _rows(printed):
    """The table's rows as cells, by their first."""
    lines = (line.strip("| ").split(" | ") for line in printed.splitlines() if line.startswith("| "))
    return {cells[0]: cells for cells in lines}


def test_the_pipeline_is_compared_and_what_is_not_installed_is_called_missing(corpus, capsys, monkeypatch):
    """Every tool has its row; chude has an accuracy, an absent peer none."""
    monkeypatch.setitem(pipeline.PEERS, "fasttext", ("fastText", "import no_such_module"))
    pipeline.main([str(corpus), str(corpus), "--tools", "fasttext", "chude"])
    rows = _rows(capsys.readouterr().out)
    assert float(rows["chude, --jobs 1"][1]) > 0.5
    assert "missing: ModuleNotFoundError" in rows["fastText"][1]


@pytest.mark.slow
def test_the_obvious_pipeline_is_compared(corpus, capsys):
    """pyvi and scikit-learn learn what they are given."""
    pipeline.main([str(corpus), str(corpus), "--tools", "obvious"])
    assert float(_rows(capsys.readouterr().out)["pyvi + TfidfVectorizer + LinearSVC"][1]) > 0.9


def test_every_nth_article_is_taken(corpus, tmp_path):
    """The same ones whichever tool reads them."""
    labels = pipeline.write_plain(str(corpus), tmp_path / "out.jsonl", 5)
    rows = [json.loads(line) for line in corpus.read_text(encoding="utf-8").splitlines()][::5]
    assert labels == [row["label"] for row in rows]


def test_segmentation_is_compared_with_pyvi(corpus, capsys, monkeypatch):
    """All texts are identical and the table has a row for each tool."""
    monkeypatch.setattr(segmentation, "best_cpu", lambda _code: 1.0)
    monkeypatch.setitem(sys.modules, "underthesea", None)
    segmentation.main([str(corpus), "--every", "3"])
    out = capsys.readouterr().out
    articles = len(corpus.read_text(encoding="utf-8").splitlines()[::3])
    assert f"{articles} articles" in out
    assert f"identical to pyvi: {articles}" in out
    assert "underthesea: missing" in out
    assert "| pyvi ViTokenizer.tokenize |" in out


def test_the_stages_add_up_to_the_whole(corpus, small_artifact, capsys):
    """Each stage took some time, and the floors are there beside them."""
    stages.main([str(corpus), "-m", str(small_artifact), "--limit", "20"])
    out = capsys.readouterr().out
    assert out.count("20 articles") == 1
    for stage in (*stages.STAGES, "all"):
        assert f"| {stage} | " in out
    assert "str.split of each text" in out


def test_start_up_is_compared_with_importing_scikit_learn(small_artifact, capsys, monkeypatch):
    """The first job is the measure of the others, and numpy is taken off the time that a model loads."""
    asked = []
    monkeypatch.setattr(startup, "best_cpu", lambda code, _: asked.append(compile(code, "job", "exec")) or len(asked))
    startup.main([str(small_artifact)])
    out = capsys.readouterr().out
    assert "| chude --help | 4.000 | 4.00 |" in out
    assert "loading the model alone: 1.50 of `import sklearn`" in out


@pytest.mark.slow
def test_start_up_is_measured(small_artifact, capsys):
    """Each job took some time."""
    startup.main([str(small_artifact), "--repeats", "1"])
    out = capsys.readouterr().out
    rows = [line.strip("| ").split(" | ") for line in out.splitlines() if line.startswith("| ")][2:]
    times = {cells[0]: float(cells[1]) for cells in rows}
    assert rows[0][2] == "1.00"
    assert {"chude --help", "chude predict page.txt", "import numpy"} < set(times)
    assert min(times.values()) > 0
    assert "loading the model alone: " in out
