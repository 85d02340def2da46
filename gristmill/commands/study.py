"""`gristmill study`: what more rows are worth, and what each stage of curation is."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gristmill.commands.arguments import add_training, command, dataset, pairs, training_settings
from gristmill.console import Console

if TYPE_CHECKING:
    from gristmill.study import Curated


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = command(
        commands,
        "study",
        run,
        about="measure what the data, and each stage of its curation, is worth",
        example="gristmill study curated -o study --sizes 25,50,100 --seeds 0,1 --max-steps 60",
    )
    parser.add_argument("data", metavar="DATA", help="a curated folder or a file of rows; uncurated for --ablate")
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="DIR", help="folder to write")
    parser.add_argument(
        "--sizes",
        type=numbers,
        default=[25, 50, 100],
        metavar="PERCENTS",
        help="shares of the rows; default: 25,50,100",
    )
    parser.add_argument(
        "--seeds", type=whole_numbers, default=[0, 1], metavar="NUMBERS", help="train each with these; default: 0,1"
    )
    parser.add_argument(
        "--equal",
        choices=("steps", "epochs"),
        default="steps",
        help="train every size for as many steps, or let it see its rows as often; default: %(default)s",
    )
    parser.add_argument("--ablate", action="store_true", help="leave each stage of the curation out in turn as well")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--stages", metavar="NAMES", help="curate with these stages first; default with --ablate: all")
    chosen.add_argument("--recipe", type=Path, metavar="FILE", help="take the stages from a recipe")
    parser.add_argument("--columns", type=pairs, metavar="PAIRS", help="name columns, as instruction=prompt")
    add_training(parser, steps="optimiser steps of each training")
    parser.add_argument("--answers", action="store_true", help="compare answers too, by token F1 and ROUGE-L")
    parser.add_argument("--keep", action="store_true", help="keep the weights of every tuned model, in DIR/models")


def run(args: argparse.Namespace, console: Console) -> dict[str, Any]:  # Any: whatever JSON can hold
    """Do the study, and tell what it shows."""
    from gristmill.config import read_config
    from gristmill.models import model_folder
    from gristmill.study import study_run
    from gristmill.training_settings import train_config
    from train.study import StudyConfig

    names = ("sizes", "seeds", "equal", "answers", "keep")
    config = read_config(StudyConfig, {name: getattr(args, name) for name in names}, where="the command line")
    settings = {"seed": 0, **training_settings(args), "model": model_folder(args.model, console.progress)}
    report = study_run(
        dataset(args.data),
        args.out,
        config=config,
        training=train_config(settings),
        curated=_curated(args, console),
        columns=args.columns,
        progress=console.progress,
        say=console.say,
    )
    console.say(report.text())
    return report.summary()


def numbers(text: str) -> list[float]:
    """Read `25,50,100`; percent signs may stand behind."""
    try:
        return [float(part.strip().removesuffix("%")) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"numbers as in 25,50,100 are expected, not {text!r}") from None


def whole_numbers(text: str) -> list[int]:
    """Read `0,1,2`."""
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"whole numbers as in 0,1 are expected, not {text!r}") from None


def _curated(args: argparse.Namespace, console: Console) -> "Curated | None":
    """Say how the rows are curated first; None where they are taken as they are."""
    if not (args.ablate or args.stages or args.recipe):
        return None
    from curate import default_stages
    from gristmill.recipe import read_curation
    from gristmill.stages import named_stages, with_journal
    from gristmill.study import Curated
    from schemas.errors import InputError

    if Path(args.data).is_dir():
        raise InputError(
            "a curated folder, but --ablate, --stages and --recipe curate themselves",
            where=args.data,
            mend="Name the file of uncurated rows",
        )
    if args.recipe is not None:
        curation = read_curation(args.recipe, None, console.progress)
        return Curated(stages=with_journal(curation.stages, args.out), seed=curation.seed, ablate=args.ablate)
    stages = named_stages(args.stages, progress=console.progress) if args.stages else default_stages()
    return Curated(stages=stages, seed=0, ablate=args.ablate)
