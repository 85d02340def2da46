import pytest

from generate.grounding.wording import check_wording

QUESTION = "How long are laptops kept?"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (QUESTION, "A laptop is kept for four years."),
        (QUESTION, "Four years."),
        (QUESTION, "No longer than four years."),
        (QUESTION, "No more than four years."),
        ("Is a laptop kept for four years?", "Yes, it is kept for four years."),
        ("Tell me how laptops are kept.", "Laptops are kept."),
        ("Which signs mean go?", "Go, go, go: green. The green one and the green arrow mean go."),
    ],
)
def test_answers_pass(question: str, answer: str) -> None:
    assert check_wording(question, answer) is None


@pytest.mark.parametrize(
    ("question", "answer", "reason"),
    [
        (QUESTION, "How long are laptops kept", "repeats_question"),
        (QUESTION, "Yes, laptops are kept for four years.", "yes_or_no"),
        (QUESTION, "No.", "yes_or_no"),
        (QUESTION, "Laptops are kept long.", "says_nothing_new"),
        (QUESTION, "The passage says that it is four years.", "dangling_reference"),
        (QUESTION, "According to the text, four years.", "dangling_reference"),
        (QUESTION, "Four years, as described above.", "dangling_reference"),
        (QUESTION, "Four years.\nQuestion: And phones?", "dangling_reference"),
        (QUESTION, "Four years. Four years.", "repetitive"),
        (QUESTION, "It is four years and it is four years and it is four years and it is four years", "repetitive"),
    ],
)
def test_what_is_no_answer_is_told(question: str, answer: str, reason: str) -> None:
    fault = check_wording(question, answer)
    assert fault is not None
    assert fault.reason == reason


def test_a_long_answer_is_read_in_no_time() -> None:
    assert check_wording(QUESTION, " ".join(f"word{number}" for number in range(20_000))) is None
