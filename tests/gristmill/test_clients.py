from pathlib import Path

import pytest

from generate import GenerateConfig, OpenAICompatible
from gristmill.clients import LazyLocal, open_client, suited
from gristmill.recipe import ClientConfig
from schemas import ChatRequest, ChatResponse, Message
from schemas.errors import InputError


def test_a_local_model_is_named_by_its_weights_and_answers(tiny_folder: Path) -> None:
    client = LazyLocal(str(tiny_folder))
    assert client.model.startswith("model@")
    request = ChatRequest(messages=(Message("user", "What is stored in shed 1?"),), max_tokens=3)
    [(position, outcome)] = client.complete([request])
    assert position == 0
    assert isinstance(outcome, ChatResponse)
    assert outcome.model == client.model


def test_a_local_model_is_not_loaded_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    assert list(LazyLocal(str(tmp_path)).complete([])) == []  # loading it would fail: there is no tokenizer


def test_a_model_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such model folder"):
        LazyLocal(str(tmp_path / "nowhere"))


def test_a_server_is_asked_where_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    client = open_client(ClientConfig(client="openai", model="m", base_url="http://user:secret@localhost:1/v1"))
    assert isinstance(client, OpenAICompatible)
    assert client.route == "http://localhost:1/v1"


@pytest.mark.parametrize(
    ("client", "config", "words"),
    [
        (ClientConfig(), GenerateConfig(), 150),
        (ClientConfig(), GenerateConfig(shown_words=40), 40),
        (ClientConfig(model="folder"), GenerateConfig(), None),
        (ClientConfig(client="openai", model="m"), GenerateConfig(), None),
    ],
    ids=["embedded", "as the user says", "another local model", "server"],
)
def test_only_the_embedded_model_is_shown_less(client: ClientConfig, config: GenerateConfig, words: int | None) -> None:
    assert suited(config, client).shown_words == words
