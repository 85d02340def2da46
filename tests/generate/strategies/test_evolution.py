import pytest

from generate.strategies.evolution import check_evolved, check_reply, read_evolved, says_equal

PARENT = "How many days of leave can I carry over?"


@pytest.mark.parametrize(
    "text",
    [
        "What is left?",
        '"What is left?"',
        "Question: What is left?",
        "**Question:** What is left?",
        "\n What is\nleft? \n",
        "What is left?\n\nThis is harder because it asks for more.",
        "Question:\n\nWhat is left?",
    ],
)
def test_the_question_is_taken_out_of_what_stands_around_it(text: str) -> None:
    assert read_evolved(text) == "What is left?"


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("", "no_answer"),
        ("NOT ANSWERABLE", "unanswerable"),
        ("**Not answerable.**", "unanswerable"),
        ("#Rewritten Prompt#: How many days can part-timers carry over?", "prompt_words"),
        ("Rewritten question: how many days can part-timers carry over?", "prompt_words"),
        ("As in the given prompt, how many days can part-timers carry over?", "prompt_words"),
        (" ".join(["days"] * 41), "too_long"),
        (PARENT, "no_gain"),
        ("how many DAYS of leave may I carry over", "no_gain"),
        ("How many days of leave can a part-timer carry over?", None),
        ("How many days of leave can I carry over after 31 March?", None),
        ("What happens to leave that is not taken?", None),
    ],
)
def test_an_evolved_question_is_eliminated_for_a_reason(question: str, reason: str | None) -> None:
    fault = check_evolved(question, PARENT, most_words=40)
    assert (fault.reason if fault else None) == reason


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("Sorry, I cannot say.", "sorry"),
        ("I am sorry " + "word " * 76, "sorry"),  # 79 words
        ("I am sorry " + "word " * 77, None),  # 80 words
        ("It is what it is.", "only_stop_words"),
        ("... !", "only_stop_words"),
        ("5", None),
        ("Five days.", None),
        ("NOT ANSWERABLE", "unanswerable"),
    ],
)
def test_an_answer_can_show_that_the_question_was_no_good(answer: str, reason: str | None) -> None:
    fault = check_reply(answer)
    assert (fault.reason if fault else None) == reason


@pytest.mark.parametrize(
    ("text", "equal"),
    [("EQUAL", True), ("They are equal.", True), ("NOT EQUAL", False), ("Not_equal", False), ("Maybe", False)],
)
def test_the_model_s_verdict_is_read(text: str, equal: bool) -> None:
    assert says_equal(text) == equal
