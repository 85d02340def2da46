"""synthetic-data-kit's client for an OpenAI endpoint, its batches as large as the window."""

from synthetic_data_kit.models.llm_client import LLMClient
from task import measure, prompt, settings

url, count, places = settings()


def work() -> None:
    """Ask in batches."""
    client = LLMClient(provider="api-endpoint", api_base=url, api_key="none", model_name="small")
    asked = [[{"role": "user", "content": prompt(number)}] for number in range(count)]
    answers = client.batch_completion(asked, max_tokens=64, temperature=0.0, batch_size=places)
    given = sum(bool(answer) and not str(answer).startswith("ERROR") for answer in answers)
    if given != count:
        raise RuntimeError(f"{given} of {count} answered")


measure(work)
