"""Guards the desk at work: what is shown next, what the model learns from, what is taken back."""

from __future__ import annotations

import numpy as np
import pytest
from patience import settle

from classifier.desk.store import OTHER_NUMBER, Decision, labelled_rows
from classifier.errors import UsageError
from classifier.types import Page
from training.desk import view
from training.desk.session import Session, Wanted

pytest_plugins = ("analyst",)


def label(session, answer, count, wanted=None):
    """An analyst labels so many articles; the queue each came from."""
    queues = []
    for _ in range(count):
        number, queue = session.next(wanted or Wanted())
        session.decide(number, "label", answer(number), queue=queue)
        queues.append(queue)
        settle(session)
    return queues


def test_words_have_the_first_word(session, answer):
    """The first article has a guess already, and most guesses are right."""
    assert session.speaker == "words"
    number, queue = session.next(Wanted())
    assert queue == "uncertain"
    assert sum(session.shares(number).values()) == pytest.approx(1, abs=1e-5)
    best = [next(iter(session.shares(one))) for one in session.features.numbers.tolist()]
    gold = [(answer(one) or (OTHER_NUMBER,))[0] for one in session.features.numbers.tolist()]
    assert np.mean(np.array(best) == gold) > 0.7


def test_each_fifth_is_drawn_and_the_estimate_stands_on_these(session, answer):
    """The model learns from all, the estimate judges the draw alone; the curve is kept."""
    queues = label(session, answer, 60)
    assert queues[4::5] == ["random"] * 12
    assert set(queues) == {"uncertain", "random"}
    drawn = session.labels().sample.sum()
    assert 10 <= session.estimate.judged <= drawn
    assert (session.labels().guessed[session.labels().sample] >= OTHER_NUMBER).all()
    assert session.estimate.labels == 60
    assert session.estimate.accuracy.low < session.estimate.accuracy.value <= session.estimate.accuracy.high
    assert session.desk.estimates()[-1]["labels"] == 60
    assert session.estimate.gain is not None


def test_the_draw_is_a_beginning_of_one_order(session, answer):
    """Whoever chose an article, it belongs to the sample once the draw has come so far, and not before."""
    first, second, third = (int(session.features.numbers[row]) for row in session.draw[:3])
    session.decide(second, "label", answer(second), queue="uncertain")
    assert session.labels().sample.sum() == 0
    session.decide(first, "label", answer(first), queue="random")
    assert session.labels().sample.sum() == 1
    session.decide(third, "label", answer(third), queue="random")
    assert session.labels().sample.sum() == 3


def test_the_same_seed_draws_the_same_when_articles_come(desk, features, session):
    """The order of those that were there stays."""
    before = [int(features.numbers[row]) for row in session.draw]
    desk.add([Page("new", "Tàu cá số một ra khơi từ sáng sớm ở vùng biển phía nam")])
    from training.desk.features import features_of

    there = list(desk.pages())
    again = Session(desk, features_of([number for number, _ in there], [page for _, page in there]))
    after = [int(again.features.numbers[row]) for row in again.draw]
    again.close()
    assert [number for number in after if number in set(before)] == before


def test_nothing_decided_is_shown_again(session, answer):
    """Whatever was decided; undo gives it back."""
    seen = set()
    for kind in ("label", "skip", "unsure", "label"):
        number, queue = session.next(Wanted())
        assert number not in seen
        seen.add(number)
        session.decide(number, kind, answer(number) if kind == "label" else (), queue=queue)
    (taken,) = session.undo()
    assert taken.article == number
    assert session.next(Wanted())[0] == number


def test_near_duplicates_are_shown_once(tmp_path):
    """A label of one closes all."""
    from classifier.desk.schema import desk_file
    from classifier.desk.store import Desk
    from training.desk.features import features_of

    body = " ".join(f"việc{n} người{n * 3}" for n in range(120))
    with desk_file(tmp_path / "d.db") as connection:
        made = Desk(connection)
        made.add([Page("a", "Một", body=body), Page("b", "Một", body=body + " thêm"), Page("c", "Gạo lên giá ở chợ")])
        there = list(made.pages())
        session = Session(made, features_of([number for number, _ in there], [page for _, page in there]))
        shown = []
        while (found := session.next(Wanted()))[0]:
            shown.append(found[0])
            session.decide(found[0], "skip", queue=found[1])
        session.close()
    assert sorted(shown) == [1, 3]


def test_queues_show_what_they_say(session, answer):
    """Rare: of the topic with the fewest labels; search: with all words; cluster: its articles; an unknown: none."""
    label(session, answer, 20)
    counts = session.labels().counts()
    rare = min((1, 2), key=lambda topic: (counts.get(topic, 0), topic))
    number, _ = session.next(Wanted("rare"))
    assert next(iter(session.shares(number))) == rare
    found = [session.features.numbers[row] for row in session.rows_of(Wanted("search", "Damascus Assad"))]
    pages = dict(session.desk.pages(int(one) for one in found))
    assert found
    assert all("assad" in page.text.lower() and "damascus" in page.text.lower() for page in pages.values())
    assert session.next(Wanted("search", "xyzzy")) == (0, "search")
    assert session.next(Wanted("cluster", cluster=0))[0] == 0
    settle(session)
    number, _ = session.next(Wanted("cluster", cluster=0))
    assert session.features.row_of[number] in session.clusters[0].rows
    assert session.next(Wanted("cluster", cluster=99))[0] == 0


