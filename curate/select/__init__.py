"""Selection of exactly so many rows, or of rows for so many tokens."""

from curate.select.k_centre import k_centre
from curate.select.quality_diversity import quality_diversity
from curate.select.quotas import quotas
from curate.select.stage import MEANINGS, Select

__all__ = ["MEANINGS", "Select", "k_centre", "quality_diversity", "quotas"]
