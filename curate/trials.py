"""What other thresholds would do: each tried on the signals that were measured, so nothing is measured again."""

import dataclasses
from typing import Any, NamedTuple

import pyarrow as pa

from curate.calls import decide
from curate.stage import Stage, Verdicts
from schemas.errors import InputError

_SHARES = (-0.08, -0.06, -0.04, -0.02, 0.02, 0.04, 0.06, 0.08)
_TIMES = (0.25, 0.5, 0.75, 1.5, 2, 4)


class Variant(NamedTuple):
    """A stage with one threshold moved."""

    setting: str
    value: float
    stage: Stage


class Trial(NamedTuple):
    """What a stage does with one of its thresholds at some value.

    Attributes:
        stage: Its name.
        setting: The threshold.
        value: Its value.
        current: Whether this is the value that the run uses.
        judged: Rows that come to the stage.
        kept: Those of them that stay.
    """

    stage: str
    setting: str
    value: float
    current: bool
    judged: int
    kept: int


def variants(stage: Stage) -> list[Variant]:
    """Give a stage with each of its thresholds moved, one at a time.

    A share from 0 to 1 moves by a few hundredths, any other number by factors up to four; values that the stage
    refuses are left out.
    """
    found = []
    for setting in getattr(stage, "thresholds", ()):
        now: Any = getattr(stage, setting)  # Any: settings are of any type
        # Another seed draws other rows; it keeps no more and no fewer.
        if setting == "seed" or isinstance(now, bool) or not isinstance(now, int | float):
            continue
        for value in _values(now):
            try:
                other: Any = dataclasses.replace(stage, **{setting: value})  # type: ignore[type-var]  # Any: as above
            except InputError:
                continue
            found.append(Variant(setting, value, other))
    return found


def tried(name: str, stage: Stage, others: list[Variant], signals: pa.Table, verdicts: Verdicts) -> list[Trial]:
    """Decide with each of the variants; what the stage itself decided stands among them, by value."""
    rows = signals.num_rows
    found = [
        Trial(name, other.setting, other.value, False, rows, _kept(decide(name, other.stage, signals)))  # noqa: FBT003 - a field of a record
        for other in others
    ]
    found += [
        Trial(name, setting, getattr(stage, setting), True, rows, _kept(verdicts))  # noqa: FBT003 - as above
        for setting in dict.fromkeys(other.setting for other in others)
    ]
    return sorted(found, key=lambda trial: (trial.setting, trial.value))


def _values(now: float) -> list[float]:
    """Give other values of a threshold."""
    if not isinstance(now, int) and 0 < now <= 1:
        return [round(now + step, 4) for step in _SHARES if 0 < now + step <= 1]
    if isinstance(now, int):
        return sorted({round(now * times) for times in _TIMES} - {now})
    return [round(now * times, 4) for times in _TIMES]


def _kept(verdicts: Verdicts) -> int:
    return int(verdicts.keep.to_numpy(zero_copy_only=False).sum())
