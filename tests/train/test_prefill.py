import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.prefill import shared_prefix


@pytest.mark.parametrize(
    ("prompts", "shared"),
    [
        ([], 0),
        ([[1] * 40], 0),
        ([[1] * 20 + [2], [1] * 20 + [3]], 20),
        ([[1] * 20, [1] * 20], 19),
        ([[1] * 20, [1] * 30], 19),
        ([[1] * 5 + [2], [1] * 5 + [3]], 0),
        ([[2] + [1] * 30, [3] + [1] * 30], 0),
    ],
    ids=["none", "one", "two tails", "equal", "one inside the other", "too little", "nothing in common"],
)
def test_the_shared_prefix_leaves_each_prompt_a_token(prompts: list[list[int]], shared: int) -> None:
    assert shared_prefix(prompts) == shared


@given(st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=40), min_size=2, max_size=5), st.integers(0, 30))
def test_all_prompts_begin_with_the_shared_prefix(tails: list[list[int]], length: int) -> None:
    prompts = [[7] * length + tail for tail in tails]
    shared = shared_prefix(prompts)
    assert len({tuple(prompt[:shared]) for prompt in prompts}) == 1
    assert all(len(prompt) > shared for prompt in prompts)
