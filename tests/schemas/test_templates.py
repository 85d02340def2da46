from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Template
from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from schemas.templates import ALPACA_CHAT_TEMPLATE, QUESTION_CHAT_TEMPLATE, alpaca_prompt, question_prompt

texts = st.text(max_size=20) | st.sampled_from(["", " \n", "{{ x }}", "{% if %}", "a\n\nb", "<b>&"])


def refuse(message: str) -> None:
    raise TemplateError(message)


def compiled(template: str) -> Template:
    """Compile a chat template as transformers does."""
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    environment.globals["raise_exception"] = refuse
    return environment.from_string(template)


ALPACA, QUESTION = compiled(ALPACA_CHAT_TEMPLATE), compiled(QUESTION_CHAT_TEMPLATE)


def turns(*pairs: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"role": role, "content": content} for role, content in pairs]


def test_the_prompt_without_input_is_alpacas() -> None:
    assert alpaca_prompt("Say hi.") == (
        "Below is an instruction that describes a task. Write a response that appropriately completes the request."
        "\n\n### Instruction:\nSay hi.\n\n### Response:"
    )


def test_the_prompt_with_input_is_alpacas() -> None:
    assert alpaca_prompt("Translate.", "Hallo") == (
        "Below is an instruction that describes a task, paired with an input that provides further context. Write a "
        "response that appropriately completes the request.\n\n### Instruction:\nTranslate.\n\n### Input:\nHallo\n\n"
        "### Response:"
    )


def test_the_question_prompt() -> None:
    assert question_prompt("Why?") == "### Question:\nWhy?\n\n### Answer:"


@given(texts)
def test_the_chat_template_gives_the_prompt_without_input(instruction: str) -> None:
    rendered = ALPACA.render(messages=turns(("user", instruction)), add_generation_prompt=True)
    assert rendered == alpaca_prompt(instruction)


@given(texts, st.text(min_size=1))
def test_the_chat_template_gives_the_prompt_with_input(instruction: str, given_input: str) -> None:
    messages = turns(("user", f"{instruction}\n\n{given_input}"))
    rendered = ALPACA.render(messages=messages, context=given_input, add_generation_prompt=True)
    assert rendered == alpaca_prompt(instruction, given_input)


@given(texts)
def test_the_chat_template_gives_the_question_prompt(question: str) -> None:
    rendered = QUESTION.render(messages=turns(("user", question)), add_generation_prompt=True)
    assert rendered == question_prompt(question)


@pytest.mark.parametrize("context", [None, "", "elsewhere"])
def test_a_context_that_is_not_in_the_turn_changes_nothing(context: str | None) -> None:
    rendered = ALPACA.render(messages=turns(("user", "Why?")), context=context, add_generation_prompt=True)
    assert rendered == alpaca_prompt("Why?")


@pytest.mark.parametrize(("template", "prompt"), [(ALPACA, alpaca_prompt), (QUESTION, question_prompt)])
@given(asked=texts, answered=texts)
def test_the_answer_and_its_end_follow_the_prompt(template: Template, prompt: Any, asked: str, answered: str) -> None:
    messages = turns(("user", asked), ("assistant", answered))
    assert template.render(messages=messages, eos_token="</s>") == prompt(asked) + answered + "</s>"


def test_turns_are_parted_by_a_blank_line_and_each_answer_ends() -> None:
    messages = turns(("system", "Be brief."), ("user", "a"), ("assistant", "b"), ("user", "c"))
    assert QUESTION.render(messages=messages, eos_token="</s>", add_generation_prompt=True) == (
        "Be brief.\n\n### Question:\na\n\n### Answer:b</s>\n\n### Question:\nc\n\n### Answer:"
    )
    first, _, rest = ALPACA.render(messages=messages, eos_token="</s>", add_generation_prompt=True).partition("b</s>")
    assert first == "Be brief.\n\n" + alpaca_prompt("a")
    assert rest == "\n\n### Instruction:\nc\n\n### Response:"


@pytest.mark.parametrize("template", [ALPACA, QUESTION], ids=["alpaca", "question"])
@given(st.lists(st.tuples(st.sampled_from(["system", "user", "assistant"]), texts), min_size=1, max_size=5), texts)
def test_the_prompt_is_the_beginning_of_the_whole(
    template: Template, pairs: list[tuple[str, str]], answer: str
) -> None:
    prompt = template.render(messages=turns(*pairs), eos_token="</s>", add_generation_prompt=True)
    whole = template.render(messages=turns(*pairs, ("assistant", answer)), eos_token="</s>")
    assert whole == prompt + answer + "</s>"


def test_a_role_that_the_template_does_not_know_is_refused() -> None:
    with pytest.raises(TemplateError, match="this chat template has no role tool"):
        ALPACA.render(messages=turns(("tool", "x")))
