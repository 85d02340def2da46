"""Gristmill, with its journal."""

import sys
import tempfile
from pathlib import Path

import aiohttp  # noqa: F401 - what is imported is not measured, for nobody
import openai  # noqa: F401
from task import measure, prompt, settings

from generate import Journal, OpenAICompatible, journalled
from schemas import ChatRequest, ChatResponse, Message

url, count, places = settings()


def work() -> None:
    """Ask all, and see that all were answered."""
    requests = (ChatRequest(messages=(Message("user", prompt(number)),), max_tokens=64) for number in range(count))
    with tempfile.TemporaryDirectory() as folder, Journal(Path(folder) / "journal.sqlite") as journal:
        asker = OpenAICompatible("small", base_url=url, concurrency=places, timeout=float(sys.argv[5]))
        client = journalled(asker, journal)
        answered = sum(isinstance(outcome, ChatResponse) for _, outcome in client.complete(requests))
    if answered != count:
        raise RuntimeError(f"{answered} of {count} answered")


measure(work)
