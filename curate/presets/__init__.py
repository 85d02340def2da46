"""The rules that web corpora were filtered with, as they were published; for instruction rows they are too strict."""

from curate.presets.c4 import C4
from curate.presets.fineweb import FineWeb
from curate.presets.gopher_quality import GopherQuality
from curate.presets.gopher_repetition import GopherRepetition
from curate.presets.rules import MEANINGS

__all__ = ["C4", "MEANINGS", "FineWeb", "GopherQuality", "GopherRepetition"]
