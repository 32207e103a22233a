"""What Python users hand over: what is taken, and the right call where it is a slip."""

from __future__ import annotations

import math

import pytest

from classifier import cluster_headlines, load, segment
from classifier.errors import UnreadableError, UsageError
from classifier.types import Headline, Page

TEXT = "Lực lượng chính phủ Syria tiến vào Aleppo"


@pytest.fixture(scope="module")
def model():
    """The default model, which is loaded where none is named."""
    return load()


def test_texts_dicts_and_pages_get_the_same_labels(model):
    """A text by itself, a dict with a text, and a page; ids are the given ones or places in the list."""
    found = model.predict([TEXT, {"text": TEXT}, {"id": "x", "title": "", "text": TEXT}, Page("y", body=TEXT)])
    assert [one.id for one in found] == ["0", "1", "x", "y"]
    assert len({(one.topic, one.probability) for one in found}) == 1
    assert model.explain(TEXT) == model.explain(Page("y", body=TEXT))


def test_titles_and_leads_of_dicts_count(model):
    """A dict is read as a row of a table is."""
    row = {"title": "Syria", "text": f"{TEXT}\nHai bên giao tranh ác liệt."}
    page = Page("0", title="Syria", lead=TEXT, body="Hai bên giao tranh ác liệt.")
    assert model.predict([row]) == model.predict([page])


@pytest.mark.parametrize("blank", ["", "  ", {"text": None}, {"text": ""}])
def test_blank_texts_keep_their_place(model, blank):
    """A prediction for each item, as the list has them."""
    assert [one.id for one in model.predict([blank, TEXT])] == ["0", "1"]


@pytest.mark.parametrize("one", [TEXT, {"text": TEXT}, Page("x", body=TEXT), TEXT.encode()])
def test_one_page_without_a_list_is_told_the_right_call(model, one):
    """Its letters or keys would be labelled instead."""
    with pytest.raises(TypeError, match=r"predict\(\[page\]\)"):
        model.predict(one)


@pytest.mark.parametrize("call", [segment, cluster_headlines])
def test_one_text_without_a_list_is_told_the_right_call(call):
    """So for segmenting and clustering."""
    with pytest.raises(TypeError, match=rf"{call.__name__}\(\[(text|headline)\]\)"):
        call(TEXT)


@pytest.mark.parametrize("wrong", [None, math.nan, 3, ["x"]])
def test_items_that_are_no_text_are_named_by_their_place(model, wrong):
    """pandas gives None and NaN for what is missing."""
    for call in (segment, cluster_headlines, model.predict):
        with pytest.raises(TypeError, match="item 1 is"):
            call([TEXT, wrong])


def test_a_table_is_no_list_of_texts(model):
    """Going through a DataFrame gives the names of its columns."""
    pandas = pytest.importorskip("pandas")
    for call in (segment, cluster_headlines, model.predict):
        with pytest.raises(TypeError, match="table"):
            call(pandas.DataFrame({"text": [TEXT]}))
    assert len(model.predict(pandas.DataFrame({"text": [TEXT]})["text"])) == 1


def test_headlines_of_both_kinds_are_clustered_together():
    """Texts and `Headline`s."""
    (cluster,) = cluster_headlines(["Bão vào bờ", Headline("Bão vào bờ")])
    assert cluster.size == 1


@pytest.mark.parametrize("threshold", [2, -0.1, math.nan])
def test_a_threshold_is_a_probability(model, threshold):
    """Others are refused."""
    with pytest.raises(UsageError, match="threshold"):
        model.predict([TEXT], threshold=threshold)


def test_an_object_where_the_text_belongs_is_refused(model):
    """It is not turned into letters."""
    with pytest.raises(UnreadableError, match="item 0"):
        model.predict([{"text": {"vi": TEXT}}])
