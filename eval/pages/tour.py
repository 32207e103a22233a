"""The one page on which `chude demo` shows everything: labels with reasons, clusters, and how far to trust them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classifier.wording import number
from eval.pages.cluster_page import LANGUAGE, cluster_block
from eval.pages.html import Html, figure, join, own, page, paragraph, section
from eval.pages.marks import mark
from eval.pages.template import piece, render

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from classifier.clustering import ClusterResult
    from classifier.types import Page, Prediction
    from eval.pages.marks import Segment
    from eval.scores.shape import Report

_CLUSTERS = 15
_OPENING = 3
"""Paragraphs that are open to the eye, the lead first; the others unfold."""
_TOPICS = 3
_STRENGTHS = ((0.4, "much"), (0.12, "some"), (0.0, ""))
"""Least share of the strongest word's weight, and how such a word is marked."""


def demo_page(
    pages: Sequence[Page],
    predictions: Sequence[Prediction],
    result: ClusterResult,
    report: Report,
    folder: Path,
) -> str:
    """The page; `folder` holds the pictures that the steps before have drawn."""
    intro = (
        "Saved Vietnamese news pages: what each is about and why, what they recommend, and how far to trust the labels."
    )
    body = join(
        [
            paragraph(intro, "lead"),
            section(
                "What each page is about, and why",
                piece("tour", "legend"),
                *(_labelled(*both) for both in zip(pages, predictions, strict=True)),
            ),
            _clusters(result, folder),
            _trust(report, folder),
        ]
    )
    return page("chude: the tour", body, style=f"{own('clusters.css')}\n{own('tour.css')}")


def _labelled(item: Page, prediction: Prediction) -> Html:
    reasons = prediction.reasons or ()
    most = max((abs(reason.weight) for reason in reasons), default=0.0)
    paragraphs = [[_piece(one, most) for one in mark(text, reasons)] for text in _paragraphs(item)]
    return render(
        "tour_article",
        lang=LANGUAGE,
        title=[_piece(one, most) for one in mark(item.title, reasons)],
        topic=prediction.topic,
        sure=_percent(prediction.probability),
        also=", ".join(prediction.secondary),
        opening=paragraphs[:_OPENING],
        rest=paragraphs[_OPENING:],
        scores=[
            {"topic": score.topic, "probability": score.probability, "said": _percent(score.probability)}
            for score in prediction.topics[:_TOPICS]
        ],
        file=f"{item.id}, {number(len(item.related), 'related headline')}",
    )


def _paragraphs(item: Page) -> list[str]:
    return [text for text in (item.lead, *item.body.split("\n")) if text.strip()]


def _piece(segment: Segment, most: float) -> dict[str, str]:
    """A piece of text for the template: `kind` is "" or the mark's classes, `said` what a reader is told on asking."""
    if not segment.terms:
        return {"text": segment.text, "kind": "", "said": ""}
    share = abs(segment.weight) / most if most else 0.0
    strength = next(name for least, name in _STRENGTHS if share >= least)
    side = "for" if segment.weight > 0 else "against"
    said = f"{side} the topic, {segment.weight:+.2f}: {', '.join(segment.terms)}"
    return {"text": segment.text, "kind": f"{side} {strength}".strip(), "said": said}


def _percent(probability: float) -> str:
    if probability > 0.99:
        return "over 99%"
    return f"{probability:.0%}" if probability >= 0.01 else "under 1%"


def _clusters(result: ClusterResult, folder: Path) -> Html:
    several = [cluster for cluster in result.clusters if cluster.kind == "news" and cluster.size > 1]
    shown = several[:_CLUSTERS]
    more, headlines = len(several) - len(shown), sum(cluster.size for cluster in result.clusters)
    parts: list[str] = [
        _picture(folder / "map.png", "Map of the related headlines", "Headlines as points, coloured by cluster")
    ]
    parts += [cluster_block(cluster) for cluster in shown]
    rest = headlines - sum(cluster.size for cluster in shown)
    if rest:
        groups = f", {number(more, 'more group')} among them," if more else ""
        parts.append(paragraph(f"{number(rest, 'more headline')}{groups} in clusters.html, with a search box."))
    return section("What the pages recommend", *parts)


def _trust(report: Report, folder: Path) -> Html:
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
