"""Who answers the requests: a server, or a model on this machine."""

import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gristmill.config import read_config
from gristmill.embedded import NAME
from gristmill.models import EMBEDDED, model_folder
from gristmill.recipe import ClientConfig
from schemas.chat import Answer, ChatRequest, Client
from schemas.errors import InputError, LLMError
from schemas.progress import Progress, silent

if TYPE_CHECKING:
    from generate import GenerateConfig

_EMBEDDED_WORDS = 150


class LazyLocal:
    """A model on this machine that is loaded when the first request comes, and not where the journal answers them all.

    Args:
        name: `embedded`, a model's folder, a run's folder or a hub name.
        progress: Shows how the embedded model is fetched.

    Raises:
        InputError: There is no such model.
    """

    route = "local"

    def __init__(self, name: str, progress: Progress = silent) -> None:
        from train import model_name

        self._folder = model_folder(name, progress)
        self.model = model_name(self._folder)
        self._loaded: Client | None = None

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        """Answer every request once, as `schemas.Client` says."""
        requests = list(requests)
        if not requests:
            return
        if self._loaded is None:
            from train import LocalModel

            self._loaded = LocalModel.load(self._folder)
        yield from self._loaded.complete(requests)


class NotFetched:
    """Stands for the embedded model where nothing is going to be asked of it."""

    route = "local"
    model = NAME

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        """Answer nothing."""
        for position, _ in enumerate(requests):
            yield Answer(position, LLMError("the embedded model has not been fetched", retryable=False))


def suited(config: "GenerateConfig", client: ClientConfig) -> "GenerateConfig":
    """Fit the settings to the embedded model, which asks better questions about the beginning of a passage alone.

    It finds no evidence by itself either: `pairs` is asked for by worked examples.
    """
    if client.client == "openai" or client.model not in {None, EMBEDDED}:
        return config
    from generate.strategies import Pairs

    strategies = tuple(
        dataclasses.replace(each, few_shot=True) if isinstance(each, Pairs) else each for each in config.strategies
    )
    return dataclasses.replace(config, shown_words=config.shown_words or _EMBEDDED_WORDS, strategies=strategies)


def check_client(config: ClientConfig) -> None:
    """Find out, before the work that comes first, whether a client may ask; nothing is fetched, loaded or asked.

    Raises:
        MissingExtraError: The package that it needs is not installed.
        InputError: Its address is none, or its server wants a key.
    """
    if config.client == "openai":
        check_key(open_client(config).route)
    elif config.client == "vllm":
        from generate.clients.vllm import VLLM

        read_config(VLLM, {**config.vllm, "source": config.model or EMBEDDED}, where="vllm")


def check_key(route: str) -> None:
    """Find out whether a key is there for a route that needs one.

    Raises:
        InputError: It is not.
    """
    from generate.clients.keys import lacks_key

    if lacks_key(route):
        raise InputError(
            "OpenAI answers nobody without a key",
            where=route,
            mend="Set OPENAI_API_KEY, or name your own server with base_url or OPENAI_BASE_URL",
        )


def open_client(config: ClientConfig, progress: Progress = silent, *, beside: Path = Path()) -> Client:
    """Give the client that the settings name.

    Args:
        config: The settings.
        progress: Shows how the embedded model is fetched, and how batches get on.
        beside: Folder for the record of submitted batches.

    Raises:
        MissingExtraError: The package that it needs is not installed.
    """
    if config.client == "openai":
        from generate.clients.openai_compatible import OpenAICompatible

        assert config.model is not None, "ClientConfig checks it"
        if config.batch:
            from generate.clients.batch import OpenAIBatch

            return OpenAIBatch(
                config.model, record=beside / "batches.json", base_url=config.base_url, progress=progress
            )
        return OpenAICompatible(
            config.model,
            base_url=config.base_url,
            concurrency=config.concurrency,
            timeout=config.timeout,
            extra_body=config.extra_body,
        )
    if config.client == "vllm":
        from generate.clients.vllm import VLLM
        from train import model_name

        source = model_folder(config.model or EMBEDDED, progress)
        return read_config(VLLM, {**config.vllm, "source": source, "model": model_name(source)}, where="vllm")
    return LazyLocal(config.model or EMBEDDED, progress)
