"""`gristmill train`: a curated dataset in, a tuned model out."""

import argparse
from pathlib import Path
from typing import Any

from gristmill.commands.arguments import add_training, command, dataset, training_settings
from gristmill.console import Console


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = command(
        commands,
        "train",
        run,
        about="tune a model on a curated dataset",
        example="gristmill train curated -o run --max-steps 30 --set learning_rate=1e-4",
    )
    parser.add_argument("data", metavar="DATA", help="a curated folder, or a file of rows")
    parser.add_argument(
        "more",
        nargs="*",
        metavar="MORE",
        help="more of them to mix in; NAME=0.5 reads a half of its rows in each epoch, NAME=2 all of them twice",
    )
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="RUN", help="folder of the run")
    add_training(parser)
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    parser.add_argument("--dry-run", action="store_true", help="look at every row as the trainer would, and stop there")
    parser.add_argument(
        "--show",
        action="append",
        default=[],
        metavar="ROW[,ROW]",
        help="with --dry-run, print these rows token by token, with what is learnt; NAME:ROW in a mix; may be repeated",
    )


def run(args: argparse.Namespace, console: Console) -> dict[str, Any]:  # Any: whatever JSON can hold
    """Train, and tell how it went."""
    from gristmill.models import model_folder
    from gristmill.training import train_run
    from gristmill.training_settings import train_config
    from schemas.errors import InputError
    from train.view import as_text

    if args.show and not args.dry_run:
        raise InputError("--show goes with --dry-run", mend="Add --dry-run")
    settings = {"seed": args.seed, **training_settings(args)}
    data, weight = weighted(args.data)
    if args.more or weight != 1:
        own = {} if weight == 1 else {"data_weight": weight}  # 1 is no wish of its own: --set may have another
        settings |= {**own, "mix": _mix([weighted(name) for name in args.more], settings.get("mix"))}
    config = train_config({**settings, "model": model_folder(args.model, console.progress)})
    show = [row.strip() for rows in args.show for row in rows.split(",") if row.strip()]
    report = train_run(
        dataset(data),
        args.out,
        config=config,
        dry_run=args.dry_run,
        show=show,
        tell=console.say,
        progress=console.progress,
    )
    for seen in report.shown:
        console.show(as_text(seen, colours=console.colours) + "\n")
    console.say(report.text(ascii_only=console.ascii_only))
    if args.dry_run:
        console.say(f"Every row's finding: {args.out / 'preflight.parquet'}; to look at: {args.out / 'preflight.html'}")
    return report.summary()


def weighted(text: str) -> tuple[str, float]:
    """Read `NAME` or `NAME=WEIGHT`; a file whose own name ends like that is taken as it is."""
    name, equals, weight = text.rpartition("=")
    try:
        return (text, 1.0) if not equals or Path(text).exists() else (name, float(weight))
    except ValueError:
        return text, 1.0


def _mix(more: list[tuple[str, float]], given: Any) -> list[Any]:  # Any: checked by TrainConfig
    """Put the data of the command line behind those of `--set mix`."""
    return [*(given or []), *({"data": str(dataset(name)), "weight": weight} for name, weight in more)]
