import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.lint.triggers import automaton, scan

# Few signs, so that literals overlap, end in one another and are met often.
few = st.text(alphabet="abAB ß“", max_size=12)
literals = st.dictionaries(st.text(alphabet="abß“", min_size=1, max_size=4), st.integers(1, 2**63), max_size=8)


def fold(text: str) -> bytes:
    return text.encode().lower()


def found_in(text: str, wanted: dict[str, int]) -> int:
    """Look for each literal by itself."""
    bits = 0
    for literal, mine in wanted.items():
        if fold(literal) in fold(text):
            bits |= mine
    return bits


# The first call compiles.
@settings(deadline=None)
@given(st.lists(few | st.text(max_size=30), max_size=6), literals)
def test_the_walk_finds_what_a_search_for_each_literal_finds(texts: list[str], wanted: dict[str, int]) -> None:
    column = pa.array(texts, type=pa.string())
    assert scan(column, automaton(wanted)).tolist() == [found_in(text, wanted) for text in texts]


def test_no_text_and_no_literal_give_no_bits() -> None:
    assert scan(pa.array([], type=pa.string()), automaton({"a": 1})).tolist() == []
    assert scan(pa.array(["", "abc"]), automaton({})).tolist() == [0, 0]


def test_a_literal_does_not_reach_over_two_rows() -> None:
    assert scan(pa.array(["ab", "cd"]), automaton({"bc": 1, "cd": 2})).tolist() == [0, 2]


def test_a_slice_of_a_column_is_read_from_its_own_start() -> None:
    column = pa.array(["see", "json", "x\0json"])
    assert scan(column.slice(1, 1), automaton({"json": 4, "see": 1})).tolist() == [4]
    assert scan(column.slice(2), automaton({"json": 4})).tolist() == [4]
