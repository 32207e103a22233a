"""Tuned against tuned: python -m bench.tune TRAIN TEST [TRAIN TEST ...].

Each pair is two labelled corpora. `chude train` as it is and with `--tune`, beside pyvi's words with TF-IDF of one and
two words and LinearSVC, and NB-SVM over the same, both with C out of a grid by five folds; fastText with its own
autotune (60 s, a fifth of the articles to choose by; it may end elsewhere each time); underthesea_core's
TextClassifier. Paired: the 95 % interval of the tuned model's lead over the best of the others, and over the default.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.defaults import MARKS, lead
from bench.measure import about, python, table
from bench.peers import PEERS
from classifier import segment
from training.corpus import read_corpus
from training.learn import train
from training.tune.nested import Tuning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sklearn.model_selection import KFold, StratifiedKFold

    from training.corpus import Corpus

    Texts = Sequence[str]

GRID_FOLDS = 5
STRENGTHS = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
HEADER = (
    "corpus",
    "articles",
    "default",
    "tuned",
    "SVM, grid",
    "NB-SVM, grid",
    "fastText, autotune",
    "underthesea_core",
    "lead over the best other",
    "lead over the default",
    "seconds",
)


def svm_grid(words: Texts, labels: Texts, tested: Texts) -> list[str]:
    """TF-IDF (1-2), 1 + ln tf or plain, LinearSVC; all by five folds."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import Pipeline
    from sklearn.svm import LinearSVC

    steps = [
        ("terms", TfidfVectorizer(ngram_range=(1, 2), token_pattern=MARKS)),
        ("machine", LinearSVC(random_state=0)),
    ]
    grid = {"terms__sublinear_tf": [False, True], "machine__C": STRENGTHS}
    found = GridSearchCV(Pipeline(steps), grid, cv=_folds(labels)).fit(words, labels)
    return [str(one) for one in found.predict(tested)]


def nb_svm_grid(words: Texts, labels: Texts, tested: Texts) -> list[str]:
    """NB-SVM (Wang & Manning 2012) over the same terms, C by five folds."""
    from sklearn.feature_extraction.text import CountVectorizer

    counts = CountVectorizer(ngram_range=(1, 2), token_pattern=MARKS, binary=True)
    rows, others, of = counts.fit_transform(words), counts.transform(tested), np.array(labels)
    right = dict.fromkeys(STRENGTHS, 0)
    for inside, outside in _folds(labels).split(of, of):
        for strength in STRENGTHS:
            said = _nb_svm(rows[inside], of[inside], rows[outside], strength)
            right[strength] += int((said == of[outside]).sum())
    best = max(STRENGTHS, key=lambda strength: right[strength])
    return [str(one) for one in _nb_svm(rows, of, others, best)]


def _folds(labels: Texts) -> StratifiedKFold | KFold:
    """Five folds, with each label's share in each where any label has five articles."""
    from sklearn.model_selection import KFold, StratifiedKFold

    kind = StratifiedKFold if max(Counter(labels).values()) >= GRID_FOLDS else KFold
    return kind(GRID_FOLDS, shuffle=True, random_state=0)


def _nb_svm(rows: NDArray[np.float64], of: NDArray[np.str_], others: NDArray[np.float64], C: float) -> NDArray[np.str_]:
    from scipy.sparse import diags
    from sklearn.svm import LinearSVC

    names, scores = np.unique(of), []
    for name in names:
        inside = 1 + np.asarray(rows[of == name].sum(axis=0)).ravel()
        outside = 1 + np.asarray(rows[of != name].sum(axis=0)).ravel()
        ratios = diags(np.log(inside / inside.sum()) - np.log(outside / outside.sum()))
        machine = LinearSVC(C=C, random_state=0).fit(rows @ ratios, of == name)
        scores.append(machine.decision_function(others @ ratios))
    found: NDArray[np.str_] = names[np.argmax(scores, axis=0)]
    return found


