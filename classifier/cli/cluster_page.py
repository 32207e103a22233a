"""The page that `chude cluster -o DIR` writes: clusters, key words, headlines with their pages, a search box; one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classifier.cli.common import number
from eval.html import Html, bullets, escape, figure, foreign, join, page, paragraph, section

if TYPE_CHECKING:
    from classifier.clustering import Cluster, ClusterResult
    from classifier.clustering.merge import MergedHeadline

LANGUAGE = "vi"
_TITLES = {"ticker": "Service items, set apart", "outliers": "Headlines that fit nowhere"}

STYLE = """
#find { width: 100%; padding: 0.5rem; font: inherit; color: inherit; background: var(--band); border: 1px solid var(--line); }
.cluster { border-top: 1px solid var(--line); padding: 0.25rem 0; }
.cluster h3 { margin-bottom: 0.2rem; }
[hidden] { display: none; }
"""
# Hides what does not hold the words searched for; accents may be left out.
SCRIPT = """
const plain = s => s.toLowerCase().normalize('NFD').replace(/[\\u0300-\\u036f]/g, '').replace(/đ/g, 'd');
const items = [...document.querySelectorAll('.cluster')].map(e => [e, plain(e.textContent)]);
const found = document.getElementById('found');
document.getElementById('find').addEventListener('input', event => {
  const words = plain(event.target.value).split(/\\s+/).filter(Boolean);
  let shown = 0;
  for (const [element, text] of items) {
    element.hidden = !words.every(word => text.includes(word));
    shown += element.hidden ? 0 : 1;
  }
  found.textContent = words.length ? `${shown} of ${items.length} clusters` : '';
});
"""


def cluster_page(result: ClusterResult, pictures: dict[str, bytes] | None = None) -> str:
    """The whole page; `pictures` may hold "map" and "silhouette" as PNG bytes."""
    news = [cluster for cluster in result.clusters if cluster.kind == "news"]
    apart = [cluster for cluster in result.clusters if cluster.kind != "news"]
    headlines = sum(cluster.size for cluster in result.clusters)
    parts: list[str] = [
        paragraph(f"{number(headlines, 'different headline')} in {number(len(news), 'cluster')}.", "lead"),
        Html('<p><label for="find">Find words (accents may be left out)</label> <input id="find" type="search"> '
             '<span id="found" role="status"></span></p>'),
        *_pictures(pictures or {}),
        section("Clusters", *(cluster_block(cluster) for cluster in news)),
    ]
    for kind, title in _TITLES.items():
        blocks = [cluster_block(cluster) for cluster in apart if cluster.kind == kind]
        if blocks:
            parts.append(section(title, *blocks))
    return page("Clusters of related headlines", join(parts), script=SCRIPT, style=STYLE)


def cluster_block(cluster: Cluster) -> Html:
    """One cluster: name, topic, size, headlines."""
    name = foreign(", ".join(cluster.keywords) or cluster.representative, LANGUAGE) if cluster.kind != "ticker" else escape(cluster.keywords[0])
    facts = [number(cluster.size, "headline")]
    if cluster.topic:
        facts.append(f"topic: {cluster.topic}")
    if cluster.kind == "news" and cluster.size > 1:
        facts.append(f"silhouette {cluster.silhouette:.2f}")
    ordered = sorted(cluster.headlines, key=lambda item: (item.headline != cluster.representative, -len(item.pages), item.headline))
    lines = bullets(_line(item) for item in ordered)
    return Html(f'<div class="cluster"><h3>{name}</h3>\n{paragraph(", ".join(facts), "soft")}\n{lines}</div>')


def _line(item: MergedHeadline) -> Html:
    pages = f" ({number(len(item.pages), 'page')}: {', '.join(item.pages)})" if item.pages else ""
    return Html(f'{foreign(item.headline, LANGUAGE)}<span class="soft">{escape(pages)}</span>')


def _pictures(pictures: dict[str, bytes]) -> list[Html]:
    alts = {
        "map": ("Headlines as points, near ones alike, coloured by cluster", "Map of the headlines"),
        "silhouette": ("For each cluster, how much nearer its headlines are to it than to the next", "Silhouettes of the clusters"),
    }
    return [figure(pictures[name], *alts[name]) for name in alts if name in pictures]
