"""The model card: what a model was trained on, how well it does, where it fails, how to make it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from classifier.types import OTHER
from eval.scores.registry import brief
from training.fit.calibrate import SURE
from training.fit.solvers import SOLVERS
from training.hub import front_matter, metadata

if TYPE_CHECKING:
    from classifier.model.model import Model

CLOSE_CALLS = (
    "Iran: enrichment, inspection and the fate of the deal are arms control; talks to end the shooting are not.",
    "Korea: what the sides ask of each other's weapons, and refuse, is arms control; menus and threats are not.",
    "A test: other, done or announced; an accusation that one was hidden: arms control.",
    "Missile defence, ships and bombers near Korea or in the South China Sea: alliances where a base or drill matters.",
    "What Beijing or Moscow says of these, or a scandal about them: other, alliances second.",
    "Turkey's Russian air defence: alliances while NATO suffers from it; delivery and sanctions alone are other.",
    "Drills of states without a treaty: alliances only where their partnership is what the article is about.",
    "Drones and aircraft over allied ground: alliances once the allies consult or patrol; the event itself is other.",
    "Round-ups and war diaries go by what stands first in the headline; talks named beside it come second.",
    "Prisoners handed over, an offer to talk, an envoy named: Ukraine talks. A truce broken: other, the talks second.",
    "A weapon fired or stationed in Syria is Syria; described or sold, other. Quarrels over strikes there: Syria.",
    "Threats between Russia and NATO as such: alliances. Arms, drones and money for Kyiv, and the front: other.",
)
"""Of the four topics, in our own words; the codebook they come from was the labellers'."""
FEW = 10
"""Articles of a label below which its scores say little."""


def model_card(model: Model) -> str:
    """Markdown below metadata for hubs, from what `model.info` holds (Mitchell et al. 2019, "Model Cards for Model
    Reporting").
    """
    info = model.info
    vectors = " smoothed with word vectors of real news," if info["training"]["prior"] else ""
    solver = SOLVERS.get(info["training"].get("solver", "svm"))
    machine = solver.name if solver else "machine"
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
        *([["## From words alone", "", *_from_words(info["from_words"])]] if "from_words" in info else []),
        *([["## Scores on real news", "", *_real_news(info["real_news"])]] if "real_news" in info else []),
        ["## Scores on its own corpus" if "real_news" in info else "## Scores", "", *_scores(info)],
        [
            "## What carries each topic",
            "",
            *(f"- **{_text(label)}**: {', '.join(map(_text, terms))}" for label, terms in info["top_terms"].items()),
        ],
        *([["## How close calls are settled", "", *(f"- {line}" for line in CLOSE_CALLS)]] if info["built_in"] else []),
        ["## Known failures", "", *(f"- {line}" for line in _failures(model, info))],
        ["## Make it again", "", *_reproduction(info)],
    ]
    return front_matter(metadata(info)) + "\n\n".join("\n".join(part) for part in parts) + "\n"


def _from_words(found: dict[str, Any]) -> list[str]:
    first = (
        f"No article was labelled. Of {found['articles']:,} the ones that these words point to most clearly were taken "
        "as if they were; the scores below tell how well the model repeats that, not how often it is right. "
        "Label some articles (`chude label`) to know."
    )
    return [first, "", *(f"- **{_text(name)}**: {_words_of(words)}" for name, words in found["topics"].items())]


def _words_of(words: dict[str, list[str]]) -> str:
    against = f"; not {', '.join(map(_text, words['not']))}" if words["not"] else ""
    return ", ".join(map(_text, words["words"])) + against


def _real_news(found: dict[str, Any]) -> list[str]:
    ends = found["intervals"]
    return [
        (
            f"{found['articles']:,} real items, read and labelled, whose counts of words it learned from; no text of "
            "them "
            "is in the project. Cross-validated: what judges an item has seen no item of its collection's month and no "
            f"near-duplicate. Accuracy {_score(found['accuracy'], ends['accuracy'])}, macro-F1 "
            f"{_score(found['macro_f1'], ends['macro_f1'])}; {found['clear_macro_f1']:.3f} without the "
            f"{found['undecidable']:,} that were undecidable for a reader. Of what is on none of the topics "
            f"{found['false_topics']:.1%} were given one; calibration error {found['calibration_error']:.3f}; where it "
            f"is {SURE:.0%} sure it is right in {found['right_where_sure']:.1%}. They were chosen because an earlier "
            "model found them hard, so news as it comes is easier."
        ),
        "",
        *_table(found),
    ]


def _table(scores: dict[str, Any], counts: dict[str, int] | None = None) -> list[str]:
    lines = ["| topic | articles | precision | recall | F1 |", "|---|--:|--:|--:|--:|"]
    ends = scores["intervals"]["per_topic"]
    for label, count in (counts or scores["articles_by_topic"]).items():
        row, inside = scores["per_topic"].get(label), ends.get(label)
        cells = [_score(row[key], inside[key]) if row else "–" for key in ("precision", "recall", "f1")]
        lines.append(f"| {_text(label)} | {count:,} | {' | '.join(cells)} |")
    return lines


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
    folds = folds_of(info)
    how = f"{folds} folds, each judged by a search without it" if "tuning" in info else f"{folds} folds"
    lines = [
        (
            f"Cross-validated ({how}): "
            + ", ".join(f"{name} {_score(scores[key], ends[key])}" for key, name in headline(scores))
            + "; in brackets 95 % intervals, Wilson's for proportions and a bootstrap over articles for F1."
        ),
        "",
        *_table(scores, info["articles_by_topic"]),
    ]
    if "tuning" in info:
        shared = f"{info['tuning']['against_default']['sentence']}"
    else:
        what = "vocabulary and calibration" + (" (and near-duplicates)" if info["near_duplicates"] else "")
        shared = f"The folds share {what}, which flatters a little: `chude eval --cv {folds}` keeps them apart."
    elsewhere = (
        "And these are scores on articles like the training ones; on other papers and other years they will be lower: "
        "measure with `chude eval`."
    )
    return [*lines, "", f"{shared} {elsewhere}"]


def headline(scores: dict[str, Any]) -> list[tuple[str, str]]:
    """The scores to tell first, each with its key and its name."""
    of_sets = scores.get("judged_as") == "sets"
    return [(metric.key, metric.called(sets=of_sets)) for metric in brief(sets=of_sets) if metric.key in scores]


def folds_of(info: dict[str, Any]) -> int:
    """How many folds the model's cross-validated scores come from."""
    found: int = info["tuning"]["outer_folds"] if "tuning" in info else info["training"]["folds"]
    return found


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
