"""Embedders: what a text means, as a direction, and which texts point the same way."""

from curate.embedding.named import NamedEmbedder, load_embedder
from curate.embedding.protocol import Embedder
from curate.embedding.search import Hits, alike_pairs
from curate.embedding.static import StaticEmbedder

__all__ = ["Embedder", "Hits", "NamedEmbedder", "StaticEmbedder", "alike_pairs", "load_embedder"]
