"""Distilabel: a pipeline of one text generation, its batches as large as the window."""

import tempfile

from distilabel.models import OpenAILLM
from distilabel.pipeline import Pipeline
from distilabel.steps import LoadDataFromDicts
from distilabel.steps.tasks import TextGeneration
from task import measure, prompt, settings

url, count, places = settings()


def work() -> None:
    """Run the pipeline."""
    with tempfile.TemporaryDirectory() as folder:
        with Pipeline(name="ask", cache_dir=folder) as pipeline:
            rows = LoadDataFromDicts(data=[{"instruction": prompt(n)} for n in range(count)], batch_size=places)
            model = OpenAILLM(
                model="small", base_url=url, api_key="none", generation_kwargs={"max_new_tokens": 64, "temperature": 0}
            )
            rows >> TextGeneration(llm=model, input_batch_size=places)
        answers = pipeline.run(use_cache=False)["default"]["train"]
    given = sum(row["generation"] is not None for row in answers)
    if given != count:
        raise RuntimeError(f"{given} of {count} answered")


if __name__ == "__main__":
    measure(work)
