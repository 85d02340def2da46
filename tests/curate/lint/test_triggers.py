import pytest

from curate.lint.triggers import automaton


def test_states_with_bits_stand_last() -> None:
    tables = automaton({"she": 1, "he": 2, "hers": 4})
    assert tables.found.tolist() == sorted(tables.found.tolist(), key=bool)
    # s, sh, he: one state for each beginning of a literal, and the first one.
    assert len(tables.found) == len({"", "s", "sh", "she", "h", "he", "her", "hers"})


def test_what_ends_within_another_literal_is_found_too() -> None:
    assert 1 | 2 in automaton({"she": 1, "he": 2}).found.tolist()


def test_more_literals_than_16_bits_can_number_are_refused() -> None:
    with pytest.raises(ValueError, match="too many"):
        automaton({f"{number:05}": 1 for number in range(40_000)})
