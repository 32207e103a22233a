"""The defaults for anybody's corpus beside the plain tools: python -m bench.defaults TRAIN TEST [TRAIN TEST ...].

Each pair is two labelled corpora. `chude train` as it is, against pyvi's words, TF-IDF of one and two words and a
linear SVM (scikit-learn's defaults, and with 1 + ln tf and marks kept), and NB-SVM (Wang & Manning 2012) over the same.
Paired: the 95 % interval of the lead over the best of them (normal approximation for paired proportions).
"""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING

import numpy as np

from bench.measure import about, table
from classifier import segment
from training.corpus import read_corpus
from training.learn import train

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from training.corpus import Corpus

HEADER = ("corpus", "articles", "labels", "chude", "plain SVM", "… tf, marks", "NB-SVM", "lead over the best", "95 %")
MARKS = r"\S+"


def peers(words: Sequence[str], labels: Sequence[str], tested: Sequence[str]) -> list[list[str]]:
    """The labels that each plain tool gives the tested texts."""
    from scipy.sparse import diags
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
    from sklearn.svm import LinearSVC

    found = []
    for options in ({}, {"token_pattern": MARKS, "sublinear_tf": True}):
        vectors = TfidfVectorizer(ngram_range=(1, 2), **options)
        machine = LinearSVC(random_state=0).fit(vectors.fit_transform(words), labels)
        found.append([str(one) for one in machine.predict(vectors.transform(tested))])
    counts = CountVectorizer(ngram_range=(1, 2), token_pattern=MARKS, binary=True)
    rows, others = counts.fit_transform(words), counts.transform(tested)
    of, names = np.array(labels), sorted(set(labels))
    scores = []
    for name in names:
        inside = 1 + np.asarray(rows[of == name].sum(axis=0)).ravel()
        outside = 1 + np.asarray(rows[of != name].sum(axis=0)).ravel()
        ratios = diags(np.log(inside / inside.sum()) - np.log(outside / outside.sum()))
        scores.append(LinearSVC(random_state=0).fit(rows @ ratios, of == name).decision_function(others @ ratios))
    found.append([names[at] for at in np.argmax(scores, axis=0).tolist()])
    return found


def lead(hits: NDArray[np.bool_], others: NDArray[np.bool_]) -> tuple[float, float, float]:
    """By how much more of the same articles (n,) the first are right, with the ends of its paired 95 % interval."""
    won, lost, articles = int((hits & ~others).sum()), int((~hits & others).sum()), hits.size
    error = 1.96 * math.sqrt(max(0.0, won + lost - (won - lost) ** 2 / articles)) / articles
    value = (won - lost) / articles
    return value, value - error, value + error


def row(name: str, learned: Corpus, tested: Corpus) -> list[str]:
    """One pair of corpora."""
    gold = tested.primaries
    ours = [one.topic for one in train(learned).model.predict(tested.pages)]
    texts = [segment([page.text.replace("\n", " ") for page in corpus.pages]) for corpus in (learned, tested)]
    theirs = peers(texts[0], learned.primaries, texts[1])
    hits = np.array([[g == p for g, p in zip(gold, side, strict=True)] for side in (ours, *theirs)])
    best = 1 + int(hits[1:].mean(axis=1).argmax())
    value, low, high = lead(hits[0], hits[best])
    values = [f"{value:.4f}" for value in hits.mean(axis=1).tolist()]
    sizes = [f"{len(learned.articles):,}", str(len(learned.labels))]
    return [name, *sizes, *values, f"{value:+.4f}", f"{low:+.4f} – {high:+.4f}"]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", metavar="TRAIN TEST")
    files = parser.parse_args().files
    pairs = list(zip(files[::2], files[1::2], strict=True))
    print(about())
    print(table(HEADER, [row(one, read_corpus([one]), read_corpus([other])) for one, other in pairs]))


if __name__ == "__main__":
    main()