_FASTTEXT = """
import json, random, sys
import fasttext
train, tested, out = sys.argv[1:]
lines = open(train, encoding="utf-8").read().splitlines(keepends=True)
random.Random(0).shuffle(lines)
cut = len(lines) // 5
for name, some in ((train + ".learn", lines[cut:]), (train + ".choose", lines[:cut])):
    open(name, "w", encoding="utf-8").writelines(some)
options = {"autotuneValidationFile": train + ".choose", "autotuneDuration": 60, "thread": 1, "verbose": 0}
chosen = fasttext.train_supervised(train + ".learn", **options)
texts = open(tested, encoding="utf-8").read().splitlines()
found = [chosen.f.predict(text + "\\n", 1, 0.0, "strict") for text in texts]
json.dump([one[0][1].removeprefix("__label__") if one else "" for one in found], open(out, "w"))
"""


def fasttext(words: Texts, labels: Texts, tested: Texts) -> list[str]:
    """In a process of its own, over pyvi's words; labels by number, since a space would end one."""
    names = sorted(set(labels))
    with tempfile.TemporaryDirectory() as folder:
        learn, ask, out = (Path(folder) / name for name in ("learn", "ask", "out"))
        learn.write_text(
            "".join(f"__label__{names.index(of)} {text}\n" for text, of in zip(words, labels, strict=True)), "utf-8"
        )
        ask.write_text("".join(f"{text}\n" for text in tested), "utf-8")
        python(_FASTTEXT, str(learn), str(ask), str(out))
        return [names[int(one)] if one else "" for one in json.loads(out.read_text())]


def rust(learned: Corpus, tested: Corpus) -> list[str]:
    """underthesea_core, which has its own terms, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder) / name) for name in ("learn.jsonl", "ask.jsonl", "model", "out")]
        for path, corpus in zip(paths, (learned, tested), strict=False):
            rows = ({"title": one.page.title, "text": one.page.body, "label": one.primary} for one in corpus.articles)
            Path(path).write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
        python(PEERS["rust"][1], "train", paths[0], paths[2], paths[3])
        python(PEERS["rust"][1], "predict", paths[1], paths[2], paths[3])
        return [str(one) for one in json.loads(Path(paths[3]).read_text())]


def row(name: str, learned: Corpus, tested: Corpus) -> list[str]:
    """One pair of corpora."""
    gold = tested.primaries
    started = time.perf_counter()
    tuned = train(learned, tuning=Tuning())
    seconds = time.perf_counter() - started
    ours = [one.model.predict(tested.pages) for one in (train(learned), tuned)]
    words, asked = (segment([page.text.replace("\n", " ") for page in corpus.pages]) for corpus in (learned, tested))
    labels = learned.primaries
    said = [[one.topic for one in side] for side in ours]
    said += [peer(words, labels, asked) for peer in (svm_grid, nb_svm_grid, fasttext)] + [rust(learned, tested)]
    hits = np.array([[g == p for g, p in zip(gold, side, strict=True)] for side in said])
    best = 2 + int(hits[2:].mean(axis=1).argmax())
    leads = (lead(hits[1], hits[best]), lead(hits[1], hits[0]))
    values = [f"{value:.4f}" for value in hits.mean(axis=1).tolist()]
    if tuned.tuned is not None:
        print("\n".join(f"{name}: {line}" for line in tuned.tuned.sentences()), flush=True)
    told = (f"{value:+.4f} ({low:+.4f} – {high:+.4f})" for value, low, high in leads)
    return [name, f"{len(labels):,}", *values, *told, f"{seconds:.0f}"]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", metavar="TRAIN TEST")
    files = parser.parse_args().files
    rows = []
    for one, other in zip(files[::2], files[1::2], strict=True):
        rows.append(row(Path(one).stem, read_corpus([one]), read_corpus([other])))
        print(" | ".join(rows[-1]), flush=True)
    print(about())
    print(table(HEADER, rows))


if __name__ == "__main__":
    main()