def test_a_wrong_label_is_doubted_and_once_confirmed_no_more(session, answer):
    """And a confirmed one is known as checked in the corpus."""
    label(session, answer, 60)
    wrong = next(one.article for one in session.standing.values() if one.topics == (2,))
    session.decide(wrong, "label", (1,), queue="again")
    session.next(Wanted("doubt"))
    settle(session)
    shown = [int(session.features.numbers[row]) for row in session.rows_of(Wanted("doubt"))]
    assert wrong in shown[:5]
    assert view.article(session, wrong, "doubt")["doubt"] == 2
    session.decide(wrong, "label", (1,), queue="doubt")
    assert wrong not in [int(session.features.numbers[row]) for row in session.rows_of(Wanted("doubt"))]
    assert sum("checked" in row for row in labelled_rows(session.desk)) == 1


def test_many_are_accepted_after_a_look_and_undone_as_one(session, answer):
    """Ten at random of exactly what is accepted; a ticket is good once; what was accepted so judges nothing."""
    label(session, answer, 20)
    look = session.look(Wanted("search", "Syria"), 0.4, 2)
    assert len(look.shown) == 10
    assert set(look.shown) <= set(look.rows)
    assert set(look.topics) == {2}
    with pytest.raises(UsageError, match="have not been looked at"):
        session.accept("another")
    look = session.look(Wanted("search", "Syria"), 0.4, 2)
    assert session.accept(look.ticket) == len(look.rows)
    with pytest.raises(UsageError, match="have not been looked at"):
        session.accept(look.ticket)
    assert len(session.standing) == 20 + len(look.rows)
    labels = session.labels()
    assert not labels.sample[np.isin(labels.rows, look.rows)].any()
    drawn = set(session.rows_of(Wanted("random")))
    assert set(look.rows) <= drawn
    assert len(session.undo()) == len(look.rows)
    assert len(session.standing) == 20
    with pytest.raises(UsageError, match="none is as likely"):
        session.look(Wanted("search", "xyzzy"), 0.4)
    with pytest.raises(UsageError, match="nothing to accept"):
        session.look(Wanted("uncertain"), 0.4)


def test_topics_come_and_go_and_no_label_is_lost(session, answer):
    """Added, renamed, merged: the model follows, and the corpus has the names of today."""
    label(session, answer, 20)
    new = session.desk.add_topic("Đàm phán", words=("đàm phán",))
    session.reload()
    settle(session)
    assert new.topic in session.learned.opinion.columns
    session.desk.merge_topic(2, new.topic)
    session.desk.change_topic(new.topic, name="Syria và đàm phán")
    session.reload()
    settle(session)
    assert len(list(labelled_rows(session.desk))) == 20
    assert {row["label"] for row in labelled_rows(session.desk)} <= {"Vũ khí", "Syria và đàm phán", "other"}
    assert 2 not in session.learned.opinion.columns


def test_a_model_that_is_named_has_the_first_word(desk, features, small_model):
    """Its topics' probabilities stand where words would."""
    from training.desk.serve import told_by

    desk.change_topic(1, name="arms_control", words=())
    desk.change_topic(2, name="syria", words=())
    told = told_by(small_model, [page for _, page in desk.pages()])
    session = Session(desk, features, told)
    settle(session)
    assert session.speaker == "model"
    best = [next(iter(session.shares(one))) for one in features.numbers.tolist()]
    assert np.mean(np.array(best) == np.repeat([1, 2, 0], len(best) // 3)) > 0.7
    session.close()


def test_every_decision_keeps_what_the_model_thought(session, answer):
    """Which model, and how likely each topic was."""
    label(session, answer, 3)
    kept: list[Decision] = session.desk.decisions()
    assert kept[0].model == "words"
    assert kept[2].model == "2 labels + words"
    assert sum(kept[2].opinion.values()) == pytest.approx(1, abs=0.001)


def test_a_list_is_filtered(session, answer):
    """By kind, topic, text; the newest first."""
    label(session, answer, 10)
    number, _ = session.next(Wanted())
    session.decide(number, "unsure", note="xem lại sau")
    assert view.listed(session)["rows"][0]["article"] == number
    assert [row["article"] for row in view.listed(session, kind="unsure")["rows"]] == [number]
    assert [row["article"] for row in view.listed(session, text="XEM LẠI")["rows"]] == [number]
    ours = view.listed(session, topic=2)
    assert ours["count"] == session.labels().counts().get(2, 0)
