"""Guards `chude eval` end to end: every kind of run, and gold that fits the model badly, with warnings as errors."""

from __future__ import annotations

import json
import unicodedata
import warnings
from collections import Counter, defaultdict

import pytest

from classifier.cli.common import TRAINING
from classifier.cli.evaluate import command as evaluate_command
from classifier.cli.train import command as train_command
from classifier.model.artifact import load
from training import read_corpus

OK, FINDINGS, USAGE, NO_INPUT = 0, 1, 2, 3
NONSENSE = "zzz qqq xxx"


def _write(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def rows(corpus_rows):
    """Articles of three topics, ten of each, with single labels."""
    found = defaultdict(list)
    for row in corpus_rows:
        if row["label"] in {"syria", "alliances", "ukraine_talks"} and len(found[row["label"]]) < 10:
            found[row["label"]].append({key: row[key] for key in ("id", "title", "text", "label")})
    return [row for label in sorted(found) for row in found[label]]


@pytest.fixture
def evaluate(chude, png_alone, tmp_path):
    """Runs `chude eval … -o`; any warning, of whatever library, is a failure. Gives the run and the report or None."""

    def run(*args):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            # What an old library calls in a new one that will go: no user sees it.
            warnings.filterwarnings("ignore", category=DeprecationWarning, module="sklearn|matplotlib")
            done = chude("eval", *args, "-o", tmp_path / "report")
        assert "Traceback" not in done.err
        file = tmp_path / "report" / "report.json"
        return done, json.loads(file.read_text(encoding="utf-8")) if file.exists() else None

    return run


def test_gold_that_fits_the_model_badly_is_named_and_counted(evaluate, small_artifact, rows, tmp_path):
    """A label the model lacks, one spelt otherwise, an article without text, labels missing in gold: none is lost."""
    gold = [
        rows[0] | {"label": "thể thao"},
        rows[1] | {"label": "Alliances"},
        rows[2],
        {"id": "rỗng", "title": " ", "text": "", "label": "alliances"},
    ]
    path = _write(tmp_path / "gold.jsonl", gold)
    done, report = evaluate(path, "-m", small_artifact)
    skipped = done.code == FINDINGS  # a row without text may be refused by the reader: then it is named there
    assert report["articles"] == (3 if skipped else 4)
    assert ("rỗng" in " ".join(report["notes"])) or (":4:" in done.err)
    assert report["labels"]["unknown_to_model"] == ["Alliances", "thể thao"]
    assert {"syria", "other"} <= set(report["labels"]["absent_from_gold"])
    assert report["labels"]["look_alikes"] == [{"gold": "Alliances", "model": "alliances"}]
    assert "the model's alliances: spelt otherwise" in done.out
    assert "does not know the label thể thao: its 1 article can only be missed" in done.out
    recall = {row["label"]: row["recall"]["value"] for row in report["per_topic"]}
    assert recall["thể thao"] == recall["Alliances"] == 0


@pytest.mark.parametrize("count", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_one_or_two_articles_of_one_class_have_a_report(evaluate, small_artifact, tmp_path, count):
    """One class alone, all of it predicted "other": scores with wide intervals, a note, no warning and no crash."""
    gold = [{"id": str(i), "text": NONSENSE, "label": "syria"} for i in range(count)]
    done, report = evaluate(_write(tmp_path / "gold.jsonl", gold), "-m", small_artifact)
    assert done.code == OK
    assert report["articles"] == count
    assert report["scores"]["accuracy"]["value"] in {0.0, 1.0}
    assert report["scores"]["accuracy"]["high"] - report["scores"]["accuracy"]["low"] > 0.6
    assert "All articles have one label" in done.out
    assert report["labels"]["counts"][-1]["label"] == "other"


def test_an_empty_corpus_is_no_input(evaluate, small_artifact, tmp_path):
    """A file without a row, and one whose rows have no label: exit code 3 and a line that says so."""
    for content in ("", '{"text": "Nga và Mỹ"}\n'):
        path = tmp_path / "gold.jsonl"
        path.write_text(content, encoding="utf-8")
        done, report = evaluate(path, "-m", small_artifact)
        assert (done.code, report) == (NO_INPUT, None)
        assert done.errors


def test_labels_in_another_unicode_form_or_with_spaces_are_the_same_label(evaluate, rows, tmp_path):
    """A gold label typed with combining accents or a space behind it is the one the tool predicted."""
    gold = [row | {"label": "đàm phán" if i % 2 else "liên minh"} for i, row in enumerate(rows[:6])]
    odd = [row | {"label": f" {unicodedata.normalize('NFD', row['label'])} "} for row in gold]
    predicted = _write(tmp_path / "p.jsonl", [{"id": row["id"], "topic": row["label"]} for row in gold])
    done, report = evaluate("--predictions", predicted, _write(tmp_path / "gold.jsonl", odd))
    assert done.code == OK
    assert report["scores"]["accuracy"]["value"] == 1.0
    assert report["labels"]["unknown_to_model"] == []


def test_predictions_of_another_tool_are_judged_as_a_models_are(evaluate, rows, tmp_path):
    """With probabilities there is calibration, without all of them there is none and a note; a gap is a miss."""
    gold = _write(tmp_path / "gold.jsonl", rows)
    table = [(row["id"], row["label"], "0.9") for row in rows]
    path = tmp_path / "fasttext.csv"
    for skip, probability, kind in ((0, "0.9", "all"), (2, "", "gaps")):
        lines = [f"{one},{topic},{probability if i == 5 else p}\n" for i, (one, topic, p) in enumerate(table)][skip:]
        path.write_text("id,topic,probability\n" + "".join(lines), encoding="utf-8")
        done, report = evaluate("--predictions", path, gold)
        assert done.code == OK
        assert report["scores"]["accuracy"]["value"] == pytest.approx(1 - skip / len(rows))
        assert (report["reliability"] is not None) == (kind == "all")
    assert "no prediction for 2 articles" in done.err
    assert any("counted as missed" in note for note in report["notes"])
    path.write_text("id,topic,probability\n1,syria,high\n", encoding="utf-8")
    assert "fasttext.csv:2: probability 'high'" in evaluate("--predictions", path, gold)[0].err


def test_repeated_cross_validation_shows_every_repeat(evaluate, rows, tmp_path):
    """Each repeat's scores, their mean in the headline, both baselines, top terms, learning curve, clusters."""
    corpus = _write(tmp_path / "c.jsonl", rows)
    said = [f"Nga và Mỹ đàm phán vòng {n}" for n in "abcd"] + [f"Bão số {n} vào miền Trung" for n in "efgh"]
    headlines = _write(tmp_path / "h.jsonl", [{"headline": one} for one in said])
    done, report = evaluate("--cv", "3", "--repeats", "2", corpus, "--clusters", headlines)
    assert done.code == OK
    each = report["repeats"]["scores"]["accuracy"]["each"]
    assert len(each) == report["repeats"]["number"] == 2
    accuracy = report["scores"]["accuracy"]
    assert accuracy["value"] == pytest.approx(sum(each) / 2, abs=1e-6)
    assert accuracy["low"] < min(each) <= max(each) < accuracy["high"] or each == [1.0, 1.0]
    assert sorted(report["baselines"]) == ["largest class", "nearest key words"]
    assert set(report["top_terms"]) == {"alliances", "syria", "ukraine_talks"}
    curve = report["learning_curve"]
    assert curve["sizes"] == [len(rows) // 3, 2 * len(rows) // 3]
    assert curve["scores"]["accuracy"][-1]["value"] == each[0]
    assert report["clusters"]["headlines"] == 8
    assert -1 <= report["clusters"]["stability"]["lowest"] <= report["clusters"]["stability"]["highest"] <= 1
    assert {"learning.png", "topics.png"} <= {file.name for file in (tmp_path / "report").iterdir()}


@pytest.mark.slow
def test_cross_validating_again_gives_the_same_bytes(evaluate, rows, tmp_path):
    """Folds, models, samples and pictures: all of a second run's files equal the first's."""
    found = []
    for _ in range(2):
        evaluate("--cv", "3", "--repeats", "2", _write(tmp_path / "c.jsonl", rows))
        found.append({file.name: file.read_bytes() for file in (tmp_path / "report").iterdir()})
    assert found[0] == found[1]


def test_by_date_judges_the_future_and_names_the_undated(evaluate, rows, tmp_path):
    """The cut is a day, however written; undated articles are on neither side, counted and named; leaks are found."""
    mixed = sorted(rows, key=lambda row: row["id"].rpartition("-")[2])
    forms = ("2025-03-{:02}", "{}/3/2025", "2025-03-{:02}T08:00")
    dated = [row | {"date": forms[i % 3].format(1 + i // 3)} for i, row in enumerate(mixed)]
    dated[0] |= {"date": "hôm qua"}
    dated[1] |= {"date": None}
    dated.append(dated[2] | {"id": "again", "date": "2025-03-10"})  # an article of the past, printed once more
    done, report = evaluate("--by-date", _write(tmp_path / "c.jsonl", dated), "--no-learning-curve")
    assert done.code == OK
    assert report["meta"]["first_future"] == "2025-03-09"
    assert report["left_out"] == [dated[0]["id"], dated[1]["id"]]
    assert f"2 articles without a readable date left out: {dated[0]['id']}, {dated[1]['id']}." in report["notes"]
    assert report["articles"] + report["meta"]["trained_on"] + 2 == len(dated)
    assert report["leakage"]["leaked"]["articles"] == 1
    assert report["learning_curve"] is None
    assert report["slices"]["year"][0]["value"] == "2025"


@pytest.mark.parametrize(
    "args",
    [
        ("--repeats", "2"),
        ("--learning-curve",),
        ("--predictions", "p.csv", "--cv", "2"),
        ("--predictions", "p.csv", "-m", "m"),
        ("--cv", "2", "--by-date"),
        ("--cv", "2", "--clusters", "nowhere"),
    ],
)
def test_options_that_cannot_go_together_are_refused(evaluate, rows, tmp_path, args):
    """Nothing asked for is silently left out."""
    done, report = evaluate(*args, _write(tmp_path / "c.jsonl", rows))
    assert done.code in {USAGE, NO_INPUT}
    assert report is None


def test_terms_of_a_model_are_those_its_card_names(evaluate, small_artifact, rows, tmp_path):
    """An artifact's report has the heaviest terms of each label, read from its weights."""
    _, report = evaluate(_write(tmp_path / "gold.jsonl", rows), "-m", small_artifact)
    found = {label: [one["term"] for one in terms] for label, terms in report["top_terms"].items()}
    assert found == load(small_artifact).info["top_terms"]
    assert report["clusters"] is None
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "Clusters of related headlines" not in page


def test_articles_without_titles_are_shown_by_their_text(evaluate, chude, small_artifact, rows, tmp_path):
    """Mistakes, comparison and check name an article by how its text begins, cut between words; a title comes first."""
    bare = [
        {"id": f"n{at}", "text": f"Câu số {at} nói về chuyện hôm nay. " + "Và cứ thế tiếp. " * 20, "label": "syria"}
        for at in range(3)
    ]
    titled = [{"id": "t", "title": "Tên bài", "text": bare[0]["text"], "label": "alliances"}]
    gold = _write(tmp_path / "gold.jsonl", [*bare, *titled])
    _, report = evaluate(gold, "-m", small_artifact)
    shown = {one["id"]: one["title"] for one in report["mistakes"]}
    assert shown
    assert all(shown[one["id"]].startswith(one["text"][:30]) for one in bare if one["id"] in shown)
    assert all(len(title) <= 110 and title.endswith("…") for one, title in shown.items() if one != "t")
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert any(title in page for title in shown.values())
    answers = [
        _write(tmp_path / f"{topic}.jsonl", [{"id": one["id"], "topic": topic} for one in (*bare, *titled)])
        for topic in ("syria", "alliances")
    ]
    compared = chude("compare", *answers, gold).out
    checked = chude("check", gold, "--no-label-errors", "--format", "jsonl").out
    assert "n1: Câu số 1 nói" in compared
    assert "t: Tên bài" in compared
    found = {row["id"]: row["title"] for row in map(json.loads, checked.splitlines()) if row["id"]}
    assert found
    assert all(title.startswith("Tên bài" if one == "t" else "Câu số") for one, title in found.items())


def _sets(rows, turn=False):
    """The articles with lists of one to three labels and no primary one; every third has a label no model knows."""
    names = ["alliances", "syria", "ukraine_talks"]
    found = []
    for at, row in enumerate(rows):
        further = names[(names.index(row["label"]) + 1) % 3]
        labels = [row["label"], *([further] if at % 2 else []), *(["biển"] if at % 3 == 0 else [])]
        found.append({key: row[key] for key in ("id", "title", "text")} | {"labels": labels[::-1] if turn else labels})
    return found


def test_labels_that_are_sets_are_judged_as_sets_in_whatever_order(evaluate, small_artifact, rows, tmp_path):
    """Scores are those of sets, worked out here by hand; turning every list round changes no byte of them."""
    gold = _sets(rows)
    done, report = evaluate(_write(tmp_path / "gold.jsonl", gold), "-m", small_artifact)
    turned_done, turned = evaluate(_write(tmp_path / "gold.jsonl", _sets(rows, turn=True)), "-m", small_artifact)
    assert (turned, turned_done.out) == (report, done.out)
    pages = read_corpus([tmp_path / "gold.jsonl"]).pages
    said = {one.id: {one.topic, *one.secondary} - {"other"} for one in load(small_artifact).predict(pages)}
    pairs = [(set(row["labels"]), said[row["id"]]) for row in gold]
    hits = sum(len(g & p) for g, p in pairs)
    given, truth = sum(len(p) for _, p in pairs), sum(len(g) for g, _ in pairs)
    assert report["judged_as"] == "sets"
    assert report["scores"]["micro_f1"]["value"] == pytest.approx(2 * hits / (given + truth), abs=1e-6)
    assert report["scores"]["accuracy"]["value"] == pytest.approx(sum(g == p for g, p in pairs) / len(pairs), abs=1e-6)
    assert report["scores"]["top_in_gold"]["value"] >= report["scores"]["accuracy"]["value"]
    assert all(
        name in done.out for name in ("micro-F1", "macro-F1", "subset accuracy", "most probable label in the gold")
    )


def test_notes_and_counts_of_sets_deny_no_label(evaluate, small_artifact, rows, tmp_path):
    """A label that is only ever a further one is counted, and one that the model does not know is named."""
    done, report = evaluate(_write(tmp_path / "gold.jsonl", _sets(rows)), "-m", small_artifact)
    counts = {row["label"]: row["gold"] for row in report["labels"]["counts"]}
    expected = Counter(label for row in _sets(rows) for label in row["labels"])
    assert {label: count for label, count in counts.items() if count} == dict(expected)
    assert report["labels"]["unknown_to_model"] == ["biển"]
    assert "does not know the label biển" in done.out
    assert not {"syria", "alliances", "ukraine_talks"} & set(report["labels"]["absent_from_gold"])
    assert {row["label"]: row["support"] for row in report["per_topic"] if row["support"]} == dict(expected)


def test_a_prediction_file_is_judged_by_all_its_labels(evaluate, chude, rows, tmp_path):
    """Perfect sets, written in `secondary`, score 1 in report and comparison; their first labels alone do not."""
    gold = _write(tmp_path / "gold.jsonl", _sets(rows))
    whole = [{"id": row["id"], "topic": row["labels"][0], "secondary": row["labels"][1:]} for row in _sets(rows)]
    first = [{"id": row["id"], "topic": row["topic"]} for row in whole]
    files = _write(tmp_path / "whole.jsonl", whole), _write(tmp_path / "first.jsonl", first)
    for file, perfect in zip(files, (True, False), strict=True):
        _, report = evaluate(gold, "--predictions", file)
        assert (report["scores"]["micro_f1"]["value"] == report["scores"]["accuracy"]["value"] == 1) is perfect
        assert report["scores"]["top_in_gold"]["value"] == 1
    done = chude("compare", files[1], files[0], gold)
    assert "points of subset accuracy" in done.out
    assert "micro-F1" in done.out


@pytest.mark.slow
def test_cross_validating_sets_does_not_hang_on_the_order_of_lists(evaluate, rows, tmp_path):
    """Training, folds, repeats and the learning curve: turning every list round changes no byte of report.json."""
    found = [
        evaluate(_write(tmp_path / "gold.jsonl", _sets(rows, turn)), "--cv", "2", "--repeats", "2")[1]
        for turn in (False, True)
    ]
    assert found[0] == found[1]
    assert len(found[0]["repeats"]["scores"]["micro_f1"]["each"]) == 2


def test_cross_validation_takes_the_options_of_training(evaluate, rows, tmp_path):
    """`eval --cv` trains with what `train` would be given, and says so; without training the options are refused."""
    corpus = _write(tmp_path / "corpus.jsonl", rows)
    given = ["--solver", "logistic", "--seed", "5", "-C", "0.5"]
    done, report = evaluate("--cv", "2", "--no-learning-curve", *given, corpus)
    assert done.code == OK
    assert report["meta"]["settings"] == {"solver": "logistic", "seed": 5, "c": 0.5}
    _, usual = evaluate("--cv", "2", "--no-learning-curve", "--seed", "5", corpus)
    assert usual["reliability"] != report["reliability"]
    done, _ = evaluate("-m", "x", corpus, "--min-df", "1")
    assert done.code == USAGE
    assert "need --cv" in done.err


def test_eval_and_train_share_the_options_of_training():
    """The same names, types and words in both commands."""
    one, other = ({param.name: param for param in command.params} for command in (evaluate_command, train_command))
    for name in TRAINING:
        first, second = (param.to_info_dict() for param in (one[name], other[name]))
        assert first == second, name
