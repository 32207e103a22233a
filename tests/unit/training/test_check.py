"""Guards `chude check`: what it finds in a corpus, what it leaves in peace, and how the command reports it."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace

import numpy as np
import pytest
from conftest import SHARED

from classifier.reading import read_pages
from classifier.types import Page
from classifier.vietnamese.language import foreign_share
from eval.scores.gold import reads_as
from training.checks import check, tiny_below
from training.corpus import Article, Corpus, read_corpus
from training.damage import damages
from training.findings import RULES, Finding, ranked
from training.label_errors import suspects

DATA = SHARED / "data"
COMMON = [
    "tàu",
    "bay",
    "nước",
    "người",
    "hôm",
    "nay",
    "theo",
    "ông",
    "bà",
    "cho",
    "biết",
    "tại",
    "thủ",
    "đô",
    "không",
    "các",
]
OWN = {
    "syria": ["damascus", "aleppo", "phiến", "quân", "nội", "chiến", "tị", "nạn", "idlib"],
    "thể thao": ["bóng", "đá", "huấn", "luyện", "viên", "bàn", "thắng", "cầu", "thủ", "giải", "đấu"],
}


def text(label, seed, length=60):
    """An article of its own: words of every article, and of its label's."""
    generator = np.random.default_rng([seed, len(label)])
    return " ".join(generator.choice(COMMON + 2 * OWN[label], length))


def article(label, body, number=0, **extra):
    topics = () if label == "other" else (label,)
    return Article(
        Page(f"a{number}", title=f"Bài số {number}", body=body, source=f"c.jsonl:{number}", extra=extra), label, topics
    )


def corpus(*articles):
    return Corpus(
        [replace(a, page=replace(a.page, id=f"a{n}", source=f"c.jsonl:{n}")) for n, a in enumerate(articles, 1)]
    )


def clean(size=20):
    return [article(label, text(label, seed)) for label in OWN for seed in range(size)]


def found(*arguments, **options):
    options.setdefault("label_errors", False)
    return [(f.code, f.source, f.other_source) for f in check(*arguments, **options)]


def edited(body, changes=1):
    words = body.split()
    words[5 : 5 + changes] = ["khác"] * changes
    return " ".join(words)


def test_a_clean_corpus_has_no_findings():
    """Different articles, enough of each label, right labels: silence."""
    assert check(corpus(*clean())) == []


def test_copies_are_reported_at_the_later_article():
    """An equal text is CH101, a nearly equal one CH102; under another label both are CH103, and that is an error."""
    base = text("syria", 900)
    extra = [
        article("syria", base),
        article("syria", base.upper() + "!"),
        article("syria", edited(base)),
        article("thể thao", edited(base, 2)),
    ]
    findings = check(corpus(*clean(), *extra), label_errors=False)
    assert [(f.code, f.source) for f in findings] == [
        ("CH103", "c.jsonl:44"),
        ("CH101", "c.jsonl:42"),
        ("CH102", "c.jsonl:43"),
    ]
    assert [f.severity for f in findings] == ["error", "warning", "warning"]
    assert findings[1].other_source == "c.jsonl:41"
    assert findings[1].score == 1
    assert 0.7 <= findings[2].score < 1
    assert "'thể thao' here and 'syria' there" in findings[0].message


def test_the_same_primary_topic_with_other_further_topics_is_another_label():
    """In a corpus with several topics an article, all of them count, in any order."""
    base = text("syria", 900)
    one, two = article("syria", base), article("syria", base)
    two = replace(two, topics=("syria", "thể thao"))
    assert found(corpus(*clean(), one, two)) == [("CH103", "c.jsonl:42", "c.jsonl:41")]
    assert found(corpus(*clean(), two, replace(two, topics=("thể thao", "syria")))) == [
        ("CH101", "c.jsonl:42", "c.jsonl:41")
    ]


def test_leaks_are_reported_at_the_test_article_with_its_training_copy():
    """CH201 equal, CH202 nearly equal, CH203 under another label; of two copies the one with the same label counts."""
    train = corpus(*clean(), article("thể thao", text("syria", 3)))
    test = Corpus(
        [
            replace(a, page=replace(a.page, source=f"test:{n}"))
            for n, a in enumerate(
                [
                    article("syria", text("syria", 3)),
                    article("syria", edited(text("syria", 7))),
                    article("thể thao", text("syria", 8)),
                    article("syria", text("syria", 901)),
                    article("other", ""),
                ]
            )
        ]
    )
    assert found(train, test, ignore=["CH103"]) == [
        ("CH201", "test:0", "c.jsonl:4"),
        ("CH202", "test:1", "c.jsonl:8"),
        ("CH203", "test:2", "c.jsonl:9"),
    ]


