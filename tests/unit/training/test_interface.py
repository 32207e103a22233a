"""Guards what a Python user calls: the same work as the commands, with results as objects."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from classifier.clustering import cluster_pages
from classifier.reading import read_pages
from classifier.types import Headline, Page
from training import check, compare, evaluate, read_corpus, train

ROWS = [
    (f"{label}{n}", f"{words} ngày {n} tháng {n % 12 + 1}", label)
    for label, words in (
        ("mua", "mưa lớn gây ngập đường phố trung tâm"),
        ("bong", "đội tuyển bóng đá thắng trận sân nhà"),
    )
    for n in range(12)
]
ROWS.append(("copy", ROWS[0][1], ROWS[0][2]))


@pytest.fixture(scope="module")
def corpus_file(tmp_path_factory):
    """Two dozen short articles of two labels, one of them twice. Not to be changed."""
    path = tmp_path_factory.mktemp("interface") / "own.jsonl"
    lines = [json.dumps({"id": i, "text": text, "label": label}, ensure_ascii=False) for i, text, label in ROWS]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_import_training_is_cheap():
    """Neither numpy nor scikit-learn comes with the package itself."""
    code = "import sys, training; print(bool({'numpy', 'sklearn', 'click'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_train_evaluate_compare_check_are_what_the_commands_do(corpus_file, tmp_path, chude):
    """The functions give the files and the numbers of `chude train`, `eval`, `compare` and `check`."""
    corpus = read_corpus([corpus_file])
    trained = train(corpus, folder=tmp_path / "here" / "own")
    chude("train", corpus_file, "-o", tmp_path / "there" / "own")
    for file in sorted((tmp_path / "here" / "own").iterdir()):
        assert file.read_bytes() == (tmp_path / "there" / "own" / file.name).read_bytes()
    assert trained.info["articles"] == len(ROWS)
    found = evaluate(corpus, tmp_path / "here" / "own", names=["own.jsonl"])
    found.write(tmp_path / "report")
    chude("eval", corpus_file, "-m", tmp_path / "here" / "own", "-o", tmp_path / "other")
    assert (tmp_path / "report" / "report.json").read_bytes() == (tmp_path / "other" / "report.json").read_bytes()
    assert found.report["scores"]["accuracy"]["value"] == 1
    compared = compare(tmp_path / "here" / "own", trained.model, corpus, names=("A", "B"))
    assert (compared.articles, compared.changes) == (len(ROWS), ())
    codes = {finding.code for finding in check(corpus, label_errors=False)}
    printed = chude("check", corpus_file, "--no-label-errors", "--format", "jsonl").out
    assert "CH101" in codes
    assert codes == {json.loads(line)["code"] for line in printed.splitlines()}


def test_ways_to_judge_exclude_each_other(corpus_file):
    """Nothing that was asked for is left out without a word."""
    corpus = read_corpus([corpus_file])
    with pytest.raises(ValueError, match="exclude each other"):
        evaluate(corpus, "model", cv=5)
    with pytest.raises(ValueError, match="repeats needs cv"):
        evaluate(corpus, repeats=2)


def test_cluster_pages_gives_clusters_and_what_went_in():
    """Copies are merged, wordless headlines are handed back, pages counted."""
    related = tuple(Headline(f"Bão số {n} vào Biển Đông") for n in range(3))
    pages = [Page("a", related=related), Page("b", related=(*related, Headline("— … !")))]
    seen = []
    found = cluster_pages(pages, 1, on_skip=seen.append)
    assert (len(found.headlines), found.used) == (3, 2)
    assert list(found.skipped) == seen
    assert [cluster.size for cluster in found.result.clusters] == [3]
    assert cluster_pages([]).result.clusters == ()


def test_cluster_pages_takes_the_rows_of_a_table(tmp_path):
    """A row without related headlines is itself one."""
    path = tmp_path / "rows.jsonl"
    path.write_text('{"headline": "Bão vào bờ"}\n{"headline": "Giá vàng tăng"}\n', encoding="utf-8")
    assert cluster_pages(read_pages([path])).used == 2
