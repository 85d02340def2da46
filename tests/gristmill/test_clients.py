from pathlib import Path
from typing import Any

import pytest

from generate import GenerateConfig, OpenAICompatible
from generate.clients import VLLM, OpenAIBatch
from gristmill.clients import LazyLocal, open_client, suited
from gristmill.recipe import ClientConfig
from schemas import ChatRequest, ChatResponse, Message
from schemas.errors import InputError, MissingExtraError


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


def test_a_batch_is_remembered_beside_the_output(tmp_path: Path) -> None:
    config = ClientConfig(client="openai", model="m", base_url="http://localhost:1/v1", batch=True)
    client = open_client(config, beside=tmp_path)
    assert isinstance(client, OpenAIBatch)
    assert client.record == tmp_path / "batches.json"


@pytest.fixture
def with_vllm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have vLLM seem to be installed; a client that is not asked does not import it."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())


def test_vllm_takes_a_folder_and_its_settings(with_vllm: None, tiny_folder: Path) -> None:
    client = open_client(ClientConfig(client="vllm", model=str(tiny_folder), vllm={"max_model_len": 512}))
    assert isinstance(client, VLLM)
    assert (client.source, client.max_model_len) == (str(tiny_folder), 512)
    assert client.model.startswith("model@")


def test_an_unknown_setting_of_vllm_is_refused(with_vllm: None, tiny_folder: Path) -> None:
    with pytest.raises(InputError, match="Did you mean max_model_len"):
        open_client(ClientConfig(client="vllm", model=str(tiny_folder), vllm={"max_len": 512}))


def test_vllm_that_is_not_installed_is_told_at_once(monkeypatch: pytest.MonkeyPatch, tiny_folder: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"gristmill\[vllm\]"):
        open_client(ClientConfig(client="vllm", model=str(tiny_folder)))


@pytest.mark.parametrize(
    ("settings", "says"),
    [({"batch": True}, "batch goes with the openai client"), ({"vllm": {"dtype": "float32"}}, "with the vllm client")],
    ids=["batch", "vllm"],
)
def test_settings_of_another_client_are_refused(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        ClientConfig(client="embedded", **settings)


@pytest.mark.parametrize(
    ("client", "config", "words"),
    [
        (ClientConfig(), GenerateConfig(), 150),
        (ClientConfig(), GenerateConfig(shown_words=40), 40),
        (ClientConfig(client="vllm"), GenerateConfig(), 150),
        (ClientConfig(client="vllm", model="embedded"), GenerateConfig(), 150),
        (ClientConfig(client="vllm", model="folder"), GenerateConfig(), None),
        (ClientConfig(model="folder"), GenerateConfig(), None),
        (ClientConfig(client="openai", model="m"), GenerateConfig(), None),
    ],
    ids=["embedded", "as the user says", "vllm", "vllm by name", "vllm, another", "another local model", "server"],
)
def test_only_the_embedded_model_is_shown_less(client: ClientConfig, config: GenerateConfig, words: int | None) -> None:
    assert suited(config, client).shown_words == words
