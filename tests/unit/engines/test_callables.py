"""Guards the callables that engines share: any kind of batch in, the same kind out, a row for each row."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys

import pyarrow
import pytest

from classifier import Extractor, Labeller, Segmenter, load, read_pages, segment
from classifier.errors import ArtifactError

ROWS = [
    {
        "id": "a",
        "title": "NATO họp về Ukraine",
        "text": "Các bộ trưởng bàn việc ngừng bắn.\nHai bên gặp lại.",
        "n": 1,
    },
    {"id": "b", "title": None, "text": None, "n": 2},
    {"id": "c", "title": "Hiệp ước hạt nhân", "text": "Mỹ và Nga bàn cắt giảm đầu đạn hạt nhân.", "n": 3},
]


def _kinds():
    yield pytest.param(list, lambda batch: batch, id="list")
    yield pytest.param(pyarrow.Table.from_pylist, lambda batch: batch.to_pylist(), id="arrow-table")
    yield pytest.param(pyarrow.RecordBatch.from_pylist, lambda batch: batch.to_pylist(), id="arrow-batch")
    yield pytest.param(_pandas, _from_pandas, id="pandas")
    yield pytest.param(_polars, lambda batch: batch.to_dicts(), id="polars")


def _pandas(rows):
    return pytest.importorskip("pandas").DataFrame(rows, index=range(10, 10 + len(rows)))


def _from_pandas(frame):
    assert list(frame.index) == list(range(10, 10 + len(frame)))
    return json.loads(frame.to_json(orient="records", double_precision=15))


def _polars(rows):
    return pytest.importorskip("polars").DataFrame(rows)


@pytest.mark.parametrize(("make", "back"), list(_kinds()))
def test_a_batch_of_any_kind_gives_the_same_rows_in_the_same_kind(make, back):
    """What `chude predict` says of the same rows, whatever an engine calls a batch; the empty row says why."""
    batch = make(ROWS)
    labelled = Labeller(explain=2, keep=("n",))(batch)
    assert type(labelled) is type(batch)
    rows = back(labelled)
    assert [row["n"] for row in rows] == [1, 2, 3]
    assert rows[1]["topic"] is None
    assert "no text" in rows[1]["skipped"]
    plain = Labeller(explain=2)(list(ROWS))
    for row, expected in zip(rows, plain, strict=True):
        assert row["topic"] == expected["topic"]
        assert row["skipped"] == expected["skipped"]
        assert row["probability"] == pytest.approx(expected["probability"])
        assert row["topics"] == expected["topics"]
        assert row["reasons"] == expected["reasons"]


@pytest.mark.parametrize(("make", "back"), list(_kinds()))
def test_an_empty_batch_has_the_same_columns(make, back):
    """Engines send empty batches to learn the schema."""
    batch = make(ROWS)[:0] if make is not list else []
    assert back(Labeller()(batch)) == []
    if not isinstance(batch, list):
        columns = getattr(Labeller()(batch), "column_names", None) or list(Labeller()(batch).columns)
        assert list(columns) == [*Labeller().shape]


def test_the_rows_are_those_of_predict(tmp_path):
    """`Labeller` and `Model.predict` on a file agree to the last digit that is written."""
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in (ROWS[0], ROWS[2])), encoding="utf-8")
    from classifier.model.artifact import default_artifact

    predictions = load(default_artifact()).predict(read_pages(file))
    rows = Labeller()([ROWS[0], ROWS[2]])
    assert [(row["id"], row["topic"], row["probability"], row["secondary"]) for row in rows] == [
        (p.id, p.topic, round(p.probability, 6), list(p.secondary)) for p in predictions
    ]


def test_it_pickles_small_and_works_where_it_is_unpickled(tmp_path):
    """A worker gets a path and a digest, not a model."""
    data = pickle.dumps(Labeller())
    assert len(data) < 1_000
    (tmp_path / "labeller").write_bytes(data)
    code = f"import pickle; f = pickle.load(open('labeller', 'rb')); print(f({ROWS!r})[0]['topic'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == Labeller()(list(ROWS))[0]["topic"]


def test_another_model_under_the_same_name_is_refused(tmp_path, small_artifact):
    """Workers whose artifact differs would mix the labels of two models."""
    import shutil

    copy = tmp_path / "model"
    shutil.copytree(small_artifact, copy)
    labeller = Labeller(str(copy))
    text = (copy / "model.json").read_text(encoding="utf-8")
    (copy / "model.json").write_text(text + "\n", encoding="utf-8")
    with pytest.raises(ArtifactError, match="another model"):
        labeller([ROWS[0]])
    with pytest.raises(ArtifactError, match="no such model"):
        Labeller(str(tmp_path / "nothing"))


@pytest.mark.parametrize(("make", "back"), list(_kinds()))
def test_pages_are_read_out_of_batches(make, back):
    """HTML as text; what is no page is said in its row."""
    html = "<html><body><h1>Hội đàm ở Geneva</h1><p>Hai bên đồng ý ngừng bắn trong một tuần tới đây.</p></body></html>"
    rows = back(Extractor(keep=("n",))(make([{"id": "x", "html": html, "n": 1}, {"id": "y", "html": None, "n": 2}])))
    assert (rows[0]["title"], rows[0]["skipped"]) == ("Hội đàm ở Geneva", None)
    assert rows[1]["skipped"] == "holds no page"


@pytest.mark.parametrize(("make", "back"), list(_kinds()))
def test_texts_are_segmented_in_batches(make, back):
    """As pyvi does it, row for row."""
    rows = back(Segmenter(keep=("id",))(make(ROWS)))
    assert [row["segmented"] for row in rows] == [segment([ROWS[0]["text"]])[0], None, segment([ROWS[2]["text"]])[0]]
    assert rows[1]["skipped"] == "column 'text' holds no text"


def test_what_is_no_batch_is_named():
    """A TypeError that says what to give."""
    with pytest.raises(TypeError, match="give a list of dicts"):
        Labeller()({"text": "x"})
    with pytest.raises(TypeError, match="a row is str"):
        Labeller()(["x"])
