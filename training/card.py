"""The model card: what a model was trained on, how well it does, where it fails, how to make it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from classifier.types import OTHER

if TYPE_CHECKING:
    from classifier.model.model import Model

FEW = 10
"""Articles of a label below which its scores say little."""


def model_card(model: Model) -> str:
    """Markdown, from what `model.info` holds (Mitchell et al. 2019, "Model Cards for Model Reporting")."""
    info = model.info
    vectors = " smoothed with word vectors of real news," if info["training"]["prior"] else ""
    machine = {"svm": "SVM", "logistic": "logistic regression"}.get(info["training"].get("solver", "svm"), "machine")
    parts = [
        [
            f"# {_text(info['name'])}",
            "",
            (
                f"A topic model for Vietnamese news, made by chude {info['made_with']['chude']}: "
                f"TF-IDF over {', '.join(model.features.terms)} terms,{vectors} one linear {machine} a label, "
                "calibrated."
            ),
        ],
        ["## Trained on", "", *_corpus(info)],
        ["## Scores", "", *_scores(info)],
        [
            "## What carries each topic",
            "",
            *(f"- **{_text(label)}**: {', '.join(map(_text, terms))}" for label, terms in info["top_terms"].items()),
        ],
        ["## Known failures", "", *(f"- {line}" for line in _failures(model, info))],
        ["## Make it again", "", *_reproduction(info)],
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _corpus(info: dict[str, Any]) -> list[str]:
    kind = "The corpus that ships with chude, written for it: " if info["built_in"] else ""
    several = " Articles may have several topics." if info["multi_topic"] else ""
    repeated = info["near_duplicates"]
    copies = f" {repeated:,} of them repeat another one, word for word or nearly." if repeated else ""
    return [
        (
            f"{kind}{info['articles']:,} articles, {info['skipped']:,} skipped;"
            f" corpus `{info['corpus_fingerprint'][:16]}`.{copies}{several}"
        )
    ]


def _scores(info: dict[str, Any]) -> list[str]:
    scores, ends = info["cross_validated"], info["cross_validated"]["intervals"]
    folds = info["training"]["folds"]
    lines = [
        (
            f"Cross-validated ({folds} folds): accuracy {_score(scores['accuracy'], ends['accuracy'])}, "
            f"macro-F1 {_score(scores['macro_f1'], ends['macro_f1'])}; in brackets 95 % intervals, Wilson's for "
            "proportions and a bootstrap over articles for F1."
        ),
        "",
        "| topic | articles | precision | recall | F1 |",
        "|---|--:|--:|--:|--:|",
    ]
    for label, count in info["articles_by_topic"].items():
        row, inside = scores["per_topic"].get(label), ends["per_topic"].get(label)
        cells = [_score(row[key], inside[key]) if row else "–" for key in ("precision", "recall", "f1")]
        lines.append(f"| {_text(label)} | {count:,} | {' | '.join(cells)} |")
    shared = "vocabulary and calibration" + (" (and near-duplicates)" if info["near_duplicates"] else "")
    flattery = (
        f"The folds share {shared}, which flatters a little: `chude eval --cv {folds}` keeps them apart. And these are "
        "scores on articles like the training ones; on other papers and other years they will be lower: measure with "
        "`chude eval`."
    )
    return [*lines, "", flattery]


def _failures(model: Model, info: dict[str, Any]) -> list[str]:
    counts = info["articles_by_topic"]
    lines = [
        (
            f"{_text(row['gold'])} is taken for {_text(row['predicted'])}: {row['articles']:,} of "
            f"{counts[row['gold']]:,} articles in cross-validation."
        )
        for row in info["cross_validated"]["confusions"]
    ]
    few = [f"{_text(label)} ({count})" for label, count in counts.items() if count < FEW]
    if few:
        lines.append(f"Labels with fewer than {FEW} articles, hardly learned and hardly judged: {', '.join(few)}.")
    lines += [
        "It reads words, not the world: an article that mentions a topic's names in passing can be given that topic.",
        "It knows the events and wording of its corpus; what came after is recognised only as far as words recur.",
    ]
    if OTHER in model.labels:
        lines.append("`other` is everything else: a new kind of near miss is the likeliest false alarm.")
    else:
        lines.append("It has no `other`: an article on none of its topics gets one of them all the same.")
    return lines


def _reproduction(info: dict[str, Any]) -> list[str]:
    versions = ", ".join(f"{name} {number}" for name, number in info["made_with"].items())
    chosen = ", ".join(f"{name} {value}" for name, value in info["training"].items())
    whose = "" if info["built_in"] else ", with the corpus whose fingerprint stands above,"
    first = (
        f"`{info['command']}`{whose} with the same versions ({versions}; segmenter {info['segmenter']['name']} "
        f"{info['segmenter']['version']}) gives the same files."
    )
    return [first, "", f"Settings: {chosen}."]


def _score(value: float, ends: list[float | None]) -> str:
    low, high = ends
    return f"{value:.3f}" if low is None or high is None else f"{value:.3f} [{low:.3f}, {high:.3f}]"


def _text(name: str) -> str:
    """A label or term, which may hold anything, as text of a Markdown table or list."""
    plain = " ".join(name.split())
    for mark in "\\`*<>|[]":
        plain = plain.replace(mark, f"\\{mark}")
    return plain
