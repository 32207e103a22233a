"""A report as one HTML page; everything shown comes from the report's JSON value and its pictures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from eval.pages.clusters import clusters_section
from eval.pages.html import Html, bullets, escape, figure, foreign, join, page, paragraph, section, soft, table
from eval.report.notes import articles, number
from eval.scores.registry import brief, name_of, on_pages
from eval.scores.shape import of_metric

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eval.scores.intervals import ScoreJson
    from eval.scores.shape import (
        Coverage,
        CoveragePoint,
        LabelCurve,
        Leakage,
        LearningCurve,
        Mistake,
        Rates,
        Repeats,
        Report,
        SeveralTopics,
        Slice,
        Term,
        TopicRow,
    )

RATES = ("precision", "recall", "F1")
MOST_VALUES = 25
"""Values of a slice that the page shows; report.json has all."""


def report_page(report: Report, images: Mapping[str, bytes], *, text_lang: str = "vi") -> str:
    """The whole page. `images` are PNG bytes by the names that `pictures` gives; article texts are in `text_lang`."""
    lead = "There is no article to judge."
    if report["articles"]:
        score = report["scores"]["accuracy"]
        count, repeats = articles(report["articles"]), report["repeats"]
        value = score["value"] or 0.0
        who = f"{round(value * report['articles'])} of {count}"
        if repeats:
            who = f"On average over {repeats['number']} repeats {value * report['articles']:.1f} of {count}"
        what = "have all their labels right and no other" if report["judged_as"] == "sets" else "are labelled right"
        lead = (
            f"{who} {what}: {value:.1%}. On articles like "
            f"these one should expect between {score['low']:.1%} and {score['high']:.1%} (95% interval)."
        )
    sets = report["judged_as"] == "sets"
    parts = [
        paragraph(lead, "lead"),
        bullets(report["notes"], "notes") if report["notes"] else "",
        _main_scores(report),
        _repeats(report["repeats"], sets=sets) if report["repeats"] else "",
        _leakage(report["leakage"], sets=sets) if report["leakage"] else "",
        _topics(report, images),
        _confusion(report, images),
        _calibration(report, images),
        _coverage(report["coverage"], images) if report["coverage"] else "",
        _label_curves(report["label_curves"], images) if report["label_curves"] else "",
        _several(report["multi_topic"]) if report["multi_topic"] else "",
        _slices(report["slices"], sets=sets) if report["slices"] else "",
        _mistakes(report["mistakes"], text_lang),
        _learning(report["learning_curve"], images, sets=sets) if report["learning_curve"] else "",
        _terms(report["top_terms"], text_lang) if report["top_terms"] else "",
        clusters_section(report["clusters"], text_lang)
        if report["clusters"] and report["clusters"]["headlines"]
        else "",
        _about(report),
    ]
    title = str(report["meta"].get("title", "How well the topics are found"))
    return page(title, join(part for part in parts if part))


def _main_scores(report: Report) -> Html:
    sets = report["judged_as"] == "sets"
    shown_scores = on_pages(sets=sets)
    beside = bool(report["baselines"])  # a column without a cell would only make the table wide
    rows = [
        [
            "this model",
            *(_score(of_metric(report["scores"], one.key)) for one in shown_scores),
            *([""] if beside else []),
        ]
    ]
    for name, row in report["baselines"].items():
        difference = _score(row["comparison"]["accuracy_difference"], sign=True)
        rows.append([f"baseline: {name}", *(_score(of_metric(row, one.key)) for one in shown_scores), difference])
    header = ["", *(one.called(sets=sets) for one in shown_scores), *(["model ahead by"] if beside else [])]
    caption = "Scores with their 95% intervals" + (", beside trivial ways to label" if beside else "")
    shown = [table(caption, header, rows, range(1, len(header)))]
    shown += [paragraph(row["comparison"]["sentence"]) for row in report["baselines"].values()]
    if report["scores"]["top_in_gold"]:
        text = "The most probable label is among the article's labels for "
        shown.append(paragraph(join([text, _score(report["scores"]["top_in_gold"]), " of the articles."], "")))
    if report["scores"]["topics"]:
        found = report["scores"]["topics"]
        cells = [list(cell) for cell in zip(RATES, _rates(found), strict=True)]
        shown.append(table("The topics proper, “other” left out, all pooled", ["", "score"], cells, (1,)))
    return section("Scores", *shown)


def _leakage(leakage: Leakage, *, sets: bool) -> Html:
    groups = {
        "all articles": leakage["all"],
        "also in the training texts": leakage["leaked"],
        "not in the training texts": leakage["clean"],
    }
    rows = [
        [name, str(part["articles"]), *(_score(of_metric(part, one.key)) for one in brief(sets=sets))]
        for name, part in groups.items()
    ]
    header = ["articles", "number", *(one.called(sets=sets) for one in brief(sets=sets))]
    caption = "Scores with and without the articles that were trained on; the last line is the honest one"
    return section("Leakage", table(caption, header, rows, range(1, len(header))))


def _topics(report: Report, images: Mapping[str, bytes]) -> Html:
    rows = [[row["label"], str(row["support"]), str(row["predicted"]), *_rates(row)] for row in report["per_topic"]]
    header = ["label", "in gold", "predicted", "precision", "recall", "F1"]
    alt = "; ".join(f"{row['label']}: F1 {number(row['f1']['value'])}" for row in report["per_topic"])
    picture = _picture(images, "topics", alt, "Precision, recall and F1 of each label with 95% intervals.")
    return section("Topics", picture, table("Each label with its 95% intervals", header, rows, (1, 2, 3, 4, 5)))


def _confusion(report: Report, images: Mapping[str, bytes]) -> Html:
    labels, counts = report["confusion"]["labels"], report["confusion"]["counts"]
    pairs = [
        (count, gold, given)
        for gold, row in zip(labels, counts, strict=True)
        for given, count in zip(labels, row, strict=True)
        if gold != given and count
    ]
    worst = sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2]))[:5]
    said = [f"{gold} taken for {given}: {count}" for count, gold, given in worst]
    alt = f"Confusion matrix of {len(labels)} labels. Most frequent mistakes: {'; '.join(said) or 'none'}."
    caption = "Rows are gold labels, columns predicted ones. Blue is right, orange wrong; darker is a larger share."
    rows = [[name, *map(str, row)] for name, row in zip(labels, counts, strict=True)]
    numbers = table("The same as counts", ["gold \\ predicted", *labels], rows, range(1, len(labels) + 1))
    text = (
        "Of sets this shows the most probable label: in its own row where it is in the set, else in the row of that "
        "label of the set which most articles have."
    )
    said_of_sets = paragraph(text) if report["judged_as"] == "sets" else ""
    return section("What is taken for what", said_of_sets, _picture(images, "confusion", alt, caption), numbers)


def _calibration(report: Report, images: Mapping[str, bytes]) -> Html:
    found, brier = report["reliability"], report["scores"]["brier"]
    if found is None:
        return Html("")
    error = found["calibration_error"]
    rows = [["expected calibration error (10 bins)", _score(error)]]
    if brier:
        rows.append([f"Brier score ({report['scores']['brier_kind']})", _score(brier)])
    ideal = number(found["calibration_error_if_perfect"])
    text = f"A perfectly calibrated model would show an error of {ideal} on so many articles, from chance alone."
    used = [row for row in found["bins"] if row["articles"]]
    alt = "; ".join(f"said {row['probability']:.2f}, right {row['accuracy']['value']:.2f}" for row in used)
    caption = "How often labels of each probability are right (bars: 95% intervals), and how many there are."
    table_ = table("Calibration: 0 is perfect", ["", "score"], rows, (1,))
    return section(
        "Can the probabilities be trusted?", table_, paragraph(text), _picture(images, "reliability", alt, caption)
    )


def _coverage(found: Coverage, images: Mapping[str, bytes]) -> Html:
    rows = [[f"{point['threshold']:g}", *_bought(point)] for point in found["thresholds"]]
    for target in found["targets"]:
        point, name = target["point"], f"for an accuracy of {target['accuracy']:.0%}"
        rows.append([f"{name}: {point['threshold']:.3f}", *_bought(point)] if point else [f"{name}: none", "", "", ""])
    header = ["probability at least", "articles kept", "share", "accuracy of these"]
    alt = "; ".join(f"at least {p['threshold']:g}: {p['articles']} articles kept" for p in found["thresholds"])
    caption = "Accuracy of the articles whose label is kept, against their share; the band is the 95% interval."
    shown = table("What each threshold buys", header, rows, (1, 2, 3))
    return section("What a threshold buys", _picture(images, "coverage", alt, caption), shown)


def _label_curves(found: list[LabelCurve], images: Mapping[str, bytes]) -> Html:
    text = (
        "Each label's probability on its own. A threshold on it finds the share of the label's articles that stands on "
        "the horizontal axis, with the precision on the vertical one. Where probabilities can be trusted, they add up "
        "to the number of articles that have the label."
    )
    rows = [
        [
            row["label"],
            str(row["support"]),
            f"{row['expected']:.1f}",
            number(row["calibration_error"]),
            _score(row["average_precision"]),
        ]
        for row in found
    ]
    header = ["label", "in gold", "sum of probabilities", "calibration error", "average precision"]
    alt = "; ".join(f"{row['label']}: {number(row['average_precision']['value'])}" for row in found)
    caption = "Precision against recall of the labels with most articles."
    return section(
        "Each label's own threshold",
        paragraph(text),
        _picture(images, "precision_recall", f"Average precision of each label. {alt}", caption),
        table("Calibration and average precision by label", header, rows, (1, 2, 3, 4)),
    )


def _bought(point: CoveragePoint) -> list[str]:
    return [str(point["articles"]), f"{point['coverage'] or 0:.1%}", _score(point["accuracy"])]


def _several(found: SeveralTopics) -> Html:
    pooled = [
        ["all topics", *_rates(found["micro"])],
        ["topics beyond the primary", *_rates(found["secondary"])],
    ]
    each = [
        [row["label"], str(row["support"]), _score(row["precision"]), _score(row["recall"]), number(row["f1"])]
        for row in found["per_topic"]
    ]
    text = (
        f"The whole set of topics is right for {found['exact']['value'] or 0:.1%} of the articles. Gold has "
        f"{found['secondary_in_gold']} topics beyond the primary, {found['secondary_predicted']} were predicted."
    )
    return section(
        "Articles with several topics",
        paragraph(text),
        table("All articles pooled, 95% intervals", ["", "precision", "recall", "F1"], pooled, (1, 2, 3)),
        table("Each topic", ["topic", "in gold", "precision", "recall", "F1"], each, (1, 2, 3, 4)),
    )


def _slices(slices: Mapping[str, list[Slice]], *, sets: bool) -> Html:
    scores = brief(sets=sets)
    shown, header = [], ["articles", *(one.called(sets=sets) for one in scores)]
    for name, rows in slices.items():
        cells = [
            [str(row["value"]) or "(empty)", str(row["articles"]), *(_score(of_metric(row, one.key)) for one in scores)]
            for row in rows[:MOST_VALUES]
        ]
        more = f"; {len(rows) - MOST_VALUES} smaller ones are in report.json" if len(rows) > MOST_VALUES else ""
        shown.append(table(f"By {name}{more}", [name, *header], cells, range(1, len(header) + 1)))
    return section("Parts of the articles", *shown)


def _mistakes(found: list[Mistake], lang: str) -> Html:
    if not found:
        return section("Mistakes", paragraph("There is none."))
    rows = [
        [
            foreign(one["title"] or one["id"], lang),
            one["gold"],
            one["predicted"],
            number(one["probability"]),
            _reasons(one["reasons"], lang),
        ]
        for one in found
    ]
    header = ["article", "gold", "predicted", "probability", "words that spoke for it"]
    return section("The most confident mistakes", table("Most confident first", header, rows, (3,)))


def _reasons(reasons: list[Term], lang: str) -> Html:
    return join((foreign(f"{one['term']} {one['weight']:+.2f}", lang) for one in reasons), ", ")


def _learning(curve: LearningCurve, images: Mapping[str, bytes], *, sets: bool) -> Html:
    names = list(curve["scores"])
    rows = [
        [f"{size:,}", *(_score(curve["scores"][name][i]) for name in names)] for i, size in enumerate(curve["sizes"])
    ]
    alt = "; ".join(f"{row[0]} articles: {number(curve['scores'][names[0]][i]['value'])}" for i, row in enumerate(rows))
    shown = [name_of(name, sets=sets) for name in names]
    caption = "Scores of models trained on part of the articles, and on all that there are; bands are 95% intervals."
    return section(
        "Would more articles help?",
        _picture(images, "learning", f"{shown[0]} of {alt}", caption),
        table("The same as numbers", ["training articles", *shown], rows, range(1, len(names) + 1)),
    )


def _repeats(found: Repeats, *, sets: bool) -> Html:
    text = (
        f"The articles were dealt into folds {found['number']} times. The scores above are means over these repeats; "
        "their intervals come from drawing articles, since a repeat brings no new ones. Baselines, pictures and all "
        "that follows below are of the first repeat."
    )
    rows = [
        [name_of(name, sets=sets), *(f"{value:.3f}" for value in row["each"]), f"{row['sd']:.4f}"]
        for name, row in found["scores"].items()
    ]
    header = ["", *(f"repeat {i + 1}" for i in range(found["number"])), "standard deviation"]
    topics = [[row["label"], _score(row["f1"]), f"{row['sd']:.4f}"] for row in found["per_topic"]]
    return section(
        "Repeats",
        paragraph(text),
        table("Each repeat", header, rows, range(1, len(header))),
        table("Each label's F1, mean over the repeats", ["label", "F1", "standard deviation"], topics, (1, 2)),
    )


def _terms(found: Mapping[str, list[Term]], lang: str) -> Html:
    rows = [[name, join((foreign(one["term"], lang) for one in terms), ", ")] for name, terms in found.items()]
    return section("Words that speak for each topic", table("Strongest first", ["topic", "words"], rows))


def _about(report: Report) -> Html:
    rows = [
        [key, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)]
        for key, value in sorted(report["meta"].items())
        if key != "title"
    ]
    text = (
        "Intervals are Wilson's for proportions and bootstrapped over articles for everything else; the method of each "
        "stands in report.json. Macro scores average over the labels that occur in gold."
    )
    facts = table("This run", ["what", "value"], rows) if rows else ""
    return section("About these numbers", paragraph(text), *([facts] if facts else []))


def _picture(images: Mapping[str, bytes], name: str, alt: str, caption: str) -> Html:
    return figure(images[name], alt, caption) if name in images else Html("")


def _rates(row: Rates | TopicRow) -> list[Html]:
    return [_score(row["precision"]), _score(row["recall"]), _score(row["f1"])]


def _score(score: ScoreJson, *, sign: bool = False) -> Html:
    """A value with its interval; "–" where there is none."""
    if score["value"] is None:
        return Html("–")
    ends_of = (score["value"], score["low"], score["high"])
    shown = [f"{end:+.3f}" if sign else f"{end:.3f}" for end in ends_of if end is not None]
    value, *ends = shown
    return escape(value) if len(ends) < 2 else join([value, soft(f"{ends[0]} to {ends[1]}")], " ")
