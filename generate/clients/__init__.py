"""Who answers: any OpenAI-compatible server.

The embedded model is not here: `train.LocalModel` loads and runs it, is a `schemas.Client` like these, and is handed in
by `gristmill`, because the siblings `generate` and `train` never import each other.
"""

from generate.clients.openai_compatible import OpenAICompatible

__all__ = ["OpenAICompatible"]
