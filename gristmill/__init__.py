"""The `gristmill` command, the recipe and the four-line Python way: where the other packages are put together."""

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gristmill.model import Model

__all__ = ["Model"]
__version__ = "0.1.0"

_PACKAGES = ("schemas", "generate", "curate", "train")


def _check_packages() -> None:
    """Stop where a file of the user's takes the place of one of our packages.

    A script folder stands first on the import path, so a user's own `train.py` would be imported instead of ours, and
    fail far from the cause.
    """
    ours = Path(__file__).resolve().parent.parent
    for name in _PACKAGES:
        spec = importlib.util.find_spec(name)
        found = Path(spec.origin).resolve() if spec is not None and spec.origin is not None else None
        if found == ours / name / "__init__.py":
            continue
        what = (
            f"{found} is in the way of Gristmill's own package `{name}`"
            if found
            else f"the package `{name}` is missing"
        )
        mend = "Rename that file, or start from another folder" if found else "Install Gristmill again"
        message = f"{what}. {mend}."
        if Path(sys.argv[0]).stem in {"gristmill", "-m"}:
            sys.stderr.write(f"gristmill: {message}\n")
            sys.exit(2)
        raise ImportError(message)


_check_packages()


def __getattr__(name: str) -> Any:  # Any: what a module's attribute is, only its name tells
    """Import `Model` when it is first asked for, so that the command line starts at once."""
    if name == "Model":
        from gristmill.model import Model

        return Model
    raise AttributeError(f"module 'gristmill' has no attribute {name!r}")
