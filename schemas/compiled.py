"""How a kernel is compiled: without the interpreter's lock, and kept on disk for the next process."""

from collections.abc import Callable
from typing import Any

import numba  # type: ignore[import-untyped]  # it has no stubs


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:  # Any: kernels differ in what they take
    """Compile a function on its first call, and keep the machine code where the machine lets us.

    Where neither the package's folder nor the user's cache can be written, numba refuses to cache; then every
    process compiles anew, which costs seconds and nothing else.
    """
    try:
        compiled: Callable[..., Any] = numba.njit(nogil=True, cache=True, error_model="numpy")(
            function
        )  # Any: as above
    except RuntimeError:
        compiled = numba.njit(nogil=True, error_model="numpy")(function)
    return compiled
