"""The model card: what a model was trained on, how well it does, where it fails, how to make it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classifier.types import OTHER

if TYPE_CHECKING:
    from classifier.model import Model


def model_card(model: Model) -> str:
    """Markdown, from what `model.info` holds (Mitchell et al. 2019, "Model Cards for Model Reporting")."""
    info = model.info
    scores = info["cross_validated"]
    lines = [
        f"# {info['name']}",
        "",
        (
            f"A topic model for Vietnamese news, made by chude {info['made_with']['chude']}: "
            f"TF-IDF over {', '.join(model.features.terms)} terms, one linear SVM a label, calibrated."
        ),
        "",
        "## Trained on",
        "",
        f"{info['articles']:,} articles, {info['skipped']:,} skipped; corpus `{info['corpus_fingerprint'][:16]}`.",
        "",
        "| topic | articles | precision | recall | F1 |",
        "|---|--:|--:|--:|--:|",
    ]
    for label, count in info["articles_by_topic"].items():
        row = scores["per_topic"].get(label)
        shown = f"{row['precision']:.3f} | {row['recall']:.3f} | {row['f1']:.3f}" if row else "– | – | –"
        lines.append(f"| {label} | {count:,} | {shown} |")
    lines += [
        "",
        (
            f"Cross-validated ({info['training']['folds']} folds): accuracy {scores['accuracy']:.3f}, "
            f"macro-F1 {scores['macro_f1']:.3f}. These are scores on articles like the training ones; on other "
            "papers and other years they will be lower: measure with `chude eval`."
        ),
        "",
        "## What carries each topic",
        "",
        *(f"- **{label}**: {', '.join(terms)}" for label, terms in info["top_terms"].items()),
        "",
        "## Known failures",
        "",
        "- It reads words, not the world: an article that mentions a topic's names in passing can be given that topic.",
        "- It knows the events and wording of its corpus; what came after is recognised only as far as words recur.",
    ]
    if OTHER in model.labels:
        lines.append("- `other` is everything else: a new kind of near miss is the likeliest false alarm.")
    lines += [
        "",
        "## Make it again",
        "",
        (
            f"`chude train CORPUS -o {info['name']}` with the same corpus, chude and library versions "
            f"({', '.join(f'{k} {v}' for k, v in info['made_with'].items())}), seed {info['training']['seed']}."
        ),
        "",
    ]
    return "\n".join(lines)
