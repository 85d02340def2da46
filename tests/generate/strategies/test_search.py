import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.grounding import content_stems
from generate.strategies.search import Index

PASSAGES = [
    "The gateway restarts when the button is held for ten seconds.",
    "The battery of the sensor lasts a year.",
    "Claims for travel are paid within ten days.",
    "A flat battery is swapped in the workshop, and the sensor is calibrated there.",
]


def places(question: str, most: int = 3) -> list[int]:
    return [hit.place for hit in Index(PASSAGES).search(question, most)]


def test_the_passage_about_the_question_comes_first() -> None:
    assert places("How long does the sensor's battery last?")[0] == 1
    assert places("How is the gateway restarted?") == [0]


def test_word_endings_do_not_matter() -> None:
    assert places("restarting gateways") == places("restart gateway") == [0]


def test_what_shares_no_word_is_not_found() -> None:
    assert places("How do I bake bread?") == []
    assert places("") == []
    assert places("what is it about") == []  # stop words alone


def test_no_more_are_given_than_asked_for() -> None:
    assert len(places("battery sensor travel gateway", most=2)) == 2


def test_the_share_is_what_the_passage_has_of_the_question() -> None:
    [hit] = Index(["alpha", "beta"]).search("alpha gamma", 1)
    # Of 2 passages 1 has alpha and none gamma: idf ln(1 + 1.5/1.5) and ln(1 + 2.5/0.5).
    assert hit.share == pytest.approx(math.log(2) / (math.log(2) + math.log(6)))
    [hit] = Index(["alpha", "beta"]).search("alpha", 1)
    assert hit.share == 1.0


def test_the_score_is_bm25() -> None:
    [hit] = Index(["alpha alpha", "beta beta"]).search("alpha", 1)  # both of the usual length
    assert hit.score == pytest.approx(math.log(2) * 2 * 2.2 / (2 + 1.2))


def test_of_equal_passages_the_first_comes_first() -> None:
    assert [hit.place for hit in Index(["same words", "same words", "other"]).search("same words", 3)] == [0, 1]


def test_no_passages_hold_nothing() -> None:
    assert Index([]).search("anything", 3) == []
    assert Index(["", "of the"]).search("anything", 3) == []


def kin(texts: list[str], place: int, groups: list[int], *, least: int = 2, most_common: int = 2) -> int | None:
    found = Index(texts).kin(place, groups=np.asarray(groups), most_common=most_common, least=least)
    return None if found is None else found.place


def test_kin_stand_in_another_document_and_share_rare_words() -> None:
    texts = ["amber beacon cedar", "amber beacon delta", "amber beacon ember", "falcon"]
    assert kin(texts, 0, [0, 0, 1, 1], most_common=3) == 2
    assert kin(texts, 3, [0, 0, 1, 1], most_common=3) is None
    assert kin(texts, 0, [0, 0, 0, 0], most_common=3) is None  # one document
    assert kin(texts, 0, [0, 0, 1, 1], most_common=2) is None  # in three of four passages: not rare


def test_too_few_shared_words_make_no_kin() -> None:
    texts = ["amber beacon cedar", "amber delta"]
    assert kin(texts, 0, [0, 1], least=1) == 1
    assert kin(texts, 0, [0, 1], least=2) is None


def test_the_cosine_of_the_same_words_is_one() -> None:
    found = Index(["amber beacon", "beacon amber", "cedar"]).kin(0, groups=np.arange(3), most_common=2, least=1)
    assert found is not None
    assert found.share == pytest.approx(1.0)


@given(st.lists(st.text(alphabet="abc de\n", max_size=40), max_size=6), st.text(alphabet="abc de", max_size=20))
def test_exactly_those_are_found_that_share_a_stem(texts: list[str], question: str) -> None:
    hits = Index(texts).search(question, len(texts))
    stems = content_stems(question)
    assert sorted(hit.place for hit in hits) == [
        place for place, text in enumerate(texts) if stems & content_stems(text)
    ]
    assert all(0 < hit.share <= 1 + 1e-9 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
