from collections.abc import Callable

import pytest

HitsOf = Callable[..., dict[str, str]]


@pytest.mark.parametrize(
    "text",
    [
        "The Oder.<|im_end|>",
        "<|start_header_id|>assistant<|end_header_id|> The Oder.",
        "[INST] Name a river. [/INST] The Oder.",
        "<<SYS>> Be kind. <</SYS>>",
        "<start_of_turn>model The Oder.",
        "<\uff5cend\u2581of\u2581sentence\uff5c>",
        "The Oder.</s>",
        "The Oder.\n### Instruction: Name a lake.",
        "### Response:\nThe Oder.",
    ],
)
def test_chat_tokens_are_found_on_either_side(hits_of: HitsOf, text: str) -> None:
    assert "chat_tokens" in hits_of("Name a river.", text)
    assert "chat_tokens" in hits_of(text, "The Oder.")


@pytest.mark.parametrize(
    ("instruction", "response"),
    [
        ("Which special tokens does ChatML have?", "They are <|im_start|> and <|im_end|>."),
        ("How are turns kept apart?", "By `<|im_start|>` and by `[/INST]`, or in ```\n[INST]\n```."),
        ("How are turns kept apart?", "A special token such as <|im_start|> opens each."),
        ("What does the pipe do in F#?", "It feeds a value: x |> f, or f <| x."),
        ("How do I strike text out?", "Write <s>this</s> and it is struck out."),
        ("Summarise the report.", "### Response times\nThey fell."),
        ("Summarise the report.", "## Instruction set\nIt is small."),
    ],
    ids=["asked", "code", "token before", "operators", "html", "heading", "other heading"],
)
def test_talk_about_tokens_stays(hits_of: HitsOf, instruction: str, response: str) -> None:
    assert hits_of(instruction, response) == {}


@pytest.mark.parametrize(
    "response",
    [
        "The Oder.\n// end of output //",
        "The Oder.//EOM//",
        "The Oder.</output>",
        "The Oder. [End of document]",
        "<noinput>\n\nThe Oder.",
        "The Oder.\n<nooutput>\nThe Elbe.",
    ],
)
def test_a_generators_marker_is_found(hits_of: HitsOf, response: str) -> None:
    assert "stray_marker" in hits_of("Name a river.", response)


@pytest.mark.parametrize(
    ("instruction", "response"),
    [
        ("Close the tag.", "<output>x</output>"),
        ("Write XML.", "<r><output>x</output>"),
        ("Name a river.", "<nooutput>"),
        ("Who wins?", "They fight until the end"),
        ("Print a comment.", "x = 1  // end of the loop\ny = 2"),
    ],
    ids=["about tags", "xml", "only a marker", "a word", "a comment"],
)
def test_other_ends_stay(hits_of: HitsOf, instruction: str, response: str) -> None:
    assert hits_of(instruction, response) == {}
