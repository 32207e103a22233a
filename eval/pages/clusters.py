"""The part of a report's page that is about clusters of related headlines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.pages.html import Html, foreign, paragraph, section, table
from eval.report.notes import number

if TYPE_CHECKING:
    from eval.scores.shape import Clusters, Stability

HEADING = "Clusters of related headlines"


def clusters_section(found: Clusters, lang: str) -> Html:
    """How well the headlines fall into clusters, and how much that hangs on which headlines there are."""
    fit = found["silhouette"]
    ends = f" ({number(fit['low'])} to {number(fit['high'])})" if fit["low"] is not None else ""
    apart = f" Service items set apart: {found['apart']}." if found["apart"] else ""
    text = (
        f"{found['headlines']:,} different headlines in {found['clusters']:,} clusters.{apart} Mean silhouette "
        f"{number(fit['value'])}{ends}: 1 is deep inside the own cluster, 0 between two. The interval is over "
        "headlines, with the clusters as they are."
    )
    rows = [[foreign(row["name"], lang), str(row["size"]), number(row["silhouette"])] for row in found["largest"]]
    return section(
        HEADING,
        paragraph(text),
        paragraph(_stability(found["stability"])),
        table("The largest clusters", ["key words", "headlines", "mean silhouette"], rows, (1, 2)),
    )


def _stability(found: Stability | None) -> str:
    if not found:
        return "Stability: too few headlines to cluster parts of them."
    return (
        f"Stability {found['mean']:.2f} (from {found['lowest']:.2f} to {found['highest']:.2f}), the adjusted Rand index"
        f" of {found['pairs']} pairs of clusterings: each of another {found['share']:.0%} of {found['headlines']:,} "
        "headlines, compared on those that a pair has in common. 1 is the same clusters, 0 chance."
    )
