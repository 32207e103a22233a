"""Pages from templates: all text is escaped, what is missing is an error, and scripts are what an engine can read."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from conftest import PROJECT
from jinja2 import UndefinedError
from lxml import html as lxml_html

from classifier.types import Page, Prediction, Reason, TopicScore
from eval.pages.html import Html, escape
from eval.pages.report import report_page
from eval.pages.template import render
from eval.pages.tour import _labelled
from eval.report.report import build_report
from eval.scores.gold import Judged

SCRIPTS = sorted((PROJECT / "eval" / "pages").glob("*.js"))
PAGE = Page(
    id="<b>", title="NATO họp về hạt nhân <script>", lead="Nga & Mỹ\u202e", body="Một.\nHai.\nHạt nhân.\nBốn hạt nhân."
)
ONE = Prediction(
    "<b>",
    "Arms <i>control</i>",
    0.62,
    (TopicScore("Arms <i>control</i>", 0.62), TopicScore("Other", 0.001)),
    reasons=(Reason("hạt nhân", 1.0), Reason("nato", -0.2), Reason("nga", 0.01)),
)


@pytest.fixture(scope="module")
def article():
    return lxml_html.fromstring(_labelled(PAGE, ONE))


def test_decisive_words_are_marked_in_the_title_and_in_all_paragraphs(article):
    found = [(one.text, one.get("class")) for one in article.xpath("//mark")]
    assert found == [
        ("NATO", "against some"),
        ("hạt nhân", "for much"),
        ("Nga", "for"),
        ("Hạt nhân", "for much"),
        ("hạt nhân", "for much"),
    ]
    assert article.xpath("//mark/@title")[0] == "against the topic, -0.20: nato"


def test_no_paragraph_is_lost_and_the_long_rest_is_folded(article):
    opening = [one.text_content() for one in article.xpath("./div/p")]
    assert opening == ["Nga & Mỹ\N{REPLACEMENT CHARACTER}", "Một.", "Hai."]
    assert [one.text_content() for one in article.xpath("./details//p")] == ["Hạt nhân.", "Bốn hạt nhân."]


def test_a_page_brings_no_markup_into_a_template(article):
    assert not article.xpath("//script | //b | //i")
    assert "<script>" in article.xpath("./h3")[0].text_content()
    assert [one.text_content().split("  ")[0] for one in article.xpath("//li/span[2]")] == ["62%", "under 1%"]


def test_a_value_that_is_not_given_is_an_error():
    with pytest.raises(UndefinedError):
        render("tour_article", lang="vi")


def test_markup_of_ours_is_put_in_as_it_stands():
    from eval.pages.template import _environment

    made = _environment().from_string("{{ ours }}{{ theirs }}")
    assert made.render(ours=Html("<b>"), theirs="<b>\x1b") == "<b>" + escape("<b>\x1b")


def test_no_page_builds_markup_outside_of_templates():
    """Where no tag stands in Python, none can be forgotten to be escaped: in pages and reports alike."""
    sources = [*(PROJECT / "eval" / "pages").glob("*.py"), *(PROJECT / "eval" / "report").glob("*.py")]
    assert [
        path.name for path in sources if re.search(r"""["']\s*</?[a-z][a-z0-9]*[ >]""", path.read_text("utf-8"))
    ] == []


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed: it reads the pages' scripts")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_pages_script_is_sound(script):
    assert SCRIPTS
    ran = subprocess.run(["node", "--check", script], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("baselines", [{}, {"largest class": ["a", "a", "a"]}])
def test_a_report_without_baselines_has_no_column_for_them(baselines):
    judged = Judged(ids=["1", "2", "3"], gold=["a", "b", "a"], predicted=["a", "a", "a"])
    page = report_page(build_report(judged, baselines=baselines, meta={}, replicates=50), {})
    assert ("model ahead by" in page) == ("beside trivial ways" in page) == bool(baselines)
