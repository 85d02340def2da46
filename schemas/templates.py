"""Prompts for models that have no chat template of their own: Alpaca's, and question and answer.

Each stands here twice: as a function of the texts, and as a Jinja chat template for a tokenizer. Both give the same
prompt. The answer follows it directly, and the end-of-sequence token follows the answer. A blank line parts the turns
of a longer conversation, and a system message stands in front of everything.
"""

ALPACA_WITH_INPUT = (
    "Below is an instruction that describes a task, paired with an input that provides further context. "
    "Write a response that appropriately completes the request."
)
ALPACA_WITHOUT_INPUT = (
    "Below is an instruction that describes a task. Write a response that appropriately completes the request."
)


def alpaca_prompt(instruction: str, input: str = "") -> str:  # noqa: A002 - the name of Alpaca's column
    """Write the prompt that Stanford Alpaca was trained with; an empty input takes the shorter form."""
    if input:
        return f"{ALPACA_WITH_INPUT}\n\n### Instruction:\n{instruction}\n\n### Input:\n{input}\n\n### Response:"
    return f"{ALPACA_WITHOUT_INPUT}\n\n### Instruction:\n{instruction}\n\n### Response:"


def question_prompt(question: str) -> str:
    """Write a question and the head of its answer."""
    return f"### Question:\n{question}\n\n### Answer:"


def _chat_template(user: str, answer: str) -> str:
    r"""Write the Jinja chat template whose user turns are `user` and whose answers stand behind the head `answer`.

    Line ends inside expressions are written as `\n`, so that `trim_blocks` and `lstrip_blocks` leave them alone.
    """
    return (
        "{%- set ns = namespace(opened=false) -%}"
        "{%- for message in messages -%}"
        "{{- '' if loop.first else '\\n\\n' -}}"
        "{%- if message['role'] == 'system' -%}"
        "{{- message['content'] -}}"
        "{%- elif message['role'] == 'user' -%}" + user + "{%- elif message['role'] == 'assistant' -%}"
        "{{- '" + answer + "' + message['content'] + (eos_token or '') -}}"
        "{%- else -%}"
        "{{- raise_exception('this chat template has no role ' + message['role']) -}}"
        "{%- endif -%}"
        "{%- endfor -%}"
        "{%- if add_generation_prompt -%}{{- '\\n\\n" + answer + "' if messages else '" + answer + "' -}}{%- endif -%}"
    )


ALPACA_CHAT_TEMPLATE = _chat_template(
    "{%- set content = message['content'] -%}"
    "{%- set given = context is defined and context and content.endswith('\\n\\n' + context) -%}"
    "{%- if not ns.opened -%}"
    "{{- ('" + ALPACA_WITH_INPUT + "' if given else '" + ALPACA_WITHOUT_INPUT + "') + '\\n\\n' -}}"
    "{%- set ns.opened = true -%}"
    "{%- endif -%}"
    "{%- if given -%}"
    "{{- '### Instruction:\\n' + content[:-(context | length) - 2] + '\\n\\n### Input:\\n' + context -}}"
    "{%- else -%}"
    "{{- '### Instruction:\\n' + content -}}"
    "{%- endif -%}",
    "### Response:",
)
"""Alpaca's prompt for a tokenizer; given the variable `context`, a turn that ends with it shows it as input."""

QUESTION_CHAT_TEMPLATE = _chat_template("{{- '### Question:\\n' + message['content'] -}}", "### Answer:")
"""Question and answer for a tokenizer."""
