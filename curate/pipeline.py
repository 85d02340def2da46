"""The face of the package: stages in order, and what they made of some rows."""

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.empty import Empty
from curate.engine import Engine, Outcome
from curate.exact import Exact
from curate.function import Function, Judge
from curate.ledger import READ_STAGE, Ledger
from curate.length import Length
from curate.near import Near
from curate.output import QUARANTINE_SCHEMA, Memory, Sinks, dropped_schema, file_sinks, write_rows, written_schema
from curate.placeholder import Placeholder
from curate.recipe import file_sha256, kind_of, recipe_hash, settings_of, versions
from curate.repetition import Repetition
from curate.samples import Samples
from curate.signal_store import FOLDER as SIGNALS
from curate.signal_store import SignalStore
from curate.stage import Mend, Stage
from curate.stream import Source, Stream
from curate.summary import InputSummary, Report, StageSummary, count_rows, counts, first_rows
from curate.trials import Trial
from schemas.atomic import atomic_folder, write_json
from schemas.errors import GristmillError, InputError, OutputError
from schemas.parquet import write_table
from schemas.progress import Progress, silent

Step: TypeAlias = Stage | Mend | Judge
MANIFEST = "manifest.json"
_SUSPICIOUS = 20


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


def default_stages() -> tuple[Step, ...]:
    """Give the stages for instruction rows: what is broken goes first, so that no copy is kept for a broken one."""
    return (Placeholder(), Empty(), Length(), Repetition(), Exact(), Near())


