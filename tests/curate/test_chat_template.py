import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from curate.chat_template import load_chat_template
from curate.tokens import chat_token_counts, tokenizer_fingerprint
from schemas.errors import InputError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

TALKS: list[list[dict[str, str]]] = [
    [{"role": "user", "content": "the end"}, {"role": "assistant", "content": "the\n\nstart"}],
    [
        {"role": "system", "content": "Be brief <&> 'now'"},
        {"role": "user", "content": "größer 中文 😀"},
        {"role": "assistant", "content": ""},
        {"role": "user", "content": "again?"},
        {"role": "assistant", "content": "  yes  "},
    ],
]
MARKED = (
    "{{ bos_token }}{% for message in messages %}\n"
    "    {% if message['role'] == 'assistant' %}\n"
    "{% generation %}{{ message['content'] | tojson }}{{ eos_token }}{% endgeneration %}\n"
    "    {% else %}\n"
    "{{ message | tojson(indent=2) }}{% if loop.index > 90 %}{% break %}{% endif %}\n"
    "    {% endif %}\n"
    "{% endfor %}{% if tools %}TOOLS{% endif %}{{ strftime_now('%Y') }}"
)


def saved(tokenizer: "PreTrainedTokenizerBase", folder: Path) -> str:
    tokenizer.save_pretrained(str(folder))
    return str(folder)


def column(talks: list[list[dict[str, str]]]) -> "pa.Array[Any]":  # Any: the stubs know no list of structs
    return pa.array(talks)


def theirs(tokenizer: "PreTrainedTokenizerBase") -> list[int]:
    return [len(tokenizer.apply_chat_template(talk, tokenize=True, return_dict=False)) for talk in TALKS]


@pytest.mark.parametrize("template", [None, MARKED], ids=["ChatML", "marked"])
def test_counts_are_those_of_the_models_library(
    tokenizer_with: "Callable[..., PreTrainedTokenizerBase]", tmp_path: Path, template: str | None
) -> None:
    tokenizer = tokenizer_with(template) if template else tokenizer_with()
    tokenizer.bos_token = "<|endoftext|>"
    folder = saved(tokenizer, tmp_path / "model")
    assert chat_token_counts(column(TALKS), folder).tolist() == theirs(tokenizer)
    rendered = [load_chat_template(folder).render(talk) for talk in TALKS]
    assert rendered == tokenizer.apply_chat_template(TALKS, tokenize=False)


def test_older_models_keep_the_template_in_their_configuration(
    tokenizer_with: "Callable[..., PreTrainedTokenizerBase]", tmp_path: Path
) -> None:
    tokenizer = tokenizer_with()
    folder = Path(saved(tokenizer, tmp_path / "model"))
    template = (folder / "chat_template.jinja").read_text(encoding="utf-8")
    (folder / "chat_template.jinja").unlink()
    config = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    for form in (template, [{"name": "tool_use", "template": "x"}, {"name": "default", "template": template}]):
        (folder / "tokenizer_config.json").write_text(json.dumps(config | {"chat_template": form}), encoding="utf-8")
        load_chat_template.cache_clear()
        assert chat_token_counts(column(TALKS), str(folder)).tolist() == theirs(tokenizer)


def test_a_model_without_a_template_gets_the_one_that_it_is_trained_with(
    tokenizer_with: "Callable[..., PreTrainedTokenizerBase]", tmp_path: Path
) -> None:
    folder = saved(tokenizer_with(None), tmp_path / "base")
    text = load_chat_template(folder).render(TALKS[0])
    assert text.startswith("Below is an instruction")
    assert text.endswith("### Response:the\n\nstart<|im_end|>")


def test_a_template_cannot_reach_outside(
    tokenizer_with: "Callable[..., PreTrainedTokenizerBase]", tmp_path: Path
) -> None:
    from jinja2.exceptions import SecurityError

    folder = saved(tokenizer_with("{{ messages.__class__.__mro__[1].__subclasses__() }}"), tmp_path / "model")
    with pytest.raises(SecurityError):
        load_chat_template(folder).render(TALKS[0])


def test_a_broken_template_names_the_model(
    tokenizer_with: "Callable[..., PreTrainedTokenizerBase]", tmp_path: Path
) -> None:
    folder = saved(tokenizer_with("{% if %}"), tmp_path / "model")
    with pytest.raises(InputError, match=r"model: its chat template is broken"):
        load_chat_template(folder)


def test_the_fingerprint_follows_tokenizer_and_template(
    tokenizer_with: "Callable[..., PreTrainedTokenizerBase]", tmp_path: Path
) -> None:
    one = saved(tokenizer_with(), tmp_path / "one")
    two = saved(tokenizer_with(MARKED), tmp_path / "two")
    assert tokenizer_fingerprint(one, template=False) == tokenizer_fingerprint(two, template=False)
    assert tokenizer_fingerprint(one, template=True) != tokenizer_fingerprint(two, template=True)


def test_no_rows_are_no_error(tokenizer: "PreTrainedTokenizerBase", tmp_path: Path) -> None:
    folder = saved(tokenizer, tmp_path / "model")
    assert chat_token_counts(column(TALKS)[:0], folder).dtype == np.int32
