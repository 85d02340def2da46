"""The face of the package: stages in order, and what they made of some rows."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeAlias, cast

import pyarrow as pa

from curate.account import account, input_summaries
from curate.checks import MANIFEST, alone, check_out, check_page, impatient, patient
from curate.empty import Empty
from curate.encoding import Encoding
from curate.engine import Engine
from curate.exact import Exact
from curate.function import Function, Judge
from curate.judged import Clock, Judged, ReadAs
from curate.length import Length
from curate.near import Near
from curate.output import QUARANTINE_SCHEMA, Memory, Sinks, dropped_schema, file_sinks, write_rows, written_schema
from curate.placeholder import Placeholder
from curate.portion import Portion
from curate.recipe import kind_of, recipe_hash, settings_of
from curate.repetition import Repetition
from curate.result import Decided, Result
from curate.samples import Samples
from curate.signal_store import FOLDER as SIGNALS
from curate.signal_store import SignalStore
from curate.stage import Mend, Stage
from curate.stream import Source, Stream
from curate.summary import Report
from curate.trials import Trial
from schemas.atomic import atomic_folder, write_json
from schemas.errors import InputError
from schemas.parquet import write_table
from schemas.progress import Progress, silent

Step: TypeAlias = Stage | Mend | Judge


def default_stages() -> tuple[Step, ...]:
    """Give the stages for instruction rows: what is broken goes first, so that no copy is kept for a broken one."""
    from curate.lint import Lint

    return (Placeholder(), Encoding(), Empty(), Lint(), Length(), Repetition(), Exact(), Near())


class Pipeline:
    """Stages to run over rows, in order.

    Args:
        stages: Mends first, then stages; a function that takes a row and gives `keep`, or `(keep, reason)`, is a
            stage too.
        seed: Settles what is chosen by chance: which rows the report shows, and on which diversity is measured.
        diversity: Measure how diverse the rows are before and after, and tell it in the report; a second or so.

    Raises:
        InputError: One of them is neither, or a mend stands behind a stage.
    """

    def __init__(self, stages: Sequence[Step], *, seed: int = 0, diversity: bool = False) -> None:
        self.mends: list[tuple[str, Mend]] = []
        self.stages: list[tuple[str, Stage]] = []
        self.seed = seed
        self.diversity = diversity
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
        out: str | Path,
        columns: Mapping[str, str] | None = None,
        format: str | None = None,  # noqa: A002 - the word of the command line
        keep_going: bool = False,
        batch_rows: int = 4096,
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
            InputError: An input is wrong, most of its rows cannot be read or measured, or another run fills the folder.
            OutputError: The folder cannot be written.
            StageError: A stage broke its contract.
        """
        out = Path(out)
        check_out(out, inputs)
        with alone(out), atomic_folder(out) as folder:
            store = SignalStore(out / SIGNALS, folder / SIGNALS)
            read_as = ReadAs(columns, format, keep_going)
            judged = self._judge(inputs, read_as, progress, batch_rows=batch_rows, store=store, page=True)
            samples = self._samples(judged.decisions)
            recipe = recipe_hash(self.settings(), self.seed)
            ledger = judged.outcome.ledger
            with ExitStack() as stack:
                sinks = file_sinks(stack, folder, written_schema(judged.source.schema, ledger), recipe)
                write_rows(judged.engine, ledger, judged.decisions, sinks, samples)
            write_table(folder / "decisions.parquet", judged.decisions, recipe=recipe)
            judged.clock.lap("write")
            report = self._report(judged, samples, out=out)
            write_json(folder / MANIFEST, report.manifest())
            from curate.report import write_report

            write_report(folder / "report.html", report, judged.outcome, samples, judged.decisions)
        return report

    def table(
        self,
        *inputs: Any,  # Any: as above
        columns: Mapping[str, str] | None = None,
        format: str | None = None,  # noqa: A002 - as above
        keep_going: bool = False,
        batch_rows: int = 4096,
        progress: Progress = silent,
    ) -> Result:
        """Curate the inputs in memory, and write nothing. The arguments are those of `run`."""
        judged = self._judge(inputs, ReadAs(columns, format, keep_going), progress, batch_rows=batch_rows)
        schema = written_schema(judged.source.schema, judged.outcome.ledger)
        kept, dropped = Memory(schema), Memory(dropped_schema(schema))
        quarantined = Memory(QUARANTINE_SCHEMA)
        samples = self._samples(judged.decisions)
        sinks = Sinks(kept, dropped, quarantined)
        write_rows(judged.engine, judged.outcome.ledger, judged.decisions, sinks, samples)
        judged.clock.lap("write")
        report = self._report(judged, samples)
        return Result(kept.table(), dropped.table(), quarantined.table(), judged.decisions, report)

    def decide(
        self,
        *inputs: Any,  # Any: as above
        columns: Mapping[str, str] | None = None,
        format: str | None = None,  # noqa: A002 - as above
        keep_going: bool = False,
        batch_rows: int = 4096,
        progress: Progress = silent,
    ) -> Decided:
        """Judge the inputs, and make and write nothing. The arguments are those of `run`."""
        read_as = ReadAs(columns, format, keep_going)
        judged = self._judge(inputs, read_as, progress, batch_rows=batch_rows)
        return Decided(judged.decisions, self._report(judged, None))

    def audit(
        self,
        *inputs: Any,  # Any: as above
        out: str | Path,
        columns: Mapping[str, str] | None = None,
        format: str | None = None,  # noqa: A002 - as above
        keep_going: bool = False,
        progress: Progress = silent,
    ) -> Report:
        """Judge the inputs, and write the page that tells what is in them, but no dataset.

        Args:
            inputs: What to look at.
            out: The page to write, `report.html` for example.
            columns: As in `run`.
            format: As in `run`.
            keep_going: As in `run`.
            progress: As in `run`.

        Raises:
            InputError: As in `run`.
            OutputError: The page cannot be written.
        """
        check_page(Path(out))
        judged = self._judge(inputs, ReadAs(columns, format, keep_going), progress, page=True)
        samples = self._samples(judged.decisions)
        with progress("look", judged.outcome.ledger.total, "rows") as bar:
            for batch in judged.engine.stream:
                samples.see(judged.engine, batch)
                bar.advance(len(batch.numbers) + len(batch.rejects))
        judged.clock.lap("look")
        report = self._report(judged, samples)
        from curate.report import write_report

        write_report(Path(out), report, judged.outcome, samples, judged.decisions)
        return report

    def what_if(
        self,
        *inputs: Any,  # Any: as above
        signals: str | Path | None = None,
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
        engine = self._engine(source, progress, batch_rows=4096, store=store)
        return engine.judge(patient if keep_going else impatient, try_others=True, sizes=False).trials

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

    def _judge(
        self,
        inputs: Sequence[Any],  # Any: as above
        read_as: ReadAs,
        progress: Progress,
        *,
        batch_rows: int = 4096,
        store: SignalStore | None = None,
        page: bool = False,
    ) -> Judged:
        """Open the inputs and judge them; for a page also find out what it shows."""
        from schemas.formats import open_examples

        columns, format_, keep_going = read_as
        source = open_examples(*inputs, columns=columns, format=format_, keep_going=keep_going)
        clock = Clock()
        engine = self._engine(source, progress, batch_rows=batch_rows, store=store)
        with ThreadPoolExecutor(1) as pool:
            files = pool.submit(input_summaries, source.names)
            outcome = engine.judge(patient if keep_going else impatient, attribute=page, sizes=page)
        clock.lap("judge")
        return Judged(source, engine, outcome, outcome.ledger.decisions(), read_as, clock, files)

    def _samples(self, decisions: pa.Table) -> Samples:
        """Choose the rows to show, and those to measure diversity on."""
        return Samples(decisions, self.seed, Portion(decisions, self.seed) if self.diversity else None)

    def _report(self, judged: Judged, samples: Samples | None, out: Path | None = None) -> Report:
        """Count what happened."""
        return account(judged, self.settings(), seed=self.seed, samples=samples, out=out)


def _name(step: object) -> str:
    return str(getattr(step, "name", type(step).__name__.lower()))


def _free(name: str, taken: dict[str, int]) -> str:
    """Number the names that are taken: length, length-2, length-3."""
    taken[name] = taken.get(name, 0) + 1
    return name if taken[name] == 1 else _free(f"{name}-{taken[name]}", taken)
