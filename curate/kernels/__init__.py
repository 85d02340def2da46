"""Compiled loops over Arrow's own buffers. Import one of its modules only where it runs: each import loads numba."""