class Pipeline:
    """Stages to run over rows, in order.

    Args:
        stages: Mends first, then stages; a function that takes a row and gives `keep`, or `(keep, reason)`, is a
            stage too.
        seed: Settles what is chosen by chance: which rows the report shows.

    Raises:
        InputError: One of them is neither, or a mend stands behind a stage.
    """

    def __init__(self, stages: Sequence[Step], *, seed: int = 0) -> None:
        self.mends: list[tuple[str, Mend]] = []
        self.stages: list[tuple[str, Stage]] = []
        self.seed = seed
        taken: dict[str, int] = {}
        for step in cast("Sequence[Any]", stages):  # Any: whatever a user gave
            if hasattr(step, "mend"):
                if self.stages:
                    raise InputError(
                        f"the mend {_name(step)} stands behind the stage {self.stages[-1][0]}",
                        mend="Move it to the front, for stages judge mended rows",
                    )
                self.mends.append((_free(_name(step), taken), step))
            elif hasattr(step, "measure") and hasattr(step, "decide"):
                self.stages.append((_free(_name(step), taken), step))
            elif callable(step) and not isinstance(step, type):
                stage = Function(step)
                self.stages.append((_free(stage.name, taken), stage))
            else:
                raise InputError(
                    f"{step!r} is no stage",
                    mend="Give an object with measure and decide, or with mend, or a function of a row",
                )

    def run(
        self,
        *inputs: Any,  # Any: paths, tables, frames and hub datasets, as `open_examples` takes them
        out: Path,
        columns: Mapping[str, str] | None = None,
        format: str | None = None,  # noqa: A002 - the word of the command line
        keep_going: bool = False,
        batch_rows: int = 8192,
        progress: Progress = silent,
    ) -> Report:
        """Curate the inputs into a folder, which appears whole or not at all.

        Args:
            inputs: What to curate.
            out: Folder to make: curated, dropped, quarantined and decisions as Parquet, report.html, manifest.json.
                An earlier run's folder is replaced; any other that is not empty is left alone.
            columns: Roles of the columns, where their names do not tell.
            format: Name of the format, where the columns do not tell.
            keep_going: Finish even where most rows cannot be read or measured.
            batch_rows: Rows to hold at a time; the result does not depend on it.
            progress: Told how far it is.

        Raises:
            InputError: An input is wrong, or most of its rows cannot be read or measured.
            OutputError: The folder cannot be written.
            StageError: A stage broke its contract.
        """
        out = Path(out)
        _check_out(out, inputs)
        from schemas.formats import open_examples

        source = open_examples(*inputs, columns=columns, format=format, keep_going=keep_going)
        clock = _Clock()
        recipe = recipe_hash(self.settings(), self.seed)
        with atomic_folder(out) as folder:
            store = SignalStore(out / SIGNALS, folder / SIGNALS)
            engine = self._engine(source, progress, batch_rows=batch_rows, store=store)
            outcome = engine.judge(_patient if keep_going else _impatient, attribute=True)
            clock.lap("judge")
            decisions = outcome.ledger.decisions()
            samples = Samples(decisions, self.seed)
            with ExitStack() as stack:
                sinks = file_sinks(stack, folder, written_schema(source.schema, outcome.ledger), recipe)
                write_rows(engine, outcome.ledger, decisions, sinks, samples)
            write_table(folder / "decisions.parquet", decisions, recipe=recipe)
            clock.lap("write")
            report = self._report(source, outcome, decisions, out, clock)
            write_json(folder / MANIFEST, report.manifest())
            from curate.report import write_report

            write_report(folder / "report.html", report, outcome, samples, decisions)
        return report

    def table(
        self,
        *inputs: Any,  # Any: as above
        columns: Mapping[str, str] | None = None,
        format: str | None = None,  # noqa: A002 - as above
        keep_going: bool = False,
        batch_rows: int = 8192,
        progress: Progress = silent,
    ) -> Result:
        """Curate the inputs in memory, and write nothing. The arguments are those of `run`."""
        from schemas.formats import open_examples

        source = open_examples(*inputs, columns=columns, format=format, keep_going=keep_going)
        clock = _Clock()
        engine = self._engine(source, progress, batch_rows=batch_rows)
        outcome = engine.judge(_patient if keep_going else _impatient)
        clock.lap("judge")
        decisions = outcome.ledger.decisions()
        schema = written_schema(source.schema, outcome.ledger)
        kept, dropped = Memory(schema), Memory(dropped_schema(schema))
        quarantined = Memory(QUARANTINE_SCHEMA)
        samples = Samples(decisions, self.seed)
        write_rows(engine, outcome.ledger, decisions, Sinks(kept, dropped, quarantined), samples)
        clock.lap("write")
        report = self._report(source, outcome, decisions, None, clock)
        return Result(kept.table(), dropped.table(), quarantined.table(), decisions, report)

    def decide(
        self,
        *inputs: Any,  # Any: as above
        columns: Mapping[str, str] | None = None,
        format: str | None = None,  # noqa: A002 - as above
        keep_going: bool = False,
        batch_rows: int = 8192,
        progress: Progress = silent,
    ) -> Decided:
        """Judge the inputs, and make and write nothing. The arguments are those of `run`."""
        from schemas.formats import open_examples

        source = open_examples(*inputs, columns=columns, format=format, keep_going=keep_going)
        clock = _Clock()
        outcome = self._engine(source, progress, batch_rows=batch_rows).judge(_patient if keep_going else _impatient)
        clock.lap("judge")
        decisions = outcome.ledger.decisions()
        return Decided(decisions, self._report(source, outcome, decisions, None, clock))

    def what_if(
        self,
        *inputs: Any,  # Any: as above
        signals: Path | None = None,
        columns: Mapping[str, str] | None = None,
        format: str | None = None,  # noqa: A002 - as above
        keep_going: bool = False,
        progress: Progress = silent,
    ) -> list[Trial]:
        """Tell how many rows would stay with other thresholds, one moved at a time, and write nothing.

        Args:
            inputs: What to judge.
            signals: Folder that `run` wrote; what it measured is not measured again.
            columns: As in `run`.
            format: As in `run`.
            keep_going: As in `run`.
            progress: As in `run`.
        """
        from schemas.formats import open_examples

        source = open_examples(*inputs, columns=columns, format=format, keep_going=keep_going)
        store = SignalStore(None if signals is None else Path(signals) / SIGNALS, None)
        engine = self._engine(source, progress, batch_rows=8192, store=store)
        return engine.judge(_patient if keep_going else _impatient, try_others=True).trials

    def settings(self) -> list[dict[str, Any]]:  # Any: settings are of any type
        """Give the name, kind and settings of every mend and stage as plain values, in order."""
        return [
            {"name": name, "kind": kind_of(step), "settings": settings_of(step)}
            for name, step in (*self.mends, *self.stages)
        ]

    def _engine(
        self, source: Source, progress: Progress, *, batch_rows: int, store: SignalStore | None = None
    ) -> Engine:
        """Make what judges."""
        stream = Stream(source, batch_rows)
        return Engine(stream, self.mends, self.stages, progress, store or SignalStore(None, None))

    def _report(
        self, source: Source, outcome: Outcome, decisions: pa.Table, out: Path | None, clock: "_Clock"
    ) -> Report:
        """Count what happened, and check that no row is missing."""
        ledger = outcome.ledger
        dropped, changed, errored = (counts(decisions, action) for action in ("dropped", "changed", "errored"))
        first = first_rows(decisions, "dropped")
        kept = int(ledger.alive.sum())
        _check_conservation(decisions, ledger.total)
        stages = tuple(
            StageSummary(
                **about,
                judged=outcome.judged.get(about["name"], ledger.total - _sum(errored.get(READ_STAGE))),
                changed=_sum(changed.get(about["name"])),
                dropped=_sum(dropped.get(about["name"])),
                errored=_sum(errored.get(about["name"])),
                reasons=dropped.get(about["name"], {}),
                rows=first.get(about["name"], {}),
                **(outcome.alone[about["name"]]._asdict() if about["name"] in outcome.alone else {}),
            )
            for about in self.settings()
        )
        return Report(
            inputs=tuple(_input(name) for name in source.names),
            rows=ledger.total,
            kept=kept,
            dropped=sum(map(_sum, dropped.values())),
            errored=sum(map(_sum, errored.values())),
            unreadable=_sum(errored.get(READ_STAGE)),
            changed=count_rows(decisions, "changed"),
            stages=stages,
            alarms=tuple(outcome.alarms),
            recipe=recipe_hash(self.settings(), self.seed),
            seed=self.seed,
            versions=versions(),
            out=out,
            seconds=clock.laps,
        )


