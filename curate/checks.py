"""What stops a run: rows that can mostly not be read, an account that does not add up, a folder that is not ours."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.ledger import Ledger
from schemas.atomic import check_replaceable
from schemas.errors import GristmillError, InputError, OutputError
from schemas.locking import held

MANIFEST = "manifest.json"
_SUSPICIOUS = 20


def patient(ledger: Ledger) -> None:
    """Let every run go on."""


def impatient(ledger: Ledger) -> None:
    """Stop a run that would set most of its rows aside: then the settings are wrong, not the rows.

    Raises:
        InputError: It would.
    """
    failed = ledger.outside
    if failed < _SUSPICIOUS or failed * 2 <= ledger.total:
        return
    first = min(ledger.failures, key=lambda failure: failure.row)
    raise InputError(
        f"{failed:,} of {ledger.total:,} rows cannot be read or measured; the first is row {first.row} ({first.error})",
        mend="Name the columns with --columns or the format with --format, or set those rows aside with --keep-going",
    )


def check_conservation(decisions: pa.Table, total: int) -> None:
    """Hold the account to its law: one fate for each row, in order, and no row left out.

    Raises:
        GristmillError: It does not keep to it.
    """
    fates = decisions.filter(pc.not_equal(decisions["action"], pa.scalar("changed")))["row"].to_numpy()
    if len(fates) != total or bool((np.diff(fates) <= 0).any()):
        raise GristmillError(
            f"{total:,} rows came in and {len(np.unique(fates)):,} of them have a fate, {len(fates):,} fates in all",
            mend="Please report this: the result was not written",
        )


def check_out(out: Path, inputs: Sequence[Any]) -> None:  # Any: whatever `open_examples` takes
    """Leave alone what is no earlier run's folder, and what holds an input of this run.

    Raises:
        InputError: An input lies in it.
        OutputError: It holds something else, or no other folder can take its place.
    """
    check_replaceable(out)
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


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Hold a folder for this run: two that fill it at once would undo each other, and pay a judge twice.

    Raises:
        InputError: Another run holds it.
        OutputError: Nothing can be written beside it.
    """
    whole = out.resolve()
    taken = InputError(
        "another gristmill curates into this folder", where=str(out), mend="Wait for it, or choose another with -o"
    )
    with held(whole.with_name(f".{whole.name}.lock"), taken=taken, leave=False):
        yield


def check_page(out: Path) -> None:
    """Refuse to write a page over what is no page.

    Raises:
        InputError: The name is none of a page.
    """
    if out.suffix.lower() not in {".html", ".htm"}:
        raise InputError("a page is written here", where=str(out), mend="Give it a name that ends in .html")
