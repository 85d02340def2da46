"""Read and write the formats that instruction datasets come in: detected by column, lossless both ways."""

from schemas.formats.batch import Batch, Reject
from schemas.formats.layout import FORMATS, ROLES, Format
from schemas.formats.reading import ExampleInput, open_examples
from schemas.formats.writing import write_examples

__all__ = [
    "FORMATS",
    "ROLES",
    "Batch",
    "ExampleInput",
    "Format",
    "Reject",
    "open_examples",
    "write_examples",
]
