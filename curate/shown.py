"""Texts of rows as a report may show them: private data give way to marks, and long texts are cut."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from curate.arrow import plain, strings

MARGIN = 8_000
"""Characters that are read beyond a cut, so that no private datum is cut in two before it is found."""
LONGEST_EVIDENCE = 200
FEW = 8
"""Values of a list that are shown one by one."""


def shown(text: str, longest: int) -> str:
    """Mask a text, then cut it to at most `longest` characters and say how many are left out."""
    from curate.private.find import mask

    whole = len(text) <= longest + 2 * MARGIN
    masked = mask(text if whole else text[: longest + 2 * MARGIN])
    return _cut(masked, longest) if whole else _cut_inside(masked, longest, len(text))


def all_shown(texts: pa.StringArray, longest: int) -> list[str]:
    """Mask and cut some texts; only those that Arrow finds suspect are searched."""
    from curate.private.find import suspects

    suspect = set(np.asarray(suspects([texts])).tolist())
    return [
        shown(text, longest) if place in suspect else _cut(text, longest) for place, text in enumerate(plain(texts))
    ]


def without_private(texts: pa.StringArray) -> pa.StringArray:
    """Mask some texts, nulls among them; only those that Arrow finds suspect are searched."""
    from curate.private.find import mask, suspects

    places = suspects([texts.fill_null("")]).tolist()  # type: ignore[list-item]  # the stubs lose the type
    if not places:
        return texts
    held = texts.to_pylist()
    for place in places:
        held[place] = mask(held[place] or "")
    return strings(held)


def evidence_shown(evidence: str | None) -> str | None:
    """Mask the evidence of a decision."""
    return None if evidence is None else shown(evidence, LONGEST_EVIDENCE)


def plain_shown(values: Mapping[str, object]) -> dict[str, object]:
    """Make values of columns fit to be shown: texts masked and cut, lists and bytes summarised."""
    return {name: _value(value) for name, value in values.items()}


def _value(value: object) -> object:
    match value:
        case str():
            return evidence_shown(value)
        case bytes():
            return value[:8].hex() + ("…" if len(value) > 8 else "")
        case list() if len(value) > FEW or any(isinstance(each, list | dict) for each in value):
            return f"{len(value):,} values"
        case list():
            return [_value(each) for each in value]
        case dict():
            return {str(name): _value(each) for name, each in value.items()}
        case float():
            return float(f"{value:.6g}")
        case _:
            return value


def _cut(text: str, longest: int) -> str:
    more = len(text) - longest
    return f"{text[:longest]} … ({more:,} more characters)" if more > 0 else text


def _cut_inside(masked: str, longest: int, length: int) -> str:
    """Cut a text of which only the beginning was masked; what lies near its end may be half a datum."""
    cut = max(0, min(longest, len(masked) - MARGIN))
    return f"{masked[:cut]} … ({length - cut:,} more characters)"
