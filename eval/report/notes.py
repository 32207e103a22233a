"""What a reader of a report should be told before the numbers, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eval.scores.shape import Report


def notes(report: Report) -> list[str]:
    """What a reader should know before the numbers, a sentence each; [] where nothing is out of the ordinary."""
    counts = {row["label"]: row["gold"] for row in report["labels"]["counts"]}
    sets = report["judged_as"] == "sets"
    found = [
        f"The model does not know the label {label}: {_can_only_be_missed(counts[label], sets)}"
        for label in report["labels"]["unknown_to_model"]
    ]
    if sets:
        found.insert(
            0, "Labels are judged as sets: their order counts for nothing, and a further label as much as the first."
        )
    found += [
        f"The gold's label {pair['gold']} reads like the model's {pair['model']}: spelt otherwise, it is another label."
        for pair in report["labels"]["look_alikes"]
    ]
    if report["labels"]["absent_from_gold"]:
        names = ", ".join(report["labels"]["absent_from_gold"])
        found.append(f"No article of the gold has the label {names}: nothing is measured about it.")
    if len([label for label, count in counts.items() if count]) == 1:
        found.append("All articles have one label: no score here says whether topics are told apart.")
    rare = [f"{label} ({count})" for label, count in counts.items() if 0 < count < 10]
    if rare:
        found.append(f"Labels with fewer than ten articles, whose scores say little: {', '.join(rare)}.")
    leaked = report["leakage"]
    if leaked and leaked["leaked"]["articles"]:
        found.append(
            f"{articles(leaked['leaked']['articles'])} of the test stood in the training texts; "
            f"without them the accuracy is {number(leaked['clean']['accuracy']['value'])}."
        )
    for name, row in report["baselines"].items():
        difference = row["comparison"]["accuracy_difference"]
        if difference["low"] is not None and difference["low"] <= 0:
            found.append(f"The model is not clearly better than the trivial baseline “{name}”.")
    return found


def _can_only_be_missed(count: int, sets: bool) -> str:
    return f"it is missed in {articles(count)}." if sets else f"its {articles(count)} can only be missed."


def articles(count: int) -> str:
    """A number of articles in words."""
    return "1 article" if count == 1 else f"{count} articles"


def number(value: float | None) -> str:
    """A score as a page shows it."""
    return "–" if value is None else f"{value:.3f}"
