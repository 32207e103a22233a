"""Segmentation against pyvi and underthesea on the same texts: python -m eval.bench.segmentation [CORPUS…] [--every N]."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from classifier.reading import read_pages
from classifier.segmentation import Segmenter
from eval.bench.measure import about, python, table
from training.corpus import BUILT_IN

if TYPE_CHECKING:
    from collections.abc import Callable


def _timed(job: Callable[[], object], repeats: int = 3) -> float:
    """The best of a few runs: what other processes on the machine take away only ever adds."""
    best = float("inf")
    for _ in range(repeats):
        started = time.perf_counter()
        job()
        best = min(best, time.perf_counter() - started)
    return best


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", nargs="*", default=[str(BUILT_IN)])
    parser.add_argument("--every", type=int, default=1, help="take every N-th article")
    arguments = parser.parse_args()
    pages = read_pages(arguments.corpora)
    texts = [page.text for number, page in enumerate(pages) if number % arguments.every == 0]
    syllables = sum(len(text.split()) for text in texts)
    from pyvi import ViTokenizer

    segmenter = Segmenter()
    ours, theirs = list(segmenter.segment(texts)), [ViTokenizer.tokenize(text) for text in texts]
    times = {
        "pyvi ViTokenizer.tokenize": _timed(lambda: [ViTokenizer.tokenize(text) for text in texts], 1),
        "chude, warm": _timed(lambda: list(segmenter.segment(texts))),
        "chude, cold (model loaded, no word seen)": _timed(lambda: list(Segmenter().segment(texts))),
    }
    try:
        from underthesea import word_tokenize

        times["underthesea word_tokenize"] = _timed(lambda: [word_tokenize(text, format="text") for text in texts], 1)
    except ImportError:
        print("underthesea: missing (pip install 'chude[bench]')")
    base = times["pyvi ViTokenizer.tokenize"]
    print(about())
    print(
        f"{len(texts):,} articles, {syllables:,} runs of text; identical to pyvi: {sum(map(str.__eq__, ours, theirs)):,}"
    )
    rows = [[name, f"{taken:.2f}", f"{syllables / taken:,.0f}", f"{base / taken:.1f}"] for name, taken in times.items()]
    print(table(["tool", "seconds", "runs/s", "times pyvi"], rows))
    light = python("import sklearn.linear_model").wall
    page = python("import sys; from classifier import load, segment; segment(['Việt Nam'])").wall
    print(f"first segmentation in a fresh process: {page / light:.2f} of the time of `import sklearn.linear_model`")


if __name__ == "__main__":
    main()
