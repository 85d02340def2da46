"""What a row looks like: every token once, what is learnt marked, and nothing that drives a terminal."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Message
from train import Fault, Rendered, Renderer
from train.view import Span, as_text, shortened, spans, view, visible

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: bool(text.strip()))


@pytest.fixture(scope="session")
def plain(tokenizer: "PreTrainedTokenizerBase") -> Renderer:
    """Give one renderer for all that hypothesis tries."""
    return Renderer(tokenizer)


def rendered(renderer: Renderer, question: str, answer: str) -> Rendered:
    found = next(renderer.render([(7, "abc", [Message("user", question), Message("assistant", answer)])]))
    assert isinstance(found, Rendered)
    return found


@given(question=TEXT, answer=TEXT)
def test_all_spans_together_are_the_row(plain: Renderer, question: str, answer: str) -> None:
    row = rendered(plain, question, answer)
    found = spans(row, plain)
    assert sum(span.tokens for span in found) == len(row.ids)
    assert sum(span.tokens for span in found if span.learnt) == int((row.labels != -100).sum())
    assert "".join(span.text for span in found) == visible(plain.decode(row.ids))
    assert "".join(span.text for span in found if span.learnt) == visible(answer + "<|im_end|>")


def test_a_sign_of_several_tokens_is_one_span(plain: Renderer) -> None:
    found = spans(rendered(plain, "q", "é😀"), plain)
    assert [(span.text, span.tokens) for span in found if span.learnt] == [("é", 2), ("😀", 4), ("<|im_end|>", 1)]


def test_half_a_sign_is_shown_as_such_and_never_crosses_a_border(plain: Renderer) -> None:
    ids = np.array(plain.tokenizer("é", add_special_tokens=False)["input_ids"], np.int32)
    row = Rendered(1, "a", ids, np.array([-100, ids[1]], np.int32))
    assert spans(row, plain) == [Span("�", False, False, 1), Span("�", True, False, 1)]


def test_control_tokens_are_known(plain: Renderer) -> None:
    found = spans(rendered(plain, "q", "a"), plain)
    assert [span.text for span in found if span.control] == ["<|im_start|>", "<|im_end|>", "<|im_start|>", "<|im_end|>"]


def test_a_tokenizer_that_drops_leading_spaces_shows_them_inside(
    tokenizer_with: Callable[..., "PreTrainedTokenizerBase"],
) -> None:
    from tokenizers import decoders, pre_tokenizers

    tokenizer = tokenizer_with()
    backend = tokenizer.backend_tokenizer
    backend.decoder = decoders.Sequence([decoders.ByteLevel(), decoders.Strip(" ", 1, 0)])
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    ids = np.array(tokenizer("a b", add_special_tokens=False)["input_ids"], np.int32)
    found = spans(Rendered(1, "a", ids, ids), Renderer(tokenizer))
    assert "".join(span.text for span in found) == "a b"


@pytest.mark.parametrize("colours", [True, False])
@pytest.mark.parametrize("sign", ["\x1b[2J", "\x07", "\r", "\x9b1m", "\u202e", "\u200b", "\x00", "\x7f"])
def test_nothing_of_a_document_drives_the_terminal(plain: Renderer, sign: str, *, colours: bool) -> None:
    text = as_text(
        view(rendered(plain, f"a{sign}b", f"c{sign}d"), plain, name=f"x{sign}", remarks=sign), colours=colours
    )
    ours = text.replace("\x1b[0m", "").replace("\x1b[2m", "").replace("\x1b[2;3m", "")
    ours = ours.replace("\x1b[1;32;4m", "").replace("\x1b[1;36;4m", "").replace("\x1b[7m", "")
    assert all(each.isprintable() or each == "\n" for each in ours)
    assert ("\x1b" in text) == colours


def test_without_colours_marks_say_what_is_learnt(plain: Renderer) -> None:
    text = as_text(view(rendered(plain, "q", "a\tb"), plain, name="7", remarks=""), colours=False)
    assert text == (
        "row 7 (abc): 24 tokens, 4 of them learnt\n"
        "<|im_start|>¦u¦s¦e¦r¦⏎\n¦q¦<|im_end|>¦⏎\n¦<|im_start|>¦a¦s¦s¦i¦s¦t¦a¦n¦t¦⏎\n[[a¦⇥\t¦b¦<|im_end|>]]"
    )


def test_with_colours_a_learnt_token_is_underlined_and_a_read_one_is_dim(plain: Renderer) -> None:
    text = as_text(view(rendered(plain, "q", "a"), plain, name="7", remarks=""), colours=True)
    assert "\x1b[2mq\x1b[0m" in text or "\x1b[2;3mq\x1b[0m" in text
    assert "\x1b[1;32;4ma\x1b[0m" in text or "\x1b[1;36;4ma\x1b[0m" in text
    # no colour is left open at the end of a line
    assert all(line.endswith("\x1b[0m") for line in text.splitlines()[1:])


def test_a_row_that_cannot_be_rendered_says_why(plain: Renderer) -> None:
    seen = view(Fault(3, "abc", "empty_answer", "turn 2"), plain, name="b:3", remarks="left out: empty answer")
    assert as_text(seen, colours=True) == "row b:3 (abc): 0 tokens, 0 of them learnt; left out: empty answer"


def test_the_middle_of_a_long_row_is_counted() -> None:
    found = [Span(str(number), False, False, 1) for number in range(100)]
    head, tail, between = shortened(found, 40)
    assert ([span.text for span in head], [span.text for span in tail], between) == (
        [str(number) for number in range(30)],
        [str(number) for number in range(90, 100)],
        60,
    )
    assert shortened(found, 100) == (found, [], 0)
