"""Which of the two does the work: the compiled kernel, or its plain twin."""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

FEW = 1024


def kernel_for(rows: int, module: str, name: str) -> Callable[..., Any]:  # Any: kernels differ in what they take
    """Give a kernel, or its plain twin where there are few rows and the kernel is not loaded yet.

    Args:
        rows: How many rows it is to work on.
        module: Module of the kernel in `curate.kernels`, and of its twin in `curate.plain`.
        name: Name of both.
    """
    compiled = f"curate.kernels.{module}"
    plain = rows <= FEW and compiled not in sys.modules
    found: Callable[..., Any] = getattr(import_module(f"curate.plain.{module}" if plain else compiled), name)
    return found
