"""What a pipeline gives back where it writes nothing."""

from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from curate.summary import Report
from schemas.errors import MissingExtraError

if TYPE_CHECKING:
    import pandas as pd


class Decided(NamedTuple):
    """What a run would do: its decisions and its report."""

    decisions: pa.Table
    report: Report


class Result(NamedTuple):
    """What a run made, in memory: the tables that it would have written, and its report."""

    kept: pa.Table
    dropped: pa.Table
    quarantined: pa.Table
    decisions: pa.Table
    report: Report

    def to_pandas(self) -> "pd.DataFrame":
        """Give the kept rows as a data frame."""
        frame: pd.DataFrame = self.kept.to_pandas()
        return frame

    def to_dataset(self) -> Any:  # Any: a `datasets.Dataset`; the library ships no types
        """Give the kept rows as a `datasets.Dataset`.

        Raises:
            MissingExtraError: The library is not installed.
        """
        try:
            from datasets import Dataset  # type: ignore[import-untyped]  # it ships no types
        except ImportError:
            raise MissingExtraError("datasets", extra="train") from None
        return Dataset(self.kept.replace_schema_metadata())
