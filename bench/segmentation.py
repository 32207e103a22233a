"""Segmentation against pyvi and underthesea on the same texts: python -m bench.segmentation [CORPUS…] [--every N].

Times are CPU seconds of this one process: what else runs on the machine hardly counts.
"""

from __future__ import annotations

import argparse
import time
from statistics import median
from typing import TYPE_CHECKING, TypeVar

from bench.measure import about, best_cpu, table
from classifier.reading import read_pages
from classifier.vietnamese import Segmenter
from classifier.vietnamese.pyvi_model import load_pyvi_model
from classifier.vietnamese.segmenter import shipped_words
from training.corpus import BUILT_IN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
REPEATS = 3
"""chude is so fast that one run of it is a noisy figure; of several the middle one is taken."""


def timed(job: Callable[[], T]) -> tuple[T, float]:
    """What the job returns, and the CPU seconds it took."""
    started = time.process_time()
    result = job()
    return result, time.process_time() - started


def usual(job: Callable[[], object]) -> float:
    """The median CPU seconds of a few runs."""
    return median(timed(job)[1] for _ in range(REPEATS))


def compare(texts: Sequence[str]) -> tuple[dict[str, float], int]:
    """CPU seconds by tool, pyvi first, and for how many texts chude's output is pyvi's."""
    from pyvi import ViTokenizer

    segmenter = Segmenter()
    ours = list(segmenter.segment(texts))
    theirs, base = timed(lambda: [ViTokenizer.tokenize(text) for text in texts])
    times = {
        "pyvi ViTokenizer.tokenize": base,
        "chude, warm": usual(lambda: list(segmenter.segment(texts))),
        "chude, cold (its model read, no word seen)": usual(lambda: _cold(texts)),
    }
    try:
        from underthesea import word_tokenize
    except ImportError:
        print("underthesea: missing (pip install 'chude[bench]')")
    else:
        word_tokenize("Việt Nam")  # loads its model
        times["underthesea word_tokenize"] = timed(lambda: [word_tokenize(text, format="text") for text in texts])[1]
    return times, sum(map(str.__eq__, ours, theirs))


def _cold(texts: Sequence[str]) -> list[str]:
    load_pyvi_model.cache_clear()
    shipped_words.cache_clear()
    return list(Segmenter().segment(texts))


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", nargs="*", default=[str(BUILT_IN)])
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take every N-th article")
    options = parser.parse_args(arguments)
    texts = [page.text for at, page in enumerate(read_pages(options.corpora)) if at % options.every == 0]
    runs = sum(len(text.split()) for text in texts)
    print(about(), flush=True)
    times, same = compare(texts)
    base = next(iter(times.values()))
    print(f"{len(texts):,} articles, {runs:,} runs of characters; identical to pyvi: {same:,}")
    rows = [[tool, f"{taken:.2f}", f"{runs / taken:,.0f}", f"{base / taken:.1f}"] for tool, taken in times.items()]
    print(table(["tool", "CPU seconds", "runs/s", "times pyvi"], rows))
    first = best_cpu("from classifier import segment; segment(['Việt Nam'])")
    print(f"first segmentation in a fresh process: {first / best_cpu('import pyvi.ViTokenizer'):.2f} of importing pyvi")


if __name__ == "__main__":
    main()
