"""What outgrows its time or the memory is left out by itself, and the work beside it goes on."""

from __future__ import annotations

import re
import signal
import threading

import pytest

from classifier import budget
from classifier.reading import read_pages
from classifier.reading.tables import tables
from classifier.types import Page, Skipped

PAGES = [Page(id=name, body=f"Chợ {name} họp sớm.", source=f"{name}.txt") for name in "abcd"]


def spin():
    while True:
        pass


def test_an_endless_search_is_ended_even_inside_a_regular_expression(monkeypatch):
    monkeypatch.setattr(budget, "SECONDS", 1)
    with budget.watched():
        with pytest.raises(budget.OverBudget), budget.limited():
            re.match(r"(a+)+$", "a" * 60 + "b")
        with pytest.raises(budget.OverBudget), budget.limited(100):
            spin()
    assert not isinstance(signal.getsignal(signal.SIGVTALRM), budget.Watch)


def test_what_catches_the_end_of_its_time_is_told_again(monkeypatch):
    monkeypatch.setattr(budget, "SECONDS", 1)
    caught = []

    def deaf():
        while True:
            try:
                spin()
            except budget.OverBudget:
                caught.append(1)
                if len(caught) == 2:
                    raise

    with budget.watched(), pytest.raises(budget.OverBudget), budget.limited():
        deaf()


def test_the_time_grows_with_the_size_and_nothing_is_limited_outside_a_block():
    with budget.watched():
        watch = signal.getsignal(signal.SIGVTALRM)
        watch(0, None)  # a second goes by: nobody's
        with budget.limited(20 * budget.CHARACTERS_A_SECOND):
            assert watch.left == budget.SECONDS + 20
        assert watch.left is None
    assert signal.getsignal(signal.SIGVTALRM) is not watch


def test_another_thread_is_neither_limited_nor_ends_the_main_one(monkeypatch):
    monkeypatch.setattr(budget, "SECONDS", 1)
    found = []

    def work():
        with budget.limited():
            found.append(sum(range(1000)))

    with budget.watched():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert found == [499_500]


@pytest.mark.parametrize("error", [MemoryError, budget.OverBudget])
def test_a_page_that_fails_alone_is_named_and_the_others_keep_their_places(error):
    def work(pages):
        if any(page.id == "c" for page in pages):
            raise error
        return [page.id for page in pages]

    a, b, c, d = budget.each_or_alone(work, PAGES)
    assert (a, b, d) == ("a", "b", "d")
    assert isinstance(c, Skipped)
    assert c.source == "c.txt"
    assert ("memory" in c.reason) == (error is MemoryError)


@pytest.mark.parametrize("error", [MemoryError, budget.OverBudget])
def test_a_row_and_a_file_that_memory_or_time_runs_out_for_are_named(tmp_path, monkeypatch, error):
    def page_from_row(row, *rest, **more):
        if row["text"].startswith("Hai"):
            raise error
        return real(row, *rest, **more)

    real = tables.page_from_row
    monkeypatch.setattr(tables, "page_from_row", page_from_row)
    monkeypatch.setattr(
        "classifier.reading.one_page.parse_saved_page", lambda *_args, **_options: page_from_row({"text": "Hai"})
    )
    (tmp_path / "a.jsonl").write_text('{"text": "Một thuyền"}\n{"text": "Hai thuyền"}\n{"text": "Ba thuyền"}\n')
    (tmp_path / "b.txt").write_text("Bốn thuyền.\n")
    (tmp_path / "c.csv").write_text("text\nNăm thuyền\n")
    skipped: list[Skipped] = []
    pages = list(read_pages([tmp_path], on_skip=skipped.append))
    assert [page.id for page in pages] == ["a.jsonl:1", "a.jsonl:3", "c.csv:2"]
    assert [one.source for one in skipped] == [f"{tmp_path}/a.jsonl:2", f"{tmp_path}/b.txt"]
