from collections.abc import Callable

import pytest

HitsOf = Callable[..., dict[str, str]]


@pytest.mark.parametrize(
    "response",
    [
        "Bees dance.\n7. Instruction: Name a river.\n7. Input:\n<none>\n7. Output:\nThe Oder.",
        "Bees dance.\n\n  12) instruction : Name a river.",
        "Bees dance.\n3. Input: none\n3. Output: The Oder.",
        "Bees dance.\n1. Instruction: Name a river.\n1. Output: The Oder.",
    ],
    ids=["numbered", "bracket", "input and output of one number", "first one with its output"],
)
def test_a_second_exercise_is_found(hits_of: HitsOf, response: str) -> None:
    assert "merged_instructions" in hits_of("How do bees find food?", response)


def test_the_evidence_begins_where_the_second_exercise_does(hits_of: HitsOf) -> None:
    hits = hits_of("How do bees find food?", "Bees dance.\n7. Instruction: Name a river.")
    assert hits == {"merged_instructions": "7. Instruction: Name a river."}


@pytest.mark.parametrize(
    ("instruction", "response"),
    [
        ("Rank a list.", "Sort it.\n\nOutput:\n[3, 2, 1]"),
        ("Write three tasks for a model.", "1. Instruction: Name a river.\n1. Output: The Oder."),
        ("How do I set it up?", "1. Input: plug in the cable.\n2. Output: choose the screen."),
        ("How do I set it up?", "The manual says: 3. Instruction: read me."),
        ("How do I set it up?", "1. Instruction: read the manual."),
    ],
    ids=["unnumbered", "asked for", "steps", "within a line", "a first step"],
)
def test_lists_and_exercises_asked_for_stay(hits_of: HitsOf, instruction: str, response: str) -> None:
    assert hits_of(instruction, response) == {}
