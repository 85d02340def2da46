from collections.abc import Callable

import pytest

HitsOf = Callable[..., dict[str, str]]


@pytest.mark.parametrize(
    ("instruction", "context"),
    [
        ("Summarize the attached document.", None),
        ("What is wrong in the spreadsheet I have uploaded?", None),
        ("I have attached a report. What is its point?", None),
        ("Describe the sounds of the following recording.", "[recording]"),
        ("Transcribe this audio clip.", None),
    ],
)
def test_a_file_that_is_not_there_is_found(hits_of: HitsOf, instruction: str, context: str | None) -> None:
    assert "needs_attachment" in hits_of(instruction, "It is about the sea.", context)


@pytest.mark.parametrize(
    ("instruction", "context"),
    [
        ("Summarize the attached document.", "The sea rises."),
        ("Draft an email that mentions the attached invoice document.", None),
        ("How do I open the attached file?", None),
        ("Summarize the attached text.\nThe sea rises.", None),
        ("Why are people attached to places?", None),
        ("Name the parts of a video camera.", None),
        ("Write a title for this video.", None),
    ],
    ids=["given", "e-mail", "how to", "text below", "feeling", "camera", "title"],
)
def test_files_that_are_there_or_spoken_of_stay(hits_of: HitsOf, instruction: str, context: str | None) -> None:
    assert hits_of(instruction, "It is about the sea.", context) == {}
