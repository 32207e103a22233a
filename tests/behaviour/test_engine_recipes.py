"""Guards the recipes of docs/distributed.md: they run on the real engines and give the rows of `chude predict`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pyarrow
import pytest
from conftest import PROJECT
from pyarrow import parquet

PYTHON = os.environ.get("CHUDE_ENGINES_PYTHON", sys.executable)
"""An interpreter that has the engines; they need not be in the one that runs the tests."""


def _recipe(heading):
    text = (PROJECT / "docs" / "distributed.md").read_text(encoding="utf-8")
    return re.search(rf"### {heading}\n\n(?:<!-- .*? -->\n)?```python\n(.*?)```", text, re.DOTALL)[1]


@pytest.mark.slow
@pytest.mark.parametrize(("heading", "module"), [("Ray", "ray"), ("Spark", "pyspark")])
def test_a_recipe_gives_the_rows_of_predict(tmp_path, corpus_rows, chude, heading, module):
    """As it stands in the docs, on a folder of Parquet."""
    if subprocess.run([PYTHON, "-c", f"import {module}"], capture_output=True, check=False).returncode:
        pytest.skip(f"no {module} for {PYTHON}: see CHUDE_ENGINES_PYTHON")
    rows = [{"id": str(at), "title": row["title"], "text": row["text"]} for at, row in enumerate(corpus_rows[:200])]
    (tmp_path / "news").mkdir()
    for part in range(2):
        table = pyarrow.Table.from_pylist(rows[part * 100 : part * 100 + 100])
        parquet.write_table(table, tmp_path / "news" / f"{part}.parquet")
    plain = [json.loads(line) for line in chude("predict", tmp_path / "news", "--format", "jsonl").out.splitlines()]
    done = subprocess.run(
        [PYTHON, "-c", _recipe(heading)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "PYSPARK_PYTHON": PYTHON, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    (labels,) = tmp_path.glob("*-labels")
    found = {row["id"]: row for path in labels.glob("*.parquet") for row in parquet.read_table(path).to_pylist()}
    assert len(found) == len(plain) == 200
    for row in plain:
        made = found[row["id"]]
        assert made["skipped"] is None
        assert [made[name] for name in ("topic", "probability", "secondary")] == [
            row[name] for name in ("topic", "probability", "secondary")
        ]
