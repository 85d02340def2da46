import pytest

from curate.embedding.sameness import number_hashes, same, stem

LONG = (
    "travel costs are paid back within two weeks once the form is complete and signed by the lead of your own team "
    "and sent to the office in town"
)


@pytest.mark.parametrize(
    ("left", "right", "guard"),
    [
        ("what is the capital of france", "what is the capital of spain", "words"),
        ("what is the capital of france", "tell me the capital of france", ""),
        ("name five organs", "name 5 organs", ""),
        ("name five organs", "name six organs", "numbers"),
        ("convert 4km to miles", "convert 4 km into miles", ""),
        ("which foods are healthy", "which foods are not healthy", "negation"),
        ("convert dollars to euros", "convert euros to dollars", "order"),
        ("compare cats and dogs", "compare dogs and cats", ""),
        ("calculate the area of the square", "find the areas of squares", ""),
        ("describe paris", "describe the old paris", ""),
        ("describe paris", "describe the streets people and food of paris", "words"),
        ("who founded it", "when was it founded", "words"),
        ("", "", ""),
        ("", "x", ""),
        (LONG, LONG.replace("town", "city"), ""),
        (LONG, LONG.replace("two", "three"), "numbers"),
        (LONG, LONG.replace("is complete", "is not complete"), "negation"),
        (LONG, " ".join(f"word{sign}" for sign in "abcdefghijklmnopqrstuvwxyzabcd") + " two", "words"),
    ],
)
def test_the_words_that_differ_decide(left: str, right: str, guard: str) -> None:
    assert same(left, right) == guard
    assert same(right, left) == guard


@pytest.mark.parametrize(
    ("left", "right", "guard"),
    [
        (f"why\n{LONG}", f"why\n{LONG} 7", ""),  # a long answer may lack a number
        (f"why 7\n{LONG}", f"why\n{LONG}", "numbers"),
        (f"can i\nyes {LONG}", f"can i\nno {LONG}", "negation"),
        (f"can i\n{LONG} but not on mondays", f"can i\n{LONG}", ""),
        ("capital\nparis", "capital\nrome", "words"),
    ],
    ids=["number in the answer", "number in the question", "yes and no", "a later no", "short answers"],
)
def test_each_side_is_held_to_its_own_rules(left: str, right: str, guard: str) -> None:
    assert same(left, right) == guard


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("quantities", "quantity"),
        ("running", "run"),
        ("increased", "increas"),
        ("increase", "increas"),
        ("glass", "glass"),
        ("is", "is"),
        ("calculating", "find"),
        ("newest", "latest"),
    ],
)
def test_endings_and_words_that_ask_the_same_go(word: str, expected: str) -> None:
    assert stem(word) == expected


def test_numbers_are_hashed_without_order_and_of_the_first_side_only() -> None:
    hashes = number_hashes(["2 and 3\n4", "three or two\n5", "2\n3", ""])
    assert hashes[0] == hashes[1] != hashes[2] != hashes[3]
