"""Datasets of the Hugging Face hub, and folders that `datasets` reads."""

import re
from typing import Any

from schemas.errors import InputError, MissingExtraError

_SPEC = re.compile(r"hub:(?P<name>.+?)(?::(?P<split>[\w.]+))?")


def load(spec: str) -> Any:  # Any: a `datasets.Dataset`, whose library may be missing
    """Load `hub:owner/name`, `hub:owner/name:split` or `hub:/local/folder`.

    Without a split, the dataset must have only one.

    Raises:
        InputError: There is no such dataset or split, or no network.
    """
    found = _SPEC.fullmatch(spec)
    if found is None:
        raise InputError("no dataset is named", where=spec, mend="Write hub:owner/name or hub:owner/name:split")
    try:
        import datasets  # type: ignore[import-untyped]  # it ships no types
    except ImportError:
        raise MissingExtraError("datasets", extra="train") from None
    try:
        loaded = datasets.load_dataset(found["name"])
    except Exception as error:
        raise _failure(spec, error) from error
    splits = list(loaded)
    split = found["split"] or (splits[0] if len(splits) == 1 else None)
    if split not in splits:
        asked = f"it has no split {split}" if split else "it has several splits"
        raise InputError(
            f"{asked}: its splits are {', '.join(splits)}",
            where=spec,
            mend=f"Name one: hub:{found['name']}:{splits[0]}",
        )
    return loaded[split]


def _failure(spec: str, error: Exception) -> InputError:
    """Tell why a dataset could not be loaded."""
    chain, seen = [error], error.__cause__ or error.__context__
    while seen is not None and len(chain) < 10:
        chain.append(seen)  # type: ignore[arg-type]  # a cause may be no Exception; only its name is read
        seen = seen.__cause__ or seen.__context__
    names = {kind.__name__ for each in chain for kind in type(each).__mro__}
    if names & {"ConnectError", "ConnectionError", "ConnectTimeout", "OfflineModeIsEnabled", "TimeoutError"}:
        return InputError(
            "the Hugging Face hub cannot be reached",
            where=spec,
            mend="Check the network, or download the dataset and name its files",
        )
    detail = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
    return InputError(f"it cannot be loaded ({detail})", where=spec, mend="Check the name, or name its files")