def test_an_article_without_words_is_an_error_and_a_scrap_is_named():
    """CH301 for no words at all; CH302 below a twentieth of the median, within 5 to 20 syllables."""
    pages = [Page("x", body="… ?!", source="c:1"), Page("y", body="Ảnh: Reuters", source="c:2")]
    scraps = [Article(page, "syria", ("syria",)) for page in pages]
    assert found(Corpus([*corpus(*clean()).articles, *scraps])) == [("CH301", "c:1", ""), ("CH302", "c:2", "")]
    assert tiny_below(np.array([10, 12, 9])) == 5
    assert tiny_below(np.array([200])) == 10
    assert tiny_below(np.array([9_000])) == 20
    assert tiny_below(np.array([], dtype=np.int32)) == 5


VIETNAMESE = (
    "Ngoại trưởng hai nước đã gặp nhau ở Genève để bàn về việc gia hạn hiệp ước và kiểm soát đầu đạn, theo Reuters. "
    "Cuộc gặp kéo dài ba giờ, hai bên hẹn gặp lại vào tháng tới."
)
ENGLISH = (
    "The foreign ministers of both countries met in Geneva to discuss the extension of the treaty and the control of "
    "nuclear warheads, a spokesman said. They will meet again next month."
)
FRENCH = (
    "Les ministres des affaires étrangères des deux pays se sont rencontrés à Genève pour discuter de la prolongation "
    "du traité, selon un porte-parole. Ils se reverront le mois prochain."
)
RUSSIAN = "Министры иностранных дел двух стран встретились в Женеве и обсудили продление договора."
CHINESE = "两国外长在日内瓦举行会谈，讨论延长条约以及核弹头的管控问题，发言人说他们下个月将再次会面。"


def without_accents(body):
    plain = "".join(c for c in unicodedata.normalize("NFD", body) if not unicodedata.combining(c))
    return plain.replace("đ", "d").replace("Đ", "D")


@pytest.mark.parametrize("body", [ENGLISH, FRENCH, RUSSIAN, CHINESE])
def test_another_language_is_noticed(body):
    """English, French, Russian and Chinese articles are CH303."""
    assert foreign_share(body) > 0.35
    assert [code for code, *_ in found(corpus(*clean(), replace(article("syria", ""), page=Page("x", body=body))))] == [
        "CH303"
    ]


@pytest.mark.parametrize(
    "body",
    [
        VIETNAMESE,
        VIETNAMESE.upper(),
        unicodedata.normalize("NFD", VIETNAMESE),
        without_accents(VIETNAMESE),
        VIETNAMESE + " “The treaty will be extended”, he said.",
        "NATO, AUKUS",
        "12 345 – 67,8 %",
    ],
)
def test_vietnamese_is_not_taken_for_another_language(body):
    """However typed: capitals, decomposed, without accents, with a foreign quotation; nor what is too short to tell."""
    assert foreign_share(body) is None


def test_rare_labels_and_imbalance_are_said_once_each():
    """CH401 for each label with under ten articles, CH402 for the others if they are more than ten times apart."""
    many = [article("syria", text("syria", seed)) for seed in range(150)]
    some = [article("thể thao", text("thể thao", seed)) for seed in range(12)]
    rare = [
        article("other", f"{text('thể thao', 500)} {n} lễ hội mùa xuân ở làng quê {n * 7} và {n * 11}" * 2)
        for n in range(1)
    ]
    assert found(corpus(*many, *some, *rare)) == [("CH401", "c.jsonl:163", ""), ("CH402", "c.jsonl:151", "")]
    assert found(corpus(*many[:120], *some)) == []


def test_a_single_label_is_an_error():
    """CH403: there is nothing to learn; and looking for label errors does not crash on it."""
    assert found(corpus(*(a for a in clean() if a.primary == "syria")), label_errors=True) == [
        ("CH403", "c.jsonl:1", "")
    ]


