"""How diverse a dataset is, before and after curation."""

from curate.diversity.measure import Coverage, Diversity, Pair, measure_diversity
from curate.diversity.page import fragment
from curate.diversity.shares import Share

__all__ = ["Coverage", "Diversity", "Pair", "Share", "fragment", "measure_diversity"]
