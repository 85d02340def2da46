import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.quota import Quota, shares
from generate.rejection import Rejection
from generate.strategies import Draft, Question, Unit

FAULT = Rejection("bad")


def quota(wanted: int | None, units: int = 10, samples: int = 1) -> Quota:
    return Quota(Question(), wanted, [Unit(name=str(number)) for number in range(units)], samples=samples)


def names(units: list[Unit]) -> list[tuple[str, int]]:
    return [(unit.name, unit.sample) for unit in units]


def due(of: Quota) -> list[Unit]:
    return of.due(lambda _: False)


def test_without_a_number_all_units_are_given_out_once() -> None:
    part = quota(None)
    assert len(due(part)) == 10
    assert due(part) == []


def test_the_first_round_takes_as_many_as_are_wanted() -> None:
    assert names(due(quota(3))) == [("0", 0), ("1", 0), ("2", 0)]


def test_the_next_round_takes_more_where_much_was_rejected() -> None:
    part = quota(40, units=400)
    for number, _ in enumerate(due(part)):
        part.asked += 1
        part.judge(Draft(fault=FAULT if number % 4 else None), None)
    assert len(due(part)) == 112  # thirty are missing, and one in four is accepted


def test_what_gave_nothing_at_first_is_asked_about_more_and_more() -> None:
    part, rounds = quota(4, units=1000), []
    for _ in range(4):
        given = due(part)
        rounds.append(len(given))
        part.asked += len(given)
    assert rounds == [4, 20, 100, 200]


def test_sections_are_asked_about_again_only_when_all_were() -> None:
    part = quota(30, units=10, samples=3)
    assert names(due(part)) == [(str(number), 0) for number in range(10)]
    assert names(due(part)) == [(str(number), 1) for number in range(10)]
    assert len(due(part)) == 10
    assert due(part) == []


def test_no_unit_is_no_round() -> None:
    assert due(quota(5, units=0)) == []


def test_full_documents_are_passed_over() -> None:
    assert names(quota(3).due(lambda unit: unit.name in "0123")) == [("4", 0), ("5", 0), ("6", 0)]


def test_where_only_full_documents_are_left_the_others_are_asked_about_again() -> None:
    part = quota(2, units=4, samples=2)
    due(part)
    part.asked, part.accepted = 2, 1
    assert names(part.due(lambda unit: unit.name != "0")) == [("0", 1)]


def test_what_comes_after_the_last_one_wanted_is_surplus() -> None:
    part = quota(1)
    assert part.judge(Draft(), None).fault is None
    late = part.judge(Draft(), None)
    assert late.fault is not None
    assert (late.fault.reason, part.accepted, dict(part.rejected)) == ("surplus", 1, {"surplus": 1})


def test_a_fault_of_its_own_goes_before_a_repetition() -> None:
    part = quota(2)
    assert part.judge(Draft(fault=FAULT), Rejection("repeated_question")).fault == FAULT
    assert part.judge(Draft(), Rejection("repeated_question")).fault == Rejection("repeated_question")
    assert part.accepted == 0


@pytest.mark.parametrize(
    ("weights", "wanted", "parts"),
    [((1, 1), 5, [3, 2]), ((3, 1), 8, [6, 2]), ((1, 1, 1), 2, [1, 1, 0]), ((0.2, 0.5), 7, [2, 5])],
)
def test_examples_are_divided_by_weight(weights: tuple[float, ...], wanted: int, parts: list[int]) -> None:
    assert shares([Question(share=weight) for weight in weights], wanted) == parts


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=8), st.integers(1, 10_000))
def test_the_parts_make_up_the_whole_and_none_is_off_by_one(weights: list[float], wanted: int) -> None:
    parts = shares([Question(share=weight) for weight in weights], wanted)
    assert sum(part or 0 for part in parts) == wanted
    for part, weight in zip(parts, weights, strict=True):
        assert abs((part or 0) - wanted * weight / sum(weights)) < 1 + 1e-6
