from collections.abc import Callable

import pytest

HitsOf = Callable[..., dict[str, str]]


@pytest.mark.parametrize(
    ("response", "found"),
    [
        ("```\nx = 1\n```", False),
        ("Run this:\n```python\nx = 1", True),
        ("```python\nx = 1\n```\nthen\n```\ny = 2", True),
        ("1. Run\n   ```sh\n   ls\n   ```\n2. Done", False),
        ("> ```\n> x\n> ```", False),
        ("````markdown\n```python\nx\n```\n````", False),
        ("```markdown\n```python\nx\n```\n```", False),
        ("Open a fence with ``` and close it so, too.", False),
        ("```x = 1``` is code within a line.", False),
        ("~~~\nx = 1", True),
        ("~~~\n```\n~~~", False),
        ("Here it is: ```js\nx = 1;\n```", False),
    ],
    ids=[
        "closed",
        "open",
        "second open",
        "in a list",
        "quoted",
        "longer outside",
        "nested alike",
        "talked about",
        "in a line",
        "tildes",
        "backticks in tildes",
        "opened within a line",
    ],
)
def test_only_fences_that_never_close_are_found(hits_of: HitsOf, response: str, *, found: bool) -> None:
    assert ("open_fence" in hits_of("Show me.", response)) == found
