"""Which of the two does the work: the compiled kernel, or its plain twin."""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

FEW = 1024
LITTLE = 1 << 20


def kernel_for(module: str, name: str, *, rows: int, size: int = 0) -> Callable[..., Any]:  # Any: they differ
    """Give a kernel, or its plain twin where there is little to do and the kernel is not loaded yet.

    Args:
        module: Module of the kernel in `curate.kernels`, and of its twin in `curate.plain`.
        name: Name of both.
        rows: How many rows it is to work on.
        size: How many bytes they have.
    """
    compiled = f"curate.kernels.{module}"
    plain = rows <= FEW and size <= LITTLE and compiled not in sys.modules
    found: Callable[..., Any] = getattr(import_module(f"curate.plain.{module}" if plain else compiled), name)
    return found