class _Clock:
    """Measure the parts of a run."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        """End a part."""
        now = time.perf_counter()
        self.laps[name] = round(now - self._last, 3)
        self._last = now


def _name(step: object) -> str:
    return str(getattr(step, "name", type(step).__name__.lower()))


def _free(name: str, taken: dict[str, int]) -> str:
    """Number the names that are taken: length, length-2, length-3."""
    taken[name] = taken.get(name, 0) + 1
    return name if taken[name] == 1 else _free(f"{name}-{taken[name]}", taken)


def _sum(reasons: Mapping[str, int] | None) -> int:
    return sum((reasons or {}).values())


def _input(name: str) -> InputSummary:
    path = Path(name)
    if not path.is_file():
        return InputSummary(name=name, sha256=None, bytes=None)
    return InputSummary(name=name, sha256=file_sha256(path), bytes=path.stat().st_size)


def _patient(ledger: Ledger) -> None:
    """Let every run go on."""


def _impatient(ledger: Ledger) -> None:
    """Stop a run that would set most of its rows aside: then the settings are wrong, not the rows."""
    failed = ledger.outside
    if failed < _SUSPICIOUS or failed * 2 <= ledger.total:
        return
    first = min(ledger.failures, key=lambda failure: failure.row)
    raise InputError(
        f"{failed:,} of {ledger.total:,} rows cannot be read or measured; the first is row {first.row} ({first.error})",
        mend="Name the columns with --columns or the format with --format, or set those rows aside with --keep-going",
    )


def _check_conservation(decisions: pa.Table, total: int) -> None:
    """Hold the account to its law: one fate for each row, in order, and no row left out."""
    fates = decisions.filter(pc.not_equal(decisions["action"], pa.scalar("changed")))["row"].to_numpy()
    if len(fates) != total or bool((np.diff(fates) <= 0).any()):
        raise GristmillError(
            f"{total:,} rows came in and {len(np.unique(fates)):,} of them have a fate, {len(fates):,} fates in all",
            mend="Please report this: the result was not written",
        )


def _check_out(out: Path, inputs: Sequence[Any]) -> None:  # Any: as above
    """Leave alone what is no earlier run's folder, and what holds an input of this run."""
    if not out.exists():
        return
    if not out.is_dir():
        raise OutputError("a file of this name is in the way", where=str(out), mend="Choose another folder with -o")
    for each in inputs:
        if isinstance(each, str | Path) and Path(each).exists() and Path(each).resolve().is_relative_to(out.resolve()):
            raise InputError(
                f"the input {each} lies in the folder that would be replaced",
                where=str(out),
                mend="Choose another folder with -o",
            )
    if any(out.iterdir()) and not (out / MANIFEST).is_file():
        raise OutputError(
            "the folder is not empty, and no earlier run made it",
            where=str(out),
            mend="Choose another folder with -o, or empty this one",
        )
