"""Conversations in tokens: what is trained, what is asked, what cannot be rendered."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import InputError, Message
from train import Fault, Rendered, Renderer

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Make = Callable[..., "PreTrainedTokenizerBase"]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: bool(text.strip()))
NO_END = (
    "{% for message in messages %}{{ message['role'] + ': ' + message['content'] + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}"
)
TRIMMING = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] | trim "
    "+ '<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
FORGETFUL = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' }}"
    "{% if loop.last or message['role'] != 'assistant' %}{{ message['content'] }}{% else %}...{% endif %}"
    "{{ '<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
THINKING = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' }}"
    "{% if message['role'] == 'assistant' %}{{ '<think>\n\n</think>\n\n' }}{% endif %}"
    "{{ message['content'] + '<|im_end|>' + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
RAISING = (
    "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system prompts here') }}{% endif %}"
    "{% for message in messages %}{{ message['content'] + '<|im_end|>' }}{% endfor %}"
)


def chat(*turns: str) -> list[Message]:
    """Make a conversation in which user and assistant take turns."""
    return [Message("assistant" if number % 2 else "user", turn) for number, turn in enumerate(turns)]


def one(renderer: Renderer, messages: Sequence[Message]) -> Rendered | Fault:
    return next(renderer.render([(1, "a", messages)]))


def rendered(renderer: Renderer, messages: Sequence[Message]) -> Rendered:
    found = one(renderer, messages)
    assert isinstance(found, Rendered), found
    return found


def learnt(renderer: Renderer, row: Rendered) -> str:
    return renderer.decode(row.labels[row.labels != -100])


def test_the_answer_and_its_end_are_learnt_and_nothing_else(tokenizer: "PreTrainedTokenizerBase") -> None:
    renderer = Renderer(tokenizer)
    row = rendered(renderer, chat("Why?", "Because."))
    assert renderer.decode(row.ids) == ("<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\nBecause.<|im_end|>")
    assert learnt(renderer, row) == "Because.<|im_end|>"


def test_every_answer_of_a_conversation_is_learnt(tokenizer: "PreTrainedTokenizerBase") -> None:
    renderer = Renderer(tokenizer)
    assert learnt(renderer, rendered(renderer, chat("a", "b", "c", "d"))) == "b<|im_end|>d<|im_end|>"


def test_turns_after_the_last_answer_are_left_away(tokenizer: "PreTrainedTokenizerBase") -> None:
    renderer = Renderer(tokenizer)
    longer, shorter = rendered(renderer, chat("a", "b", "c")), rendered(renderer, chat("a", "b"))
    assert longer.ids.tolist() == shorter.ids.tolist()


@pytest.fixture(scope="session")
def plain(tokenizer: "PreTrainedTokenizerBase") -> Renderer:
    """Give one renderer for all that hypothesis tries."""
    return Renderer(tokenizer)


@given(question=TEXT, answer=TEXT)
def test_what_is_learnt_decodes_to_the_answer_and_its_end(plain: Renderer, question: str, answer: str) -> None:
    row = rendered(plain, chat(question, answer))
    assert learnt(plain, row) == answer + "<|im_end|>"


@given(turns=st.lists(TEXT, min_size=2, max_size=6).filter(lambda turns: len(turns) % 2 == 0))
def test_training_reads_the_prompt_that_generation_sends(plain: Renderer, turns: list[str]) -> None:
    messages = chat(*turns)
    ids = rendered(plain, messages).ids.tolist()
    for stop in range(1, len(messages), 2):
        [prompt] = plain.prompts([messages[:stop]])
        assert isinstance(prompt, list)
        assert ids[: len(prompt)] == prompt


def test_tokens_that_would_merge_across_the_border_stay_apart(tokenizer: "PreTrainedTokenizerBase") -> None:
    renderer = Renderer(tokenizer)
    row = rendered(renderer, chat("a", "\n\nthe"))
    assert learnt(renderer, row) == "\n\nthe<|im_end|>"
    whole = tokenizer(renderer.decode(row.ids), add_special_tokens=False)["input_ids"]
    assert whole != row.ids.tolist()  # in the whole text two line ends are one token


def test_a_template_without_an_end_gets_the_end_of_sequence(tokenizer_with: Make) -> None:
    renderer = Renderer(tokenizer_with(NO_END))
    assert learnt(renderer, rendered(renderer, chat("a", "b", "c", "d"))) == "b<|im_end|>d<|im_end|>"
    [prompt] = renderer.prompts([chat("a", "b", "c")])
    assert isinstance(prompt, list)
    assert renderer.decode(prompt) == "user: a\nassistant: b<|im_end|>\nuser: c\nassistant: "


def test_a_base_model_gets_the_alpaca_template(tokenizer_with: Make) -> None:
    bare = tokenizer_with(None)
    renderer = Renderer(bare)
    assert renderer.template.origin == "alpaca"
    row = rendered(renderer, chat("Name a colour.", "Blue."))
    assert "### Instruction:\nName a colour." in renderer.decode(row.ids)
    assert learnt(renderer, row) == "Blue.<|im_end|>"
    assert bare.chat_template == renderer.template.source  # so that saving the tokenizer saves it


def test_a_template_that_trims_is_no_fault(tokenizer_with: Make) -> None:
    renderer = Renderer(tokenizer_with(TRIMMING))
    assert learnt(renderer, rendered(renderer, chat("a", "  b \n"))) == "b<|im_end|>"


def test_what_the_template_writes_into_the_answer_is_learnt_too(tokenizer_with: Make) -> None:
    renderer = Renderer(tokenizer_with(THINKING))
    assert learnt(renderer, rendered(renderer, chat("a", "t"))) == "<think>\n\n</think>\n\nt<|im_end|>"


@pytest.mark.parametrize(
    ("template", "messages", "reason"),
    [
        pytest.param(None, [Message("user", "a")], "no_answer", id="no answer"),
        pytest.param(None, [], "no_answer", id="empty"),
        pytest.param(None, chat("a", " \n"), "empty_answer", id="blank answer"),
        pytest.param(None, chat("a", "b\ud800"), "not_unicode", id="lone surrogate"),
        pytest.param(None, [Message("user", None), Message("assistant", "b")], "null_content", id="null question"),  # type: ignore[arg-type] # what a dirty file holds
        pytest.param(None, [Message("user", "a"), Message("assistant", None)], "null_content", id="null answer"),  # type: ignore[arg-type] # what a dirty file holds
        pytest.param(FORGETFUL, chat("a", "b", "c", "d"), "answer_not_rendered", id="answer left out"),
        pytest.param(RAISING, [Message("system", "s"), *chat("a", "b")], "template_raised", id="template raises"),
    ],
)
def test_a_row_that_cannot_be_rendered_says_why(
    tokenizer_with: Make, template: str | None, messages: list[Message], reason: str
) -> None:
    renderer = Renderer(tokenizer_with() if template is None else tokenizer_with(template))
    found = one(renderer, messages)
    assert isinstance(found, Fault)
    assert (found.row, found.id, found.reason) == (1, "a", reason)
    assert found.detail


def test_a_prompt_that_changes_once_the_answer_is_there_is_a_fault(tokenizer_with: Make) -> None:
    counting = "{{ messages | length }}{% for message in messages %}{{ message['content'] + '<|im_end|>' }}{% endfor %}"
    found = one(Renderer(tokenizer_with(counting)), chat("a", "b"))
    assert isinstance(found, Fault)
    assert found.reason == "prompt_not_prefix"


def test_a_faulty_row_does_not_touch_its_neighbours(tokenizer: "PreTrainedTokenizerBase") -> None:
    renderer = Renderer(tokenizer)
    found = list(renderer.render([(1, "a", chat("q", "x")), (2, "b", chat("q", "")), (3, "c", chat("q", "y"))]))
    assert [each.row for each in found] == [1, 2, 3]
    assert isinstance(found[1], Fault)
    assert isinstance(found[2], Rendered)
    assert learnt(renderer, found[2]) == "y<|im_end|>"


def test_rows_past_one_batch_keep_their_order(tokenizer: "PreTrainedTokenizerBase") -> None:
    renderer = Renderer(tokenizer)
    rows = [(number, str(number), chat("q", f"answer {number}")) for number in range(1, 1200)]
    found = [each for each in renderer.render(rows) if isinstance(each, Rendered)]
    assert [each.row for each in found] == list(range(1, 1200))
    assert learnt(renderer, found[1100]) == "answer 1101<|im_end|>"


LAST_ONLY = (
    "{% for message in messages %}{{ message['role'] + ': ' + message['content'] }}"
    "{% if message['role'] == 'user' or loop.last %}{{ '<|im_end|>' }}{% endif %}{{ '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}"
)


def test_a_template_that_closes_the_last_answer_alone_has_the_others_closed(tokenizer_with: Make) -> None:
    renderer = Renderer(tokenizer_with(LAST_ONLY))
    assert not renderer.closes_earlier
    row = rendered(renderer, chat("a", "Yes.", "Yes.", "Yes."))  # each could be taken for another
    assert learnt(renderer, row) == "Yes.<|im_end|>Yes.<|im_end|>"
    assert renderer.decode(row.ids) == (
        "user: a<|im_end|>\nassistant: Yes.<|im_end|>\nuser: Yes.<|im_end|>\nassistant: Yes.<|im_end|>"
    )
    for stop in (1, 3):
        [prompt] = renderer.prompts([chat("a", "Yes.", "Yes.", "Yes.")[:stop]])
        assert isinstance(prompt, list)
        assert row.ids.tolist()[: len(prompt)] == prompt
    longer = rendered(renderer, chat("a", "Yes.", "Yes.", "Yes.", "Yes."))
    assert longer.ids.tolist() == row.ids.tolist()
    assert Renderer(tokenizer_with()).closes_earlier
    assert not Renderer(tokenizer_with(NO_END)).closes_earlier


class Counting(str):
    """A text that counts how often it is searched."""

    __slots__ = ("searches",)
    searches: int

    def find(self, *args: Any) -> int:
        self.searches += 1
        return super().find(*args)


def test_an_answer_that_stands_in_the_text_a_thousand_times_is_found_in_a_few_looks(tokenizer_with: Make) -> None:
    renderer = Renderer(tokenizer_with(NO_END))
    text = Counting("a" + " a b" * 1_000)
    text.searches = 0
    assert renderer._answer_end(text, "a", 0, len(text)) == (1, "<|im_end|>")
    assert text.searches == 2


@given(answer=TEXT, before=st.text("ab <|im_end|>"), behind=st.text(" \nb"))
def test_the_end_of_an_answer_is_the_first_end_of_a_turn_behind_it(
    plain: Renderer, answer: str, before: str, behind: str
) -> None:
    end, answer = plain.end_text, answer.strip()
    text = before + answer + behind + end + "x" + answer + end
    found = next(
        place
        for place in range(len(answer), len(text))
        if text.startswith(end, place) and text[:place].rstrip().endswith(answer)
    )
    assert plain._answer_end(text, answer, 0, len(text)) == (found + len(end), "")


def test_an_injected_system_prompt_is_found(tokenizer_with: Make, injecting: str) -> None:
    assert Renderer(tokenizer_with(injecting)).template.injected_system == "Be kind."
    assert Renderer(tokenizer_with()).template.injected_system == ""
    assert Renderer(tokenizer_with(RAISING)).template.injected_system == ""


def test_a_tokenizer_without_an_end_of_sequence_is_refused(tokenizer_with: Make) -> None:
    with pytest.raises(InputError, match=r"no end-of-sequence token.*Set eos_token"):
        Renderer(tokenizer_with(NO_END, eos=None))


def test_a_template_that_always_fails_is_refused(tokenizer_with: Make) -> None:
    with pytest.raises(InputError, match="fails on a plain question and answer: no way"):
        Renderer(tokenizer_with("{{ raise_exception('no way') }}"))


def test_a_tokenizer_that_starts_each_text_its_own_way_sees_it_whole() -> None:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    signs = ["<unk>", "</s>", *sorted(set("▁[]WhyBecaus?qtionr"))]
    raw = Tokenizer(models.BPE(vocab={sign: number for number, sign in enumerate(signs)}, merges=[], unk_token="<unk>"))
    raw.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    raw.decoder = decoders.Metaspace(prepend_scheme="always")
    fast: Any = PreTrainedTokenizerFast  # Any: its constructor is untyped
    tokenizer = fast(tokenizer_object=raw, eos_token="</s>", unk_token="<unk>")
    template = (
        "{% for message in messages %}{% if message['role'] == 'user' %}{{ '[' + message['content'] + ']' }}"
        "{% else %}{{ ' ' + message['content'] + '</s>' }}{% endif %}{% endfor %}"
    )
    renderer = Renderer(tokenizer, template)
    row = rendered(renderer, chat("Why?", "Because"))
    assert tokenizer.convert_ids_to_tokens(row.ids.tolist()) == [*"▁[Why?]▁Because", "</s>"]
    assert tokenizer.convert_ids_to_tokens(row.labels[row.labels >= 0].tolist()) == [*"▁Because", "</s>"]
