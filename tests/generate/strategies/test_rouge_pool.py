import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer  # type: ignore[import-untyped]  # it ships no types

from generate.strategies.rouge_pool import RougePool
from schemas.rouge import rouge_l

ORACLE = RougeScorer(["rougeL"], use_stemmer=False)
WORDS = st.lists(st.sampled_from(["a", "b", "c", "the", "The", "of,", "über", "1.5"]), max_size=12).map(" ".join)


def oracle(one: str, other: str) -> float:
    score: float = ORACLE.score(one, other)["rougeL"].fmeasure
    return score


@given(st.text(), st.text())
def test_any_texts_have_the_values_of_rouge_score(one: str, other: str) -> None:
    assert rouge_l(one, other) == oracle(one, other)


@given(WORDS, WORDS)
def test_texts_with_words_in_common_have_the_values_of_rouge_score(one: str, other: str) -> None:
    assert rouge_l(one, other) == oracle(one, other)


@given(st.lists(WORDS, max_size=8), WORDS, st.sampled_from([0.3, 0.5, 0.6, 2 / 3, 0.7, 0.75, 0.8, 1.0]))
def test_the_decision_and_the_nearest_are_those_of_comparing_with_each(
    kept: list[str], text: str, threshold: float
) -> None:
    pool = RougePool(threshold)
    for each in kept:
        pool.add(each)
    scores = [oracle(each, text) for each in kept]
    best = max(scores, default=0.0)
    near = pool.nearest(text)
    if best <= threshold:
        assert near is None
    else:
        assert near is not None
        assert (near.score, near.text) == (best, kept[scores.index(best)])


def test_hundreds_of_texts_are_judged_one_after_the_other_as_rouge_score_would() -> None:
    chance, known = (
        random.Random(7),
        ["show", "list", "the", "steps", "for", "a", "new", "badge", "and", "to", "3", "12"],
    )
    texts: list[str] = []
    for _ in range(400):
        words = chance.choices(known, k=9)
        texts.append(" ".join(words[: chance.randint(3, 9)]))
    pool = RougePool(0.7)
    kept: list[str] = []
    for text in texts:
        too_near = any(rouge_l(each, text) > 0.7 for each in kept)
        assert (pool.nearest(text) is not None) == too_near
        if not too_near:
            pool.add(text)
            kept.append(text)
    assert len(pool) == len(kept) > 20


# 7 of 10 words in common is 0.7 as an idea, but what counts is what floats make of it, and that it is not above.
@pytest.mark.parametrize(("same", "of"), [(7, 10), (14, 20), (21, 30), (70, 100)])
def test_exactly_the_threshold_is_decided_as_floats_have_it(same: int, of: int) -> None:
    one = [f"w{number}" for number in range(of)]
    other = one[:same] + [f"x{number}" for number in range(of - same)]
    pool = RougePool(0.7)
    pool.add(" ".join(one))
    assert (pool.nearest(" ".join(other)) is not None) == (oracle(" ".join(one), " ".join(other)) > 0.7)


@pytest.mark.parametrize("text", ["", "...", "電池はどのくらい", "a"], ids=["empty", "signs", "no token", "one word"])
def test_what_has_little_to_compare_is_near_to_nothing_else(text: str) -> None:
    pool = RougePool(0.7)
    pool.add(text)
    pool.add("quite another text")
    assert pool.nearest("Which badge do visitors wear?") is None
    assert (pool.nearest(text) is not None) == (text == "a")


def test_a_text_longer_than_a_machine_word_has_bits_is_compared_whole() -> None:
    long = " ".join(f"w{number % 90}" for number in range(300))
    pool = RougePool(0.7)
    pool.add(long)
    near = pool.nearest(long + " more")
    assert near is not None
    assert near.score == oracle(long, long + " more")
