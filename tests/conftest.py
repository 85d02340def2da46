"""What tests of all packages share: a model small enough to train in a second, the embedded one, a chat server."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.generate.chat_server import ChatServer

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

CHATML = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def make_tokenizer(template: str | None = CHATML, *, eos: str | None = "<|im_end|>") -> "PreTrainedTokenizerBase":
    """Build a byte-level tokenizer that needs no training data: every byte is a token, plus three control tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast as TheirTokenizer

    control = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    signs = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {sign: number for number, sign in enumerate([*control, *signs])}
    merges = [("Ċ", "Ċ"), ("t", "h"), ("th", "e"), ("Ġ", "the")]
    for first, second in merges:
        vocabulary[first + second] = len(vocabulary)
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(control)
    special = {} if eos is None else {"eos_token": eos, "pad_token": eos}
    fast: Any = TheirTokenizer  # Any: its constructor is untyped
    wrapped: PreTrainedTokenizerBase = fast(tokenizer_object=tokenizer, unk_token="<|endoftext|>", **special)
    wrapped.chat_template = template
    return wrapped


def make_model(folder: Path, tokenizer: "PreTrainedTokenizerBase", *, context: int = 512) -> Path:
    """Save a random two-layer Llama with its tokenizer, as bfloat16 safetensors with tied embeddings."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    llama: Any = LlamaForCausalLM  # Any: its constructor is untyped
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=context,
        tie_word_embeddings=True,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=2,
    )
    llama(config).to(torch.bfloat16).save_pretrained(str(folder))
    tokenizer.save_pretrained(str(folder))
    return folder


@pytest.fixture(scope="session")
def tokenizer() -> "PreTrainedTokenizerBase":
    """Give a ChatML tokenizer; do not change it."""
    return make_tokenizer()


@pytest.fixture(scope="session")
def tokenizer_with() -> "Callable[..., PreTrainedTokenizerBase]":
    """Give the function that builds a tokenizer with another template or without an end of sequence."""
    return make_tokenizer


@pytest.fixture(scope="session")
def model_in() -> "Callable[..., Path]":
    """Give the function that saves a tiny random model into a folder."""
    return make_model


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a tiny random model; do not change it."""
    return make_model(tmp_path_factory.mktemp("tiny") / "model", make_tokenizer())


@pytest.fixture(scope="session")
def embedded_folder() -> Path:
    """Give the folder of the embedded model, fetched into the user's cache where it is not there yet."""
    from gristmill.embedded import embedded_folder

    return embedded_folder()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    """A chat server on this machine, the only one that the client knows of."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    chat = ChatServer()
    yield chat
    chat.stop()
