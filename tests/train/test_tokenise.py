"""Pieces in tokens are the same as the whole would be, wherever no token crosses a border."""

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from train.tokenise import PieceTokeniser, tokenizer_hash

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

PARTS = st.lists(st.sampled_from(["<|im_start|>", "<|im_end|>", "<|im_", "the", " the", "\n", "\n\n", "ü", "", "|>"]))


@given(parts=PARTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_cutting_at_control_tokens_changes_no_token(tokenizer: "PreTrainedTokenizerBase", parts: list[str]) -> None:
    text = "".join(parts)
    assert PieceTokeniser(tokenizer).encode([text]) == [tokenizer(text, add_special_tokens=False)["input_ids"]]


def test_padding_left_on_by_another_user_does_not_show(tokenizer: "PreTrainedTokenizerBase") -> None:
    before, pieces = tokenizer_hash(tokenizer), PieceTokeniser(tokenizer)
    tokenizer(["a", "bb bb"], padding="max_length", max_length=4, truncation=True)
    assert [len(ids) for ids in pieces.encode(["a", "bb bb"])] == [1, 5]
    tokenizer(["a", "bb bb"], padding="max_length", max_length=4, truncation=True)
    assert tokenizer_hash(tokenizer) == before


def test_no_rows_no_tokens(tokenizer: "PreTrainedTokenizerBase") -> None:
    assert list(PieceTokeniser(tokenizer).rows([])) == []
    assert list(PieceTokeniser(tokenizer).rows([[]])) == [[]]
