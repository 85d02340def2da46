import pytest

from curate.overlap import fuzzy_overlap, run_overlap

PROMPT = "explain in a few words why the sea looks blue on a clear day and grey on a dull one"


def row(text: str) -> memoryview:
    return memoryview(text.encode())


def test_the_longest_run_is_given_with_its_share() -> None:
    text = "so please explain in a few words why the sea looks blue at noon"
    found = run_overlap(PROMPT, row(text), text.index("explain"), 8)
    assert found == (10 / 20, "explain in a few words why the sea looks blue")


def test_a_run_that_is_too_short_after_all_is_none() -> None:
    assert run_overlap(PROMPT, row("explain in a few words"), 0, 8) is None


def test_a_run_of_one_word_over_and_over_is_none() -> None:
    assert run_overlap("ha " * 20, row("ha " * 15), 0, 13) is None
    assert run_overlap("ha " * 20, row("ha " * 30), 0, 13) == (1.0, ("ha " * 20).strip())


@pytest.mark.parametrize(
    "other",
    [
        PROMPT.replace("looks", "appears"),
        PROMPT.replace("clear day", "day clear"),
        PROMPT.replace("few ", ""),
        f"well now {PROMPT.replace('dull', 'rainy')} if you would be so kind",
    ],
    ids=["replaced", "swapped", "left out", "within a longer text"],
)
def test_nearly_the_same_words_are_found(other: str) -> None:
    found = fuzzy_overlap(PROMPT, row(other), other.index("explain"))
    assert found is not None
    assert found[0] > 0.85
    assert found[1].startswith("explain in a")
    assert found[1].endswith("one")


@pytest.mark.parametrize(
    ("prompt", "other"),
    [
        ("what is the capital of the kingdom of france today", "what is the capital of the kingdom of spain today"),
        ("add 12 and 30 and give me the sum of both", "add 12 and 31 and give me the sum of both"),
        ("name five animals that can live in salt water", "name five animals that can not live in salt water"),
        ("write a short poem about the old garden wall", "write a short poem about the new city hall"),
    ],
    ids=["a name", "a number", "a negation", "the end"],
)
def test_other_questions_in_the_same_words_are_not(prompt: str, other: str) -> None:
    assert fuzzy_overlap(prompt, row(other), 0) is None


def test_words_without_spaces_are_compared_sign_by_sign() -> None:
    prompt = "请用几句话解释为什么晴天的海是蓝色的而阴天的海是灰色的"
    text = f"好的{prompt.replace('几句话', '三句话')}谢谢"
    found = fuzzy_overlap(prompt, row(text), len("好的".encode()))
    assert found is not None
    assert found[0] > 0.88


def test_a_row_of_any_length_costs_what_the_prompt_costs() -> None:
    text = "word " * 2_000_000 + PROMPT + " word" * 10
    found = fuzzy_overlap(PROMPT, row(text), 10_000_000)
    assert found is not None
    assert found[0] == 1.0
