"""Quality scores: measured, written beside the rows, and held to limits only where some are set."""

from curate.quality.judge import Judge
from curate.quality.perplexity import Perplexity
from curate.quality.readability import Readability

__all__ = ["Judge", "Perplexity", "Readability"]
