"""Guards the report: its fields, its bytes, its page; and what it is made of: judged predictions, baselines, HTML."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
import shutil
import typing
import warnings
from collections import Counter

import numpy as np
import pytest
from conftest import PROJECT
from lxml import html as lxml_html

from classifier.types import Prediction, Reason, TopicScore
from eval.pages.html import Html, bullets, escape, figure, foreign, join, page, paragraph, section, table
from eval.report.pictures import PICTURES
from eval.report.report import build_report, write_report
from eval.scores import shape as shapes
from eval.scores.baselines import largest_class, nearest_key_words
from eval.scores.clusters import Clustered, Group
from eval.scores.gold import Judged, judge
from eval.scores.intervals import Score
from eval.scores.metrics import accuracy, macro_f1
from eval.scores.registry import METRICS

LABELS = ["alliances", "syria", "other"]
SCORES = [Score(0.5, 0.4, 0.6, "m").as_json(), Score(0.7, 0.6, 0.8, "m").as_json()]
CURVE = {"sizes": [10, 50], "scores": {"accuracy": SCORES, "macro_f1": SCORES}}
CLUSTERED = Clustered(
    np.array([0.5, 0.7, -0.1]), [Group("<i>hạt nhân</i>", 2, 0.6), Group("Kiev", 1, -0.1)], [0.5, 0.9]
)
NASTY = '</title><script>alert("x")</script> & đàm phán\x00'


def _judged(n=120, seed=0, **changes):
    rng = np.random.default_rng(seed)
    gold = [LABELS[i] for i in rng.integers(3, size=n)]
    table_ = rng.dirichlet([0.6] * 3, n) + np.eye(3)[[LABELS.index(g) for g in gold]] * 0.6
    table_ /= table_.sum(axis=1, keepdims=True)
    predicted = [LABELS[i] for i in table_.argmax(axis=1)]
    given = {
        "ids": [f"bài-{i}" for i in range(n)],
        "titles": [NASTY] * n,
        "gold": gold,
        "predicted": predicted,
        "probability": table_.max(axis=1),
        "gold_topics": [{g} - {"other"} for g in gold],
        "predicted_topics": [{p, "syria"} - {"other"} for p in predicted],
        "slices": {"site": ["a.vn", "b.vn", "<b>"] * (n // 3)},
        "reasons": [[("<i>Aleppo</i>", 1.5), ("NATO", 0.25)]] * n,
        "distribution": table_,
        "distribution_labels": LABELS,
    }
    return Judged(**{**given, **changes})


def _report(judged=None, **more):
    judged = judged if judged is not None else _judged()
    largest = largest_class(Counter(judged.gold or ["a"]), len(judged))
    given = {"baselines": {"largest class": largest}, "meta": {"seed": 1}}
    return build_report(judged, **{**given, **more}, replicates=200)


def test_the_report_says_what_the_metrics_say():
    """Its numbers are those of the plain functions, each inside its interval."""
    judged = _judged()
    report = _report(judged)
    scores = report["scores"]
    assert scores["accuracy"]["value"] == pytest.approx(accuracy(judged.gold, judged.predicted), abs=1e-6)
    assert scores["macro_f1"]["value"] == pytest.approx(macro_f1(judged.gold, judged.predicted), abs=1e-6)
    assert scores["brier_kind"] == "all labels"
    for score in (scores["accuracy"], scores["macro_f1"], scores["balanced_accuracy"], scores["brier"]):
        assert 0 <= score["low"] <= score["value"] <= score["high"] <= 1
    assert [row["label"] for row in report["per_topic"]] == LABELS
    assert sum(map(sum, report["confusion"]["counts"])) == report["articles"] == 120
    assert sum(row["articles"] for row in report["reliability"]["bins"]) == 120
    assert report["coverage"]["curve"][-1]["articles"] == 120
    assert [row["articles"] for row in report["slices"]["site"]] == [40, 40, 40]
    probabilities = [one["probability"] for one in report["mistakes"]]
    assert probabilities == sorted(probabilities, reverse=True)
    assert report["mistakes"][0]["reasons"] == [
        {"term": "<i>Aleppo</i>", "weight": 1.5},
        {"term": "NATO", "weight": 0.25},
    ]
    assert all(one["gold"] != one["predicted"] for one in report["mistakes"])
    assert "is more than luck" in report["baselines"]["largest class"]["comparison"]["sentence"]


def test_the_fields_are_always_the_same():
    """With everything given and with nothing but labels, the same keys stand in the report."""
    bare = Judged(ids=["1", "2"], gold=["a", "b"], predicted=["a", "a"])
    full, poor = _report(), _report(bare)
    assert set(full) == set(poor)
    assert set(full["scores"]) == set(poor["scores"])
    assert (poor["reliability"], poor["coverage"], poor["multi_topic"], poor["leakage"]) == (None, None, None, None)
    assert poor["scores"]["brier"] is None
    assert poor["mistakes"][0]["probability"] is None


def test_equal_input_gives_equal_bytes(full_folder, png_alone, tmp_path):
    """Two runs write the same files, byte by byte; Vietnamese is not escaped, keys are sorted."""
    pictures = [f"{name}.{kind}" for name in PICTURES for kind in ("png", "svg")]
    assert {path.name for path in full_folder.iterdir()} == {*pictures, "report.html", "report.json"}
    for path in write_report(_full(), tmp_path):
        assert path.read_bytes() == (full_folder / path.name).read_bytes(), path.name
    text = (tmp_path / "report.json").read_text(encoding="utf-8")
    assert "bài-" in text
    assert list(json.loads(text)) == sorted(json.loads(text))


def test_a_later_report_leaves_no_picture_of_an_earlier_one(full_folder, tmp_path):
    """Without probabilities there is no reliability diagram, not even the last run's; other files stay."""
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    shutil.copytree(full_folder, tmp_path, dirs_exist_ok=True)
    write_report(_report(_judged(probability=None, distribution=None, distribution_labels=())), tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    pictures = {"confusion.png", "confusion.svg", "topics.png", "topics.svg"}
    assert names == {*pictures, "report.html", "report.json", "mine.txt"}


def _full():
    """A report with something in every field."""
    return _report(
        _judged(
            further_runs=[_judged(seed=1).predicted], gold=["Syria", *_judged().gold[1:]], known=[*LABELS, "spare"]
        ),
        meta={"title": NASTY, "corpus": "<b>gold</b>", "seed": 1},
        leaked=[i < 6 for i in range(120)],
        learning_curve=CURVE,
        top_terms={"syria": [("Aleppo <x>", 2.0)]},
        clusters=CLUSTERED,
        left_out=["x"],
        remarks=["Said first."],
    )


_NAMED = ("slices", "baselines", "top_terms", "learning_curve.scores", "repeats.scores")


def _paths(value, path=""):
    """The fields of a report as docs/report-fields.md writes them; a score is one field."""
    if isinstance(value, dict) and set(value) != {"value", "low", "high", "method"} and path != "meta":
        for key, inner in value.items():
            name = "*" if path in _NAMED else key
            yield from _paths(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for inner in value:
            yield from _paths(inner, f"{path}[]")
    else:
        yield path


def test_every_field_is_documented_and_every_documented_field_is_there():
    """docs/report-fields.md names what the report holds: no more, no less."""
    text = (PROJECT / "docs" / "report-fields.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE))
    optional = {name for name in named if any(other.startswith((f"{name}.", f"{name}[")) for other in named)}
    assert set(_paths(_full())) == named - optional
    bare = _report(Judged(ids=["1", "2"], gold=["a", "b"], predicted=["a", "a"]))
    top = {re.split(r"[.\[]", name)[0] for name in named}
    assert set(bare) == top


def _lacking(value, shape, path="report"):
    """The fields of a part that its type does not name, or names without there being any, and so on within it."""
    if typing.is_typeddict(shape):
        hints = typing.get_type_hints(shape)
        keys = {metric.key for metric in METRICS} | {f"{metric.key}_difference" for metric in METRICS}
        yield from (f"{path}.{key}" for key in set(hints) ^ set(value) if key not in keys)
        for key in set(hints) & set(value):
            yield from _lacking(value[key], hints[key], f"{path}.{key}")
        return
    inner = typing.get_args(shape)
    if typing.get_origin(shape) is list:
        for one in value:
            yield from _lacking(one, inner[0], f"{path}[]")
    elif typing.get_origin(shape) is dict:
        for one in value.values():
            yield from _lacking(one, inner[1], f"{path}.*")
    elif type(None) in inner and value is not None:
        yield from _lacking(value, next(one for one in inner if one is not type(None)), path)


def test_the_types_tell_every_field_and_no_other():
    """What mypy checks the pages against is what reports hold."""
    assert set(_lacking(_full(), shapes.Report)) == set()


@pytest.fixture(scope="module")
def full_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    write_report(_full(), folder)
    return folder


@pytest.fixture(scope="module")
def written(full_folder):
    return (full_folder / "report.html").read_text(encoding="utf-8")


def test_nothing_from_an_article_becomes_markup(written):
    """Titles, terms, slice values and the run's facts are text, whatever they hold."""
    tree = lxml_html.fromstring(written)
    assert tree.xpath("//script | //b | //i | //x") == []
    assert "alert(" in tree.text_content()
    assert "\x00" not in written
    assert tree.xpath("//title")[0].text.startswith("</title>")


def test_the_page_loads_nothing(written):
    """One file: no address of anything outside, and a policy that forbids it; the style is named by its hash."""
    tree = lxml_html.fromstring(written)
    assert tree.xpath("//link | //iframe | //object") == []
    assert all(source.startswith("data:image/png;base64,") for source in tree.xpath("//@src"))
    assert tree.xpath("//@style") == []
    assert "http" not in re.sub("http-equiv", "", written)
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    digest = base64.b64encode(hashlib.sha256(tree.xpath("//style")[0].text.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy


def test_the_page_can_be_read_without_seeing_it(written):
    """Language, one main heading and no level left out, captions, scopes, alternative texts, named regions."""
    tree = lxml_html.fromstring(written)
    assert tree.get("lang") == "en"
    assert tree.xpath("//span[@lang='vi']")
    levels = [int(node.tag[1]) for node in tree.xpath("//h1 | //h2 | //h3")]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    tables = tree.xpath("//table")
    assert tables
    assert all(one.xpath("./caption") and one.xpath(".//th[@scope='row']") for one in tables)
    assert all(node.get("scope") for node in tree.xpath("//th"))
    assert all(node.text_content().strip() for node in tree.xpath("//thead//th"))
    images = tree.xpath("//img")
    assert len(images) == len(PICTURES)
    assert all(len(image.get("alt")) > 20 for image in images)
    assert all(node.get("aria-label") and node.get("tabindex") == "0" for node in tree.xpath("//*[@role='region']"))
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_colours_have_enough_contrast_in_light_and_dark(written):
    """Every ink on every ground it stands on: at least 4.5 to 1, as WCAG 2 (AA) asks for text."""

    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    schemes = [dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root {[^}]*}", written)]
    schemes = [scheme for scheme in schemes if scheme]
    assert len(schemes) == 2
    for scheme in schemes:
        for ink in ("ink", "soft", "link"):
            for ground in ("paper", "band"):
                bright, dark = sorted((luminance(scheme[ink]), luminance(scheme[ground])), reverse=True)
                assert (bright + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)


def test_labels_that_only_one_side_knows_are_named():
    """A gold label the model lacks, a model label the gold lacks: in the fields and in the notes, none dropped."""
    judged = _judged(gold=["new topic", *_judged().gold[1:]], known=[*LABELS, "spare"])
    report = _report(judged)
    assert report["labels"]["unknown_to_model"] == ["new topic"]
    assert report["labels"]["absent_from_gold"] == ["spare"]
    assert any("does not know the label new topic: its 1 article can" in note for note in report["notes"])
    assert any("spare" in note for note in report["notes"])
    assert {row["label"]: row["support"] for row in report["per_topic"]}["new topic"] == 1
    assert {row["label"]: row["gold"] for row in report["labels"]["counts"]}["spare"] == 0


def test_leaked_articles_are_counted_out():
    """The scores with and without what was trained on, and a note that says so."""
    judged = _judged()
    report = _report(judged, leaked=[g == p for g, p in zip(judged.gold, judged.predicted, strict=True)])
    assert report["leakage"]["leaked"]["accuracy"]["value"] == 1.0
    assert report["leakage"]["clean"]["accuracy"]["value"] == 0.0
    assert report["leakage"]["all"]["articles"] == 120
    assert any("without them the accuracy is 0.000" in note for note in report["notes"])


def test_a_model_no_better_than_a_baseline_is_told_so():
    """The note names the baseline."""
    judged = _judged()
    report = _report(judged, baselines={"itself": list(judged.predicted)})
    assert any("not clearly better than the trivial baseline “itself”" in note for note in report["notes"])


@pytest.mark.parametrize(
    "judged",
    [
        Judged(ids=[], gold=[], predicted=[]),
        Judged(ids=["1"], gold=["a"], predicted=["a"], probability=np.array([1.0])),
        Judged(ids=["1", "2"], gold=["a", "a"], predicted=["other", "other"], probability=np.array([0.0, 0.5])),
        Judged(ids=["1"], gold=["other"], predicted=["x"], gold_topics=[set()], predicted_topics=[set()]),
        Judged(ids=[], gold=[], predicted=[], probability=np.zeros(0), gold_topics=[], predicted_topics=[]),
    ],
    ids=["nothing", "one right", "all wrong", "no topics", "nothing but its form"],
)
def test_odd_input_makes_a_report_without_a_warning(judged, png_alone, tmp_path):
    """No article, one article, one class, no topic at all: a page, plain JSON without NaN, no warning, no crash."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        paths = write_report(_report(judged), tmp_path)
    assert {path.name for path in paths} >= {"report.json", "report.html"}

    def refuse(constant):
        raise AssertionError(constant)

    json.loads((tmp_path / "report.json").read_text(encoding="utf-8"), parse_constant=refuse)


def test_judged_refuses_what_does_not_fit():
    """A column too short, a probability beyond 1 or missing: named, before anything is computed from it."""
    with pytest.raises(ValueError, match="predicted: 1 values for 2 articles"):
        Judged(ids=["1", "2"], gold=["a", "b"], predicted=["a"])
    with pytest.raises(ValueError, match="slice year: 1 values"):
        Judged(ids=["1", "2"], gold=["a", "b"], predicted=["a", "b"], slices={"year": ["2020"]})
    for wrong in (1.5, -0.1, float("nan")):
        with pytest.raises(ValueError, match="probability of second: not between 0 and 1"):
            Judged(ids=["first", "second"], gold=["a", "b"], predicted=["a", "b"], probability=np.array([0.5, wrong]))
    with pytest.raises(ValueError, match="for 1 labels"):
        Judged(ids=["1"], gold=["a"], predicted=["a"], distribution=np.ones((1, 2)), distribution_labels=["a"])


def test_predictions_of_the_model_become_judged_articles():
    """Topics, distribution, further topics and reasons come over from the model's own predictions."""
    scores = (TopicScore("syria", 0.7), TopicScore("other", 0.2), TopicScore("alliances", 0.1))
    one = Prediction("1", "syria", 0.7, scores, ("alliances",), "Tiêu đề", "f", (Reason("Aleppo", 1.0),))
    two = Prediction("2", "other", 0.6, (TopicScore("other", 0.6), TopicScore("syria", 0.4)))
    judged = judge([one, two], ["syria", "syria"], gold_topics=[{"syria"}, {"syria"}])
    assert judged.distribution_labels == ["alliances", "syria", "other"]
    assert judged.distribution is not None
    assert judged.distribution.tolist() == [[0.1, 0.7, 0.2], [0.0, 0.4, 0.6]]
    assert judged.predicted_topics == [{"syria", "alliances"}, set()]
    assert judged.reasons == [[("Aleppo", 1.0)], []]
    assert judged.correct.tolist() == [True, False]
    assert judge([one], ["syria"]).predicted_topics is None
    assert (judged.unknown_to_model, judged.absent_from_gold) == ([], ["alliances", "other"])


def test_the_largest_class_is_the_same_answer_for_all():
    """The commonest label; of equally common ones the first in the alphabet, so that runs agree."""
    assert largest_class({"b": 2, "a": 1}, 2) == ["b", "b"]
    assert largest_class({"b": 1, "a": 1}, 1) == ["a"]
    with pytest.raises(ValueError, match="no training labels"):
        largest_class({}, 3)


def test_key_words_are_counted_as_whole_words_in_any_case():
    """Phrases too, with space or underscore, composed or decomposed accents; a part of a word is no hit."""
    terms = {"syria": ["Syria", "Aleppo"], "arms": ["hạt_nhân", "hiệp ước"]}
    texts = [
        "SYRIA: hiệp ước, Syria",
        "đàm phán hạt nhân",
        "Syrian, hạt",
        "",
        "hạt nhân".replace("ạ", "a\N{COMBINING DOT BELOW}"),
        "Syria Syria hạt nhân hiệp ước",  # two each: two different terms beat one
    ]
    assert nearest_key_words(texts, terms) == ["syria", "arms", "other", "other", "arms", "arms"]
    assert nearest_key_words(["không"], terms, otherwise="none") == ["none"]
    assert nearest_key_words(["Syria"], {}) == ["other"]


def test_pieces_of_a_page_escape_text_and_keep_markup():
    """Text is escaped once, markup never."""
    assert escape("<a & 'b'>") == "&lt;a &amp; &#39;b&#39;&gt;"
    assert escape(escape("<")) == "&lt;"
    assert isinstance(join(["<", Html("<br>")]), Html)
    assert join(["<", Html("<br>")], "") == "&lt;<br>"
    assert foreign("Mỹ <", 'vi" x="') == '<span lang="vi&#34; x=&#34;">Mỹ &lt;</span>'
    assert paragraph("<") == "<p>&lt;</p>"
    assert "<li>&lt;</li>" in bullets(["<"])
    assert "<h3>&lt;</h3>" in section("<", "x", level=3)
    assert 'alt="&#34;"' in figure(b"", '"', "c")
    cells = table("c", ["", "n"], [["<", "1"]], (1,))
    assert '<th scope="row">&lt;</th><td class="number">1</td>' in cells


def test_a_pages_own_script_is_allowed_by_its_hash_alone():
    """The policy names the script's digest; a script that would end its element is refused."""
    made = page("t", Html("<p>x</p>"), script="let a = 1;")
    digest = base64.b64encode(hashlib.sha256(b"let a = 1;").digest()).decode()
    assert f"script-src 'sha256-{digest}'" in made
    assert "<script>let a = 1;</script>" in made
    assert "&lt;p&gt;" in page("t", "<p>")
    assert '<html lang="vi">' in page("t", "", "vi")
    for wrong in ("'</script>'", "'<!--'"):
        with pytest.raises(ValueError, match="end its element"):
            page("t", "", script=wrong)
