"""The one page on which `chude demo` shows everything: labels with reasons, clusters, and how far to trust them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from classifier.wording import number
from eval.pages.cluster_page import LANGUAGE, STYLE, cluster_block
from eval.pages.html import Html, escape, figure, foreign, join, page, paragraph, section, table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from classifier.clustering import ClusterResult
    from classifier.types import Page, Prediction

_CLUSTERS = 15


def demo_page(
    pages: Sequence[Page],
    predictions: Sequence[Prediction],
    result: ClusterResult,
    report: dict[str, Any],
    folder: Path,
) -> str:
    """The page; `folder` holds the pictures that the steps before have drawn."""
    intro = (
        "Saved Vietnamese news pages: what each is about and why, what they recommend, and how far to trust the labels."
    )
    body = join(
        [
            paragraph(intro, "lead"),
            section("Labels", *(_labelled(*both) for both in zip(pages, predictions, strict=True))),
            _clusters(result, folder),
            _trust(report, folder),
        ]
    )
    return page("chude: the tour", body, style=STYLE)


def _labelled(item: Page, prediction: Prediction) -> Html:
    likely = [score for score in prediction.topics[1:3] if score.probability >= 0.01]
    others = ", ".join(f"{score.topic} {score.probability:.0%}" for score in likely)
    also = f" Also about: {', '.join(prediction.secondary)}." if prediction.secondary else ""
    sure = "over 99%" if prediction.probability > 0.99 else f"{prediction.probability:.0%}"
    facts = f"{prediction.topic}, {sure} sure{others and f' (next: {others})'}.{also}"
    rows = [[foreign(reason.term, LANGUAGE), f"{reason.weight:+.2f}"] for reason in prediction.reasons or ()]
    reasons = table(
        f"Words that decided for or against {prediction.topic}", ["word", "contribution"], rows, numbers=[1]
    )
    lead = Html(f'<p lang="{LANGUAGE}">{escape(item.lead)}</p>')
    file = paragraph(f"{item.id}, {number(len(item.related), 'related headline')}", "soft")
    heading = Html(f'<h3 lang="{LANGUAGE}">{escape(item.title)}</h3>')
    return Html(f'<div class="cluster">{join([heading, paragraph(facts), lead, reasons, file])}</div>')


def _clusters(result: ClusterResult, folder: Path) -> Html:
    shown = result.clusters[:_CLUSTERS]
    more = len(result.clusters) - len(shown)
    parts: list[str] = [
        _picture(folder / "map.png", "Map of the related headlines", "Headlines as points, coloured by cluster")
    ]
    parts += [cluster_block(cluster) for cluster in shown]
    if more > 0:
        parts.append(paragraph(f"{number(more, 'more group')} in clusters.html, with a search box."))
    return section("What the pages recommend", *parts)


def _trust(report: dict[str, Any], folder: Path) -> Html:
    scores = report["scores"]
    macro = scores["macro_f1"]
    said = (
        f"Cross-validated on the {report['articles']:,} articles of the built-in corpus, near-duplicates together: "
        f"macro-F1 {macro['value']:.3f} (95 % interval {macro['low']:.3f} to {macro['high']:.3f}). "
        "The README has figures measured on real articles."
    )
    names = {
        "topics": "Precision, recall and F1 of each topic, with 95 % intervals",
        "confusion": "Which topics are taken for which",
        "reliability": "When the model says 80 %, is it right 80 times in 100?",
        "coverage": "What a threshold buys: accuracy against the share of articles that still get a label",
    }
    folder = folder / "evaluation"
    pictures = [
        _picture(folder / f"{name}.png", caption, caption)
        for name, caption in names.items()
        if (folder / f"{name}.png").exists()
    ]
    return section(
        "How far to trust the labels", paragraph(said), *pictures, paragraph("All numbers: evaluation/report.html.")
    )


def _picture(file: Path, caption: str, alt: str) -> Html:
    return figure(file.read_bytes(), alt, caption) if file.exists() else Html("")
