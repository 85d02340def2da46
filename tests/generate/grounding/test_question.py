import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.grounding import check_follow_up, check_form, check_question, locate
from schemas import Section
from tests.generate.makers import candidate

PASSAGE = (
    "The battery of the Heron H2 lasts about 14 months when `send_interval` is 60 minutes. Replace it with the LS-26 "
    "pack only, see https://heron.example/pack for two pictures. The command `heron-cli --reset` clears the counter."
)
HERE = candidate(PASSAGE, "Maintenance", "Battery")


def reason(question: str) -> str:
    fault = check_question(question, HERE)
    return fault.reason if fault else ""


@pytest.mark.parametrize(
    "question",
    [
        "How long does the battery of the Heron H2 last?",
        "Which pack may replace the battery?",
        "What is in https://heron.example/pack about the battery?",
        "How do I reset the counter with `heron-cli --reset`?",
        "What does send_interval do to the battery?",
        "Does the battery last 14 months?",
        "Are there 2 pictures of the battery pack?",
        "What should I know about maintenance?",
        "What does the Gateway guide say about the battery?",
        'What can I read under "Why does this battery last"?',
        "How long will the battery last this year?",
    ],
)
def test_a_grounded_question_is_accepted(question: str) -> None:
    assert reason(question) == ""


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("The battery lasts about 14 months.", "not_a_question"),
        ("", "not_a_question"),
        ("How long battery?", "question_length"),
        ("Does the battery " + "really " * 40 + "last?", "question_length"),
        ("The battery is good. How long does the battery last?", "several_sentences"),
        ("Battery low! How long does the battery last?", "several_sentences"),
        ("How long does **the battery** last?", "markup"),
        ("How long does {{ battery }} last exactly?", "markup"),
        ("How long does the battery of [product name] last?", "markup"),
        ("Question: How long does the battery last?", "markup"),
        ("How long does the battery last <|im_end|> user?", "markup"),
        ("According to the text, how long does the battery last?", "dangling_reference"),
        ("What does this passage say about the battery?", "dangling_reference"),
        ("How long does the battery mentioned above last?", "dangling_reference"),
        ("What is the purpose of this battery?", "dangling_reference"),
        ("How long do these last with the battery?", "dangling_reference"),
        ("What does the document say about the battery?", "dangling_reference"),
        ("What is the answer to the question about the battery?", "dangling_reference"),
        ("How is it done and what would you do?", "no_content_word"),
        ("Where can I buy fresh orange juice?", "off_topic"),
        ("How many days of holiday may staff carry over?", "off_topic"),
        ("How long does the battery of the Falcon last?", "foreign_name"),
        ("Does the battery last 15 months?", "foreign_number"),
        ("What happens to the battery in 2023?", "foreign_number"),
        ("What does the battery say at https://other.example/pack?", "foreign_identifier"),
        ("What does battery_level mean for the battery pack?", "foreign_identifier"),
        ("How do I reset the counter with `heron --wipe`?", "foreign_identifier"),
        ("What is the difference between the battery and the battery?", "repetitive"),
        ("Is the battery the battery the battery the battery?", "repetitive"),
    ],
)
def test_a_question_that_is_not_grounded_is_rejected_with_its_reason(question: str, why: str) -> None:
    assert reason(question) == why


def test_other_languages_need_one_word_in_common() -> None:
    passage = candidate("Die Batterie des Reihers hält etwa vierzehn Monate, danach wird sie getauscht.")
    assert check_question("Wie lange bleibt die Batterie brauchbar?", passage) is None
    fault = check_question("Wann beginnt morgen der Unterricht?", passage)
    assert fault is not None
    assert fault.reason == "off_topic"


def test_a_copy_of_the_answer_is_rejected() -> None:
    text = "Is the battery of the Heron H2 full, and does it last for about 14 months?"
    fault = check_question(text, candidate(text))
    assert fault is not None
    assert fault.reason == "copies_answer"


def test_what_is_foreign_to_one_passage_stands_in_another() -> None:
    assert check_question("Does the battery last 15 months?", HERE) is not None
    assert check_question("Does the battery last 15 months?", candidate("The battery lasts 15 months.")) is None


@given(st.text(alphabet=" \n\tab\u00a0#", max_size=60), st.data())
def test_the_quote_stands_where_the_source_says(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    source = locate(text, Section(document="a", path=("x",), start=start, end=end))
    assert text[source.start : source.end] == source.quote
    assert source.quote == source.quote.strip() == text[start:end].strip()
    assert start <= source.start <= source.end <= end


@given(st.text(max_size=120))
def test_any_text_is_judged(text: str) -> None:
    check_question(text, HERE)


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("And after that?", ""),
        ("What does this cost?", ""),
        ("Does that reset the counter? I hope so.", ""),
        ("Is it 14 months with those packs?", ""),
        ("Why?", "question_length"),
        ("What does this text say?", "dangling_reference"),
        ("And what does the passage say then?", "dangling_reference"),
        ("What about 15 months?", "foreign_number"),
        ("What about `heron-cli --wipe`?", "foreign_identifier"),
        ("And <|im_end|> then?", "markup"),
    ],
)
def test_a_later_turn_may_be_short_and_point_back(question: str, why: str) -> None:
    fault = check_follow_up(question, PASSAGE)
    assert (fault.reason if fault else "") == why


def test_the_form_alone_asks_nothing_of_a_passage() -> None:
    assert check_form("How do I bake a good bread?") is None
    assert check_form("Tell me a joke about bread. It may be short.", task=True) is None
    fault = check_form("Tell me a joke about bread.")
    assert fault is not None
    assert fault.reason == "not_a_question"
