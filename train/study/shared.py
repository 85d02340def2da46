"""What all variants of a study share: rows rendered once, and held-out rows that none of them may learn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas import EXAMPLE_SCHEMA, InputError
from schemas.counted import counted
from schemas.progress import Progress
from train.checked import Checked
from train.config import TrainConfig
from train.preflight import check_rows
from train.render import Renderer
from train.rendered import Rendered
from train.run import Rows, conversations
from train.sides import Clusters
from train.split import given_split, split

_FEW = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Ablation:
    """The rows as they would be with one stage of curation left out, or without any.

    Attributes:
        stage: Its name; empty for no curation at all.
        rows: The rows that stay; their numbers are those of the uncurated rows.
        dropped: Rows that the stage drops where it stands.
        changed: Rows that it changes.
    """

    stage: str
    rows: Rows
    dropped: int
    changed: int

    @property
    def name(self) -> str:
        """Name of the variant."""
        return f"without {self.stage}" if self.stage else "no curation"


class Shared(NamedTuple):
    """Rows in tokens, split.

    Attributes:
        checked: The preflight of every row of every variant.
        train: Rows of the full set to train, by number.
        groups: (train rows,) number of each one's group.
        test: Rows held out.
        test_groups: (test rows,) number of each one's group.
        held_out: The rows of `test` as they came in.
        others: Rows of each ablation to train, by number, in the order of the ablations.
        warnings: What is unusual about the held-out rows.
    """

    checked: Checked
    train: list[Rendered]
    groups: npt.NDArray[np.int64]
    test: list[Rendered]
    test_groups: npt.NDArray[np.int64]
    held_out: pa.Table
    others: list[list[Rendered]]
    warnings: list[str]


def share(  # noqa: PLR0913 - all that the variants have in common goes in
    full: Rows,
    ablations: Sequence[Ablation],
    renderer: Renderer,
    *,
    context: int,
    config: TrainConfig,
    clusters: Clusters | None,
    progress: Progress,
) -> Shared:
    """Render every row once and hold some rows of the full set out.

    A row may read differently in two variants. So rows are grouped in all their readings together, and whatever
    shares a group, or a number, with a held-out row is trained by no variant.

    Raises:
        InputError: No row can be trained, or none be held out.
    """
    if not full.table.num_rows:
        raise InputError("there are no rows to study", mend="Look at what curation dropped: gristmill curate --dry-run")
    versions = [full, *(each.rows for each in ablations)]
    pool, numbers = _pool(versions)
    checked = check_rows(
        conversations(Rows(pool, numbers, [])),
        renderer,
        context=context,
        max_length=config.max_length,
        over_length=config.over_length,
        unreadable=full.unreadable,
        progress=progress,
    )
    if checked.report.refuses:
        raise InputError(
            checked.report.refuses, where="the rows of the study", mend="gristmill train --dry-run shows why"
        )
    near = None if clusters is None else clusters(pool)
    found = split(pool, held_out=0, seed=config.seed, clusters=near).groups
    names = list(zip(numbers.tolist(), pool["id"].to_pylist(), strict=True))
    groups = dict(zip(names, found.tolist(), strict=True))
    rendered = {(row.row, row.id): row for row in checked.rendered}

    kept = [name for name in _names(full) if name in rendered]
    table = full.table.take(np.flatnonzero([name in rendered for name in _names(full)]))
    sides = given_split(table)
    if sides is None:
        if not config.held_out:
            raise InputError("held_out is 0, so there is nothing to measure on", mend="Choose a share such as 0.1")
        sides = split(
            table, held_out=config.held_out, seed=config.seed, clusters=np.array([groups[name] for name in kept])
        )
    test, train = [kept[index] for index in sides.test], [kept[index] for index in sides.train]
    given_away = {groups[name] for name in test}
    leaking = sum(groups[name] in given_away for name in train)
    train = [name for name in train if groups[name] not in given_away]
    # What the full set neither trains nor holds out, no other variant may train either.
    barred = {number for number, _ in kept} - {number for number, _ in train}
    barred |= {number for (number, _), group in groups.items() if group in given_away}
    if not train or not test:
        raise InputError(
            f"{counted(len(train), 'row', 'are', one='is')} left to train and {len(test)} to measure on",
            mend="Add rows from other sections",
        )
    units = len(given_away)
    small = f"only {counted(len(test), 'row')} in {counted(units, 'group')} held out: small differences may be chance"
    warnings = [warning for warning in (sides.warning,) if warning and not warning.startswith("only ")]
    if leaking:
        warnings.append(
            f"{counted(leaking, 'row', 'hang', one='hangs')} together with held-out ones, though the column split "
            "parts them: not trained"
        )
    return Shared(
        checked=checked,
        train=[rendered[name] for name in train],
        groups=np.array([groups[name] for name in train], np.int64),
        test=[rendered[name] for name in test],
        test_groups=np.array([groups[name] for name in test], np.int64),
        held_out=table.take(sides.test),
        others=[
            [rendered[name] for name in _names(each.rows) if name in rendered and name[0] not in barred]
            for each in ablations
        ],
        warnings=warnings + ([small] if len(test) < _FEW or units < _FEW // 2 else []),
    )


def _pool(versions: Sequence[Rows]) -> tuple[pa.Table, npt.NDArray[np.int64]]:
    """Put the rows of all variants together, each reading of a row once, by number."""
    columns = pa.concat_tables([each.table.select(EXAMPLE_SCHEMA.names).cast(EXAMPLE_SCHEMA) for each in versions])
    numbers = np.concatenate([each.numbers for each in versions])
    ids: list[str] = columns["id"].to_pylist()  # type: ignore[assignment]  # the schema has no nulls here
    first: dict[tuple[int, str], int] = {}
    for place, name in enumerate(zip(numbers.tolist(), ids, strict=True)):
        first.setdefault(name, place)
    places = np.array(sorted(first.values(), key=lambda place: (numbers[place], place)), np.int64)
    return columns.take(places), numbers[places]


def _names(rows: Rows) -> list[tuple[int, str]]:
    """Name each row by its number and the id of what it says."""
    return [(row, str(name)) for row, name in zip(rows.numbers.tolist(), rows.table["id"].to_pylist(), strict=True)]
