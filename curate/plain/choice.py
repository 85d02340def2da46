"""Which of the two does the work: the compiled kernel, or its plain twin."""

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

FEW = 1024
LITTLE = 1 << 20
DEAR = 8192


def kernel_for(
    module: str, name: str, *, rows: int, size: int = 0, dear: bool = False
) -> Callable[..., Any]:  # Any: they differ
    """Give a kernel, or its plain twin where there is little to do and the kernel is not loaded yet.

    Args:
        module: Module of the kernel in `curate.kernels`, and of its twin in `curate.plain`.
        name: Name of both.
        rows: How many rows it is to work on.
        size: How many bytes they have.
        dear: Whether compiling it costs more than the twin's work on `DEAR` rows: then the twin does that too, unless
            the kernel was compiled before, by this process or an earlier one.
    """
    compiled = f"curate.kernels.{module}"
    plain = (rows <= FEW and size <= LITTLE and compiled not in sys.modules) or (
        dear and rows <= DEAR and not _ready(module, name)
    )
    found: Callable[..., Any] = getattr(import_module(f"curate.plain.{module}" if plain else compiled), name)
    return found


def _ready(module: str, name: str) -> bool:
    """Tell whether machine code for a kernel is in memory or on disk."""
    kernel: Any = getattr(import_module(f"curate.kernels.{module}"), name)  # Any: numba has no stubs
    folder = kernel.stats.cache_path
    return bool(kernel.signatures) or (folder is not None and any(Path(folder).glob(f"{module}.{name}-*.nbi")))
