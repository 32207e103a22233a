"""A desk with articles of two subjects and some of neither, in the project's own words."""

from __future__ import annotations

import pytest
from patience import settle

from classifier.desk.schema import desk_file
from classifier.desk.store import Desk
from classifier.types import OTHER
from training.corpus import read_corpus
from training.desk.features import features_of
from training.desk.session import Session

LABELS = ("arms_control", "syria", OTHER)
EACH = 60


@pytest.fixture(scope="session")
def gold():
    """Articles of the built-in corpus of three labels, as (page, label)."""
    found = []
    for label in LABELS:
        found += [(one.page, label) for one in read_corpus().articles if one.primary == label][:EACH]
    return found


@pytest.fixture
def desk(tmp_path, gold):
    """A desk's file with these articles and two topics, open."""
    with desk_file(tmp_path / "desk.db") as connection:
        made = Desk(connection)
        made.keep_fact("seed", "7")
        made.add([page for page, _ in gold])
        made.add_topic("Vũ khí", words=("hiệp ước", "hạt nhân"))
        made.add_topic("Syria", words=("Syria", "Damascus"))
        yield made


@pytest.fixture(scope="session")
def features(gold, tmp_path_factory):
    """The features of these articles, numbered as a desk numbers them."""
    with desk_file(tmp_path_factory.mktemp("features") / "desk.db") as connection:
        made = Desk(connection)
        made.add([page for page, _ in gold])
        there = list(made.pages())
    return features_of([number for number, _ in there], [page for _, page in there])


@pytest.fixture
def session(desk, features):
    """The desk at work, its first model fitted."""
    made = Session(desk, features)
    settle(made)
    yield made
    made.close()


@pytest.fixture
def answer(desk, gold):
    """What an analyst says of an article: its topics' numbers."""
    number_of = {"arms_control": (1,), "syria": (2,), OTHER: ()}
    said = {desk.number_of(page): number_of[label] for page, label in gold}
    return said.__getitem__