def test_a_label_spelt_in_two_ways_is_noticed():
    """CH404 at the rarer spelling: case, spaces and underscores make no label of their own."""
    odd = [article("syria", text("syria", 700 + n)) for n in range(12)]
    spelt = [replace(a, primary="Syria ", topics=("Syria ",)) for a in odd]
    assert found(corpus(*clean(), *spelt)) == [("CH404", "c.jsonl:41", "")]


def test_a_corpus_of_empty_texts_is_reported_not_crashed_on():
    """Even with nothing to learn from in any article."""
    empty = [article(label, "") for label in OWN for _ in range(12)]
    blank = Corpus([replace(a, page=Page(f"e{n}", source=f"e:{n}")) for n, a in enumerate(empty)])
    assert {code for code, *_ in found(blank, label_errors=True)} == {"CH301"}


def test_what_a_person_has_checked_is_not_reported_again():
    """The column `checked` silences the codes it names, as a list or a string, and no others."""
    base = text("syria", 900)
    for checked, codes in ((["CH101"], []), ("CH501, CH101", []), ("CH501", ["CH101"]), (None, ["CH101"])):
        pair = [article("syria", base), article("syria", base, checked=checked)]
        assert [code for code, *_ in found(corpus(*clean(), *pair))] == codes


def test_ignored_codes_are_left_out():
    """`ignore` names codes that are not wanted."""
    base = text("syria", 900)
    assert found(corpus(*clean(), article("syria", base), article("syria", base)), ignore={"CH101"}) == []


def test_findings_are_ranked_by_severity_code_and_score():
    """The worst stand first; equals stay in reading order."""
    unordered = [
        Finding("CH402", "a", "", score=20.0),
        Finding("CH501", "b", "", score=0.6),
        Finding("CH501", "c", "", score=0.9),
        Finding("CH501", "d", "", score=0.6),
        Finding("CH301", "e", ""),
    ]
    assert [f.source for f in ranked(unordered)] == ["e", "c", "b", "d", "a"]


def test_suspects_are_those_below_their_own_labels_average_and_above_anothers():
    """The worked case: averages 0.8 and 0.7; a label of the article, or one that is not judged, is never proposed."""
    probabilities = np.array([[0.9, 0.1, 0.0], [0.7, 0.3, 0.0], [0.1, 0.9, 0.0], [0.45, 0.55, 0.0], [0.95, 0.05, 0.0]])
    primary = np.array([0, 0, 1, 1, 1])
    targets = np.zeros((5, 3), dtype=bool)
    targets[np.arange(5), primary] = True
    every = np.ones(3, dtype=bool)
    result = suspects(probabilities, primary, targets, every)
    assert result.other.tolist() == [-1, -1, -1, -1, 0]
    assert result.margin.tolist() == pytest.approx([0, 0, 0, 0, 0.9])
    targets[4, 0] = True
    assert suspects(probabilities, primary, targets, every).other.tolist() == [-1] * 5
    targets[4, 0] = False
    assert suspects(probabilities, primary, targets, np.array([False, True, True])).other.tolist() == [-1] * 5


@pytest.fixture(scope="module")
def built_in():
    """100 articles of each of three labels of the built-in corpus: enough to learn from, and quick."""
    whole = read_corpus()
    chosen = [
        a
        for label in ("syria", "ukraine_talks", "other")
        for a in [b for b in whole.articles if b.primary == label][:100]
    ]
    return Corpus([replace(a, topics=() if a.primary == "other" else (a.primary,)) for a in chosen])


def test_changed_labels_are_found_and_right_ones_left_alone(built_in):
    """Of 5 % changed labels half are reported, eight of ten reports are right; with none changed 1 % is reported."""
    generator = np.random.default_rng(2)
    changed = set(generator.choice(len(built_in.articles), 15, replace=False).tolist())
    labels = built_in.labels
    noisy = Corpus(list(built_in.articles))
    for row in changed:
        label = labels[(labels.index(built_in.articles[row].primary) + 1) % 3]
        noisy.articles[row] = replace(noisy.articles[row], primary=label, topics=() if label == "other" else (label,))
    places = {a.page.source: row for row, a in enumerate(noisy.articles)}
    findings = [f for f in check(noisy) if f.code == "CH501"]
    right = sum(places[f.source] in changed for f in findings)
    assert right >= 8
    assert right >= 0.8 * len(findings)
    assert all(0.5 <= f.score <= 1 for f in findings)
    assert findings == sorted(findings, key=lambda f: -f.score)
    assert len([f for f in check(built_in) if f.code == "CH501"]) <= 3


