"""What a model's labels and probabilities are worth on damaged text: python -m bench.unknown GOLD [MODEL]

GOLD is a labelled corpus. Each row of the table is one kind of damage: accuracy, mean probability of the named topic,
mean share of known syllables, and CPU milliseconds an article.
"""

from __future__ import annotations

import random
import sys
import time
import unicodedata
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from classifier import load, segment
from classifier.vietnamese.syllable import bare
from training.corpus import read_corpus

if TYPE_CHECKING:
    from collections.abc import Callable

    from classifier.model.model import Model
    from classifier.types import Page
    from training.corpus import Corpus

_VOWELS = str.maketrans(dict.fromkeys("aeiouyăâêôơư", "x"))


def replaced(text: str, share: float) -> str:
    """So many of the words are strings of letters."""
    dealt = random.Random(1)  # noqa: S311  words are spoiled, not secrets made
    return " ".join(
        "".join(chr(97 + dealt.randrange(26)) for _ in word) if dealt.random() < share else word
        for word in text.split(" ")
    )


def misread(text: str, share: float) -> str:
    """In so many of the words every plain vowel is another sign, as recognisers of scanned text make it."""
    dealt = random.Random(2)  # noqa: S311  as above
    return " ".join(word.translate(_VOWELS) if dealt.random() < share else word for word in text.split(" "))


DAMAGE: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "without accents": bare,
    "in capitals": str.upper,
    "in small letters": str.lower,
    "segmented already": lambda text: segment([text])[0],
    **{f"{share:.0%} of words replaced": partial(replaced, share=share) for share in (0.3, 0.5, 0.7, 0.9)},
    **{f"{share:.0%} of words misread": partial(misread, share=share) for share in (0.3, 0.6, 1.0)},
}


def _changed(page: Page, change: Callable[[str], str]) -> Page:
    return replace(page, title=change(page.title), lead=change(page.lead), body=change(page.body))


def row(model: Model, gold: Corpus, change: Callable[[str], str]) -> tuple[float, float, float, float]:
    """Accuracy, mean probability, mean known share, CPU milliseconds an article."""
    pages = [_changed(page, lambda text: change(unicodedata.normalize("NFC", text))) for page in gold.pages]
    began = time.process_time()
    found = model.predict(pages)
    spent = time.process_time() - began
    right = sum(p.topic == label for p, label in zip(found, gold.primaries, strict=True))
    count = len(found)
    sure, known = (sum(getattr(p, name) for p in found) / count for name in ("probability", "known"))
    return right / count, sure, known, 1000 * spent / count


def main() -> None:
    """Prints the table."""
    gold, model = read_corpus([sys.argv[1]]), load(*sys.argv[2:3])
    model.predict(["khởi động"])
    print("| | accuracy | probability | known | ms |\n|---|--:|--:|--:|--:|")
    for name, change in DAMAGE.items():
        right, sure, known, spent = row(model, gold, change)
        print(f"| {name} | {right:.3f} | {sure:.3f} | {known:.2f} | {spent:.1f} |")


if __name__ == "__main__":
    main()
