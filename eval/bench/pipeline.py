"""Raw text to model and to labels, beside the obvious pipeline and the peers: python -m eval.bench.pipeline TRAIN TEST.

Each tool trains and labels in a process of its own, one after the other. A peer that is not installed is said to be missing.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from classifier.reading import read_pages
from eval.bench.measure import Measured, about, python, run, table
from eval.metrics import accuracy

_READ = """
import json, sys
def rows(path):
    with open(path, encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            yield row["title"] + "\\n" + row["text"], row["label"]
"""
_OBVIOUS = (
    _READ
    + """
import pickle
from pyvi import ViTokenizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC
job, data, model, out = sys.argv[1:]
texts, labels = zip(*rows(data))
words = [ViTokenizer.tokenize(text) for text in texts]
if job == "train":
    pipeline = make_pipeline(TfidfVectorizer(sublinear_tf=True, min_df=3, token_pattern=r"\\S+"), LinearSVC(C=0.3))
    pickle.dump(pipeline.fit(words, labels), open(model, "wb"))
else:
    json.dump(pickle.load(open(model, "rb")).predict(words).tolist(), open(out, "w"))
"""
)
_RUST = (
    _READ
    + """
from underthesea_core import TextClassifier
job, data, model, out = sys.argv[1:]
texts, labels = zip(*rows(data))
if job == "train":
    classifier = TextClassifier()
    classifier.fit(list(texts), list(labels))
    classifier.save(model)
else:
    json.dump(TextClassifier.load(model).predict_batch(list(texts)), open(out, "w"))
"""
)
_FASTTEXT = (
    _READ
    + """
import fasttext
job, data, model, out = sys.argv[1:]
clean = lambda text: " ".join(text.split())
if job == "train":
    with open(out, "w") as stream:
        stream.writelines("__label__%s %s\\n" % (label.replace(" ", "_"), clean(text)) for text, label in rows(data))
    fasttext.train_supervised(out, wordNgrams=2, epoch=10, thread=1).save_model(model)
else:
    fitted = fasttext.load_model(model)
    json.dump([fitted.predict(clean(text))[0][0][9:].replace("_", " ") for text, _ in rows(data)], open(out, "w"))
"""
)
PEERS = {
    "pyvi + TfidfVectorizer + LinearSVC": ("pyvi", _OBVIOUS),
    "underthesea_core TextClassifier, unsegmented": ("underthesea_core", _RUST),
    "fastText, unsegmented": ("fasttext", _FASTTEXT),
}


def _plain(corpus: str, target: Path) -> tuple[list[str], int]:
    """Writes a corpus as the JSONL that all tools read; its labels and how many articles."""
    labels = []
    with target.open("w", encoding="utf-8") as stream:
        for page in read_pages([corpus]):
            label = str(page.extra["label"])
            text = "\n".join(part for part in (page.lead, page.body) if part)
            stream.write(json.dumps({"id": page.id, "title": page.title, "text": text, "label": label}, ensure_ascii=False) + "\n")
            labels.append(label)
    return labels, len(labels)


def _size(path: Path) -> float:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6


def _chude(folder: Path, jobs: int) -> tuple[Measured, Measured, list[str], float]:
    command = [sys.executable, "-m", "classifier"]
    model, out = folder / "chude-model", folder / "chude.csv"
    trained = run([*command, "train", str(folder / "train.jsonl"), "-o", str(model)])
    labelled = run([*command, "predict", str(folder / "test.jsonl"), "-m", str(model), "--jobs", str(jobs), "-o", str(out)])
    with out.open(encoding="utf-8", newline="") as stream:
        return trained, labelled, [row["topic"] for row in csv.DictReader(stream)], _size(model)


def _peer(name: str, code: str, folder: Path) -> tuple[Measured, Measured, list[str], float]:
    model, out = folder / f"{name.split()[0]}.model", folder / f"{name.split()[0]}.out"
    trained = python(code, "train", str(folder / "train.jsonl"), str(model), str(out))
    labelled = python(code, "predict", str(folder / "test.jsonl"), str(model), str(out))
    return trained, labelled, json.loads(out.read_text()), _size(model)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train")
    parser.add_argument("test")
    parser.add_argument("--only-chude", action="store_true", help="leave the peers out")
    arguments = parser.parse_args()
    print(about(), flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _plain(arguments.train, folder / "train.jsonl")
        gold, articles = _plain(arguments.test, folder / "test.jsonl")
        rows = []
        jobs = {"chude": lambda: _chude(folder, 1), "chude, --jobs 2": lambda: _chude(folder, 2)}
        if not arguments.only_chude:
            jobs |= {peer: lambda peer=peer, code=code: _peer(peer, code, folder) for peer, (_, code) in PEERS.items()}
        for tool, job in jobs.items():
            try:
                trained, labelled, predicted, size = job()
            except subprocess.CalledProcessError as error:
                lines = error.stderr.decode(errors="replace").strip().splitlines()
                rows.append([tool, f"missing or failed: {lines[-1] if lines else error}", *[""] * 6])
                continue
            rows.append(
                [
                    tool,
                    f"{accuracy(gold, predicted):.4f}",
                    f"{trained.wall:.1f}",
                    f"{trained.peak:,.0f}",
                    f"{labelled.wall:.1f}",
                    f"{articles / labelled.wall:,.0f}",
                    f"{labelled.peak:,.0f}",
                    f"{size:.1f}",
                ]
            )
            print(" | ".join(rows[-1]), flush=True)
    header = ["tool", "accuracy", "train s", "train peak MB", "predict s", "articles/s", "predict peak MB", "model MB"]
    print(table(header, rows))


if __name__ == "__main__":
    main()
