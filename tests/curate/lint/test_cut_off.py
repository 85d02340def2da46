from collections.abc import Callable

import pytest

HitsOf = Callable[..., dict[str, str]]
OPEN = "What does the plan say?"


@pytest.mark.parametrize(
    "response",
    [
        "The value of this equation is",
        "It saves time. It saves money. It helps the people who work there and the",
        "The town was built on a hill because,",
        "They asked for more time, and the owner of the house gave them the keys to",
    ],
)
def test_an_end_on_a_word_that_ends_nothing_is_found(hits_of: HitsOf, response: str) -> None:
    assert "dangling_end" in hits_of(OPEN, response)


@pytest.mark.parametrize(
    ("instruction", "response"),
    [
        (OPEN, "The value of this equation is 4."),
        (OPEN, "It is something for you to hold on to"),
        ("Sort these words.", "apple, pear, and, of, the"),
        ("Complete the line.", "Over the hills and far away was the"),
        (OPEN, "1. Help the people you meet there\n2. Help the others with a task that they are struggling with"),
        (OPEN, "for (x of y) { return the"),
        (OPEN, "Ich sehe das Haus und fange morgen mit dem Lesen an"),
        (OPEN, "Het huis dat ik gisteren op de heuvel zag was"),
        (OPEN, "Je ne sais pas si elle viendra demain, mais elle a dit or"),
        (OPEN, "\u6211\u4eec\u660e\u5929\u53bb\u57ce\u91cc\u4e70\u4e00\u4e9b\u4e66\u548c\u7b14 the"),
        (OPEN, ""),
    ],
    ids=[
        "ended",
        "short, preposition",
        "words",
        "completion",
        "item",
        "code",
        "German",
        "Dutch",
        "French",
        "Chinese",
        "empty",
    ],
)
def test_other_ends_without_a_full_stop_stay(hits_of: HitsOf, instruction: str, response: str) -> None:
    assert hits_of(instruction, response) == {}


@pytest.mark.parametrize(
    "response",
    [
        "It rained. We stayed in. We read all day. Then the sun came out and we went",
        "First we packed the car well.\n\nThen we drove to the old harbour.\n\nThere we saw a ship that had",
        "1. Pack the car before the trip.\n2. Drive to the old harbour town.\n3. Look for the ship that has",
    ],
    ids=["sentences", "paragraphs", "items"],
)
def test_a_last_sentence_without_its_end_is_found(hits_of: HitsOf, response: str) -> None:
    assert "no_final_stop" in hits_of(OPEN, response)


@pytest.mark.parametrize(
    "response",
    [
        "It rained. We stayed in. We read all day. Then the sun came out.",
        "It rained. We stayed in. We read all day. Kind regards",
        "We rose early and saw\nthe sun upon the hill\nand heard the lark that sings\nwhen all the world is still",
        "It rained. We stayed in. We read all day. See you all soon at the sea #rain #books #home",
        "1. India 2. Kenya 3. Malta 4. Fiji 5. Samoa 6. Tonga 7. Nauru 8. New Zealand and the other islands",
        "We packed the car well.\n\n- a tent for the whole family of six\n- a stove and enough gas for it",
        "It rained. We stayed in. We read all day. All of it is told on https://rain.example.org/days/first",
        "\u4e0b\u96e8\u4e86\u3002\u6211\u4eec\u5728\u5bb6\u3002\u6211\u4eec\u8bfb\u4e66\u3002\u7136\u540e\u592a\u9633\u51fa\u6765\u4e86",
    ],
    ids=["ended", "greeting", "poem", "hashtags", "numbers", "bare items", "address", "Chinese"],
)
def test_verses_lists_and_greetings_stay(hits_of: HitsOf, response: str) -> None:
    assert "no_final_stop" not in hits_of(OPEN, response)
