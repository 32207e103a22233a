"""Does one kind of work over and over and tells what memory and files it holds: python tests/soak.py WORK SECONDS.

Prints a JSON line a round: seconds so far, resident bytes, open files, pages (texts, headlines) done. Every round
brings words that no round had before, so that all tables of known words fill up and are emptied again and again.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from classifier.types import Page

PROJECT = Path(__file__).resolve().parent.parent
NEW_WORDS = 60
_LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxy"


def new_word(number: int) -> str:
    """A run of letters for each number, another for another."""
    letters = []
    while number:
        number, place = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[place])
    return "z" + "".join(letters)


def fresh(texts: list[str], words: Iterator[int]) -> list[str]:
    """The texts, each with words at its end that were never there before."""
    return [f"{text} {' '.join(new_word(next(words)) for _ in range(NEW_WORDS))}" for text in texts]


def rounds(work: str, folder: Path) -> Callable[[], int]:
    """What does one round of the work and gives the number of texts done."""
    from classifier import cluster_headlines, load, read_pages
    from classifier.model.artifact import default_artifact
    from classifier.types import Page
    from classifier.vietnamese import Segmenter
    from training.corpus import read_corpus

    corpus = read_corpus().pages[::10]
    bodies, titles = [page.body for page in corpus], [page.title for page in corpus]
    words = count(1)
    model, segmenter = load(default_artifact()), Segmenter()

    def pages() -> list[Page]:
        return [Page(str(i), titles[i], body=body) for i, body in enumerate(fresh(bodies, words))]

    def read() -> int:
        for number, text in enumerate(fresh(bodies[:60], words)):
            html = f"<html><head><title>{titles[number]}</title></head><body><article><h1>{titles[number]}</h1><p>"
            name = folder / f"{number}.{'html' if number % 2 else 'txt'}"
            name.write_text(f"{html}{text}</p></article></body></html>" if number % 2 else f"{titles[number]}\n{text}")
        (folder / "broken.csv").write_bytes(b'text\n"a\x00\xff')
        return sum(1 for _ in read_pages([folder], on_skip=lambda _skipped: None))

    def cluster() -> int:
        headlines = [f"{title} {new_word(next(words))}" for title in titles]
        return sum(len(one.headlines) for one in cluster_headlines(headlines, model=model))

    return {
        "predict": lambda: len(model.predict(pages(), explain=3)),
        "iter_predict": lambda: sum(1 for _ in model.iter_predict(iter(pages()))),
        "read_pages": read,
        "segment": lambda: len(list(segmenter.segment(fresh(bodies, words)))),
        "cluster": cluster,
    }[work]


def main() -> None:
    """Rounds until the time is up; a third argument shrinks the tables, so that they fill within seconds."""
    work, seconds = sys.argv[1], float(sys.argv[2])
    if len(sys.argv) > 3:
        from classifier.features import tokens as features
        from classifier.vietnamese import syllables

        features.MAX_SYLLABLES = syllables.MAX_RUNS = int(sys.argv[3])
    statistics = Path("/proc/self/statm")
    page = os.sysconf("SC_PAGE_SIZE")
    with tempfile.TemporaryDirectory(prefix="chude-soak-") as folder:
        one_round = rounds(work, Path(folder))
        started, done = time.monotonic(), 0
        while (passed := time.monotonic() - started) < seconds:
            done += one_round()
            gc.collect()
            resident = int(statistics.read_text(encoding="ascii").split()[1]) * page
            files = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 (names are enough)
            print(json.dumps({"seconds": round(passed, 2), "bytes": resident, "files": files, "texts": done}))


if __name__ == "__main__":
    sys.path.insert(0, str(PROJECT))
    main()
