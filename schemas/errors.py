"""The one tree of errors: what went wrong, where, and how to mend it.

`exit_code` is what the command line returns: 2 where the user's input or settings are wrong, 1 for everything else.
"""


class GristmillError(Exception):
    """Say what went wrong, where, and how to mend it, in one sentence.

    Args:
        what: The fault, without a full stop.
        where: File, row or key that it lies in; empty where there is none.
        mend: What the user can do, as an order; empty where nothing can be done.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", mend: str = "") -> None:
        self.what = what
        self.where = where
        self.mend = mend
        head = f"{where}: {what}" if where else what
        super().__init__(f"{head}. {mend}" if mend else head)


class InputError(GristmillError):
    """The user's files, arguments or recipe are wrong."""

    exit_code = 2


class MissingExtraError(InputError):
    """An optional dependency is not installed."""

    def __init__(self, package: str, *, extra: str) -> None:
        super().__init__(f"{package} is not installed", mend=f"Run: pip install 'gristmill[{extra}]'")


class RowError(InputError):
    """One row cannot be read or rendered; its number stands in `row`, counted from 1 as editors count lines."""

    def __init__(self, what: str, *, file: str, row: int, mend: str = "") -> None:
        self.row = row
        super().__init__(what, where=f"{file}, row {row}", mend=mend)


class OutputError(GristmillError):
    """A result could not be written: no space, no permission."""


class LLMError(GristmillError):
    """A request to a language model failed.

    Args:
        what: The fault, without a full stop.
        retryable: Whether the same request may succeed later.
        retry_after: Seconds that the server asks to wait; None where it names none.
        where: The server or model.
        mend: What the user can do.
    """

    def __init__(
        self,
        what: str,
        *,
        retryable: bool,
        retry_after: float | None = None,
        where: str = "",
        mend: str = "",
    ) -> None:
        self.retryable = retryable
        self.retry_after = retry_after
        super().__init__(what, where=where, mend=mend)
