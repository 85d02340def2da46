"""`gristmill curate`: rows in, the good ones out, and a decision for each."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gristmill.commands.arguments import command, existing, pairs
from gristmill.console import Console

if TYPE_CHECKING:
    from curate import Trial

_SPLITS = ("train", "validation", "test")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = command(
        commands,
        "curate",
        run,
        about="judge every row, keep the good ones, account for the others",
        example="gristmill curate pairs.parquet -o curated --stages exact,near,length",
    )
    add_rows(parser)
    parser.add_argument("-o", "--out", type=Path, metavar="DIR", help="folder to write")
    parser.add_argument(
        "--split",
        type=shares,
        metavar="SHARES",
        help="write each row's split beside it, as train=0.9,validation=0.05,test=0.05",
    )
    parser.add_argument("--diversity", action="store_true", help="tell how diverse the rows are before and after")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--dry-run", action="store_true", help="judge, tell what would be done, and write nothing")
    instead.add_argument(
        "--what-if",
        action="store_true",
        help="tell what other thresholds would keep, and write nothing; with -o what an earlier run measured is used",
    )


def add_rows(parser: argparse.ArgumentParser) -> None:
    """Add what names the rows, how they are read, and the stages that judge them."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="JSON, JSONL, CSV or Parquet, or hub:OWNER/NAME")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--stages", metavar="NAMES", help="stages by name; default: all that suit instruction rows")
    chosen.add_argument("--recipe", type=Path, metavar="FILE", help="take the stages from a recipe")
    parser.add_argument(
        "--columns", type=pairs, metavar="PAIRS", help="name columns, as instruction=prompt,response=reply"
    )
    parser.add_argument("--format", metavar="NAME", help="take the rows to be of this format")
    parser.add_argument(
        "--keep-going", action="store_true", help="set lines that are not JSON aside instead of stopping"
    )
    parser.add_argument("--seed", type=int, metavar="N", help="default: the recipe's, or 0")


def run(args: argparse.Namespace, console: Console) -> dict[str, Any]:  # Any: whatever JSON can hold
    """Curate, and tell what became of the rows."""
    from curate import Pipeline
    from gristmill.stages import with_journal
    from schemas.errors import InputError

    if args.out is None and not (args.dry_run or args.what_if):
        raise InputError("no folder to write is named", mend="Name one with -o DIR, or only look with --dry-run")
    existing([Path(name) for name in args.files if not name.startswith("hub:")])
    stages, seed = chosen_stages(args, console)
    if not args.what_if:
        stages = with_journal(stages, args.out)
    if args.split is not None:
        stages = [*stages, _split(args.split, seed, stages)]
    pipeline = Pipeline(stages, seed=seed, diversity=args.diversity)
    if args.what_if:
        _check_run(args.out)
        return _what_if(pipeline.what_if(*args.files, signals=args.out, **reading(args, console)), console)
    if args.dry_run:
        report = pipeline.decide(*args.files, **reading(args, console)).report
        console.say(report.text())
        console.say("Nothing was written.")
    else:
        report = pipeline.run(*args.files, out=args.out, **reading(args, console))
        console.say(report.text())
    return report.summary()


def chosen_stages(args: argparse.Namespace, console: Console) -> tuple[Sequence[Any], int]:  # Any: stages
    """Give the stages that the command line names, and the seed."""
    from curate import default_stages
    from gristmill.recipe import read_curation
    from gristmill.stages import named_stages

    if args.recipe is not None:
        curation = read_curation(args.recipe, args.seed, console.progress)
        return curation.stages, curation.seed
    seed = args.seed or 0
    return named_stages(args.stages, seed=seed, progress=console.progress) if args.stages else default_stages(), seed


def reading(args: argparse.Namespace, console: Console) -> dict[str, Any]:  # Any: arguments of a pipeline
    """Give how the rows are read."""
    return {
        "columns": args.columns,
        "format": args.format,
        "keep_going": args.keep_going,
        "progress": console.progress,
    }


def shares(text: str) -> dict[str, float]:
    """Read `train=0.9,validation=0.05,test=0.05`."""
    try:
        found = {name: float(share) for name, share in pairs(text).items()}
    except ValueError:
        found = {}
    if not found or not found.keys() <= set(_SPLITS):
        raise argparse.ArgumentTypeError(f"shares as in train=0.9,validation=0.05,test=0.05 are expected, not {text!r}")
    return found


def _check_run(folder: Path | None) -> None:
    """Refuse a folder that no earlier run left its signals in."""
    from curate.signal_store import FOLDER
    from schemas.errors import InputError

    if folder is not None and not (folder / FOLDER).is_dir():
        raise InputError(
            "no earlier run left its signals here", where=str(folder), mend="Curate into it first, or leave -o out"
        )


def _split(given: Mapping[str, float], seed: int, stages: Sequence[Any]) -> Any:  # Any: stages
    """Make the stage that splits the rows that stay."""
    from curate import Split
    from schemas.errors import InputError

    if any(isinstance(stage, Split) for stage in stages):
        raise InputError("the stages split the rows already", where="--split", mend="Leave one of the two out")
    train, validation, test = (given.get(name, 0.0) for name in _SPLITS)
    return Split(train=train, validation=validation, test=test, seed=seed)


def _what_if(trials: "Sequence[Trial]", console: Console) -> dict[str, Any]:  # Any: whatever JSON can hold
    """Tell what other thresholds would keep, a table for each."""
    last = None
    for trial in trials:
        if (trial.stage, trial.setting) != last:
            last = (trial.stage, trial.setting)
            console.say(f"{trial.stage}, {trial.setting}: of {trial.judged:,} rows that come to it stay")
        console.say(f"{' >'[trial.current]} {trial.value:>10g} {trial.kept:>12,}{'  now' * trial.current}")
    if not trials:
        console.say("None of the stages has a threshold that is a number.")
    return {"trials": [trial._asdict() for trial in trials]}
