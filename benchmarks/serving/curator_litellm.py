"""Curator on its litellm backend, limits out of the way."""

import os
import tempfile

os.environ |= {
    "TELEMETRY_ENABLED": "false",
    "CURATOR_DISABLE_RICH_DISPLAY": "1",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "OPENAI_API_KEY": "none",
}
os.environ["CURATOR_CACHE_DIR"] = folder = tempfile.mkdtemp()

from bespokelabs import curator
from task import measure, prompt, settings

url, count, places = settings()


class Asker(curator.LLM):
    """Ask, and keep what comes."""

    def prompt(self, row: dict[str, int]) -> str:
        """Write the prompt."""
        return prompt(row["number"])

    def parse(self, row: dict[str, int], response: str) -> dict[str, object]:
        """Keep the answer."""
        return {"number": row["number"], "answer": response}


def work() -> None:
    """Ask all."""
    asker = Asker(
        model_name="openai/small",
        backend="litellm",
        backend_params={
            "base_url": url,
            "max_requests_per_minute": 10_000_000,
            "max_tokens_per_minute": 10_000_000_000,
            "max_concurrent_requests": places,
        },
        generation_params={"max_tokens": 64},
    )
    answers = asker([{"number": number} for number in range(count)])
    found = len(getattr(answers, "dataset", answers))
    if found != count:
        raise RuntimeError(f"{found} of {count} answered")


measure(work)
