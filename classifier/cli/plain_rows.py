"""The rows of predictions without reasons, sets or columns of their pages, put together from the model's arrays: an
object for each label of each page, which all others are made of, would take longer than finding the labels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from classifier.cli import writers
from classifier.core import native

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from classifier.model.model import Judged, Model

FORMS = ("jsonl", "csv", "tsv")


def plain_rows(model: Model, judged: Judged, form: str, threshold: float | None) -> Iterator[str]:
    """The row of each page of a batch in one of FORMS, as `writers.encode` makes it of its prediction."""
    if form == "jsonl":
        before = [f'{_topic(label)}, "probability": ' for label in model.labels]
        topics = shares(judged.probabilities, judged.order, [f"{{{one}" for one in before], "}", ", ")
    else:
        topics = shares(judged.probabilities, judged.order, [f"{label}:" for label in model.labels], "", " ")
    for page, named, shown in zip(judged.pages, model.named(judged, threshold), topics, strict=True):
        probability, known = round(named.probability, 6), round(named.known, 4)
        if form != "jsonl":
            cells = page.id, page.source, page.title, named.topic, probability, " ".join(named.secondary), shown, known
            yield writers.separated_line(cells, writers.DELIMITERS[form])
            continue
        text = writers.json_string
        head = f'{{"id": {text(page.id)}, "source": {text(page.source)}, "title": {text(page.title)}'
        secondary = ", ".join(map(text, named.secondary))
        yield (
            f'{head}, {_topic(named.topic)}, "probability": {probability!r}, "topics": [{shown}], '
            f'"secondary": [{secondary}], "known": {known!r}}}\n'
        )


def _topic(label: str) -> str:
    return f'"topic": {writers.json_string(label)}'


def shares(
    probabilities: NDArray[np.float64], order: NDArray[np.int64], before: Sequence[str], after: str, between: str
) -> list[str]:
    """For each row of probabilities (n, L) its labels in `order` (n, L): what stands before each, its probability to
    six digits, and `after`; with `between` between them.
    """
    core = native()
    if core is not None and not any(_surrogates(one) for one in (*before, after, between)):
        return list(core.shares(probabilities, order, list(before), after, between))
    return [
        between.join([f"{before[label]}{round(likely[label], 6)!r}{after}" for label in labels])
        for likely, labels in zip(probabilities.tolist(), order.tolist(), strict=True)
    ]


def _surrogates(text: str) -> bool:
    """Whether UTF-8 cannot write it."""
    return not text.isprintable() and any("\ud800" <= character <= "\udfff" for character in text)
