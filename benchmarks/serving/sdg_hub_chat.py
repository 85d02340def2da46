"""sdg_hub's block for chat completions, asynchronous."""

import pandas as pd
from sdg_hub.core.blocks import LLMChatBlock
from task import measure, prompt, settings

url, count, places = settings()


def work() -> None:
    """Run the block over a table of messages."""
    rows = pd.DataFrame({"messages": [[{"role": "user", "content": prompt(number)}] for number in range(count)]})
    block = LLMChatBlock(
        block_name="ask",
        input_cols=["messages"],
        output_cols=["answer"],
        model="openai/small",
        api_base=url,
        api_key="none",
        async_mode=True,
        max_tokens=64,
        temperature=0.0,
    )
    answers = block.generate(rows, _flow_max_concurrency=places)["answer"]
    if len(answers) != count or answers.isna().any():
        raise RuntimeError("not all answered")


measure(work)
