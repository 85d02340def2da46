from collections.abc import Callable

import pytest

HitsOf = Callable[..., dict[str, str]]
LINK = "![sea](https://pics.example.org/sea.png)"


@pytest.mark.parametrize(
    "context", [LINK, '<img src="sea.jpg">', "https://pics.example.org/1.jpg", "[image]", "<Photo>"]
)
def test_a_picture_for_an_input_is_found(hits_of: HitsOf, context: str) -> None:
    assert "needs_image" in hits_of("What is the mood of this?", "It is calm.", context)


@pytest.mark.parametrize(
    ("instruction", "context"),
    [
        ("Close the HTML tags.", '<b><img src="sea.jpg">'),
        ("Write a caption.", "[Image of two boats on a lake under a yellow sky]"),
        (
            "What is the mood of this?",
            f"The sea was calm, no wind blew, and all the boats stood still before dawn. {LINK}",
        ),
        ("What does [![build](https://ci.example.org/b.svg)](https://ci.example.org) tell?", None),
        ("How do I compress images?", None),
    ],
    ids=["markup", "described", "text beside", "badge", "about images"],
)
def test_pictures_that_need_no_eyes_stay(hits_of: HitsOf, instruction: str, context: str | None) -> None:
    assert "needs_image" not in hits_of(instruction, "It is calm.", context)


@pytest.mark.parametrize("response", [LINK, f"Here it is:\n{LINK}", "<logo>", "[image]", "[Flow chart of the process]"])
def test_a_picture_for_an_answer_is_found(hits_of: HitsOf, response: str) -> None:
    assert "image_answer" in hits_of("Design a logo for a bakery.", response)


@pytest.mark.parametrize(
    ("instruction", "response"),
    [
        ("Embed the picture in Markdown.", LINK),
        ("Who leads the unit?", "See [the org chart](https://docs.example.org/chart)."),
        (
            "Design a logo for a bakery.",
            "A loaf within a circle, in brown on cream, with the name below in round letters.",
        ),
        ("Design a logo.", "\u4e2d" * 40 + LINK),
        (
            "How do I find it?",
            f"Open the menu, choose Settings and then Display, and turn the switch to the right. {LINK}",
        ),
    ],
    ids=["asked", "link", "described", "Chinese beside", "text beside"],
)
def test_answers_in_words_stay(hits_of: HitsOf, instruction: str, response: str) -> None:
    assert hits_of(instruction, response) == {}


@pytest.mark.parametrize(
    "instruction",
    ["Draw a cat.", "Please generate an image of a cat.", "Create a short animation that shows a cat."],
)
def test_a_picture_to_be_made_is_found(hits_of: HitsOf, instruction: str) -> None:
    assert "image_request" in hits_of(instruction, "A cat.")


@pytest.mark.parametrize(
    "instruction",
    [
        "How do I draw a cat?",
        "Draw a conclusion from this.",
        "Draw a parallel between cats and dogs.",
        "Create a caption for a picture of a cat.",
        "Generate SVG code for a picture of a cat.",
        "Create a photo album app.",
        "Write a short biographical sketch.",
        "What is image processing?",
        "Zeichne ein Image.",
    ],
)
def test_words_about_pictures_stay(hits_of: HitsOf, instruction: str) -> None:
    assert hits_of(instruction, "A cat.") == {}
