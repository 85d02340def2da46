"""Rows without a question or without an answer."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.arrow import equals, mask, strings
from curate.markers import RESPONSE, markers
from curate.rows import Rows
from curate.stage import Verdicts, keep, signals
from schemas.buffers import text_buffers

_BLANK = r"\A[\s\x{00}\x{85}\p{Z}\x{200B}-\x{200F}\x{2060}\x{FEFF}]*\z"
REASONS = ("", "empty_instruction", "empty_response", "placeholder_response", "unanswered")


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """Keep rows that have an instruction and a response.

    White space, NUL and signs without width are nothing. A response that only says that there is none, such as
    `<nooutput>` or `N/A`, is none (`curate.markers`). A conversation that ends with a question is not answered by what
    was said before it.
    """

    by_text: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "empty"

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals: `fault` int8, the place of the reason in `REASONS`, 0 for none."""
        fault = np.zeros(len(rows), dtype=np.int8)
        fault[rows.unanswered()] = 4
        fault[markers(rows["response"], RESPONSE)] = 3
        fault[_blank(rows["response"])] = 2
        fault[_blank(rows["instruction"])] = 1
        return signals(fault=fault)

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop rows with a fault."""
        fault = signals["fault"]
        return keep(where=equals(fault, 0), reason=strings(REASONS).take(fault.combine_chunks()))


def _blank(texts: pa.StringArray) -> npt.NDArray[np.bool_]:
    """Tell which texts show nothing; one that begins with a printable ASCII sign does, and is not searched."""
    data, starts = text_buffers(texts)
    found = np.ones(len(texts), dtype=bool)
    filled = np.flatnonzero(np.diff(starts))
    first = data[starts[filled]]
    found[filled] = (first <= 32) | (first >= 127)
    some = texts.filter(mask(found))
    found[found] = pc.match_substring_regex(some, _BLANK).to_numpy(zero_copy_only=False)
    return found