def test_equal_seeds_give_equal_findings(built_in):
    """Nothing depends on threads or on chance."""
    small = Corpus(built_in.articles[::6])
    assert check(small, seed=5) == check(small, seed=5)


def test_labels_with_few_articles_are_neither_doubted_nor_proposed():
    """With nine articles a label is CH401, and no article of it or towards it is CH501."""
    rare = [article("thể thao", text("thể thao", seed)) for seed in range(8)] + [
        article("thể thao", text("syria", 700))
    ]
    others = [article("syria", text("syria", seed)) for seed in range(40)]
    third = [article("other", " ".join(np.random.default_rng(seed).choice(COMMON, 60))) for seed in range(40)]
    assert {f.code for f in check(corpus(*rare, *others, *third))} == {"CH401"}


def write_rows(path, articles):
    rows = ({"text": a.page.body, "title": a.page.title, "label": a.primary, **a.page.extra} for a in articles)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def test_the_command_says_where_and_what_and_how_many(chude, tmp_path):
    """Exit 0 and nothing on stdout when clean; else 1, JSON lines that name file and line, and counts on stderr."""
    train = write_rows(tmp_path / "train.jsonl", corpus(*clean()).articles)
    test = write_rows(tmp_path / "test.jsonl", corpus(*clean()).articles[:2])
    run = chude("check", train)
    assert (run.code, run.out) == (0, "")
    assert "clean, no findings" in run.err
    run = chude("check", train, "--against", test, "--no-label-errors", "--format", "jsonl")
    assert run.code == 1
    findings = run.rows
    assert [(f["code"], f["source"], f["other_source"]) for f in findings] == [
        ("CH201", f"{test}:1", f"{train}:1"),
        ("CH201", f"{test}:2", f"{train}:2"),
    ]
    assert list(findings[0]) == [
        *("code", "name", "severity", "source", "id", "title", "message", "other_source", "other_id", "score")
    ]
    assert "CH201 leak-exact: 2" in run.err
    table = chude("check", train, "--against", test, "--no-label-errors")
    assert "CH201 leak-exact" in table.out
    assert "Bài số" in table.out


def test_the_command_refuses_what_it_cannot_check(chude, tmp_path):
    """No corpus is exit 3, an unknown code exit 2; every code is in the help."""
    assert chude("check", tmp_path / "none.jsonl").code == 3
    run = chude("check", tmp_path, "--ignore", "CH999")
    assert run.code == 2
    assert run.err.count("\n") == 1
    assert "CH999" in run.err
    shown = chude("check", "--help").out
    assert all(f"{code} {rule.name}" in shown for code, rule in RULES.items())


@pytest.mark.slow
@pytest.mark.skipif(not (DATA / "vntc10_train.jsonl.xz").exists(), reason="needs ../shared/data")
def test_the_known_leak_of_vntc_is_found():
    """The field knows of about 2,530 test articles that stand word for word in train, about 120 under another label."""
    train, test = (read_corpus([DATA / f"vntc10_{part}.jsonl.xz"]) for part in ("train", "test"))
    findings = check(train, test, label_errors=False)
    exact = [f for f in findings if f.code[:3] == "CH2" and f.message.startswith("the same text")]
    assert 2_500 <= len(exact) <= 2_560
    assert 110 <= sum(f.code == "CH203" for f in exact) <= 130


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("syria", "syria\u200b"),
        ("syria", "Syria"),
        ("syria", "s\u0443ria"),
        ("biển đông", "biển_Đông"),
        ("biển đông", "biển-đông"),
    ],
)
def test_labels_that_only_look_alike_read_the_same(one, two):
    """What cannot be seen, case, hyphens, a letter of another script: no difference that a person would see."""
    assert reads_as(one) == reads_as(two)
    assert reads_as(one) != reads_as("biển đen")


@pytest.mark.parametrize(("old", "new"), [("Văn hoá", "Văn hóa"), ("Thuỷ lợi", "Thủy lợi"), ("Ðời sống", "Đời sống")])
def test_labels_in_two_spellings_of_one_word_are_noticed(old, new):
    """CH404: the tone mark in either place, Icelandic Ð for Đ."""
    one, two = (
        [article(label, text("syria", start + n)) for n in range(12)] for label, start in ((old, 100), (new, 300))
    )
    assert [code for code, *_ in found(corpus(*clean(), *one, *two))] == ["CH404"]


