"""Compiled loops over the bytes of Arrow arrays."""
