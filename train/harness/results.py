"""What is kept of the harness' result: the measures, and each one's value on every row."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any


def kept(name: str, found: Mapping[str, Any], *, cut: int) -> dict[str, Any]:  # Any: JSON
    """Take what is compared: of a group its own measures, of a tag those of its tasks.

    Args:
        name: Name of the task, group or tag.
        found: What the harness gave.
        cut: Prompts that are longer than the model reads.
    """
    every = {**found["results"], **found.get("groups", {})}
    samples: dict[str, list[dict[str, Any]]] = found["samples"]  # Any: as above
    shown = [name] if _measures(every.get(name, {})) else [each for each in every if _measures(every[each])]
    return {
        "scores": {each: _measures(every[each]) for each in shown},
        "all_scores": {each: _measures(values) for each, values in every.items()},
        "members": {each: sorted(samples) for each in shown if each not in samples},
        "rows": {each: len({*_rows(samples, each)}) for each in shown},
        "limited": any(each["effective"] < each["original"] for each in found["n-samples"].values()),
        "higher_is_better": found.get("higher_is_better", {}),
        "samples": {task: _by_measure(some) for task, some in samples.items()},
        "prompts": hashlib.sha256(
            "".join(sorted(sample["prompt_hash"] for some in samples.values() for sample in some)).encode()
        ).hexdigest()[:16],
        "too_long": cut,
    }


def _rows(samples: Mapping[str, Sequence[Mapping[str, Any]]], name: str) -> list[tuple[str, int]]:  # Any: as above
    tasks = [name] if name in samples else list(samples)
    return [(task, sample["doc_id"]) for task in tasks for sample in samples[task]]


def _measures(values: Mapping[str, Any]) -> dict[str, tuple[float, Any]]:  # Any: a standard error, or N/A
    """Give value and standard error by measure; `acc,none` is plain `acc`."""
    return {
        _plain(key): (value, values.get(f"{measure}_stderr,{kind}"))
        for key, value in values.items()
        if (measure := key.partition(",")[0]) and (kind := key.partition(",")[2])
        if not measure.endswith("_stderr") and isinstance(value, int | float)
    }


def _by_measure(samples: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, float]]:  # Any: as above
    """Give each measure's value by row, where it is a number."""
    found: dict[str, dict[str, float]] = {}
    for sample in samples:
        for measure in sample["metrics"]:
            value = sample.get(measure)
            if isinstance(value, int | float):
                place = found.setdefault(_plain(f"{measure},{sample['filter']}"), {})
                place[str(sample["doc_id"])] = float(value)
    return found


def _plain(key: str) -> str:
    return key.removesuffix(",none")
