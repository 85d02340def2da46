"""Who answers: any OpenAI-compatible server, at once or in batches, or vLLM in this process.

The embedded model is not here: `train.LocalModel` loads and runs it, is a `schemas.Client` like these, and is handed in
by `gristmill`, because the siblings `generate` and `train` never import each other.
"""

from generate.clients.batch import OpenAIBatch
from generate.clients.openai_compatible import OpenAICompatible
from generate.clients.vllm import VLLM

__all__ = ["VLLM", "OpenAIBatch", "OpenAICompatible"]
