"""Data Designer: one column of text, by `create`."""

import tempfile

import data_designer.config as dd
import pandas as pd
from data_designer.interface import DataDesigner
from task import measure, prompt, settings

url, count, places = settings()


def work() -> None:
    """Create the data set."""
    provider = dd.ModelProvider(name="here", endpoint=url, provider_type="openai", api_key="none")
    model = dd.ModelConfig(
        alias="small",
        model="small",
        provider="here",
        skip_health_check=True,
        inference_parameters=dd.ChatCompletionInferenceParams(
            max_parallel_requests=places, max_tokens=64, temperature=0.0
        ),
    )
    with tempfile.TemporaryDirectory() as folder:
        designer = DataDesigner(artifact_path=folder, model_providers=[provider])
        config = dd.DataDesignerConfigBuilder(model_configs=[model])
        config.with_seed_dataset(dd.DataFrameSeedSource(df=pd.DataFrame({"ask": [prompt(n) for n in range(count)]})))
        config.add_column(dd.LLMTextColumnConfig(name="answer", prompt="{{ ask }}", model_alias="small"))
        rows = designer.create(config, num_records=count, dataset_name="answers").load_dataset()
    if len(rows) != count or rows["answer"].isna().any():
        raise RuntimeError(f"{len(rows)} of {count} answered")


measure(work)