@pytest.mark.parametrize(
    ("code", "row"),
    [
        ("CH304", VIETNAMESE.encode().decode("cp1252", "replace").replace("\ufffd", "")),
        ("CH305", VIETNAMESE.replace("ặ", "\ufffd")),
        ("CH305", re.sub("(?<=[a-zđ])[ạặộốêềịợướậấ](?=[a-z])", "?", VIETNAMESE)),
        ("CH306", f"<p>{VIETNAMESE}</p>"),
        ("CH306", VIETNAMESE.replace(" ", "&nbsp;")),
        ("CH307", re.sub(r"(\w+) (\w+) (\w+)", r"\1_\2 \3", VIETNAMESE)),
        ("CH308", without_accents(VIETNAMESE)),
        ("CH309", VIETNAMESE.replace(" ", "\u200b ")),
        ("CH309", VIETNAMESE.replace("đ", "ð")),
    ],
)
def test_damaged_texts_are_named(tmp_path, code, row):
    """CH304 to CH309, from a row as from a page, each alone; the same text undamaged has none of them."""
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": row}), encoding="utf-8")
    (tmp_path / "a.txt").write_text(row, encoding="utf-8")
    (page,) = read_pages([tmp_path / "a.jsonl"])
    assert [found for found, _ in damages(page)] == [code]
    if code not in ("CH306", "CH309"):  # a text file has tags as they stand; pages are cleaned as they are read
        (page,) = read_pages([tmp_path / "a.txt"])
        assert [found for found, _ in damages(page)] == [code]
    assert list(damages(Page("x", body=VIETNAMESE + " Xem a_b.html?x=1, ai_do@b.example?"))) == []


def test_a_model_to_compare_with(chude, corpus_rows, small_artifact, tmp_path):
    """`chude check NEW --against MODEL`: a table or an object, a picture of months, findings in the exit code."""
    rows = [row for row in corpus_rows if row["label"] == "syria"][:24]
    dated = [
        {"text": row["text"], "title": row["title"], "date": f"2018-{number % 12 + 1:02}-03"}
        for number, row in enumerate(rows)
    ]
    new = tmp_path / "new.jsonl"
    new.write_text("".join(json.dumps(row) + "\n" for row in dated), encoding="utf-8")
    run = chude("check", new, "--against", small_artifact, "--plot", tmp_path / "p" / "months.svg")
    assert run.code == 1
    assert "expected accuracy" in run.out
    assert "shifted" in run.out
    assert "where the model learned" in run.err
    assert (tmp_path / "p" / "months.svg").read_text(encoding="utf-8").startswith("<?xml")
    (row,) = chude("check", new, "--against", small_artifact, "--format", "jsonl").rows
    assert row["topics"]["syria"]["shifted"] is True
    assert chude("check", new, "--against", small_artifact, "--against", new).code == 2
    assert chude("check", new, "--against", small_artifact, "--format", "csv").code == 2
    assert chude("check", new, "--plot", tmp_path / "x.png").code == 2


def test_a_corpus_to_compare_with(chude, corpus_rows, tmp_path):
    """`--drift`: as with a model, of the corpus that is named, which must have labels; CORPUS needs none."""
    rows = {label: [row for row in corpus_rows if row["label"] == label] for label in ("syria", "alliances")}
    known, new = tmp_path / "known.jsonl", tmp_path / "new.jsonl"
    learnt = [
        {"text": row["text"], "title": row["title"], "label": label} for label in rows for row in rows[label][:40]
    ]
    known.write_text("".join(json.dumps(row) + "\n" for row in learnt), encoding="utf-8")
    asked = [{"text": row["text"], "title": row["title"]} for row in rows["syria"][40:70]]
    new.write_text("".join(json.dumps(row) + "\n" for row in asked), encoding="utf-8")
    run = chude("check", new, "--against", known, "--drift", "--format", "jsonl")
    assert run.code == 1
    assert "training on 80 articles" in run.err
    (row,) = run.rows
    assert row["topics"]["syria"]["usual"] == 0.5
    assert row["topics"]["syria"]["shifted"] is True
    for wrong, code in ((("--drift",), 2), (("--drift", "--against", new), 3)):
        assert chude("check", new, *wrong).code == code
