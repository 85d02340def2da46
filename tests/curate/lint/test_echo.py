from collections.abc import Callable

import pytest

HitsOf = Callable[..., dict[str, str]]


@pytest.mark.parametrize(
    ("instruction", "response", "found"),
    [
        ("Why do cats purr so often?", "Why do cats purr so often?", True),
        ("Why do cats purr so often?", "why do cats purr, so often", True),
        ("Why do cats purr so often?", "Why do cats purr so often? Good question.", True),
        ("Why do cats purr so often?", "Why do cats purr so often? Because they are content.", False),
        ("Why do cats purr so often?", "Why do cats purr?", False),
        ("Good day to you!", "Good day to you!", False),
        ("Hello, you there!", "Hello, you there!", False),
        ("Repeat after me: cats purr often.", "Repeat after me: cats purr often.", False),
        (
            "\u732b\u306f\u306a\u305c\u9cf4\u304f\u306e\u3067\u3059\u304b",
            "\u732b\u306f\u306a\u305c\u9cf4\u304f\u306e\u3067\u3059\u304b\u3002",
            True,
        ),
        (
            "\u732b\u306f\u306a\u305c\u9cf4\u304f\u306e",
            "\u732b\u306f\u306a\u305c\u9cf4\u304f\u306e\uff1f\u5bc2\u3057\u3044\u304b\u3089\u3060\u3068\u601d\u3046\u3002",
            False,
        ),
        ("", "", False),
    ],
    ids=[
        "the same",
        "other clothes",
        "two words more",
        "an answer behind",
        "only half of it",
        "short greeting",
        "three words",
        "asked for",
        "Japanese",
        "Japanese answered",
        "nothing",
    ],
)
def test_only_bare_echoes_are_found(hits_of: HitsOf, instruction: str, response: str, *, found: bool) -> None:
    assert ("prompt_echo" in hits_of(instruction, response)) == found


def test_the_task_counts_without_its_input(hits_of: HitsOf) -> None:
    assert "prompt_echo" in hits_of("Tell me the mood of this.", "Tell me the mood of this.", "I am glad.")
    assert "prompt_echo" not in hits_of("Add full stops to it.", "I am glad about it.", "I am glad about it")
