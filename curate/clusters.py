"""Ids of near-duplicate clusters, for splits that must not leak."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.alike import traits
from curate.arrow import indices, strings
from curate.candidates import Index, Texts
from curate.forms import Forms
from curate.hashing import hash_groups, hashes
from curate.lsh import signatures
from curate.near import sides
from curate.normalise import normal_forms
from curate.rows import Rows, View
from curate.stars import Comparer, components

_ROWS = 8192


def clusters(texts: Sequence[str] | pa.Table, threshold: float = 0.88, *, of: View = "whole") -> npt.NDArray[np.int64]:
    """Number the texts so that near-duplicates have the same number, and so have near-duplicates of near-duplicates.

    What counts as a near-duplicate is what the stage `Near` takes for one. Unlike there, chains are followed: a split
    leaks through any of their links.

    Args:
        texts: Texts, or a table of examples.
        threshold: Least similarity.
        of: View to compare, where a table is given.

    Returns:
        (texts) int64, numbered from 0 in the order of first members.
    """
    if isinstance(texts, pa.Table):
        batches = texts.to_batches(max_chunksize=_ROWS)
        rows = [Rows(batch, indices(np.arange(len(batch)))) for batch in batches]
        forms = [sides(each) if of == "whole" else each.normal(of) for each in rows]
    else:
        parts = [texts[start : start + _ROWS] for start in range(0, len(texts), _ROWS)]
        forms = [normal_forms(strings(part)) for part in parts]
    if not forms:
        return np.zeros(0, dtype=np.int64)
    groups = hash_groups(pa.chunked_array([hashes([part]) for part in forms]))
    _, first = np.unique(groups, return_index=True)
    signed = [signatures(part) for part in forms]
    known = Texts(
        np.concatenate([bands for bands, _ in signed])[first],
        np.concatenate([lengths for _, lengths in signed])[first],
        np.concatenate([traits(part) for part in forms])[first],
    )
    whole = pa.chunked_array([part.cast(pa.large_string()) for part in forms]).take(indices(first))
    edges = Comparer(Forms(whole), threshold, every=True).compare(Index(known, threshold).pairs(np.arange(len(first))))
    labels = components(edges.pairs, len(first))[groups]
    _, order, labels = np.unique(labels, return_index=True, return_inverse=True)
    place = np.empty(len(order), dtype=np.int64)
    place[np.argsort(order)] = np.arange(len(order))
    return place[labels]
