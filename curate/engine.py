"""The run: one pass that mends and takes the cheap measures, then stage by stage over the signals.

Memory grows with the signals of the rows, never with their text. What this file leaves out: the account (`ledger`), and
the pass that writes (`output`).
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.arrow import common, indices, spread, strings
from curate.attribution import ROWS, Alone, Share
from curate.calls import attempt, decide, deciding, joined_table
from curate.ledger import READ_STAGE, Change, Failure, Ledger
from curate.rows import Rows, replace_rows
from curate.shape import shape
from curate.signal_store import Kept, Known, SignalStore, merged
from curate.stage import Mend, Stage, Verifying
from curate.stream import Stream
from curate.threads import in_order
from curate.trials import Trial, tried, variants
from schemas.example import example_id
from schemas.progress import Progress

if TYPE_CHECKING:
    from schemas.formats import Batch


class Outcome(NamedTuple):
    """What a run found out.

    Attributes:
        ledger: What became of each row.
        shape: Sizes of every row that came through the first pass, at its position (`curate.shape`).
        alarms: What looks wrong in the whole set, in sentences.
        judged: Name of each stage, with how many rows it judged.
        alone: What each stage does by itself (`curate.attribution`); empty where that was not asked for.
        trials: What other thresholds would do (`curate.trials`); empty as above.
    """

    ledger: Ledger
    shape: pa.Table
    alarms: list[str]
    judged: dict[str, int]
    alone: dict[str, Share]
    trials: list[Trial]


class _Taken(NamedTuple):
    """What the first pass took from a batch of so many rows."""

    rows: int
    numbers: npt.NDArray[np.int64]
    ids: pa.StringArray
    signals: list[pa.RecordBatch]
    changes: list[Change]
    came_in: dict[int, str]
    failures: list[Failure]


class Engine:
    """Judges a stream.

    Args:
        stream: The rows.
        mends: Changes to make, in order, each with its name.
        stages: Stages, in order, each with its name.
        progress: Told of every row that is looked at.
        store: Signals of an earlier run, and where to keep those of this one.
    """

    def __init__(
        self,
        stream: Stream,
        mends: Sequence[tuple[str, Mend]],
        stages: Sequence[tuple[str, Stage]],
        progress: Progress,
        store: SignalStore,
    ) -> None:
        self.stream = stream
        self.mends = mends
        self.stages = stages
        self.progress = progress
        self.store = store
        self._changed = np.zeros(0, dtype=np.int64)
        self._sizes = True

    def judge(
        self,
        check: Callable[[Ledger], None],
        *,
        attribute: bool = False,
        try_others: bool = False,
        sizes: bool = True,
    ) -> Outcome:
        """Measure and decide.

        Args:
            check: Sees the account after the first pass, and may raise to stop the run.
            attribute: Find out what each stage does by itself.
            try_others: Find out what other thresholds would do.
            sizes: Measure what the report's pictures show; without it `shape` has no columns.

        Raises:
            StageError: A stage raised while it decided, or broke its contract.
        """
        try:
            self._sizes = sizes
            outcome = self._judge(check, attribute=attribute, try_others=try_others)
            self.store.finish()
        finally:
            self.store.stop()
        return outcome

    def _judge(self, check: Callable[[Ledger], None], *, attribute: bool, try_others: bool) -> Outcome:
        """Measure and decide, as `judge` says."""
        ledger, sizes, cheap = self._first_pass()
        check(ledger)
        outcome = Outcome(ledger, sizes, [], {}, {}, [])
        alone = Alone(len(ledger.numbers))
        for name, stage in self.stages:
            pa.default_memory_pool().release_unused()  # what the stage before is done with
            positions = np.flatnonzero(ledger.alive)
            whole = cheap.pop(name, None)
            if whole is None:
                signals, positions = self._costly(name, stage, positions, ledger)
            else:
                signals = whole if len(positions) == whole.num_rows else whole.take(indices(positions))
            if not attribute or len(ledger.numbers) > ROWS:
                whole = None  # nothing asks for it again, and it is large
            outcome.judged[name] = len(positions)
            if not len(positions):
                continue
            others = variants(stage) if try_others else []
            signals, positions = self._seen(name, [stage, *(each.stage for each in others)], signals, positions, ledger)
            verdicts = decide(name, stage, signals)
            outcome.trials.extend(tried(name, stage, others, signals, verdicts))
            ledger.drop(name, positions, verdicts)
            if hasattr(stage, "alarms"):
                outcome.alarms.extend(stage.alarms(signals, verdicts))
            if whole is not None:
                if len(positions) < whole.num_rows:
                    blank = Ledger(ledger.numbers, ledger.ids, ledger.came_in, np.ones(len(ledger.numbers), dtype=bool))
                    signals, positions = self._seen(name, [stage], whole, np.arange(whole.num_rows), blank)
                    verdicts = decide(name, stage, signals)
                alone.add(name, positions, verdicts)
        outcome.alone.update(alone.shares())
        return outcome

    def _first_pass(self) -> tuple[Ledger, pa.Table, dict[str, pa.Table]]:
        """Mend every row and take every cheap measure."""
        cheap = [
            (name, stage, self.store.load(name, stage))
            for name, stage in self.stages
            if not getattr(stage, "costly", False)
        ]
        taken: list[_Taken] = []
        with self.progress("measure", None, "rows") as bar:
            for part in in_order(partial(self._take, cheap=cheap), self.stream):
                taken.append(part)
                bar.advance(part.rows)
        numbers = np.concatenate([part.numbers for part in taken] or [np.zeros(0, dtype=np.int64)])
        ledger = Ledger(
            numbers=numbers,
            ids=strings(pa.chunked_array([part.ids for part in taken], type=pa.string()).combine_chunks()),
            came_in={number: id_ for part in taken for number, id_ in part.came_in.items()},
            alive=np.ones(len(numbers), dtype=bool),
            changes=[change for part in taken for change in part.changes],
            failures=[failure for part in taken for failure in part.failures],
        )
        self._changed = np.array(sorted(ledger.came_in), dtype=np.int64)
        sizes = joined_table("", [part.signals[0] for part in taken])
        signals = {
            name: joined_table(name, [part.signals[place] for part in taken])
            for place, (name, _, _) in enumerate(cheap, start=1)
        }
        if self.store.writes:
            for name, stage, _ in cheap:
                self.store.save(name, stage, _named(signals[name], ledger, np.arange(len(numbers))))
        return ledger, sizes, signals

    def _take(self, batch: "Batch", *, cheap: list[tuple[str, Stage, Kept | None]]) -> _Taken:
        """Mend and measure one batch."""
        failures = [Failure(reject.row, None, READ_STAGE, reject.error) for reject in batch.rejects]
        rows, changes, came_in, failed = self._mend(Rows(batch.examples, batch.numbers))
        failures += failed
        signals: list[pa.RecordBatch] = []
        known = Known(rows)
        first: Callable[[Rows], pa.RecordBatch] = shape if self._sizes else _nothing
        for name, measure, kept in [("", first, None), *((name, stage.measure, kept) for name, stage, kept in cheap)]:
            found, failed, good = known.measured(name, measure, kept, came_in)
            if failed:
                failures += failed
                rows = rows.take(good)
                known = Known(rows)
                signals = [earlier.take(indices(good)) for earlier in signals]
            signals.append(found)
        numbers = rows.numbers.to_numpy()
        seen = batch.examples.num_rows + len(batch.rejects)
        return _Taken(seen, numbers, rows.ids, signals, changes, came_in, failures)

    def _mend(self, rows: Rows) -> tuple[Rows, list[Change], dict[int, str], list[Failure]]:
        """Apply the mends: the rows, what was changed, ids before the change, and the rows that raised."""
        changes: list[Change] = []
        came_in: dict[int, str] = {}
        failures: list[Failure] = []
        for name, mend in self.mends:
            parts, failed, good = attempt(name, mend.mend, rows, came_in)
            failures += failed
            before = rows.take(good) if failed else rows
            if not any(part.changed.any() for part in parts):
                rows = before
                continue
            examples = pa.concat_batches([part.examples for part in parts])  # type: ignore[attr-defined]  # missing in the stubs
            evidence = [(line, part.reason) for part in parts for line in part.evidence]
            changed = np.flatnonzero(np.concatenate([part.changed for part in parts]))
            rows = Rows(_with_ids(examples, changed), before.numbers)
            for place in changed.tolist():
                number = before.numbers[place].as_py()
                old = came_in.setdefault(number, before.ids[place].as_py())
                line, reason = evidence[place]
                changes.append(Change(number, old, name, reason, line))
        return rows, changes, came_in, failures

    def mended(self, rows: Rows) -> Rows:
        """Apply the mends to rows that came through them before, those of them that a mend changed."""
        here = common(rows.numbers.to_numpy(), self._changed)
        if not len(here):
            return rows
        new = self._mend(rows.take(here))[0].examples
        places = np.arange(len(rows))
        places[here] = len(rows) + np.arange(len(here))
        both = pa.concat_batches([rows.examples, new])  # type: ignore[attr-defined]  # missing in the stubs
        return Rows(both.take(indices(places)), rows.numbers)

    def some(self, numbers: npt.NDArray[np.int64]) -> Iterator[Rows]:
        """Stream the mended rows that have the given numbers, which ascend."""
        for batch in self.stream:
            here = common(batch.numbers.to_numpy(), numbers)
            if len(here):
                yield self.mended(Rows(batch.examples, batch.numbers).take(here))

    def _costly(
        self, name: str, stage: Stage, positions: npt.NDArray[np.int64], ledger: Ledger
    ) -> tuple[pa.Table, npt.NDArray[np.int64]]:
        """Measure the rows at some positions in a pass of their own, but for those that an earlier run measured."""
        kept = self.store.load(name, stage)
        places = np.full(len(positions), -1) if kept is None else kept.find(ledger.ids.take(indices(positions)))
        measured, _ = self._measure_some(name, stage.measure, positions[places < 0], ledger, map)
        left = ledger.alive[positions]
        positions = positions[left]
        if kept is not None:
            measured = merged(kept, places[left], measured)
        if self.store.writes:
            self.store.save(name, stage, _named(measured, ledger, positions), kept)
        return measured, positions

    def _measure_some(
        self,
        name: str,
        measure: Callable[[Rows], pa.RecordBatch],
        positions: npt.NDArray[np.int64],
        ledger: Ledger,
        each: "type[map[Any]] | Callable[..., Iterator[Any]]",  # Any: what `attempt` gives
    ) -> tuple[pa.Table, npt.NDArray[np.int64]]:
        """Measure the rows at some positions in a pass of their own; rows that raise leave the run.

        Args:
            name: Name of the stage.
            measure: What to call.
            positions: Which rows.
            ledger: The account.
            each: How the batches are gone through: `map`, or `in_order` where they may be measured side by side.
        """
        found: list[pa.RecordBatch] = []
        if len(positions):
            with self.progress(name, len(positions), "rows") as bar:
                call = partial(attempt, name, measure, came_in=ledger.came_in)
                for parts, failures, good in each(call, self.some(ledger.numbers[positions])):
                    for failure in failures:
                        ledger.fail(failure, int(np.searchsorted(ledger.numbers, failure.row)))
                    found += parts
                    bar.advance(len(good) + len(failures))
        return joined_table(name, found), positions[ledger.alive[positions]]

    def _seen(
        self,
        name: str,
        stages: Sequence[Stage],
        signals: pa.Table,
        positions: npt.NDArray[np.int64],
        ledger: Ledger,
    ) -> tuple[pa.Table, npt.NDArray[np.int64]]:
        """Give what a stage decides on: its signals, the rows' numbers and ids, and what a second look gives.

        Args:
            name: Name of the stage.
            stages: The stage, and others like it that are to decide on the same signals.
            signals: What was measured.
            positions: Which rows they are of.
            ledger: The account.
        """
        signals = _named(signals, ledger, positions)
        stage = stages[0]
        if not isinstance(stage, Verifying):
            return signals, positions
        wanted = np.zeros(len(positions), dtype=bool)
        with deciding(name):
            for each in stages:
                wanted |= each.candidates(signals)  # type: ignore[attr-defined]  # all are of one kind
        more, seen = self._measure_some(name, stage.verify, positions[wanted], ledger, in_order)
        if not more.num_rows:  # nothing to see, but `decide` reads the columns
            with deciding(name):
                none = pa.RecordBatch.from_pylist([], schema=self.stream.source.schema)
                more = joined_table(name, [stage.verify(Rows(none, indices(np.zeros(0))))])
        left = np.flatnonzero(ledger.alive[positions])
        if len(left) < len(positions):
            signals, positions = signals.take(indices(left)), positions[left]
        places = np.searchsorted(positions, seen)
        for column in more.column_names:
            signals = signals.append_column(column, spread(more[column], places, len(positions)))
        return signals, positions


def _nothing(rows: Rows) -> pa.RecordBatch:
    """Measure nothing: one row without columns that matter for each row."""
    return pa.RecordBatch.from_arrays([pa.nulls(len(rows))], names=["nothing"])


def _named(signals: pa.Table, ledger: Ledger, positions: npt.NDArray[np.int64]) -> pa.Table:
    """Put the rows' numbers and ids beside a stage's own signals."""
    ids = ledger.ids
    if len(positions) < len(ids):
        ids = ids.take(indices(positions))
    return signals.append_column("row", indices(ledger.numbers[positions])).append_column("id", ids)


def _with_ids(examples: pa.RecordBatch, changed: npt.NDArray[np.int64]) -> pa.RecordBatch:
    """Renew the ids of the rows that changed."""
    lines: list[dict[str, Any]] = (
        examples.select(["messages", "context"]).take(indices(changed)).to_pylist()
    )  # Any: JSON
    ids = [
        example_id([(turn["role"], turn["content"]) for turn in line["messages"]], line["context"]) for line in lines
    ]
    return replace_rows(examples, changed, {"id": ids})
